package backup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"yanming/internal/db"
	"yanming/internal/errs"
)

// Copy moves the rows of an installation into another database, of the same engine or the other one, in one stream.
type Copy struct {
	From, To string // path of an SQLite file, or postgres:// URL
	Now      time.Time

	// Ready is given both databases once every row is over. It sees to what is derived in the second, and compares.
	Ready func(ctx context.Context, from, to *db.DB) error
}

// Run copies one instant of From into To, which must be empty and gets everything or nothing, and returns the sums of
// the tables, read again on both sides and found equal. It writes nothing into From.
// Errors: Invalid: backup.copy_same, backup.copy_full (To holds something), backup.copy_old (From's schema is older),
// backup.running (on PostgreSQL another program has From open, and what it writes meanwhile would be left behind).
func (c Copy) Run(ctx context.Context) (sums []Sum, err error) {
	if sums, err = c.run(ctx); err != nil {
		err = fmt.Errorf("copy: %w", err)
	}
	return sums, err
}

func (c Copy) run(ctx context.Context) (sums []Sum, err error) {
	if c.From == c.To {
		return nil, errs.Field("--to", "backup.copy_same")
	}
	if db.EngineOf(c.From) == db.SQLite {
		if _, err := os.Stat(c.From); err != nil {
			return nil, err
		}
	}
	if err := empty(ctx, c.To); err != nil {
		return nil, err
	}
	if db.EngineOf(c.From) == db.Postgres { // an SQLite file is held by whoever copies
		if n, err := db.Others(ctx, c.From); err != nil {
			return nil, err
		} else if n > 0 {
			return nil, errs.New(errs.Invalid, "backup.running")
		}
	}
	still := db.Options{Now: func() time.Time { return c.Now }} // what depends on the hour is the same on both sides
	only := still
	only.ReadOnly = true
	from, err := db.Open(ctx, c.From, only)
	if err != nil {
		return nil, err
	}
	defer from.Close()
	schema, err := from.Standing(ctx)
	if err != nil {
		return nil, err
	}
	if schema.Missing > 0 || schema.At != schema.Newest {
		return nil, errs.Field("--from", "backup.copy_old")
	}
	stage, done := stageFor(c.To, c.Now), false
	defer func() {
		if !done {
			stage.clear(context.WithoutCancel(ctx))
		}
	}()
	to, err := stage.begin(ctx, still)
	if err != nil {
		return nil, err
	}
	sums, err = c.fill(ctx, from, to)
	if err = errors.Join(err, to.Close()); err != nil {
		return nil, err
	}
	if _, err := stage.promote(ctx, ""); err != nil {
		return nil, err
	}
	done = true
	if s, ok := stage.(stagedSchema); ok { // what was there was found empty
		err = db.Unstage(ctx, s.source, s.aside)
	}
	return sums, err
}

func (c Copy) fill(ctx context.Context, from, to *db.DB) (sums []Sum, err error) {
	if _, err := to.Migrate(ctx); err != nil {
		return nil, err
	}
	err = from.Snapshot(ctx, func(snap *db.Snapshot) error {
		sums = nil
		return to.Refill(ctx, func(r *db.Refill) error {
			for _, head := range heads(snap) {
				var sum tally
				if _, err := r.Put(ctx, head.Name, head.Columns, stream(ctx, snap, head, &sum)); err != nil {
					return err
				}
				sums = append(sums, sum.of(head.Name))
			}
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	again, err := sumsOf(ctx, to)
	if err != nil {
		return nil, err
	}
	for i, s := range sums {
		if i >= len(again) || again[i] != s {
			return nil, fmt.Errorf("table %s: %d rows were read, others came over", s.Name, s.Rows)
		}
	}
	return sums, c.Ready(ctx, from, to)
}

// empty refuses a target that holds something.
func empty(ctx context.Context, source string) error {
	if db.EngineOf(source) == db.SQLite {
		if _, err := os.Lstat(source); !errors.Is(err, os.ErrNotExist) {
			return errs.Field("--to", "backup.copy_full")
		}
		return nil
	}
	bare, err := db.Bare(ctx, source)
	if err == nil && !bare {
		err = errs.Field("--to", "backup.copy_full")
	}
	return err
}

package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"yanming/internal/errs"
)

// errReadOnly is the failure of whoever writes to a database that was opened for reading only.
var errReadOnly = errors.New("the database is open for reading only")

// Standing is how the schema of a database stands to this program.
type Standing struct {
	At      int64 // the newest migration that was applied; 0 for a database without tables of ours
	Newest  int64 // the newest that this program has for the engine
	Missing int   // how many of this program's were not applied yet
}

// Newer refuses a schema that a newer program has brought further than this one knows. Errors: Conflict.
func (s Standing) Newer() error {
	if s.At > s.Newest {
		return errs.New(errs.Conflict, "db.newer", s.At, s.Newest)
	}
	return nil
}

// Standing looks where the schema is. It changes nothing.
func (d *DB) Standing(ctx context.Context) (s Standing, err error) {
	known, err := versions(d.engine)
	if err != nil {
		return s, err
	}
	done, err := d.applied(ctx)
	if err != nil {
		return s, fmt.Errorf("look at schema: %w", err)
	}
	for v := range done {
		s.At = max(s.At, v)
	}
	for _, v := range known {
		s.Newest = max(s.Newest, v)
		if !done[v] {
			s.Missing++
		}
	}
	return s, nil
}

// versions are the numbers of the migrations of an engine.
func versions(e Engine) (list []int64, err error) {
	names, err := migrationNames(e)
	if err != nil {
		return nil, err
	}
	for name := range names {
		number, _, _ := strings.Cut(name, "_")
		v, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("migration %s: %w", name, err)
		}
		list = append(list, v)
	}
	return list, nil
}

// applied are the numbers of the migrations that the database has; none where it has no table of them yet.
func (d *DB) applied(ctx context.Context) (map[int64]bool, error) {
	done := map[int64]bool{}
	err := d.Snapshot(ctx, func(snap *Snapshot) error {
		if v, err := snap.Version(ctx); err != nil || v == 0 {
			return err
		}
		return snap.Each(ctx, func(r *sql.Rows) error {
			var v int64
			err := r.Scan(&v)
			done[v] = true
			return err
		}, "SELECT version_id FROM goose_db_version WHERE is_applied AND version_id > 0")
	})
	return done, err
}

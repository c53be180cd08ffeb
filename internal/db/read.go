package db

import (
	"context"
	"fmt"
	"time"
)

// View runs fn in a transaction that only reads, on one snapshot.
func (d *DB) View(ctx context.Context, town string, fn func(*Tx) error) error {
	return d.view(ctx, func(c core) error { c.town = true; return fn(&Tx{core: c, Town: town}) })
}

// Across runs fn in a transaction that only reads, over all towns.
func (d *DB) Across(ctx context.Context, fn func(*Wide) error) error {
	return d.view(ctx, func(c core) error { return fn(&Wide{core: c}) })
}

func (d *DB) view(ctx context.Context, fn func(core) error) (err error) {
	var s *session
	start := time.Now()
	select {
	case s = <-d.readers:
	case <-ctx.Done():
		return ctx.Err()
	case <-d.life.Done():
		return errClosed
	}
	defer func() { d.readers <- s }()
	if d.opts.Watch.Read != nil {
		d.opts.Watch.Read(time.Since(start))
	}
	if err := s.connect(ctx); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	begin := "BEGIN"
	if d.engine == Postgres {
		begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	}
	if err := s.run(context.WithoutCancel(ctx), begin); err != nil {
		s.drop()
		return fmt.Errorf("begin: %w", err)
	}
	defer func() {
		if e := s.run(context.WithoutCancel(ctx), "ROLLBACK"); e != nil {
			s.drop()
		}
	}()
	return fn(core{Now: d.opts.Now(), db: d, s: s})
}

package db

import (
	"context"
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
	start := time.Now()
	s, err := d.readers.take(ctx, d.life)
	if err != nil {
		return err
	}
	defer d.readers.put(s)
	if d.opts.Watch.Read != nil {
		d.opts.Watch.Read(time.Since(start))
	}
	if err := d.begin(ctx, s); err != nil {
		if ctx.Err() == nil && unavailable(err) == storeAway {
			d.gone.met(err)
		}
		return err
	}
	d.gone.met(nil)
	defer func() {
		if e := s.run(context.WithoutCancel(ctx), "ROLLBACK"); e != nil {
			s.drop()
		}
	}()
	return fn(core{Now: d.opts.Now(), db: d, s: s})
}

// begin starts a reading transaction, on a new connection where the one that was kept has broken meanwhile.
func (d *DB) begin(ctx context.Context, s *session) error {
	text := "BEGIN"
	if d.engine == Postgres {
		text = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	}
	for kept := s.conn != nil; ; kept = false {
		err := s.connect(ctx)
		if err == nil {
			if isDamaged(s.away) {
				d.discardDerived()
			}
			if err = s.run(context.WithoutCancel(ctx), text); err == nil {
				return nil
			}
		}
		s.drop()
		if ctx.Err() != nil { // a connection that was being made when ctx ended is broken, and that is no trouble of the server
			return ctx.Err()
		}
		if !kept || !isLost(err) {
			return translate("begin", err)
		}
	}
}

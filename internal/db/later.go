package db

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// waiting is a statement that was not sent yet.
type waiting struct {
	text string
	args []any
}

// Later runs a statement whose answer nobody waits for. PostgreSQL is sent it together with those behind it, before the next
// statement that somebody waits for or as the closure ends: one round trip for all of them. So its error may be that of a
// later statement, or fail the transaction after the closure has returned.
func (tx *Tx) Later(ctx context.Context, text string, args ...any) error {
	if tx.db.engine == SQLite || !tx.write {
		_, err := tx.Exec(ctx, text, args...)
		return err
	}
	args = bound(tx.Town, args)
	if _, err := tx.admit(ctx, text, args); err != nil {
		return err
	}
	tx.s.waiting = append(tx.s.waiting, waiting{text, args})
	return nil
}

// flush sends what waits.
func (c *core) flush(ctx context.Context) error {
	if c.failed != nil || len(c.s.waiting) == 0 {
		return c.failed
	}
	if text, err := c.s.flush(ctx); err != nil {
		return c.fail(text, err)
	}
	return nil
}

// flush sends what waits, and returns the statement that failed.
func (s *session) flush(ctx context.Context) (text string, err error) {
	all := s.waiting
	s.waiting = nil
	err = s.conn.Raw(func(driver any) (err error) {
		b := &pgx.Batch{}
		for _, w := range all {
			b.Queue(w.text, w.args...)
		}
		r := driver.(*stdlib.Conn).Conn().SendBatch(ctx, b)
		defer func() {
			if e := r.Close(); err == nil {
				err = e
			}
		}()
		for _, w := range all {
			if _, err := r.Exec(); err != nil {
				text = w.text
				return err
			}
		}
		return nil
	})
	return text, err
}

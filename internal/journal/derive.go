package journal

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"yanming/internal/db"
	"yanming/internal/errs"
)

// Deriver makes something that can be rebuilt out of the journal: a search index, notices, tree hashes. Derive is
// given the events behind its mark in order, in a transaction that also moves the mark; it may see a stretch again
// after a failure and must then come to the same result.
type Deriver interface {
	Name() string
	Derive(ctx context.Context, tx *db.Tx, events []Entry) error
}

// stretch is how many events one deriving transaction takes.
const stretch = 200

// CatchUp brings d's mark to the end of the town's journal and returns how many events it took.
func CatchUp(ctx context.Context, store *db.DB, town string, d Deriver) (int, error) {
	total := 0
	for {
		n := 0
		err := store.Update(ctx, town, func(tx *db.Tx) error {
			var mark int64
			if _, err := tx.Row(ctx, `SELECT seq FROM marks WHERE town_id = $1 AND name = $2`, d.Name()).Maybe(&mark); err != nil {
				return err
			}
			es, err := After(ctx, tx, mark, stretch)
			if n = len(es); err != nil || n == 0 {
				return err
			}
			if err := d.Derive(ctx, tx, es); err != nil {
				return err
			}
			return setMark(ctx, tx, d.Name(), es[n-1].Seq)
		})
		total += n
		if err != nil {
			return total, fmt.Errorf("derive %s of town %s: %w", d.Name(), town, err)
		}
		if n < stretch {
			return total, nil
		}
	}
}

// Rewind makes d derive the town's journal from the beginning at the next CatchUp.
func Rewind(ctx context.Context, tx *db.Tx, d Deriver) error { return setMark(ctx, tx, d.Name(), 0) }

func setMark(ctx context.Context, tx *db.Tx, name string, seq int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO marks (town_id, name, seq) VALUES ($1, $2, $3)
		ON CONFLICT (town_id, name) DO UPDATE SET seq = excluded.seq`, name, seq)
	return err
}

// Follow keeps every deriver at most about half a second behind the journal of every town, until ctx ends. A deriver
// that fails is tried again, and named in the log.
func Follow(ctx context.Context, store *db.DB, derivers ...Deriver) {
	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	var said time.Time // when a full disk or a lost server was last named: a line each time would fill the disk for good
	say := func(err error, text string, more ...any) {
		if err == nil || ctx.Err() != nil || errs.Is(err, errs.Unavailable) && time.Since(said) < time.Minute {
			return
		}
		if errs.Is(err, errs.Unavailable) {
			said = time.Now()
		}
		slog.Error(text, append(more, "error", err)...)
	}
	for {
		behind, err := lagging(ctx, store, derivers)
		say(err, "look for events to derive")
		for _, b := range behind {
			_, err := CatchUp(ctx, store, b.town, b.deriver)
			say(err, "derive", "deriver", b.deriver.Name())
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

type lag struct {
	town    string
	deriver Deriver
}

func lagging(ctx context.Context, store *db.DB, derivers []Deriver) (out []lag, err error) {
	err = store.Across(ctx, func(w *db.Wide) error {
		for _, d := range derivers {
			err := w.Each(ctx, func(r *sql.Rows) error {
				l := lag{deriver: d}
				err := r.Scan(&l.town)
				out = append(out, l)
				return err
			}, `SELECT t.town_id FROM towns t JOIN journal_heads h ON h.town_id = t.town_id
				LEFT JOIN marks m ON m.town_id = t.town_id AND m.name = $1 WHERE COALESCE(m.seq, 0) < h.seq`, d.Name())
			if err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

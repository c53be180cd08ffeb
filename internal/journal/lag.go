package journal

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"yanming/internal/db"
)

// Lag is how far a deriver is behind a town's journal.
type Lag struct {
	Town    string
	Deriver string
	Events  int64         // not yet derived; 0 when it has caught up
	Behind  time.Duration // since the oldest of those was written; 0 when it has caught up
}

// Lags returns how far each deriver is behind, for every town that has a journal. It reads one row for each town
// and deriver, however long the journal is.
func Lags(ctx context.Context, store *db.DB, derivers ...Deriver) (out []Lag, err error) {
	err = store.Across(ctx, func(w *db.Wide) error {
		out = nil
		for _, d := range derivers {
			err := w.Each(ctx, func(r *sql.Rows) error {
				l := Lag{Deriver: d.Name()}
				var oldest sql.NullInt64
				if err := r.Scan(&l.Town, &l.Events, &oldest); err != nil {
					return err
				}
				if l.Events > 0 && oldest.Valid {
					l.Behind = max(0, w.Now.Sub(time.UnixMilli(oldest.Int64)))
				}
				out = append(out, l)
				return nil
			}, `SELECT h.town_id, h.seq - COALESCE(m.seq, 0),
					(SELECT e.at FROM events e WHERE e.town_id = h.town_id AND e.seq = COALESCE(m.seq, 0) + 1)
				FROM (SELECT t.town_id, (SELECT COALESCE(max(e.seq), 0) FROM events e WHERE e.town_id = t.town_id) AS seq FROM towns t) h LEFT JOIN `+marks(d)+` m ON m.town_id = h.town_id AND m.name = $1 WHERE h.seq > 0 ORDER BY h.town_id`, d.Name())
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look how far derivers are behind: %w", err)
	}
	return out, nil
}

// Newest returns the moment of the newest event of any town; the zero time when there is none. It reads one row a town.
func Newest(ctx context.Context, store *db.DB) (t time.Time, err error) {
	err = store.Across(ctx, func(w *db.Wide) error {
		return w.Each(ctx, func(r *sql.Rows) error {
			var at sql.NullInt64
			err := r.Scan(&at)
			if u := time.UnixMilli(at.Int64); at.Valid && u.After(t) {
				t = u
			}
			return err
		}, `SELECT (SELECT e.at FROM events e WHERE e.town_id = t.town_id ORDER BY e.seq DESC LIMIT 1) FROM towns t`)
	})
	if err != nil {
		return t, fmt.Errorf("look for the newest event: %w", err)
	}
	return t, nil
}

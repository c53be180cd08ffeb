package figures

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"time"

	"yanming/internal/calendar"
	"yanming/internal/db"
)

// settled is how long after its end a period counts as over: by less the clocks of two copies of the program on one
// database differ.
const settled = time.Hour

// Touch says that lasting sources tell of a day that is over, and of those after it, something else than before: rows
// were changed or made. What is remembered of periods that ended on that day or later is counted again. It is part of the
// transaction that changes them.
func Touch(ctx context.Context, tx *db.Tx, day calendar.Day, sources ...string) error {
	for _, s := range sources {
		_, err := tx.Exec(ctx, `INSERT INTO figure_marks (town_id, source, day, n) VALUES ($1, $2, $3, 1)
			ON CONFLICT (town_id, source, day) DO UPDATE SET n = figure_marks.n + 1`, s, string(day))
		if err != nil {
			return fmt.Errorf("touch figures of %s: %w", s, err)
		}
	}
	return nil
}

// marks returns how often each source was touched for days up to the last of the window, as the transaction sees it.
func marks(ctx context.Context, tx *db.Tx, w window) (map[string]int64, error) {
	out := map[string]int64{}
	err := tx.Each(ctx, func(r *sql.Rows) error {
		var s string
		var n int64
		err := r.Scan(&s, &n)
		out[s] = n
		return err
	}, `SELECT source, CAST(sum(n) AS BIGINT) FROM figure_marks WHERE town_id = $1 AND day <= $2 GROUP BY source`,
		string(calendar.DayOf(time.UnixMilli(w.to-1))))
	if err != nil {
		return nil, fmt.Errorf("read marks of figures: %w", err)
	}
	return out, nil
}

// over reports whether no event of today or later belongs to the period.
func (w window) over(now time.Time) bool { return w.to <= now.Add(-settled).UnixMilli() }

// moves reports whether one of the columns is Moving.
func (s Source) moves(columns []string) bool {
	return slices.ContainsFunc(columns, func(n string) bool {
		for _, cols := range []map[string]Col{s.Times, s.Dims, s.Keys, s.Sums, s.Own} {
			if cols[n].Moving {
				return true
			}
		}
		return false
	})
}

// names are the columns that a definition asks.
func (d Def) names() []string {
	out := []string{d.Time, d.Since, d.Until, d.Distinct, d.Sum}
	for _, w := range d.Where {
		out = append(out, w.Col, w.Than)
	}
	return out
}

// names are the columns that a sight asks.
func (s Sight) names() (out []string) {
	for _, scope := range s.Any {
		out = slices.AppendSeq(out, maps.Keys(scope.Dims))
	}
	return out
}

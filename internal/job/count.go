package job

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"yanming/internal/db"
)

// Count is how many jobs of a kind stand in one state, over all towns. Finished ones are kept for 30 days.
type Count struct {
	Kind   string
	State  State
	Jobs   int64
	Failed int64     // of those, how many carry a failure: also periodic work that is to be tried again
	Oldest time.Time // when the longest waiting one was due; zero unless State is Queued
}

// Counts counts the jobs of all towns by kind and state.
func Counts(ctx context.Context, store *db.DB) (out []Count, err error) {
	err = store.Across(ctx, func(w *db.Wide) error {
		out = nil
		return w.Each(ctx, func(r *sql.Rows) error {
			var c Count
			var oldest sql.NullInt64
			err := r.Scan(&c.Kind, &c.State, &c.Jobs, &c.Failed, &oldest)
			if oldest.Valid && c.State == Queued {
				c.Oldest = time.UnixMilli(oldest.Int64)
			}
			out = append(out, c)
			return err
		}, `SELECT kind, state, COUNT(*), SUM(CASE WHEN failure <> '' THEN 1 ELSE 0 END), MIN(run_at) FROM jobs GROUP BY kind, state ORDER BY kind, state`)
	})
	if err != nil {
		return nil, fmt.Errorf("count jobs: %w", err)
	}
	return out, nil
}

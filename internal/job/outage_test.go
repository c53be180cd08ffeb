package job_test

import (
	"bytes"
	"context"
	"log/slog"
	"testing"

	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/job"
)

// TestAJobThatEndsDuringAnOutageTellsTheLogNothing: the database tells of it itself, once and not for every job.
func TestAJobThatEndsDuringAnOutageTellsTheLogNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		var said bytes.Buffer
		before := slog.Default()
		slog.SetDefault(slog.New(slog.NewTextHandler(&said, nil)))
		defer slog.SetDefault(before)
		r := runner(d)
		r.Handle("last", func(context.Context, job.Job) error { return d.Close() })
		enqueue(t, d, dbtest.Town, "last", nil, c.Now())
		if n, err := r.Drain(ctx); n != 1 {
			t.Fatalf("began %d, %v", n, err)
		}
		if said.Len() > 0 {
			t.Errorf("the log was told:\n%s", &said)
		}
	})
}

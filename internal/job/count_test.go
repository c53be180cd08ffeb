package job_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/job"
)

func TestJobsAreCountedByKindAndState(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		var ends []job.End
		r := job.NewRunner(d, job.Options{Ended: func(e job.End) { ends = append(ends, e) }})
		r.Handle("good", func(context.Context, job.Job) error { return nil })
		r.Handle("bad", func(context.Context, job.Job) error { return errs.Field("x", "error.required") })
		r.Every("sick", time.Hour, func(context.Context) error { return errors.New("no") })
		later := c.Now().Add(time.Hour)
		for _, e := range []struct {
			town, kind string
			at         time.Time
		}{{"1", "good", time.Time{}}, {"2", "good", time.Time{}}, {"1", "bad", time.Time{}}, {"2", "good", later}} {
			if err := d.Update(ctx, e.town, func(tx *db.Tx) error { _, err := job.Enqueue(ctx, tx, e.kind, nil, e.at); return err }); err != nil {
				t.Fatal(err)
			}
		}
		drain(t, r, 4)
		counts, err := job.Counts(ctx, d)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]job.Count{}
		for _, c := range counts {
			got[c.Kind+" "+string(c.State)] = c
		}
		for key, want := range map[string][2]int64{"good done": {2, 0}, "good queued": {1, 0}, "bad failed": {1, 1}, "every:sick queued": {1, 1}} {
			if c := got[key]; c.Jobs != want[0] || c.Failed != want[1] {
				t.Errorf("%s: %d, %d failed; want %v", key, c.Jobs, c.Failed, want)
			}
		}
		if len(counts) != 4 || !got["good queued"].Oldest.Equal(later) {
			t.Errorf("counts: %+v", counts)
		}
		failed := 0
		for _, e := range ends {
			if e.Failed {
				failed++
			}
		}
		if len(ends) != 4 || failed != 2 {
			t.Errorf("told of %d ends, %d failed: %+v", len(ends), failed, ends)
		}
	})
}

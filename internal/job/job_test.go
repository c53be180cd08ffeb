package job_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/job"
)

var ctx = context.Background()

const other = "419900102"

func enqueue(t *testing.T, d *db.DB, town, kind string, payload any, at time.Time) (key string) {
	t.Helper()
	err := d.Update(ctx, town, func(tx *db.Tx) (err error) { key, err = job.Enqueue(ctx, tx, kind, payload, at); return err })
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func get(t *testing.T, d *db.DB, town, key string) (j job.Job) {
	t.Helper()
	err := d.View(ctx, town, func(tx *db.Tx) (err error) { j, err = job.Get(ctx, tx, key); return err })
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func drain(t *testing.T, r *job.Runner, want int) {
	t.Helper()
	if n, err := r.Drain(ctx); n != want || err != nil {
		t.Fatalf("began %d jobs, %v; want %d", n, err, want)
	}
}

func runner(d *db.DB) *job.Runner {
	return job.NewRunner(d, job.Options{Poll: 5 * time.Millisecond, Lease: time.Minute})
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 12_000 { // a minute: only a fault takes long
		if ok() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("never: %s", what)
}

func TestAJobRunsOnceItIsDueAndCommitted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		r := runner(d)
		var got []string
		r.Handle("greet", func(ctx context.Context, j job.Job) error {
			var p struct{ Name string }
			if err := j.Decode(&p); err != nil {
				return err
			}
			got = append(got, fmt.Sprint(j.Town, " ", p.Name, " ", j.Tries))
			job.Progress(ctx, 3, 7)
			return job.SetResult(ctx, map[string]int{"rows": 42})
		})
		now := enqueue(t, d, dbtest.Town, "greet", map[string]string{"Name": "now"}, time.Time{})
		later := enqueue(t, d, other, "greet", map[string]string{"Name": "later"}, c.Now().Add(time.Hour))
		enqueue(t, d, dbtest.Town, "unknown", nil, time.Time{})
		d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
			if _, err := job.Enqueue(ctx, tx, "greet", map[string]string{"Name": "rolled back"}, time.Time{}); err != nil {
				t.Error(err)
			}
			return errors.New("no")
		})
		drain(t, r, 1)
		c.Add(time.Hour)
		drain(t, r, 1)
		drain(t, r, 0)
		if want := "419900101 now 1|419900102 later 1"; strings.Join(got, "|") != want {
			t.Errorf("ran %v, want %s", got, want)
		}
		j := get(t, d, dbtest.Town, now)
		var result map[string]int
		if ok, err := j.Result(&result); !ok || err != nil || result["rows"] != 42 {
			t.Errorf("result %v %v %v", ok, err, result)
		}
		if j.State != job.Done || !j.Final() || j.Done != 3 || j.Total != 7 || j.Err() != nil || j.Finished.IsZero() || !j.Due.IsZero() {
			t.Errorf("ended as %+v", j)
		}
		err := d.View(ctx, dbtest.Town, func(tx *db.Tx) error { _, err := job.Get(ctx, tx, later); return err })
		if !errs.Is(err, errs.NotFound) {
			t.Errorf("another town's job: %v", err)
		}
	})
}

func TestAFailureIsTriedAgainLaterAndLater(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		r := runner(d)
		fail := true
		r.Handle("shaky", func(context.Context, job.Job) error {
			if fail {
				panic("bang")
			}
			return nil
		})
		key := enqueue(t, d, dbtest.Town, "shaky", nil, time.Time{})
		var pauses []time.Duration
		for j := get(t, d, dbtest.Town, key); !j.Final(); j = get(t, d, dbtest.Town, key) {
			pauses = append(pauses, j.Due.Sub(c.Now()).Round(time.Second))
			c.Set(j.Due)
			drain(t, r, 1)
		}
		if got := fmt.Sprint(pauses); got != "[0s 10s 40s 2m40s 10m40s 42m40s 1h0m0s 1h0m0s]" {
			t.Errorf("pauses %s", got)
		}
		j := get(t, d, dbtest.Town, key)
		all := errs.All(j.Err())
		if j.State != job.Failed || j.Tries != 8 || len(all) != 1 || all[0].Key != "error.internal" || fmt.Sprint(all[0].Args) != "["+key+"]" {
			t.Errorf("ended as %+v: %v", j, j.Err())
		}
		fail = false
		again := enqueue(t, d, dbtest.Town, "shaky", nil, time.Time{})
		drain(t, r, 1)
		if j := get(t, d, dbtest.Town, again); j.State != job.Done || j.Err() != nil {
			t.Errorf("%+v", j)
		}
	})
}

func TestAFaultOfTheInputIsNotTriedAgainAndKeepsItsWords(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		r := runner(d)
		r.Handle("bad", func(context.Context, job.Job) error {
			var l errs.List
			l.Add("file", "x.rows", 1234567, i18n.Key("x.word"), i18n.Pair{ZH: "甲", EN: "A"})
			l.Add("town", "x.town")
			return fmt.Errorf("import: %w", l)
		})
		r.Handle("gone", func(context.Context, job.Job) error { return errs.Missing() })
		bad := enqueue(t, d, dbtest.Town, "bad", nil, time.Time{})
		gone := enqueue(t, d, dbtest.Town, "gone", nil, time.Time{})
		drain(t, r, 2)
		j := get(t, d, dbtest.Town, bad)
		all := errs.All(j.Err())
		if j.State != job.Failed || len(all) != 2 || all[0].Field != "file" || all[0].Key != "x.rows" || all[1].Key != "x.town" {
			t.Fatalf("%+v: %v", j, j.Err())
		}
		if a := all[0].Args; a[0] != "1234567" || a[1] != i18n.Key("x.word") || a[2] != (i18n.Pair{ZH: "甲", EN: "A"}) {
			t.Errorf("arguments %#v", a)
		}
		if j := get(t, d, dbtest.Town, gone); j.State != job.Failed || !errs.Is(j.Err(), errs.NotFound) {
			t.Errorf("%+v: %v", j, j.Err())
		}
	})
}

func TestTwoRunnersNeverRunAJobAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		var runs atomic.Int64
		life, stop := context.WithCancel(ctx)
		done := make(chan error, 3)
		for range 3 {
			r := runner(d)
			r.Handle("count", func(context.Context, job.Job) error { runs.Add(1); time.Sleep(time.Millisecond); return nil })
			go func() { done <- r.Run(life) }()
		}
		var keys []string
		for range 30 {
			keys = append(keys, enqueue(t, d, dbtest.Town, "count", nil, time.Time{}))
		}
		eventually(t, "all jobs are done", func() bool {
			for _, k := range keys {
				if get(t, d, dbtest.Town, k).State != job.Done {
					return false
				}
			}
			return true
		})
		stop()
		for range 3 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if runs.Load() != 30 {
			t.Errorf("%d runs of 30 jobs", runs.Load())
		}
	})
}

func TestAnotherRunnerTakesOverWhenTheLeaseRunsOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		stuck, began, told := runner(d), make(chan bool), make(chan error, 1)
		stuck.Handle("work", func(ctx context.Context, _ job.Job) error {
			began <- true
			<-ctx.Done() // told by its heartbeat that it lost the job
			told <- context.Cause(ctx)
			return ctx.Err()
		})
		key := enqueue(t, d, dbtest.Town, "work", nil, time.Time{})
		life, stop := context.WithCancel(ctx)
		done := make(chan error)
		go func() { done <- stuck.Run(life) }()
		<-began
		heir := runner(d)
		heir.Handle("work", func(context.Context, job.Job) error { return nil })
		drain(t, heir, 0) // the lease holds
		c.Add(time.Minute)
		eventually(t, "the heir gets it", func() bool {
			n, err := heir.Drain(ctx)
			return n == 1 && err == nil
		})
		if err := <-told; err == nil || errors.Is(err, context.Canceled) {
			t.Errorf("the first was told %v", err)
		}
		stop()
		<-done
		if j := get(t, d, dbtest.Town, key); j.State != job.Done || j.Tries != 2 {
			t.Errorf("%+v", j)
		}
	})
}

func TestAJobThatKillsItsRunnerIsNotBegunForEver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		key := enqueue(t, d, dbtest.Town, "deadly", nil, time.Time{})
		err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error { // begun eight times, never finished
			_, err := tx.Exec(ctx, `UPDATE jobs SET state = 'running', tries = 8, lease = 'dead' WHERE town_id = $1 AND id = $2`, key)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		r := runner(d)
		r.Handle("deadly", func(context.Context, job.Job) error { t.Error("begun"); return nil })
		drain(t, r, 0)
		if j := get(t, d, dbtest.Town, key); j.State != job.Failed || j.Err() == nil {
			t.Errorf("%+v", j)
		}
	})
}

func TestProgressIsSeenWhileAJobRuns(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		r := runner(d)
		r.Handle("long", func(ctx context.Context, _ job.Job) error {
			for i := int64(0); ; i++ {
				job.Progress(ctx, i, 0)
				select {
				case <-ctx.Done():
					return ctx.Err()
				case <-time.After(time.Millisecond):
				}
			}
		})
		key := enqueue(t, d, dbtest.Town, "long", nil, time.Time{})
		life, stop := context.WithCancel(ctx)
		done := make(chan error)
		go func() { done <- r.Run(life) }()
		eventually(t, "progress is seen", func() bool { j := get(t, d, dbtest.Town, key); return j.Done > 0 && j.State == job.Running })
		stop()
		<-done
		job.Progress(ctx, 1, 1) // where no job runs nobody listens
		if err := job.SetResult(ctx, 1); err != nil {
			t.Error(err)
		}
	})
}

func TestAJobCutOffByTheEndIsDueAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		r, began := runner(d), make(chan bool, 1)
		end := true
		r.Handle("long", func(ctx context.Context, _ job.Job) error {
			began <- true
			if end {
				<-ctx.Done()
			}
			return ctx.Err()
		})
		key := enqueue(t, d, dbtest.Town, "long", nil, time.Time{})
		life, stop := context.WithCancel(ctx)
		done := make(chan error)
		go func() { done <- r.Run(life) }()
		<-began
		stop()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if j := get(t, d, dbtest.Town, key); j.State != job.Queued || j.Tries != 0 || j.Due.After(c.Now()) {
			t.Errorf("%+v", j)
		}
		end = false
		drain(t, r, 1)
		if j := get(t, d, dbtest.Town, key); j.State != job.Done {
			t.Errorf("%+v", j)
		}
	})
}

func TestPeriodicWorkComesAgainByTheClock(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		runs, fail := 0, false
		make := func(interval time.Duration) *job.Runner {
			r := runner(d)
			r.Every("sweep", interval, func(context.Context) error {
				runs++
				if fail {
					return errors.New("no disk")
				}
				return nil
			})
			return r
		}
		a, b := make(24*time.Hour), make(24*time.Hour)
		drain(t, a, 1)
		drain(t, b, 0) // the other copy has done it
		c.Add(24*time.Hour - time.Second)
		drain(t, b, 0)
		c.Add(time.Second)
		fail = true
		drain(t, b, 1)
		c.Add(9 * time.Second)
		drain(t, a, 0)
		c.Add(time.Second)
		fail = false
		drain(t, a, 1) // a failure comes again sooner
		c.Add(time.Hour)
		drain(t, a, 0)
		drain(t, make(time.Minute), 0) // a shorter interval brings it forward
		c.Add(time.Minute)
		drain(t, a, 1)
		if runs != 4 {
			t.Errorf("%d runs", runs)
		}
	})
}

func TestRecentListsTheNewestAndCleanForgetsTheOld(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		r := runner(d)
		r.Handle("x", func(context.Context, job.Job) error { return nil })
		old := enqueue(t, d, dbtest.Town, "x", nil, time.Time{})
		drain(t, r, 1)
		waiting := enqueue(t, d, dbtest.Town, "x", nil, c.Now().Add(1000*time.Hour))
		enqueue(t, d, other, "x", nil, c.Now().Add(1000*time.Hour))
		c.Add(30 * 24 * time.Hour)
		fresh := enqueue(t, d, dbtest.Town, "x", nil, time.Time{})
		recent := func(limit int) string {
			t.Helper()
			var keys []string
			err := d.View(ctx, dbtest.Town, func(tx *db.Tx) error {
				js, err := job.Recent(ctx, tx, limit)
				for _, j := range js {
					keys = append(keys, map[string]string{old: "old", waiting: "waiting", fresh: "fresh"}[j.ID])
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return strings.Join(keys, " ")
		}
		if got := recent(10); got != "fresh waiting old" && got != "fresh old waiting" { // two of one millisecond
			t.Errorf("recent: %s", got)
		}
		if got := recent(1); got != "fresh" {
			t.Errorf("the newest: %s", got)
		}
		err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
			n, err := job.Clean(ctx, tx, c.Now().Add(-24*time.Hour))
			if n != 1 {
				t.Errorf("cleaned %d", n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := recent(10); got != "fresh waiting" {
			t.Errorf("left: %s", got)
		}
	})
}

func TestARunnerThatCannotScheduleGoesOnTrying(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		rename := func(from, to string) {
			t.Helper()
			err := d.UpdateAcross(ctx, func(w *db.Wide) error { _, err := w.Exec(ctx, "ALTER TABLE "+from+" RENAME TO "+to); return err })
			if err != nil {
				t.Fatal(err)
			}
		}
		rename("jobs", "jobs_away")
		r, ran := job.NewRunner(d, job.Options{Poll: 10 * time.Millisecond}), make(chan bool, 1)
		r.Every("sweep", time.Hour, func(context.Context) error { ran <- true; return nil })
		within, stop := context.WithCancel(ctx)
		ended := make(chan error, 1)
		go func() { ended <- r.Run(within) }()
		select {
		case err := <-ended:
			t.Fatalf("it ended: %v", err)
		case <-time.After(100 * time.Millisecond):
		}
		rename("jobs_away", "jobs")
		select {
		case <-ran:
		case <-time.After(20 * time.Second):
			t.Error("what comes again never came")
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

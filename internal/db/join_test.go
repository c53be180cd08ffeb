package db_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"yanming/internal/db"
)

// telling opens a migrated database that notes how many requests each commit had.
func telling(t *testing.T) (d *db.DB, sizes func() []int) {
	t.Helper()
	var mu sync.Mutex
	var got []int
	d, err := db.Open(ctx, filepath.Join(t.TempDir(), "y.db"), db.Options{Watch: db.Watch{Committed: func(c db.Commit) {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, c.Requests)
	}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	if _, err := d.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	return d, func() []int { mu.Lock(); defer mu.Unlock(); return got }
}

// during runs first, and while it runs queues others; it returns the errors of all.
func during(d *db.DB, first func(*db.Tx) error, others ...func(*db.Tx) error) []error {
	errs := make([]error, 1+len(others))
	var wg, queued sync.WaitGroup
	errs[0] = d.Update(ctx, "1", func(tx *db.Tx) error {
		for i, fn := range others {
			queued.Add(1)
			wg.Go(func() { queued.Done(); errs[1+i] = d.Update(ctx, "1", fn) })
		}
		queued.Wait()
		time.Sleep(50 * time.Millisecond) // from there into the queue
		others = nil                      // it may run twice
		return first(tx)
	})
	wg.Wait()
	return errs
}

func TestWhoComesWhileABatchRunsIsCommittedWithIt(t *testing.T) {
	d, sizes := telling(t)
	var others []func(*db.Tx) error
	for i := range 20 {
		others = append(others, func(tx *db.Tx) error { return put(tx, fmt.Sprint("n", i), 1) })
	}
	for i, err := range during(d, func(tx *db.Tx) error { return put(tx, "first", 1) }, others...) {
		if err != nil {
			t.Errorf("request %d: %v", i, err)
		}
	}
	if got := sizes(); len(got) != 1 || got[0] != 21 {
		t.Errorf("commits of %v requests, want one of 21", got)
	}
}

func TestNobodyJoinsWhatOneWroteBeforeItFailed(t *testing.T) {
	d, sizes := telling(t)
	boom := errors.New("boom")
	got := during(d, func(tx *db.Tx) error {
		if err := put(tx, "first", 1); err != nil {
			return err
		}
		return boom
	}, func(tx *db.Tx) error { return put(tx, "second", 1) })
	if !errors.Is(got[0], boom) || got[1] != nil {
		t.Fatalf("got %v", got)
	}
	if _, err := get(t, d, "1", "first"); err == nil {
		t.Error("what the first wrote is there")
	}
	if _, err := get(t, d, "1", "second"); err != nil {
		t.Errorf("what the second wrote: %v", err)
	}
	if n := sizes(); len(n) != 2 {
		t.Errorf("commits of %v requests", n)
	}
}

func TestWhoComesAloneAfterACrowdDoesNotWaitLong(t *testing.T) {
	d, _ := telling(t)
	var others []func(*db.Tx) error
	for i := range 20 {
		others = append(others, func(tx *db.Tx) error { return put(tx, fmt.Sprint("n", i), 1) })
	}
	during(d, func(tx *db.Tx) error { return put(tx, "first", 1) }, others...)
	for i := range 2 {
		since := time.Now()
		if err := d.Update(ctx, "1", func(tx *db.Tx) error { return put(tx, fmt.Sprint("alone", i), 1) }); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(since); took > 2*time.Second {
			t.Errorf("it took %s", took)
		}
	}
}

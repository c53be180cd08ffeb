package db_test

import (
	"errors"
	"sync"
	"testing"

	"yanming/internal/db"
	"yanming/internal/db/dbtest"
)

func TestWhatWasTouchedDoesNotStand(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		stands := func(count uint64) (out bool) {
			t.Helper()
			if err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error { out = tx.Stands("people", count); return nil }); err != nil {
				t.Fatal(err)
			}
			return out
		}
		count, alone := d.Touched(dbtest.Town, "people")
		if got := stands(count); got != alone {
			t.Errorf("untouched: stands %v; alone %v", got, alone)
		}
		if err := d.View(ctx, dbtest.Town, func(tx *db.Tx) error {
			if tx.Stands("people", count) {
				t.Error("a reading transaction may be older than what was read under the count")
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}

		// Whoever is committed together with the one that touches, or after it, finds something else.
		touched, joined := make(chan bool), make(chan bool)
		var once sync.Once // a commit that is made again comes here twice
		ended := make(chan error, 2)
		go func() {
			ended <- d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
				tx.Touch("people")
				if tx.Stands("people", count) {
					t.Error("it stands in the transaction that touches it")
				}
				once.Do(func() {
					touched <- true
					<-joined
				})
				return nil
			})
		}()
		<-touched
		go func() {
			ended <- d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
				if tx.Stands("people", count) {
					t.Error("it stands beside the transaction that touches it")
				}
				return nil
			})
		}()
		close(joined)
		for range 2 {
			if err := <-ended; err != nil {
				t.Fatal(err)
			}
		}
		if stands(count) {
			t.Error("it stands after it was touched")
		}

		// Taken back, it stands again.
		count, _ = d.Touched(dbtest.Town, "people")
		failed := errors.New("no")
		if err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error { tx.Touch("people"); return failed }); !errors.Is(err, failed) {
			t.Fatal(err)
		}
		if got := stands(count); got != alone {
			t.Errorf("touched by what was taken back: stands %v; alone %v", got, alone)
		}
	})
}

package seal

import (
	"slices"
	"testing"
	"time"

	"yanming/internal/db"
	"yanming/internal/db/dbtest"
)

func TestWrongCodesSlowANumberDownAndNeverLockIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		const n = Number("101000000197")
		try := func(ok bool) {
			t.Helper()
			if err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error { return Tried(ctx, tx, n, ok) }); err != nil {
				t.Fatal(err)
			}
		}
		wait := func(town string, n Number) (w time.Duration) {
			t.Helper()
			if err := d.View(ctx, town, func(tx *db.Tx) (err error) { w, err = Wait(ctx, tx, n); return err }); err != nil {
				t.Fatal(err)
			}
			return w
		}
		var got []time.Duration
		for range 12 {
			try(false)
			got = append(got, wait(dbtest.Town, n)/time.Second)
		}
		if want := []time.Duration{0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60}; !slices.Equal(got, want) {
			t.Errorf("waits %v, want %v", got, want)
		}
		if w := wait("419900102", n) + wait(dbtest.Town, "101000000294"); w != 0 {
			t.Errorf("another town or number waits %v", w)
		}
		c.Add(59 * time.Second)
		if w := wait(dbtest.Town, n); w != time.Second {
			t.Errorf("59 s later %v", w)
		}
		c.Add(-time.Hour)
		if w := wait(dbtest.Town, n); w > time.Minute {
			t.Errorf("clock set back: %v", w)
		}
		c.Add(time.Hour)
		try(true)
		try(false)
		if w := wait(dbtest.Town, n); w != 0 {
			t.Errorf("after a right code %v", w)
		}
		for range 6 {
			try(false)
		}
		c.Add(24 * time.Hour)
		if w := wait(dbtest.Town, n); w != 0 {
			t.Errorf("a day later %v", w)
		}
		try(false)
		if w := wait(dbtest.Town, n); w != 0 {
			t.Errorf("the count went on after a day: %v", w)
		}
		forget := func() (gone int64) {
			t.Helper()
			if err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) (err error) { gone, err = Forget(ctx, tx); return err }); err != nil {
				t.Fatal(err)
			}
			return gone
		}
		if forget() != 0 {
			t.Error("forgot a fresh try")
		}
		c.Add(24 * time.Hour)
		if forget() != 1 {
			t.Error("kept a try for more than a day")
		}
	})
}

package seal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"yanming/internal/db"
	"yanming/internal/db/dbtest"
)

func keks(t *testing.T, k *Keyring) int {
	t.Helper()
	es, err := readKEKs(k.dir)
	if err != nil {
		t.Fatal(err)
	}
	return len(es)
}

func rotate(t *testing.T, k *Keyring, d *db.DB, now time.Time, want int) {
	t.Helper()
	if n, err := k.Rotate(ctx, d, now); err != nil || n != want {
		t.Fatalf("rotate: %d keys, %v; want %d", n, err, want)
	}
}

func TestRotationWrapsEveryKeyAgainAndDestroysTheOldKEK(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		k := aged(t, c.Now())
		var want [][]byte
		towns := []string{"419900101", "419900102"}
		for _, town := range towns {
			err := d.Update(ctx, town, func(tx *db.Tx) error {
				want = nil
				for i := range stretch + 3 {
					r, err := k.NewKey(ctx, tx, fmt.Sprintf("%s-%04d", town, i))
					if err != nil {
						return err
					}
					want = append(want, r.key)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		c.Add(30*24*time.Hour - time.Minute)
		rotate(t, k, d, c.Now(), 0)
		if keks(t, k) != 1 {
			t.Fatal("rotated too early")
		}
		c.Add(time.Minute)
		rotate(t, k, d, c.Now(), 2*(stretch+3))
		if keks(t, k) != 2 {
			t.Fatal("the old KEK went at once, under the feet of running transactions")
		}
		c.Add(time.Hour)
		rotate(t, k, d, c.Now(), 0)
		if left, err := os.ReadDir(k.dir); err != nil || keks(t, k) != 1 || len(left) != 2 {
			t.Fatalf("old KEK still there: %v %v", left, err)
		}
		again, err := Open(k.dir)
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range want {
			r, err := key(d, again, "419900102", fmt.Sprintf("419900102-%04d", i))
			if err != nil || !bytes.Equal(r.key, w) {
				t.Fatalf("key %d after rotation: %v", i, err)
			}
		}
	})
}

func TestARotationCutOffGoesOnLater(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		k := aged(t, c.Now())
		newKey(t, d, k, dbtest.Town, "r1")
		newKey(t, d, k, dbtest.Town, "r2")
		c.Add(31 * 24 * time.Hour)
		// The crash: the new KEK is on disk, one key of two is wrapped by it.
		if err := writeKEK(k.dir, newKEK(c.Now())); err != nil {
			t.Fatal(err)
		}
		k, err := Open(k.dir)
		if err != nil {
			t.Fatal(err)
		}
		old, e := k.keks[0], k.keks[1]
		err = d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE record_keys SET at = 0 WHERE town_id = $1 AND record_id = 'r2'`)
			if err == nil {
				_, _, _, _, err = k.rewrap(ctx, tx, old, e, "r1")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		rotate(t, k, d, c.Now(), 1)
		c.Add(time.Hour)
		rotate(t, k, d, c.Now(), 0)
		if keks(t, k) != 1 {
			t.Error("old KEK still there")
		}
		for _, r := range []string{"r1", "r2"} {
			if _, err := key(d, k, dbtest.Town, r); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestAKeyThatCannotBeUnwrappedKeepsItsKEK(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		k := aged(t, c.Now())
		newKey(t, d, k, dbtest.Town, "bad")
		newKey(t, d, k, dbtest.Town, "good")
		err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE record_keys SET wrapped = $2 WHERE town_id = $1 AND record_id = 'bad'`, make([]byte, boxBytes))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		c.Add(31 * 24 * time.Hour)
		for _, want := range []int{1, 0} {
			if n, err := k.Rotate(ctx, d, c.Now()); n != want || !errors.Is(err, errBox) {
				t.Errorf("got %d, %v", n, err)
			}
			c.Add(time.Hour)
		}
		if keks(t, k) != 2 {
			t.Error("the KEK of an unreadable key was destroyed")
		}
		if _, err := key(d, k, dbtest.Town, "good"); err != nil {
			t.Error(err)
		}
	})
}

func TestACopyOfTheProgramSeesWhatAnotherRotated(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		a := aged(t, c.Now())
		b, err := Open(a.dir)
		if err != nil {
			t.Fatal(err)
		}
		newKey(t, d, b, dbtest.Town, "r1")
		c.Add(31 * 24 * time.Hour)
		rotate(t, a, d, c.Now(), 1)
		if _, err := key(d, b, dbtest.Town, "r1"); err != nil {
			t.Errorf("read: %v", err)
		}
		newKey(t, d, b, dbtest.Town, "r2")
		c.Add(time.Hour)
		rotate(t, a, d, c.Now(), 0) // nothing was wrapped by the old one
		if _, err := key(d, a, dbtest.Town, "r2"); err != nil {
			t.Error(err)
		}
	})
}

func TestADestructionCutOffLeavesAKeyringThatOpens(t *testing.T) {
	k := aged(t, time.Now().Add(-time.Hour))
	old := k.keks[0].id
	if err := writeKEK(k.dir, newKEK(time.Now())); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(k.dir, kekName(old)), filepath.Join(k.dir, gonePrefix+old)); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(k.dir); err != nil {
		t.Fatal(err)
	}
	if err := destroyKEK(k.dir, "none"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(k.dir, gonePrefix+old)); !os.IsNotExist(err) {
		t.Errorf("still there: %v", err)
	}
}

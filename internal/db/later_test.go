package db_test

import (
	"fmt"
	"sync"
	"testing"

	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
)

func later(tx *db.Tx, name string, seq int64) error {
	return tx.Later(ctx, `INSERT INTO marks (town_id, name, seq) VALUES ($1, $2, $3)`, name, seq)
}

// TestWhatIsWrittenLaterIsThereWhenSomebodyLooks: for the next statement of the transaction, and after its end.
func TestWhatIsWrittenLaterIsThereWhenSomebodyLooks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
			for i := range int64(3) {
				if err := later(tx, fmt.Sprint("m", i), i); err != nil {
					return err
				}
			}
			var n int
			if err := tx.Row(ctx, `SELECT count(*) FROM marks WHERE town_id = $1`).Scan(&n); err != nil || n != 3 {
				t.Errorf("the transaction sees %d rows: %v", n, err)
			}
			if n, err := tx.Exec(ctx, `UPDATE marks SET seq = 7 WHERE town_id = $1 AND name = $2`, "m1"); err != nil || n != 1 {
				t.Errorf("%d rows changed: %v", n, err)
			}
			return later(tx, "last", 9)
		})
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]int64{"m0": 0, "m1": 7, "m2": 2, "last": 9} {
			if seq, err := get(t, d, dbtest.Town, name); err != nil || seq != want {
				t.Errorf("%s: %d, want %d: %v", name, seq, want, err)
			}
		}
	})
}

// TestWhatFailsLaterFailsItsOwnTransactionOnly: though its closure has ended well, and others share its commit.
func TestWhatFailsLaterFailsItsOwnTransactionOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() {
				told := false
				err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
					tx.AfterCommit(func() { told = true })
					name := fmt.Sprint("m", i)
					if err := later(tx, name, 1); err != nil {
						return err
					}
					if i%4 == 0 {
						later(tx, name, 2) // the same again
						later(tx, name+"-behind", 3)
					}
					return nil
				})
				if (err == nil) != (i%4 != 0) || told != (i%4 != 0) || err != nil && !errs.Is(err, errs.Conflict) {
					t.Errorf("closure %d: %v, told %t", i, err, told)
				}
			})
		}
		wg.Wait()
		for i := range 40 {
			for _, name := range []string{fmt.Sprint("m", i), fmt.Sprint("m", i) + "-behind"} {
				_, err := get(t, d, dbtest.Town, name)
				if want := i%4 != 0 && name == fmt.Sprint("m", i); (err == nil) != want {
					t.Errorf("row %s: %v", name, err)
				}
			}
		}
	})
}

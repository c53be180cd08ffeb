package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
)

var ctx = context.Background()

func put(tx *db.Tx, name string, seq int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO marks (town_id, name, seq) VALUES ($1, $2, $3)`, name, seq)
	return err
}

func get(t *testing.T, d *db.DB, town, name string) (seq int64, err error) {
	t.Helper()
	err = d.View(ctx, town, func(tx *db.Tx) error {
		return tx.Row(ctx, `SELECT seq FROM marks WHERE town_id = $1 AND name = $2`, name).Scan(&seq)
	})
	return seq, err
}

func TestATransactionSeesOnlyItsTown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		if err := d.Update(ctx, "419900101", func(tx *db.Tx) error { return put(tx, "a", 7) }); err != nil {
			t.Fatal(err)
		}
		if seq, err := get(t, d, "419900101", "a"); err != nil || seq != 7 {
			t.Errorf("own town: got %d, %v", seq, err)
		}
		if _, err := get(t, d, "419900102", "a"); !errs.Is(err, errs.NotFound) {
			t.Errorf("other town: got %v, want NotFound", err)
		}
	})
}

func TestAFailedClosureLeavesNothingAndHarmsNobody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		boom := errors.New("boom")
		var wg sync.WaitGroup
		for i := range 60 {
			wg.Go(func() {
				err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
					if err := put(tx, fmt.Sprint("m", i), int64(i)); err != nil {
						return err
					}
					switch i % 4 {
					case 1:
						return boom
					case 2:
						panic("bang")
					case 3: // a failed statement fails the request, even when its error is dropped
						put(tx, fmt.Sprint("m", i), 0)
					}
					return nil
				})
				if (err == nil) != (i%4 == 0) {
					t.Errorf("closure %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		for i := range 60 {
			_, err := get(t, d, dbtest.Town, fmt.Sprint("m", i))
			if (err == nil) != (i%4 == 0) {
				t.Errorf("row %d: %v", i, err)
			}
		}
	})
}

func TestASecondRowUnderOneKeyIsAConflict(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
			if err := put(tx, "a", 1); err != nil {
				return err
			}
			return put(tx, "a", 2)
		})
		if !errs.Is(err, errs.Conflict) {
			t.Errorf("got %v, want Conflict", err)
		}
	})
}

func TestParametersMayBeRepeatedAndOutOfOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
			if err := put(tx, "a", 5); err != nil {
				return err
			}
			var s string
			var veiled bool
			err := tx.Row(ctx, `SELECT name, seq = $3 FROM marks WHERE seq = $3 AND name = $2 AND town_id = $1 AND $2 <> ''`, "a", int64(5)).Scan(&s, &veiled)
			if err == nil && (s != "a" || !veiled) {
				t.Errorf("got %q %v", s, veiled)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestAfterCommitRunsOnlyWhenCommitted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		ran := make(chan int, 2)
		d.Update(ctx, dbtest.Town, func(tx *db.Tx) error { tx.AfterCommit(func() { ran <- 1 }); return errors.New("no") })
		if err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error { tx.AfterCommit(func() { ran <- 2 }); return put(tx, "a", 1) }); err != nil {
			t.Fatal(err)
		}
		if got := <-ran; got != 2 {
			t.Errorf("ran after a failed transaction")
		}
	})
}

func TestTheNumberOfConcurrentWritersDoesNotMatter(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		if err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error { return put(tx, "n", 0) }); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() {
				err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
					_, err := tx.Exec(ctx, `UPDATE marks SET seq = seq + 1 WHERE town_id = $1 AND name = $2`, "n")
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n, err := get(t, d, dbtest.Town, "n"); n != 40 || err != nil {
			t.Errorf("got %d, %v; want 40", n, err)
		}
	})
}

func TestAViewKeepsItsSnapshot(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		count := func(tx *db.Tx) (n int64) {
			if err := tx.Row(ctx, `SELECT count(*) FROM marks WHERE town_id = $1`).Scan(&n); err != nil {
				t.Error(err)
			}
			return n
		}
		d.View(ctx, dbtest.Town, func(tx *db.Tx) error {
			before := count(tx)
			if err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error { return put(tx, "a", 1) }); err != nil {
				t.Error(err)
			}
			if after := count(tx); before != 0 || after != 0 {
				t.Errorf("the view saw %d then %d", before, after)
			}
			return nil
		})
	})
}

func TestThePlanTestRefuses(t *testing.T) {
	d := dbtest.SQLite(t, (&dbtest.Clock{}).Now)
	for _, c := range []struct {
		text  string
		admit bool
	}{
		{`SELECT seq FROM marks WHERE town_id = $1 AND name = $2`, true},
		{`SELECT m.seq FROM marks m WHERE m.town_id = $1 AND $2 <> ''`, true},
		{`SELECT seq FROM marks WHERE name = $2 AND $1 <> ''`, false},
		{`SELECT e.seq FROM events e WHERE e.record_id = $2 AND $1 <> ''`, false},
		{`WITH m AS (SELECT seq FROM marks WHERE town_id = $1 AND name = $2) SELECT seq FROM m`, true},
	} {
		refused := ""
		err := d.View(ctx, dbtest.Town, func(tx *db.Tx) error {
			return tx.Each(ctx, func(r *sql.Rows) error {
				var id, parent, unused int
				var line string
				if err := r.Scan(&id, &parent, &unused, &line); err != nil {
					return err
				}
				if why := dbtest.Refuse(db.Statement{Text: c.text, Town: true}, line); why != "" {
					refused = why
				}
				return nil
			}, "EXPLAIN QUERY PLAN "+c.text, "x")
		})
		if err != nil {
			t.Fatal(err)
		}
		if (refused == "") != c.admit {
			t.Errorf("%s: refused %q", c.text, refused)
		}
	}
}

func TestACleanCloseLeavesOneFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "one.db")
	d, err := db.Open(ctx, path, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	if err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error { return put(tx, "a", 1) }); err != nil {
		t.Fatal(err)
	}
	if _, err := get(t, d, dbtest.Town, "a"); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if files, err := filepath.Glob(path + "*"); err != nil || len(files) != 1 {
		t.Errorf("left behind: %v, %v", files, err)
	}
	if err := d.View(ctx, dbtest.Town, func(*db.Tx) error { return nil }); err == nil {
		t.Error("a closed database answers")
	}
}

// What gather holds back must be commits alone: nothing of a request is in the log before its commit, however large it is.
func TestARequestIsNotInTheLogBeforeItsCommit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "one.db")
	d, err := db.Open(ctx, path, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	size := func() int64 {
		info, err := os.Stat(path + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	before := size()
	err = d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
		for i := range 24 { // MB, three times of what a connection keeps
			if err := put(tx, strings.Repeat(string(rune('a'+i)), 1<<20), 1); err != nil {
				return err
			}
		}
		if size() != before {
			return fmt.Errorf("the log grew by %d bytes", size()-before)
		}
		return nil
	})
	if err != nil || size() < before+24<<20 {
		t.Errorf("%v; the log grew by %d bytes", err, size()-before)
	}
}

package db_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
)

// overwrite puts bytes that nothing wrote into a file, from one place up to another.
func overwrite(file string, from, to int) error {
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(bytes.Repeat([]byte{0xa5}, to-from), int64(from))
	return errors.Join(err, f.Close())
}

// openMigrated opens a file, with readers that come one after another, and brings its schema forward.
func openMigrated(t *testing.T, path string) *db.DB {
	t.Helper()
	d, err := db.Open(ctx, path, db.Options{Readers: 4})
	if err == nil {
		_, err = d.Migrate(ctx)
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestASearchIndexThatCannotBeOpenedStopsNothingElse: its first page breaks, or its file is taken away, while the program
// runs. New connections read the facts; only whoever asks the index is told that it is away.
func TestASearchIndexThatCannotBeOpenedStopsNothingElse(t *testing.T) {
	for how, harm := range map[string]func(file string) error{
		"overwritten":        func(file string) error { return overwrite(file, 0, 4096) },
		"of a broken schema": func(file string) error { return overwrite(file, 100, 4096) }, // the header says whose file it is
		"taken away":         os.Remove,
	} {
		t.Run(how, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.db")
			open := func() *db.DB { t.Helper(); return openMigrated(t, path) }
			ask := func(d *db.DB, table string) error {
				return d.View(ctx, dbtest.Town, func(tx *db.Tx) error {
					time.Sleep(20 * time.Millisecond) // so that those who come meanwhile need connections of their own
					var n int
					return tx.Row(ctx, `SELECT count(*) FROM `+table+` WHERE town_id = $1`).Scan(&n)
				})
			}
			together := func(d *db.DB, table string) (es []error) {
				var mu sync.Mutex
				var asking sync.WaitGroup
				for range 8 {
					asking.Go(func() {
						err := ask(d, table)
						mu.Lock()
						defer mu.Unlock()
						es = append(es, err)
					})
				}
				asking.Wait()
				return es
			}
			d := open()
			err := d.Derive(ctx, dbtest.Town, func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, `INSERT INTO derived_marks (town_id, name, seq) VALUES ($1, $2, 7)`, "search")
				return err
			})
			if err := errors.Join(err, d.Close()); err != nil {
				t.Fatal(err)
			}
			d = open()
			if err := errors.Join(ask(d, "marks"), harm(d.DerivedFile())); err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(together(d, "marks")...); err != nil {
				t.Errorf("the facts cannot be read: %v", err)
			}
			away := 0
			for _, err := range together(d, "derived_marks") {
				if err == nil {
					continue // on the connection that was there before
				}
				if away++; !errs.Is(err, errs.Unavailable) || errs.All(err)[0].Key != "error.store.index" {
					t.Errorf("whoever searches is told: %v", err)
				}
			}
			if away == 0 {
				t.Error("no new connection was met")
			}
			if err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error { return put(tx, "a", 7) }); err != nil || d.Fault() != nil {
				t.Errorf("the facts are stopped: %v, %v", err, d.Fault())
			}
			d.Close() // the broken file cannot be folded, which is nobody's loss
			d = open()
			defer d.Close()
			if err := errors.Join(ask(d, "derived_marks"), ask(d, "marks")); err != nil {
				t.Errorf("after a start: %v", err)
			}
		})
	}
}

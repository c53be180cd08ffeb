package db_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
)

func TestStandingTellsAnEmptyDatabaseFromAnOldAndANewOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	d, err := db.Open(ctx, path, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	s, err := d.Standing(ctx)
	if err != nil || s.At != 0 || s.Missing == 0 || s.Newest == 0 {
		t.Fatalf("empty: %+v, %v", s, err)
	}
	if again, err := d.Standing(ctx); err != nil || again != s {
		t.Errorf("asking changes it: %+v, %v", again, err)
	}
	steps, err := d.Migrate(ctx)
	if err != nil || steps != s.Missing {
		t.Errorf("%d steps, %v; %d were pending", steps, err, s.Missing)
	}
	if s, err = d.Standing(ctx); err != nil || s.Missing != 0 || s.At != s.Newest {
		t.Errorf("migrated: %+v, %v", s, err)
	}
	raw, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	if _, err := raw.Exec(`DELETE FROM goose_db_version WHERE version_id = (SELECT max(version_id) FROM goose_db_version)`); err != nil {
		t.Fatal(err)
	}
	if s, err = d.Standing(ctx); err != nil || s.Missing != 1 || s.At == 0 {
		t.Errorf("one behind: %+v, %v", s, err)
	}
	if _, err := raw.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)`); err != nil {
		t.Fatal(err)
	}
	if s, err = d.Standing(ctx); err != nil || !errs.Is(s.Newer(), errs.Conflict) {
		t.Errorf("of a newer program: %+v, %v", s, err)
	}
	if _, err = d.Migrate(ctx); !errs.Is(err, errs.Conflict) {
		t.Errorf("a newer database is migrated: %v", err)
	}
}

func TestNothingIsMissingOnAMigratedDatabase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		if s, err := d.Standing(ctx); err != nil || s.Missing != 0 || s.At != s.Newest || s.At == 0 {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

func TestAReadOnlyDatabaseIsNeitherMadeNorChanged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	if d, err := db.Open(ctx, path, db.Options{ReadOnly: true}); err == nil {
		d.Close()
		t.Error("a file that is not there was opened for reading")
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("it was made")
	}
	d, err := db.Open(ctx, path, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	reader, err := db.Open(ctx, path, db.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error { return put(tx, "a", 7) }); err != nil {
		t.Fatal(err)
	}
	if n, err := get(t, reader, dbtest.Town, "a"); n != 7 || err != nil {
		t.Errorf("beside the writer: %d, %v", n, err)
	}
	if err := reader.Update(ctx, dbtest.Town, func(tx *db.Tx) error { return put(tx, "b", 8) }); err == nil {
		t.Error("it wrote")
	}
	if _, err := reader.Migrate(ctx); err == nil {
		t.Error("it migrates")
	}
}

// TestALookLeavesTheDerivedFileAlone: it makes none, throws none of another version away, and sees nothing derived then.
func TestALookLeavesTheDerivedFileAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	d, err := db.Open(ctx, path, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	file := d.DerivedFile()
	if _, err = d.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	mark := func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO derived_marks (town_id, name, seq) VALUES ($1, 'x', 7)`)
		return err
	}
	if err = d.Derive(ctx, dbtest.Town, mark); err == nil {
		err = d.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	look := func(what string, want int) {
		t.Helper()
		d, err := db.Open(ctx, path, db.Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		n := 0
		if err := d.View(ctx, dbtest.Town, func(tx *db.Tx) error {
			return tx.Row(ctx, `SELECT count(*) FROM derived_marks WHERE town_id = $1`).Scan(&n)
		}); err != nil || n != want {
			t.Errorf("%s: %d marks, %v; want %d", what, n, err, want)
		}
		if err := d.Derive(ctx, dbtest.Town, mark); err == nil {
			t.Errorf("%s: it derives", what)
		}
	}
	look("as it was made", 1)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	look("missing", 0)
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it was made: %v", err)
	}
	raw, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.Exec("PRAGMA journal_mode = WAL; PRAGMA user_version = 5; CREATE TABLE other (a)"); err != nil {
		t.Fatal(err)
	}
	raw.Close()
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	look("of another version", 0)
	if after, err := os.ReadFile(file); err != nil || !bytes.Equal(before, after) {
		t.Errorf("it was changed: %v", err)
	}
}

// TestADamagedSearchIndexStopsNothingElse: whoever meets the damage, reading or deriving, what is said is still taken, and
// the file is made anew at the next start.
func TestADamagedSearchIndexStopsNothingElse(t *testing.T) {
	for _, meets := range []string{"reader", "deriver"} {
		t.Run(meets, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.db")
			open := func() *db.DB { t.Helper(); return openMigrated(t, path) }
			marks := func(d *db.DB) (n int, err error) {
				err = d.View(ctx, dbtest.Town, func(tx *db.Tx) error {
					return tx.Row(ctx, `SELECT count(*) FROM derived_marks WHERE town_id = $1 AND name <> ''`).Scan(&n)
				})
				return n, err
			}
			derive := func(d *db.DB) error {
				return d.Derive(ctx, dbtest.Town, func(tx *db.Tx) error {
					for i := range 500 {
						if _, err := tx.Exec(ctx, `INSERT INTO derived_marks (town_id, name, seq) VALUES ($1, $2, 7)
							ON CONFLICT (town_id, name) DO UPDATE SET seq = 8`, fmt.Sprintf("%040d", i)); err != nil {
							return err
						}
					}
					return nil
				})
			}
			d := open()
			if err := errors.Join(derive(d), d.Close()); err != nil {
				t.Fatal(err)
			}
			file := d.DerivedFile()
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for i := 4096; i < len(b); i++ { // the first page says whose file it is
				b[i] = 0xa5
			}
			if err := os.WriteFile(file, b, 0o600); err != nil {
				t.Fatal(err)
			}
			d = open()
			if meets == "reader" {
				_, err = marks(d)
			} else {
				err = derive(d)
			}
			if !errs.Is(err, errs.Unavailable) {
				t.Fatalf("the damage was not met: %v", err)
			}
			if err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error { return put(tx, "a", 7) }); err != nil || d.Fault() != nil {
				t.Errorf("the facts are stopped: %v, %v", err, d.Fault())
			}
			var reading sync.WaitGroup // on connections that were there and on new ones
			for range 6 {
				reading.Go(func() {
					err := d.View(ctx, dbtest.Town, func(tx *db.Tx) error {
						time.Sleep(20 * time.Millisecond)
						var n int
						return tx.Row(ctx, `SELECT count(*) FROM marks WHERE town_id = $1`).Scan(&n)
					})
					if err != nil {
						t.Errorf("the facts cannot be read: %v", err)
					}
				})
			}
			reading.Wait()
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
			d = open()
			defer d.Close()
			if n, err := marks(d); n != 0 || err != nil {
				t.Errorf("after a start: %d marks, %v", n, err)
			}
			if err := derive(d); err != nil {
				t.Error(err)
			}
		})
	}
}

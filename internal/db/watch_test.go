package db_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"yanming/internal/db"
	"yanming/internal/db/dbtest"
)

func TestWhatTheEngineDoesIsTold(t *testing.T) {
	var commits, requests, queued, reads atomic.Int64
	d, err := db.Open(ctx, filepath.Join(t.TempDir(), "y.db"), db.Options{Readers: 2, Watch: db.Watch{
		Committed: func(c db.Commit) {
			commits.Add(1)
			requests.Add(int64(c.Requests))
			if c.Tries != 1 || c.Took <= 0 {
				t.Errorf("a commit of %d tries that took %s", c.Tries, c.Took)
			}
		},
		Queued: func(time.Duration) { queued.Add(1) },
		Read:   func(time.Duration) { reads.Add(1) },
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if err := d.Update(ctx, "1", func(tx *db.Tx) error { return put(tx, string(rune('a'+i)), 1) }); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Answers(ctx); err != nil {
		t.Error(err)
	}
	if commits.Load() != 3 || requests.Load() != 3 || queued.Load() != 3 || reads.Load() != 1 {
		t.Errorf("%d commits of %d requests, %d waits, %d reads; want 3, 3, 3, 1", commits.Load(), requests.Load(), queued.Load(), reads.Load())
	}
	d.View(ctx, "1", func(tx *db.Tx) error {
		if l := d.Load(); l.Busy != 1 || l.Readers != 2 {
			t.Errorf("while one reads: %+v", l)
		}
		return nil
	})
	data, _, err := d.Size(ctx)
	if err != nil || data == 0 {
		t.Errorf("size %d, %v", data, err)
	}
}

func TestAStorageThatRefusesIsKnownUntilItTakesAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		if err := d.Fault(); err != nil {
			t.Fatalf("hurt from the start: %v", err)
		}
		full := func(tx *db.Tx) error { // a disk that is full, or for PostgreSQL a server that may only be read
			if _, err := tx.Exec(ctx, tx.Pick("PRAGMA max_page_count = 1", "SELECT set_config('transaction_read_only', 'on', true) WHERE $1 <> ''")); err != nil {
				return err
			}
			return put(tx, string(bytes.Repeat([]byte("x"), 4<<20)), 1)
		}
		if err := d.Update(ctx, dbtest.Town, full); err == nil {
			t.Fatal("the write was not refused")
		}
		if d.Fault() == nil {
			t.Fatal("a refused write is not known")
		}
		if err := d.View(ctx, dbtest.Town, func(*db.Tx) error { return nil }); err != nil || d.Fault() == nil {
			t.Error("reading says nothing about writing")
		}
		if err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
			if _, err := tx.Exec(ctx, tx.Pick("PRAGMA max_page_count = 100000", "SELECT $1")); err != nil {
				return err
			}
			return put(tx, "a", 1)
		}); err != nil {
			t.Fatal(err)
		}
		if err := d.Fault(); err != nil {
			t.Errorf("still hurt after a write that was kept: %v", err)
		}
	})
}

func TestADatabaseWhoseReadersAreTakenDoesNotAnswer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		release := make(chan struct{})
		for range d.Load().Readers {
			began := make(chan struct{})
			go d.View(ctx, dbtest.Town, func(*db.Tx) error { close(began); <-release; return nil })
			<-began
		}
		short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		if err := d.Answers(short); err == nil {
			t.Error("it answered")
		}
		close(release)
		if err := d.Answers(ctx); err != nil {
			t.Error(err)
		}
	})
}

func TestSettingsAreReadBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		got, err := d.Settings(ctx)
		if err != nil || len(got) < 3 {
			t.Fatalf("%v, %v", got, err)
		}
		for _, s := range got {
			if s.Is == "" || d.Engine() == db.SQLite && !s.Good {
				t.Errorf("%+v", s)
			}
		}
		if err := d.Verify(ctx); err != nil {
			t.Errorf("a sound file: %v", err)
		}
	})
}

func TestASecondCloseDoesNothing(t *testing.T) {
	d, err := db.Open(ctx, filepath.Join(t.TempDir(), "y.db"), db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestDamageIsFound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "y.db")
	d, err := db.Open(ctx, path, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	if err := d.Update(ctx, "1", func(tx *db.Tx) error { return put(tx, string(bytes.Repeat([]byte("x"), 1<<20)), 1) }); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	info, _ := f.Stat()
	for at := info.Size() - 100*4096; at < info.Size(); at += 4096 {
		if _, err := f.WriteAt(bytes.Repeat([]byte{0xa5}, 64), at); err != nil {
			t.Fatal(err)
		}
	}
	f.Close()
	if d, err = db.Open(ctx, path, db.Options{}); err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Verify(ctx); err == nil {
		t.Error("damage was not found")
	}
}

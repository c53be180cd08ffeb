// Package dbtest gives tests a migrated database of their own: SQLite always, PostgreSQL where YANMING_TEST_POSTGRES
// names a server. One test body serves both engines.
//
// Every statement that a test runs is looked at once: on SQLite its plan must reach each town-owned table by an index
// that starts with the town. So a statement that would scan a town's table, or another town's rows, fails the test
// that first ran it.
package dbtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"yanming/internal/db"
)

// Town is the town of tests that need only one.
const Town = "419900101"

// Clock is a test's clock: it stands still until it is moved. The zero Clock shows 2026-11-23 09:00 in UTC+8, a Monday.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now returns the time the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now.IsZero() {
		c.now = time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
	}
	return c.now
}

// Set moves the clock to t.
func (c *Clock) Set(t time.Time) { c.Now(); c.mu.Lock(); c.now = t; c.mu.Unlock() }

// Add moves the clock on by d.
func (c *Clock) Add(d time.Duration) { c.Set(c.Now().Add(d)) }

// Each runs body once for each engine, on a fresh migrated database whose clock is c.
func Each(t *testing.T, body func(t *testing.T, d *db.DB, c *Clock)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { c := &Clock{}; body(t, SQLite(t, c.Now), c) })
	if server := os.Getenv("YANMING_TEST_POSTGRES"); server != "" {
		t.Run("postgres", func(t *testing.T) { c := &Clock{}; body(t, Postgres(t, server, c.Now), c) })
	} else if os.Getenv("CI") == "true" || os.Getenv("YANMING_CHECK") != "" {
		t.Error("YANMING_TEST_POSTGRES names no server: run ./check, which starts one")
	}
}

// SQLite returns a fresh migrated SQLite database, closed with the test.
func SQLite(t testing.TB, now func() time.Time) *db.DB {
	t.Helper()
	image, err := sqliteImage()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, image, 0o600); err != nil {
		t.Fatal(err)
	}
	return open(t, path, now)
}

// sqliteImage migrates once for each test program: a copy of a file is quicker than thirteen migrations.
var sqliteImage = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "dbtest")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "image.db")
	if err := migrate(path); err != nil {
		return nil, err
	}
	d, err := sql.Open("sqlite", path) // leaves WAL, so that the one file is the whole database
	if err != nil {
		return nil, err
	}
	if _, err := d.Exec("PRAGMA journal_mode=DELETE"); err != nil {
		return nil, err
	}
	if err := d.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// Postgres returns a fresh migrated database on server, dropped with the test.
func Postgres(t testing.TB, server string, now func() time.Time) *db.DB {
	t.Helper()
	template, err := postgresTemplate(server)
	if err != nil {
		t.Fatal(err)
	}
	name := randomName()
	if err := admin(server, "CREATE DATABASE "+name+" TEMPLATE "+template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := admin(server, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return open(t, withName(server, name), now)
}

var (
	templateOnce sync.Once
	templateName string
	templateErr  error
)

func postgresTemplate(server string) (string, error) {
	templateOnce.Do(func() {
		templateName = randomName()
		if templateErr = admin(server, "CREATE DATABASE "+templateName); templateErr == nil {
			templateErr = migrate(withName(server, templateName))
		}
	})
	return templateName, templateErr
}

func migrate(source string) error {
	d, err := db.Open(context.Background(), source, db.Options{Readers: 1})
	if err != nil {
		return err
	}
	defer d.Close()
	_, err = d.Migrate(context.Background())
	return err
}

func open(t testing.TB, source string, now func() time.Time) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), source, db.Options{Now: now, Readers: 4, Inspect: func(s db.Statement) { inspect(t, s) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func admin(server, text string) error {
	d, err := sql.Open("pgx", server)
	if err != nil {
		return err
	}
	defer d.Close()
	if _, err = d.Exec(text); err != nil {
		return fmt.Errorf("%s: %w", text, err)
	}
	return nil
}

func withName(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		return server
	}
	u.Path = "/" + name
	return u.String()
}

func randomName() string {
	var b [6]byte
	rand.Read(b[:])
	return "yt_" + hex.EncodeToString(b[:])
}

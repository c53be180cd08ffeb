package dbtest

import (
	"os"
	"path/filepath"
	"testing"

	"yanming/internal/db"
)

// EachEmpty runs body once for each engine; fresh makes a database without tables and returns its source, to be opened
// by whatever is tested.
func EachEmpty(t *testing.T, body func(t *testing.T, fresh func() string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { body(t, func() string { return Empty(t, db.SQLite) }) })
	if os.Getenv("YANMING_TEST_POSTGRES") != "" {
		t.Run("postgres", func(t *testing.T) { body(t, func() string { return Empty(t, db.Postgres) }) })
	} else if os.Getenv("CI") == "true" || os.Getenv("YANMING_CHECK") != "" {
		t.Error("YANMING_TEST_POSTGRES names no server: run ./check, which starts one")
	}
}

// Engines are those that a test can have here: SQLite, and PostgreSQL where a server is named.
func Engines() []db.Engine {
	if os.Getenv("YANMING_TEST_POSTGRES") != "" {
		return []db.Engine{db.SQLite, db.Postgres}
	}
	return []db.Engine{db.SQLite}
}

// Empty makes a database without tables and returns its source. A PostgreSQL one is dropped with the test.
func Empty(t testing.TB, e db.Engine) string {
	t.Helper()
	if e == db.SQLite {
		return filepath.Join(t.TempDir(), "yanming.db")
	}
	server, name := os.Getenv("YANMING_TEST_POSTGRES"), randomName()
	if err := admin(server, "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := admin(server, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return withName(server, name)
}

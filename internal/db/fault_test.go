package db

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	sqlite3 "modernc.org/sqlite/lib"

	"yanming/internal/errs"
)

func TestTroubleOfTheInstallationIsToldFromThatOfAStatement(t *testing.T) {
	pg := func(code string) error { return fmt.Errorf("x: %w", &pgconn.PgError{Code: code}) }
	for _, c := range []struct {
		err  error
		want string
	}{
		{pg("53100"), storeFull}, {pg("53300"), storeAway}, {pg("57P01"), storeAway}, {pg("57P03"), storeAway}, {pg("08006"), storeAway},
		{pg("25006"), storeClosed}, {pg("58030"), storeClosed}, {pg("XX001"), storeDamaged}, {pg("XX002"), storeDamaged},
		{pg("XX000"), ""}, {pg("42601"), ""}, {pg("40001"), ""}, {pg("57014"), ""},
		{fmt.Errorf("x: %w", io.ErrUnexpectedEOF), storeAway}, {context.Canceled, ""}, {context.DeadlineExceeded, ""}, {errors.New("x"), ""}, {nil, ""},
	} {
		if got := trouble(c.err); got != c.want {
			t.Errorf("%v: %q, want %q", c.err, got, c.want)
		}
		if err := translate("SELECT 1", c.err); c.want != "" && (!errs.Is(err, errs.Unavailable) || errs.All(err)[0].Key != c.want) {
			t.Errorf("%v became %v", c.err, err)
		}
	}
	for code, want := range map[int]string{sqlite3.SQLITE_FULL: storeFull, sqlite3.SQLITE_IOERR_WRITE: storeClosed, sqlite3.SQLITE_READONLY: storeClosed,
		sqlite3.SQLITE_CANTOPEN: storeClosed, sqlite3.SQLITE_CORRUPT_INDEX: storeDamaged, sqlite3.SQLITE_NOTADB: storeDamaged,
		sqlite3.SQLITE_BUSY_SNAPSHOT: storeAway, sqlite3.SQLITE_CONSTRAINT_CHECK: "", sqlite3.SQLITE_ERROR: ""} {
		if got := sqliteTrouble(code); got != want {
			t.Errorf("SQLite %d: %q, want %q", code, got, want)
		}
	}
}

func TestAFaultStandsUntilACommitSucceedsAndDamageForEver(t *testing.T) {
	d, err := Open(t.Context(), filepath.Join(t.TempDir(), "a.db"), Options{Readers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	write := func() error {
		return d.UpdateAcross(t.Context(), func(w *Wide) error {
			_, err := w.Exec(t.Context(), `DELETE FROM marks WHERE town_id = $1`, "")
			return err
		})
	}
	full := errs.New(errs.Unavailable, storeFull)
	d.note(full)
	if d.Fault() != full {
		t.Errorf("fault: %v", d.Fault())
	}
	if err := d.UpdateAcross(t.Context(), func(*Wide) error { return errs.Missing() }); !errs.Is(err, errs.NotFound) || d.Fault() == nil {
		t.Errorf("a request that wrote nothing (%v) took the fault away", err)
	}
	if err := write(); err != nil || d.Fault() != nil {
		t.Errorf("after a commit: %v, %v", err, d.Fault())
	}
	d.note(errs.New(errs.Unavailable, storeDamaged))
	d.note(nil)
	d.note(full)
	if err := write(); !isDamaged(err) || !isDamaged(d.Fault()) {
		t.Errorf("after damage: %v, %v", err, d.Fault())
	}
}

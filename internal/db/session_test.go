package db

import (
	"fmt"
	"path/filepath"
	"testing"
)

func TestPreparedStatementsDoNotPileUp(t *testing.T) {
	d, err := Open(t.Context(), filepath.Join(t.TempDir(), "yanming.db"), Options{Readers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	ask := func(from, to int) {
		t.Helper()
		err := d.View(t.Context(), "", func(tx *Tx) error {
			for i := from; i < to; i++ {
				var got int
				if err := tx.Row(t.Context(), fmt.Sprintf("SELECT %d WHERE $1 = ''", i)).Scan(&got); err != nil || got != i {
					return fmt.Errorf("asked for %d: %d, %w", i, got, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	ask(0, maxStmts+1)
	ask(5, 8)
	s, err := d.readers.take(t.Context(), d.life)
	if err != nil {
		t.Fatal(err)
	}
	defer d.readers.put(s)
	if len(s.stmts) != 5 { // three, and those that begin and end a transaction
		t.Errorf("%d statements are kept", len(s.stmts))
	}
}

func TestAStatementMayNameAParameterTwice(t *testing.T) {
	d, err := Open(t.Context(), filepath.Join(t.TempDir(), "yanming.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for text, want := range map[string]string{
		"SELECT $1 || $2 || $3":                                 "abc",
		"SELECT $1 || $2 || $1 || $3":                           "abac",
		"SELECT $1 || $2 || $2 || $3 || $1":                     "abbca",
		"SELECT $2 || $1 || $3":                                 "bac",
		"SELECT $1 || '$2' || $2 || $3":                         "a$2bc",
		"SELECT $1 || 'it''s' || $2 || (SELECT $1 || $3) || $2": "ait'sbacb",
	} {
		err := d.View(t.Context(), "a", func(tx *Tx) error {
			var got string
			if err := tx.Row(t.Context(), text, "b", "c").Scan(&got); err != nil || got != want {
				t.Errorf("%s (as %s): %q, want %q: %v", text, nameless(text), got, want, err)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

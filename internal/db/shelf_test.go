package db

import (
	"path/filepath"
	"testing"
)

func TestOneReaderAfterAnotherNeedsOneConnection(t *testing.T) {
	d, err := Open(t.Context(), filepath.Join(t.TempDir(), "yanming.db"), Options{Readers: 4})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	look := func(then func() error) {
		t.Helper()
		err := d.View(t.Context(), "a", func(tx *Tx) error {
			var one int
			if err := tx.Row(t.Context(), "SELECT 1 WHERE $1 <> ''").Scan(&one); err != nil || then == nil {
				return err
			}
			return then()
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	open := func(want int) {
		t.Helper()
		if n := d.read.Stats().OpenConnections; n != want {
			t.Errorf("%d connections read, want %d", n, want)
		}
	}
	for range 5 {
		look(nil)
	}
	open(1)
	look(func() error {
		look(nil)
		d.Ease() // leaves the one that works
		open(1)
		var two int
		return d.View(t.Context(), "a", func(tx *Tx) error { return tx.Row(t.Context(), "SELECT 2 WHERE $1 <> ''").Scan(&two) })
	})
	open(2)
	if l := d.Load(); l.Readers != 4 || l.Busy != 0 {
		t.Errorf("load: %+v", l)
	}
	d.Ease()
	open(0)
	look(nil)
	open(1)
}

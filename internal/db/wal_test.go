package db_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"yanming/internal/db"
	"yanming/internal/errs"
)

// killed is what a killed program left: the file, the log, and how long the log was after each acknowledged commit.
type killed struct {
	file, log []byte
	ends      []int
}

// leave commits n times and copies the folder as a power cut would leave it.
func leave(t *testing.T, n int) killed {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.db")
	d, err := db.Open(t.Context(), path, db.Options{Readers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	var k killed
	for i := range n {
		err := d.UpdateAcross(t.Context(), func(w *db.Wide) error {
			_, err := w.Exec(t.Context(), `INSERT INTO installation (key, value) VALUES ($1, $2)`, fmt.Sprint(i), fmt.Sprint(i))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		k.ends = append(k.ends, int(info.Size()))
	}
	if k.file, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	if k.log, err = os.ReadFile(path + "-wal"); err != nil {
		t.Fatal(err)
	}
	return k
}

// open opens file and log as a new start would, and returns how many of the commits are there.
func (k killed) open(t *testing.T, file, log []byte) (int, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.db")
	for name, b := range map[string][]byte{path: file, path + "-wal": log} {
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d, err := db.Open(t.Context(), path, db.Options{Readers: 1})
	if err != nil {
		return 0, err
	}
	defer d.Close()
	if !d.Unclean() && len(log) > 0 {
		t.Error("a log that was left behind is not noticed")
	}
	if err := d.Verify(t.Context()); err != nil {
		return 0, err
	}
	var n int
	err = d.Across(context.Background(), func(w *db.Wide) error { return w.Row(t.Context(), `SELECT count(*) FROM installation`).Scan(&n) })
	return n, err
}

func TestALogThatIsTornKeepsEveryCommitBeforeTheTear(t *testing.T) {
	k := leave(t, 40)
	chance := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		cut := k.ends[0] + chance.IntN(len(k.log)-k.ends[0]+1)
		acknowledged := 0
		for _, end := range k.ends {
			if end <= cut {
				acknowledged++
			}
		}
		if n, err := k.open(t, k.file, k.log[:cut]); err != nil || n != acknowledged {
			t.Errorf("cut at %d of %d: %d commits, want %d, %v", cut, len(k.log), n, acknowledged, err)
		}
		garbage := make([]byte, chance.IntN(20_000))
		for i := range garbage {
			garbage[i] = byte(chance.Uint32())
		}
		if n, err := k.open(t, k.file, append(k.log[:len(k.log):len(k.log)], garbage...)); err != nil || n != 40 {
			t.Errorf("%d bytes of garbage behind the end: %d commits, %v", len(garbage), n, err)
		}
	}
}

func TestALastCommitThatWasNotAcknowledgedMayBeTorn(t *testing.T) {
	k := leave(t, 40)
	log := append([]byte(nil), k.log...)
	for i := k.ends[38] + 100; i < k.ends[38]+300; i++ { // within the last commit's first page
		log[i] ^= 0xff
	}
	if n, err := k.open(t, k.file, log); err != nil || n != 39 {
		t.Errorf("%d commits, %v", n, err)
	}
}

func TestALogThatIsDamagedBeforeItsEndIsRefused(t *testing.T) {
	k := leave(t, 40)
	chance := rand.New(rand.NewPCG(3, 4))
	page := int(binary.BigEndian.Uint32(k.log[8:])) + 24
	for range 60 {
		at := 32 + chance.IntN(k.ends[37]-32)
		if in := (at - 32) % page; in >= 4 && in < 8 { // the mark of a commit: such a commit is missed, those behind it are not
			continue
		}
		log := append([]byte(nil), k.log...)
		log[at] ^= 1 << chance.IntN(8)
		n, err := k.open(t, k.file, log)
		if !errs.Is(err, errs.Unavailable) || errs.All(err)[0].Key != "error.store.log" {
			t.Errorf("bit at %d of %d turned: %d commits, %v", at, len(k.log), n, err)
		}
	}
}

func TestADatabaseThatIsDamagedIsRefusedAndNotWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	d, err := db.Open(t.Context(), path, db.Options{Readers: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(b) - 4096; i < len(b); i++ {
		b[i] = 0xa5
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if d, err = db.Open(t.Context(), path, db.Options{Readers: 1}); err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	err = d.Verify(t.Context())
	if !errs.Is(err, errs.Unavailable) || errs.All(err)[0].Key != "error.store.damaged" {
		t.Errorf("looked through: %v", err)
	}
	err = d.UpdateAcross(t.Context(), func(*db.Wide) error { t.Error("written"); return nil })
	if !errs.Is(err, errs.Unavailable) || d.Fault() == nil {
		t.Errorf("update: %v, fault: %v", err, d.Fault())
	}
}

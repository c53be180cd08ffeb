package seal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
)

var ctx = context.Background()

func ring(t testing.TB) *Keyring {
	t.Helper()
	k, err := Open(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// aged is a keyring whose only KEK was made at created.
func aged(t *testing.T, created time.Time) *Keyring {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "keys")
	if err := create(dir, base{random(), random()}, []kek{newKEK(created)}); err != nil {
		t.Fatal(err)
	}
	k, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func newKey(t *testing.T, d *db.DB, k *Keyring, town, record string) (r RecordKey) {
	t.Helper()
	err := d.Update(ctx, town, func(tx *db.Tx) (err error) { r, err = k.NewKey(ctx, tx, record); return err })
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func key(d *db.DB, k *Keyring, town, record string) (r RecordKey, err error) {
	err = d.View(ctx, town, func(tx *db.Tx) (err error) { r, err = k.Key(ctx, tx, record); return err })
	return r, err
}

func TestTheFolderIsPrivateAndKeepsItsKeys(t *testing.T) {
	k := ring(t)
	info, err := os.Stat(k.dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Fatalf("folder: %v %v", info.Mode(), err)
	}
	files, err := os.ReadDir(k.dir)
	if err != nil || len(files) != 2 {
		t.Fatalf("files: %v %v", files, err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", f.Name(), info.Mode(), err)
		}
	}
	again, err := Open(k.dir)
	if err != nil {
		t.Fatal(err)
	}
	if again.Code("t", "1", 1) != k.Code("t", "1", 1) {
		t.Error("opened again, it gives other codes")
	}
	os.Chmod(filepath.Join(k.dir, baseFile), 0o644)
	if _, err := Open(k.dir); !errs.Is(err, errs.Invalid) {
		t.Errorf("a key file that others may read: %v", err)
	}
}

func TestOpeningManyTimesAtOnceMakesOneKeyring(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	codes := make([]string, 16)
	var wg sync.WaitGroup
	for i := range codes {
		wg.Go(func() {
			k, err := Open(dir)
			if err != nil {
				t.Error(err)
				return
			}
			codes[i] = k.Code("t", "1", 1)
		})
	}
	wg.Wait()
	for _, c := range codes {
		if c != codes[0] {
			t.Fatalf("different keys: %v", codes)
		}
	}
}

func TestLostOrDamagedKeysAreNeverReplaced(t *testing.T) {
	for name, harm := range map[string]func(dir string) error{
		"no KEK left": func(dir string) error {
			e, err := readKEKs(dir)
			if err != nil {
				return err
			}
			return os.Remove(filepath.Join(dir, kekName(e[0].id)))
		},
		"damaged base": func(dir string) error {
			b, err := os.ReadFile(filepath.Join(dir, baseFile))
			if err != nil {
				return err
			}
			b[30] ^= 1
			return os.WriteFile(filepath.Join(dir, baseFile), b, 0o600)
		},
		"cut off": func(dir string) error { return os.Truncate(filepath.Join(dir, baseFile), 40) },
	} {
		k := ring(t)
		if err := harm(k.dir); err != nil {
			t.Fatal(err)
		}
		before, _ := os.ReadDir(k.dir)
		if _, err := Open(k.dir); err == nil {
			t.Errorf("%s: opened", name)
		}
		if after, _ := os.ReadDir(k.dir); len(after) != len(before) {
			t.Errorf("%s: files were made: %v", name, after)
		}
	}
}

func TestARecordOpensOnlyWithItsOwnKeyAndUse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		k := ring(t)
		made := newKey(t, d, k, "419900101", "r1")
		other := newKey(t, d, k, "419900101", "r2")
		box := made.Seal("name", []byte("王小明"))
		if bytes.Contains(box, []byte("王小明")) || bytes.Equal(box, made.Seal("name", []byte("王小明"))) {
			t.Error("box shows its content or repeats")
		}
		r, err := key(d, k, "419900101", "r1")
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := r.Open("name", box); err != nil || string(plain) != "王小明" {
			t.Errorf("got %q %v", plain, err)
		}
		if plain, err := r.OpenFile(r.SealFile([]byte("file"))); err != nil || string(plain) != "file" {
			t.Errorf("file: %q %v", plain, err)
		}
		if _, err := r.Open("phone", box); !errors.Is(err, errBox) {
			t.Errorf("other purpose: %v", err)
		}
		if _, err := other.Open("name", box); !errors.Is(err, errBox) {
			t.Errorf("other record: %v", err)
		}
		foreign := r
		foreign.town = "419900102"
		if _, err := foreign.Open("name", box); !errors.Is(err, errBox) {
			t.Errorf("other town: %v", err)
		}
		for i := range box {
			bent := bytes.Clone(box)
			bent[i] ^= 4
			if _, err := r.Open("name", bent); err == nil {
				t.Fatalf("byte %d changed, still opens", i)
			}
		}
		for i := range box {
			if _, err := r.Open("name", box[:i]); err == nil {
				t.Fatalf("cut to %d, still opens", i)
			}
		}
		if _, err := key(d, k, "419900102", "r1"); !errs.Is(err, errs.NotFound) {
			t.Errorf("other town's transaction: %v", err)
		}
		for _, s := range []string{fmt.Sprint(r), fmt.Sprintf("%v %+v %#v %s", r, r, r, r)} {
			if strings.Contains(s, string(r.key)) || strings.Contains(s, fmt.Sprint(r.key)) || strings.Contains(s, fmt.Sprintf("%#v", r.key)) {
				t.Errorf("key printed: %s", s)
			}
		}
		err = d.Update(ctx, "419900101", func(tx *db.Tx) error { _, err := k.NewKey(ctx, tx, "r1"); return err })
		if !errs.Is(err, errs.Conflict) {
			t.Errorf("second key: %v", err)
		}
	})
}

func TestManyKeysAreReadAsEachIs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		k := ring(t)
		for _, r := range []string{"r1", "r2", "r3"} {
			newKey(t, d, k, "419900101", r)
		}
		newKey(t, d, k, "419900102", "r4")
		err := d.Update(ctx, "419900101", func(tx *db.Tx) error { return k.Destroy(ctx, tx, "r2") })
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]RecordKey
		err = d.View(ctx, "419900101", func(tx *db.Tx) error {
			if none, err := k.Keys(ctx, tx, nil); err != nil || len(none) != 0 {
				t.Errorf("of no records: %v %v", none, err)
			}
			got, err = k.Keys(ctx, tx, []string{"r3", "r1", "r2", "r4", "r5", "r1"})
			return err
		})
		if err != nil || len(got) != 2 {
			t.Fatalf("%d keys, want those of r1 and r3 (%v)", len(got), err)
		}
		for _, r := range []string{"r1", "r3"} {
			one, err := key(d, k, "419900101", r)
			if err != nil || one.record != got[r].record || one.town != got[r].town || !bytes.Equal(one.key, got[r].key) {
				t.Errorf("%s: another key than alone (%v)", r, err)
			}
		}
	})
}

func TestAWrappedKeyCannotBeMovedToAnotherRecord(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		k := ring(t)
		newKey(t, d, k, dbtest.Town, "r1")
		newKey(t, d, k, dbtest.Town, "r2")
		err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE record_keys SET wrapped = (SELECT o.wrapped FROM record_keys o WHERE o.town_id = $1 AND o.record_id = 'r1')
				WHERE town_id = $1 AND record_id = 'r2'`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := key(d, k, dbtest.Town, "r2"); !errors.Is(err, errBox) {
			t.Errorf("got %v", err)
		}
	})
}

func TestDestroyErasesOneRecordOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		k := ring(t)
		newKey(t, d, k, dbtest.Town, "r1")
		newKey(t, d, k, dbtest.Town, "r2")
		for range 2 { // again does nothing
			if err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error { return k.Destroy(ctx, tx, "r1") }); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := key(d, k, dbtest.Town, "r1"); !errs.Is(err, errs.NotFound) {
			t.Errorf("destroyed: %v", err)
		}
		if _, err := key(d, k, dbtest.Town, "r2"); err != nil {
			t.Errorf("its neighbour: %v", err)
		}
	})
}

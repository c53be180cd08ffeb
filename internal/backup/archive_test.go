package backup

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"yanming/internal/db"
	"yanming/internal/db/dbtest"
)

// TestEveryTableIsDataOrLeftOut: whoever adds a table decides whether a backup holds it.
func TestEveryTableIsDataOrLeftOut(t *testing.T) {
	dbtest.EachEmpty(t, func(t *testing.T, fresh func() string) {
		w := opened(t, fresh(), 0)
		err := w.Store.Snapshot(ctx, func(snap *db.Snapshot) error {
			seen := map[string]bool{}
			for _, tab := range snap.Tables() {
				seen[tab.Name] = true
				if isData := slices.Contains(data, tab.Name); isData == (left[tab.Name] != "") {
					t.Errorf("table %s: say in internal/backup whether an archive holds it (data) or why not (left)", tab.Name)
				}
				for _, c := range tab.Columns {
					if c.Kind != db.Text && c.Kind != db.Integer && c.Kind != db.Bytes && left[tab.Name] == "" {
						t.Errorf("column %s.%s is of the kind %s, which no row of an archive can hold", tab.Name, c.Name, c.Kind)
					}
				}
			}
			for _, name := range data {
				if !seen[name] {
					t.Errorf("table %s is listed and does not exist", name)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// TestAnArchiveGoesToEitherEngine brings an archive of each engine into each, and the rows are the same.
func TestAnArchiveGoesToEitherEngine(t *testing.T) {
	for _, from := range dbtest.Engines() {
		for _, to := range dbtest.Engines() {
			t.Run(string(from)+" to "+string(to), func(t *testing.T) {
				w := filled(t, dbtest.Empty(t, from), 0)
				path := w.archive(t)
				target := dbtest.Empty(t, to)
				r := w.restore(path, target)
				r.Data = t.TempDir()
				out, err := r.Run(ctx)
				if err != nil {
					t.Fatal(err)
				}
				if !out.Replaced || out.Files != 3 || len(out.Missing) != 0 || out.Manifest.Towns[0] != (Town{dbtest.Town, "雁南镇", 40}) {
					t.Errorf("restored %+v", out)
				}
				back := opened(t, target, 0)
				want, got := w.sums(t), back.sums(t)
				delete(want, "installation") // less by the set-up token
				if got["installation"].Rows != 1 {
					t.Errorf("installation has %d rows, want the one that opens nothing", got["installation"].Rows)
				}
				delete(got, "installation")
				if !reflect.DeepEqual(got, want) {
					t.Errorf("other rows: %v, want %v", got, want)
				}
				for _, table := range []string{"sessions", "password_links"} {
					if n := count(t, back, table); n != 0 {
						t.Errorf("%d rows of %s came over", n, table)
					}
				}
				if err := back.close(); err != nil {
					t.Fatal(err)
				}
				if n := derivedOf(t, target); n != 0 {
					t.Errorf("%d derived rows came over", n)
				}
			})
		}
	}
}

func count(t *testing.T, w *world, table string) (n int) {
	t.Helper()
	err := w.Store.Snapshot(ctx, func(snap *db.Snapshot) error {
		for _, tab := range snap.Tables() {
			if tab.Name == table {
				return snap.Rows(ctx, tab, func([]any) error { n++; return nil })
			}
		}
		t.Fatalf("no table %s", table)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestFilesOfRecordsAreInAndOthersAreNot also meets a file that is lost and one that was changed on disk.
func TestFilesOfRecordsAreInAndOthersAreNot(t *testing.T) {
	w := filled(t, dbtest.Empty(t, db.SQLite), 0)
	lost, changed := w.files[0], w.files[1]
	name := func(d string) string { return filepath.Join(w.data, "files", d[:2], d[2:]) }
	if err := os.Remove(name(lost)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name(changed), []byte("anothEr"), 0o600); err != nil {
		t.Fatal(err)
	}
	made, sums, err := w.Make(ctx, Order{Kind: Manual})
	if err != nil {
		t.Fatal(err)
	}
	if want := []Fault{{lost, "missing"}, {changed, "damaged"}}; !reflect.DeepEqual(sums.Faults, want) || made.Faults != 2 {
		t.Errorf("faults %v, want %v", sums.Faults, want)
	}
	f, err := Open(made.Path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got := map[string]string{}
	_, _, err = Read(ctx, f, Visitor{File: func(digest string, r io.Reader) error {
		b, err := io.ReadAll(r)
		got[digest] = string(b)
		return err
	}})
	if want := map[string]string{w.files[2]: "a recording"}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("files %v, %v", got, err)
	}
}

// TestACutOrAlteredArchiveIsRefused cuts it at many places and alters a byte at many: nothing but the whole is taken.
func TestACutOrAlteredArchiveIsRefused(t *testing.T) {
	w := filled(t, dbtest.Empty(t, db.SQLite), 0)
	whole, err := os.ReadFile(w.archive(t))
	if err != nil {
		t.Fatal(err)
	}
	read := func(b []byte) error {
		_, _, err := Read(ctx, bytes.NewReader(b), Visitor{})
		return err
	}
	if err := read(whole); err != nil {
		t.Fatal(err)
	}
	step := max(1, len(whole)/300)
	for at := 0; at < len(whole); at += step {
		if err := read(whole[:at]); keyOf(err) != "backup.damaged" && keyOf(err) != "backup.not_archive" {
			t.Errorf("cut to %d of %d bytes: %v", at, len(whole), err)
		}
		for _, bit := range []byte{1, 0x80} {
			altered := bytes.Clone(whole)
			altered[at] ^= bit
			if err := read(altered); keyOf(err) != "backup.damaged" && keyOf(err) != "backup.not_archive" {
				t.Errorf("byte %d of %d altered: %v", at, len(whole), err)
			}
		}
	}
	for at := len(whole) - tailBytes; at < len(whole); at++ {
		altered := bytes.Clone(whole)
		altered[at] ^= 4
		if err := read(altered); keyOf(err) != "backup.damaged" {
			t.Errorf("byte %d of the tail altered: %v", at, err)
		}
	}
	for name, b := range map[string][]byte{"more behind it": append(bytes.Clone(whole), 0), "itself behind it": append(bytes.Clone(whole), whole...)} {
		if err := read(b); keyOf(err) != "backup.damaged" {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, b := range []string{"", "x", "SQLite format 3\x00", "age-encryption.org/v1\n", "PK\x03\x04"} {
		if err := read([]byte(b)); keyOf(err) != "backup.not_archive" {
			t.Errorf("%q: %v", b, err)
		}
	}
}

// TestAnEncryptedArchiveOpensForWhomItIs: to a recipient, or under a passphrase, and for nobody else.
func TestAnEncryptedArchiveOpensForWhomItIs(t *testing.T) {
	w := filled(t, dbtest.Empty(t, db.SQLite), 0)
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	other, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	to, err := Recipients([]string{id.Recipient().String()})
	if err != nil {
		t.Fatal(err)
	}
	words, err := Passphrase("four geese carry letters")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		order Order
		id    age.Identity
	}{
		{"to a recipient", Order{Kind: Manual, Path: filepath.Join(t.TempDir(), "a.ybk"), Recipients: to}, id},
		{"under a passphrase", Order{Kind: Manual, Path: filepath.Join(t.TempDir(), "b.ybk"), Passphrase: "four geese carry letters", work: 10}, words},
	} {
		made, _, err := w.Make(ctx, tt.order)
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(made.Path)
		if err != nil || !made.Sealed || bytes.Contains(b, zstdMagic) {
			t.Errorf("%s: %+v, %v", tt.name, made, err)
		}
		f, err := Open(made.Path, []age.Identity{tt.id})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := Read(ctx, f, Visitor{}); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		f.Close()
		if _, err := Open(made.Path, nil); keyOf(err) != "backup.locked" {
			t.Errorf("%s, without a key: %v", tt.name, err)
		}
		if _, err := Open(made.Path, []age.Identity{other}); keyOf(err) != "backup.identity_wrong" {
			t.Errorf("%s, with another: %v", tt.name, err)
		}
		b[len(b)-100] ^= 1
		if err := os.WriteFile(made.Path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if f, err = Open(made.Path, []age.Identity{tt.id}); err == nil {
			_, _, err = Read(ctx, f, Visitor{})
			f.Close()
		}
		if keyOf(err) != "backup.damaged" {
			t.Errorf("%s, altered: %v", tt.name, err)
		}
	}
	if _, err := Recipients([]string{"age1nobody"}); keyOf(err) != "backup.recipient" {
		t.Errorf("no recipient: %v", err)
	}
	if _, _, err := w.Make(ctx, Order{Kind: Manual, Passphrase: "short"}); keyOf(err) != "seal.passphrase_short" {
		t.Errorf("short: %v", err)
	}
}

// TestTwoArchivesOfOneSecondStandSideBySide makes archives faster than their names tell them apart.
func TestTwoArchivesOfOneSecondStandSideBySide(t *testing.T) {
	w := filled(t, dbtest.Empty(t, db.SQLite), 0)
	made := map[string]bool{}
	for _, kind := range []string{Upgrade, Upgrade, Upgrade, Manual, Manual} { // the clock stands
		m, _, err := w.Make(ctx, Order{Kind: kind})
		if err != nil {
			t.Fatal(err)
		}
		made[filepath.Base(m.Path)+" "+kind] = true
	}
	list, err := List(w.Dir)
	if err != nil || len(made) != 5 || len(list) != 5 {
		t.Errorf("%d made, %d listed, %v: %v", len(made), len(list), err, made)
	}
	for _, a := range list {
		if !made[a.Name+" "+a.Kind] {
			t.Errorf("listed as %s: %s", a.Kind, a.Name)
		}
	}
}

// TestAFileIsThereWholeOrNotAtAll: nothing is overwritten, and what failed leaves no file.
func TestAFileIsThereWholeOrNotAtAll(t *testing.T) {
	w := filled(t, dbtest.Empty(t, db.SQLite), 0)
	path := w.archive(t)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 || !archiveName.MatchString(filepath.Base(path)) {
		t.Errorf("%s: %v, %v", path, info, err)
	}
	if _, _, err := w.Make(ctx, Order{Kind: Manual, Path: path}); keyOf(err) != "backup.exists" {
		t.Errorf("over another: %v", err)
	}
	if _, _, err := w.Make(ctx, Order{Kind: Manual, Path: "/dev/full/x"}); err == nil {
		t.Error("a folder that is none was taken")
	}
	es, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(es) != 1 {
		t.Errorf("left over: %v, %v", es, err)
	}
	if b, err := os.ReadFile(path); err != nil || strings.Contains(string(b), "雁南镇") {
		t.Error("is not compressed")
	}
}

package seal

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"yanming/internal/errs"
)

const pass = "correct horse 雁南"

func exported(t *testing.T, k *Keyring) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := k.export(&b, pass, 10); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func same(a, b *Keyring) bool {
	return bytes.Equal(a.lookup, b.lookup) && bytes.Equal(a.pepper, b.pepper) &&
		slices.EqualFunc(a.keks, b.keks, func(x, y kek) bool {
			return x.id == y.id && x.created.Equal(y.created) && bytes.Equal(x.key, y.key)
		})
}

func TestAnExportBringsEveryKeyBack(t *testing.T) {
	k := aged(t, time.Now().Add(-time.Hour))
	if err := writeKEK(k.dir, newKEK(time.Now())); err != nil {
		t.Fatal(err)
	}
	box := exported(t, k)
	if bytes.Contains(box, []byte("yanming")) {
		t.Error("the export is in clear")
	}
	dir := filepath.Join(t.TempDir(), "new")
	got, err := Import(dir, bytes.NewReader(box), pass)
	if err != nil || len(got.keks) != 2 || !same(got, k) {
		t.Fatalf("import: %v", err)
	}
	if _, err := Import(dir, bytes.NewReader(box), pass); err != nil {
		t.Errorf("the same keys again: %v", err)
	}
}

func TestAnImportJoinsItsOwnKeysAndRefusesOthers(t *testing.T) {
	k := aged(t, time.Now().Add(-time.Hour))
	before := exported(t, k)
	if err := writeKEK(k.dir, newKEK(time.Now())); err != nil {
		t.Fatal(err)
	}
	if err := destroyKEK(k.dir, k.keks[0].id); err != nil {
		t.Fatal(err)
	}
	joined, err := Import(k.dir, bytes.NewReader(before), pass)
	if err != nil || len(joined.keks) != 2 {
		t.Fatalf("older export of the same keyring: %v", err)
	}
	other := ring(t)
	if _, err := Import(other.dir, bytes.NewReader(before), pass); !errs.Is(err, errs.Conflict) {
		t.Errorf("over other keys: %v", err)
	}
	if now, err := Open(other.dir); err != nil || !same(now, other) {
		t.Errorf("the other keys were changed: %v", err)
	}
}

func TestABadImportSaysWhy(t *testing.T) {
	box := exported(t, ring(t))
	dir := filepath.Join(t.TempDir(), "new")
	field := func(b []byte, pass string) string {
		_, err := Import(dir, bytes.NewReader(b), pass)
		if all := errs.All(err); len(all) == 1 {
			return all[0].Field + " " + all[0].Key
		}
		return ""
	}
	if got := field(box, "wrong"); got != "passphrase seal.passphrase_wrong" {
		t.Errorf("wrong passphrase: %q", got)
	}
	if got := field(box, ""); got != "passphrase seal.passphrase_wrong" {
		t.Errorf("no passphrase: %q", got)
	}
	if got := field(box[:len(box)-3], pass); got != "file seal.export_bad" {
		t.Errorf("cut off: %q", got)
	}
	if got := field([]byte("hello"), pass); got != "file seal.export_bad" {
		t.Errorf("not an export: %q", got)
	}
	if err := ring(t).Export(&bytes.Buffer{}, "short"); !errs.Is(err, errs.Invalid) {
		t.Errorf("short passphrase: %v", err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("a failed import left a folder: %v", err)
	}
}

func TestSavedIsAskedAgainAfterARotation(t *testing.T) {
	k := aged(t, time.Now().Add(-time.Hour))
	want := func(want bool) {
		t.Helper()
		if got, err := k.Saved(); err != nil || got != want {
			t.Errorf("saved: %v %v, want %v", got, err, want)
		}
	}
	want(false)
	for range 2 {
		if err := k.MarkSaved(); err != nil {
			t.Fatal(err)
		}
		want(true)
	}
	if _, err := k.renew(time.Now()); err != nil {
		t.Fatal(err)
	}
	want(false)
}

func TestTheRecoverySheetBringsTheKeysBack(t *testing.T) {
	k := ring(t)
	lines, err := k.Recovery()
	if err != nil || len(lines) != 10 {
		t.Fatalf("%v %v", lines, err)
	}
	typed := []string{""}
	for _, l := range slices.Backward(lines) {
		typed = append(typed, strings.ToUpper(strings.ReplaceAll(l[:3], "0", "O")+strings.ReplaceAll(l[3:], "1", "I")))
	}
	got, err := FromRecovery(filepath.Join(t.TempDir(), "new"), typed)
	if err != nil || !same(got, k) {
		t.Fatalf("recovered: %v", err)
	}
	if _, err := FromRecovery(ring(t).dir, lines); !errs.Is(err, errs.Conflict) {
		t.Errorf("over other keys: %v", err)
	}
	other, err := ring(t).Recovery()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		lines []string
		key   string
	}{
		"a slip":         {append([]string{slip(lines[0])}, lines[1:]...), "seal.recovery_line"},
		"a line twice":   {append([]string{lines[1]}, lines...), "seal.recovery_line"},
		"a line missing": {lines[1:], "seal.recovery_missing"},
		"another sheet":  {append([]string{other[0]}, lines[1:]...), "seal.recovery_bad"},
	} {
		dir := filepath.Join(t.TempDir(), "x")
		if _, err := FromRecovery(dir, c.lines); len(errs.All(err)) != 1 || errs.All(err)[0].Key != c.key {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func slip(line string) string {
	c := byte('2')
	if line[5] == c {
		c = '3'
	}
	return line[:5] + string(c) + line[6:]
}

func FuzzFromRecovery(f *testing.F) {
	k := ring(f)
	lines, err := k.Recovery()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(strings.Join(lines, "\n"))
	f.Add("01 0000 0000 0000 0000 0000 0000")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := FromRecovery(k.dir, strings.Split(s, "\n")) // the folder has keys: others must not get in
		if err == nil && !bytes.Equal(got.lookup, k.lookup) {
			t.Fatal("other keys were accepted")
		}
	})
}

package disk

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

func TestAFilledFileHoldsItsContent(t *testing.T) {
	whole := make([]byte, 1<<20)
	rand.NewChaCha8([32]byte{1}).Read(whole)
	dir := t.TempDir()
	for name, content := range map[string][]byte{
		"nothing":           {},
		"small":             whole[:10],
		"as much as copied": whole[:64<<10-1],
		"whole blocks":      whole[:192<<10],
		"blocks and a tail": whole[:192<<10+77],
		"ends before block": whole[:192<<10-1],
		"not aligned":       whole[1 : 200<<10],
		"large":             whole,
	} {
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		if err := Fill(f, content); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := f.WriteString("end"); err != nil { // the file is as it was: anything may follow
			t.Errorf("%s: %v", name, err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(f.Name()); err != nil || !bytes.Equal(got, append(bytes.Clone(content), "end"...)) {
			t.Errorf("%s: %d bytes, %v, want %d and an end", name, len(got), err, len(content))
		}
	}
}

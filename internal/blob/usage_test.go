package blob_test

import (
	"os"
	"path/filepath"
	"testing"

	"yanming/internal/blob"
)

func TestUsageCountsBlobsAndNothingElse(t *testing.T) {
	dir := t.TempDir()
	s, err := blob.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, content := range []string{"one", "three", "one"} {
		if _, err := s.PutBytes(t.Context(), []byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "note.txt"), []byte("not ours"), 0o600); err != nil {
		t.Fatal(err)
	}
	if files, size, err := s.Usage(t.Context()); files != 2 || size != 8 || err != nil {
		t.Errorf("%d files of %d bytes, %v; want 2 of 8", files, size, err)
	}
}

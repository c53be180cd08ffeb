package gather

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A commit of some twenty pages is one write to the log.
func TestACommitIsOneWrite(t *testing.T) {
	writes := func(vfs string) int64 {
		d := openWith(t, filepath.Join(t.TempDir(), "x.db"), vfs, 1000)
		defer d.Close()
		for i := range 20 {
			run(t, d, fmt.Sprintf(`CREATE TABLE t%d (id INTEGER PRIMARY KEY, body TEXT)`, i))
		}
		run(t, d, `BEGIN IMMEDIATE`)
		for i := range 20 {
			run(t, d, fmt.Sprintf(`INSERT INTO t%d VALUES (1, 'a word')`, i))
		}
		before := written(t)
		run(t, d, `COMMIT`)
		return written(t) - before
	}
	if plain, ours := writes(""), writes(Name); plain < 40 || ours > plain/10 {
		t.Fatalf("a commit of 20 pages made %d writes, %d without the VFS", ours, plain)
	}
}

// written is how many calls to write this process has made.
func written(t *testing.T) int64 {
	t.Helper()
	b, err := os.ReadFile("/proc/self/io")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), "syscw: ")
	var n int64
	if _, err := fmt.Sscan(rest, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

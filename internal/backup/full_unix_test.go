//go:build unix

package backup

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"yanming/internal/blob"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/seal"
)

// TestAFullDiskIsSaidAndLeavesNothing runs a backup and a restore in a process that may write no file beyond a size,
// as on a full disk: each says so, and nothing is left or changed.
func TestAFullDiskIsSaidAndLeavesNothing(t *testing.T) {
	w, path := later(t, dbtest.Empty(t, db.SQLite))
	for what, said := range map[string]string{"backup": "said: backup.full", "restore": "said: error.store.closed", // SQLite calls this limit an I/O error
		"begin": "said: backup.full"} { // but not where there is no room to begin
		cmd := exec.Command(os.Args[0], "-test.run=^TestProcessOnAFullDisk$", "-test.v")
		cmd.Env = append(os.Environ(), "YANMING_FULL="+strings.Join([]string{what, path, w.source, w.data}, "\n"))
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), said) {
			t.Errorf("%s: %v\n%s", what, err, out)
		}
		if seq, err := seqOf(t, w.source); err != nil || seq != 41 {
			t.Errorf("%s: head %d, %v, want 41 as before", what, seq, err)
		}
		left, err := filepath.Glob(filepath.Join(w.Dir, partPrefix+"*"))
		staged, e2 := filepath.Glob(w.source + "*staged*")
		if err := errors.Join(err, e2); err != nil || len(left)+len(staged) > 0 {
			t.Errorf("%s: left over: %v %v, %v", what, left, staged, err)
		}
	}
}

// TestProcessOnAFullDisk is the process of the test above.
func TestProcessOnAFullDisk(t *testing.T) {
	words := strings.Split(os.Getenv("YANMING_FULL"), "\n")
	if len(words) != 4 {
		return // not asked for
	}
	keys, err := seal.Open(filepath.Join(words[3], "keys"))
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.Open(filepath.Join(words[3], "files"))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{source: words[2], data: words[3]}
	w.Service = New(Config{Blobs: blobs, Keys: keys, Dir: filepath.Join(words[3], "backups")})
	if words[0] == "backup" {
		if w.Store, err = db.Open(ctx, words[2], db.Options{}); err != nil {
			t.Fatal(err)
		}
		defer w.Store.Close()
	}
	signal.Ignore(syscall.SIGXFSZ)
	limit := map[string]uint64{"backup": 2000, "restore": 300_000, "begin": 20_000}[words[0]]
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
		t.Fatal(err)
	}
	if words[0] == "backup" {
		_, _, err = w.Make(ctx, Order{Kind: Manual, Path: filepath.Join(w.Dir, "x.ybk")})
	} else {
		_, err = w.restore(words[1], words[2]).Run(ctx)
	}
	said := keyOf(err)
	t.Logf("said: %s (%v)", said, err)
}

package lease_test

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"yanming/internal/errs"
	"yanming/internal/lease"
)

func TestWhoMayHoldAFolderTogether(t *testing.T) {
	for _, c := range []struct {
		name          string
		first, second lease.Mode
		free          bool
	}{
		{"alone and alone", lease.Alone, lease.Alone, false},
		{"alone and shared", lease.Alone, lease.Shared, false},
		{"shared and alone", lease.Shared, lease.Alone, false},
		{"shared and shared", lease.Shared, lease.Shared, true},
	} {
		dir := t.TempDir()
		a, err := lease.Take(dir, c.first, "serve")
		if err != nil {
			t.Fatal(err)
		}
		b, err := lease.Take(dir, c.second, "import cases")
		if (err == nil) != c.free {
			t.Errorf("%s: %v", c.name, err)
		}
		if c.free {
			b.Release()
		} else if all := errs.All(err); !errs.Is(err, errs.Conflict) || all[0].Args[1] != "serve" {
			t.Errorf("%s is refused with %v, %v", c.name, err, all)
		}
		if err := a.Release(); err != nil {
			t.Fatal(err)
		}
		again, err := lease.Take(dir, lease.Alone, "check")
		if err != nil {
			t.Fatalf("%s: after its release: %v", c.name, err)
		}
		again.Release()
	}
}

// TestADatabaseIsHeldFromOneFolderOnly lets two folders name one database, by its name and through links, and two
// databases of one folder be held side by side.
func TestADatabaseIsHeldFromOneFolderOnly(t *testing.T) {
	a, b, root := t.TempDir(), t.TempDir(), t.TempDir()
	file := filepath.Join(root, "x.db")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	folder, link := filepath.Join(t.TempDir(), "folder"), filepath.Join(t.TempDir(), "link.db")
	for from, to := range map[string]string{folder: root, link: file} {
		if err := os.Symlink(to, from); err != nil {
			t.Fatal(err)
		}
	}
	held, err := lease.Take(a, lease.Alone, "serve", file)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{file, filepath.Join(folder, "x.db"), link} {
		_, err := lease.Take(b, lease.Alone, "user reset", name)
		if all := errs.All(err); !errs.Is(err, errs.Conflict) || all[0].Args[0] != name || all[0].Args[1] != "serve" {
			t.Errorf("%s from another folder: %v", name, err)
		}
	}
	other, err := lease.Take(b, lease.Alone, "serve", filepath.Join(folder, "y.db")) // and b was not kept by the refusals
	if err != nil {
		t.Fatalf("another database in the same place: %v", err)
	}
	other.Release()
	held.Release()
	again, err := lease.Take(b, lease.Alone, "serve", file)
	if err != nil {
		t.Fatalf("after its release: %v", err)
	}
	again.Release()
	if _, err := lease.Take(a, lease.Alone, "serve", filepath.Join(root, "nowhere", "x.db")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("in a folder that is not there: %v", err)
	}
}

// TestAKilledHolderLeavesNothing holds a lease in a second process, kills it, and takes the lease.
func TestAKilledHolderLeavesNothing(t *testing.T) {
	if dir := os.Getenv("LEASE_TEST_DIR"); dir != "" { // the second process
		if _, err := lease.Take(dir, lease.Alone, "serve"); err != nil {
			t.Fatal(err)
		}
		os.Stdout.WriteString("held\n")
		select {}
	}
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestAKilledHolderLeavesNothing$")
	cmd.Env = append(os.Environ(), "LEASE_TEST_DIR="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "held\n" {
		t.Fatalf("%q, %v", line, err)
	}
	if _, err := lease.Take(dir, lease.Alone, "check"); !errs.Is(err, errs.Conflict) {
		t.Errorf("while it lives: %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait() // it was killed: that is the point
	l, err := lease.Take(dir, lease.Alone, "check")
	if err != nil {
		t.Fatalf("after kill -9: %v", err)
	}
	l.Release()
}

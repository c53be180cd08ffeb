package lease_test

import (
	"bufio"
	"os"
	"os/exec"
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

package daemon

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"yanming/internal/errs"
)

// TestAServiceIsInstalledWhereItCanRun asks for places in which systemd would have failed with "permission denied" or "no
// such file", or which the service would have taken from somebody else.
func TestAServiceIsInstalledWhereItCanRun(t *testing.T) {
	top, err := os.MkdirTemp("/dev/shm", "yanming") // not below /tmp, of which the service has its own
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(top)
	for dir, mode := range map[string]os.FileMode{"": 0o755, "closed": 0o700, "closed/open": 0o755, "empty": 0o700, "ours": 0o700, "ours/keys": 0o700, "full": 0o755, "full/of": 0o755,
		"disk": 0o755, "disk/lost+found": 0o700, "begun": 0o700, "begun/files": 0o700} {
		if err := os.MkdirAll(filepath.Join(top, dir), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(top, dir), mode); err != nil {
			t.Fatal(err)
		}
	}
	at := func(rel string) string { return filepath.Join(top, rel) }
	for _, c := range []struct {
		name string
		p    Plan
		key  string
	}{
		{"a folder that is not there", Plan{Binary: "/bin/true", Data: at("new/deep")}, ""},
		{"an empty folder", Plan{Binary: "/bin/true", Data: at("empty")}, ""},
		{"an installation", Plan{Binary: "/bin/true", Data: at("ours")}, ""},
		{"a new disk", Plan{Binary: "/bin/true", Data: at("disk")}, ""},
		{"what a server left that ended at once", Plan{Binary: "/bin/true", Data: at("begun")}, ""},
		{"somebody's folder", Plan{Binary: "/bin/true", Data: at("full")}, "service.not_empty"},
		{"a program in /tmp", Plan{Binary: "/tmp/x/yanming", Data: at("new")}, "service.own_tmp"},
		{"a program behind a closed door", Plan{Binary: at("closed/open/yanming"), Data: at("new")}, "service.closed"},
		{"data behind a closed door", Plan{Binary: "/bin/true", Data: at("closed/open/data")}, "service.closed"},
		{"options behind a closed door", Plan{Binary: "/bin/true", Data: at("new"), Config: at("closed/y.toml")}, "service.closed"},
		{"backups behind a closed door", Plan{Binary: "/bin/true", Data: at("new"), Writes: []string{at("closed/b")}}, "service.closed"},
	} {
		c.p.User = "nobody-of-yanming"
		key := ""
		if all := errs.All(c.p.fits()); len(all) > 0 {
			key = all[0].Key
		}
		if key != c.key {
			t.Errorf("%s: %q, want %q", c.name, key, c.key)
		}
	}
}

func TestOnlyTheInnermostOfNewFoldersIsClosed(t *testing.T) {
	top := t.TempDir()
	dir := filepath.Join(top, "a", "b", "c")
	made, err := makeFolder(dir)
	if err != nil || len(made) != 3 || made[2] != dir {
		t.Fatalf("made %q, %v", made, err)
	}
	for i, want := range []os.FileMode{0o755, 0o755, 0o700} {
		if info, err := os.Stat(made[i]); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", made[i], info.Mode(), err)
		}
	}
	if made, err := makeFolder(dir); err != nil || len(made) != 0 {
		t.Errorf("again: %q, %v", made, err)
	}
}

// TestTheServiceCanReadItsOptions gives away a file with a password and leaves alone one that all may read.
func TestTheServiceCanReadItsOptions(t *testing.T) {
	dir := t.TempDir()
	calls := filepath.Join(dir, "calls")
	if err := os.WriteFile(filepath.Join(dir, "chown"), []byte("#!/bin/sh\necho \"$*\" >> "+calls+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	for name, mode := range map[string]os.FileMode{"open.toml": 0o644, "closed.toml": 0o600} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, nil, mode); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		undo, err := Plan{Config: file, User: "u"}.readable(t.Context(), &out)
		if err != nil || (undo != nil) != (mode == 0o600) {
			t.Error(err, out.String(), undo != nil)
		}
		if undo != nil {
			if err := undo(t.Context()); err != nil {
				t.Error(err)
			}
		}
	}
	if got, _ := os.ReadFile(calls); string(got) != "u: "+filepath.Join(dir, "closed.toml")+"\n" {
		t.Errorf("chown was called with %q", got)
	}
}

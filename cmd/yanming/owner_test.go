//go:build unix

package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestRootLeavesNothingInTheServicesFolder runs as root what an operator may run as root, on a folder of somebody else.
func TestRootLeavesNothingInTheServicesFolder(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Log("not root here: there is nothing to refuse")
		return
	}
	const service = 65534
	data, out := filepath.Join(t.TempDir(), "d"), t.TempDir()
	archive, keys := filepath.Join(out, "a.ybk"), filepath.Join(out, "keys.age")
	do := func(args ...string) (int, string) {
		var said bytes.Buffer
		code := run(t.Context(), append(args, "--data", data), &said, &said, func(k string) string {
			return map[string]string{"YANMING_LANG": "en", "YANMING_PASSPHRASE": "a passphrase for the keys"}[k]
		})
		return code, said.String()
	}
	if code, said := do("town", "open", "--name", "雁南", "--admin", "王", "--login", "wang", "330127100"); code != exitDone {
		t.Fatal(said)
	}
	each := func(fn func(path string, uid uint32)) {
		err := filepath.WalkDir(data, func(path string, d fs.DirEntry, err error) error {
			if err == nil {
				info, e := d.Info()
				if e != nil {
					return e
				}
				fn(path, info.Sys().(*syscall.Stat_t).Uid)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	each(func(path string, _ uint32) {
		if err := os.Chown(path, service, service); err != nil {
			t.Fatal(err)
		}
	})
	if err := os.Remove(filepath.Join(data, "yanming.db-lease")); err != nil { // as of a program from before it
		t.Fatal(err)
	}
	for _, c := range []struct {
		args    []string
		refused bool
	}{
		{[]string{"doctor"}, false},
		{[]string{"check"}, false},
		{[]string{"user", "list", "--town", "330127100"}, false},
		{[]string{"backup", "-o", archive}, false},
		{[]string{"backup"}, true},
		{[]string{"backup", "-o", filepath.Join(data, "backups")}, true},
		{[]string{"restore", archive}, true},
		{[]string{"restore", "--dry-run", archive}, true},
		{[]string{"user", "reset", "wang"}, true},
		{[]string{"keys", "export", "-o", keys}, true},
	} {
		code, said := do(c.args...)
		if refused := code == exitUsage && strings.Contains(said, "runuser -u "); refused != c.refused {
			t.Errorf("%s: %d %s", c.args, code, said)
		}
		each(func(path string, uid uint32) {
			if uid != service {
				t.Errorf("%s: %s is of user %d", c.args, path, uid)
			}
		})
	}
}

// TestWhoseAFolderIs asks of folders as a container of root's meets them, and of a folder of backups that is yet to be made.
func TestWhoseAFolderIs(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Log("not root here: there is nothing to refuse")
		return
	}
	const service, stranger, nobodys = 65534, 61234, -1
	for _, c := range []struct {
		name         string
		folder, keys int
		refused      bool
	}{
		{"the service's", service, service, true},
		{"the service's, without keys yet", service, nobodys, true},
		{"somebody's, served by root", service, 0, false},
		{"of a user of another machine", stranger, nobodys, false},
		{"root's", 0, nobodys, false},
	} {
		dir := filepath.Join(t.TempDir(), "d")
		for path, uid := range map[string]int{dir: c.folder, keyFolder(dir): c.keys} {
			if uid == nobodys {
				continue
			}
			if err := os.MkdirAll(path, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.Chown(path, uid, uid); err != nil {
				t.Fatal(err)
			}
		}
		if err := owned(dir); (err != nil) != c.refused {
			t.Errorf("a folder %s: %v", c.name, err)
		}
		var b backupCmd
		b.Data, b.BackupDir = dir, filepath.Join(t.TempDir(), "new")
		if err := b.mine(); (err != nil) != c.refused {
			t.Errorf("backups of a folder %s, elsewhere: %v", c.name, err)
		}
	}
}

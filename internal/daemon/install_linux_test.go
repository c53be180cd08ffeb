package daemon

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAnInstallationThatFailsLeavesNothingBehind lets each step fail in turn, with programs that only note how they were
// called.
func TestAnInstallationThatFailsLeavesNothingBehind(t *testing.T) {
	for _, c := range []struct {
		fails  string // the call that fails
		before string // the unit that was there
		undone []string
	}{
		{"useradd", "", nil},
		{"chown", "", []string{"userdel nobody-of-yanming"}},
		{"systemctl daemon-reload", "", []string{"systemctl disable --now yanming", "userdel nobody-of-yanming"}},
		{"systemctl restart", "", []string{"systemctl disable --now yanming", "systemctl daemon-reload", "userdel nobody-of-yanming"}},
		{"systemctl restart", "[Unit]\n# of before\n", []string{"systemctl daemon-reload", "userdel nobody-of-yanming"}},
		{"nothing", "", nil},
		{"systemctl restart", "started", []string{"systemctl disable --now yanming", "systemctl daemon-reload"}},
		{"systemctl enable", "data", []string{"systemctl disable --now yanming", "systemctl daemon-reload"}},
	} {
		dir := t.TempDir()
		bin, calls := filepath.Join(dir, "bin"), filepath.Join(dir, "calls")
		if err := os.Mkdir(bin, 0o700); err != nil {
			t.Fatal(err)
		}
		starts := ""
		if c.before == "started" { // the server has made its keys before it failed
			starts = ": > " + filepath.Join(dir, "data", "keys") + "\n"
		}
		for _, name := range []string{"useradd", "userdel", "chown", "systemctl"} { // fails once, as asked
			text := "#!/bin/sh\n"
			if name == "systemctl" {
				text += starts
			}
			text += "line=\"" + name + " $*\"\necho \"$line\" >> " + calls + "\ncase \"$line\" in \"" + c.fails + "\"*) " +
				"[ -e " + dir + "/failed ] || { : > " + dir + "/failed; exit 1; };; esac\n"
			if err := os.WriteFile(filepath.Join(bin, name), []byte(text), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		t.Setenv("PATH", bin)
		unit, data := filepath.Join(dir, "yanming.service"), filepath.Join(dir, "data")
		kept := c.before == "data" || c.before == "started" // a folder that stays, and with it its new owner
		if c.before == "data" {                             // it was there
			if err := os.Mkdir(data, 0o700); err != nil {
				t.Fatal(err)
			}
		}
		if kept {
			c.before = ""
		}
		if c.before != "" {
			if err := os.WriteFile(unit, []byte(c.before), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		var out bytes.Buffer
		err := install(t.Context(), Plan{Binary: "/bin/true", Args: []string{"serve"}, Data: data, User: "nobody-of-yanming"}, unit, &out)
		done, _ := os.ReadFile(calls)
		now, _ := os.ReadFile(unit)
		_, folder := os.Stat(data)
		if c.fails == "nothing" {
			if err != nil || len(now) == 0 || folder != nil || strings.Contains(string(done), "userdel") {
				t.Errorf("a good installation: %v\n%s", err, done)
			}
			continue
		}
		if err == nil || string(now) != c.before || (folder == nil) != kept || kept && strings.Contains(string(done), "userdel") {
			t.Errorf("%s fails: %v, the unit is %q, folder %v", c.fails, err, now, folder)
		}
		from := string(done)
		for _, want := range c.undone {
			i := strings.LastIndex(from, want+"\n")
			if i < 0 {
				t.Errorf("%s fails: %q is not done, in turn\n%s", c.fails, want, done)
				break
			}
			from = from[i:]
		}
		if len(c.undone) == 0 && strings.Contains(string(done), "userdel") {
			t.Errorf("%s fails: a user is taken away that was not made\n%s", c.fails, done)
		}
	}
}

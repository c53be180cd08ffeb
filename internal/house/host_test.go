package house

import (
	"context"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// elsewhere matches paths that exist on one person's machine.
var elsewhere = regexp.MustCompile(`(^|[\s"'(=:` + "`" + `])(/root/|/home/[a-z]|/Users/[A-Za-z]|/tmp/bash_|C:\\Users)`)

// machine complains of a path of one machine, or of a host that only delivers packages to it.
func machine(f *file, words []string) (bad []string) {
	if f.dir == "house" {
		return nil
	}
	if m := elsewhere.FindString(f.text); m != "" {
		bad = append(bad, f.path+": a path of one machine: "+strings.TrimSpace(m))
	}
	for _, w := range words {
		if strings.Contains(f.text, w) {
			bad = append(bad, f.path+": names "+w+", which belongs to one machine")
		}
	}
	return bad
}

// hosts returns the hosts of a list of addresses, as Go and npm write them.
func hosts(list string) (names []string) {
	for _, s := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == '|' || r == '\n' }) {
		if u, err := url.Parse(strings.TrimSpace(s)); err == nil && u.Hostname() != "" {
			names = append(names, u.Hostname())
		}
	}
	return names
}

// TestNoMachineIsNamed asks this machine for its folder and for the hosts of its packages, and looks for them.
func TestNoMachineIsNamed(t *testing.T) {
	top, err := root()
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	if parent := filepath.Dir(filepath.Clean(top)); len(parent) > 4 && parent != "/tmp" {
		words = append(words, parent+"/")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for _, ask := range [][]string{{"go", "env", "GOPROXY"}, {"npm", "config", "get", "registry"}} {
		if _, err := exec.LookPath(ask[0]); err != nil {
			continue // a machine without it has no such host
		}
		out, err := exec.CommandContext(ctx, ask[0], ask[1:]...).Output()
		if err != nil {
			t.Fatalf("%s: %v", strings.Join(ask, " "), err)
		}
		words = append(words, hosts(string(out))...)
	}
	obey(t, tree(t), func(f *file) []string { return machine(f, words) })
}

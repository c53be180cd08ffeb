package house

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// unlisted complains of an import from a module that docs/dependencies.md has no line for.
func unlisted(f *file, listed string) (bad []string) {
	for _, spec := range f.syntax.Imports {
		name, _ := strconv.Unquote(spec.Path.Value) // the parser has read it already
		host, _, _ := strings.Cut(name, "/")
		if host == "yanming" || !strings.Contains(host, ".") {
			continue
		}
		known := false
		for module := name; module != "." && !known; module = path.Dir(module) {
			known = strings.Contains(listed, "| "+module+" |")
		}
		if !known {
			bad = append(bad, f.line(spec)+": "+name+" has no line in docs/dependencies.md")
		}
	}
	return bad
}

func TestDependenciesAreListed(t *testing.T) {
	listed := ""
	for _, f := range tree(t) {
		if f.path == "docs/dependencies.md" {
			listed = f.text
		}
	}
	for _, f := range tree(t) {
		if f.syntax != nil {
			obey(t, []*file{f}, func(f *file) []string { return unlisted(f, listed) })
		}
	}
}

// TestNoticesAreComplete compares NOTICE with the licences of others that lie in the tree.
func TestNoticesAreComplete(t *testing.T) {
	top, err := root()
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(top, "NOTICE"))
	if err != nil {
		t.Fatal(err)
	}
	notice := string(b)
	found := 0
	err = fs.WalkDir(os.DirFS(top), "internal", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasPrefix(d.Name(), "LICENSE") {
			found++
			if !strings.Contains(notice, name) {
				t.Errorf("NOTICE does not name %s", name)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 2 {
		t.Errorf("only %d licences of others were found", found)
	}
	for _, name := range regexp.MustCompile(`internal/[^\s,]+`).FindAllString(notice, -1) {
		if _, err := os.Stat(filepath.Join(top, name)); err != nil {
			t.Errorf("NOTICE names what is not there: %v", err)
		}
	}
}

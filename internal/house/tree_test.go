package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// file is one source file of the tree. path is relative to the root, with slashes; dir is the package's folder without
// "internal/", such as "web/page" or "cmd/yanming". For Go files syntax is set.
type file struct {
	path, dir, text string
	test            bool
	fset            *token.FileSet
	syntax          *ast.File
}

// line returns "path:line" of a place in a Go file.
func (f *file) line(n ast.Node) string {
	return f.path + ":" + strconv.Itoa(f.fset.Position(n.Pos()).Line)
}

// source returns the text of a node.
func (f *file) source(n ast.Node) string {
	return f.text[f.fset.Position(n.Pos()).Offset:f.fset.Position(n.End()).Offset]
}

// literal is a string constant of a Go file with its value and the nodes around it, the file first.
type literal struct {
	value  string
	node   *ast.BasicLit
	around []ast.Node
}

// literals returns every string constant but import paths and struct tags.
func (f *file) literals() []literal {
	var found []literal
	var stack []ast.Node
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case nil:
			stack = stack[:len(stack)-1]
			return true
		case *ast.ImportSpec:
			return false
		case *ast.BasicLit:
			field, tag := stack[len(stack)-1].(*ast.Field)
			if n.Kind == token.STRING && (!tag || field.Tag != n) {
				value, _ := strconv.Unquote(n.Value) // the parser has read it already
				found = append(found, literal{value, n, slices.Clone(stack)})
			}
		}
		stack = append(stack, n)
		return true
	})
	return found
}

// parseFile reads a Go file's text.
func parseFile(name, text string) (*file, error) {
	f := &file{path: name, text: text, fset: token.NewFileSet(), test: strings.HasSuffix(name, "_test.go")}
	f.dir = strings.TrimPrefix(path.Dir(name), "internal/")
	var err error
	f.syntax, err = parser.ParseFile(f.fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
	return f, err
}

// notSource are folders that hold no source of ours: build products, and data that others wrote.
var notSource = regexp.MustCompile(`(^|/)(\.git|node_modules|testdata|data|demo-data|\.cache)$`)

// source are the kinds of files that the rules look at.
var source = regexp.MustCompile(`\.(go|html|tmpl|css|js|sql|json|md|toml|sh|mod)$|^check$|^\.ci/run$|^NOTICE$`)

// root is the folder of go.mod.
var root = sync.OnceValues(func() (string, error) {
	dir, err := os.Getwd()
	return filepath.Join(dir, "..", ".."), err
})

// tree returns every source file, Go files parsed. It fails when there is next to nothing, so that no rule passes
// over an empty tree.
func tree(t *testing.T) []*file {
	t.Helper()
	files, err := read()
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 20 {
		t.Fatalf("only %d source files were found", len(files))
	}
	return files
}

var read = sync.OnceValues(func() ([]*file, error) {
	top, err := root()
	if err != nil {
		return nil, err
	}
	var files []*file
	err = fs.WalkDir(os.DirFS(top), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if notSource.MatchString(name) {
				return fs.SkipDir
			}
			return nil
		}
		if !source.MatchString(name) {
			return nil
		}
		b, err := os.ReadFile(filepath.Join(top, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		f := &file{path: name, dir: strings.TrimPrefix(path.Dir(name), "internal/"), text: string(b)}
		if strings.HasSuffix(name, ".go") {
			if f, err = parseFile(name, f.text); err != nil {
				return err
			}
		}
		files = append(files, f)
		return nil
	})
	return files, err
})

// goFiles returns the Go files that are linked into the program: no tests, no test support.
func goFiles(t *testing.T) []*file {
	t.Helper()
	var out []*file
	for _, f := range tree(t) {
		if f.syntax != nil && !f.test && !testSupport(f.dir) {
			out = append(out, f)
		}
	}
	return out
}

// obey reports every complaint that rule has about files.
func obey(t *testing.T, files []*file, rule func(*file) []string) {
	t.Helper()
	for _, f := range files {
		for _, c := range rule(f) {
			t.Error(c)
		}
	}
}

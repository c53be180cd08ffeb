package house

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	longest = 600  // lines of a file
	ample   = 3000 // lines of a package, tests aside, above which it should be split
)

var generated = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)

// length complains of a file that is too long to be read in one go. Migrations, catalogues and what is generated may
// be longer, and papers.
func length(f *file) []string {
	if strings.Contains(f.path, "/migration/") || strings.Contains(f.path, "/catalogue/") || strings.HasSuffix(f.path, ".md") ||
		strings.HasSuffix(f.path, ".mod") || generated.MatchString(f.text) {
		return nil
	}
	if n := strings.Count(f.text, "\n"); n > longest {
		return []string{fmt.Sprintf("%s: %d lines, at most %d", f.path, n, longest)}
	}
	return nil
}

func TestFilesAreShort(t *testing.T) {
	obey(t, tree(t), length)
	lines := map[string]int{}
	for _, f := range goFiles(t) {
		lines[f.dir] += strings.Count(f.text, "\n")
	}
	for dir, n := range lines {
		if n > ample {
			t.Logf("package %s has %d lines: can it be split?", dir, n)
		}
	}
}

// vague are package names that say nothing of what is inside.
var vague = []string{"util", "utils", "common", "helper", "helpers", "type", "types", "model", "models", "misc", "base",
	"shared", "lib", "core", "manager", "service", "services"}

// named complains of a package name that is vague or differs from its folder.
func named(f *file) []string {
	name := strings.TrimSuffix(f.syntax.Name.Name, "_test")
	if slices.Contains(vague, name) {
		return []string{f.path + ": a package named " + name + " has no subject"}
	}
	if name != path.Base(f.dir) && name != "main" {
		return []string{fmt.Sprintf("%s: package %s in folder %s", f.path, name, path.Base(f.dir))}
	}
	return nil
}

func TestPackagesAreNamed(t *testing.T) {
	said := map[string]bool{}
	for _, f := range goFiles(t) {
		for _, c := range named(f) {
			t.Error(c)
		}
		doc := f.syntax.Doc.Text()
		said[f.dir] = said[f.dir] || strings.HasPrefix(doc, "Package "+f.syntax.Name.Name+" ") || strings.HasPrefix(doc, "Command ")
	}
	for dir, ok := range said {
		if !ok {
			t.Errorf("package %s does not say what it is for and what it refuses", dir)
		}
	}
}

// open matches a mark of unfinished work that names no issue; one that does is written TODO(#12).
var open = regexp.MustCompile(`\b(TODO|FIXME|XXX)\b(\(#\d+\))?`)

// unfinished complains of marks without an issue. This package names them to look for them.
func unfinished(f *file) (bad []string) {
	if f.dir == "house" || strings.HasSuffix(f.path, ".md") || strings.Contains(f.path, "/catalogue/") {
		return nil
	}
	for n, line := range strings.Split(f.text, "\n") {
		for _, m := range open.FindAllString(line, -1) {
			if !strings.HasSuffix(m, ")") {
				bad = append(bad, fmt.Sprintf("%s:%d: %s without an issue", f.path, n+1, m))
			}
		}
	}
	return bad
}

func TestNothingIsLeftOpen(t *testing.T) { obey(t, tree(t), unfinished) }

// state complains of what makes a package remember or decide by itself: init functions, exported variables (errors,
// embedded files and time zones aside), and package variables that a function writes to. A sync.Once value is not
// written to.
func state(f *file) (bad []string) {
	vars := map[string]bool{}
	for _, d := range f.syntax.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil && d.Name.Name == "init" {
				bad = append(bad, f.line(d)+": an init function")
			}
		case *ast.GenDecl:
			if d.Tok != token.VAR {
				continue
			}
			for _, s := range d.Specs {
				spec := s.(*ast.ValueSpec)
				zone := len(spec.Values) == 1 && strings.HasPrefix(f.source(spec.Values[0]), "time.FixedZone(")
				for _, id := range spec.Names {
					vars[id.Name] = true
					embedded := d.Doc != nil && strings.Contains(f.source(d.Doc), "//go:embed")
					if id.IsExported() && !strings.HasPrefix(id.Name, "Err") && !embedded && !zone {
						bad = append(bad, f.line(id)+": exported variable "+id.Name+"; make it a function")
					}
				}
			}
		}
	}
	for _, d := range f.syntax.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil {
			continue
		}
		own := locals(fn)
		ast.Inspect(fn.Body, func(n ast.Node) bool {
			var targets []ast.Expr
			switch n := n.(type) {
			case *ast.AssignStmt:
				if n.Tok != token.DEFINE {
					targets = n.Lhs
				}
			case *ast.IncDecStmt:
				targets = []ast.Expr{n.X}
			}
			for _, e := range targets {
				if id := leftmost(e); id != nil && vars[id.Name] && !own[id.Name] {
					bad = append(bad, f.line(n)+": writes to the package variable "+id.Name)
				}
			}
			return true
		})
	}
	return bad
}

// leftmost returns the identifier that an assignment's target starts with.
func leftmost(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		default:
			return nil
		}
	}
}

// locals returns every name that a function declares anywhere: a rough cut that errs on the side of silence.
func locals(fn *ast.FuncDecl) map[string]bool {
	names := map[string]bool{}
	fields := func(list *ast.FieldList) {
		if list == nil {
			return
		}
		for _, field := range list.List {
			for _, id := range field.Names {
				names[id.Name] = true
			}
		}
	}
	fields(fn.Recv)
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncType:
			fields(n.Params)
			fields(n.Results)
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE {
				for _, e := range n.Lhs {
					if id, ok := e.(*ast.Ident); ok {
						names[id.Name] = true
					}
				}
			}
		case *ast.RangeStmt:
			for _, e := range []ast.Expr{n.Key, n.Value} {
				if id, ok := e.(*ast.Ident); ok {
					names[id.Name] = true
				}
			}
		case *ast.ValueSpec:
			for _, id := range n.Names {
				names[id.Name] = true
			}
		}
		return true
	})
	return names
}

func TestPackagesKeepNoState(t *testing.T) { obey(t, goFiles(t), state) }

// maySkip are the packages whose helpers decide that a browser or a server is missing, which fails in CI.
var maySkip = []string{"uitest", "db/dbtest"}

var excuse = regexp.MustCompile(`testing\.Short\(\)|os\.Getenv\("CI"\)`)

// skips complains of a test that skips itself, unless under a condition that asks testing.Short or whether this is CI:
// what a test needs may be missing on somebody's machine, never there. A fuzz target may refuse an input.
func skips(f *file) (bad []string) {
	if slices.Contains(maySkip, f.dir) {
		return nil
	}
	short := map[ast.Node]bool{}
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		if branch, ok := n.(*ast.IfStmt); ok && excuse.MatchString(f.source(branch.Cond)) {
			ast.Inspect(branch.Body, func(in ast.Node) bool { short[in] = true; return true })
		}
		call, ok := n.(*ast.CallExpr)
		if !ok || short[n] {
			return true
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if ok && sel.Sel.Name == "Fuzz" {
			return false
		}
		if ok && (sel.Sel.Name == "Skip" || sel.Sel.Name == "Skipf" || sel.Sel.Name == "SkipNow") {
			if id, ok := sel.X.(*ast.Ident); ok && (id.Name == "t" || id.Name == "b" || id.Name == "tb") {
				bad = append(bad, f.line(n)+": a test that can skip itself proves nothing in CI")
			}
		}
		return true
	})
	return bad
}

func TestTestsDoNotSkip(t *testing.T) {
	for _, f := range tree(t) {
		if f.syntax != nil {
			obey(t, []*file{f}, skips)
		}
	}
}

package house

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"yanming/internal/i18n"
)

// messageKey is the form of a key: an area and at least one more word.
var messageKey = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_-]+)+$`)

// sayers are the functions, and the struct fields and types, whose string argument is a message key.
var sayers = []string{"T", "TH", "Say", "Key", "Msg", "Field", "New", "Add", "Invalid", "Denied", "Conflict"}

// saidKeys returns the keys that a Go file says for certain: literals in the place of a key in a call of one of the
// sayers, or in a field named Key. For New and Add only those of errs count, which have a kind or field before them.
func saidKeys(f *file) []literal {
	var found []literal
	for _, l := range f.literals() {
		if !messageKey.MatchString(l.value) {
			continue
		}
		switch parent := l.around[len(l.around)-1].(type) {
		case *ast.CallExpr:
			name := calledName(parent)
			place := slices.IndexFunc(parent.Args, func(e ast.Expr) bool { return e == l.node })
			if slices.Contains(sayers, name) && (place > 0 || name == "T" || name == "Key" || name == "Say") {
				found = append(found, l)
			}
		case *ast.KeyValueExpr:
			if id, ok := parent.Key.(*ast.Ident); ok && id.Name == "Key" && parent.Value == l.node && inErrs(l) {
				found = append(found, l)
			}
		}
	}
	return found
}

// inErrs reports whether a literal lies in an errs.Error.
func inErrs(l literal) bool {
	for _, n := range l.around {
		if c, ok := n.(*ast.CompositeLit); ok {
			if sel, ok := c.Type.(*ast.SelectorExpr); ok && sel.Sel.Name == "Error" {
				return true
			}
		}
	}
	return false
}

// calledName returns the last word of what is called.
func calledName(c *ast.CallExpr) string {
	switch fn := c.Fun.(type) {
	case *ast.Ident:
		return fn.Name
	case *ast.SelectorExpr:
		return fn.Sel.Name
	}
	return ""
}

var (
	action     = regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	quoted     = regexp.MustCompile("\"([^\"]*)\"|`([^`]*)`")
	notMessage = regexp.MustCompile("\\b(asset|fig|template|define|block|url|icon)\\s+\"[^\"]*\"")
	fileName   = regexp.MustCompile(`\.(js|css|svg|png|jpg|ico|html|docx|xlsx|csv|json|webmanifest)$`)
)

// templateStrings returns the string constants of a template's actions.
func templateStrings(f *file) (list []string) {
	for _, a := range action.FindAllString(f.text, -1) {
		for _, m := range quoted.FindAllStringSubmatch(a, -1) {
			list = append(list, m[1]+m[2])
		}
	}
	return list
}

// saidInTemplate returns the keys that a template says: every constant with a key's form, but names of files, of
// other templates and of figures.
func saidInTemplate(f *file) (keys []string) {
	for _, a := range action.FindAllString(f.text, -1) {
		for _, m := range quoted.FindAllStringSubmatch(notMessage.ReplaceAllString(a, ""), -1) {
			if key := m[1] + m[2]; messageKey.MatchString(key) && !fileName.MatchString(key) {
				keys = append(keys, key)
			}
		}
	}
	return keys
}

func isTemplate(f *file) bool {
	return strings.HasSuffix(f.path, ".html") || strings.HasSuffix(f.path, ".tmpl")
}

func TestMessagesAreWritten(t *testing.T) {
	catalogue, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range tree(t) {
		if isTemplate(f) {
			for _, key := range saidInTemplate(f) {
				if !catalogue.Has(key) {
					t.Errorf("%s: the catalogue lacks %q", f.path, key)
				}
			}
		}
	}
	for _, f := range goFiles(t) {
		for _, l := range saidKeys(f) {
			if !catalogue.Has(l.value) {
				t.Errorf("%s: the catalogue lacks %q", f.line(l.node), l.value)
			}
		}
	}
}

// unused returns the keys that nothing names: no constant of the program is the key, or the beginning of it up to a
// dot, an underscore or a verb of Printf, from which keys are put together at run time.
func unused(keys, constants []string) (list []string) {
	whole, begin := map[string]bool{}, []string{}
	for _, c := range constants {
		head, _, composed := strings.Cut(c, "%")
		if composed || strings.HasSuffix(c, ".") || strings.HasSuffix(c, "_") {
			if strings.Contains(head, ".") {
				begin = append(begin, head)
			}
		}
		whole[c] = true
	}
	for _, k := range keys {
		if !whole[k] && !slices.ContainsFunc(begin, func(b string) bool { return strings.HasPrefix(k, b) }) {
			list = append(list, k)
		}
	}
	return list
}

// TestMessagesAreUsed lists the keys that nothing says. It only lists them: an area's texts may be written before its
// pages are.
func TestMessagesAreUsed(t *testing.T) {
	catalogue, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	var constants []string
	for _, f := range tree(t) {
		if isTemplate(f) {
			constants = append(constants, templateStrings(f)...)
		}
	}
	for _, f := range goFiles(t) {
		for _, l := range f.literals() {
			constants = append(constants, l.value)
		}
	}
	if list := unused(catalogue.Keys(), constants); len(list) > 0 {
		t.Logf("%d of %d messages are said nowhere: %s", len(list), len(catalogue.Keys()), strings.Join(list, " "))
	}
}

// speaksChinese are the packages and files whose Go code may hold Han characters in strings, and why. Elsewhere they belong
// into the catalogue, or into an i18n.Pair as shipped data.
var speaksChinese = map[string]string{
	"calendar": "reads the State Council's notice as it is published",
	"sheet":    "reads people's tables: headings, dates, marks",
	"register": "reads old ledgers: their headings, words, dates, names of places",
	"docx":     "names the fonts of the official layout",
	"chart":    "draws units and axes of the report",
	"demo":     "the fictional county",
	"search":   "folds characters",
	"geo":      "names of made-up places",

	"internal/org/paste.go":       "reads a pasted list of villages with its headings",
	"internal/web/page/format.go": "layouts of dates",
	"cmd/yanming/main.go":         "the name of the program and help in both languages",

	"internal/casework/figures.go":      "names of dimensions, in both languages",
	"internal/casework/figures_defs.go": "the shipped figures, in both languages",
}

// defaults are files of shipped defaults, which a town may change: data, with their laws cited as they are called.
var defaults = regexp.MustCompile(`/defaults[a-z0-9_]*\.go$`)

// isData reports whether a literal lies in an i18n.Pair, in the arguments of a function called pair, or in a regular
// expression, which reads what people wrote.
func isData(l literal) bool {
	for _, n := range l.around {
		switch n := n.(type) {
		case *ast.CompositeLit:
			if namesPair(n.Type) {
				return true
			}
		case *ast.CallExpr:
			if name := calledName(n); strings.EqualFold(name, "pair") || name == "MustCompile" {
				return true
			}
		}
	}
	return false
}

// namesPair reports whether a type is Pair, or a slice, array or map of it.
func namesPair(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name == "Pair"
	case *ast.SelectorExpr:
		return e.Sel.Name == "Pair"
	case *ast.ArrayType:
		return namesPair(e.Elt)
	case *ast.MapType:
		return namesPair(e.Value)
	}
	return false
}

// sentences complains of Chinese in Go code.
func sentences(f *file) (bad []string) {
	name, _ := feature(f.dir)
	if speaksChinese[name] != "" || speaksChinese[f.path] != "" || defaults.MatchString(f.path) {
		return nil
	}
	for _, l := range f.literals() {
		if strings.ContainsFunc(l.value, func(r rune) bool { return unicode.Is(unicode.Han, r) }) && !isData(l) {
			bad = append(bad, f.line(l.node)+": Chinese in Go code; put it into the catalogue")
		}
	}
	return bad
}

func TestSentencesAreInTheCatalogue(t *testing.T) { obey(t, goFiles(t), sentences) }

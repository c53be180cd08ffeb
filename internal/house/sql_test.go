package house

import (
	"fmt"
	"go/ast"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// statement matches the head of an SQL statement within a string.
var statement = regexp.MustCompile(`(?s)\bSELECT\s.+\sFROM\s|(?i)^\s*select\s.+\sfrom\s|\bINSERT\s+INTO\s|\bUPDATE\s+[a-z_]+\s+SET\s|\bDELETE\s+FROM\s`)

// storage are the packages that are little else than what they store, with the SQL of each thing beside it; everywhere
// else SQL stands in store files alone, and in the packages of noSQL nowhere.
var (
	storage   = []string{"db", "ledger", "blob", "search", "job", "seal", "roster", "journal", "figures", "org", "auth"}
	noSQL     = []string{"web/", "api/", "importer", "register", "demo", "cmd/"}
	storeFile = regexp.MustCompile(`/(store[a-z0-9_]*|[a-z0-9_]+_store)\.go$`)
)

// sqlFiles are files outside of the stores that put conditions together, and why.
var sqlFiles = map[string]string{
	"internal/casework/gate.go": "who may see a case is one condition that every query of cases carries",
	"internal/casework/list.go": "worklists and filters are conditions over the same relation",
}

// sqlPlace complains of a statement that stands where nobody looks for one.
func sqlPlace(f *file) (bad []string) {
	name, _ := feature(f.dir)
	if slices.Contains(storage, name) {
		return nil
	}
	bare := slices.ContainsFunc(noSQL, func(p string) bool { return strings.HasPrefix(f.dir, p) })
	if (storeFile.MatchString(f.path) || sqlFiles[f.path] != "") && !bare {
		return nil
	}
	for _, l := range f.literals() {
		if statement.MatchString(l.value) {
			bad = append(bad, f.line(l.node)+": SQL outside of a store file")
		}
	}
	return bad
}

func TestSQLStandsInStores(t *testing.T) { obey(t, goFiles(t), sqlPlace) }

// caseTable matches the table of cases where a statement would read or write it. The views open_cases, confided_cases
// and veiled_cases are other words.
var caseTable = regexp.MustCompile(`(?i)\b(from|into|update|join|table|only)\s+"?cases\b`)

// behindVeil complains of a statement that reaches cases around the veil.
func behindVeil(f *file) (bad []string) {
	if f.dir == "casework" && storeFile.MatchString(f.path) {
		return nil
	}
	for _, l := range f.literals() {
		if caseTable.MatchString(l.value) {
			bad = append(bad, f.line(l.node)+": names the table cases; read open_cases or confided_cases")
		}
	}
	return bad
}

func TestOnlyTheStoreNamesCases(t *testing.T) { obey(t, goFiles(t), behindVeil) }

// caseMatch matches what the two engines read differently by letter case, locale or version.
var caseMatch = regexp.MustCompile(`\b(I?LIKE|GLOB|SIMILAR\s+TO|i?like)\s+('|\$\d|\(|lower|LOWER|\|\|)`)

// scans are files that may say LIKE, and why.
var scans = map[string]string{
	"internal/bench/store_text.go": "the full scan that search is measured against",
}

// unportable complains of SQL that means something else on the other engine.
func unportable(f *file) (bad []string) {
	if f.syntax == nil {
		if strings.HasSuffix(f.path, ".sql") && caseMatch.MatchString(f.text) {
			bad = append(bad, f.path+": LIKE differs between the engines")
		}
		return bad
	}
	for _, l := range f.literals() {
		if caseMatch.MatchString(l.value) && scans[f.path] == "" {
			bad = append(bad, f.line(l.node)+": LIKE differs between the engines; compare a stored form, or use search")
		}
		if statement.MatchString(l.value) && strings.Contains(l.value, "?") && regexp.MustCompile(`[=(,]\s*\?`).MatchString(l.value) {
			bad = append(bad, f.line(l.node)+": a ? placeholder; write $2")
		}
		if regexp.MustCompile(`(?is)\bWITH\b.+\bAS\s*\(\s*(INSERT|UPDATE|DELETE)\b`).MatchString(l.value) {
			bad = append(bad, f.line(l.node)+": a writing CTE, which SQLite does not have")
		}
	}
	return bad
}

func TestSQLIsPortable(t *testing.T) {
	obey(t, goFiles(t), unportable)
	for _, f := range tree(t) {
		if f.syntax == nil {
			obey(t, []*file{f}, unportable)
		}
	}
}

// picks is how often the engines may be told apart.
const picks = 20

// across says which packages may open a transaction across towns, how often at most, and why.
var across = map[string]struct {
	most int
	why  string
}{
	"org":         {10, "towns are founded and listed before there is a town to bind"},
	"auth":        {12, "who signs in has no town yet; sessions and lock-outs are of the installation"},
	"seal":        {8, "the key-encryption keys rotate for every town at once"},
	"job":         {6, "one worker takes the jobs of all towns"},
	"journal":     {4, "derivers look for the towns that moved on"},
	"search":      {2, "rebuilding the index goes through all towns"},
	"figures":     {4, "the county's roll-up"},
	"report":      {2, "the county's roll-up"},
	"notice":      {2, "one sender brings out what any town has to send, and counts it"},
	"casework":    {4, "a receipt number names its town"},
	"db":          {1, "the versions that were applied are of the whole database"},
	"backup":      {12, "a backup, a restore and a copy hold every town, whole tables at a time; a note of one is the installation's"},
	"cmd/yanming": {8, "commands over the whole installation: check, keys, backup"},
}

// calls returns the calls of a method with one of the names.
func (f *file) calls(names ...string) (found []*ast.CallExpr) {
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if sel, ok := call.Fun.(*ast.SelectorExpr); ok && slices.Contains(names, sel.Sel.Name) {
				found = append(found, call)
			}
		}
		return true
	})
	return found
}

func TestExceptionsAreCounted(t *testing.T) {
	var picked []string
	wide := map[string][]string{}
	for _, f := range goFiles(t) {
		for _, c := range f.calls("Pick") {
			picked = append(picked, f.line(c))
		}
		name, _ := feature(f.dir)
		for _, c := range f.calls("Across", "UpdateAcross", "Snapshot", "Refill") {
			wide[name] = append(wide[name], f.line(c))
		}
	}
	if len(picked) > picks {
		t.Errorf("%d places tell the engines apart, at most %d: %s", len(picked), picks, strings.Join(picked, ", "))
	}
	for name, places := range wide {
		if rule, ok := across[name]; !ok || len(places) > rule.most {
			t.Errorf("%s: %s", name, tooMany(places, rule.most))
		}
	}
}

func tooMany(places []string, most int) string {
	return fmt.Sprintf("%d transactions across towns, at most %d: %s", len(places), most, strings.Join(places, ", "))
}

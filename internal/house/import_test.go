package house

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// floors are the packages by rank, the lowest first. A package imports only from floors below its own; a folder under
// a listed one belongs to it. The first floor is what even the pure packages of the second may use.
var floors = [][]string{
	{"errs", "i18n", "id", "actor", "disk", "markup"},
	{"config", "lease", "control", "cert", "daemon", "calendar", "geo", "division", "form", "sheet", "docx", "chart", "flood"},
	{"db"},
	{"ledger", "blob", "search", "job", "seal", "roster"},
	{"journal"},
	{"figures", "backup"},
	{"org"},
	{"auth"},
	{"casework", "task"},
	{"fieldwork", "activity", "publicity"},
	{"supervise"},
	{"report", "notice", "register"},
	{"importer", "demo", "doctor", "metric"},
	{"web/page"},
	{"web/town"},
	{"web/resident", "web/field", "web/office", "web/desk", "web/batch", "web/report", "web/door", "web/admin", "web/notice", "web/trust", "web/public", "api/v1", "api/open311", "api/openrosa", "api/log"},
	{"bench"}, // measures the program from outside
	{"cmd/yanming", "cmd/pack"},
}

// testSupport reports whether a package may be imported by tests only.
func testSupport(dir string) bool {
	return dir == "uitest" || dir == "house" || strings.HasSuffix(dir, "test")
}

// feature returns the listed package that dir is or lies under, and its rank; -1 when there is none.
func feature(dir string) (string, int) {
	for rank, floor := range floors {
		for _, name := range floor {
			if dir == name || strings.HasPrefix(dir, name+"/") {
				return name, rank
			}
		}
	}
	return "", -1
}

// ranks complains of imports that do not lead downwards. Tests may import anything.
func ranks(f *file) (bad []string) {
	if f.test || testSupport(f.dir) {
		return nil
	}
	from, rank := feature(f.dir)
	if rank < 0 {
		return []string{f.path + ": package " + f.dir + " has no rank: give it one in internal/house"}
	}
	for _, spec := range f.syntax.Imports {
		name, _ := strconv.Unquote(spec.Path.Value) // the parser has read it already
		dir, ours := strings.CutPrefix(name, "yanming/internal/")
		if !ours {
			continue
		}
		to, lower := feature(dir)
		switch {
		case testSupport(dir):
			bad = append(bad, fmt.Sprintf("%s: imports %s, which is for tests only", f.line(spec), dir))
		case lower < 0:
			bad = append(bad, fmt.Sprintf("%s: imports %s, which has no rank", f.line(spec), dir))
		case to != from && lower >= rank:
			bad = append(bad, fmt.Sprintf("%s: %s (floor %d) imports %s (floor %d)", f.line(spec), from, rank, to, lower))
		}
	}
	return bad
}

func TestImportsLeadDownwards(t *testing.T) { obey(t, goFiles(t), ranks) }

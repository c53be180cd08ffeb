// Package brought reads what an office brings along when a town is set up: lists of people and grids pasted from its
// spreadsheets, and files of areas that were drawn elsewhere. It changes nothing. What is wrong it notes on the form, by
// line, and a list with anything wrong in it is not to be taken.
package brought

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"yanming/internal/actor"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/web/page"
)

// row is one line of a pasted list, taken apart. N counts from 1, empty lines included.
type row struct {
	N     int
	Cells []string
}

// cell returns the ith cell, "" where the line is shorter.
func (r row) cell(i int) string {
	if i >= len(r.Cells) {
		return ""
	}
	return r.Cells[i]
}

// MostFaults is how many wrong lines are named at a time; a person mends no more.
const MostFaults = 20

var heading = regexp.MustCompile(`(?i)^(姓名|name|村|村名|行政村|village|序号)$`)

// rows takes a list apart as it comes from a spreadsheet or was typed: at tabs, else at commas, else at blanks. Empty
// lines and a heading are left out.
func rows(text string) (out []row) {
	for i, line := range strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n") {
		var cells []string
		switch {
		case strings.TrimSpace(line) == "":
			continue
		case strings.Contains(line, "\t"):
			cells = strings.Split(line, "\t")
		case strings.ContainsAny(line, ",，"):
			cells = strings.Split(strings.ReplaceAll(line, "，", ","), ",")
		default:
			cells = strings.Fields(line)
		}
		for j := range cells {
			cells[j] = strings.Join(strings.Fields(strings.Trim(strings.TrimSpace(cells[j]), `"`)), " ")
		}
		if heading.MatchString(cells[0]) {
			continue
		}
		out = append(out, row{i + 1, cells})
	}
	return out
}

// Grids reads grids: village, name, number, leader, worker; all but the name may be empty, and a line without a
// village is the town's own grid. What is wrong is noted at the field "grids" by line.
func Grids(form *page.Form, dir *org.Directory) (out []org.SaveGrid) {
	fail := func(r row, key, what string) { form.Fail("grids", key, r.N, what) }
	for _, r := range rows(form.Value("grids")) {
		if len(form.Errs) >= MostFaults {
			return out
		}
		g := org.SaveGrid{Name: r.cell(1), Level: org.PartGrid}
		if r.cell(0) == "" {
			g.Level = org.TownGrid
		} else if village, ok := villageNamed(dir, r.cell(0)); ok {
			g.Village = village.ID
			if r.cell(1) == "" || wholeVillage.MatchString(r.cell(1)) {
				g.Level = org.VillageGrid
			}
		} else {
			fail(r, "admin.row.village", r.cell(0))
		}
		if g.Name == "" {
			g.Name = r.cell(0)
		}
		if slices.ContainsFunc(out, func(o org.SaveGrid) bool { return o.Village == g.Village && o.Name == g.Name }) ||
			slices.ContainsFunc(dir.Grids(), func(o org.Grid) bool { return o.Village == g.Village && o.Name == g.Name }) {
			fail(r, "admin.row.twice", g.Name)
		}
		if n := norm.NFKC.String(r.cell(2)); n != "" {
			for _, c := range n {
				if c < '0' || c > '9' || g.Number > 9999 {
					fail(r, "admin.row.number", r.cell(2))
					break
				}
				g.Number = 10*g.Number + int64(c-'0')
			}
		}
		for i, to := range []*string{&g.Leader, &g.Worker} {
			if name := r.cell(3 + i); name != "" {
				p, n := PersonNamed(dir, name)
				if n != 1 {
					fail(r, "admin.row.person", name)
				}
				*to = p.ID
			}
		}
		out = append(out, g)
	}
	if len(out) == 0 && form.Err() == nil {
		form.Fail("grids", "admin.row.none")
	}
	return out
}

var wholeVillage = regexp.MustCompile(`(?i)^(村级网格|村网格|whole village)$`)

// villageNamed finds a village by its name or by that of its committee.
func villageNamed(dir *org.Directory, name string) (org.Village, bool) {
	lines, err := org.ParseVillages(name)
	if err != nil || len(lines) != 1 {
		return org.Village{}, false
	}
	for _, v := range dir.Villages() {
		if v.Name == lines[0].Name || v.Name == name {
			return v, true
		}
	}
	return org.Village{}, false
}

// PersonNamed finds a person by name, and says how many are called so.
func PersonNamed(dir *org.Directory, name string) (p org.Person, n int) {
	for _, one := range dir.People() {
		if one.Name == name {
			p, n = one, n+1
		}
	}
	return p, n
}

// Roles are roles by what people call them.
type Roles map[string]actor.Role

// RolesOf returns what people call each role in the lists they keep: the catalogue's names in both languages, the
// words that it lists beside them, and the role's own code.
func RolesOf(cat *i18n.Catalogue) Roles {
	words := Roles{}
	for _, role := range actor.Roles() {
		words[string(role)] = role
		for _, lang := range i18n.Langs() {
			names := cat.T(lang, "auth.role."+string(role)) + "、" + cat.T(lang, "admin.role."+string(role))
			for _, name := range strings.FieldsFunc(names, func(r rune) bool { return r == '、' || r == ';' }) {
				words[fold(name)] = role
			}
		}
	}
	return words
}

// fold makes words that people take for the same the same.
func fold(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(norm.NFKC.String(s)), ""))
}

// kindForm says what a unit that is named for the first time is, by its name. Whatever matches none is a department.
type kindForm struct {
	kind org.UnitKind
	form *regexp.Regexp
}

var kindForms = []kindForm{
	{org.Leadership, regexp.MustCompile(`(?i)领导班子|党政班子|领导小组|leadership`)},
	{org.OfficeTeam, regexp.MustCompile(`(?i)(综合|宣传|督查)组$|team$`)},
	{org.Branch, regexp.MustCompile(`(?i)(支部|总支)$|branch$`)},
	{org.CountyOffice, regexp.MustCompile(`^县`)},
	{org.Firm, regexp.MustCompile(`(公司|合作社|厂)$`)},
	{org.VillageCommittee, regexp.MustCompile(`(村民|居民)委员会$|村委会$|居委会$|(?i)committee$`)},
}

// KindOf is what a unit is by its name.
func KindOf(name string) org.UnitKind {
	for _, k := range kindForms {
		if k.form.MatchString(name) {
			return k.kind
		}
	}
	return org.Department
}

// Entry is somebody to be enrolled: a person with a post.
type Entry struct {
	N        int // line of the list; 0 for a form
	Name     string
	Phone    string
	Unit     string // id, or "" with UnitName for one to be made
	UnitName string
	Role     actor.Role
	Title    string
	Villages []string
	Alone    bool // never the same person as one who is called the same
}

// People reads people: name, unit, role, title, villages; a unit that is not there yet is refused unless makeUnits is
// set. What is wrong is noted at the field "people" by line.
// Two lines of one name are two posts of one person; the same post twice is refused.
func People(form *page.Form, dir *org.Directory, roles Roles, makeUnits bool) (out []Entry) {
	fail := func(r row, key, what string) { form.Fail("people", key, r.N, what) }
	for _, r := range rows(form.Value("people")) {
		if len(form.Errs) >= MostFaults {
			return out
		}
		e := Entry{N: r.N, Name: r.cell(0), Role: roles[fold(r.cell(2))], Title: r.cell(3)}
		if len(r.Cells) < 3 || e.Name == "" || r.cell(1) == "" {
			fail(r, "admin.row.short", strings.Join(r.Cells, " "))
			continue
		}
		if e.Role == "" {
			fail(r, "admin.row.role", r.cell(2))
		}
		if len([]rune(e.Name)) > 60 || len([]rune(e.Title)) > 60 || len([]rune(r.cell(1))) > 60 {
			fail(r, "admin.row.long", "")
		}
		unit, ok := unitNamed(dir, r.cell(1))
		switch {
		case ok:
			e.Unit = unit.ID
		case !makeUnits:
			fail(r, "admin.row.unit", r.cell(1))
		case KindOf(r.cell(1)) == org.VillageCommittee:
			fail(r, "admin.row.committee", r.cell(1))
		default:
			e.UnitName = r.cell(1)
		}
		for _, name := range strings.FieldsFunc(r.cell(4), func(c rune) bool { return strings.ContainsRune("、;；/ ", c) }) {
			village, ok := villageNamed(dir, name)
			if !ok {
				fail(r, "admin.row.village", name)
			}
			e.Villages = append(e.Villages, village.ID)
		}
		if len(e.Villages) == 0 && unit.Village != "" && (e.Role == actor.Secretary || e.Role == actor.Cadre) {
			e.Villages = []string{unit.Village}
		}
		if p, n := PersonNamed(dir, e.Name); n > 1 {
			fail(r, "admin.row.namesakes", e.Name)
		} else if n == 1 && slices.ContainsFunc(dir.PostsOf(p.ID), func(o org.Post) bool { return o.Unit == e.Unit && o.Role == e.Role }) {
			fail(r, "admin.row.twice", e.Name)
		}
		if slices.ContainsFunc(out, func(o Entry) bool {
			return o.Name == e.Name && o.Unit == e.Unit && o.UnitName == e.UnitName && o.Role == e.Role
		}) {
			fail(r, "admin.row.twice", e.Name)
		}
		out = append(out, e)
	}
	switch {
	case form.Err() != nil:
	case len(out) == 0:
		form.Fail("people", "admin.row.none")
	case len(out) > maxRoster:
		form.Fail("people", "admin.row.many", maxRoster)
	}
	return out
}

// maxRoster is how many lines of people are taken at a time: each new account costs a slow hash.
const maxRoster = 200

// unitNamed finds a unit by its name; the name of a village means its committee.
func unitNamed(dir *org.Directory, name string) (org.Unit, bool) {
	for _, u := range dir.Units() {
		if u.Name == name {
			return u, true
		}
	}
	if v, ok := villageNamed(dir, name); ok {
		return dir.Unit(v.Unit), true
	}
	return org.Unit{}, false
}

// LineError gives what a service found wrong with one line of a list the line's number.
func LineError(field string, n int, err error) error {
	if err == nil || n == 0 || !errs.Is(err, errs.Invalid) {
		return err
	}
	var list errs.List
	for _, e := range errs.All(err) {
		list.Add(field, "admin.row.wrong", n, i18n.Key(e.Key))
	}
	return list
}

package register

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"yanming/internal/i18n"
	"yanming/internal/org"
)

// places finds a town's villages, units, people and categories by what a ledger calls them. A name that several bear
// finds nobody.
type places struct {
	dir                             *org.Directory
	village, unit, person, category map[string]string
	grids                           map[string]string // by village + "|" + name
	heads                           []villageHead
}

// villageHead is a name by which a longer text may begin, the longest first.
type villageHead struct{ name, id string }

func newPlaces(d *org.Directory) *places {
	p := &places{dir: d, village: map[string]string{}, unit: map[string]string{}, person: map[string]string{}, category: map[string]string{}, grids: map[string]string{}}
	put := func(m map[string]string, name, id string) {
		if name = plain(name); name == "" {
			return
		}
		if old, taken := m[name]; taken && old != id {
			m[name] = "" // two of one name
			return
		}
		m[name] = id
	}
	for _, v := range d.Villages() {
		put(p.village, v.Name, v.ID)
		put(p.village, bareVillage(v.Name), v.ID)
		put(p.village, v.ID, v.ID)
		for _, g := range d.GridsIn(v.ID) {
			put(p.grids, v.ID+"|"+g.Name, g.ID)
		}
	}
	for _, v := range d.Villages() {
		for _, name := range []string{plain(v.Name), plain(bareVillage(v.Name)) + "村", plain(bareVillage(v.Name)) + "社区"} {
			if p.village[name] == v.ID || name == plain(bareVillage(v.Name))+"村" && strings.Contains(v.Name, "村") {
				p.heads = append(p.heads, villageHead{name, v.ID})
			}
		}
	}
	slices.SortStableFunc(p.heads, func(a, b villageHead) int { return len(b.name) - len(a.name) })
	for _, u := range d.Units(org.Department, org.OfficeTeam, org.VillageCommittee, org.Branch, org.CountyOffice) {
		put(p.unit, u.Name, u.ID)
	}
	for _, x := range d.People() {
		put(p.person, x.Name, x.ID)
	}
	for _, c := range d.CategoryTree(i18n.ZH) {
		put(p.category, c.Name.ZH, c.Code)
		put(p.category, c.Name.EN, c.Code)
		put(p.category, c.Code, c.Code)
	}
	return p
}

// bareVillage is a village's name without what kind of place it is.
func bareVillage(s string) string {
	for _, tail := range []string{"村民委员会", "居民委员会", "村委会", "居委会", "行政村", "社区", "村"} {
		if rest, ok := strings.CutSuffix(s, tail); ok && len([]rune(rest)) > 1 {
			return rest
		}
	}
	return s
}

// villageOf finds a village by its name, with or without the town's before it and what kind of place it is behind.
func (p *places) villageOf(s string) string {
	s = plain(s)
	for _, try := range []string{s, p.inTown(s)} {
		if id := p.village[try]; id != "" {
			return id
		}
		if id := p.village[plain(bareVillage(try))]; id != "" {
			return id
		}
	}
	return ""
}

// inTown is a plain address without the town before it, and without what stands before that: 某市雁县雁南镇柳岸村.
func (p *places) inTown(s string) string {
	before, rest, found := strings.Cut(s, plain(p.dir.Town.Name))
	if !found || before != "" && !slices.ContainsFunc([]string{"县", "区", "市", "旗"}, func(w string) bool { return strings.HasSuffix(before, w) }) {
		return s
	}
	return rest
}

// anything, near and house say what may follow a village's name for it to be meant: 柳岸村台账; of a place 柳岸村东头, but
// not 柳岸村镇; and of the place of a village with a short name 东村3组, but 东村头 is not in 东村.
func anything(_, _ string) bool { return true }

func near(name, rest string) bool {
	c, _ := utf8.DecodeRuneInString(rest)
	return house(name, rest) || utf8.RuneCountInString(bareVillage(name)) > 1 && !strings.ContainsRune("镇乡街路", c)
}

func house(_, rest string) bool {
	c, _ := utf8.DecodeRuneInString(rest)
	return rest == "" || unicode.IsDigit(c) || strings.ContainsRune("一二三四五六七八九十第组队委党小", c)
}

// villageIn finds the village with whose whole name a text begins, with or without the town's before it.
func (p *places) villageIn(s string, follows func(name, rest string) bool) string {
	s = p.inTown(plain(s))
	for i, h := range p.heads {
		if rest, ok := strings.CutPrefix(s, h.name); ok && follows(h.name, rest) {
			if i+1 < len(p.heads) && p.heads[i+1].name == h.name && p.heads[i+1].id != h.id {
				return "" // two of one name
			}
			return h.id
		}
	}
	return ""
}

// onlyVillage finds the village with which a text begins, behind a number if there is one, unless it names another too.
func (p *places) onlyVillage(s string) string {
	s = numbering.ReplaceAllString(s, "")
	id, name := p.villageIn(s, anything), ""
	for _, h := range p.heads { // the longest first
		switch {
		case id == "" || !strings.Contains(plain(s), h.name):
		case h.id == id && name == "":
			name = h.name
		case h.id != id && !strings.Contains(name, h.name):
			return ""
		}
	}
	return id
}

// several reports whether a cell names more than one village, or one and others: 柳岸村、荷塘村, 柳岸村等3个村.
func (p *places) several(s string) bool {
	return severalVillages.MatchString(s) || p.villageIn(s, anything) != "" && p.onlyVillage(s) == ""
}

var severalVillages = regexp.MustCompile(`(?:村|社区)\s*(?:[、，,;；/和与及].*(?:村|社区)|等.{0,6}[村社居])`)

// personOf finds a person by the whole name, or by a name that begins or ends the cell beside a title.
func (p *places) personOf(s string) string {
	s = plain(s)
	if id := p.person[s]; id != "" {
		return id
	}
	found := ""
	for name, id := range p.person {
		before, isBefore := strings.CutSuffix(s, name)
		behind, isBehind := strings.CutPrefix(s, name)
		if id != "" && len([]rune(name)) > 1 && (isBefore && titled(before) || isBehind && titled(behind)) {
			if found != "" && found != id {
				return ""
			}
			found = id
		}
	}
	return found
}

// titles are the words that make of what stands beside a name a post, so that 王伟东 is not 王伟.
var titles = []string{"书记", "镇长", "乡长", "县长", "区长", "主任", "主席", "委员", "站长", "所长", "队长", "组长", "部长", "科长", "局长", "院长", "校长", "支书",
	"网格长", "网格员", "干部", "干事", "专干", "领导", "同志", "负责", "包村", "联系", "分管", "secretary", "director", "head", "leader", "mayor"}

// titled reports whether what stands beside a name is a post, a number or a bracket.
func titled(s string) bool {
	return slices.ContainsFunc(titles, func(t string) bool { return strings.Contains(s, t) }) ||
		strings.Trim(s, "0123456789()（）[]【】*·") == ""
}

// unitOf finds the first of the units that a cell names, and reports whether it names nothing else.
func (p *places) unitOf(s string) (id string, whole bool) {
	if id := p.unit[plain(s)]; id != "" {
		return id, true
	}
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune("、,，;；/\n ", r) }) {
		if u := p.unit[plain(part)]; u != "" {
			return u, false
		}
	}
	return "", false
}

package register

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"yanming/internal/casework"
	"yanming/internal/sheet"
)

// person reads who spoke. A name and a telephone in one cell are told apart.
func (r *Reader) person(row sheet.Row, x *Row, b *casework.Backfill) {
	name, phones := apart(r.unnumbered(row, Name, x))
	v := r.unnumbered(row, Phone, x)
	if _, named := r.at[Name]; !named && v != "" && namesPeople(r.name(Phone)) { // 反映人及联系方式
		var found []string
		if name, found = apart(v); len(found) == 0 {
			name = ""
		} else {
			v = strings.Join(found, "、")
		}
	}
	if utf8.RuneCountInString(name) > 60 { // several who signed together: the first of them is who is asked
		b.Past.Note = r.noted(b.Past.Note, Name, name)
		name = string([]rune(name)[:60])
		x.warn("name_long", r.name(Name))
	}
	if !slices.Contains(nobody, plain(name)) {
		b.Person.Name = spacedName.ReplaceAllString(name, "$1$2")
	}
	b.Person.Address = r.unnumbered(row, Address, x)
	switch p, ok := sheet.Phone(v); {
	case row.IsLossy(r.at[Phone]) && v != "": // 1.38E+10 was written out, but is nobody's number
		x.warn("phone_lost", r.name(Phone))
	case ok:
		b.Person.Phone = p
	case v != "":
		b.Person.Phone = strings.Trim(v, "'’ ")
		x.warn("phone", r.name(Phone))
	}
	for _, p := range phones {
		if !strings.Contains(b.Person.Phone, p) {
			b.Person.Phone = strings.Trim(b.Person.Phone+"、"+p, "、")
		}
	}
}

// unnumbered reads a cell about a person without the identity number that may stand in it: it is kept nowhere.
func (r *Reader) unnumbered(row sheet.Row, f Field, x *Row) string {
	v, found := withoutIdentity(r.line(row, f))
	if found {
		x.warn("identity_cell", r.name(f))
	}
	return v
}

// spacedName matches a name of two characters that was spread out to the width of three.
var spacedName = regexp.MustCompile(`^(\p{Han})\s+(\p{Han})$`)

// apart divides a cell that holds a name and telephones.
func apart(v string) (name string, phones []string) {
	clean, found := redact(v)
	if len(found.phones) == 0 {
		return v, nil
	}
	name = strings.ReplaceAll(clean, sheet.PhoneMark, " ")
	for _, label := range []string{"联系电话", "电话", "手机"} {
		name = strings.ReplaceAll(name, label, " ")
	}
	name = strings.Join(strings.FieldsFunc(name, func(c rune) bool { return strings.ContainsRune(" ()（）[]【】:：,，、;；/-", c) }), " ")
	return name, found.phones
}

// namesPeople reports whether a header speaks of a person besides what it is mapped to.
func namesPeople(header string) bool {
	return slices.ContainsFunc([]string{"姓名", "反映人", "来电人", "来访人", "诉求人", "户主", "群众", "村民"}, func(w string) bool { return strings.Contains(header, w) })
}

// where finds village and grid; what the town does not have stays in words. under is the village that stands over the
// row, for a sheet that has no column for it.
func (r *Reader) where(row sheet.Row, x *Row, b *casework.Backfill, clean func(string) string, under string) {
	var words []string
	if v := r.line(row, Village); v != "" {
		if b.Village = r.places.villageOf(v); b.Village == "" {
			b.Village = r.places.villageIn(v, anything)
			words = append(words, v)
		}
		if b.Village == "" {
			x.warn("village", r.name(Village))
		}
	}
	place := r.line(row, Place)
	if _, mapped := r.at[Village]; !mapped && place != "" {
		b.Village = r.places.villageIn(place, house)
	}
	if b.Village == "" && under != "" && r.line(row, Village) == "" {
		b.Village = under
		x.warn("village_over", r.places.dir.Village(under).Name)
	}
	if v := r.line(row, Grid); v != "" {
		if b.Grid = r.places.grids[plain(b.Village+"|"+v)]; b.Grid == "" || b.Village == "" {
			b.Grid = ""
			words = append(words, v)
			x.warn("grid", r.name(Grid))
		}
	}
	if place != "" {
		words = append(words, place)
	}
	b.Place = clean(strings.Join(words, " "))
}

// villageOfSheet finds the village of all rows, where no column says it: the one with which the sheet's name, a title
// above the names, what stands there behind a colon, or the file's name begins. Where two are named it is none.
func (r *Reader) villageOfSheet(b *sheet.Book) (id string, err error) {
	if _, mapped := r.at[Village]; mapped {
		r.once, err = r.namesOnce(b)
		return "", err
	}
	if id = r.places.onlyVillage(r.plan.Sheet); id != "" {
		return id, nil
	}
	head, err := b.Head(r.plan.Sheet, headRows)
	if err != nil {
		return "", err
	}
	for _, row := range head {
		if row.Number >= r.plan.Header.Row {
			break
		}
		for _, c := range row.Cells {
			label, value, found := strings.Cut(strings.ReplaceAll(c, ":", "："), "：")
			if !found {
				value = label
			}
			switch v := r.places.onlyVillage(value); {
			case v == "" || v == id:
			case id != "":
				return "", nil
			default:
				id = v
			}
		}
	}
	if id == "" {
		id = r.places.onlyVillage(r.plan.Name)
	}
	return id, nil
}

// namesOnce reports whether each village of a sheet is named in the first of its rows only, as a person writes who would
// have merged the cells: no name comes again, and there are as many rows without one, at least.
func (r *Reader) namesOnce(b *sheet.Book) (bool, error) {
	head, err := b.Head(r.plan.Sheet, headRows)
	if err != nil {
		return false, err
	}
	seen, blank := map[string]bool{}, 0
	for _, row := range head {
		row = r.bare(row)
		if row.Number <= r.plan.Header.Last || r.plan.Header.KindOf(row) != sheet.Data || alone(row) {
			continue
		}
		v := r.line(row, Village)
		switch {
		case v == "" && len(seen) == 0, v != "" && seen[v]:
			return false, nil
		case v == "":
			blank++
		default:
			seen[v] = true
		}
	}
	return len(seen) > 1 && blank >= len(seen), nil
}

// numbering matches a number that stands before a name: 1. or （三）.
var numbering = regexp.MustCompile(`^[（(]?[0-9一二三四五六七八九十]{1,3}[)）]?[、.．\s]+|^[（(][0-9一二三四五六七八九十]{1,3}[)）]|^[0-9]{1,3}`)

// counted matches how many there are behind a name: （5条）, 共3件.
var counted = regexp.MustCompile(`(?:[（(][^（()）]*[）)]|[：:]?共?\s*[0-9]+\s*[条件户个])$`)

// villageOver returns the village that a row is the heading of: it holds nothing but the village's name, outside the
// column of villages.
func (r *Reader) villageOver(row sheet.Row) string {
	only := -1
	for i, c := range row.Cells {
		if c == "" || row.IsFilled(i) {
			continue
		}
		if only >= 0 {
			return ""
		}
		only = i
	}
	if i, mapped := r.at[Village]; only < 0 || mapped && i == only && row.Span(only) < 2 || utf8.RuneCountInString(row.Cells[only]) > 30 {
		return ""
	}
	return r.places.villageOf(counted.ReplaceAllString(numbering.ReplaceAllString(sheet.Line(row.Cells[only]), ""), ""))
}

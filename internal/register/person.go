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
	switch {
	case slices.Contains(nobody, plain(name)):
	case slices.Contains(somebody, plain(name)):
		b.Past.Note = r.noted(b.Past.Note, Name, name)
	default:
		b.Person.Name = spacedName.ReplaceAllString(name, "$1$2")
	}
	b.Person.Address = r.unnumbered(row, Address, x)
	switch p, ok := sheet.Phone(v); {
	case row.IsLossy(r.at[Phone]) && v != "": // 1.38E+10 was written out, but is nobody's number
		x.warn("phone_lost", r.name(Phone))
	case ok:
		b.Person.Phone = p
	case slices.Contains(nobody, plain(v)):
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

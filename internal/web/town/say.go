package town

import (
	"strings"

	"yanming/internal/casework"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/seal"
)

// CaseURL is where staff find a case.
func CaseURL(n seal.Number) string { return "/office/cases/" + string(n) }

// T says a message in the visitor's language.
func (v *Visit) T(key string, args ...any) string { return v.Site.T(v.R, key, args...) }

// In says a text that is data in the visitor's language.
func (v *Visit) In(p i18n.Pair) string { return p.In(v.Lang) }

// Unit names a unit; "" where there is none.
func (v *Visit) Unit(id string) string { return v.Dir.Unit(id).Name }

// Units names several units in one line.
func (v *Visit) Units(ids []string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = v.Unit(id)
	}
	return v.List(names)
}

// List puts names into one line.
func (v *Visit) List(names []string) string { return strings.Join(names, v.T("page.comma")) }

// Masked is a name as it may be shown without a reason that is written down: the family name.
func Masked(name string) string {
	for _, r := range name {
		return string(r) + "**"
	}
	return ""
}

// Rule returns the rule that set a clock; false where none did, as for a planned day.
func (v *Visit) Rule(c casework.Clock) (org.Rule, bool) {
	ref, _, _ := strings.Cut(c.Rule, " ")
	return v.Dir.Rule(ref)
}

// GridName says a grid with its village.
func GridName(dir *org.Directory, g org.Grid) string {
	return strings.TrimSpace(dir.Village(g.Village).Name + " " + g.Name)
}

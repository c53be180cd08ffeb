package admin

import (
	"strings"

	"yanming/internal/actor"
	"yanming/internal/calendar"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/web/page"
)

// choices offers a list; what stands for none comes first where none is not nil.
func choices[T any](none any, list []T, one func(T) (value string, label any)) []page.Choice {
	out := make([]page.Choice, 0, len(list)+1)
	if none != nil {
		out = append(out, page.Choice{Label: none})
	}
	for _, v := range list {
		value, label := one(v)
		out = append(out, page.Choice{Value: value, Label: label})
	}
	return out
}

// nothing is the choice of none; unchosen stands where one must be chosen.
const (
	nothing  = i18n.Key("admin.none")
	unchosen = i18n.Key("admin.choose")
)

func unitChoices(none any, dir *org.Directory, kinds ...org.UnitKind) []page.Choice {
	return choices(none, dir.Units(kinds...), func(u org.Unit) (string, any) { return u.ID, u.Name })
}

func villageChoices(none any, dir *org.Directory) []page.Choice {
	return choices(none, dir.Villages(), func(v org.Village) (string, any) { return v.ID, v.Name })
}

func gridChoices(none any, dir *org.Directory) []page.Choice {
	return choices(none, dir.Grids(), func(g org.Grid) (string, any) { return g.ID, gridName(dir, g) })
}

// gridName is a grid's name with its village's.
func gridName(dir *org.Directory, g org.Grid) string {
	return strings.TrimSpace(dir.Village(g.Village).Name + " " + g.Name)
}

func personChoices(none any, dir *org.Directory, list []org.Person) []page.Choice {
	return choices(none, list, func(p org.Person) (string, any) { return p.ID, personName(dir, p) })
}

// personName is a person's name with title or unit, by which two of one name are told apart.
func personName(dir *org.Directory, p org.Person) string {
	more := p.Title
	if units := dir.UnitsOf(p.ID); more == "" && len(units) > 0 {
		more = dir.Unit(units[0]).Name
	}
	if more == "" {
		return p.Name
	}
	return p.Name + " · " + more
}

// roleChoices offers the roles that exist at a level: the county's own only there.
func roleChoices(dir *org.Directory) []page.Choice {
	out := []page.Choice{{Label: unchosen}}
	for _, r := range actor.Roles() {
		if dir.Town.Level == org.Township && (r == actor.CountyOfficer || r == actor.CountyViewer) {
			continue
		}
		out = append(out, page.Choice{Value: string(r), Label: i18n.Key("auth.role." + string(r))})
	}
	return out
}

func timeUnitChoices() []page.Choice {
	return choices(nil, calendar.Units(), func(u calendar.Unit) (string, any) { return string(u), i18n.Key("admin.span." + string(u)) })
}

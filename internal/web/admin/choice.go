package admin

import (
	"yanming/internal/actor"
	"yanming/internal/calendar"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/web/page"
)

// nothing is the choice of none; unchosen stands where one must be chosen.
const (
	nothing  = i18n.Key("admin.none")
	unchosen = i18n.Key("admin.choose")
)

func personChoices(none any, dir *org.Directory, list []org.Person) []page.Choice {
	return page.Choices(none, list, func(p org.Person) (string, any) { return p.ID, personName(dir, p) })
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
	return page.Choices(nil, calendar.Units(), func(u calendar.Unit) (string, any) { return string(u), i18n.Key("admin.span." + string(u)) })
}

package town

import (
	"cmp"
	"slices"

	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/web/page"
)

// UnitChoices offers units, those of one kind together under its name where there are several kinds; none stands for no unit
// and comes first where it is not nil, as for page.Choices.
func UnitChoices(none any, units []org.Unit) []page.Choice {
	kinds := org.UnitKinds()
	units = slices.Clone(units)
	slices.SortStableFunc(units, func(a, b org.Unit) int {
		return cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind))
	})
	cs := page.Choices(none, units, func(u org.Unit) (string, any) { return u.ID, u.Name })
	if len(units) == 0 || units[0].Kind == units[len(units)-1].Kind {
		return cs
	}
	for i, u := range units {
		cs[len(cs)-len(units)+i].Group = i18n.Key("org.unit." + string(u.Kind))
	}
	return cs
}

// VillageChoices offers the villages of a town.
func VillageChoices(none any, dir *org.Directory) []page.Choice {
	return page.Choices(none, dir.Villages(), func(v org.Village) (string, any) { return v.ID, v.Name })
}

// GridChoices offers grids, each with its village's name before its own.
func GridChoices(none any, dir *org.Directory, grids []org.Grid) []page.Choice {
	return page.Choices(none, grids, func(g org.Grid) (string, any) { return g.ID, GridName(dir, g) })
}

// Categories are the town's categories, each with those above it.
func (v *Visit) Categories() []page.Choice {
	return page.Choices(nil, v.Dir.CategoryTree(v.Lang), func(c org.Listed) (string, any) { return c.Code, c.Path })
}

// Leaders are the leaders of the town in their customary order, as name says them.
func (v *Visit) Leaders(name func(id string) string) []page.Choice {
	return page.Choices(nil, v.Dir.Leaders(), func(p org.Person) (string, any) { return p.ID, name(p.ID) })
}

// Handlers are the units that may handle a case, with those of more kinds among them.
func (v *Visit) Handlers(more ...org.UnitKind) []page.Choice {
	kinds := append([]org.UnitKind{org.Department, org.OfficeTeam, org.VillageCommittee, org.Branch}, more...)
	if v.Dir.Town.Level == org.County {
		kinds = append(kinds, org.CountyOffice)
	}
	return UnitChoices(nil, v.Dir.Units(kinds...))
}

package office

import (
	"cmp"
	"slices"

	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

// What a town's organisation offers to choose from.

func (v *visit) villages() []page.Choice { return town.VillageChoices(nil, v.Dir) }

// grids are those of a village, or of all villages with the village's name before them.
func (v *visit) grids(village string) (cs []page.Choice) {
	if village != "" {
		return page.Choices(nil, v.Dir.GridsIn(village), func(g org.Grid) (string, any) { return g.ID, g.Name })
	}
	for _, x := range v.Dir.Villages() {
		cs = append(cs, town.GridChoices(nil, v.Dir, v.Dir.GridsIn(x.ID))...)
	}
	return cs
}

// leaders are the leaders of the town in their customary order.
func (v *visit) leaders() []page.Choice { return v.Leaders(v.person) }

// leads are the units that may be given a case, each with its people: never one that a case in confidence is about. Those that
// the town itself names for such a case come first: who usually handles its category, and the firm and the village it is in.
func (v *visit) leads(sh casework.Sheet) []page.Choice {
	likely := append([]string{v.usual(sh), sh.Case.Firm}, v.Dir.VillageUnits(sh.Case.Village)...)
	var first, cs []page.Choice
	for _, c := range v.handlingUnits() {
		if slices.Contains(sh.Subjects, c.Value) {
			continue
		}
		names := ""
		for i, p := range v.Dir.PeopleIn(c.Value, handles()...) {
			if i == 3 {
				names += "…"
				break
			}
			if i > 0 {
				names += v.T("page.comma")
			}
			names += p.Name
		}
		name, ok := c.Label.(string)
		if !ok {
			continue
		}
		c.Label = join(name, names)
		if slices.Contains(likely, c.Value) {
			c.Group = i18n.Key("office.units.likely")
			first = append(first, c)
		} else {
			cs = append(cs, c)
		}
	}
	slices.SortStableFunc(first, func(a, b page.Choice) int {
		return cmp.Compare(slices.Index(likely, a.Value), slices.Index(likely, b.Value))
	})
	return append(first, cs...)
}

// handles are the roles whose people answer for a unit.
func handles() []actor.Role {
	return []actor.Role{actor.Handler, actor.Secretary, actor.Cadre, actor.Publicity, actor.Intake, actor.Petition, actor.CountyOfficer}
}

// assists are the units that may help: departments, teams, and the village where it is.
func (v *visit) assists(sh casework.Sheet) (cs []page.Choice) {
	village := v.Dir.VillageUnits(sh.Case.Village)
	for _, u := range v.Dir.Units(org.Department, org.OfficeTeam, org.VillageCommittee, org.Branch, org.CountyOffice) {
		own := u.Kind == org.VillageCommittee || u.Kind == org.Branch
		if own && !slices.Contains(village, u.ID) || slices.Contains(sh.Subjects, u.ID) || u.Kind == org.CountyOffice && v.Dir.Town.Level != org.County {
			continue
		}
		cs = append(cs, page.Choice{Value: u.ID, Label: u.Name})
	}
	return cs
}

// colleagues are people who hold one of the roles, or any, unless a unit of theirs is among those the case is about.
func (v *visit) colleagues(sh casework.Sheet, but []string, roles ...actor.Role) (cs []page.Choice) {
	for _, p := range v.Dir.PeopleWith(roles...) {
		if slices.Contains(but, p.ID) || slices.ContainsFunc(v.Dir.UnitsOf(p.ID), func(u string) bool { return slices.Contains(sh.Subjects, u) }) {
			continue
		}
		unit := ""
		if us := v.Dir.UnitsOf(p.ID); len(us) > 0 {
			unit = v.Unit(us[0])
		}
		cs = append(cs, page.Choice{Value: p.ID, Label: join(p.Name, unit)})
	}
	return cs
}

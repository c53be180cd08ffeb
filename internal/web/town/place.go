package town

import (
	"strings"

	"yanming/internal/org"
	"yanming/internal/web/page"
)

// Unsure is the choice of a place of somebody who cannot say which it is.
const Unsure = "u"

// Place is what a choice of a form's field "where" names: one of the three, or none.
type Place struct{ Village, Grid, Firm string }

// ReadPlace reads what Choice wrote. Whether the town has such a place is the caller's to ask.
func ReadPlace(choice string) (p Place) {
	switch kind, id, _ := strings.Cut(choice, ":"); kind {
	case "v":
		p.Village = id
	case "g":
		p.Grid = id
	case "f":
		p.Firm = id
	}
	return p
}

// Choice is the value of the place in a form, "" for none.
func (p Place) Choice() string {
	switch {
	case p.Grid != "":
		return "g:" + p.Grid
	case p.Firm != "":
		return "f:" + p.Firm
	case p.Village != "":
		return "v:" + p.Village
	}
	return ""
}

// PlaceChoices offers first, then each village, with its grids behind it where they are wanted, then the firms.
func PlaceChoices(dir *org.Directory, grids bool, first ...page.Choice) []page.Choice {
	cs := first
	for _, x := range dir.Villages() {
		cs = append(cs, page.Choice{Value: Place{Village: x.ID}.Choice(), Label: x.Name})
		if !grids {
			continue
		}
		for _, g := range dir.GridsIn(x.ID) {
			cs = append(cs, page.Choice{Value: Place{Grid: g.ID}.Choice(), Label: GridName(dir, g)})
		}
	}
	for _, f := range dir.Firms("") {
		cs = append(cs, page.Choice{Value: Place{Firm: f.ID}.Choice(), Label: f.Name})
	}
	return cs
}

// SubjectChoices offers the units that a word in confidence may be about; none as for UnitChoices.
func SubjectChoices(none any, dir *org.Directory) []page.Choice {
	return UnitChoices(none, dir.Units(org.Department, org.OfficeTeam, org.Leadership, org.VillageCommittee, org.Branch))
}

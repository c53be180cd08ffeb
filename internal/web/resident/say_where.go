package resident

import (
	"net/http"
	"strings"

	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

const maxPlace = 100

// wherePage is the second page.
type wherePage struct {
	sayPage
	Places  []page.Choice
	Board   string // the board that was scanned
	Suggest bool   // what it is about is often said in confidence
	About   []page.Choice
	Max     int
}

// places returns what can be chosen: the scanned grid, every village, every firm, and not to know.
func (w word) places() []page.Choice {
	first := page.Choice{Label: i18n.Key("resident.where.choose")}
	if g := w.dir.Grid(w.Value("board")); g.ID != "" {
		first = page.Choice{Value: town.Place{Grid: g.ID}.Choice(), Label: gridName(w.dir, g)}
	}
	return town.PlaceChoices(w.dir, false, first, page.Choice{Value: town.Unsure, Label: i18n.Key("resident.where.unsure")})
}

// place reads the choice as the records of the town that it names.
type place struct {
	Grid, Village, Firm string
	Name                string
}

func (w word) place() (p place) {
	switch at := town.ReadPlace(w.Value("where")); {
	case at.Grid != "":
		g := w.dir.Grid(at.Grid)
		p = place{Grid: g.ID, Village: g.Village, Name: gridName(w.dir, g)}
	case at.Village != "":
		v := w.dir.Village(at.Village)
		p = place{Village: v.ID, Name: v.Name}
	case at.Firm != "":
		u := w.dir.Unit(at.Firm)
		p = place{Firm: u.ID, Village: u.Village, Grid: u.Grid, Name: u.Name}
	}
	return p
}

// about are the units that a word in confidence may be about: their people will never see it. The village's own come with
// the place.
func (w word) about() []page.Choice {
	return town.SubjectChoices(i18n.Key("resident.about.none"), w.dir)
}

func (w word) checkWhere() {
	switch v := w.Value("where"); {
	case v == "":
		w.Fail("where", "resident.where.required")
	case v != town.Unsure && !w.offers(v):
		w.Fail("where", "error.choice")
	}
	w.Set("place", w.Line("place", maxPlace))
	if w.Value("about") != "" {
		w.Set("about", w.Choice("about", page.Values(w.about())...))
	}
}

// offers reports whether places has a choice.
func (w word) offers(choice string) bool {
	switch at := town.ReadPlace(choice); {
	case at.Grid != "":
		return at.Grid == w.Value("board") && w.dir.Grid(at.Grid).ID != ""
	case at.Village != "":
		v := w.dir.Village(at.Village)
		return v.ID != "" && v.Lasts()
	case at.Firm != "":
		u := w.dir.Unit(at.Firm)
		return u.Kind == org.Firm && u.Lasts()
	}
	return false
}

// suggests reports whether the category asks for confidence and it was not chosen.
func (w word) suggests() bool {
	return !w.quiet() && w.doors.Confide && w.dir.Category(w.Value("category")).Confide
}

func (s *Server) showWhere(w http.ResponseWriter, r *http.Request, status int, wd word) error {
	p := wherePage{sayPage: s.sayPage(r, 1, "resident.where", wd), Places: wd.places(), Suggest: wd.suggests(), Max: maxPlace}
	if p.Suggest || wd.Value("who") == whoConfide {
		p.About = wd.about()
	}
	if g := wd.dir.Grid(wd.Value("board")); g.ID != "" {
		p.Board = gridName(wd.dir, g)
	}
	return s.pages.Show(w, r, status, "say/where", p)
}

// similar is a published case nearby that can be followed instead of being said again.
type similar struct {
	Number string
	Title  string
	State  i18n.Key
	Since  string
}

// similarTo returns the published cases of the word's village and category. In confidence there are none: to follow
// one would leave a trace.
func (s *Server) similarTo(r *http.Request, w word) (list []similar, err error) {
	if w.quiet() {
		return nil, nil
	}
	err = s.Store.View(r.Context(), w.dir.Town.ID, func(tx *db.Tx) error {
		cs, err := s.Cases.Similar(r.Context(), tx, w.place().Village, w.Value("category"))
		list = s.others(r, cs)
		return err
	})
	return list, err
}

// followed returns the published cases that the holder of a receipt follows along.
func (s *Server) followed(r *http.Request, h holder) (list []similar, err error) {
	err = s.Store.View(r.Context(), h.town.ID, func(tx *db.Tx) error {
		cs, err := s.Cases.Followed(r.Context(), tx, h.number)
		list = s.others(r, cs)
		return err
	})
	return list, err
}

func (s *Server) others(r *http.Request, cs []casework.Case) (list []similar) {
	for _, c := range cs {
		list = append(list, similar{Number: string(c.Number), Title: c.Words.Title, State: stateKey(c.State),
			Since: s.Site.T(r, "resident.similar.since", calendar.DayOf(c.Registered))})
	}
	return list
}

// placeWords says where, in the words of a record that another town keeps: the county knows no grid of the town.
func placeWords(dir *org.Directory, p place, typed string) string {
	return strings.TrimSpace(strings.Join([]string{dir.Town.Name, p.Name, typed}, " "))
}

package resident

import (
	"net/http"

	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/web/page"
)

// townsPage lists the towns of an installation.
type townsPage struct {
	page.Head
	Towns []org.Town
}

// homePage is a town's home and a board's landing page: what a resident can do, and who answers for the place.
type homePage struct {
	page.Head
	Name    string // of the place
	Board   string // the grid's id; "" on the town's home
	Say     string // link to the first page
	Duties  []duty
	Office  string
	Address string
	Phone   string
	Watch   string // telephone of the supervision
}

// duty is somebody who answers for a place: an office title and an office telephone, never a private one.
type duty struct {
	Role               i18n.Key
	Name, Title, Phone string
}

// showHome handles GET /: the towns where there are several, else the home of the one.
func (s *Server) showHome(w http.ResponseWriter, r *http.Request) error {
	ts, err := s.townships(r.Context())
	if err != nil {
		return err
	}
	if len(ts) == 1 {
		return s.home(w, r, ts[0].ID)
	}
	return s.pages.Show(w, r, http.StatusOK, "towns", townsPage{Head: s.Site.Head(r, "resident.towns"), Towns: ts})
}

// showTown handles GET /t/{town}.
func (s *Server) showTown(w http.ResponseWriter, r *http.Request) error {
	dir, err := s.township(r.Context(), r.PathValue("town"))
	if err != nil {
		return err
	}
	return s.home(w, r, dir.Town.ID)
}

func (s *Server) home(w http.ResponseWriter, r *http.Request, town string) error {
	r, dir, err := s.enter(r, town)
	if err != nil {
		return err
	}
	p := s.office(homePage{Head: s.Site.Head(r, "resident.home"), Name: dir.Town.Name, Say: "/say/what?town=" + town}, dir)
	p.Inline = true
	return s.pages.Show(w, r, http.StatusOK, "home", p)
}

// showBoard handles GET /g/{grid}: where the code on a board leads. It says who answers for the grid. It shows no
// counts and no titles, which in a grid would point at a yard.
func (s *Server) showBoard(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("grid")
	t, err := s.Orgs.GridTown(r.Context(), id)
	if err != nil {
		return err
	}
	r, dir, err := s.enter(r, t.ID)
	if err != nil {
		return err
	}
	g := dir.Grid(id)
	if !g.Lasts() {
		return errs.Missing()
	}
	p := homePage{Head: s.Site.Head(r, ""), Name: gridName(dir, g), Board: id, Say: "/say/what?grid=" + id, Duties: duties(dir, g)}
	p.Title, p.Inline = p.Name, true
	return s.pages.Show(w, r, http.StatusOK, "home", s.office(p, dir))
}

func (s *Server) office(p homePage, dir *org.Directory) homePage {
	p.Office, p.Address = dir.Settings.OfficeName, dir.Settings.OfficeAddress
	p.Phone, p.Watch = dir.Settings.OfficePhone, dir.Settings.SupervisionPhone
	return p
}

// gridName says a grid with its village.
func gridName(dir *org.Directory, g org.Grid) string {
	v := dir.Village(g.Village).Name
	if v == "" || g.Name == v {
		return g.Name
	}
	return v + " " + g.Name
}

// duties names who answers for a grid: its leader and worker, and the leaders whose contact point the village is.
func duties(dir *org.Directory, g org.Grid) (ds []duty) {
	add := func(role i18n.Key, person string) {
		if p := dir.Person(person); p.ID != "" && len(dir.PostsOf(person)) > 0 {
			ds = append(ds, duty{Role: role, Name: p.Name, Title: p.Title, Phone: p.Phone})
		}
	}
	add("resident.duty.leader", g.Leader)
	add("resident.duty.worker", g.Worker)
	for _, c := range dir.Contacts(g.Village) {
		add("resident.duty.contact", c.Person)
	}
	return ds
}

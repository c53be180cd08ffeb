package admin

import (
	"net/http"

	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/geo"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/web/admin/brought"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

type gridRow struct {
	org.Grid
	Village string
	Leader  string
	Worker  string
}

type gridsPage struct {
	frame
	Grids   []gridRow
	Map     gridMap
	Systems []page.Choice
}

// listGrids handles GET /admin/grids: the grids with their map, a list to paste, and a file of boundaries.
func (s *Server) listGrids(w http.ResponseWriter, v *visit) error {
	return s.showGrids(w, v, http.StatusOK, page.NewForm())
}

func (s *Server) showGrids(w http.ResponseWriter, v *visit, status int, form *page.Form) error {
	if v.dir.Town.Level != org.Township {
		return errs.Missing()
	}
	shapes, err := s.boundaries(v)
	if err != nil {
		return err
	}
	data := gridsPage{frame: s.frame(v, form, "admin.grids"), Map: drawMap(v.dir, shapes), Systems: systemChoices()}
	for _, g := range v.dir.Grids() {
		data.Grids = append(data.Grids, gridRow{g, v.dir.Village(g.Village).Name, v.dir.Person(g.Leader).Name, v.dir.Person(g.Worker).Name})
	}
	return s.pages.Show(w, v.r, status, "grids", data)
}

func (s *Server) boundaries(v *visit) (shapes map[string]geo.Shape, err error) {
	err = s.view(v, func(tx *db.Tx) error {
		shapes, err = org.Boundaries(v.r.Context(), tx)
		return err
	})
	return shapes, err
}

// addGrids handles POST /admin/grids: a pasted list, all of it or nothing.
func (s *Server) addGrids(w http.ResponseWriter, v *visit) error {
	form, err := page.ReadForm(v.r, nil)
	if err != nil {
		return err
	}
	form.Need("grids")
	list := brought.Grids(form, v.dir)
	if form.Err() == nil {
		err = s.Store.Update(v.r.Context(), v.a.Town, func(tx *db.Tx) error {
			for i, g := range list {
				g.Key = part(form.Key, "grid", i)
				if _, err := s.Orgs.SaveGridIn(v.r.Context(), tx, v.a, g); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return s.settle(w, v, form, errs.Rename(err, "number", "grids"), done("/admin/grids"), func(status int) error { return s.showGrids(w, v, status, form) })
}

type gridPage struct {
	frame
	ID       string
	Public   string // the address on its board
	Levels   []page.Choice
	Villages []page.Choice
	People   []page.Choice
	Systems  []page.Choice
	Firms    []org.Unit
	Map      gridMap
}

// showGrid handles GET /admin/grids/{id}: of one that is, or of one to be made.
func (s *Server) showGrid(w http.ResponseWriter, v *visit) error {
	form := page.NewForm()
	if err := s.gridValues(v, form); err != nil {
		return err
	}
	return s.showGridForm(w, v, http.StatusOK, form)
}

func (s *Server) gridValues(v *visit, form *page.Form) error {
	id := v.r.PathValue("id")
	if id == fresh {
		form.Set("level", string(org.PartGrid))
		return nil
	}
	g := v.dir.Grid(id)
	if g.ID == "" || !g.Lasts() {
		return errs.Missing()
	}
	fill(form, "number", number(g.Number), "name", g.Name, "level", string(g.Level), "village", g.Village, "leader", g.Leader,
		"worker", g.Worker, "rev", number(g.Rev))
	return nil
}

func (s *Server) showGridForm(w http.ResponseWriter, v *visit, status int, form *page.Form) error {
	if v.dir.Town.Level != org.Township {
		return errs.Missing()
	}
	id := v.r.PathValue("id")
	g := v.dir.Grid(id)
	data := gridPage{frame: s.frame(v, form, "admin.grid.new"), ID: id, Villages: town.VillageChoices(nothing, v.dir),
		People: personChoices(nothing, v.dir, v.dir.People()), Systems: systemChoices(),
		Levels: page.Choices(nil, []org.GridLevel{org.PartGrid, org.VillageGrid, org.TownGrid}, func(l org.GridLevel) (string, any) {
			return string(l), i18n.Key("org.grid.level." + string(l))
		})}
	if id != fresh {
		data.Title, data.Public = town.GridName(v.dir, g), s.Site.Link("/g/"+g.ID)
		shapes, err := s.boundaries(v)
		if err != nil {
			return err
		}
		if shape, ok := shapes[id]; ok {
			data.Map = drawMap(v.dir, map[string]geo.Shape{id: shape})
		}
		for _, u := range v.dir.Firms("") {
			if u.Grid == id {
				data.Firms = append(data.Firms, u)
			}
		}
	}
	if status == http.StatusConflict {
		form.Set("rev", number(g.Rev))
		data.Now = []page.Row{{Label: i18n.Key("admin.grid.name"), Value: g.Name}, {Label: i18n.Key("admin.grid.village"), Value: v.dir.Village(g.Village).Name},
			{Label: i18n.Key("admin.grid.leader"), Value: v.dir.Person(g.Leader).Name}, {Label: i18n.Key("admin.grid.worker"), Value: v.dir.Person(g.Worker).Name}}
	}
	return s.pages.Show(w, v.r, status, "grid", data)
}

// saveGrid handles POST /admin/grids/{id}, with a boundary where a file came along.
func (s *Server) saveGrid(w http.ResponseWriter, v *visit) error {
	var file []byte
	form, err := page.ReadForm(v.r, takeFile(&file))
	if err != nil {
		return err
	}
	cmd := org.SaveGrid{Key: form.Key, Name: form.Line("name", 60), Level: org.GridLevel(form.Value("level")), Village: form.Value("village"),
		Leader: form.Value("leader"), Worker: form.Value("worker")}
	if n, ok := form.Int("number", 1, 99999); ok {
		cmd.Number = int64(n)
	}
	id := v.r.PathValue("id")
	if id != fresh {
		g := v.dir.Grid(id)
		if g.ID == "" || !g.Lasts() {
			return errs.Missing()
		}
		cmd.ID, cmd.Rev, cmd.Number = id, form.Rev(), g.Number
	}
	if len(file) > 0 {
		cmd.Boundary = brought.Shape(form, file)
	}
	if form.Err() == nil {
		id, err = s.Orgs.SaveGrid(v.r.Context(), v.a, cmd)
	}
	return s.settle(w, v, form, err, done("/admin/grids/"+id), func(status int) error { return s.showGridForm(w, v, status, form) })
}

package admin

import (
	"net/http"
	"strconv"
	"time"

	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

// fresh is the place of an id in the address of something that is not made yet.
const fresh = "new"

type unitRow struct {
	org.Unit
	Place  string
	People int
}

type unitGroup struct {
	Kind  i18n.Key
	Units []unitRow
}

type unitsPage struct {
	frame
	Groups []unitGroup
}

// listUnits handles GET /admin/units.
func (s *Server) listUnits(w http.ResponseWriter, v *visit) error {
	data := unitsPage{frame: s.frame(v, nil, "admin.units")}
	for _, kind := range org.UnitKinds() {
		g := unitGroup{Kind: i18n.Key("org.unit." + string(kind))}
		for _, u := range v.dir.Units(kind) {
			place := v.dir.Village(u.Village).Name
			if u.Grid != "" {
				place = town.GridName(v.dir, v.dir.Grid(u.Grid))
			}
			g.Units = append(g.Units, unitRow{u, place, len(v.dir.PeopleIn(u.ID))})
		}
		if g.Units != nil {
			data.Groups = append(data.Groups, g)
		}
	}
	return s.pages.Show(w, v.r, http.StatusOK, "units", data)
}

// postRow is one post as shown: of a person or in a unit.
type postRow struct {
	ID       string
	Person   string
	PersonID string
	Unit     string
	Role     i18n.Key
	Title    string
	Villages []string
	Since    time.Time
	Until    time.Time // zero while it lasts
}

func (s *Server) postRow(v *visit, p org.Post) postRow {
	row := postRow{ID: p.ID, Person: v.dir.Person(p.Person).Name, PersonID: p.Person, Unit: v.dir.Unit(p.Unit).Name,
		Role: i18n.Key("auth.role." + string(p.Role)), Title: p.Title, Since: p.Since, Until: p.Until}
	for _, id := range p.Villages {
		row.Villages = append(row.Villages, v.dir.Village(id).Name)
	}
	return row
}

type unitPage struct {
	frame
	ID       string
	Kinds    []page.Choice
	Parents  []page.Choice
	Villages []page.Choice
	Grids    []page.Choice
	Posts    []postRow // now and before, the newest first
}

// showUnit handles GET /admin/units/{id}: of one that is, or of one to be made.
func (s *Server) showUnit(w http.ResponseWriter, v *visit) error {
	form := page.NewForm()
	if err := s.unitValues(v, form); err != nil {
		return err
	}
	return s.showUnitForm(w, v, http.StatusOK, form)
}

// unitValues fills a form with the unit as it stands. NotFound for one that is not, or has ended.
func (s *Server) unitValues(v *visit, form *page.Form) error {
	id := v.r.PathValue("id")
	if id == fresh {
		return nil
	}
	u := v.dir.Unit(id)
	if u.ID == "" || !u.Lasts() {
		return errs.Missing()
	}
	fill(form, "kind", string(u.Kind), "name", u.Name, "parent", u.Parent, "village", u.Village, "grid", u.Grid, "phone", u.Phone,
		"rev", number(u.Rev), "ord", number(u.Ord))
	return nil
}

// fill sets fields: name and value in turn.
func fill(form *page.Form, pairs ...string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

func (s *Server) showUnitForm(w http.ResponseWriter, v *visit, status int, form *page.Form) error {
	id := v.r.PathValue("id")
	u := v.dir.Unit(id)
	data := unitPage{ID: id}
	if id == fresh {
		data.frame = s.frame(v, form, "admin.unit.new")
		data.Kinds = page.Choices(unchosen, org.UnitKinds(), func(k org.UnitKind) (string, any) { return string(k), i18n.Key("org.unit." + string(k)) })
	} else {
		data.frame = s.frame(v, form, "admin.unit")
		data.Title = u.Name
		err := s.view(v, func(tx *db.Tx) error {
			ps, err := org.PostsIn(v.r.Context(), tx, id)
			for i := len(ps) - 1; i >= 0; i-- {
				data.Posts = append(data.Posts, s.postRow(v, ps[i]))
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	data.Parents = town.UnitChoices(nothing, v.dir.Units())
	data.Villages = town.VillageChoices(nothing, v.dir)
	data.Grids = town.GridChoices(nothing, v.dir, v.dir.Grids())
	if status == http.StatusConflict {
		form.Set("rev", number(u.Rev))
		data.Now = []page.Row{{Label: i18n.Key("admin.unit.name"), Value: u.Name}, {Label: i18n.Key("admin.unit.parent"), Value: v.dir.Unit(u.Parent).Name},
			{Label: i18n.Key("admin.unit.village"), Value: v.dir.Village(u.Village).Name}, {Label: i18n.Key("admin.unit.grid"), Value: v.dir.Grid(u.Grid).Name},
			{Label: i18n.Key("admin.unit.phone"), Value: u.Phone}}
	}
	return s.pages.Show(w, v.r, status, "unit", data)
}

// saveUnit handles POST /admin/units/{id}.
func (s *Server) saveUnit(w http.ResponseWriter, v *visit) error {
	form, err := page.ReadForm(v.r, nil)
	if err != nil {
		return err
	}
	cmd := org.SaveUnit{Key: form.Key, Name: form.Line("name", 60), Parent: form.Value("parent"), Village: form.Value("village"),
		Grid: form.Value("grid"), Phone: form.Line("phone", 40), Kind: org.UnitKind(form.Value("kind"))}
	if n, ok := form.Int("ord", 0, 9999); ok {
		cmd.Ord = int64(n)
	}
	if id := v.r.PathValue("id"); id != fresh {
		u := v.dir.Unit(id)
		if u.ID == "" || !u.Lasts() {
			return errs.Missing()
		}
		cmd.ID, cmd.Kind, cmd.Rev = id, u.Kind, form.Rev()
	}
	id := cmd.ID
	if form.Err() == nil {
		id, err = s.Orgs.SaveUnit(v.r.Context(), v.a, cmd)
	}
	return s.settle(w, v, form, err, done("/admin/units/"+id), func(status int) error { return s.showUnitForm(w, v, status, form) })
}

// record is how one kind of record is shown with its form.
type record struct {
	values func(*visit, *page.Form) error
	show   func(http.ResponseWriter, *visit, int, *page.Form) error
	path   string // the name of its id in addresses
}

// retire handles POST /admin/retire/{what}/{id}: it ends a unit, village, grid or category. What still needs it is
// said on the page of the record.
func (s *Server) retire(w http.ResponseWriter, v *visit) error {
	what, id := v.r.PathValue("what"), v.r.PathValue("id")
	rec, ok := map[string]record{
		"units":      {s.unitValues, s.showUnitForm, "id"},
		"villages":   {s.villageValues, s.showVillageForm, "id"},
		"grids":      {s.gridValues, s.showGridForm, "id"},
		"categories": {s.categoryValues, s.showCategoryForm, "code"},
	}[what]
	if !ok || id == fresh {
		return errs.Missing()
	}
	form, err := page.ReadForm(v.r, nil)
	if err != nil {
		return err
	}
	_, err = s.Orgs.Retire(v.r.Context(), v.a, org.Retire{Key: form.Key, What: what, ID: id, Rev: form.Rev()})
	return s.settle(w, v, form, err, done("/admin/"+what), func(status int) error {
		v.r.SetPathValue(rec.path, id)
		if err := rec.values(v, form); err != nil {
			return err
		}
		return rec.show(w, v, status, form)
	})
}

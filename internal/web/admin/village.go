package admin

import (
	"net/http"

	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/web/page"
)

type villageRow struct {
	org.Village
	Grids int
}

type villagesPage struct {
	frame
	Villages []villageRow
}

// listVillages handles GET /admin/villages: the villages, and a list to paste.
func (s *Server) listVillages(w http.ResponseWriter, v *visit) error {
	return s.showVillages(w, v, http.StatusOK, page.NewForm())
}

func (s *Server) showVillages(w http.ResponseWriter, v *visit, status int, form *page.Form) (err error) {
	if v.dir.Town.Level != org.Township {
		return errs.Missing()
	}
	data := villagesPage{frame: s.frame(v, form, "admin.villages")}
	for _, one := range v.dir.Villages() {
		data.Villages = append(data.Villages, villageRow{one, len(v.dir.GridsIn(one.ID))})
	}
	if data.Steps, err = s.pending(v); err != nil {
		return err
	}
	return s.pages.Show(w, v.r, status, "villages", data)
}

// addVillages handles POST /admin/villages: a pasted list.
func (s *Server) addVillages(w http.ResponseWriter, v *visit) error {
	form, err := page.ReadForm(v.r, nil)
	if err != nil {
		return err
	}
	form.Need("villages")
	if form.Err() == nil {
		var list []org.VillageLine
		if list, err = org.ParseVillages(form.Value("villages")); err == nil {
			_, err = s.Orgs.AddVillages(v.r.Context(), v.a, org.AddVillages{Key: form.Key, Villages: list})
		}
	}
	return s.settle(w, v, form, err, done("/admin/villages"), func(status int) error { return s.showVillages(w, v, status, form) })
}

type villagePage struct {
	frame
	ID    string
	Units []org.Unit
}

// showVillage handles GET /admin/villages/{id}.
func (s *Server) showVillage(w http.ResponseWriter, v *visit) error {
	form := page.NewForm()
	if err := s.villageValues(v, form); err != nil {
		return err
	}
	return s.showVillageForm(w, v, http.StatusOK, form)
}

func (s *Server) villageValues(v *visit, form *page.Form) error {
	one := v.dir.Village(v.r.PathValue("id"))
	if one.ID == "" || !one.Lasts() {
		return errs.Missing()
	}
	fill(form, "name", one.Name, "rev", number(one.Rev), "ord", number(one.Ord))
	return nil
}

func (s *Server) showVillageForm(w http.ResponseWriter, v *visit, status int, form *page.Form) error {
	one := v.dir.Village(v.r.PathValue("id"))
	data := villagePage{frame: s.frame(v, form, "admin.villages"), ID: one.ID}
	data.Title = one.Name
	for _, id := range v.dir.VillageUnits(one.ID) {
		data.Units = append(data.Units, v.dir.Unit(id))
	}
	if status == http.StatusConflict {
		form.Set("rev", number(one.Rev))
		data.Now = []page.Row{{Label: i18n.Key("admin.village.name"), Value: one.Name}, {Label: i18n.Key("admin.village.ord"), Value: one.Ord}}
	}
	return s.pages.Show(w, v.r, status, "village", data)
}

// saveVillage handles POST /admin/villages/{id}.
func (s *Server) saveVillage(w http.ResponseWriter, v *visit) error {
	form, err := page.ReadForm(v.r, nil)
	if err != nil {
		return err
	}
	id := v.r.PathValue("id")
	if one := v.dir.Village(id); one.ID == "" || !one.Lasts() {
		return errs.Missing()
	}
	cmd := org.SaveVillage{Key: form.Key, ID: id, Rev: form.Rev(), Name: form.Line("name", 60)}
	if n, ok := form.Int("ord", 0, 9999); ok {
		cmd.Ord = int64(n)
	}
	if form.Err() == nil {
		_, err = s.Orgs.SaveVillage(v.r.Context(), v.a, cmd)
	}
	return s.settle(w, v, form, err, done("/admin/villages/"+id), func(status int) error { return s.showVillageForm(w, v, status, form) })
}

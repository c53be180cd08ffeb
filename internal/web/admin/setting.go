package admin

import (
	"net/http"

	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/org"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

type settingsPage struct {
	frame
	Units []page.Choice
}

// askSettings handles GET /admin/settings.
func (s *Server) askSettings(w http.ResponseWriter, v *visit) error {
	form := page.NewForm()
	set := v.dir.Settings
	fill(form, string(org.OfficeName), set.OfficeName, string(org.OfficeAddress), set.OfficeAddress, string(org.OfficePhone), set.OfficePhone,
		string(org.SupervisionPhone), set.SupervisionPhone, string(org.OfficeHours), set.Hours.String(), string(org.DefaultUnit), set.DefaultUnit)
	if set.ShowEnglish {
		form.Set(string(org.ShowEnglish), "1")
	}
	return s.showSettings(w, v, http.StatusOK, form)
}

func (s *Server) showSettings(w http.ResponseWriter, v *visit, status int, form *page.Form) error {
	return s.pages.Show(w, v.r, status, "settings", settingsPage{s.frame(v, form, "admin.settings"), town.UnitChoices(nothing, v.dir.Units())})
}

// saveSettings handles POST /admin/settings: it settles what differs from now, all of it or nothing.
func (s *Server) saveSettings(w http.ResponseWriter, v *visit) error {
	form, err := page.ReadForm(v.r, nil)
	if err != nil {
		return err
	}
	hours, err := calendar.ParseHours(form.Line(string(org.OfficeHours), 100))
	for _, e := range errs.All(err) {
		form.Fail(string(org.OfficeHours), e.Key)
	}
	now := v.dir.Settings
	var sets []org.Set
	add := func(name org.Setting, was, is any) {
		if was != is {
			sets = append(sets, org.Set{Key: part(form.Key, string(name), 0), Name: name, Value: is})
		}
	}
	add(org.OfficeName, now.OfficeName, form.Line(string(org.OfficeName), 200))
	add(org.OfficeAddress, now.OfficeAddress, form.Line(string(org.OfficeAddress), 200))
	add(org.OfficePhone, now.OfficePhone, form.Line(string(org.OfficePhone), 40))
	add(org.SupervisionPhone, now.SupervisionPhone, form.Line(string(org.SupervisionPhone), 40))
	add(org.OfficeHours, now.Hours, hours)
	add(org.ShowEnglish, now.ShowEnglish, form.Bool(string(org.ShowEnglish)))
	add(org.DefaultUnit, now.DefaultUnit, form.Value(string(org.DefaultUnit)))
	err = nil
	if form.Err() == nil && len(sets) > 0 {
		err = s.Store.Update(v.r.Context(), v.a.Town, func(tx *db.Tx) error {
			for _, set := range sets {
				if _, err := s.Orgs.SetIn(v.r.Context(), tx, v.a, set); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return s.settle(w, v, form, err, done("/admin/settings"), func(status int) error { return s.showSettings(w, v, status, form) })
}

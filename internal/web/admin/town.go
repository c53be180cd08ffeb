package admin

import (
	"net/http"

	"yanming/internal/auth"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/web/page"
)

type townsPage struct {
	frame
	Towns  []org.Town
	Places []page.Choice // towns of the county by the division codes, not opened yet
}

// listTowns handles GET /admin/towns. It is there for a county's administrators.
func (s *Server) listTowns(w http.ResponseWriter, v *visit) error {
	form := page.NewForm()
	form.Set("office", s.Site.T(v.r, "admin.founder.office.usual"))
	return s.showTowns(w, v, http.StatusOK, form)
}

func (s *Server) showTowns(w http.ResponseWriter, v *visit, status int, form *page.Form) error {
	if v.dir.Town.Level != org.County {
		return errs.Missing()
	}
	data := townsPage{frame: s.frame(v, form, "admin.towns"), Places: []page.Choice{{Label: i18n.Key("admin.town.typed")}}}
	all, err := s.Orgs.AllTowns(v.r.Context())
	if err != nil {
		return err
	}
	opened := map[string]bool{}
	for _, t := range all {
		if opened[t.ID] = true; t.Parent == v.a.Town && t.Level == org.Township {
			data.Towns = append(data.Towns, t)
		}
	}
	under, err := s.Places.Under(v.a.Town)
	if err != nil {
		return err
	}
	for _, d := range under {
		if !opened[d.Code] {
			data.Places = append(data.Places, page.Choice{Value: d.Code, Label: d.Name})
		}
	}
	if data.Steps, err = s.pending(v); err != nil {
		return err
	}
	return s.pages.Show(w, v.r, status, "towns", data)
}

// openTown handles POST /admin/towns and answers with the login of the town's administrator.
func (s *Server) openTown(w http.ResponseWriter, v *visit) error {
	form, err := page.ReadForm(v.r, nil)
	if err != nil {
		return err
	}
	if v.dir.Town.Level != org.County {
		return errs.Missing()
	}
	code, name := form.Line("place", 12), form.Line("name", 60)
	if code == "" {
		code = form.Line("code", 12)
		form.Need("code", "name")
	} else if known, ok, err := s.Places.Name(code); err != nil {
		return err
	} else if ok {
		name = known
	}
	form.Need("office", "person", "login")
	f := auth.Founding{Town: org.OpenTown{Key: form.Key, ID: code, Name: name, Demo: v.dir.Town.Demo}, Office: form.Line("office", 60),
		Name: form.Line("person", 60), Login: form.Line("login", 40)}
	if form.Err() == nil && (len(code) != 9 || code[:6] != v.a.Town) {
		form.Fail("code", "admin.town.outside", v.a.Town)
	}
	password := ""
	if form.Err() == nil {
		password, err = s.Auth.OpenTown(v.r.Context(), v.a, f)
	}
	if err == nil && password != "" {
		one := slip{Name: f.Name, Unit: name + " " + f.Office, Role: "auth.role.admin", Login: f.Login, Password: password}
		return s.showLogins(w, v, "/admin/towns", []slip{one}, nil)
	}
	if errs.Is(err, errs.Invalid) {
		err = errs.Rename(err, "id", "code")
	}
	return s.settle(w, v, form, err, "", func(status int) error { return s.showTowns(w, v, status, form) })
}

package admin

import (
	"net/http"
	"strings"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/backup"
	"yanming/internal/db"
	"yanming/internal/org"
	"yanming/internal/web/page"
)

// steps returns the checklist as it stands. Only the tenant that founded the installation has the last two steps.
func (s *Server) steps(v *visit) ([]page.Step, error) {
	var accounts []auth.Account
	var towns int
	err := s.view(v, func(tx *db.Tx) (err error) {
		accounts, err = auth.Accounts(v.r.Context(), tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := []page.Step{{N: 1, Key: "admin.step.place", Href: "/admin/settings", State: "done"}}
	add := func(key, href string, done bool, otherwise string, count int) {
		if done {
			otherwise = "done"
		}
		out = append(out, page.Step{N: len(out) + 1, Key: "admin.step." + key, Href: href, State: otherwise, Count: count})
	}
	if v.dir.Town.Level == org.County {
		all, err := s.Orgs.AllTowns(v.r.Context())
		if err != nil {
			return nil, err
		}
		for _, t := range all {
			if t.Parent == v.a.Town && t.Level == org.Township {
				towns++
			}
		}
		add("towns", "/admin/towns", towns > 0, "todo", towns)
	} else {
		add("villages", "/admin/villages", len(v.dir.Villages()) > 0, "todo", len(v.dir.Villages()))
	}
	add("people", "/admin/people", staffed(v.dir, accounts), "todo", len(v.dir.People()))
	add("rules", "/admin/rules", v.dir.Settings.RulesConfirmed, "look", 0)
	add("categories", "/admin/categories", assigned(v.dir), "look", len(v.dir.Categories("")))
	if v.founder {
		saved, err := s.Keys.Saved()
		if err != nil {
			return nil, err
		}
		add("keys", "/admin/keys", saved, "todo", 0)
		good, _, err := backup.Last(v.r.Context(), s.Store)
		if err != nil {
			return nil, err
		}
		add("backup", "/admin/backup", good != nil, "later", 0)
	}
	return out, nil
}

// staffed reports whether somebody with an account can accept what residents say.
func staffed(dir *org.Directory, accounts []auth.Account) bool {
	for _, p := range dir.PeopleWith(auth.RolesWith(auth.RightAccept)...) {
		for _, acc := range accounts {
			if acc.Person == p.ID && !acc.Disabled {
				return true
			}
		}
	}
	return false
}

// assigned reports whether the town has looked at its categories: one of them goes to a unit, or everything does.
func assigned(dir *org.Directory) bool {
	if dir.Settings.DefaultUnit != "" {
		return true
	}
	for _, c := range dir.Categories("") {
		if c.Unit != "" {
			return true
		}
	}
	return false
}

// pending returns the checklist for the top of a step's page, nil once nothing is left but what comes later.
func (s *Server) pending(v *visit) ([]page.Step, error) {
	all, err := s.steps(v)
	if err != nil {
		return nil, err
	}
	left := false
	for i := range all {
		left = left || all[i].State == "todo" || all[i].State == "look"
		all[i].Here = strings.HasPrefix(v.r.URL.Path, all[i].Href)
	}
	if !left {
		return nil, nil
	}
	return all, nil
}

type homePage struct {
	frame
	List     []page.Step
	Sections [][]page.Tab
	Address  string // where residents come in
	Open     bool   // of a town: such cases can be received
}

// showHome handles GET /admin/: the checklist, and the way to everything else.
func (s *Server) showHome(w http.ResponseWriter, v *visit) error {
	list, err := s.steps(v)
	if err != nil {
		return err
	}
	data := homePage{frame: s.frame(v, nil, "admin.title"), List: list, Address: s.Site.Link("/")}
	data.Tabs = nil
	for _, section := range sections(v) {
		var ts []page.Tab
		for _, p := range section {
			ts = append(ts, page.Tab{Key: p[0], Href: p[1]})
		}
		data.Sections = append(data.Sections, ts)
	}
	if v.dir.Town.Level == org.Township {
		_, data.Open, err = s.Orgs.CountyOf(v.r.Context(), v.a.Town)
		if err != nil {
			return err
		}
	} else {
		data.Open = len(v.dir.PeopleWith(actor.CountyOfficer)) > 0
	}
	return s.pages.Show(w, v.r, http.StatusOK, "home", data)
}

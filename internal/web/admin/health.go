package admin

import (
	"net/http"
	"regexp"

	"yanming/internal/doctor"
	"yanming/internal/errs"
	"yanming/internal/i18n"
)

type healthPage struct {
	frame
	Found []foundRow
	Sick  int
}

// foundRow is one finding as the page says it.
type foundRow struct {
	Name, State i18n.Key
	Class       string // of the badge
	Says        string
	Link, Rest  string // the first page of ours that it names, and what follows; "" for none
}

// pageNamed finds a page of the administrators that a finding names.
var pageNamed = regexp.MustCompile(`/admin/[a-z]+`)

// showHealth handles GET /admin/health: what the doctor finds, for whoever runs the installation.
func (s *Server) showHealth(w http.ResponseWriter, v *visit) error {
	if !v.founder {
		return errs.Missing()
	}
	data := healthPage{frame: s.frame(v, nil, "doctor.page")}
	for _, f := range s.Health(v.r.Context()) {
		row := foundRow{Name: i18n.Key("doctor.check." + f.Check), State: i18n.Key("doctor.state." + string(f.State)), Class: "g",
			Says: s.Site.T(v.r, f.Key, f.Args...)}
		if at := pageNamed.FindStringIndex(row.Says); at != nil {
			row.Says, row.Link, row.Rest = row.Says[:at[0]], row.Says[at[0]:at[1]], row.Says[at[1]:]
		}
		switch f.State {
		case doctor.Todo:
			row.Class = "r"
			data.Sick++
		case doctor.Look:
			row.Class = "y"
		}
		data.Found = append(data.Found, row)
	}
	return s.pages.Show(w, v.r, http.StatusOK, "health", data)
}

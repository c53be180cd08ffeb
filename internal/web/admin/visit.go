package admin

import (
	"net/http"
	"time"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/org"
	"yanming/internal/web/page"
)

// visit is one request of somebody signed in, with the town's organisation as it stood when it came.
type visit struct {
	r       *http.Request
	a       actor.Actor
	dir     *org.Directory
	founder bool      // the tenant that was set up first: it holds the installation's keys
	demo    bool      // of a demo nothing is kept
	since   time.Time // when the first tenant was opened
}

// handler answers a visit.
type handler func(w http.ResponseWriter, v *visit) error

// Who may see a page.
func anybody(actor.Actor) bool       { return true }
func administers(a actor.Actor) bool { return auth.Can(a, auth.RightAdmin) }
func reads(a actor.Actor) bool       { return administers(a) || auth.Can(a, auth.RightAudit) }

// staff is Site.Staff for the pages of this package: for those whom may does not admit they are not there.
func (s *Server) staff(may func(actor.Actor) bool, fn handler, opts ...page.Option) http.Handler {
	return s.Site.Staff(func(w http.ResponseWriter, r *http.Request) error {
		v := &visit{r: r, a: page.Actor(r)}
		if !may(v.a) {
			return errs.Missing()
		}
		if err := s.look(v); err != nil {
			return err
		}
		ts, err := s.Orgs.AllTowns(r.Context())
		if err != nil {
			return err
		}
		v.founder = Founder(ts) == v.a.Town
		for _, t := range ts {
			v.demo = v.demo || t.Demo
			if v.since.IsZero() || t.Opened.Before(v.since) {
				v.since = t.Opened
			}
		}
		v.r = page.InTown(r, page.Town{ID: v.dir.Town.ID, Name: v.dir.Town.Name, English: true})
		return fn(w, v)
	}, opts...)
}

// Founder returns the tenant that was opened first; of a county and its town opened at once, the county.
func Founder(ts []org.Town) string {
	first := org.Town{}
	for _, t := range ts {
		if first.ID == "" || t.Opened.Before(first.Opened) {
			first = t
		}
	}
	return first.ID
}

// look reads the town's organisation, at the start and again after somebody changed it meanwhile.
func (s *Server) look(v *visit) error {
	return s.view(v, func(tx *db.Tx) (err error) {
		v.dir, err = s.Orgs.Load(v.r.Context(), tx)
		return err
	})
}

// view runs fn in a reading transaction of the visitor's town.
func (s *Server) view(v *visit, fn func(*db.Tx) error) error {
	return s.Store.View(v.r.Context(), v.a.Town, fn)
}

// frame is what every page of this package stands in.
type frame struct {
	page.Head
	Form  *page.Form
	Saved bool        // what was sent before is done
	Tabs  []page.Tab  // pages of the same section
	Steps []page.Step // what is left to set up; nil once all is done
	Now   []page.Row  // how the record stands, where somebody changed it meanwhile
	Risk  *backupNote // what is wrong with backups; nil for nothing
}

// Next is the first step that is still to be done, other than the one at hand; nil for none.
func (f frame) Next() *page.Step {
	for i, one := range f.Steps {
		if !one.Here && (one.State == "todo" || one.State == "look") {
			return &f.Steps[i]
		}
	}
	return nil
}

// frame returns the frame for a page with the message key as its title.
func (s *Server) frame(v *visit, form *page.Form, key string, args ...any) frame {
	if form == nil {
		form = page.NewForm()
	}
	h := s.Head(v.r, v.a, v.dir, key, args...)
	h.Wrong = len(form.Errs) > 0
	f := frame{Head: h, Form: form, Saved: v.r.URL.Query().Get("ok") != ""}
	if administers(v.a) {
		f.Tabs, f.Risk = s.tabs(v), s.backupNote(v)
	}
	return f
}

// sections are the pages of each section, by message key and path; the first path is where the section begins.
func sections(v *visit) [][][2]string {
	place := [][2]string{{"admin.units", "/admin/units"}, {"admin.villages", "/admin/villages"}, {"admin.grids", "/admin/grids"}, {"admin.contacts", "/admin/contacts"}}
	if v.dir.Town.Level == org.County {
		place = [][2]string{{"admin.units", "/admin/units"}, {"admin.towns", "/admin/towns"}}
	}
	rest := [][2]string{{"admin.settings", "/admin/settings"}}
	if v.founder {
		rest = append(rest, [][2]string{{"admin.keys", "/admin/keys"}, {"admin.backup", "/admin/backup"}, {"doctor.page", "/admin/health"}}...)
	}
	return [][][2]string{
		place,
		{{"admin.people", "/admin/people"}, {"admin.leaders", "/admin/leaders"}, {"admin.confidants", "/admin/confidants"}},
		{{"admin.rules", "/admin/rules"}, {"admin.categories", "/admin/categories"}, {"admin.holidays", "/admin/holidays"}},
		append(rest, [][2]string{{"notice.hooks", "/admin/hooks"}, {"notice.deliveries", "/admin/deliveries"}, {"admin.journal", "/admin/journal"}}...),
	}
}

// tabs are the way back to the overview and the pages of the section at hand.
func (s *Server) tabs(v *visit) []page.Tab {
	path := v.r.URL.Path
	out := []page.Tab{{Key: "admin.title", Href: "/admin/", Current: path == "/admin/"}}
	for _, section := range sections(v) {
		var ts []page.Tab
		here := false
		for _, p := range section {
			current := path == p[1] || len(path) > len(p[1]) && path[:len(p[1])+1] == p[1]+"/"
			here = here || current
			ts = append(ts, page.Tab{Key: p[0], Href: p[1], Current: current})
		}
		if here {
			return append(out, ts...)
		}
	}
	return out
}

// settle ends the handling of a form. Done, it leads on to a page that says so. Refused, it shows the page again by
// again, with all that was typed, and the status that says why; before a conflict is shown the organisation is read
// anew, and the form gets a fresh one-time token, so that sending it once more is a decision of its own.
func (s *Server) settle(w http.ResponseWriter, v *visit, form *page.Form, err error, to string, again func(status int) error) error {
	if err == nil && len(form.Errs) == 0 {
		return page.SeeOther(w, v.r, to)
	}
	status := http.StatusUnprocessableEntity
	if err != nil {
		shown := false
		if status, shown = form.Turned(err); !shown {
			return err
		}
	}
	if status != http.StatusUnprocessableEntity {
		form.Key = page.NewForm().Key
	}
	if status == http.StatusConflict {
		if err := s.look(v); err != nil {
			return err
		}
	}
	return again(status)
}

// done is the address of a page that says that it is done.
func done(path string) string { return path + "?ok=1" }

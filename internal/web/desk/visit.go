package desk

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"yanming/internal/auth"
	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/errs"
	"yanming/internal/org"
	"yanming/internal/seal"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

// visit is one request of somebody who is signed in.
type visit struct{ town.Visit }

// handler is a handler of the desk.
type handler func(w http.ResponseWriter, v *visit) error

// staff is Site.Staff for these pages: it finds the town of whoever asks. Accounts without a person or post in the town
// find nothing here.
func (s *Server) staff(fn handler, opts ...page.Option) http.Handler {
	return s.Site.Staff(func(w http.ResponseWriter, r *http.Request) error {
		a := page.Actor(r)
		if a.Person == "" || len(a.Posts) == 0 {
			return errs.Missing()
		}
		v, err := s.Open(r, a, a.Town)
		if err != nil {
			return err
		}
		return fn(w, &visit{v})
	}, opts...)
}

// registers answers NotFound to those whose posts take no words down.
func (v *visit) registers() error {
	if !auth.Can(v.Actor, auth.RightRegister) {
		return errs.Missing()
	}
	return nil
}

// head is the frame of a page.
func (s *Server) head(v *visit, key string, args ...any) page.Head {
	h := s.Head(v.R, v.Actor, v.Dir, key, args...)
	at := "/office/cases"
	if strings.HasPrefix(v.R.URL.Path, "/office/slips") {
		at = "/office/slips"
	}
	for i := range h.Nav {
		h.Nav[i].Current = h.Nav[i].Href == at
	}
	return h
}

// number reads the receipt's number in the path. NotFound for what is none.
func (v *visit) number() (seal.Number, error) {
	n, err := seal.ParseNumber(v.R.PathValue("number"))
	if err != nil || string(n) != v.R.PathValue("number") {
		return "", errs.Missing()
	}
	return n, nil
}

// date says a day in full, for paper.
func (v *visit) date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	day := calendar.DayOf(t)
	y, m, d := day.Date()
	return v.T("desk.date", y, m, d, string(day))
}

// person names a colleague with their title.
func (v *visit) person(id string) string {
	p := v.Dir.Person(id)
	if p.Title == "" {
		return p.Name
	}
	return p.Name + v.T("desk.bracket", p.Title)
}

// place says where a case is, in the words of the town and then in the resident's.
func (v *visit) place(c casework.Case) string {
	parts := []string{v.Dir.Village(c.Village).Name, v.Dir.Grid(c.Grid).Name, v.Unit(c.Firm), c.Words.Place}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

// ruleFor returns the version of a kind's clock that holds now; false for a clock that the kind does not have.
func (v *visit) ruleFor(kind casework.Kind, clock org.Clock) (org.Rule, bool) {
	r, err := v.Dir.RuleFor(string(kind), clock, v.Now)
	return r, err == nil
}

// office is who signs and receives people.
func (v *visit) office() string {
	if v.Dir.Settings.OfficeName != "" {
		return v.Dir.Settings.OfficeName
	}
	return v.Dir.Town.Name
}

// span says a length of time: 30 天, 5 个工作日.
func (v *visit) span(s calendar.Span) string { return v.T("desk.span."+string(s.Unit), s.N) }

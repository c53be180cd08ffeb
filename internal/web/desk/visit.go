package desk

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/seal"
	"yanming/internal/web/page"
)

// visit is one request of somebody who is signed in, with what their town has settled.
type visit struct {
	site *page.Site
	r    *http.Request
	a    actor.Actor
	dir  *org.Directory
	now  time.Time
}

// handler is a handler of the desk.
type handler func(w http.ResponseWriter, v *visit) error

// staff is Site.Staff for these pages: it finds the town of whoever asks. Accounts without a person or post in the town
// find nothing here.
func (s *Server) staff(fn handler, opts ...page.Option) http.Handler {
	return s.Site.Staff(func(w http.ResponseWriter, r *http.Request) error {
		v := &visit{site: s.Site, a: page.Actor(r)}
		if v.a.Person == "" || len(v.a.Posts) == 0 {
			return errs.Missing()
		}
		v.now = s.Store.Now()
		var err error
		if v.dir, err = s.Orgs.Directory(r.Context(), v.a.Town); err != nil {
			return err
		}
		v.r = page.InTown(r, page.Town{ID: v.dir.Town.ID, Name: v.dir.Town.Name, English: v.dir.Settings.ShowEnglish})
		return fn(w, v)
	}, opts...)
}

// registers answers NotFound to those whose posts take no words down.
func (v *visit) registers() error {
	if !auth.Can(v.a, auth.RightRegister) {
		return errs.Missing()
	}
	return nil
}

// head is the frame of a page.
func (s *Server) head(v *visit, key string, args ...any) page.Head {
	h := s.Site.Head(v.r, key, args...)
	h.Nav = s.Nav(v.r)
	at := "/office/cases"
	if strings.HasPrefix(v.r.URL.Path, "/office/slips") {
		at = "/office/slips"
	}
	for i := range h.Nav {
		h.Nav[i].Current = h.Nav[i].Href == at
	}
	if units := v.a.Units(); len(units) > 0 {
		h.Post = v.dir.Unit(units[0]).Name
	}
	return h
}

// number reads the receipt's number in the path. NotFound for what is none.
func (v *visit) number() (seal.Number, error) {
	n, err := seal.ParseNumber(v.r.PathValue("number"))
	if err != nil || string(n) != v.r.PathValue("number") {
		return "", errs.Missing()
	}
	return n, nil
}

func caseURL(n seal.Number) string { return "/office/cases/" + string(n) }

// T says a message in the visitor's language.
func (v *visit) T(key string, args ...any) string { return v.site.T(v.r, key, args...) }

// in says a text that is data in the visitor's language.
func (v *visit) in(p i18n.Pair) string { return p.In(v.site.Lang(v.r)) }

// date says a day in full, for paper.
func (v *visit) date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	day := calendar.DayOf(t)
	y, m, d := day.Date()
	return v.T("desk.date", y, m, d, string(day))
}

func (v *visit) unit(id string) string { return v.dir.Unit(id).Name }

// person names a colleague with their title.
func (v *visit) person(id string) string {
	p := v.dir.Person(id)
	if p.Title == "" {
		return p.Name
	}
	return p.Name + v.T("desk.bracket", p.Title)
}

func (v *visit) units(ids []string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = v.unit(id)
	}
	return strings.Join(names, v.T("desk.comma"))
}

// place says where a case is, in the words of the town and then in the resident's.
func (v *visit) place(c casework.Case) string {
	parts := []string{v.dir.Village(c.Village).Name, v.dir.Grid(c.Grid).Name, v.unit(c.Firm), c.Words.Place}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

// rule returns the rule that set a clock; false where none did.
func (v *visit) rule(c casework.Clock) (org.Rule, bool) {
	ref, _, _ := strings.Cut(c.Rule, " ")
	return v.dir.Rule(ref)
}

// ruleFor returns the version of a kind's clock that holds now; false for a clock that the kind does not have.
func (v *visit) ruleFor(kind casework.Kind, clock org.Clock) (org.Rule, bool) {
	r, err := v.dir.RuleFor(string(kind), clock, v.now)
	return r, err == nil
}

// office is who signs and receives people.
func (v *visit) office() string {
	if v.dir.Settings.OfficeName != "" {
		return v.dir.Settings.OfficeName
	}
	return v.dir.Town.Name
}

// span says a length of time: 30 天, 5 个工作日.
func (v *visit) span(s calendar.Span) string { return v.T("desk.span."+string(s.Unit), s.N) }

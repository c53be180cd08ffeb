package office

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"yanming/internal/actor"
	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/journal"
	"yanming/internal/org"
	"yanming/internal/web/page"
)

// visit is one request of somebody who handles cases, with what their town has settled.
type visit struct {
	site *page.Site
	r    *http.Request
	lang i18n.Lang
	a    actor.Actor
	dir  *org.Directory
	now  time.Time
}

// staff is Site.Staff for the pages of this package: it answers NotFound to those who see no cases, and finds the town.
func (s *Server) staff(fn func(w http.ResponseWriter, v *visit) error, opts ...page.Option) http.Handler {
	return s.Site.Staff(func(w http.ResponseWriter, r *http.Request) error {
		a := page.Actor(r)
		if !sees(a) {
			return errs.Missing()
		}
		v, err := s.open(r, a, a.Town)
		if err != nil {
			return err
		}
		return fn(w, v)
	}, opts...)
}

// open prepares a visit to a town.
func (s *Server) open(r *http.Request, a actor.Actor, town string) (*visit, error) {
	v := &visit{site: s.Site, a: a, now: s.Store.Now()}
	var err error
	if v.dir, err = s.Orgs.Directory(r.Context(), town); err != nil {
		return nil, err
	}
	v.r = page.InTown(r, page.Town{ID: v.dir.Town.ID, Name: v.dir.Town.Name, English: v.dir.Settings.ShowEnglish})
	v.lang = v.site.Lang(v.r)
	return v, nil
}

// head is the frame of a page.
func (s *Server) head(v *visit, key string, args ...any) page.Head {
	h := s.Site.Head(v.r, key, args...)
	h.Nav = s.Nav(v.r)
	if units := v.a.Units(); len(units) > 0 {
		h.Post = v.dir.Unit(units[0]).Name
	}
	return h
}

// T says a message in the visitor's language.
func (v *visit) T(key string, args ...any) string { return v.site.T(v.r, key, args...) }

// in says a text that is data in the visitor's language.
func (v *visit) in(p i18n.Pair) string { return p.In(v.lang) }

// join puts the parts that are not empty side by side.
func join(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// who names whoever did something: a colleague with their post or unit, the resident, or the clock.
func (v *visit) who(by string) string {
	switch by {
	case journal.Resident:
		return v.T("office.by.resident")
	case journal.System:
		return v.T("office.by.system")
	}
	return v.person(by)
}

// person names a colleague with their post or unit.
func (v *visit) person(id string) string {
	p := v.dir.Person(id)
	title := p.Title
	if posts := v.dir.PostsOf(id); title == "" && len(posts) > 0 {
		if title = posts[0].Title; title == "" {
			title = v.dir.Unit(posts[0].Unit).Name
		}
	}
	return join(p.Name, title)
}

func (v *visit) unit(id string) string { return v.dir.Unit(id).Name }

func (v *visit) units(ids []string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = v.unit(id)
	}
	return strings.Join(names, v.T("office.comma"))
}

// place says where a case is: village and grid, else firm, else what the resident called it.
func (v *visit) place(c casework.Case) string {
	s := strings.TrimSpace(v.dir.Village(c.Village).Name + " " + v.dir.Grid(c.Grid).Name)
	if c.Firm != "" {
		s = join(s, v.unit(c.Firm))
	}
	if s == "" {
		s = c.Words.Place
	}
	return s
}

// title is a case's title; a case whose key was destroyed has none left.
func (v *visit) title(c casework.Case) string {
	if c.Words.Title == "" {
		return v.T("office.erased")
	}
	return c.Words.Title
}

// rule returns the rule that set a clock; false where none did, as for a planned day.
func (v *visit) rule(c casework.Clock) (org.Rule, bool) {
	ref, _, _ := strings.Cut(c.Rule, " ")
	return v.dir.Rule(ref)
}

// due says how the clock of a case's unit stands; nil where none runs.
func (v *visit) due(c casework.Case) *page.Due {
	switch {
	case !c.Due.Set() || c.State.Final():
		return nil
	case c.Outcome == casework.Scheduled && c.State != casework.Closed:
		return v.running(c.Due)
	case !c.State.Unanswered():
		return &page.Due{State: page.DueDone, Day: calendar.DayOf(c.Answered)}
	}
	if r, ok := v.rule(c.Due); ok && r.Pauses && c.State == casework.AwaitingInfo {
		return &page.Due{State: page.DuePaused}
	}
	return v.running(c.Due)
}

// running says how a clock stands now, in working days where its rule counts those.
func (v *visit) running(c casework.Clock) *page.Due {
	day, today := calendar.DayOf(c.At), calendar.DayOf(v.now)
	r, _ := v.rule(c)
	d := page.Due{State: page.DueOK, Day: day, Work: r.Span.Unit == calendar.WorkingDay, Provisional: c.Provisional}
	left := func(from, to calendar.Day) int {
		if d.Work {
			return v.dir.Calendar.WorkingDays(from.AddDays(1), to)
		}
		return from.DaysTo(to)
	}
	switch {
	case c.At.Before(v.now):
		d.State, d.Left = page.DueOver, left(day, today)
	case c.At.Before(v.now.Add(casework.Soon)):
		d.State, d.Left = page.DueSoon, left(today, day)
	default:
		d.Left = left(today, day)
	}
	if d.State == page.DueOver && d.Left == 0 && day != today { // passed with the holiday behind it
		d.Work, d.Left = false, day.DaysTo(today)
	}
	if d.State != page.DueOver && d.Left == 0 && day != today {
		d.Work, d.Left = false, today.DaysTo(day)
	}
	return &d
}

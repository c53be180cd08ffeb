package office

import (
	"net/http"
	"slices"
	"strings"

	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/errs"
	"yanming/internal/journal"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

// visit is one request of somebody who handles cases.
type visit struct {
	town.Visit
	alike []casework.Case // that may be the same matter as the one to be joined
}

// staff is Site.Staff for the pages of this package: it answers NotFound to those who see no cases, and finds the town.
func (s *Server) staff(fn func(w http.ResponseWriter, v *visit) error, opts ...page.Option) http.Handler {
	return s.Site.Staff(func(w http.ResponseWriter, r *http.Request) error {
		a := page.Actor(r)
		if !sees(a) {
			return errs.Missing()
		}
		v, err := s.Open(r, a, a.Town)
		if err != nil {
			return err
		}
		return fn(w, &visit{Visit: v})
	}, opts...)
}

// head is the frame of a page.
func (s *Server) head(v *visit, key string, args ...any) page.Head {
	return s.Head(v.R, v.Actor, v.Dir, key, args...)
}

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
	p := v.Dir.Person(id)
	title := p.Title
	if posts := v.Dir.PostsOf(id); title == "" && len(posts) > 0 {
		if title = posts[0].Title; title == "" {
			title = v.Dir.Unit(posts[0].Unit).Name
		}
	}
	return join(p.Name, title)
}

// place says where a case is: village and grid, else firm, else what the resident called it.
func (v *visit) place(c casework.Case) string {
	s := strings.TrimSpace(v.Dir.Village(c.Village).Name + " " + v.Dir.Grid(c.Grid).Name)
	if c.Firm != "" {
		s = join(s, v.Unit(c.Firm))
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

// stand says in which state a case is, with what the unit says came of it; where the resident says that it is not solved,
// that and not the unit's word.
func (v *visit) stand(c casework.Case) string {
	if c.Outcome == "" {
		return v.In(c.State.Name())
	}
	if c.Solved.Lacks() {
		return join(v.In(c.State.Name()), v.T("office.stand.says", v.In(c.Solved.Name())))
	}
	return join(v.In(c.State.Name()), v.In(c.Outcome.Name()))
}

// due says how the clock of a case's unit stands; nil where none runs.
func (v *visit) due(c casework.Case) *page.Due {
	switch {
	case !c.Due.Set() || c.State.Final():
		return nil
	case c.Outcome == casework.Scheduled && c.State != casework.Closed:
		return v.running(c.Due)
	case c.Solved.Lacks() && c.State != casework.Closed:
		return nil // answered, but nothing to be green about
	case !c.State.Unanswered():
		return &page.Due{State: page.DueDone, Day: calendar.DayOf(c.Answered)}
	}
	if r, ok := v.Rule(c.Due); ok && r.Pauses && c.State == casework.AwaitingInfo {
		return &page.Due{State: page.DuePaused}
	}
	return v.running(c.Due)
}

// running says how a clock stands now, in working days where its rule counts those.
func (v *visit) running(c casework.Clock) *page.Due {
	day, today := calendar.DayOf(c.At), calendar.DayOf(v.Now)
	r, _ := v.Rule(c)
	d := page.Due{State: page.DueOK, Day: day, Work: r.Span.Unit == calendar.WorkingDay, Provisional: c.Provisional}
	left := func(from, to calendar.Day) int {
		if d.Work {
			return v.Dir.Calendar.WorkingDays(from.AddDays(1), to)
		}
		return from.DaysTo(to)
	}
	switch {
	case c.At.Before(v.Now):
		d.State, d.Left = page.DueOver, left(day, today)
	case c.At.Before(v.Now.Add(casework.Soon)):
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

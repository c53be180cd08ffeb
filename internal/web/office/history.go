package office

import (
	"slices"
	"strings"
	"time"

	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/i18n"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

// step is one event of a case's history, as shown.
type step struct {
	Key   string
	Who   string
	At    time.Time
	Late  time.Time // when it was written down, where that is another day
	State string
	Texts []page.Row // what was written; the label is empty for plain words
	Facts []page.Row
	Files []fileLink
}

// history is what happened to a case, the newest first.
func (v *visit) history(sh casework.Sheet) []step {
	files := map[string][]fileLink{}
	for _, f := range sh.Files {
		files[f.Event] = append(files[f.Event], fileOf(town.CaseURL(sh.Case.Number), f))
	}
	all, due := slices.Clone(sh.Steps), casework.Clock{}
	for i := range all { // a step that leaves the due day where it was says nothing of it
		if d := all[i].Due; d != nil && d.At.Equal(due.At) && d.Rule == due.Rule {
			all[i].Due = nil
		} else if d != nil {
			due = *d
		}
	}
	steps := make([]step, 0, len(all))
	for i := len(all) - 1; i >= 0; i-- {
		st := v.step(sh, all[i])
		st.Files = files[sh.Steps[i].ID]
		if i == len(sh.Steps)-1 {
			st.State = "now"
		}
		steps = append(steps, st)
	}
	return steps
}

func (v *visit) step(sh casework.Sheet, s casework.Step) step {
	out := step{Key: "office.event." + string(s.Type), Who: v.who(s.By), At: s.At}
	if calendar.DayOf(s.Done) != calendar.DayOf(s.At) {
		out.Late = s.Done
	}
	text := func(key, value string) {
		if value != "" {
			r := page.Row{Value: value}
			if key != "" {
				r.Label = i18n.Key(key)
			}
			out.Texts = append(out.Texts, r)
		}
	}
	if s.Type == casework.EvPublished {
		text("", s.Words.Title)
	}
	if s.Type != casework.EvRegistered { // the words stand above
		text("", s.Words.Text)
	}
	text("office.text.target", s.Words.Target)
	text("office.text.reason", s.Words.Reason)
	text("office.text.basis", s.Words.Basis)
	fact := func(key, value string) {
		if value != "" {
			out.Facts = append(out.Facts, page.Row{Label: i18n.Key(key), Value: value})
		}
	}
	fact("office.fact.outcome", v.In(s.Outcome.Name()))
	if s.Type == casework.EvContactRecorded {
		v.contact(s, fact)
	}
	if s.Type == casework.EvCorrected {
		v.correction(s, fact)
	}
	fact("office.fact.unit", v.Unit(s.Unit))
	fact("office.fact.assist", v.Units(s.Assist))
	for _, x := range []struct{ key, id string }{{"office.fact.leader", s.Leader}, {"office.fact.handler", s.Handler}, {"office.fact.person", s.Person}} {
		if x.id != "" {
			fact(x.key, v.person(x.id))
		}
	}
	if s.Ruling {
		fact("office.fact.ruling", v.T("office.yes"))
	}
	if s.Days > 0 {
		fact("office.fact.days", v.T("office.days", s.Days))
	}
	if s.Level > 0 {
		fact("office.fact.level", v.T("office.level", s.Level))
	}
	if s.Into != "" && s.Into == sh.Case.LinkedTo {
		fact("office.fact.into", sh.Into.Grouped())
	}
	if s.Type == casework.EvWithdrawn && s.AtCounter {
		fact("office.fact.counter", v.T("office.yes"))
	}
	v.clocks(s, fact)
	return out
}

// contact says what a call-back found.
func (v *visit) contact(s casework.Step, fact func(key, value string)) {
	if !s.Reached {
		fact("office.fact.reached", v.T("office.no"))
		return
	}
	fact("office.fact.solved", v.In(s.Solved.Name()))
	fact("office.fact.satisfied", v.In(s.Satisfied.Name()))
	if s.AtCounter {
		fact("office.fact.counter", v.T("office.yes"))
	}
}

// correction says what was mended.
func (v *visit) correction(s casework.Step, fact func(key, value string)) {
	fact("office.field.kind", v.In(s.Kind.Name()))
	fact("office.field.category", v.In(v.Dir.Category(s.Category).Name))
	fact("office.field.village", v.Dir.Village(s.Village).Name)
	fact("office.field.grid", v.Dir.Grid(s.Grid).Name)
	fact("office.field.title", s.Words.Title)
}

// clocks says which due moments the step set, by which rule and law.
func (v *visit) clocks(s casework.Step, fact func(key, value string)) {
	if s.Planned != "" {
		fact("office.fact.planned", v.day(s.Planned.Start()))
	}
	for _, x := range []struct {
		key   string
		clock *casework.Clock
	}{{"office.fact.notice", s.Notice}, {"office.fact.due", s.Due}, {"office.fact.sign", s.Sign}} {
		if x.clock == nil || !x.clock.Set() || s.Planned != "" {
			continue
		}
		said := v.day(x.clock.At)
		if x.clock.Provisional {
			said += v.T("page.due.provisional")
		}
		ref, change, _ := strings.Cut(x.clock.Rule, " ") // what follows moved it: dispatch, extended, paused
		if change != "" {
			said += v.T("office.clock.changed")
		}
		if r, ok := v.Dir.Rule(ref); ok {
			said += v.T("office.law", r.Law)
		}
		fact(x.key, said)
	}
}

// day says a moment as its day, in the visitor's language.
func (v *visit) day(t time.Time) string {
	t = t.In(calendar.Zone())
	if v.Site.Lang(v.R) == i18n.EN {
		return t.Format("2 January 2006")
	}
	return v.T("office.day", t.Year(), int(t.Month()), t.Day())
}

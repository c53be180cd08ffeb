package page

import (
	"fmt"

	"yanming/internal/calendar"
)

// DueState is how a clock stands. It is shown by colour, shape and words together, never by colour alone.
type DueState string

// The states of a clock.
const (
	DueOK     DueState = "ok"     // green circle
	DueSoon   DueState = "soon"   // amber triangle
	DueOver   DueState = "over"   // red square
	DuePaused DueState = "paused" // grey ring
	DueDone   DueState = "done"   // green circle: nothing runs any more
)

// Due is a deadline as shown: always with its date. The parts "due" and, for dense
// lists, "dueshort" take it.
type Due struct {
	State       DueState
	Day         calendar.Day
	Left        int  // days until Day; for DueOver the days since
	Work        bool // Left counts working days, which is said only where the rule counts them
	Provisional bool // Day lies behind the last known holiday notice
}

// DueOn returns the deadline day as it stands today, counted in calendar days; from soon days before it warns.
func DueOn(day, today calendar.Day, soon int) Due {
	d := Due{State: DueOK, Day: day, Left: today.DaysTo(day)}
	switch {
	case d.Left < 0:
		d.State, d.Left = DueOver, -d.Left
	case d.Left <= soon:
		d.State = DueSoon
	}
	return d
}

// Class is the letter of the state in the style sheet, for a badge and for the bar of a list item.
func (d Due) Class() string {
	switch d.State {
	case DueOK, DueDone:
		return "g"
	case DueSoon:
		return "y"
	case DueOver:
		return "r"
	}
	return "n"
}

// dueWords says a deadline: 11月25日到期 · 剩 2 天. The short form, for dense lists, is 11-25 · 剩 2 天.
func (p speaker) dueWords(d Due, short bool) (string, error) {
	say, form := p.day, "page.due"
	if short {
		say, form = p.md, "page.dues"
	}
	day, err := say(d.Day)
	if err != nil {
		return "", err
	}
	if d.Provisional {
		day += p.t("page.due.provisional")
	}
	unit := ""
	if d.Work {
		unit = ".work"
	}
	switch {
	case d.State == DuePaused:
		return p.t("page.due.paused"), nil
	case d.State == DueDone && d.Day == "":
		return p.t("page.due.done"), nil
	case d.State == DueDone:
		return p.t("page.due.done_on", day), nil
	case d.State == DueOver && d.Left == 0:
		return p.t(form+".over_today", day), nil
	case d.State == DueOver:
		return p.t(form+".over"+unit, day, d.Left), nil
	case d.State != DueOK && d.State != DueSoon:
		return "", fmt.Errorf("due: state %q is unknown", string(d.State))
	case d.Left == 0:
		return p.t(form+".today", day), nil
	}
	return p.t(form+".left"+unit, day, d.Left), nil
}

// Moment is one step of a timeline. The part "timeline" takes a []Moment, the newest first or the next steps in order.
type Moment struct {
	State  string // "" done | now | todo
	When   any    // a time.Time, calendar.Day, or a text as for say
	Title  any    // a text as for say
	Text   string // what was written, shown with its lines
	Who    string
	Log    int64  // number in the log (留底编号), or 0
	Href   string // a page or file that belongs to it
	Linked any    // the text of that link, as for say
}

// At reports whether When is a moment, which is then shown with its time of day.
func (m Moment) At() bool {
	_, isDay := m.When.(calendar.Day)
	return !isDay && m.dated()
}

// On reports whether When is a day.
func (m Moment) On() bool { return !m.At() && m.dated() }

func (m Moment) dated() bool {
	_, known, err := moment(m.When)
	return err == nil && known
}

// Row is one line of the part "rows": what it is, and what was given. Edit leads to where it can be changed.
type Row struct {
	Label any // as for say
	Value any // as for say
	Edit  string
}

// Step is one of several things to do in order. The part "steps" takes a []Step, which may be empty, as the way along their
// pages; the part "stepstate" says how one stands.
type Step struct {
	N     int
	Key   string // message key; with .says behind it what it is about
	Href  string // "" where it cannot be opened yet
	State string // done | now | look | todo | later
	Count int    // how many there are already
	Here  bool   // its page is the one at hand
}

// Class is the state's badge in the style sheet.
func (s Step) Class() string {
	switch s.State {
	case "done":
		return "g"
	case "now", "look":
		return "y"
	}
	return "n"
}

// Tab leads to a neighbouring page of the same section. The part "tabs" takes a []Tab, which may be empty.
type Tab struct {
	Key, Href string
	Current   bool
}

// Pager is what the part "pager" takes: links to the neighbouring pages of a list that is walked by key, "" at an end.
type Pager struct{ Prev, Next string }

// Figure is a number that leads to its records. The part "fig" takes it; fig makes it.
type Figure struct {
	Value string
	Href  string
	Label string // said to screen readers where the words around it do not say what it counts
}

// fig makes a Figure: fig 69 "/f/case.received?period=all".
func fig(value any, href string, label ...string) (Figure, error) {
	f := Figure{Href: href}
	if s, ok := value.(string); ok {
		f.Value = s // such as 98.5%
	} else {
		n, err := number(value)
		if err != nil {
			return f, err
		}
		f.Value = n
	}
	if len(label) > 0 {
		f.Label = label[0]
	}
	return f, nil
}

// Nothing is what the part "empty" takes: what the list will hold, and how to begin.
type Nothing struct {
	Title, Text  string // message keys
	Href, Action string // link and its message key, or ""
}

// empty makes a Nothing: empty "case.none" "case.none.text" "/office/cases/new" "case.new".
func empty(title, text string, action ...string) (Nothing, error) {
	n := Nothing{Title: title, Text: text}
	switch len(action) {
	case 0:
	case 2:
		n.Href, n.Action = action[0], action[1]
	default:
		return n, fmt.Errorf("empty: an action is a link and a message key")
	}
	return n, nil
}

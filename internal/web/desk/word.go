package desk

import (
	"strings"
	"time"
	"unicode"

	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/errs"
	"yanming/internal/seal"
	"yanming/internal/web/page"
)

// The bounds of what is typed, in characters.
const (
	maxLine   = 100
	maxTitle  = 80
	maxText   = 8000
	maxReason = 200
)

// Who may learn the name.
const (
	named     = "open"
	protected = "protected"
	nameless  = "anonymous"
)

// word is a form with which a word is taken down, and, for a fix, what was done about it.
type word struct {
	*page.Form
	v   *visit
	fix bool
}

// newWord is an empty form with what is known already.
func (v *visit) newWord(fix bool) word {
	w := word{page.NewForm(), v, fix}
	q := v.R.URL.Query()
	w.Set("channel", q.Get("channel"))
	w.Set("kind", string(casework.Opinion))
	w.Set("where", v.home())
	w.Set("who", named)
	w.Set("outcome", string(casework.Resolved))
	if us := v.Actor.Units(); len(us) > 0 {
		w.Set("unit", us[0])
	}
	return w
}

// quiet reports whether only named readers may learn of it. A talk in confidence is always that.
func (w word) quiet() bool {
	return w.Bool("confide") || casework.Channel(w.Value("channel")) == casework.Confidence
}

// command reads the form as a registration and notes what is wrong.
func (w word) command() casework.Register {
	v := w.v
	w.Need("channel", "text", "where")
	cmd := casework.Register{Key: w.Key,
		Channel:  casework.Channel(w.Choice("channel", page.Values(page.Named(channels()))...)),
		Kind:     casework.Kind(w.Choice("kind", page.Values(page.Named(casework.Kinds()))...)),
		Text:     w.Text("text", maxText),
		Title:    w.Line("title", maxTitle),
		Place:    w.Line("place", maxLine),
		Category: w.Choice("category", page.Values(v.Categories())...),
		Person:   casework.Person{Name: w.Line("name", maxLine), Phone: w.Line("phone", maxLine), Address: w.Line("address", maxLine)},
		ReplyBy:  w.Choice("reply", replies()...),
		Confide:  w.quiet(), Consent: w.Bool("consent")}
	put(w.Choice("where", page.Values(v.places())...), &cmd)
	cmd.Extra = readExtra(w.Form, cmd.Kind)
	w.privacy(&cmd)
	w.said(&cmd)
	w.numbers(&cmd)
	if p := cmd.Person.Phone; p != "" && digits(p) < shortest {
		w.Fail("phone", "desk.phone.wrong")
	}
	if cmd.ReplyBy == "" {
		if cmd.ReplyBy = "none"; cmd.Person.Phone != "" {
			cmd.ReplyBy = "phone"
		}
	}
	return cmd
}

// shortest is how many digits a telephone number has at least: a short number of a village's own network.
const shortest = 5

func digits(s string) (n int) {
	for _, r := range s {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// replies are the ways to bring the answer back.
func replies() []string { return []string{"phone", "post", "in_person", "none"} }

// privacy reads who may learn the text and the name.
func (w word) privacy(cmd *casework.Register) {
	who := w.Choice("who", named, protected, nameless)
	if cmd.Confide {
		cmd.Subjects = w.Choices("subjects", page.Values(w.v.subjects())...)
		cmd.Consent = false
		if who == nameless {
			cmd.Anonymity, cmd.Person = casework.Anonymous, casework.Person{}
		}
		if w.Line("slip", maxLine) != "" {
			w.Fail("slip", "desk.slip.confided") // its code would open nothing
		}
		return
	}
	switch {
	case who == nameless || !cmd.Person.Given():
		cmd.Anonymity, cmd.Person = casework.Anonymous, casework.Person{}
	case who == protected:
		cmd.Anonymity = casework.Protected
	default:
		cmd.Anonymity = casework.Open
	}
	if w.Bool("private") {
		cmd.Visibility, cmd.Consent = casework.Private, false
	}
}

// said reads the day on which something on paper was said. Its hour is not known: noon stands for it.
func (w word) said(cmd *casework.Register) {
	d := w.Day("said")
	switch today := calendar.DayOf(w.v.Now); {
	case d == "" || d == today:
	case d > today:
		w.Fail("said", "case.said_later")
	default:
		cmd.Said = d.Start().Add(12 * time.Hour)
	}
}

// numbers reads the number of a printed slip, and the number that the matter has elsewhere.
func (w word) numbers(cmd *casework.Register) {
	if slip := w.Line("slip", maxLine); slip != "" && !cmd.Confide {
		n, err := seal.ParseNumber(slip)
		for _, e := range errs.All(err) {
			w.Fail("slip", e.Key, e.Args...)
		}
		cmd.Paper = n
	}
	cmd.External = w.external()
}

// external reads a number of another system. Where only the number was given, the channel says which system it is.
func (w word) external() casework.External {
	x := casework.External{System: w.Choice("system", casework.Systems()...), Number: w.Line("external", maxLine)}
	if x.Number == "" {
		return casework.External{}
	}
	if x.System == "" {
		switch casework.Channel(w.Value("channel")) {
		case casework.Hotline:
			x.System = casework.HotlineSystem
		case casework.Referral:
			x.System = casework.PetitionSystem
		default:
			w.Fail("system", "error.required")
		}
	}
	return x
}

// answer reads what was done at once.
func (w word) answer(cmd casework.Register) casework.Fix {
	w.Need("answer", "outcome")
	x := casework.Fix{Register: cmd,
		Unit:      w.Choice("unit", page.Values(w.v.Handlers())...),
		Leader:    w.Choice("leader", page.Values(w.v.leaders())...),
		Outcome:   casework.Outcome(w.Choice("outcome", page.Values(page.Named(casework.Outcomes()))...)),
		Answer:    w.Text("answer", maxText),
		Solved:    casework.Solved(w.Choice("solved", page.Values(solved())...)),
		Satisfied: casework.Satisfied(w.Choice("satisfied", page.Values(satisfied())...))}
	switch x.Outcome {
	case casework.Scheduled:
		x.Planned = w.Day("planned")
	case casework.NotSupported:
		x.Basis = w.Line("basis", maxReason)
	}
	if cmd.Confide {
		w.Fail("channel", "case.fix_confided")
	}
	switch { // both questions or neither
	case x.Solved == "" && x.Satisfied != "":
		w.Fail("solved", "error.required")
	case x.Satisfied == "" && x.Solved != "":
		w.Fail("satisfied", "error.required")
	}
	return x
}

func solved() []page.Choice {
	return page.Named(casework.SolvedAnswers())
}

func satisfied() []page.Choice {
	return page.Named(casework.SatisfiedAnswers())
}

// own are the fields of the form, by which a fault is shown beside what it belongs to.
func (w word) own(field string) bool {
	fields := "channel kind text title where place category name phone address reply who said slip system external files"
	if w.fix {
		fields += " answer outcome unit leader planned basis solved satisfied done"
	} else {
		fields += " confide subjects"
	}
	return strings.Contains(" "+fields+" ", " "+field+" ") || strings.HasPrefix(field, "extra_")
}

// place moves the faults that a service found to the fields of this form.
func (w word) place() {
	for _, e := range w.Errs {
		switch e.Field {
		case "village", "grid", "firm":
			e.Field = "where"
		case "paper", "number":
			e.Field = "slip"
		case "photo", "file":
			e.Field = "files"
		}
		if e.Key == "case.answer_required" {
			e.Field = "answer"
		}
		if !w.own(e.Field) {
			e.Field = ""
		}
	}
}

package desk

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/org"
	"yanming/internal/sheet"
	"yanming/internal/web/town"
)

// paper is what stands on a printed paper, the same for the page and for Word: either a letter or a form.
type paper struct {
	Title  string
	Number string // "" until it was taken
	Date   string
	To     string // of a letter
	Paras  []para
	Rows   [][]place // of a form: one place over the whole width, or two
	Unit   string    // who signs
	Form   bool
}

// para is a paragraph of a letter, with a heading of its own where it has one.
type para struct{ Head, Text string }

// place is a labelled place of a form. Lines leaves room for handwriting, Sign is a line for a signature.
type place struct {
	Label, Value string
	Lines        int
	Sign         string
}

// write makes the paper of an event.
func (v *visit) write(x subject) paper {
	p := paper{Unit: v.office(), Date: v.date(v.Now)}
	kind := casework.PaperOf(x.sheet.Case.Kind, x.step.Type)
	if x.found {
		kind = x.doc.Paper
		p.Date = v.date(x.doc.At)
		p.Number = v.T("desk.paper.number."+string(kind), v.Dir.Town.Name, x.doc.Year, x.doc.N)
	}
	p.Title = v.T("desk.paper." + string(kind))
	switch kind {
	case casework.DispatchPaper:
		p.Form, p.Rows = true, v.dispatchForm(x)
	case casework.SupervisionPaper:
		p.Form, p.Rows = true, v.supervisionForm(x)
	default:
		p.To = v.addressee(x)
		switch kind {
		case casework.NoticePaper:
			p.Paras = v.noticeLetter(x)
		case casework.DeclinePaper:
			p.Paras = v.declineLetter(x)
		case casework.ReplyPaper:
			p.Paras = v.replyLetter(x)
		case casework.DecisionPaper:
			p.Paras = v.decisionLetter(x)
		}
	}
	return p
}

// opened reports whether the visitor opened the name of a case today, with a reason that is written down.
func (v *visit) opened(sh casework.Sheet) bool {
	return sh.Named && slices.ContainsFunc(sh.Steps, func(st casework.Step) bool {
		return st.Type == casework.EvIdentityViewed && st.By == v.Actor.Person && calendar.DayOf(st.Done) == calendar.DayOf(v.Now)
	})
}

// name is who spoke, as far as the visitor may print it: as the case's page shows it without a trace, and whole once they
// opened it there. "" where none was given, or it is not theirs to see.
func (v *visit) name(sh casework.Sheet) string {
	switch {
	case !sh.Named:
		return ""
	case v.opened(sh):
		return sh.Person.Name
	}
	return town.Masked(sh.Person.Name)
}

// addressee is whom a letter is for: the name as far as the visitor may see it.
func (v *visit) addressee(x subject) string {
	if name := v.name(x.sheet); name != "" {
		return name
	}
	return v.T("desk.paper.to")
}

// words are the resident's words as they go onto a form for a unit. Where the name is not open, telephones, identity
// numbers and the name itself are taken out of them.
func words(x subject) string {
	c := x.sheet.Case
	text := c.Words.Text
	if c.Anonymity == casework.Open {
		return text
	}
	text, _ = sheet.RedactContacts(text)
	if name := x.sheet.Person.Name; utf8.RuneCountInString(name) > 1 {
		text = strings.ReplaceAll(text, name, "＊＊")
	}
	return text
}

// speaker is the row of a form that says who spoke: a name only where it is open and the visitor may see it.
func (v *visit) speaker(x subject) string {
	if c := x.sheet.Case; c.Anonymity != casework.Open {
		return v.T("desk.paper.speaker." + string(c.Anonymity))
	}
	if name := v.name(x.sheet); name != "" {
		return name
	}
	return v.T("desk.paper.speaker.open")
}

// matter are the rows of a form that say what it is about.
func (v *visit) matter(x subject) [][]place {
	c := x.sheet.Case
	L := func(key, value string) place { return place{Label: v.T("desk.row." + key), Value: value} }
	rows := [][]place{
		{L("receipt", c.Number.Grouped()), L("channel", v.In(c.Channel.Name()))},
		{L("kind", v.In(c.Kind.Name())), L("category", v.In(v.Dir.Category(c.Category).Name))},
		{L("place", v.place(c)), L("registered", v.date(c.Registered))},
		{L("speaker", v.speaker(x))},
		{{Label: v.T("desk.row.text"), Value: words(x), Lines: 4}},
	}
	for _, f := range casework.Fields(c.Kind) {
		if value := c.Words.Extra[f.Name]; value != "" {
			rows = append(rows, []place{{Label: v.T("desk.extra." + f.Name), Value: value}})
		}
	}
	return rows
}

// due says a due day, provisional where it lies past the last known holidays.
func (v *visit) due(c casework.Clock) string {
	if c.Provisional {
		return v.T("desk.provisional", v.date(c.At))
	}
	return v.date(c.At)
}

// dispatchForm is the form that goes to the lead unit (交办单).
func (v *visit) dispatchForm(x subject) [][]place {
	st := x.step
	L := func(key, value string) place { return place{Label: v.T("desk.row." + key), Value: value} }
	due := x.sheet.Case.Due
	if st.Due != nil {
		due = *st.Due
	}
	rows := append(v.matter(x), [][]place{
		{L("lead", v.Unit(st.Unit)), L("assist", v.Units(st.Assist))},
		{L("leader", v.person(st.Leader)), L("handler", v.person(st.Handler))},
		{L("dispatched", v.date(st.At)), L("due", v.due(due))},
		{{Label: v.T("desk.row.note"), Value: strings.TrimSpace(st.Words.Text + "\n" + st.Words.Reason), Lines: 2}},
		{{Label: v.T("desk.row.order"), Lines: 2, Sign: v.T("desk.paper.sign")}},
		{{Label: v.T("desk.row.signed"), Lines: 1, Sign: v.T("desk.paper.sign")}},
		{{Label: v.T("desk.row.result"), Lines: 3, Sign: v.T("desk.paper.sign")}},
	}...)
	return rows
}

// supervisionForm is the form that puts a case under supervision (督办单).
func (v *visit) supervisionForm(x subject) [][]place {
	c, st := x.sheet.Case, x.step
	L := func(key, value string) place { return place{Label: v.T("desk.row." + key), Value: value} }
	stand := v.In(c.State.Name())
	if c.Overdue(v.Now) {
		stand = v.T("desk.paper.overdue", stand)
	}
	return append(v.matter(x), [][]place{
		{L("lead", v.Unit(c.Unit)), L("assist", v.Units(c.Assist))},
		{L("leader", v.person(c.Leader)), L("due", v.due(c.Due))},
		{L("level", v.T("desk.level."+strconv.Itoa(st.Level))), L("state", stand)},
		{{Label: v.T("desk.row.demand"), Value: st.Words.Text, Lines: 3}},
		{L("by", v.person(st.By)), L("at", v.date(st.At))},
		{{Label: v.T("desk.row.feedback"), Lines: 4, Sign: v.T("desk.paper.sign")}},
		{{Label: v.T("desk.row.view"), Lines: 2, Sign: v.T("desk.paper.sign")}},
	}...)
}

// opening names the word that a letter answers. A case in confidence is found by its secret; its number stands on no
// paper that leaves the house.
func (v *visit) opening(x subject) string {
	c := x.sheet.Case
	if c.Veiled() {
		return v.T("desk.letter.opening.veiled", v.date(c.Registered), v.In(c.Channel.Name()))
	}
	return v.T("desk.letter.opening", v.date(c.Registered), v.In(c.Channel.Name()), c.Words.Title, c.Number.Grouped())
}

// follow says how to ask how it stands.
func (v *visit) follow(x subject) string {
	key := "desk.letter.follow"
	if x.sheet.Case.Veiled() {
		key = "desk.letter.follow.veiled"
	}
	return v.T(key, v.Site.Link("/r")) + v.call()
}

// call names the office's telephone, where it has one.
func (v *visit) call() string {
	if v.Dir.Settings.OfficePhone == "" {
		return ""
	}
	return v.T("desk.letter.call", v.Dir.Settings.OfficePhone)
}

// noticeLetter tells receipt, path and procedure; for a petition in the words of 信访工作条例 Arts. 23, 34–36.
func (v *visit) noticeLetter(x subject) []para {
	c := x.sheet.Case
	petition := c.Kind == casework.Petition
	ps := []para{{Text: v.opening(x)}}
	if petition {
		ps = append(ps, para{Text: v.T("desk.letter.art23")})
	}
	ps = append(ps, para{v.T("desk.letter.received.head"), v.T("desk.letter.received", v.date(c.Registered), v.date(x.step.At))})
	way := v.T("desk.letter.way.none")
	if c.Unit != "" {
		way = v.T("desk.letter.way", v.Unit(c.Unit))
	}
	if petition {
		way += v.T("desk.letter.way.petition")
	}
	ps = append(ps, para{v.T("desk.letter.way.head"), way})
	due := v.due(c.Due)
	if x.step.Due != nil {
		due = v.due(*x.step.Due)
	}
	if r, ok := v.ruleFor(c.Kind, org.Handle); ok && due != "" {
		basis := v.T("desk.letter.agreed")
		if r.Legal {
			basis = v.In(r.Law)
		}
		text := v.T("desk.letter.due", due, basis)
		if r.Times > 0 {
			text += v.T("desk.letter.extension", v.span(r.Extension))
		}
		ps = append(ps, para{v.T("desk.letter.due.head"), text})
	}
	if petition {
		ps = append(ps, para{v.T("desk.letter.review.head"), v.T("desk.letter.review")})
	}
	return append(ps, para{v.T("desk.letter.follow.head"), v.follow(x)})
}

// declineLetter refuses, with the reason, its basis, and where to go.
func (v *visit) declineLetter(x subject) []para {
	w := x.step.Words
	return []para{
		{Text: v.opening(x) + v.T("desk.letter.declined")},
		{v.T("desk.letter.reason.head"), w.Reason},
		{v.T("desk.letter.basis.head"), w.Basis},
		{v.T("desk.letter.target.head"), w.Target},
		{v.T("desk.letter.object.head"), v.T("desk.letter.object") + v.call()},
	}
}

// outcome says how an answer ends.
func (v *visit) outcome(x subject) string {
	if x.step.Outcome == casework.Scheduled {
		return v.T("desk.letter.planned", v.In(x.step.Outcome.Name()), v.date(x.step.Planned.Start()))
	}
	return v.In(x.step.Outcome.Name())
}

// replyLetter is the answer to the resident (答复函).
func (v *visit) replyLetter(x subject) []para {
	c, w := x.sheet.Case, x.step.Words
	ps := []para{{Text: v.opening(x) + v.T("desk.letter.replied")},
		{v.T("desk.letter.found.head"), w.Text},
		{v.T("desk.letter.outcome.head"), v.outcome(x)}}
	if w.Basis != "" {
		ps = append(ps, para{v.T("desk.letter.basis.head"), w.Basis})
	}
	text := v.T("desk.letter.content", v.Unit(c.Unit))
	if r, ok := v.ruleFor(c.Kind, org.Reopen); ok {
		text += v.T("desk.letter.reopen", v.span(r.Span))
	}
	return append(ps, para{v.T("desk.letter.after.head"), text + v.follow(x)})
}

// decisionLetter is the opinion on a petition (处理意见书), which states claim, facts and reasons, opinion and legal basis
// (信访工作条例 Art. 32), and how to have it reviewed (Art. 35).
func (v *visit) decisionLetter(x subject) []para {
	c, w := x.sheet.Case, x.step.Words
	basis := w.Basis
	if basis == "" {
		basis = v.T("desk.letter.blank")
	}
	return []para{
		{Text: v.opening(x) + v.T("desk.letter.decided")},
		{v.T("desk.letter.claim.head"), c.Words.Text},
		{v.T("desk.letter.facts.head"), w.Text},
		{v.T("desk.letter.opinion.head"), v.T("desk.letter.opinion", v.outcome(x), basis)},
		{v.T("desk.letter.review.head"), v.T("desk.letter.review")},
	}
}

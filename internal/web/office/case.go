package office

import (
	"context"
	"net/http"
	"slices"

	"yanming/internal/auth"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/journal"
	"yanming/internal/seal"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

// casePage is one case on a page of its own.
type casePage struct {
	page.Head
	Case *casePanel
	Did  string
	List string
}

// casePanel is everything that one person may see of one case, as shown: beside the list or on its own page.
type casePanel struct {
	Number, Title  string
	URL            string
	Channel, Kind  i18n.Pair
	Kept           i18n.Pair // how private it is
	Sealed, Secret bool
	Place, Stand   string
	Objected       bool // the resident says that it is not solved
	Category       string
	Round          int
	Level, Urged   int
	Clock          []clockStep
	Text, Said     string // what was said, and where in the resident's words
	Extra          []page.Row
	Person         string // masked
	Identify       string // page that shows the whole
	Files          []fileLink
	Facts          []page.Row
	Joined         []page.Row // receipts joined to this one, as links
	Links          []link
	Papers         []link
	Main           *actionLink
	Acts, Rest     []actionLink
	Steps          []step
}

type link struct{ Href, Text string }

type actionLink struct {
	Href, Key string
	Danger    bool
}

// clockStep is one of the four marks of a case's way.
type clockStep struct {
	Key   string
	State string // "" done | now
	When  any    // a moment, or nil
	Due   *page.Due
	Text  string
}

// readCase returns the case of the request's number. One that is mistyped is as little there as one that is not theirs.
func (s *Server) readCase(v *visit, more func(tx *db.Tx, sh casework.Sheet) error) (sh casework.Sheet, err error) {
	number, err := seal.ParseNumber(v.R.PathValue("number"))
	if err != nil {
		return sh, errs.Missing()
	}
	err = s.Store.View(v.R.Context(), v.Actor.Town, func(tx *db.Tx) error {
		if sh, err = s.Cases.Get(v.R.Context(), tx, v.Actor, number); err != nil || more == nil {
			return err
		}
		return more(tx, sh)
	})
	return sh, err
}

// showCase handles GET /office/cases/{number}.
func (s *Server) showCase(w http.ResponseWriter, v *visit) error {
	p := casePage{Did: did(v.R.URL.Query()), List: "/office/cases"}
	_, err := s.readCase(v, func(tx *db.Tx, sh casework.Sheet) (err error) {
		p.Case, err = s.panel(v.R.Context(), tx, v, sh)
		return err
	})
	if err != nil {
		return err
	}
	p.Head = s.head(v, "office.case", seal.Number(p.Case.Number).Grouped())
	return s.pages.Show(w, v.R, http.StatusOK, "case", p)
}

// panel prepares a case for showing.
func (s *Server) panel(ctx context.Context, tx *db.Tx, v *visit, sh casework.Sheet) (*casePanel, error) {
	c := sh.Case
	p := &casePanel{Number: string(c.Number), Title: v.title(c), URL: town.CaseURL(c.Number), Channel: c.Channel.Name(), Kind: c.Kind.Name(),
		Kept: c.Visibility.Name(), Sealed: c.Veiled(), Secret: c.Visibility.UnderKey(), Place: v.place(c),
		Stand: v.stand(c), Objected: c.Solved.Lacks(), Category: v.In(v.Dir.Category(c.Category).Name), Round: c.Round,
		Level: c.Supervised, Urged: c.Urged, Clock: v.clock(c), Text: c.Words.Text, Said: c.Words.Place, Person: v.masked(sh)}
	if p.Person != "" && sh.Person.Given() && offered(v, sh, "identify") {
		p.Identify = p.URL + "/identify"
	}
	for _, f := range casework.Fields(c.Kind) {
		if x := c.Words.Extra[f.Name]; x != "" {
			p.Extra = append(p.Extra, page.Row{Label: i18n.Key("office.extra." + f.Name), Value: x})
		}
	}
	for _, f := range sh.Files {
		if f.Role == "original" {
			p.Files = append(p.Files, fileOf(p.URL, f))
		}
	}
	if err := v.facts(ctx, tx, sh, p); err != nil {
		return nil, err
	}
	p.links(v, sh)
	p.actions(v, sh)
	p.Steps = v.history(sh)
	return p, nil
}

// clock is the bar of four marks: received, told, answered, called back.
func (v *visit) clock(c casework.Case) []clockStep {
	in := clockStep{Key: "office.clock.received", State: "done", When: c.Registered}
	told := clockStep{Key: "office.clock.told"}
	switch {
	case !c.Accepted.IsZero():
		told.State, told.When = "done", c.Accepted
	case c.State == casework.Registered:
		told.State = "now"
		if c.Notice.Set() {
			told.Due = v.running(c.Notice)
		}
	default:
		told.State, told.Text = "done", v.In(c.State.Name())
	}
	answer, back := clockStep{Key: "office.clock.answer"}, clockStep{Key: "office.clock.back"}
	switch {
	case !c.Answered.IsZero():
		answer.State, answer.When = "done", c.Answered
	case c.State.Live():
		answer.Due = v.due(c)
		if c.State != casework.Registered {
			answer.State = "now"
		}
	}
	if c.Outcome == casework.Scheduled && c.Planned != "" {
		answer.Due = v.due(c)
	}
	switch {
	case !c.Closed.IsZero():
		back.State, back.When = "done", c.Closed
		if !c.Reached {
			back.Text = v.T("office.clock.unreached")
		}
	case c.Reached:
		back.State, back.Text = "now", join(v.In(c.Solved.Name()), v.In(c.Satisfied.Name()))
	case c.Attempts > 0:
		back.State, back.Text = "now", v.T("office.clock.attempts", c.Attempts)
	case !c.Answered.IsZero() && c.Outcome != casework.Scheduled:
		back.State, back.Text = "now", v.T("office.clock.to_call")
	case c.State.Live():
		back.Text = v.T("office.clock.after")
	}
	return []clockStep{in, told, answer, back}
}

// masked names who spoke, as far as it may be shown without a reason: the family name, and a telephone's ends.
func (v *visit) masked(sh casework.Sheet) string {
	if !sh.Named || !sh.Person.Given() {
		return v.In(sh.Case.Anonymity.Name())
	}
	address := ""
	if sh.Person.Address != "" {
		address = v.T("office.person.address")
	}
	return join(town.Masked(sh.Person.Name), sh.Person.Phone, address)
}

// facts are what stands about a case beside its words.
func (v *visit) facts(ctx context.Context, tx *db.Tx, sh casework.Sheet, p *casePanel) error {
	c := sh.Case
	add := func(key, value string) {
		if value != "" {
			p.Facts = append(p.Facts, page.Row{Label: i18n.Key(key), Value: value})
		}
	}
	add("office.fact.unit", v.Unit(c.Unit))
	add("office.fact.assist", v.Units(c.Assist))
	if c.Handler != "" {
		add("office.fact.handler", v.person(c.Handler))
	}
	if c.Leader != "" {
		add("office.fact.leader", v.person(c.Leader))
	}
	switch {
	case c.Veiled(): // nobody calls, whatever was chosen
		add("office.fact.reply", v.T("office.reply.secret"))
	case c.ReplyBy != "":
		add("office.fact.reply", v.T("office.reply."+replyBy(c.ReplyBy)))
	}
	if c.Extending != 0 {
		add("office.fact.extending", v.T("office.days", c.Extending))
	}
	for _, x := range sh.Externals {
		add("office.fact.external", join(v.T("office.external."+external(x.System)), x.Number))
	}
	names := make([]string, len(sh.Readers))
	for i, id := range sh.Readers {
		names[i] = v.person(id)
	}
	add("office.fact.subjects", v.Units(sh.Subjects))
	add("office.fact.readers", v.List(names))
	if sh.Source == nil {
		return nil
	}
	b, err := journal.GetBatch(ctx, tx, sh.Source.Batch)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	add("office.fact.source", v.T("office.source", b.Source, sh.Source.Sheet, sh.Source.Row))
	add("office.fact.hash", b.Digest)
	return nil
}

func replyBy(code string) string {
	switch code {
	case "phone", "post", "in_person":
		return code
	}
	return "none"
}

func external(system string) string {
	switch system {
	case casework.HotlineSystem, casework.PetitionSystem:
		return system
	}
	return casework.OtherSystem
}

// links lead to the receipts joined with this one, and to what is printed.
func (p *casePanel) links(v *visit, sh casework.Sheet) {
	if sh.Into != "" {
		p.Links = append(p.Links, link{town.CaseURL(sh.Into), v.T("office.into", sh.Into.Grouped())})
	}
	for _, n := range sh.Joined {
		p.Links = append(p.Links, link{town.CaseURL(n), v.T("office.joined", n.Grouped())})
	}
	if sh.Case.Backfilled { // its papers were written elsewhere
		return
	}
	for _, x := range casework.Papers() {
		if slices.ContainsFunc(sh.Steps, func(s casework.Step) bool { return slices.Contains(x.Prints(), s.Type) }) {
			p.Papers = append(p.Papers, link{p.URL + "/papers/" + string(x), v.T("office.paper." + string(x))})
		}
	}
	if offered(v, sh, "reissue") {
		p.Papers = append(p.Papers, link{p.URL + "/receipt", v.T("office.paper.receipt")})
	}
	if auth.Can(v.Actor, auth.RightAccept) {
		p.Papers = append(p.Papers, link{p.URL + "/copy", v.T("office.paper.copy")})
	}
}

// actions are the steps that may be taken now: the first of the way itself is the main one.
func (p *casePanel) actions(v *visit, sh casework.Sheet) {
	for _, a := range actions() {
		if a.hidden || !a.open(v, sh) {
			continue
		}
		l := actionLink{Href: p.URL + "/" + a.name, Key: a.key(), Danger: a.danger}
		switch {
		case a.aside:
			p.Rest = append(p.Rest, l)
		case p.Main == nil:
			p.Main = &l
		default:
			p.Acts = append(p.Acts, l)
		}
	}
	if p.Main == nil { // whoever has nothing to do on the way has these as buttons
		p.Acts, p.Rest = p.Rest, nil
	}
}

// offered reports whether somebody may take a step now.
func offered(v *visit, sh casework.Sheet, name string) bool {
	a, ok := findAction(name)
	return ok && a.open(v, sh)
}

package office

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"yanming/internal/auth"
	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/seal"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

// inboxPage is the list of cases with what it was asked for; one of them may lie open beside it.
type inboxPage struct {
	page.Head
	Tiles    []page.Tile
	More     []page.Tile // worklists without a count
	Filters  []page.Select
	Rare     []page.Select // further filters, folded
	RareOpen bool
	View     string
	Q        string
	Clear    string // the same worklist without filters; "" where there are none
	Rows     []page.Item
	Pager    page.Pager
	First    string // back to the first page, "" on it
	Empty    page.Nothing
	MayNew   bool
	Did      string
	Case     *casePanel
	List     string // this list without an open case
}

// asked are the names of the filters in the address.
var asked = []string{"kind", "channel", "category", "village", "grid", "unit", "leader", "state", "outcome"}

// readFilter reads what the address asks for. A worklist that does not exist is NotFound; a value that nothing has
// finds nothing.
func readFilter(q url.Values) (casework.Filter, error) {
	f := casework.Filter{View: casework.View(q.Get("view")), Kind: casework.Kind(q.Get("kind")), Channel: casework.Channel(q.Get("channel")),
		State: casework.State(q.Get("state")), Outcome: casework.Outcome(q.Get("outcome")), Category: q.Get("category"),
		Village: q.Get("village"), Grid: q.Get("grid"), Unit: q.Get("unit"), Leader: q.Get("leader"), After: q.Get("after")}
	if f.View == "" {
		f.View = casework.All
		if q.Get("q") != "" {
			f.View = casework.Every
		}
	}
	if !slices.Contains(casework.Views(), f.View) {
		return f, errs.Missing()
	}
	past := f.View == casework.Done || f.View == casework.Ended || f.View == casework.Every
	f.Brief = true
	f.Newest = q.Get("sort") == "newest" || q.Get("sort") == "" && past
	return f, nil
}

// listCases handles GET /office/cases.
func (s *Server) listCases(w http.ResponseWriter, v *visit) error {
	q := v.R.URL.Query()
	f, err := readFilter(q)
	if err != nil {
		return err
	}
	p := inboxPage{Head: s.head(v, "office.title"), View: string(f.View), Q: q.Get("q"), MayNew: auth.Can(v.Actor, auth.RightRegister), Did: did(q)}
	var list casework.Page
	var counts map[casework.View]int64
	err = s.Store.View(v.R.Context(), v.Actor.Town, func(tx *db.Tx) error {
		ctx := v.R.Context()
		if n, err := seal.ParseNumber(p.Q); err == nil && p.Q != "" {
			if _, err := s.Cases.Get(ctx, tx, v.Actor, n); err == nil {
				p.First = town.CaseURL(n)
				return nil
			} else if !errs.Is(err, errs.NotFound) {
				return err
			}
		}
		var err error
		if p.Q != "" {
			list, err = s.Cases.Search(ctx, tx, v.Actor, p.Q, f)
		} else {
			list, err = s.Cases.List(ctx, tx, v.Actor, f)
		}
		if err != nil {
			return err
		}
		if counts, err = s.Cases.Counts(ctx, tx, v.Actor, f); err != nil || q.Get("case") == "" {
			return err
		}
		number, err := seal.ParseNumber(q.Get("case"))
		if err != nil {
			return errs.Missing()
		}
		sheet, err := s.Cases.Get(ctx, tx, v.Actor, number)
		if err != nil {
			return err
		}
		p.Case, err = s.panel(ctx, tx, v, sheet)
		return err
	})
	if err != nil {
		return err
	}
	if p.First != "" { // a whole receipt number leads to its case
		return page.SeeOther(w, v.R, p.First)
	}
	p.tiles(q, f, counts)
	p.filters(v, q, f)
	p.List = with(q, "case", "", "did", "")
	open := opener(q)
	for _, c := range list.Cases {
		x := v.row(c)
		x.Href, x.Current = open(c.Number), q.Get("case") == string(c.Number)
		p.Rows = append(p.Rows, x)
	}
	if list.Next != "" {
		p.Pager.Next = with(q, "after", list.Next, "case", "", "did", "")
	}
	if f.After != "" {
		p.First = with(q, "after", "", "case", "", "did", "")
	}
	p.Empty = nothing(f.View, p.Q != "" || p.Clear != "", p.MayNew)
	return s.pages.Show(w, v.R, http.StatusOK, "inbox", p)
}

// did is the step that was just taken, as the address says it; anything else is dropped.
func did(q url.Values) string {
	if name := q.Get("did"); name == "" {
		return ""
	} else if a, ok := findAction(name); ok {
		return a.key()
	}
	return ""
}

// with is the list's address with some values replaced; "" takes one away.
func with(q url.Values, kv ...string) string {
	out := url.Values{}
	for _, k := range append([]string{"view", "q", "sort", "after", "case"}, asked...) {
		if q.Get(k) != "" {
			out.Set(k, q.Get(k))
		}
	}
	for i := 0; i < len(kv); i += 2 {
		out.Del(kv[i])
		if kv[i+1] != "" {
			out.Set(kv[i], kv[i+1])
		}
	}
	if len(out) == 0 {
		return "/office/cases"
	}
	return "/office/cases?" + out.Encode()
}

// opener returns what makes the list's address with a case open beside it.
func opener(q url.Values) func(seal.Number) string {
	list := with(q, "case", "", "did", "")
	if strings.Contains(list, "?") {
		list += "&case="
	} else {
		list += "?case="
	}
	return func(n seal.Number) string { return list + string(n) }
}

// tiles are the worklists with their badges. A search looks through every case, so there the tiles lead out of it.
func (p *inboxPage) tiles(q url.Values, f casework.Filter, counts map[casework.View]int64) {
	badge := func(view casework.View, tone string) page.Tile {
		return page.Tile{Href: with(q, "view", string(view), "q", "", "after", "", "case", "", "sort", ""), Key: "office.view." + string(view),
			Count: counts[view], Tone: tone, Current: view == f.View && p.Q == ""}
	}
	for _, x := range []struct {
		view casework.View
		tone string
	}{{casework.All, ""}, {casework.Mine, ""}, {casework.Overdue, "r"}, {casework.DueSoon, "y"}, {casework.ToAccept, ""},
		{casework.ToCallBack, ""}} {
		p.Tiles = append(p.Tiles, badge(x.view, x.tone))
	}
	p.More = []page.Tile{badge(casework.Done, ""), badge(casework.Ended, ""), badge(casework.Every, "")}
}

// filters are the selects over the list. The grids are offered once a village is chosen.
func (p *inboxPage) filters(v *visit, q url.Values, f casework.Filter) {
	add := func(list *[]page.Select, name string, choices []page.Choice) {
		all := page.Choice{Label: i18n.Key("office.any." + name)}
		*list = append(*list, page.Select{Name: name, Value: q.Get(name), Key: "office.filter." + name, Choices: append([]page.Choice{all}, choices...)})
	}
	kept := func(name string, made func() []page.Choice) []page.Choice {
		return org.Keep(v.Dir, "office."+name+"."+string(v.Lang), made)
	}
	add(&p.Filters, "channel", page.Named(casework.Channels()))
	add(&p.Filters, "category", kept("categories", v.Categories))
	add(&p.Filters, "village", kept("villages", v.villages))
	if f.Village != "" {
		add(&p.Filters, "grid", v.grids(f.Village))
	}
	add(&p.Filters, "leader", kept("leaders", v.leaders))
	order := page.Keyed("office.sort.", "due", "newest")
	now := "due"
	if f.Newest {
		now = "newest"
	}
	p.Filters = append(p.Filters, page.Select{Name: "sort", Value: now, Key: "office.filter.sort", Choices: order})
	add(&p.Rare, "kind", page.Named(casework.Kinds()))
	add(&p.Rare, "unit", kept("units", v.handlingUnits))
	add(&p.Rare, "state", page.Named(casework.States()))
	add(&p.Rare, "outcome", page.Named(casework.Outcomes()))
	for _, x := range p.Rare {
		p.RareOpen = p.RareOpen || x.Value != ""
	}
	for _, name := range asked {
		if q.Get(name) != "" {
			p.Clear = with(url.Values{}, "view", q.Get("view"), "q", q.Get("q"))
		}
	}
}

// handlingUnits are the units that may handle a case, firms too.
func (v *visit) handlingUnits() []page.Choice { return v.Handlers(org.Firm) }

// row is one case as a line of the list.
func (v *visit) row(c casework.Case) page.Item {
	stand := join(v.stand(c), v.Unit(c.Unit))
	x := page.Item{Title: v.title(c), Class: "n", Due: v.due(c), // beside when it is due stands where it is
		Notes: []page.Note{{Text: stand}, {Tag: true, Text: v.In(c.Channel.Name())}}}
	if x.Due != nil {
		x.Class = x.Due.Class()
	} else if c.Solved.Lacks() && c.State == casework.FollowUp {
		x.Class = "y"
	}
	note := func(n page.Note) { x.Notes = append(x.Notes, n) }
	switch kept := v.In(c.Visibility.Name()); {
	case c.Veiled():
		note(page.Note{Tag: true, Tone: "bad", Icon: "lock", Text: kept})
	case c.Visibility == casework.Private:
		note(page.Note{Tag: true, Tone: "lake", Text: kept})
	}
	if place := v.place(c); place != "" {
		note(page.Note{Text: place})
	}
	if c.State == casework.Registered && c.Notice.Set() { // until it is told whether it is taken up, that clock runs out first
		n := v.running(c.Notice)
		switch day := v.Site.MonthDay(v.R, n.Day); {
		case n.Class() == "r":
			x.Class = "r"
			note(page.Note{Tag: true, Tone: "bad", Text: v.T("office.tell_late", day)})
		case n.Day == calendar.DayOf(v.Now):
			if x.Class != "r" {
				x.Class = "y"
			}
			note(page.Note{Tag: true, Tone: "warn", Text: v.T("office.tell_today")})
		default:
			note(page.Note{Text: v.T("office.tell_by", day)})
		}
	}
	if c.Supervised > 0 {
		note(page.Note{Tag: true, Tone: "bad", Text: v.T("office.tag.supervised", c.Supervised)})
	}
	if c.Urged > 0 {
		note(page.Note{Tag: true, Tone: "warn", Text: v.T("office.tag.urged", c.Urged)})
	}
	if c.Backfilled {
		note(page.Note{Tag: true, Text: v.T("office.tag.backfilled")})
	}
	return x
}

// nothing teaches what an empty list would hold.
func nothing(view casework.View, filtered, mayNew bool) page.Nothing {
	if filtered {
		return page.Nothing{Title: "office.empty.filtered", Text: "office.empty.filtered.text"}
	}
	n := page.Nothing{Title: "office.empty." + string(view), Text: "office.empty." + string(view) + ".text"}
	if mayNew && (view == casework.All || view == casework.Every) {
		n.Href, n.Action = "/office/cases/new", "office.new"
	}
	return n
}

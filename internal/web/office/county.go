package office

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"yanming/internal/auth"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/seal"
	"yanming/internal/web/page"
)

// countyPage is the cases of one town as its county sees them: no words, no names, nothing in confidence.
type countyPage struct {
	page.Head
	Filters []page.Select
	Rows    []countyRow
	Pager   page.Pager
	Empty   page.Nothing
}

type countyRow struct {
	Href, Number   string
	Kind, State    i18n.Pair
	Outcome        i18n.Pair
	Category, Unit string
	Village, Title string
	Registered     time.Time
	Due            *page.Due
}

// countyCasePage is one of them.
type countyCasePage struct {
	page.Head
	Row   countyRow
	Clock []clockStep
	Facts []page.Row
	List  string
}

// ofTown is a visit to one of the county's towns: NotFound for a town of another county, and for whoever does not look
// at it for the county. head is the frame, under the county's own name.
func (s *Server) ofTown(r *http.Request, town string) (v *visit, towns []org.Town, head page.Head, err error) {
	a := page.Actor(r)
	if !auth.Can(a, auth.RightCounty) {
		return nil, nil, head, errs.Missing()
	}
	all, err := s.Orgs.AllTowns(r.Context())
	if err != nil {
		return nil, nil, head, err
	}
	for _, t := range all {
		if t.Parent == a.Town && t.Level == org.Township {
			towns = append(towns, t)
		}
	}
	if town == "" && len(towns) > 0 {
		town = towns[0].ID
	}
	if !slices.ContainsFunc(towns, func(t org.Town) bool { return t.ID == town }) {
		return nil, nil, head, errs.Missing()
	}
	home, err := s.Open(r, a, a.Town)
	if err != nil {
		return nil, nil, head, err
	}
	there, err := s.Open(r, a, town)
	return &visit{Visit: there}, towns, s.head(&visit{Visit: home}, "office.county"), err
}

// listCounty handles GET /county/cases.
func (s *Server) listCounty(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	v, towns, head, err := s.ofTown(r, q.Get("town"))
	if err != nil {
		return err
	}
	f, err := readFilter(q)
	if err != nil {
		return err
	}
	var list casework.Page
	err = s.Store.View(r.Context(), v.Dir.Town.ID, func(tx *db.Tx) (err error) {
		list, err = s.Cases.Redacted(r.Context(), tx, v.Actor, f)
		return err
	})
	if err != nil {
		return err
	}
	p := countyPage{Head: head, Empty: page.Nothing{Title: "office.empty.filtered"}}
	choose := func(name, value string, choices []page.Choice) {
		p.Filters = append(p.Filters, page.Select{Name: name, Value: value, Key: "office.filter." + name, Choices: choices})
	}
	anyOf := func(name string, cs []page.Choice) []page.Choice {
		return append([]page.Choice{{Label: i18n.Key("office.any." + name)}}, cs...)
	}
	var names, views []page.Choice
	for _, t := range towns {
		names = append(names, page.Choice{Value: t.ID, Label: t.Name})
	}
	for _, x := range []casework.View{casework.All, casework.Overdue, casework.DueSoon, casework.Done, casework.Ended, casework.Every} {
		views = append(views, page.Choice{Value: string(x), Label: i18n.Key("office.view." + string(x))})
	}
	choose("town", v.Dir.Town.ID, names)
	choose("view", string(f.View), views)
	choose("kind", string(f.Kind), anyOf("kind", page.Named(casework.Kinds())))
	choose("category", f.Category, anyOf("category", v.Categories()))
	choose("village", f.Village, anyOf("village", v.villages()))
	choose("unit", f.Unit, anyOf("unit", v.handlingUnits()))
	for _, c := range list.Cases {
		p.Rows = append(p.Rows, v.countyRow(c))
	}
	if list.Next != "" {
		next := url.Values{"after": {list.Next}}
		for _, x := range p.Filters {
			if x.Value != "" {
				next.Set(x.Name, x.Value)
			}
		}
		p.Pager.Next = "/county/cases?" + next.Encode()
	}
	return s.pages.Show(w, v.R, http.StatusOK, "county", p)
}

// countyRow is a redacted case as a line.
func (v *visit) countyRow(c casework.Case) countyRow {
	return countyRow{Href: "/county/cases/" + v.Dir.Town.ID + "/" + string(c.Number), Number: string(c.Number), Kind: c.Kind.Name(), State: c.State.Name(),
		Outcome: c.Outcome.Name(), Category: v.In(v.Dir.Category(c.Category).Name), Unit: v.Unit(c.Unit), Village: v.Dir.Village(c.Village).Name,
		Title: c.Words.Title, Registered: c.Registered, Due: v.due(c)}
}

// showCounty handles GET /county/cases/{town}/{number}.
func (s *Server) showCounty(w http.ResponseWriter, r *http.Request) error {
	v, _, head, err := s.ofTown(r, r.PathValue("town"))
	if err != nil {
		return err
	}
	number, err := seal.ParseNumber(r.PathValue("number"))
	if err != nil {
		return errs.Missing()
	}
	var c casework.Case
	err = s.Store.View(r.Context(), v.Dir.Town.ID, func(tx *db.Tx) (err error) {
		c, err = s.Cases.RedactedCase(r.Context(), tx, v.Actor, number)
		return err
	})
	if err != nil {
		return err
	}
	p := countyCasePage{Head: head, Row: v.countyRow(c), Clock: v.clock(c), List: "/county/cases?town=" + v.Dir.Town.ID}
	p.Title = s.Site.T(v.R, "office.case", number.Grouped())
	add := func(key, value string) {
		if value != "" {
			p.Facts = append(p.Facts, page.Row{Label: i18n.Key(key), Value: value})
		}
	}
	add("office.filter.town", v.Dir.Town.Name)
	add("office.field.kind", v.In(c.Kind.Name()))
	add("office.field.category", p.Row.Category)
	add("office.field.village", p.Row.Village)
	add("office.filter.state", v.In(c.State.Name()))
	add("office.fact.outcome", v.In(c.Outcome.Name()))
	add("office.fact.unit", p.Row.Unit)
	add("office.fact.assist", v.Units(c.Assist))
	if c.Leader != "" {
		add("office.fact.leader", v.person(c.Leader))
	}
	return s.pages.Show(w, v.R, http.StatusOK, "county-case", p)
}

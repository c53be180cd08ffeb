package report

import (
	"net/http"
	"slices"
	"strconv"

	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/figures"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/report"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

// button is something that may be done to a report now.
type button struct {
	Type report.Type
	Form *page.Form
}

// source is the panel that shows where one of the numbers comes from.
type source struct {
	Region  string // what the table is called; a message key
	Cell    report.Cell
	Says    i18n.Pair
	Columns []figures.Column
	Rows    []evidenceRow
	Rest    int64 // rows that are not shown here
}

// evidenceRow is one record behind a number. Href is "" where it is not the reader's to open.
type evidenceRow struct {
	Number, Href string
	Cells        []string
}

// weeklyPage is the page of one weekly report.
type weeklyPage struct {
	page.Head
	report.Report
	Label      string // of the week
	WholeLabel string
	Drawn      report.Drawings
	Prev, Next string // addresses, "" for none
	Own        string // address of this page
	Query      string // issue or live, for the downloads
	Live       bool   // the values of now, although there is an issue
	Issues     []report.Record
	Way        *report.Record // on its way; nil for none
	WayPeople  [3]string
	MayOpen    *page.Form
	Main       *button  // the step that brings the report on; nil where it is not the reader's
	Buttons    []button // the others
	Recalls    bool     // returning it, the reader takes back what they sent up themselves
	Waits      string   // who can take its next step, where it has been sent up
	Others     int      // how many more can
	LateRows   []evidenceRow
	From       source
	Grids      int
	Nowhere    report.Cell
	Hidden     int64 // being coordinated in confidence
	Compare    org.Comparison
}

// breakdown is a table with its heading and the name of its first column, both message keys.
type breakdown struct {
	Title, First string
	Table        report.Table
}

// ByLeader is the table of responsible leaders.
func (p weeklyPage) ByLeader() breakdown {
	return breakdown{"report.leaders", "report.leader", p.Leaders}
}

// Returns reports whether the reader can return the report now, or take it back.
func (p weeklyPage) Returns() bool {
	return slices.ContainsFunc(p.Buttons, func(b button) bool { return b.Type == report.SentBack })
}

// WhyBack asks why it is returned, or taken back.
func (p weeklyPage) WhyBack() i18n.Key {
	if p.Recalls {
		return "report.page.field.recall"
	}
	return "report.page.field.reason"
}

// ByUnit is the table of units in charge.
func (p weeklyPage) ByUnit() breakdown { return breakdown{"report.units", "report.unit", p.Units} }

// LateTable is what is overdue. Nothing of it is answered yet, so it has no outcome.
func (p weeklyPage) LateTable() source {
	return source{Region: "report.late", Columns: p.Late.Columns, Rows: p.LateRows}.without("outcome")
}

// without leaves a column out whose rows all say the same.
func (s source) without(name string) source {
	i := slices.IndexFunc(s.Columns, func(c figures.Column) bool { return c.Name == name })
	if i < 0 {
		return s
	}
	s.Columns = slices.Delete(slices.Clone(s.Columns), i, i+1)
	s.Rows = slices.Clone(s.Rows)
	for n, row := range s.Rows {
		s.Rows[n].Cells = slices.Delete(slices.Clone(row.Cells), i, i+1)
	}
	return s
}

// Kpi is one number of the first row: since the first day, in the week, and what an issue gained since.
type Kpi struct {
	Total, Week report.Cell
	Gained      int64
	Now         figures.Value
	Moved       bool
}

// Kpis are the numbers of the first row.
func (p weeklyPage) Kpis() (out []Kpi) {
	for _, code := range report.Headline() {
		l := p.Line(code)
		k := Kpi{Total: l.Total, Week: l.Week}
		k.Now, k.Gained, k.Moved = p.Report.Gained(code)
		out = append(out, k)
	}
	return out
}

// Signed is a number with its sign, as what was gained since.
func (k Kpi) Signed() string {
	if k.Gained >= 0 {
		return "+" + strconv.FormatInt(k.Gained, 10)
	}
	return strconv.FormatInt(k.Gained, 10)
}

// week reads a week from an address. Another text is a page that is not there.
func week(text string) (calendar.Period, error) {
	p, err := calendar.ParsePeriod(text)
	if err != nil || p.Shape() != calendar.Week {
		return calendar.Period{}, errs.Missing()
	}
	return p, nil
}

// asked is the report that an address asks for: an issue by its id, the values of now, or whatever stands.
func (s *Server) asked(r *http.Request, tx *db.Tx, d town.Visit, p calendar.Period) (report.Report, error) {
	ctx, q := r.Context(), r.URL.Query()
	if id := q.Get("issue"); id != "" {
		rec, err := report.Get(ctx, tx, id)
		if err != nil {
			return report.Report{}, err
		}
		if rec.Period != p || rec.State != report.Issued {
			return report.Report{}, errs.Missing()
		}
		return s.Reports.Issued(ctx, tx, rec, s.sight(d))
	}
	return s.Reports.Show(ctx, tx, p, q.Get("live") != "", d.Lang, s.sight(d))
}

// showWeekly handles GET /office/reports/weekly/{period}.
func (s *Server) showWeekly(w http.ResponseWriter, r *http.Request, d town.Visit) error {
	return s.showReport(w, r, d, http.StatusOK, nil)
}

// showReport shows the page; wrong is a step's form that was refused, to be shown with what was typed.
func (s *Server) showReport(w http.ResponseWriter, r *http.Request, d town.Visit, status int, wrong *button) error {
	p, err := week(r.PathValue("period"))
	if err != nil {
		return err
	}
	data := weeklyPage{Own: "/office/reports/weekly/" + p.String()}
	err = s.view(r.Context(), d.Actor.Town, func(tx *db.Tx) error {
		if data.Report, err = s.asked(r, tx, d, p); err != nil {
			return err
		}
		all, err := report.Of(r.Context(), tx, p)
		if err != nil {
			return err
		}
		for _, rec := range all {
			if rec.State == report.Issued {
				data.Issues = append(data.Issues, rec)
			} else {
				data.Way = &rec
			}
		}
		data.From, err = s.source(r, tx, d, data.Report)
		return err
	})
	if err != nil {
		return err
	}
	first, _, _ := p.Days()
	year, n := first.ISOWeek()
	data.Head = s.Head(r, d.Actor, d.Dir, "report.page.weekly", year, n)
	data.Wrong = wrong != nil
	data.Label, data.WholeLabel = s.period(r, p), s.period(r, data.Whole)
	data.Live = data.Issue == nil && len(data.Issues) > 0
	data.Query = query(data.Report, data.Live)
	data.Compare = d.Dir.Settings.Comparison
	if prev, ok := p.Previous(); ok {
		data.Prev = "/office/reports/weekly/" + prev.String()
	}
	if next, ok := p.Next(); ok && !firstDay(next).Start().After(s.Store.Now()) {
		data.Next = "/office/reports/weekly/" + next.String()
	}
	if data.Drawn, err = s.Reports.Draw(data.Report, d.Lang, ""); err != nil {
		return err
	}
	data.Grids, data.Nowhere, data.Hidden = data.Report.Places()
	for _, row := range data.Late.Rows {
		data.LateRows = append(data.LateRows, s.row(d, row, data.Late.Columns, data.Names, true))
	}
	s.buttons(&data, d, wrong)
	return s.pages.Show(w, r, status, "weekly", data)
}

func firstDay(p calendar.Period) calendar.Day { d, _, _ := p.Days(); return d }

// query is what the downloads of a page must know beyond the week.
func query(r report.Report, live bool) string {
	switch {
	case r.Issue != nil:
		return "?issue=" + r.Issue.ID
	case live:
		return "?live=1"
	}
	return ""
}

// buttons are the steps that the reader may take now.
func (s *Server) buttons(data *weeklyPage, d town.Visit, wrong *button) {
	if data.Way == nil {
		if report.MayWrite(d.Actor) && len(data.Issues) > 0 { // a correction is nobody's next step
			data.MayOpen = page.NewForm()
		} else if report.MayWrite(d.Actor) {
			data.Main = &button{report.Drafted, page.NewForm()}
		}
		return
	}
	name := func(person string) string { return d.Dir.Person(person).Name }
	data.WayPeople = [3]string{name(data.Way.People.Author), name(data.Way.People.Reviewer), name(data.Way.People.Issuer)}
	for _, t := range report.Next(d.Actor, *data.Way) {
		b := button{t, page.NewForm()}
		if wrong != nil && wrong.Type == t {
			b = *wrong
		}
		if t == report.Written || t == report.SentBack {
			data.Buttons = append(data.Buttons, b)
		} else {
			data.Main = &b
		}
	}
	data.Recalls = data.Way.Wrote(d.Actor.Person)
	names := data.Way.Waits(d.Dir)
	if n := len(names) - waitsNamed; n > 0 {
		names, data.Others = names[:waitsNamed], n
	}
	for i, id := range names {
		names[i] = name(id)
	}
	data.Waits = d.List(names)
}

// waitsNamed is how many are named of those who can take the next step.
const waitsNamed = 3

const sourceRows = 5

// source shows where the number of what was resolved comes from.
func (s *Server) source(r *http.Request, tx *db.Tx, d town.Visit, rep report.Report) (source, error) {
	ctx := r.Context()
	c := rep.Line("case.resolved").Total
	out := source{Region: "report.page.from.region", Cell: c}
	def, err := s.Figures.Def(ctx, tx, c.Code)
	if err != nil {
		return out, err
	}
	var rows []figures.Row
	if rep.Issue != nil {
		set, err := figures.LoadSet(ctx, tx, rep.Issue.Set)
		if err != nil {
			return out, err
		}
		f, ok := set.Find(c.Item)
		if !ok {
			return out, errs.Missing()
		}
		def = f.Defs[0]
		p, err := s.Figures.FrozenRows(ctx, tx, f, s.sight(d)(def), "", sourceRows)
		if err != nil {
			return out, err
		}
		rows = p.Rows
	} else {
		p, err := s.Figures.Rows(ctx, tx, figures.List{Code: c.Code, Period: c.Period, Sight: s.sight(d)(def), Limit: sourceRows})
		if err != nil {
			return out, err
		}
		rows = p.Rows
	}
	out.Says, out.Columns = def.Says, s.Figures.Columns(def)
	names, err := s.Reports.ColumnNames(ctx, tx, def.Source, out.Columns)
	if err != nil {
		return out, err
	}
	for _, row := range rows {
		out.Rows = append(out.Rows, s.row(d, row, out.Columns, names, true))
	}
	out.Rest = c.Value.Evidence - int64(len(rows))
	return out.without("outcome"), nil
}

// row is a record as a table shows it. Whoever may list a case may open it; a county's reader opens none of a town's.
func (s *Server) row(d town.Visit, r figures.Row, columns []figures.Column, names map[string]map[string]i18n.Pair, mayOpen bool) evidenceRow {
	out := evidenceRow{Number: r.Label}
	if mayOpen {
		out.Href = "/office/cases/" + r.Label
	}
	for i, c := range r.Cells {
		out.Cells = append(out.Cells, s.Reports.CellText(c, columns[i], names, d.Lang))
	}
	return out
}

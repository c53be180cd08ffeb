package report

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"yanming/internal/auth"
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

// narrowed is one dimension of the scope, in words.
type narrowed struct{ Dim, Value i18n.Pair }

// dimLink leads to the same figure broken down by a dimension.
type dimLink struct {
	Name    i18n.Pair
	Href    string
	Current bool
}

// partRow is one part of a break-down.
type partRow struct {
	Name any
	Cell report.Cell
	Href string
}

// frozenNote is what is said of a frozen figure.
type frozenNote struct {
	Set     figures.FrozenSet
	Frozen  figures.Frozen
	Change  figures.Change
	Gained  int64
	NowHref string
}

// figurePage is the evidence of one figure.
type figurePage struct {
	page.Head
	About    figures.About
	Item     figures.Item
	Value    figures.Value
	Label    string // of the period
	Other    string // name of the town where it is not the reader's own
	Scope    []narrowed
	Region   string // what the table of records is called; a message key
	Columns  []figures.Column
	Rows     []evidenceRow
	Listed   int64
	Unlisted int64
	Pager    page.Pager
	A, B     *partRow // a formula's operands
	Op       string
	Dims     []dimLink // what a record's line shows, in its order
	Rare     []dimLink // the others, folded
	RareOpen bool
	By       string
	ByName   i18n.Pair
	Parts    []partRow
	Frozen   *frozenNote
	CSV      string
	XLSX     string
	Weeks    []page.Choice
	TownID   string        // for another town's figure
	Hiddens  []page.Choice // the scope, for the form that changes the period
}

// asking is a question for a figure: of which town, what, and how it is to be shown.
type asking struct {
	town   org.Town
	own    bool // the reader's own town
	about  figures.About
	item   figures.Item
	set    string // frozen set, "" for now
	by     string
	after  string
	source string // the source whose rows are the evidence, "" for none
}

const rowsOnPage = 50

// ask reads the address of a figure. Another town's figures are there for its county only.
func (s *Server) ask(r *http.Request, d town.Visit) (asking, error) {
	q := r.URL.Query()
	a := asking{town: d.Dir.Town, own: true, set: q.Get("frozen"), by: q.Get("by"), after: q.Get("after")}
	if id := q.Get("town"); id != "" && id != d.Actor.Town {
		if !auth.Can(d.Actor, auth.RightCounty) {
			return a, errs.Missing()
		}
		towns, err := s.Reports.Towns(r.Context(), d.Actor.Town)
		if err != nil {
			return a, err
		}
		i := slices.IndexFunc(towns, func(t org.Town) bool { return t.ID == id })
		if i < 0 {
			return a, errs.Missing()
		}
		a.town, a.own = towns[i], false
	}
	return a, nil
}

// load finds the figure that is asked for, within the town's transaction.
func (s *Server) load(ctx context.Context, tx *db.Tx, a *asking, code string, q url.Values) (err error) {
	if a.about, err = s.Figures.About(ctx, tx, code); err != nil {
		return err
	}
	if a.item, err = report.ReadQuery(code, a.about.Dims, q); err != nil {
		return err
	}
	if a.by != "" && !slices.Contains(a.about.Dims, a.by) {
		return errs.Missing()
	}
	a.source = a.about.Source
	if f := a.about.Formula; f != nil {
		def, err := s.Figures.Def(ctx, tx, f.A)
		if err != nil {
			return err
		}
		a.source = def.Source
	}
	return nil
}

// path returns the address of an item as the reader asks for it.
func (a asking) path(i figures.Item, set string, more ...string) string {
	q := report.Query(i, set)
	if !a.own {
		q.Set("town", a.town.ID)
	}
	suffix := ""
	for n := 0; n+1 < len(more); n += 2 {
		if more[n] == "/" {
			suffix = "/rows/" + more[n+1]
		} else if more[n+1] != "" {
			q.Set(more[n], more[n+1])
		}
	}
	return "/f/" + i.Code + suffix + "?" + q.Encode()
}

// sightIn is what the reader may list: nothing of another town.
func (s *Server) sightIn(d town.Visit, a asking, def figures.Def) figures.Sight {
	if !a.own {
		return figures.Sight{}
	}
	return s.sight(d)(def)
}

// showFigure handles GET /f/{figure}.
func (s *Server) showFigure(w http.ResponseWriter, r *http.Request, d town.Visit) error {
	a, err := s.ask(r, d)
	if err != nil {
		return err
	}
	data := figurePage{By: a.by, Region: "report.page.rows"}
	err = s.view(r.Context(), a.town.ID, func(tx *db.Tx) error {
		if err := s.load(r.Context(), tx, &a, r.PathValue("figure"), r.URL.Query()); err != nil {
			return err
		}
		data.About, data.Item = a.about, a.item
		if a.set != "" {
			err = s.frozen(r.Context(), tx, d, &a, &data)
		} else {
			err = s.present(r.Context(), tx, d, a, &data)
		}
		if err != nil {
			return err
		}
		return s.around(r.Context(), tx, a, &data)
	})
	if err != nil {
		return err
	}
	data.Head = s.Head(r, d.Actor, d.Dir, "")
	data.Title = data.About.Name.In(d.Lang)
	data.Label = s.period(r, data.Item.Period)
	if !a.own {
		data.Other, data.TownID = a.town.Name, a.town.ID
	}
	scope := report.Query(data.Item, "")
	for _, dim := range data.About.Dims {
		if scope.Has(dim) {
			data.Hiddens = append(data.Hiddens, page.Choice{Value: dim, Label: scope.Get(dim)})
		}
	}
	data.Weeks = s.periods(r, data.Item.Period)
	return s.pages.Show(w, r, http.StatusOK, "figure", data)
}

// periods are what a reader may choose from: the period at hand, the last weeks, this month and year, all time.
func (s *Server) periods(r *http.Request, at calendar.Period) (out []page.Choice) {
	today := calendar.DayOf(s.Store.Now())
	list := []calendar.Period{{}, calendar.YearOf(today), calendar.MonthOf(today)}
	for p, ok := calendar.WeekOf(today), true; ok && len(list) < weeksListed; p, ok = p.Previous() {
		list = append(list, p)
	}
	if !slices.Contains(list, at) {
		list = append([]calendar.Period{at}, list...)
	}
	for _, p := range list {
		out = append(out, page.Choice{Value: p.String(), Label: s.period(r, p)})
	}
	return out
}

// present reckons the figure as of now and lists its rows.
func (s *Server) present(ctx context.Context, tx *db.Tx, d town.Visit, a asking, data *figurePage) error {
	vs, err := s.Figures.Compute(ctx, tx, []string{a.item.Code}, a.item.Scope, a.item.Period)
	if err != nil {
		return err
	}
	data.Value = vs[0]
	if a.about.Formula == nil {
		def, err := s.Figures.Def(ctx, tx, a.item.Code)
		if err != nil {
			return err
		}
		p, err := s.Figures.Rows(ctx, tx, figures.List{Code: a.item.Code, Scope: a.item.Scope, Period: a.item.Period, Sight: s.sightIn(d, a, def),
			After: a.after, Limit: rowsOnPage})
		if err != nil {
			return err
		}
		data.Listed, data.Unlisted = p.Listed, p.Unlisted
		if err := s.rows(ctx, tx, d, a, data, p.Columns, p.Rows); err != nil {
			return err
		}
		if p.Next != "" {
			data.Pager.Next = a.path(a.item, "", "by", a.by, "after", p.Next)
		}
	}
	if a.by == "" {
		return nil
	}
	return s.parts(ctx, tx, a, data)
}

// rows fills the table of records with the links for saving it.
func (s *Server) rows(ctx context.Context, tx *db.Tx, d town.Visit, a asking, data *figurePage, columns []figures.Column, rows []figures.Row) error {
	names, err := s.Reports.ColumnNames(ctx, tx, a.source, columns)
	if err != nil {
		return err
	}
	data.Columns = columns
	for _, row := range rows {
		data.Rows = append(data.Rows, s.row(d, row, columns, names, a.own))
	}
	if a.after != "" {
		data.Pager.Prev = a.path(a.item, a.set, "by", a.by) // a list walked by key begins again
	}
	data.CSV, data.XLSX = a.path(a.item, a.set, "/", "csv"), a.path(a.item, a.set, "/", "xlsx")
	return nil
}

// parts breaks the figure down: fixed codes and the town's own names in the order of their names, never by number.
func (s *Server) parts(ctx context.Context, tx *db.Tx, a asking, data *figurePage) error {
	values, _, err := s.Figures.By(ctx, tx, a.item.Code, a.by, a.item.Scope, a.item.Period)
	if err != nil {
		return err
	}
	names, err := s.Figures.Names(ctx, tx, a.source, a.by)
	if err != nil {
		return err
	}
	dir, err := s.Orgs.Load(ctx, tx)
	if err != nil {
		return err
	}
	for _, code := range inOrder(dir, a.by, values) {
		i := figures.Item{Code: a.item.Code, Scope: a.item.Scope.With(a.by, code), Period: a.item.Period}
		row := partRow{Name: i18n.Key("report.page.none"), Cell: report.Cell{Item: i, Value: values[code]}, Href: a.path(i, "")}
		if name, ok := names[code]; ok {
			row.Name = name
		} else if code != "" {
			row.Name = code
		}
		data.Parts = append(data.Parts, row)
	}
	return nil
}

// inOrder returns the codes of a break-down in their customary order: villages, units, grids and leaders as the town
// keeps them, other codes by themselves, and what has none last.
func inOrder(dir *org.Directory, dim string, values map[string]figures.Value) (codes []string) {
	var custom []string
	switch dim {
	case "village":
		for _, v := range dir.Villages() {
			custom = append(custom, v.ID)
		}
	case "unit":
		for _, u := range dir.Units() {
			custom = append(custom, u.ID)
		}
	case "grid":
		for _, g := range dir.Grids() {
			custom = append(custom, g.ID)
		}
	case "leader":
		for _, p := range dir.Leaders() {
			custom = append(custom, p.ID)
		}
	}
	var rest []string
	for code := range values {
		if code != "" && !slices.Contains(custom, code) {
			rest = append(rest, code)
		}
	}
	slices.Sort(rest)
	for _, code := range append(custom, rest...) {
		if _, ok := values[code]; ok {
			codes = append(codes, code)
		}
	}
	if _, ok := values[""]; ok {
		codes = append(codes, "")
	}
	return codes
}

// breaks offers the dimensions by which the number can be broken down.
func (a asking) breaks(src figures.Source, data *figurePage) {
	link := func(dim string) dimLink {
		return dimLink{src.Dims[dim].Name, a.path(a.item, "", "by", dim), dim == a.by}
	}
	free := slices.DeleteFunc(slices.Clone(a.about.Dims), func(dim string) bool { _, ok := a.item.Scope.Dims[dim]; return ok })
	for _, dim := range src.Show {
		if slices.Contains(free, dim) {
			data.Dims = append(data.Dims, link(dim))
		}
	}
	for _, dim := range free {
		if !slices.Contains(src.Show, dim) {
			data.Rare = append(data.Rare, link(dim))
			data.RareOpen = data.RareOpen || dim == a.by
		}
	}
}

// around fills what stands beside the number: its scope in words, a formula's operands, the links for breaking it down.
func (s *Server) around(ctx context.Context, tx *db.Tx, a asking, data *figurePage) error {
	src, _ := s.Figures.Source(a.source)
	for _, dim := range a.about.Dims {
		codes, ok := a.item.Scope.Dims[dim]
		if ok {
			names, err := s.Figures.Names(ctx, tx, a.source, dim)
			if err != nil {
				return err
			}
			said := i18n.Pair{}
			for n, c := range codes {
				name := names[c]
				if name == (i18n.Pair{}) {
					name = i18n.Pair{ZH: c, EN: c}
				}
				if c == "" {
					name = i18n.Pair{ZH: s.Words.T(i18n.ZH, "report.page.none"), EN: s.Words.T(i18n.EN, "report.page.none")}
				}
				if n > 0 {
					said.ZH, said.EN = said.ZH+"、", said.EN+", "
				}
				said.ZH, said.EN = said.ZH+name.In(i18n.ZH), said.EN+name.In(i18n.EN)
			}
			data.Scope = append(data.Scope, narrowed{src.Dims[dim].Name, said})
		}
	}
	if a.set == "" {
		a.breaks(src, data)
	}
	data.ByName = src.Dims[a.by].Name
	if f := data.About.Formula; f != nil {
		data.Op = "report.page.op." + string(f.Op)
		operand := func(v *figures.Value) *partRow {
			if v == nil {
				return nil
			}
			i := figures.Item{Code: v.Code, Scope: a.item.Scope, Period: a.item.Period}
			return &partRow{Name: v.Name, Cell: report.Cell{Item: i, Set: a.set, Value: *v}, Href: a.path(i, a.set)}
		}
		data.A, data.B = operand(data.Value.A), operand(data.Value.B)
	}
	return nil
}

package report

import (
	"context"
	"slices"

	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/figures"
	"yanming/internal/geo"
	"yanming/internal/i18n"
	"yanming/internal/org"
)

// breaker breaks the numbers since the first day down by what they concern.
type breaker struct {
	tx    *db.Tx
	cat   *figures.Catalogue
	dir   *org.Directory
	whole calendar.Period
	total figures.Crossed // of whole, broken down
}

// brokenDown says by what the report breaks its figures down, so that all of it is reckoned together.
func brokenDown(dir *org.Directory) map[string][]string {
	by := map[string][]string{"channel": byChannel(), "category": bySubject(), "unit": byUnit(), "leader": byLeader(), "grid": byGrid()}
	if dir.Settings.Comparison.On {
		by["village"] = byVillage()
	}
	return by
}

func byChannel() []string { return []string{collected} }
func bySubject() []string { return []string{collected, inProgress} }
func byUnit() []string    { return []string{collected, resolved, inProgress, overdue} }
func byLeader() []string  { return []string{inProgress, overdue} }
func byVillage() []string { return []string{collected, resolved, resolving, confirmed, overdue} }
func byGrid() []string    { return []string{inProgress} }

// part is one row of a break-down under construction: the codes it stands for and its name.
type part struct {
	codes []string
	name  i18n.Pair
	keep  bool // is shown also where it has nothing
}

// table reckons codes by dim. The parts come first, in their order; a code that none of them names follows under the
// name that the source gives it, and what has no value stands last, under none. Rows without anything are left out
// unless they are kept.
func (b breaker) table(ctx context.Context, dim string, codes []string, parts []part, none i18n.Pair) (Table, error) {
	t := Table{Dim: dim, Codes: codes}
	by, zero := make([]map[string]figures.Value, len(codes)), make([]figures.Value, len(codes))
	named := map[string]bool{"": true}
	for _, p := range parts {
		for _, c := range p.codes {
			named[c] = true
		}
	}
	var more []string
	for i, code := range codes {
		values := b.total.By(code, dim)
		by[i], zero[i] = values, nothing(b.total.Value(code))
		for c := range values {
			if !named[c] {
				named[c] = true
				more = append(more, c)
			}
		}
	}
	names, err := b.cat.Names(ctx, b.tx, "case", dim)
	if err != nil {
		return Table{}, err
	}
	slices.Sort(more)
	for _, c := range more { // such as a unit that has ended since
		name := names[c]
		if name == (i18n.Pair{}) {
			name = b.former(dim, c)
		}
		parts = append(parts, part{codes: []string{c}, name: name})
	}
	parts = append(parts, part{codes: []string{""}, name: none})
	for _, p := range parts {
		row, some := Row{Name: p.name}, p.keep
		for i, code := range codes {
			item := figures.Item{Code: code, Scope: figures.Scope{}.With(dim, p.codes...), Period: b.whole}
			v := sum(zero[i], by[i], p.codes)
			row.Cells = append(row.Cells, Cell{Item: item, Value: v})
			some = some || v.Value > 0 || v.A != nil && v.A.Value > 0 || v.B != nil && v.B.Value > 0
		}
		if some {
			t.Rows = append(t.Rows, row)
		}
	}
	return t, nil
}

// nothing returns the value of a figure where there are no rows.
func nothing(v figures.Value) figures.Value {
	v.Value, v.Evidence, v.Veiled, v.VeiledAmount, v.None = 0, 0, 0, 0, v.Op == figures.Ratio || v.Op == figures.Median
	if v.A != nil {
		a := nothing(*v.A)
		v.A = &a
	}
	if v.B != nil {
		b := nothing(*v.B)
		v.B = &b
	}
	return v
}

// sum adds up the values of codes. Only counts may be added: a formula stands for one code.
func sum(zero figures.Value, by map[string]figures.Value, codes []string) figures.Value {
	out, found := zero, 0
	for _, c := range codes {
		v, ok := by[c]
		if !ok {
			continue
		}
		if found++; found == 1 {
			out = v
			continue
		}
		out.Value += v.Value
		out.Evidence += v.Evidence
	}
	return out
}

// former names what has ended and is in no list any more.
func (b breaker) former(dim, id string) i18n.Pair {
	name := i18n.Pair{ZH: id, EN: id}
	switch dim {
	case "unit":
		name = i18n.Pair{ZH: b.dir.Unit(id).Name}
	case "village":
		name = i18n.Pair{ZH: b.dir.Village(id).Name}
	case "leader":
		name = leaderName(b.dir.Person(id))
	case "grid":
		g := b.dir.Grid(id)
		name = i18n.Pair{ZH: b.dir.Village(g.Village).Name + g.Name}
	}
	if name.ZH == "" {
		name.ZH = id
	}
	return name
}

func leaderName(p org.Person) i18n.Pair {
	if p.Title == "" {
		return i18n.Pair{ZH: p.Name}
	}
	return i18n.Pair{ZH: p.Title + " " + p.Name}
}

// one makes a part of one code.
func one(code string, name i18n.Pair, keep bool) part {
	return part{codes: []string{code}, name: name, keep: keep}
}

// channels runs in the order of the codes' names in the catalogue of channels: the shipped one.
func (b breaker) channels(ctx context.Context, r *Report) (err error) {
	src, _ := b.cat.Source("case")
	var parts []part
	for _, c := range casework.Channels() {
		if name, ok := src.Dims["channel"].Values[string(c)]; ok {
			parts = append(parts, one(string(c), name, false))
		}
	}
	r.Channels, err = b.table(ctx, "channel", byChannel(), parts, i18n.Pair{ZH: "渠道不明", EN: "No channel"})
	return err
}

func (b breaker) subjects(ctx context.Context, r *Report) (err error) {
	var parts []part
	for _, c := range b.dir.Categories("") {
		parts = append(parts, part{codes: b.dir.Under(c.Code), name: c.Name})
	}
	r.Subjects, err = b.table(ctx, "category", bySubject(), parts, i18n.Pair{ZH: "未分类", EN: "Not sorted"})
	return err
}

func (b breaker) units(ctx context.Context, r *Report) (err error) {
	var parts []part
	for _, u := range b.dir.Units() {
		parts = append(parts, one(u.ID, i18n.Pair{ZH: u.Name}, false))
	}
	r.Units, err = b.table(ctx, "unit", byUnit(), parts, i18n.Pair{ZH: "还没有交办", EN: "Not dispatched yet"})
	return err
}

func (b breaker) leaders(ctx context.Context, r *Report) (err error) {
	var parts []part
	for _, p := range b.dir.Leaders() {
		parts = append(parts, one(p.ID, leaderName(p), true))
	}
	r.Leaders, err = b.table(ctx, "leader", byLeader(), parts, i18n.Pair{ZH: "还没有定责任领导", EN: "No leader named yet"})
	return err
}

// villages compares villages only where a leader of the town decided so.
func (b breaker) villages(ctx context.Context, r *Report) error {
	if !b.dir.Settings.Comparison.On {
		return nil
	}
	var parts []part
	for _, v := range b.dir.Villages() {
		parts = append(parts, one(v.ID, i18n.Pair{ZH: v.Name}, true))
	}
	t, err := b.table(ctx, "village", byVillage(), parts, i18n.Pair{ZH: "没有写明村", EN: "No village given"})
	r.Villages = &t
	return err
}

// weeks is the series of the last weeks: what came in, and what was answered as resolved in each.
func (b breaker) weeks(ctx context.Context, r *Report) error {
	ps := []calendar.Period{r.Period}
	for len(ps) < weeksShown {
		p, ok := ps[0].Previous()
		if !ok {
			break
		}
		ps = append([]calendar.Period{p}, ps...)
	}
	rows, err := b.cat.Series(ctx, b.tx, []string{received, didResolve}, figures.Scope{}, ps)
	if err != nil {
		return err
	}
	for i, p := range ps {
		r.Weeks = append(r.Weeks, Week{p, Cell{Item: figures.Item{Code: received, Period: p}, Value: rows[i][0]},
			Cell{Item: figures.Item{Code: didResolve, Period: p}, Value: rows[i][1]}})
	}
	return nil
}

// areas is what the map shows: every grid that lasts, and what belongs to none.
func (b breaker) areas(ctx context.Context, r *Report) (err error) {
	var parts []part
	grids := b.dir.Grids()
	for _, g := range grids {
		parts = append(parts, one(g.ID, i18n.Pair{ZH: b.dir.Village(g.Village).Name + g.Name}, true))
	}
	t, err := b.table(ctx, "grid", byGrid(), parts, i18n.Pair{ZH: "没有落到网格", EN: "In no grid"})
	if err != nil {
		return err
	}
	for i, row := range t.Rows {
		a := Area{Grid: row.Cells[0].Scope.Dims["grid"][0], Name: row.Name, Cell: row.Cells[0]}
		if i < len(grids) {
			a.Village = grids[i].Village
		}
		r.Areas = append(r.Areas, a)
	}
	return b.shapes(ctx, r)
}

// shapes reads the boundaries of the smallest grids that are drawn.
func (b breaker) shapes(ctx context.Context, r *Report) error {
	drawn, err := org.Boundaries(ctx, b.tx)
	if err != nil {
		return err
	}
	for _, level := range []org.GridLevel{org.PartGrid, org.VillageGrid} {
		r.Shapes = map[string]geo.Shape{}
		for _, g := range b.dir.Grids(level) {
			if s, ok := drawn[g.ID]; ok && len(s) > 0 {
				r.Shapes[g.ID] = s
			}
		}
		if len(r.Shapes) > 0 {
			return nil
		}
	}
	return nil
}

// late lists what is overdue, the oldest first, as far as the asker may see it.
func (b breaker) late(ctx context.Context, r *Report, sight Sight) (err error) {
	d, err := b.cat.Def(ctx, b.tx, overdue)
	if err != nil {
		return err
	}
	r.Late, err = b.cat.Rows(ctx, b.tx, figures.List{Code: overdue, Period: r.Whole, Sight: sight(d), Order: figures.Oldest, Limit: lateShown})
	if err != nil {
		return err
	}
	r.Names, err = dimNames(ctx, b.tx, b.cat, d.Source, r.Late.Columns)
	return err
}

// dimNames returns what the codes of a list's columns are called.
func dimNames(ctx context.Context, tx *db.Tx, cat *figures.Catalogue, source string, columns []figures.Column) (map[string]map[string]i18n.Pair, error) {
	names := map[string]map[string]i18n.Pair{}
	for _, c := range columns {
		if c.Kind != "dim" {
			continue
		}
		var err error
		if names[c.Name], err = cat.Names(ctx, tx, source, c.Name); err != nil {
			return nil, err
		}
	}
	return names, nil
}

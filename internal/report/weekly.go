package report

import (
	"context"
	"fmt"
	"slices"
	"time"

	"yanming/internal/actor"
	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/figures"
	"yanming/internal/geo"
	"yanming/internal/i18n"
	"yanming/internal/journal"
	"yanming/internal/org"
)

// Cell is one number as printed. Set is the frozen set that it stands in, "" for a number of now.
type Cell struct {
	figures.Item
	Set   string        `json:"-"`
	Value figures.Value `json:"-"`
}

// Path returns the address of the evidence behind the number.
func (c Cell) Path() string { return Path(c.Item, c.Set) }

// Text returns the number as printed.
func (c Cell) Text() string { return c.Value.Text() }

// Line is a figure of the list: since the first day that counts, and in the week alone.
type Line struct {
	Total Cell `json:"total"`
	Week  Cell `json:"week"`
}

// Row is one part of a break-down with its numbers, in the order of Table.Codes.
type Row struct {
	Name  i18n.Pair `json:"name"`
	Cells []Cell    `json:"cells"`
}

// Table is a break-down of the numbers since the first day that counts. Its rows run in the customary order of units,
// leaders and villages, never by number. Cases in confidence are in no row.
type Table struct {
	Dim   string   `json:"dim"`
	Codes []string `json:"codes"`
	Rows  []Row    `json:"rows"`
}

// Week is one week of the series.
type Week struct {
	Period   calendar.Period `json:"period"`
	Received Cell            `json:"received"`
	Resolved Cell            `json:"resolved"`
}

// Area is a grid with what is being coordinated there. Grid "" is what belongs to no grid.
type Area struct {
	Grid    string    `json:"grid"`
	Name    i18n.Pair `json:"name"`
	Village string    `json:"village"`
	Cell    Cell      `json:"cell"`
}

// Report is the weekly report of a town. Its values do not depend on who asks; only Late lists what the asker may see.
type Report struct {
	TownID    string                          `json:"town"`
	TownName  string                          `json:"town_name"`
	Office    string                          `json:"office"` // who publishes it
	Demo      bool                            `json:"demo"`
	Period    calendar.Period                 `json:"period"` // the week
	Whole     calendar.Period                 `json:"whole"`  // from the first day that counts to the week's end
	AsOf      time.Time                       `json:"as_of"`
	Seq       int64                           `json:"seq"` // the journal's last event that was seen
	Lines     []Line                          `json:"lines"`
	Channels  Table                           `json:"channels"`
	Subjects  Table                           `json:"subjects"` // categories of the first level
	Units     Table                           `json:"units"`
	Leaders   Table                           `json:"leaders"`            // in order of rank
	Villages  *Table                          `json:"villages,omitempty"` // nil while the town does not compare
	Weeks     []Week                          `json:"weeks"`              // the last twelve, this one the last
	Areas     []Area                          `json:"areas"`              // grids by number, then what belongs to none
	Narrative string                          `json:"narrative"`
	Extra     map[string]Cell                 `json:"extra,omitempty"` // figures that only the narrative names
	Shapes    map[string]geo.Shape            `json:"-"`               // boundaries of the grids that are drawn
	Late      figures.Page                    `json:"-"`               // what is overdue, as far as the asker may list it
	Names     map[string]map[string]i18n.Pair `json:"-"`               // of the codes in Late: dimension → code → name
	Issue     *Record                         `json:"-"`               // nil for the values of now
	Signers   [3]string                       `json:"-"`               // who wrote, reviewed and issued it
	Since     map[string]figures.Change       `json:"-"`               // of an issue: what became of its lines, by code
}

// Sight says which rows of a figure somebody may list.
type Sight func(figures.Def) figures.Sight

// SightOf returns the sight of an actor.
func SightOf(cat *figures.Catalogue, a actor.Actor) Sight {
	return func(d figures.Def) figures.Sight { return cat.SightOf(d, a) }
}

// WholeSight lists every open row: it is for the command line, whose user holds the data itself.
func WholeSight() Sight { return func(figures.Def) figures.Sight { return figures.Sight{All: true} } }

const weeksShown = 12

// lateShown is how many overdue cases the report lists; its evidence page lists them all.
const lateShown = 20

// Weekly reckons the report of a week as of now. Errors: Invalid for a period that is no week or has not begun.
func Weekly(ctx context.Context, tx *db.Tx, cat *figures.Catalogue, dir *org.Directory, period calendar.Period, sight Sight) (Report, error) {
	if err := weekly(period, tx.Now); err != nil {
		return Report{}, err
	}
	seq, err := journal.Head(ctx, tx)
	if err != nil {
		return Report{}, fmt.Errorf("read position of journal: %w", err)
	}
	whole, err := since(ctx, tx, cat, period)
	if err != nil {
		return Report{}, err
	}
	r := Report{TownID: tx.Town, TownName: dir.Town.Name, Office: dir.Settings.OfficeName, Demo: dir.Town.Demo, Period: period,
		Whole: whole, AsOf: tx.Now, Seq: seq}
	total, err := cat.Cross(ctx, tx, Codes(), brokenDown(dir), figures.Scope{}, whole)
	if err != nil {
		return Report{}, fmt.Errorf("reckon weekly report %s: %w", period, err)
	}
	week, err := cat.Cross(ctx, tx, Codes(), nil, figures.Scope{}, period)
	if err != nil {
		return Report{}, fmt.Errorf("reckon weekly report %s: %w", period, err)
	}
	for _, code := range Codes() {
		r.Lines = append(r.Lines, Line{Cell{Item: figures.Item{Code: code, Period: whole}, Value: total.Value(code)},
			Cell{Item: figures.Item{Code: code, Period: period}, Value: week.Value(code)}})
	}
	b := breaker{tx, cat, dir, whole, total}
	for _, fill := range []func(context.Context, *Report) error{b.channels, b.subjects, b.units, b.leaders, b.villages, b.weeks, b.areas} {
		if err := fill(ctx, &r); err != nil {
			return Report{}, fmt.Errorf("reckon weekly report %s: %w", period, err)
		}
	}
	return r, b.late(ctx, &r, sight)
}

// weekly refuses what is no week, or one that has not begun.
func weekly(p calendar.Period, now time.Time) error {
	first, _, _ := p.Days()
	if p.Shape() != calendar.Week || first > calendar.DayOf(now) {
		return errs.Field("period", "report.period")
	}
	return nil
}

// Line returns the line of a figure; the zero Line for one that the report does not list.
func (r Report) Line(code string) Line {
	i := slices.IndexFunc(r.Lines, func(l Line) bool { return l.Total.Code == code })
	if i < 0 {
		return Line{}
	}
	return r.Lines[i]
}

// Confided returns how many cases in confidence are in the number of those received, and listed nowhere.
func (r Report) Confided() int64 { return r.Line(received).Total.Value.Veiled }

// cells calls fn with every number of the report.
func (r *Report) cells(fn func(*Cell)) {
	for i := range r.Lines {
		fn(&r.Lines[i].Total)
		fn(&r.Lines[i].Week)
	}
	for _, t := range r.tables() {
		for _, row := range t.Rows {
			for i := range row.Cells {
				fn(&row.Cells[i])
			}
		}
	}
	for i := range r.Weeks {
		fn(&r.Weeks[i].Received)
		fn(&r.Weeks[i].Resolved)
	}
	for i := range r.Areas {
		fn(&r.Areas[i].Cell)
	}
	for key, c := range r.Extra {
		fn(&c)
		r.Extra[key] = c
	}
}

func (r *Report) tables() []*Table {
	ts := []*Table{&r.Channels, &r.Subjects, &r.Units, &r.Leaders}
	if r.Villages != nil {
		ts = append(ts, r.Villages)
	}
	return ts
}

// items lists the numbers of the report for freezing. A grid where nothing is being coordinated needs no evidence.
func (r *Report) items() (items []figures.Item) {
	seen := map[string]bool{}
	for _, a := range r.Areas {
		seen[a.Cell.ref()] = a.Cell.Value.Value == 0
	}
	r.cells(func(c *Cell) {
		if !seen[c.ref()] {
			items = append(items, c.Item)
		}
	})
	return items
}

// take puts the values of a frozen set into the report. It fails when one is missing; an empty grid has none.
func (r *Report) take(set figures.FrozenSet) error {
	found := make(map[string]figures.Value, len(set.Figures))
	for _, f := range set.Figures {
		found[Path(f.Item, "")] = f.Value
	}
	grids := map[string]bool{}
	for _, a := range r.Areas {
		grids[a.Cell.ref()] = true
	}
	var err error
	r.cells(func(c *Cell) {
		v, ok := found[c.ref()]
		switch {
		case ok:
			c.Value, c.Set = v, set.ID
		case grids[c.ref()]:
			c.Value = figures.Value{Code: c.Code}
		case err == nil:
			err = fmt.Errorf("frozen set %s lacks figure %s", set.ID, c.ref())
		}
	})
	r.AsOf, r.Seq = set.AsOf, set.Seq
	return err
}

// ref names the item of the cell, whatever set it stands in.
func (c Cell) ref() string { return Path(c.Item, "") }

package report

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"yanming/internal/db"
	"yanming/internal/figures"
	"yanming/internal/i18n"
	"yanming/internal/sheet"
)

// Book writes the report as a workbook: one sheet of figures with their definitions, and one sheet of evidence for
// each cohort, as far as the asker may list it. Cases in confidence are in no sheet; each sheet says how many they are.
// tx must be the transaction of the report's town.
func (s *Service) Book(ctx context.Context, tx *db.Tx, w io.Writer, r Report, lang i18n.Lang, sight Sight) error {
	b := book{voice{s.words, lang}, tx, s.cat, r, sight, figures.FrozenSet{}}
	if r.Issue != nil && r.Issue.Set != "" {
		var err error
		if b.set, err = figures.LoadSet(ctx, tx, r.Issue.Set); err != nil {
			return err
		}
	}
	first, err := b.figures(ctx)
	if err != nil {
		return err
	}
	out := sheet.Workbook{Title: r.title(b.voice), Created: r.AsOf, Sheets: []sheet.Page{first}}
	for _, code := range cohorts() {
		p, err := b.evidence(ctx, r.Line(code).Total)
		if err != nil {
			return err
		}
		out.Sheets = append(out.Sheets, p)
	}
	if err := sheet.Write(w, out); err != nil {
		return fmt.Errorf("write workbook of weekly report %s: %w", r.Period, err)
	}
	return nil
}

type book struct {
	voice
	tx    *db.Tx
	cat   *figures.Catalogue
	r     Report
	sight Sight
	set   figures.FrozenSet
}

// subtitle says what the sheet is of, and marks a demo.
func (b book) subtitle(says string) string {
	if b.r.Demo {
		return b.t("report.demo.sheet", says)
	}
	return says
}

func (b book) figures(ctx context.Context) (sheet.Page, error) {
	p := sheet.Page{Name: b.t("report.numbers"), Title: b.r.title(b.voice), Subtitle: b.subtitle(b.t("report.book.says", issueName(b.r.Issue, b.voice), b.moment(b.r.AsOf))),
		Columns: []sheet.Heading{{Name: b.t("report.code"), Width: 26}, {Name: b.t("report.version"), Width: 7}, {Name: b.t("report.figure"), Width: 22},
			{Name: b.t("report.definition"), Width: 46, Wrap: true}, {Name: b.t("report.period_head"), Width: 34}, {Name: b.t("report.value"), Width: 10}, {Name: b.t("report.unit_of"), Width: 7},
			{Name: b.t("report.evidence"), Width: 10}, {Name: b.t("report.in_confidence"), Width: 10}}}
	var rows [][]sheet.Cell
	for _, l := range b.r.Lines {
		about, err := b.cat.About(ctx, b.tx, l.Total.Code)
		if err != nil {
			return sheet.Page{}, err
		}
		for _, c := range []Cell{l.Total, l.Week} {
			says := about.Says
			if f, ok := b.set.Find(c.Item); ok { // an issue keeps the definition it was reckoned by
				if says = f.Defs[0].Says; f.Formula != nil {
					says = f.Formula.Says
				}
			}
			v := c.Value
			rows = append(rows, []sheet.Cell{sheet.String(v.Code), sheet.Int(int64(v.Version)), sheet.String(b.pair(v.Name)), sheet.String(b.pair(says)),
				sheet.String(b.period(c.Period)), valueCell(v), sheet.String(b.pair(v.Unit)), sheet.Int(v.Evidence), sheet.Int(v.Veiled)})
		}
	}
	p.Rows = sheet.Cells(rows)
	return p, nil
}

// valueCell writes a value as a number: a ratio in percent, nothing where there is none.
func valueCell(v figures.Value) sheet.Cell {
	switch {
	case v.None:
		return sheet.Cell{}
	case v.Op == figures.Ratio:
		return sheet.Float(float64(v.Value) / 10)
	}
	return sheet.Int(v.Value)
}

func (b book) evidence(ctx context.Context, c Cell) (sheet.Page, error) {
	d, err := b.cat.Def(ctx, b.tx, c.Code)
	if err != nil {
		return sheet.Page{}, err
	}
	frozen, isFrozen := b.set.Find(c.Item)
	if isFrozen {
		d = frozen.Defs[0]
	}
	columns := b.cat.Columns(d)
	names, err := dimNames(ctx, b.tx, b.cat, d.Source, columns)
	if err != nil {
		return sheet.Page{}, err
	}
	rows := Rows(ctx, b.tx, b.cat, d, c.Item, b.sight(d))
	if isFrozen {
		rows = FrozenRows(ctx, b.tx, b.cat, frozen, b.sight(d))
	}
	p := EvidencePage(b.words, b.lang, c.Value, d.Says, columns, names, rows)
	p.Subtitle = b.subtitle(b.t("report.evidence.says", c.Text(), b.period(c.Period), c.Value.Veiled))
	return p, nil
}

// errStop ends a walk whose reader wants no more.
var errStop = errors.New("stop")

// Rows returns every row behind a figure that may be listed, one after the other.
func Rows(ctx context.Context, tx *db.Tx, cat *figures.Catalogue, d figures.Def, i figures.Item, sight figures.Sight) iter.Seq2[figures.Row, error] {
	return func(yield func(figures.Row, error) bool) {
		err := cat.Walk(ctx, tx, figures.List{Code: i.Code, Scope: i.Scope, Period: i.Period, Sight: sight, Order: figures.Oldest}, func(r figures.Row) error {
			if !yield(r, nil) {
				return errStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(figures.Row{}, err)
		}
	}
}

// FrozenRows returns every member of a frozen figure that may be listed, as its record stands now.
func FrozenRows(ctx context.Context, tx *db.Tx, cat *figures.Catalogue, f figures.Frozen, sight figures.Sight) iter.Seq2[figures.Row, error] {
	return func(yield func(figures.Row, error) bool) {
		for after := ""; ; {
			p, err := cat.FrozenRows(ctx, tx, f, sight, after, 500)
			if err != nil {
				yield(figures.Row{}, err)
				return
			}
			for _, r := range p.Rows {
				if !yield(r, nil) {
					return
				}
			}
			if after = p.Next; after == "" {
				return
			}
		}
	}
}

// EvidencePage returns the rows behind a figure as a sheet: receipt number and what the source shows.
func EvidencePage(words *i18n.Catalogue, lang i18n.Lang, v figures.Value, says i18n.Pair, columns []figures.Column, names map[string]map[string]i18n.Pair, rows iter.Seq2[figures.Row, error]) sheet.Page {
	say := voice{words, lang}
	p := sheet.Page{Name: say.pair(v.Name), Title: say.t("report.evidence.title", v.Name, says), Columns: []sheet.Heading{{Name: say.t("report.receipt"), Width: 16}}}
	for _, c := range columns {
		h := sheet.Heading{Name: say.pair(c.Head), Width: 16}
		if c.Kind == "sum" {
			h.Unit = say.pair(c.Unit)
		}
		p.Columns = append(p.Columns, h)
	}
	p.Rows = func(yield func([]sheet.Cell, error) bool) {
		for r, err := range rows {
			line := []sheet.Cell{sheet.String(r.Label)}
			for i, c := range r.Cells {
				switch {
				case c.Empty:
					line = append(line, sheet.Cell{})
				case columns[i].Kind == "time":
					line = append(line, sheet.Minute(c.Time))
				case columns[i].Kind == "sum":
					line = append(line, sheet.Int(c.Number))
				default:
					line = append(line, sheet.String(say.cell(c, columns[i], names)))
				}
			}
			if !yield(line, err) || err != nil {
				return
			}
		}
	}
	return p
}

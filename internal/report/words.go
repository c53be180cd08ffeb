package report

import (
	"context"
	"slices"
	"strconv"
	"time"

	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/figures"
	"yanming/internal/i18n"
)

// voice says messages in one language.
type voice struct {
	words *i18n.Catalogue
	lang  i18n.Lang
}

func (v voice) t(key string, args ...any) string { return v.words.T(v.lang, key, args...) }

func (v voice) pair(p i18n.Pair) string { return p.In(v.lang) }

// period says a period; the one since the first day that counts is said as such.
func (v voice) period(p calendar.Period) string {
	key, args := p.Label()
	return v.t(key, args...)
}

func (v voice) day(d calendar.Day) string {
	if v.lang == i18n.EN {
		return d.Start().In(calendar.Zone()).Format("2 January 2006")
	}
	y, m, n := d.Date()
	return v.t("report.day", y, m, n)
}

func (v voice) moment(t time.Time) string {
	return v.day(calendar.DayOf(t)) + " " + t.In(calendar.Zone()).Format("15:04")
}

// cell says one field of a listed record.
func (v voice) cell(c figures.Cell, col figures.Column, names map[string]map[string]i18n.Pair) string {
	switch {
	case c.Empty:
		return ""
	case col.Kind == "time":
		return string(calendar.DayOf(c.Time)) // as a table has it
	case col.Kind == "sum":
		return strconv.FormatInt(c.Number, 10)
	case c.Code == "":
		return ""
	}
	if p, ok := names[col.Name][c.Code]; ok {
		return v.pair(p)
	}
	return c.Code
}

// title is what the report is called: 2026年第47周群众意见办理情况.
func (r Report) title(v voice) string {
	first, _, _ := r.Period.Days()
	year, week := first.ISOWeek()
	return v.t("report.title", r.TownName, year, week)
}

// Title returns what the report is called.
func (s *Service) Title(r Report, lang i18n.Lang) string { return r.title(voice{s.words, lang}) }

// IssueName returns the number of an issue, 第 12 期, or the word for a draft.
func (s *Service) IssueName(rec *Record, lang i18n.Lang) string {
	return issueName(rec, voice{s.words, lang})
}

func issueName(rec *Record, v voice) string {
	if rec == nil || rec.No == 0 {
		return v.t("report.draft")
	}
	return v.t("report.issue", rec.No, rec.Year)
}

// Partitions returns the sums that hold at any moment, each a whole and its parts, for the time since the first day.
func (r Report) Partitions() []Partition {
	total := func(codes ...string) (cs []Cell) {
		for _, c := range codes {
			cs = append(cs, r.Line(c).Total)
		}
		return cs
	}
	return []Partition{
		{r.Line(received).Total, total(collected, declined, forwarded, linked, withdrawn)},
		{r.Line(collected).Total, total(resolved, concluded, inProgress)},
	}
}

// Partition is a number and the numbers that make it up.
type Partition struct {
	Whole Cell
	Parts []Cell
}

// Holds reports whether the parts make up the whole.
func (p Partition) Holds() bool {
	var n int64
	for _, c := range p.Parts {
		n += c.Value.Value
	}
	return n == p.Whole.Value.Value
}

// Beside are the numbers that stand under the sums in the same size: confirmed by residents, overdue.
func (r Report) Beside() []Cell { return []Cell{r.Line(confirmed).Total, r.Line(overdue).Total} }

// CellText says one field of a listed record; names is what the codes of its columns are called.
func (s *Service) CellText(c figures.Cell, col figures.Column, names map[string]map[string]i18n.Pair, lang i18n.Lang) string {
	return voice{s.words, lang}.cell(c, col, names)
}

// ColumnNames returns what the codes of a list's columns are called: dimension → code → name.
func (s *Service) ColumnNames(ctx context.Context, tx *db.Tx, source string, columns []figures.Column) (map[string]map[string]i18n.Pair, error) {
	return dimNames(ctx, tx, s.cat, source, columns)
}

// Group is a heading of the list of figures with its lines.
type Group struct {
	Key   string // message
	Lines []Line
}

// Groups returns the lines that are printed under their headings.
func (r Report) Groups() (out []Group) {
	shown := r.Shown()
	for _, g := range groups() {
		x := Group{Key: g.key}
		for _, l := range shown {
			if slices.Contains(g.codes, l.Total.Code) {
				x.Lines = append(x.Lines, l)
			}
		}
		if len(x.Lines) > 0 {
			out = append(out, x)
		}
	}
	return out
}

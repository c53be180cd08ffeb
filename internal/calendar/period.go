package calendar

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"yanming/internal/errs"
)

// Shape is the form of a period.
type Shape string

// The shapes. The zero Period is All.
const (
	All   Shape = ""
	Week  Shape = "week"
	Month Shape = "month"
	Year  Shape = "year"
	Range Shape = "range"
)

// Period is the time that a figure speaks of: whole days in UTC+8. Two periods are the same if == says so. Its text
// form is that of addresses, options and frozen reports: all, 2026-W48, 2026-11, 2026, 2026-11-01..2026-11-30.
type Period struct {
	shape       Shape
	first, last Day // both included; empty for All
}

// ParsePeriod reads a period. Weeks are those of ISO 8601, Monday to Sunday; a range includes both its days.
// Errors: Invalid calendar.period.
func ParsePeriod(s string) (Period, error) {
	if s == "all" {
		return Period{}, nil
	}
	p, ok := Period{}, false
	if from, to, cut := strings.Cut(s, ".."); cut {
		p, ok = Between(Day(from), Day(to))
	} else if y, w, cut := strings.Cut(s, "-W"); cut {
		year, okYear := digits(y, 4)
		week, okWeek := digits(w, 2)
		if okYear && okWeek && validYear(year) && week >= 1 && week <= WeeksIn(year) {
			p, ok = WeekOf(weekMonday(year, week)), true
		}
	} else if len(s) == len("2026") {
		if d := Day(s + "-01-01"); d.Valid() {
			p, ok = YearOf(d), true
		}
	} else if d := Day(s + "-01"); d.Valid() {
		p, ok = MonthOf(d), true
	}
	if !ok {
		return Period{}, errs.New(errs.Invalid, "calendar.period")
	}
	return p, nil
}

// WeekOf returns the ISO week that holds d.
func WeekOf(d Day) Period {
	m := d.Monday()
	return Period{Week, m, m.AddDays(6)}
}

// MonthOf returns the month that holds d.
func MonthOf(d Day) Period {
	y, m, _ := d.Date()
	return Period{Month, civil(y, m, 1), civil(y, m+1, 0)}
}

// YearOf returns the calendar year that holds d.
func YearOf(d Day) Period {
	y, _, _ := d.Date()
	return Period{Year, civil(y, 1, 1), civil(y, 12, 31)}
}

// Between returns the range from first to last, both included, and whether both are days and in order.
func Between(first, last Day) (Period, bool) {
	if !first.Valid() || !last.Valid() || last < first {
		return Period{}, false
	}
	return Period{Range, first, last}, true
}

// Shape returns the form of the period.
func (p Period) Shape() Shape { return p.shape }

// Days returns the first and the last day, both included; ok is false for All, which has neither.
func (p Period) Days() (first, last Day, ok bool) { return p.first, p.last, p.shape != All }

// Bounds returns the period in Unix milliseconds, half-open: from <= at < to. All is 0 to the greatest int64.
func (p Period) Bounds() (from, to int64) {
	if p.shape == All {
		return 0, math.MaxInt64
	}
	return p.first.Start().UnixMilli(), p.last.End().UnixMilli()
}

// Contains reports whether t lies in the period.
func (p Period) Contains(t time.Time) bool {
	from, to := p.Bounds()
	ms := t.UnixMilli()
	return from <= ms && ms < to
}

// String returns the text that ParsePeriod reads back to the same period.
func (p Period) String() string {
	switch p.shape {
	case Week:
		y, w := p.first.ISOWeek()
		return fmt.Sprintf("%04d-W%02d", y, w)
	case Month:
		return string(p.first[:len("2026-11")])
	case Year:
		return string(p.first[:len("2026")])
	case Range:
		return string(p.first) + ".." + string(p.last)
	}
	return "all"
}

// MarshalText returns String.
func (p Period) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (p *Period) UnmarshalText(b []byte) error {
	v, err := ParsePeriod(string(b))
	if err == nil {
		*p = v
	}
	return err
}

// Previous returns the period of the same shape that ends where p begins: the week, month or year before, or as many
// days as a range has. ok is false for All and at the edge of the years that can be written.
func (p Period) Previous() (prev Period, ok bool) { return p.neighbour(-1) }

// Next returns the period of the same shape that begins where p ends; ok as for Previous.
func (p Period) Next() (next Period, ok bool) { return p.neighbour(1) }

func (p Period) neighbour(step int) (Period, bool) {
	var q Period
	switch p.shape {
	case All:
		return Period{}, false
	case Week:
		q = WeekOf(p.first.AddDays(7 * step))
	case Month:
		y, m, _ := p.first.Date()
		q = MonthOf(civil(y, m+step, 1))
	case Year:
		y, _, _ := p.first.Date()
		q = YearOf(civil(y+step, 1, 1))
	case Range:
		n := step * (p.first.DaysTo(p.last) + 1)
		q = Period{Range, p.first.AddDays(n), p.last.AddDays(n)}
	}
	if _, err := ParsePeriod(q.String()); err != nil {
		return Period{}, false
	}
	return q, true
}

// Label returns the message that names the period, with its values. Numbers come first, for Chinese, then the first
// and last day as text, for English.
func (p Period) Label() (key string, args []any) {
	if p.shape == All {
		return "calendar.all", nil
	}
	y1, m1, d1 := p.first.Date()
	y2, m2, d2 := p.last.Date()
	switch p.shape {
	case Week:
		year, week := p.first.ISOWeek()
		return "calendar.week", []any{year, week, m1, d1, m2, d2, p.first, p.last}
	case Month:
		return "calendar.month." + strconv.Itoa(m1), []any{y1}
	case Year:
		return "calendar.year", []any{y1}
	}
	if p.first == p.last {
		return "calendar.day", []any{y1, m1, d1, p.first}
	}
	return "calendar.range", []any{y1, m1, d1, y2, m2, d2, p.first, p.last}
}

// civil returns a day from numbers; a month or day out of range runs over, as in time.Date.
func civil(year, month, day int) Day {
	return DayOf(time.Date(year, time.Month(month), day, 0, 0, 0, 0, zone))
}

func validYear(y int) bool { return y >= minYear && y <= maxYear }

// digits reads exactly n ASCII digits.
func digits(s string, n int) (int, bool) {
	if len(s) != n || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	v, err := strconv.Atoi(s)
	return v, err == nil
}

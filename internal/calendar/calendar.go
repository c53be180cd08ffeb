package calendar

import (
	_ "embed" // the holiday table
	"fmt"
	"maps"
	"time"
)

// Kind says in what way a day differs from what its weekday promises.
type Kind string

// The kinds, named as in the embedded table.
const (
	Holiday        Kind = "holiday"         // no work: a festival, or a day off around it
	WorkdayShifted Kind = "workday_shifted" // a Saturday or Sunday worked in exchange (调休上班)
	InLieu         Kind = "in_lieu"         // the weekday given in exchange for it: no work, and in the table also a Holiday
)

// DayKind is one row of a holiday table.
type DayKind struct {
	Day  Day  `json:"day"`
	Kind Kind `json:"kind"`
}

// embedded is the table of the package chinese-days 1.5.7 (MIT, data/LICENSE.chinese-days), which follows the yearly
// notices of the State Council's General Office (国务院办公厅关于部分节假日安排的通知).
//
//go:embed data/cn_holidays_2004_2026.csv
var embedded string

// Calendar knows which days are worked. It is immutable and safe for concurrent use.
type Calendar struct {
	marked      map[number]bool // days unlike their weekday: true is worked, false is not
	first, last int             // the known years; first > last means none
}

// Embedded returns the calendar of the holiday table that ships with the program, 2004 to 2026. It fails only if that
// table is damaged. It reads the whole table: call it once and keep the result.
func Embedded() (*Calendar, error) {
	days, err := ParseDays(embedded)
	if err != nil {
		return nil, fmt.Errorf("read the embedded holiday table: %w", err)
	}
	return (&Calendar{}).With(days), nil
}

// With returns a calendar that also knows extra, which an operator added: a new year, a revised notice, a local
// festival. Extra wins over what was known of the same day, a later row over an earlier one; c is unchanged.
// Rows come from ParseDays or were checked by it when stored: an unknown kind or a text that is no day panics.
func (c *Calendar) With(extra []DayKind) *Calendar {
	m := maps.Clone(c.marked)
	if m == nil {
		m = make(map[number]bool, len(extra))
	}
	for _, d := range extra {
		switch d.Kind {
		case WorkdayShifted:
			m[d.Day.number()] = true
		case Holiday, InLieu:
			m[d.Day.number()] = false
		default:
			panic(fmt.Sprintf("calendar: %q is no kind of day", d.Kind))
		}
	}
	first, last := knownYears(m)
	return &Calendar{marked: m, first: first, last: last}
}

// knownYears finds the first year that is known and the last one before a gap. A year is known when its 1 October is
// named as a day off: every yearly notice names it, and single days added by hand do not make a year known.
func knownYears(m map[number]bool) (first, last int) {
	known := func(year int) bool {
		worked, named := m[numberOf(time.Date(year, time.October, 1, 12, 0, 0, 0, zone))]
		return named && !worked
	}
	for first = minYear; first <= maxYear && !known(first); first++ {
	}
	for last = first - 1; known(last + 1); last++ {
	}
	return first, last
}

// FirstYear returns the first year whose holidays are known.
func (c *Calendar) FirstYear() int { return c.first }

// LastYear returns the last year, without a gap from FirstYear, whose holidays are known.
func (c *Calendar) LastYear() int { return c.last }

// Known reports whether the holidays of d's year are known. The last days of December can still change with the next
// year's notice, when it bridges New Year's Day; then the operator adds them together with that year.
func (c *Calendar) Known(d Day) bool { return c.known(d.number()) }

func (c *Calendar) known(n number) bool {
	y := n.utc().Year()
	return c.first <= y && y <= c.last
}

// Working reports whether d is worked: Monday to Friday and no holiday, or a weekend day worked in exchange.
func (c *Calendar) Working(d Day) bool { return c.working(d.number()) }

func (c *Calendar) working(n number) bool {
	if worked, named := c.marked[n]; named {
		return worked
	}
	w := n.weekday()
	return w != time.Saturday && w != time.Sunday
}

// WorkingDays counts the working days from one day to another, both included; 0 where to lies before from.
func (c *Calendar) WorkingDays(from, to Day) int { return c.workingDays(from.number(), to.number()) }

func (c *Calendar) workingDays(from, to number) int {
	k := 0
	for n := from; n <= to; n++ {
		if c.working(n) {
			k++
		}
	}
	return k
}

// nextWorking returns n if it is worked, else the first worked day after it. Only finitely many days are marked, so
// there always is one.
func (c *Calendar) nextWorking(n number) number {
	for !c.working(n) {
		n++
	}
	return n
}

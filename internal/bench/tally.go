package bench

import (
	"fmt"
	"slices"
	"strings"

	"yanming/internal/calendar"
)

// datum is one number of the report as its JSON has it.
type datum struct {
	Code     string
	Period   calendar.Period
	Scope    map[string][]string
	Value    int64
	None     bool
	Evidence int64
	Veiled   int64 `json:"in_confidence"`
}

// reported is the report as its JSON has it.
type reported struct {
	Period     calendar.Period
	Cumulative calendar.Period
	Figures    []datum
	Breakdowns []struct {
		Dim  string
		Rows []struct{ Figures []datum }
	}
	Weeks []datum
}

// all lists every number of the report.
func (r reported) all() []datum {
	list := slices.Concat(r.Figures, r.Weeks)
	for _, b := range r.Breakdowns {
		for _, row := range b.Rows {
			list = append(list, row.Figures...)
		}
	}
	return list
}

// tally holds what was counted, by figure, period and, where it is broken down, dimension and code.
type tally map[string]int64

func key(code string, p calendar.Period, dim, group string) string {
	return strings.Join([]string{code, p.String(), dim, group}, "|")
}

// of returns what the tally says of a number of the report; false where it does not know the figure.
func (t tally) of(d datum) (value int64, none, ok bool) {
	one := func(code string) (sum int64, ok bool) {
		if len(d.Scope) == 0 {
			v, ok := t[key(code, d.Period, "", "")]
			return v, ok
		}
		for dim, codes := range d.Scope {
			for _, c := range codes {
				sum += t[key(code, d.Period, dim, c)]
			}
			_, ok = t[key(code, d.Period, "", "")]
		}
		return sum, ok
	}
	ratio, isRatio := ratioFigures()[d.Code]
	if !isRatio {
		value, ok = one(d.Code)
		return value, d.Code == medianFigure && value < 0, ok
	}
	a, okA := one(ratio[0])
	b, okB := one(ratio[1])
	if b == 0 {
		return 0, true, okA && okB
	}
	return (a*2000 + b) / (2 * b), false, okA && okB
}

// agrees reports whether the tally says what the report does, and in words what else it says.
func (t tally) agrees(d datum) (bool, string) {
	v, none, ok := t.of(d)
	switch {
	case !ok:
		return false, fmt.Sprintf("%s of %s: nobody counted it", d.Code, d.Period)
	case none != d.None || !none && v != d.Value:
		return false, fmt.Sprintf("%s of %s %v: the report says %d, counted %d", d.Code, d.Period, d.Scope, d.Value, v)
	}
	return true, ""
}

// counted counts the rows one by one into a tally, for the report's two periods and its weeks.
type counted struct {
	tally
	whole, week calendar.Period
	weeks       []calendar.Period
	days        map[calendar.Period][]int64
	end         int64
}

func newCounted(r reported) *counted {
	c := &counted{tally: tally{}, whole: r.Cumulative, week: r.Period, days: map[calendar.Period][]int64{}}
	_, c.end = r.Period.Bounds()
	for _, d := range r.Weeks {
		if !slices.Contains(c.weeks, d.Period) {
			c.weeks = append(c.weeks, d.Period)
		}
	}
	for _, p := range c.periods() { // what nothing falls into is 0, not unknown
		for _, f := range slices.Concat(cohortFigures(c.end), stockFigures(c.end)) {
			c.tally[key(f.code, p, "", "")] = 0
		}
		for code := range flowFigures() {
			c.tally[key(code, p, "", "")] = 0
		}
		for _, kind := range []string{"proposal", "target", "project"} {
			for _, what := range []string{"received", "done", "in_progress"} {
				c.tally[key(kind+"."+what, p, "", "")] = 0
			}
		}
		c.tally[key(medianFigure, p, "", "")] = -1
	}
	return c
}

// periods are the report's, each once: the week itself is the last of the weeks.
func (c *counted) periods() (ps []calendar.Period) {
	for _, p := range append([]calendar.Period{c.whole, c.week}, c.weeks...) {
		if !slices.Contains(ps, p) {
			ps = append(ps, p)
		}
	}
	return ps
}

// both are the two periods of every line; one where they are the same.
func (c *counted) both() []calendar.Period {
	if c.whole == c.week {
		return []calendar.Period{c.week}
	}
	return []calendar.Period{c.whole, c.week}
}

func within(p calendar.Period, at int64) bool {
	from, to := p.Bounds()
	return at >= from && at < to
}

// add counts one case.
func (c *counted) add(x caseRow) {
	for _, p := range c.both() {
		if voice(x.kind) {
			for _, f := range stockFigures(c.end) {
				if f.is(x) {
					c.tally[key(f.code, p, "", "")]++
				}
			}
		}
		if within(p, x.registered) {
			c.cohort(p, x)
		}
	}
	for _, p := range c.weeks {
		if p != c.week && voice(x.kind) && within(p, x.registered) {
			c.tally[key("case.received", p, "", "")]++
		}
	}
}

func (c *counted) cohort(p calendar.Period, x caseRow) {
	if !voice(x.kind) {
		c.tally[key(x.kind+".received", p, "", "")]++
		switch {
		case x.finished():
			c.tally[key(x.kind+".done", p, "", "")]++
		case x.open():
			c.tally[key(x.kind+".in_progress", p, "", "")]++
		}
		return
	}
	is := map[string]bool{}
	for _, f := range cohortFigures(c.end) {
		if f.is(x) {
			is[f.code] = true
			c.tally[key(f.code, p, "", "")]++
		}
	}
	if x.veiled {
		return
	}
	if is["case.answered_timed"] && x.took >= 0 {
		c.days[p] = append(c.days[p], (x.took+43_200_000)/86_400_000)
	}
	for _, b := range reportBreakdowns() {
		for _, code := range b.codes {
			if is[code] {
				c.tally[key(code, p, b.dim, b.of(x))]++
			}
		}
	}
}

// deed counts one thing that was done.
func (c *counted) deed(kind, typ string, at int64) {
	if !voice(kind) {
		return
	}
	for _, p := range c.periods() {
		if !within(p, at) {
			continue
		}
		for code, types := range flowFigures() {
			if slices.Contains(types, typ) {
				c.tally[key(code, p, "", "")]++
			}
		}
	}
}

// close reckons what needs all rows.
func (c *counted) close() {
	for p, days := range c.days {
		slices.Sort(days)
		low, high := days[(len(days)-1)/2], days[len(days)/2]
		c.tally[key(medianFigure, p, "", "")] = low + (high-low)/2
	}
}

package calendar

import (
	"fmt"
	"slices"
	"time"
)

// Pause is a time during which a clock stood still because the resident was asked for something (补正). A zero To
// means that it still lasts.
type Pause struct{ From, To time.Time }

// Shift returns due as the ended pauses of one clock move it, and how much of the allowance they used. Pass all pauses
// of the clock, in any order, and the due moment as it was before the first of them.
//
// The allowance is limit: pauses count in its unit, which should be the clock's own, and all of them together never
// move due by more than its N. So a pause never lowers the elapsed time except by used, which the caller records.
// Days: the day on which a pause begins is not counted, the day on which it ends is, as in Due; asked and answered on
// one day moves nothing. Working hours: the office hours within the pause, in whole minutes. Time that two pauses
// share counts once. A pause that still lasts, or that begins after the due moment as moved so far, moves nothing:
// what is overdue stays overdue.
//
// Used is in days, or in minutes where limit counts working hours. A limit that Check refuses panics.
func (c *Calendar) Shift(due time.Time, pauses []Pause, limit Span, h Hours) (moved time.Time, used int, provisional bool) {
	if err := limit.Check(); err != nil {
		panic(fmt.Sprintf("calendar: %d %q is no span", limit.N, limit.Unit))
	}
	allowed := limit.N
	if limit.Unit == WorkingHour {
		allowed *= 60
	}
	sorted := slices.Clone(pauses)
	slices.SortStableFunc(sorted, func(a, b Pause) int { return a.From.Compare(b.From) })
	moved, provisional = c.provided(due, due)
	var hours time.Duration // kept whole: minutes are rounded once, not for each pause
	var until time.Time     // the end of what is counted already
	for _, p := range sorted {
		from := p.From
		if from.Before(until) {
			from = until
		}
		if p.To.IsZero() || !from.Before(p.To) || p.From.After(moved) {
			continue
		}
		until = p.To
		a, b := numberOf(from), numberOf(p.To)
		switch limit.Unit {
		case CalendarDay:
			used += int(b - a)
		case WorkingDay:
			used += c.workingDays(a+1, b)
		case WorkingHour:
			hours += c.WorkingTime(from, p.To, h)
			used = int(hours / time.Minute)
		}
		used = min(used, allowed)
		moved, provisional = c.move(due, used, limit, h)
	}
	return moved, used, provisional
}

// move returns due moved on by used: days, or minutes of office hours.
func (c *Calendar) move(due time.Time, used int, limit Span, h Hours) (time.Time, bool) {
	if limit.Unit == WorkingHour {
		return c.provided(due, moment(c.afterWork(due.UnixMilli(), int64(used)*minuteMs, h)))
	}
	return c.Extend(due, Span{N: used, Unit: limit.Unit, RollForward: limit.RollForward}, h)
}

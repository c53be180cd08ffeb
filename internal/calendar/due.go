package calendar

import (
	"fmt"
	"time"

	"yanming/internal/errs"
)

// Unit is what a span counts.
type Unit string

// The units. Law texts say 日 for calendar days and 工作日 for working days; town standards also count 工作时.
const (
	CalendarDay Unit = "calendar_day"
	WorkingDay  Unit = "working_day"
	WorkingHour Unit = "working_hour"
)

// Units lists every unit.
func Units() []Unit { return []Unit{CalendarDay, WorkingDay, WorkingHour} }

const maxSpan = 3660 // ten years of days

// Span is a length of time as a rule states it: 5 working days.
//
// RollForward moves the end of a span of calendar days from a rest day (weekend or holiday) to the next working day,
// as 民法典 (Civil Code) Art. 203 does for periods of civil law. It is off by default: 信访工作条例 and the hotline
// rules do not state it for the time an office has, and a due day must never move in the office's own favour without
// a law. A rule that has one, or that gives residents a time limit, switches it on in its own data. The other units
// end on working days anyway and ignore it.
type Span struct {
	N           int  `json:"n"`
	Unit        Unit `json:"unit"`
	RollForward bool `json:"roll_forward,omitempty"`
}

// Check returns nil if s is a span that Due can count: 0 to 3660 of a known unit. Check a span before storing it.
// Errors: Invalid calendar.span.
func (s Span) Check() error {
	if s.N < 0 || s.N > maxSpan || s.Unit != CalendarDay && s.Unit != WorkingDay && s.Unit != WorkingHour {
		return errs.New(errs.Invalid, "calendar.span", maxSpan)
	}
	return nil
}

// Label returns the message that names the span, with its values: 5个工作日.
func (s Span) Label() (key string, args []any) {
	key = "calendar.span." + string(s.Unit)
	if s.N == 1 {
		key += ".one"
	}
	return key, []any{s.N}
}

// Due returns the moment at which a span that begins with the event at start runs out. To be in time is to be done at
// due or before it; overdue is due < now.
//
// Days: the day of the start event is not counted (民法典 Art. 201), and the span lasts to 24:00 of its last day
// (Art. 203 para. 2): due is the last millisecond of that day, 23:59:59.999 in UTC+8, so that its date is the date to
// show. A span of 0 days ends with the day of the event itself or, counted in working days, with the first working
// day from it on.
//
// Working hours: from the moment of the event, only within h on working days; due is the moment itself.
//
// Provisional reports that the day of start or of due lies in a year whose holidays are not known: show the due date
// as such and count again when the year is added. A span that Check refuses panics.
func (c *Calendar) Due(start time.Time, s Span, h Hours) (due time.Time, provisional bool) {
	if err := s.Check(); err != nil {
		panic(fmt.Sprintf("calendar: %d %q is no span", s.N, s.Unit))
	}
	if s.Unit == WorkingHour {
		return c.provided(start, moment(c.afterWork(start.UnixMilli(), int64(s.N)*60*minuteMs, h)))
	}
	last := numberOf(start)
	if s.Unit == CalendarDay {
		last += number(s.N)
		if s.RollForward {
			last = c.nextWorking(last)
		}
	} else if s.N == 0 {
		last = c.nextWorking(last)
	}
	for k := 0; s.Unit == WorkingDay && k < s.N; k++ {
		last = c.nextWorking(last + 1)
	}
	return c.provided(start, moment((last+1).startMs()-1))
}

// provided adds to due whether it rests on a year that is not known. Known years have no gap between them.
func (c *Calendar) provided(start, due time.Time) (time.Time, bool) {
	return due, !c.known(numberOf(start)) || !c.known(numberOf(due))
}

// Extend returns due moved on by an extension: by counts from the due day, which is not counted again, or from the
// due moment where it counts working hours. An extension of 0 changes nothing. Whether one may be granted, how often
// and by whom is the caller's rule (信访工作条例 Art. 34: once, at most 30 days, approved by the head of the unit).
func (c *Calendar) Extend(due time.Time, by Span, h Hours) (moved time.Time, provisional bool) {
	if by.N == 0 {
		return c.provided(due, due)
	}
	return c.Due(due, by, h)
}

// Left is how far a due moment lies ahead, for display. Days and WorkingDays count the days after today up to the due
// day: 0 is today; negative is how many days ago it was.
type Left struct {
	Days        int
	WorkingDays int
	Overdue     bool // due < now; possible with 0 days where hours count
}

// Left returns how much is left from now to due.
func (c *Calendar) Left(now, due time.Time) Left {
	a, b := numberOf(now), numberOf(due)
	return Left{
		Days:        int(b - a),
		WorkingDays: c.workingDays(a+1, b) - c.workingDays(b+1, a), // one of the two is empty
		Overdue:     due.Before(now),
	}
}

// Package calendar is the one place where Yanming reckons with days: working days and hours, due moments, pauses and
// the periods of figures. It is arithmetic only, without a database, and its answers depend on nothing but their
// arguments: no clock is read and no time zone of the machine is asked.
//
// It refuses to guess quietly. Where the yearly holiday notice of the State Council is not known yet, it still
// answers, counting Monday to Friday as working days, and says that the answer is provisional.
package calendar

import (
	"fmt"
	"time"

	"yanming/internal/errs"
)

// zone is immutable; Zone hands it out.
var zone = time.FixedZone("UTC+8", zoneSeconds)

const (
	zoneSeconds = 8 * 60 * 60
	daySeconds  = 24 * 60 * 60
	dayMs       = daySeconds * 1000
	minuteMs    = 60 * 1000

	minYear = 1900
	maxYear = 2999
)

// Zone returns UTC+8, the only zone in which days begin and end. China has kept no summer time since 1991, so it is
// fixed and needs no zone database.
func Zone() *time.Location { return zone }

// Day is a calendar day in UTC+8, written 2026-11-23, so that days compare and sort as text. Days come from ParseDay,
// DayOf and AddDays; a method called on any other text panics.
type Day string

// DayOf returns the day in UTC+8 that holds t.
func DayOf(t time.Time) Day { return numberOf(t).day() }

// ParseDay reads a day written 2026-11-23, of the years 1900 to 2999, with nothing before or behind it.
// Errors: Invalid error.date.
func ParseDay(s string) (Day, error) {
	if d := Day(s); d.Valid() {
		return d, nil
	}
	return "", errs.New(errs.Invalid, "error.date")
}

// Valid reports whether d is a day that ParseDay would have read.
func (d Day) Valid() bool {
	t, err := time.Parse(time.DateOnly, string(d))
	return err == nil && t.Year() >= minYear && t.Year() <= maxYear
}

// Start returns the first moment of d.
func (d Day) Start() time.Time { return d.number().start() }

// End returns the first moment after d, which is the start of the next day: [Start, End) is the day.
func (d Day) End() time.Time { return (d.number() + 1).start() }

// AddDays returns the day n days after d, or before it where n is negative.
func (d Day) AddDays(n int) Day { return (d.number() + number(n)).day() }

// DaysTo returns how many days e lies after d; it is negative where e is earlier.
func (d Day) DaysTo(e Day) int { return int(e.number() - d.number()) }

// Weekday returns the day of the week.
func (d Day) Weekday() time.Weekday { return d.number().weekday() }

// Date returns year, month and day of the month as numbers.
func (d Day) Date() (year, month, day int) {
	y, m, dd := d.number().utc().Date()
	return y, int(m), dd
}

// ISOWeek returns the week of ISO 8601 that holds d, and the year to which that week belongs. The last days of
// December may belong to week 1 of the next year, the first of January to the last week of the year before.
func (d Day) ISOWeek() (year, week int) { return d.number().utc().ISOWeek() }

// Monday returns the first day of d's ISO week.
func (d Day) Monday() Day {
	n := d.number()
	return (n - number((n.weekday()+6)%7)).day()
}

// WeeksIn returns how many ISO weeks a year has: 52 or 53.
func WeeksIn(year int) int {
	_, w := time.Date(year, time.December, 28, 0, 0, 0, 0, time.UTC).ISOWeek() // always in the last week
	return w
}

// weekMonday returns the Monday of an ISO week: week 1 is the week that holds 4 January.
func weekMonday(year, week int) Day {
	return DayOf(time.Date(year, time.January, 4, 0, 0, 0, 0, zone)).Monday().AddDays(7 * (week - 1))
}

// number counts days from 1970-01-01 in UTC+8; all arithmetic is done on it.
type number int

func numberOf(t time.Time) number {
	s := t.Unix() + zoneSeconds
	n := s / daySeconds
	if s%daySeconds < 0 { // Go divides towards zero; days before 1970 must go down
		n--
	}
	return number(n)
}

// number panics on a text that is no day: a Day is checked where it enters, never here.
func (d Day) number() number {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		panic(fmt.Sprintf("calendar: %q is no day", string(d)))
	}
	return numberOf(t) // midnight UTC is 08:00 of the same day in UTC+8
}

// utc is midnight UTC of the day, used only to take its parts.
func (n number) utc() time.Time { return time.Unix(int64(n)*daySeconds, 0).UTC() }

func (n number) day() Day { return Day(n.utc().Format(time.DateOnly)) }

// startMs is the first moment of the day in Unix milliseconds.
func (n number) startMs() int64 { return int64(n)*dayMs - zoneSeconds*1000 }

func (n number) start() time.Time { return moment(n.startMs()) }

// weekday: day 0, 1970-01-01, was a Thursday.
func (n number) weekday() time.Weekday { return time.Weekday(((int(n)+4)%7 + 7) % 7) }

// moment returns Unix milliseconds as a time in UTC+8.
func moment(ms int64) time.Time { return time.UnixMilli(ms).In(zone) }

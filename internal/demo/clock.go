package demo

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"yanming/internal/calendar"
)

// Clock is the clock of a database that Fill is run on: it shows what was set last, and the time of the day again once
// it is released. The zero Clock shows the time of the day. It is safe for concurrent use.
type Clock struct {
	mu  sync.Mutex
	set time.Time
}

// Now returns the time that the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.set.IsZero() {
		return time.Now()
	}
	return c.set
}

// Set stops the clock at t.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.set = t
}

// Release lets the clock run with the day again.
func (c *Clock) Release() { c.Set(time.Time{}) }

// opening is how many working days ago the towns were opened: more than any story is old.
const opening = 60

// axis measures office time backwards from now, so that a story told in working days and hours fits every now: a
// Monday morning, a weekend, a week of holidays.
type axis struct {
	now   time.Time
	cal   *calendar.Calendar
	slots []slot // the newest first
	day   time.Duration
}

// slot is a stretch of office time.
type slot struct{ from, to time.Time }

func newAxis(cal *calendar.Calendar, now time.Time) *axis {
	x := &axis{now: now, cal: cal}
	spells := usual()
	for _, s := range spells {
		x.day += s[1] - s[0]
	}
	for day, n := calendar.DayOf(now), 0; n <= opening+1; day = day.AddDays(-1) {
		if !cal.Working(day) {
			continue
		}
		n++
		for i := len(spells) - 1; i >= 0; i-- {
			s := slot{day.Start().Add(spells[i][0]), day.Start().Add(spells[i][1])}
			if s.to.After(now) {
				s.to = now
			}
			if s.from.Before(s.to) {
				x.slots = append(x.slots, s)
			}
		}
	}
	return x
}

// usual returns the usual office hours as times of the day.
func usual() (spells [][2]time.Duration) {
	for _, s := range strings.Split(calendar.Hours{}.String(), ",") {
		var h1, m1, h2, m2 int
		if _, err := fmt.Sscanf(s, "%d:%d-%d:%d", &h1, &m1, &h2, &m2); err != nil {
			panic(fmt.Sprintf("demo: office hours %q: %v", s, err)) // the zero Hours are a constant of calendar
		}
		spells = append(spells, [2]time.Duration{clockTime(h1, m1), clockTime(h2, m2)})
	}
	return spells
}

func clockTime(h, m int) time.Duration {
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
}

// days returns n working days of office time.
func (x *axis) days(n float64) time.Duration { return time.Duration(n * float64(x.day)) }

// at returns the moment from which back of office time passed until now.
func (x *axis) at(back time.Duration) time.Time {
	for _, s := range x.slots {
		d := s.to.Sub(s.from)
		if back <= d {
			return s.to.Add(-back)
		}
		back -= d
	}
	return x.slots[len(x.slots)-1].from
}

// since returns how much office time has passed since t.
func (x *axis) since(t time.Time) time.Duration {
	return x.cal.WorkingTime(t, x.now, calendar.Hours{})
}

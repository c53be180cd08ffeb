package calendar

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"yanming/internal/errs"
	"yanming/internal/i18n"
)

func span(n int, u Unit) Span { return Span{N: n, Unit: u} }

func TestDueMomentsKnownByHand(t *testing.T) {
	c := calendar(t)
	rolled := func(n int) Span { return Span{N: n, Unit: CalendarDay, RollForward: true} }
	for _, tt := range []struct {
		says        string
		start       string
		span        Span
		due         string
		provisional bool
	}{
		{"an ordinary request of Monday morning is due the next Monday", "2026-11-23 09:41", span(5, WorkingDay), "2026-11-30 23:59:59.999", false},
		{"late at night is the same day", "2026-11-23 23:59", span(5, WorkingDay), "2026-11-30 23:59:59.999", false},
		{"a minute later is Tuesday", "2026-11-24 00:00", span(5, WorkingDay), "2026-12-01 23:59:59.999", false},
		{"a request of Saturday counts from Monday", "2026-11-21 10:00", span(5, WorkingDay), "2026-11-27 23:59:59.999", false},
		{"15 days to be told of a petition", "2026-11-23 09:41", span(15, CalendarDay), "2026-12-08 23:59:59.999", false},
		{"60 days to answer it reach past the known holidays", "2026-11-23 09:41", span(60, CalendarDay), "2027-01-22 23:59:59.999", true},
		{"60 days to answer, within the known years", "2026-08-03 15:00", span(60, CalendarDay), "2026-10-02 23:59:59.999", false},
		{"they end on a holiday, and roll to the day after it where the law says so", "2026-08-03 15:00", rolled(60), "2026-10-08 23:59:59.999", false},
		{"15 days ending on a Saturday stay there", "2026-11-27 08:00", span(15, CalendarDay), "2026-12-12 23:59:59.999", false},
		{"or roll to Monday", "2026-11-27 08:00", rolled(15), "2026-12-14 23:59:59.999", false},
		{"or stay on a Saturday that is worked", "2026-09-25 08:00", rolled(15), "2026-10-10 23:59:59.999", false},
		{"over Spring Festival, whose Saturdays are worked", "2026-02-13 10:00", span(5, WorkingDay), "2026-02-27 23:59:59.999", false},
		{"one day more is the Saturday after it", "2026-02-13 10:00", span(6, WorkingDay), "2026-02-28 23:59:59.999", false},
		{"two more skip the Sunday", "2026-02-13 10:00", span(7, WorkingDay), "2026-03-02 23:59:59.999", false},
		{"from within Spring Festival", "2026-02-17 10:00", span(1, WorkingDay), "2026-02-24 23:59:59.999", false},
		{"0 days are the day itself", "2026-11-21 10:00", span(0, CalendarDay), "2026-11-21 23:59:59.999", false},
		{"0 working days are the first one", "2026-11-21 10:00", span(0, WorkingDay), "2026-11-23 23:59:59.999", false},
		{"and 0 working days of a working day that day", "2026-11-23 10:00", span(0, WorkingDay), "2026-11-23 23:59:59.999", false},
		{"the last day of the known years", "2026-12-30 10:00", span(1, WorkingDay), "2026-12-31 23:59:59.999", false},
		{"one day past them", "2026-12-31 10:00", span(1, WorkingDay), "2027-01-01 23:59:59.999", true},
		{"a calendar day past them", "2026-12-31 10:00", span(1, CalendarDay), "2027-01-01 23:59:59.999", true},
		{"before the known years", "2003-12-01 10:00", span(1, WorkingDay), "2003-12-02 23:59:59.999", true},

		{"hours of a morning", "2026-11-23 09:41", span(2, WorkingHour), "2026-11-23 11:41", false},
		{"hours over noon", "2026-11-23 11:00", span(2, WorkingHour), "2026-11-23 15:00", false},
		{"hours that fill the day end with it", "2026-11-23 14:00", span(4, WorkingHour), "2026-11-23 18:00", false},
		{"hours from before work", "2026-11-23 03:00", span(3, WorkingHour), "2026-11-23 12:00", false},
		{"5 hours across a weekend", "2026-11-20 17:00", span(5, WorkingHour), "2026-11-23 15:00", false},
		{"from a Sunday", "2026-11-22 10:00", span(1, WorkingHour), "2026-11-23 10:00", false},
		{"4 hours across Spring Festival", "2026-02-14 16:30", span(4, WorkingHour), "2026-02-24 11:30", false},
		{"9 hours from the Friday before it use the worked Saturday", "2026-02-13 16:00", span(9, WorkingHour), "2026-02-14 18:00", false},
		{"hours past the known years", "2026-12-31 17:00", span(2, WorkingHour), "2027-01-01 10:00", true},
		{"0 hours are now", "2026-11-22 10:00", span(0, WorkingHour), "2026-11-22 10:00", false},
	} {
		due, provisional := c.Due(at(t, tt.start), tt.span, Hours{})
		if !due.Equal(at(t, tt.due)) || provisional != tt.provisional {
			t.Errorf("%s: %s and %+v are due %s, provisional %v", tt.says, tt.start, tt.span, due.Format("2006-01-02 15:04:05.000"), provisional)
		}
	}
}

func TestTheDueDayIsTheSameWhateverTheMachinesZone(t *testing.T) {
	c := calendar(t)
	start := at(t, "2026-11-24 06:00") // still Monday in Greenwich
	for _, z := range []*time.Location{time.UTC, time.FixedZone("west", -11*3600), time.FixedZone("east", 14*3600)} {
		due, _ := c.Due(start.In(z), span(5, WorkingDay), Hours{})
		if DayOf(due) != "2026-12-01" || due.Location() != Zone() {
			t.Errorf("%v: %v", z, due)
		}
	}
}

// The notices for the autumn of 2025 and for 2026, written out again by hand, apart from the embedded table.
var (
	off = [][2]Day{{"2025-10-01", "2025-10-08"}, {"2026-01-01", "2026-01-03"}, {"2026-02-15", "2026-02-23"}, {"2026-04-04", "2026-04-06"},
		{"2026-05-01", "2026-05-05"}, {"2026-06-19", "2026-06-21"}, {"2026-09-25", "2026-09-27"}, {"2026-10-01", "2026-10-07"}}
	worked = []Day{"2025-09-28", "2025-10-11", "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"}
)

// recounted answers with the standard library's dates only, so that it shares no arithmetic with the package.
func recounted(t time.Time) bool {
	s := Day(t.Format(time.DateOnly))
	for _, w := range worked {
		if s == w {
			return true
		}
	}
	for _, o := range off {
		if o[0] <= s && s <= o[1] {
			return false
		}
	}
	return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday
}

func TestDueDaysOverFourHundredDaysAreRecountedDayByDay(t *testing.T) {
	c := calendar(t)
	checked := 0
	for i := range 400 {
		start := time.Date(2025, time.September, 1+i, i%24, i%60, 0, 0, Zone())
		midnight := time.Date(start.Year(), start.Month(), start.Day(), 0, 0, 0, 0, Zone())
		for _, n := range []int{1, 2, 3, 5, 7, 10, 13, 15, 20, 30, 60} {
			calendarDay := midnight.AddDate(0, 0, n)
			rolled := calendarDay
			for !recounted(rolled) {
				rolled = rolled.AddDate(0, 0, 1)
			}
			workingDay := midnight
			for left := n; left > 0; {
				workingDay = workingDay.AddDate(0, 0, 1)
				if recounted(workingDay) {
					left--
				}
			}
			for _, tt := range []struct {
				span Span
				last time.Time
			}{
				{span(n, CalendarDay), calendarDay},
				{Span{N: n, Unit: CalendarDay, RollForward: true}, rolled},
				{span(n, WorkingDay), workingDay},
			} {
				due, provisional := c.Due(start, tt.span, Hours{})
				want := tt.last.AddDate(0, 0, 1).Add(-time.Millisecond)
				if !due.Equal(want) || provisional != (tt.last.Year() > 2026) {
					t.Errorf("%v and %+v: due %v, provisional %v, want %v", start, tt.span, due, provisional, want)
				}
				checked++
			}
		}
		if i == 399 && start.Format(time.DateOnly) != "2026-10-05" {
			t.Errorf("the table ends on %v", start)
		}
	}
	if checked != 400*11*3 {
		t.Errorf("%d checked", checked)
	}
}

func TestDueHoursOverFourHundredDaysAreRecountedMinuteByMinute(t *testing.T) {
	c := calendar(t)
	for i := range 400 {
		for _, clock := range []int{3 * 60, 9*60 + 41, 12*60 + 30, 17*60 + 59} {
			start := time.Date(2025, time.September, 1+i, 0, clock, 0, 0, Zone())
			due := map[int]time.Time{}
			day, count := time.Date(2025, time.September, 1+i, 0, 0, 0, 0, Zone()), 0
			for m := clock; count < 20*60; m++ {
				if m == 24*60 {
					day, m = day.AddDate(0, 0, 1), 0
				}
				if m == 0 || m == clock {
					for !recounted(day) {
						day, m = day.AddDate(0, 0, 1), 0
					}
				}
				if m >= 9*60 && m < 12*60 || m >= 14*60 && m < 18*60 {
					count++
					due[count] = day.Add(time.Duration(m+1) * time.Minute)
				}
			}
			for _, n := range []int{1, 4, 5, 7, 20} {
				if got, _ := c.Due(start, span(n, WorkingHour), Hours{}); !got.Equal(due[n*60]) {
					t.Errorf("%v and %d hours: due %v, want %v", start, n, got, due[n*60])
				}
			}
		}
	}
}

func drawSpan(t *rapid.T) Span {
	return Span{N: rapid.IntRange(0, 90).Draw(t, "n"), Unit: rapid.SampledFrom(Units()).Draw(t, "unit"), RollForward: rapid.Bool().Draw(t, "roll")}
}

func TestDueNeverMovesBackWhenTheStartOrTheSpanGrows(t *testing.T) {
	c := calendar(t)
	rapid.Check(t, func(t *rapid.T) {
		s, h, start := drawSpan(t), drawHours(t), drawTime(t, "start")
		due, _ := c.Due(start, s, h)
		if due.Before(start.Truncate(time.Millisecond)) {
			t.Fatalf("due %v before its start %v", due, start)
		}
		later, _ := c.Due(start.Add(time.Duration(rapid.Int64Range(0, 10*dayMs).Draw(t, "later"))*time.Millisecond), s, h)
		longer := s
		longer.N++
		more, _ := c.Due(start, longer, h)
		if later.Before(due) || more.Before(due) || s.Unit != WorkingDay && !s.RollForward && !more.After(due) {
			t.Fatalf("due %v, from later %v, for longer %v", due, later, more)
		}
	})
}

func TestMoreHolidaysNeverMakeDueEarlierAndMoreWorkNeverLater(t *testing.T) {
	c := calendar(t)
	rapid.Check(t, func(t *rapid.T) {
		s, h, start := drawSpan(t), drawHours(t), drawTime(t, "start")
		var rest, work []DayKind
		for _, n := range rapid.SliceOfN(rapid.IntRange(0, 90), 1, 30).Draw(t, "days") {
			d := DayOf(start).AddDays(n)
			rest, work = append(rest, DayKind{d, Holiday}), append(work, DayKind{d, WorkdayShifted})
		}
		due, _ := c.Due(start, s, h)
		later, _ := c.With(rest).Due(start, s, h)
		earlier, _ := c.With(work).Due(start, s, h)
		if later.Before(due) || earlier.After(due) {
			t.Fatalf("due %v, with more holidays %v, with more work %v", due, later, earlier)
		}
	})
}

func TestAnExtensionCountsFromTheDueMoment(t *testing.T) {
	c := calendar(t)
	for _, tt := range []struct {
		says, due   string
		by          Span
		want        string
		provisional bool
	}{
		{"30 days more", "2026-09-01 23:59:59.999", span(30, CalendarDay), "2026-10-01 23:59:59.999", false},
		{"3 working days more across a weekend", "2026-11-26 23:59:59.999", span(3, WorkingDay), "2026-12-01 23:59:59.999", false},
		{"2 hours more", "2026-11-23 17:30", span(2, WorkingHour), "2026-11-24 10:30", false},
		{"none", "2026-11-22 23:59:59.999", span(0, WorkingDay), "2026-11-22 23:59:59.999", false},
		{"past the known years", "2026-12-10 23:59:59.999", span(30, CalendarDay), "2027-01-09 23:59:59.999", true},
	} {
		got, provisional := c.Extend(at(t, tt.due), tt.by, Hours{})
		if !got.Equal(at(t, tt.want)) || provisional != tt.provisional {
			t.Errorf("%s: %v, %v", tt.says, got, provisional)
		}
	}
}

func TestWhatIsLeft(t *testing.T) {
	c := calendar(t)
	for _, tt := range []struct {
		says, now, due string
		want           Left
	}{
		{"a week with five working days", "2026-11-23 09:41", "2026-11-30 23:59:59.999", Left{7, 5, false}},
		{"today", "2026-11-30 23:00", "2026-11-30 23:59:59.999", Left{0, 0, false}},
		{"the last millisecond is in time", "2026-11-30 23:59:59.999", "2026-11-30 23:59:59.999", Left{0, 0, false}},
		{"the next one is overdue", "2026-12-01 00:00", "2026-11-30 23:59:59.999", Left{-1, -1, true}},
		{"overdue over a weekend", "2026-11-30 09:00", "2026-11-27 23:59:59.999", Left{-3, -1, true}},
		{"overdue by hours today", "2026-11-23 16:00", "2026-11-23 15:00", Left{0, 0, true}},
		{"over Spring Festival", "2026-02-13 10:00", "2026-02-27 23:59:59.999", Left{14, 5, false}},
	} {
		if got := c.Left(at(t, tt.now), at(t, tt.due)); got != tt.want {
			t.Errorf("%s: %+v", tt.says, got)
		}
	}
}

func TestASpanThatCannotBeCountedIsRefused(t *testing.T) {
	cat, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range Units() {
		for _, n := range []int{0, 1, 5, maxSpan} {
			if err := span(n, u).Check(); err != nil {
				t.Errorf("%d %s: %v", n, u, err)
			}
			if key, _ := span(n, u).Label(); !cat.Has(key) {
				t.Errorf("no message %s", key)
			}
		}
	}
	for _, s := range []Span{{}, {N: 5}, span(-1, WorkingDay), span(maxSpan+1, CalendarDay), span(5, "week")} {
		if err := s.Check(); !errs.Is(err, errs.Invalid) || !cat.Has(errs.All(err)[0].Key) {
			t.Errorf("%+v: %v", s, err)
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("Due counted %+v", s)
				}
			}()
			(&Calendar{}).Due(time.Unix(0, 0), s, Hours{})
		}()
	}
	key, args := span(5, WorkingDay).Label()
	if got := cat.T(i18n.ZH, key, args...); got != "5个工作日" {
		t.Error(got)
	}
	key, args = span(1, WorkingDay).Label()
	if got := cat.T(i18n.EN, key, args...); got != "1 working day" {
		t.Error(got)
	}
}

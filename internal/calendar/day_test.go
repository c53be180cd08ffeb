package calendar

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"yanming/internal/errs"
)

func at(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("2006-01-02 15:04:05.999", s, Zone())
	if err != nil {
		v, err = time.ParseInLocation("2006-01-02 15:04", s, Zone())
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func calendar(t testing.TB) *Calendar {
	t.Helper()
	c, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestADayBeginsAndEndsAtMidnightInUTC8(t *testing.T) {
	for _, tt := range []struct {
		says string
		utc  string
		day  Day
	}{
		{"the last moment before midnight belongs to the old day", "2026-11-22T15:59:59.999Z", "2026-11-22"},
		{"midnight in UTC+8 is 16:00 UTC of the day before", "2026-11-22T16:00:00Z", "2026-11-23"},
		{"noon UTC is evening of the same day", "2026-11-23T12:00:00Z", "2026-11-23"},
		{"before 1970 days do not slip", "1969-12-31T15:59:59Z", "1969-12-31"},
		{"and not at that midnight either", "1969-12-31T16:00:00Z", "1970-01-01"},
		{"a leap day", "2028-02-28T16:00:00Z", "2028-02-29"},
	} {
		v, err := time.Parse(time.RFC3339, tt.utc)
		if err != nil {
			t.Fatal(err)
		}
		if got := DayOf(v); got != tt.day {
			t.Errorf("%s: %s is %s, want %s", tt.says, tt.utc, got, tt.day)
		}
	}
	d := Day("2026-11-23")
	if got, want := d.Start(), at(t, "2026-11-23 00:00"); !got.Equal(want) || got.Location() != Zone() {
		t.Errorf("start %v", got)
	}
	if got, want := d.End(), at(t, "2026-11-24 00:00"); !got.Equal(want) {
		t.Errorf("end %v", got)
	}
}

func TestISOWeeksRunFromMondayToSunday(t *testing.T) {
	for _, tt := range []struct {
		day        Day
		weekday    time.Weekday
		monday     Day
		year, week int
	}{
		{"2026-11-23", time.Monday, "2026-11-23", 2026, 48},
		{"2026-11-29", time.Sunday, "2026-11-23", 2026, 48},
		{"2026-12-31", time.Thursday, "2026-12-28", 2026, 53},
		{"2027-01-03", time.Sunday, "2026-12-28", 2026, 53},
		{"2024-12-30", time.Monday, "2024-12-30", 2025, 1},
		{"1969-12-29", time.Monday, "1969-12-29", 1970, 1},
	} {
		y, w := tt.day.ISOWeek()
		if tt.day.Weekday() != tt.weekday || tt.day.Monday() != tt.monday || y != tt.year || w != tt.week {
			t.Errorf("%s: %v, Monday %s, week %d of %d", tt.day, tt.day.Weekday(), tt.day.Monday(), w, y)
		}
	}
	if WeeksIn(2025) != 52 || WeeksIn(2026) != 53 || WeeksIn(2020) != 53 {
		t.Error("2025 has 52 weeks, 2026 and 2020 have 53")
	}
}

func TestParseDayRefusesWhatIsNoDay(t *testing.T) {
	for _, s := range []string{"", "2026", "2026-11", "2026-11-31", "2026-02-29", "2026-1-1", "2026-13-01", "26-11-23", "2026-11-23 ",
		" 2026-11-23", "2026/11/23", "1899-12-31", "3000-01-01", "2026-11-23T00:00:00Z", "２０２６-11-23"} {
		d, err := ParseDay(s)
		if !errs.Is(err, errs.Invalid) || d != "" || errs.All(err)[0].Key != "error.date" {
			t.Errorf("%q: %q, %v", s, d, err)
		}
	}
}

// Day arithmetic is compared with the standard library's, which keeps its own calendar.
func TestDaysAgreeWithTheStandardLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := time.UnixMilli(rapid.Int64Range(-2_208_000_000_000, 32_000_000_000_000).Draw(t, "ms"))
		n := rapid.IntRange(-5000, 5000).Draw(t, "n")
		d, local := DayOf(v), v.In(Zone())
		if string(d) != local.Format(time.DateOnly) || d.Weekday() != local.Weekday() {
			t.Fatalf("%v is %s, %v", local, d, d.Weekday())
		}
		if e := d.AddDays(n); string(e) != local.AddDate(0, 0, n).Format(time.DateOnly) || d.DaysTo(e) != n {
			t.Fatalf("%s plus %d is %s", d, n, e)
		}
		if v.Before(d.Start()) || !v.Before(d.End()) {
			t.Fatalf("%v is not within %s", local, d)
		}
	})
}

func FuzzParseDay(f *testing.F) {
	for _, s := range []string{"2026-11-23", "2024-02-29", "1900-01-01", "2999-12-31", "2026-11-31", "2026-1-1", "", "2026-11-23\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDay(s)
		if err != nil {
			if !errs.Is(err, errs.Invalid) || d != "" {
				t.Fatalf("%q: %q, %v", s, d, err)
			}
			return
		}
		if string(d) != s || DayOf(d.Start()) != d || DayOf(d.End().Add(-1)) != d || d.AddDays(1).AddDays(-1) != d {
			t.Fatalf("%q is not itself again", s)
		}
	})
}

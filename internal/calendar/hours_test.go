package calendar

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"yanming/internal/errs"
)

func TestHoursAreReadAsPeopleWriteThem(t *testing.T) {
	for _, tt := range []struct{ in, out string }{
		{"09:00-12:00,14:00-18:00", "09:00-12:00,14:00-18:00"},
		{"9:00–12:00，14：30～18:00", "09:00-12:00,14:30-18:00"},
		{"08:30 至 12:00、15:00 至 18:30", "08:30-12:00,15:00-18:30"},
		{"00:00-24:00", "00:00-24:00"},
	} {
		h, err := ParseHours(tt.in)
		if err != nil || h.String() != tt.out {
			t.Errorf("%q: %q, %v", tt.in, h, err)
		}
		var again Hours
		if b, err := h.MarshalText(); err != nil || again.UnmarshalText(b) != nil || again != h {
			t.Errorf("%q does not come back from its text", tt.in)
		}
	}
	if h, err := ParseHours("09:00-12:00,14:00-18:00"); err != nil || h != (Hours{}) {
		t.Error("the usual hours are the zero Hours")
	}
}

func TestHoursThatAreNoneAreRefused(t *testing.T) {
	for _, s := range []string{"", ",", "09:00", "12:00-09:00", "09:00-09:00", "09:00-12:00,11:00-18:00", "14:00-18:00,09:00-12:00",
		"09:00-12:00,12:00-18:00", "09:00-25:00", "09:60-10:00", "1:00-2:00,3:00-4:00,5:00-6:00,7:00-8:00,9:00-10:00", "09:00-12:00,"} {
		h, err := ParseHours(s)
		if !errs.Is(err, errs.Invalid) || errs.All(err)[0].Key != "calendar.hours" || h != (Hours{}) {
			t.Errorf("%q: %q, %v", s, h, err)
		}
	}
}

func TestWorkingTimeCountsOfficeHoursOnly(t *testing.T) {
	c := calendar(t)
	for _, tt := range []struct {
		says, from, to string
		want           time.Duration
	}{
		{"within a morning", "2026-11-23 09:30", "2026-11-23 11:00", 90 * time.Minute},
		{"the noon break does not count", "2026-11-23 11:00", "2026-11-23 15:00", 2 * time.Hour},
		{"nights do not count", "2026-11-23 17:00", "2026-11-24 10:00", 2 * time.Hour},
		{"weekends do not count", "2026-11-20 17:00", "2026-11-23 10:00", 2 * time.Hour},
		{"nine days of Spring Festival do not count, its shifted Saturday does", "2026-02-13 18:00", "2026-02-24 09:30", 7*time.Hour + 30*time.Minute},
		{"to the millisecond", "2026-11-23 09:00:00.001", "2026-11-23 09:00:00.003", 2 * time.Millisecond},
		{"backwards is nothing", "2026-11-24 09:00", "2026-11-23 09:00", 0},
		{"backwards within a day is nothing", "2026-11-23 11:00", "2026-11-23 10:00", 0},
	} {
		if got := c.WorkingTime(at(t, tt.from), at(t, tt.to), Hours{}); got != tt.want {
			t.Errorf("%s: %v", tt.says, got)
		}
	}
}

// WorkingTime and Due of working hours undo each other, whatever the hours.
func TestADueMomentInHoursHasExactlyThoseHoursBeforeIt(t *testing.T) {
	c := calendar(t)
	rapid.Check(t, func(t *rapid.T) {
		h := drawHours(t)
		start := drawTime(t, "start")
		n := rapid.IntRange(0, 60).Draw(t, "n")
		due, _ := c.Due(start, Span{N: n, Unit: WorkingHour}, h)
		if got := c.WorkingTime(start, due, h); got != time.Duration(n)*time.Hour {
			t.Fatalf("%d hours from %v are due %v, which is %v", n, start, due, got)
		}
		if n > 0 && c.WorkingTime(start, due.Add(-time.Millisecond), h) != time.Duration(n)*time.Hour-time.Millisecond {
			t.Fatalf("%d hours from %v were over before %v", n, start, due)
		}
	})
}

func drawTime(t *rapid.T, name string) time.Time {
	from := int64(1_756_656_000_000) // 2025-09-01 in UTC+8
	return time.UnixMilli(from + rapid.Int64Range(0, 500*dayMs).Draw(t, name))
}

func drawHours(t *rapid.T) Hours {
	s := rapid.SampledFrom([]string{"09:00-12:00,14:00-18:00", "08:00-12:00,15:00-18:30", "00:00-24:00", "10:00-10:01", "08:00-09:30,10:00-11:00,13:00-15:00,20:00-24:00"}).Draw(t, "hours")
	h, err := ParseHours(s)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func FuzzParseHours(f *testing.F) {
	for _, s := range []string{"09:00-12:00,14:00-18:00", "9:00–24:00", "00:00-00:01", "-,", "09:00-12:00,,"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		h, err := ParseHours(s)
		if err != nil {
			if !errs.Is(err, errs.Invalid) {
				t.Fatal(err)
			}
			return
		}
		if again, err := ParseHours(h.String()); err != nil || again != h {
			t.Fatalf("%q: %q, then %q, %v", s, h, again, err)
		}
	})
}

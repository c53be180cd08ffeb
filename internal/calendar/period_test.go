package calendar

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"yanming/internal/errs"
	"yanming/internal/i18n"
)

func TestPeriodsAreReadNamedAndBounded(t *testing.T) {
	cat, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		text           string
		shape          Shape
		first, last    Day
		previous, next string
		zh, en         string
	}{
		{"all", All, "", "", "", "", "全部时间", "All time"},
		{"2026-W48", Week, "2026-11-23", "2026-11-29", "2026-W47", "2026-W49", "2026年第48周（11月23日至11月29日）", "Week 48 of 2026 (2026-11-23 to 2026-11-29)"},
		{"2026-W53", Week, "2026-12-28", "2027-01-03", "2026-W52", "2027-W01", "2026年第53周（12月28日至1月3日）", "Week 53 of 2026 (2026-12-28 to 2027-01-03)"},
		{"2025-W01", Week, "2024-12-30", "2025-01-05", "2024-W52", "2025-W02", "2025年第1周（12月30日至1月5日）", "Week 1 of 2025 (2024-12-30 to 2025-01-05)"},
		{"2026-11", Month, "2026-11-01", "2026-11-30", "2026-10", "2026-12", "2026年11月", "November 2026"},
		{"2024-02", Month, "2024-02-01", "2024-02-29", "2024-01", "2024-03", "2024年2月", "February 2024"},
		{"2026-01", Month, "2026-01-01", "2026-01-31", "2025-12", "2026-02", "2026年1月", "January 2026"},
		{"2026-12", Month, "2026-12-01", "2026-12-31", "2026-11", "2027-01", "2026年12月", "December 2026"},
		{"2026", Year, "2026-01-01", "2026-12-31", "2025", "2027", "2026年", "2026"},
		{"2026-11-01..2026-11-30", Range, "2026-11-01", "2026-11-30", "2026-10-02..2026-10-31", "2026-12-01..2026-12-30", "2026年11月1日至2026年11月30日", "2026-11-01 to 2026-11-30"},
		{"2026-11-23..2026-11-23", Range, "2026-11-23", "2026-11-23", "2026-11-22..2026-11-22", "2026-11-24..2026-11-24", "2026年11月23日", "2026-11-23"},
		{"1900-W01", Week, "1900-01-01", "1900-01-07", "", "1900-W02", "1900年第1周（1月1日至1月7日）", "Week 1 of 1900 (1900-01-01 to 1900-01-07)"},
		{"2999", Year, "2999-01-01", "2999-12-31", "2998", "", "2999年", "2999"},
	} {
		p, err := ParsePeriod(tt.text)
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		first, last, ok := p.Days()
		if p.Shape() != tt.shape || first != tt.first || last != tt.last || ok != (tt.shape != All) || p.String() != tt.text {
			t.Errorf("%s: %s from %s to %s", tt.text, p, first, last)
		}
		for want, step := range map[string]func() (Period, bool){"previous " + tt.previous: p.Previous, "next " + tt.next: p.Next} {
			name, text, _ := strings.Cut(want, " ")
			if q, ok := step(); ok != (text != "") || ok && q.String() != text {
				t.Errorf("%s: %s is %s, %v", tt.text, name, q, ok)
			}
		}
		key, args := p.Label()
		if zh, en := cat.T(i18n.ZH, key, args...), cat.T(i18n.EN, key, args...); zh != tt.zh || en != tt.en {
			t.Errorf("%s: %s, %s", tt.text, zh, en)
		}
	}
}

func TestPeriodsThatAreNoneAreRefused(t *testing.T) {
	for _, s := range []string{"", "ALL", "2026-W00", "2026-W54", "2025-W53", "2026-W1", "2026-w48", "2026-W+1", "2026W48", "2026-13", "2026-00", "2026-1",
		"26", "02026", "+026", "1899", "3000", "2026-11-23", "2026-11-01..", "..2026-11-30", "2026-11-30..2026-11-01", "2026-11-01..2026-11-31",
		"2026-11-01...2026-11-30", "2026-11..2026-12", " 2026", "2026-11 ", "week"} {
		p, err := ParsePeriod(s)
		if !errs.Is(err, errs.Invalid) || errs.All(err)[0].Key != "calendar.period" || p != (Period{}) {
			t.Errorf("%q: %s, %v", s, p, err)
		}
	}
}

func TestBoundsAreHalfOpenInUTC8(t *testing.T) {
	from, to := Period{}.Bounds()
	if from != 0 || to != math.MaxInt64 {
		t.Errorf("all is %d to %d", from, to)
	}
	week := WeekOf("2026-11-26")
	from, to = week.Bounds()
	if from != at(t, "2026-11-23 00:00").UnixMilli() || to != at(t, "2026-11-30 00:00").UnixMilli() {
		t.Errorf("week 48 is %d to %d", from, to)
	}
	for _, tt := range []struct {
		moment string
		in     bool
	}{{"2026-11-22 23:59:59.999", false}, {"2026-11-23 00:00", true}, {"2026-11-29 23:59:59.999", true}, {"2026-11-30 00:00", false}} {
		if week.Contains(at(t, tt.moment)) != tt.in {
			t.Errorf("%s in week 48: %v", tt.moment, !tt.in)
		}
	}
}

func TestAPeriodIsKeptAsItsText(t *testing.T) {
	type frozen struct{ Period Period }
	b, err := json.Marshal(frozen{WeekOf("2026-11-23")})
	if err != nil || string(b) != `{"Period":"2026-W48"}` {
		t.Fatalf("%s, %v", b, err)
	}
	var f frozen
	if err := json.Unmarshal(b, &f); err != nil || f.Period != WeekOf("2026-11-29") {
		t.Errorf("%v, %v", f, err)
	}
	if err := json.Unmarshal([]byte(`{"Period":"2026-W99"}`), &f); err == nil || f.Period != WeekOf("2026-11-29") {
		t.Errorf("%v, %v", f, err)
	}
}

func TestNeighboursTouchAndHoldEveryMoment(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawTime(t, "at")
		d := DayOf(v)
		r, _ := Between(d, d.AddDays(rapid.IntRange(0, 100).Draw(t, "n")))
		for _, p := range []Period{WeekOf(d), MonthOf(d), YearOf(d), r} {
			from, to := p.Bounds()
			before, _ := p.Previous()
			after, _ := p.Next()
			_, end := before.Bounds()
			begin, _ := after.Bounds()
			again, err := ParsePeriod(p.String())
			if !p.Contains(v) || end != from || begin != to || err != nil || again != p {
				t.Fatalf("%s around %v: %s, %s", p, v, before, after)
			}
		}
	})
}

func FuzzParsePeriod(f *testing.F) {
	for _, s := range []string{"all", "2026-W48", "2026-W53", "2026-11", "2026", "2026-11-01..2026-11-30", "2999-W52", "1900-01", "..", "-W", "2026-W-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePeriod(s)
		if err != nil {
			if !errs.Is(err, errs.Invalid) || p != (Period{}) {
				t.Fatalf("%q: %v, %v", s, p, err)
			}
			return
		}
		from, to := p.Bounds()
		if p.String() != s || from >= to {
			t.Fatalf("%q is %q, %d to %d", s, p, from, to)
		}
		if q, ok := p.Previous(); ok {
			if _, end := q.Bounds(); end != from {
				t.Fatalf("%q ends at %d, %q begins at %d", q, end, s, from)
			}
		}
	})
}

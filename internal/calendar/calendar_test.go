package calendar

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"yanming/internal/errs"
	"yanming/internal/i18n"
)

// The notices of the State Council as published, written out by hand: days off and weekend days worked.
func TestTheEmbeddedTableFollowsTheYearlyNotices(t *testing.T) {
	c := calendar(t)
	for _, tt := range []struct {
		says     string
		from, to Day
		working  bool
	}{
		{"Spring Festival 2024", "2024-02-10", "2024-02-17", false},
		{"the eve in 2024 is worked", "2024-02-09", "2024-02-09", true},
		{"Sunday before Spring Festival 2024 is worked", "2024-02-04", "2024-02-04", true},
		{"Sunday after it too", "2024-02-18", "2024-02-18", true},
		{"the next Sunday is not", "2024-02-25", "2024-02-25", false},
		{"Spring Festival 2025", "2025-01-28", "2025-02-04", false},
		{"Sunday before Spring Festival 2025 is worked", "2025-01-26", "2025-01-27", true},
		{"and the Saturday after", "2025-02-05", "2025-02-08", true},
		{"National Day and Mid-Autumn 2025", "2025-10-01", "2025-10-08", false},
		{"Sunday before them is worked", "2025-09-28", "2025-09-30", true},
		{"and the Saturday after", "2025-10-09", "2025-10-11", true},
		{"but not the Sunday", "2025-10-12", "2025-10-12", false},
		{"New Year 2026", "2026-01-01", "2026-01-03", false},
		{"Sunday 4 January 2026 is worked", "2026-01-04", "2026-01-09", true},
		{"Spring Festival 2026", "2026-02-15", "2026-02-23", false},
		{"Saturday before it is worked", "2026-02-14", "2026-02-14", true},
		{"and the whole week after with its Saturday", "2026-02-24", "2026-02-28", true},
		{"National Day 2026", "2026-10-01", "2026-10-07", false},
		{"the Sunday eleven days before it is worked", "2026-09-20", "2026-09-24", true},
		{"and the Saturday after", "2026-10-08", "2026-10-10", true},
		{"a shifted day of another year's notice", "2011-12-31", "2011-12-31", true},
	} {
		for d := tt.from; d <= tt.to; d = d.AddDays(1) {
			if c.Working(d) != tt.working {
				t.Errorf("%s: %s working = %v", tt.says, d, !tt.working)
			}
		}
	}
}

// In the table in_lieu says again of some holidays that they were given in exchange. It never stands alone, always
// falls on Monday to Friday, and so changes nothing; workday_shifted always falls on a weekend.
func TestInLieuRowsRepeatHolidays(t *testing.T) {
	kinds := map[Day]map[Kind]bool{}
	for _, line := range strings.Split(strings.TrimSpace(embedded), "\n")[1:] {
		f := strings.Split(line, ",")
		d := Day(f[0])
		if kinds[d] == nil {
			kinds[d] = map[Kind]bool{}
		}
		kinds[d][Kind(f[1])] = true
	}
	in := 0
	for d, k := range kinds {
		weekend := d.Weekday()%6 == 0
		if k[InLieu] {
			in++
			if !k[Holiday] || weekend {
				t.Errorf("%s: in lieu, %v", d, k)
			}
		}
		if k[WorkdayShifted] && (k[Holiday] || !weekend) {
			t.Errorf("%s: shifted, %v", d, k)
		}
	}
	if in != 151 || len(kinds) != 769 {
		t.Errorf("%d in lieu of %d days", in, len(kinds))
	}
}

func TestWorkingDaysOfAYear(t *testing.T) {
	c := calendar(t)
	for _, tt := range []struct {
		says     string
		from, to Day
		want     int
	}{
		{"2024 had 251 working days", "2024-01-01", "2024-12-31", 251},
		{"2025 had 248", "2025-01-01", "2025-12-31", 248},
		{"2026 has 248", "2026-01-01", "2026-12-31", 248},
		{"a plain week has 5", "2026-11-23", "2026-11-29", 5},
		{"one working day alone", "2026-11-23", "2026-11-23", 1},
		{"a Sunday alone", "2026-11-22", "2026-11-22", 0},
		{"backwards there are none", "2026-11-24", "2026-11-23", 0},
	} {
		if got := c.WorkingDays(tt.from, tt.to); got != tt.want {
			t.Errorf("%s: %d", tt.says, got)
		}
	}
}

func TestAnOperatorAddsAYear(t *testing.T) {
	c := calendar(t)
	if c.FirstYear() != 2004 || c.LastYear() != 2026 {
		t.Fatalf("known from %d to %d", c.FirstYear(), c.LastYear())
	}
	if !c.Known("2004-01-01") || !c.Known("2026-12-31") || c.Known("2003-12-31") || c.Known("2027-01-01") {
		t.Error("known is 2004 to 2026")
	}
	local := c.With([]DayKind{{"2027-03-15", Holiday}})
	if local.LastYear() != 2026 || local.Working("2027-03-15") {
		t.Error("one day of 2027 is not its notice, but holds")
	}
	next := c.With([]DayKind{{"2027-01-01", Holiday}, {"2027-10-01", Holiday}, {"2027-10-09", WorkdayShifted}, {"2026-12-31", Holiday}})
	if next.LastYear() != 2027 || !next.Working("2027-10-09") || next.Working("2026-12-31") {
		t.Error("2027 is known, and may change the end of 2026")
	}
	if gap := c.With([]DayKind{{"2028-10-01", Holiday}}); gap.LastYear() != 2026 {
		t.Error("2028 without 2027 leaves a gap")
	}
	if c.LastYear() != 2026 || !c.Working("2026-12-31") || c.Working("2027-10-09") {
		t.Error("the first calendar is as it was")
	}
	if none := (&Calendar{}).With(nil); none.FirstYear() <= none.LastYear() || none.Known("2026-11-23") || !none.Working("2026-10-01") {
		t.Error("without a table no year is known, and Monday to Friday are worked")
	}
	revised := c.With([]DayKind{{"2026-10-10", Holiday}, {"2026-10-07", WorkdayShifted}})
	if revised.Working("2026-10-10") || !revised.Working("2026-10-07") {
		t.Error("what was added wins over what was known")
	}
}

func TestWhatAnOperatorPastes(t *testing.T) {
	days, err := ParseDays("\ufeff日期,类别\r\n2027-01-01,放假\r\n\r\n2027/1/2\t上班\t元旦\n2027-1-3，休\n\"2027-10-01\",\"holiday\",National Day\n2027-10-01,in_lieu\n")
	want := []DayKind{{"2027-01-01", Holiday}, {"2027-01-02", WorkdayShifted}, {"2027-01-03", Holiday}, {"2027-10-01", Holiday}}
	if err != nil || len(days) != len(want) {
		t.Fatalf("%v, %v", days, err)
	}
	for i := range want {
		if days[i] != want[i] {
			t.Errorf("row %d: %v", i, days[i])
		}
	}
}

func TestAMistakeInThePasteNamesItsLine(t *testing.T) {
	cat, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		says, text string
		keys       []string
		line       any
	}{
		{"no such day", "2027-01-01,放假\n2027-02-30,放假", []string{"calendar.row.date"}, 2},
		{"no day at all", "hello", []string{"calendar.row.date"}, 1},
		{"an unknown kind", "date,kind\n2027-01-01,party", []string{"calendar.row.kind"}, 2},
		{"a kind is missing", "2027-01-01", []string{"calendar.row.kind"}, 1},
		{"worked and off", "2027-01-01,holiday\n\n2027-01-01,workday_shifted", []string{"calendar.row.twice"}, 3},
		{"every mistake is named", "x,holiday\n2027-01-01,x\n", []string{"calendar.row.date", "calendar.row.kind"}, 1},
		{"nothing", " \n", []string{"calendar.rows.none"}, nil},
		{"a header alone", "date,kind", []string{"calendar.rows.none"}, nil},
		{"too much", strings.Repeat("x\n", 500), []string{"calendar.row.date"}, 1},
	} {
		days, err := ParseDays(tt.text)
		all := errs.All(err)
		if days != nil || !errs.Is(err, errs.Invalid) || len(all) < len(tt.keys) || len(all) > maxErrors {
			t.Errorf("%s: %v, %v", tt.says, days, err)
			continue
		}
		for i, key := range tt.keys {
			if all[i].Key != key || !cat.Has(key) || all[i].Field != "days" {
				t.Errorf("%s: %v", tt.says, all[i])
			}
		}
		if tt.line != nil && all[0].Args[0] != tt.line {
			t.Errorf("%s: line %v", tt.says, all[0].Args[0])
		}
	}
	var b strings.Builder
	for d := Day("2027-01-01"); d < "2033-01-01"; d = d.AddDays(1) {
		b.WriteString(string(d) + ",holiday\n")
	}
	if _, err := ParseDays(b.String()); err == nil || errs.All(err)[0].Key != "calendar.rows.many" {
		t.Errorf("six years of holidays: %v", err)
	}
}

func TestWorkingDaysAddUp(t *testing.T) {
	c := calendar(t)
	rapid.Check(t, func(t *rapid.T) {
		a := Day("2003-06-01").AddDays(rapid.IntRange(0, 9000).Draw(t, "a"))
		b := a.AddDays(rapid.IntRange(0, 400).Draw(t, "b"))
		m := a.AddDays(rapid.IntRange(0, 400).Draw(t, "m") % (a.DaysTo(b) + 1))
		if c.WorkingDays(a, b) != c.WorkingDays(a, m)+c.WorkingDays(m.AddDays(1), b) {
			t.Fatalf("%s to %s by %s", a, b, m)
		}
	})
}

func FuzzParseDays(f *testing.F) {
	f.Add("date,kind\n2027-01-01,holiday\n2027/1/2\t上班")
	f.Add("2027-01-01,放假\n2027-01-01,班")
	f.Add("\ufeff,,\n\"\"")
	f.Fuzz(func(t *testing.T, s string) {
		days, err := ParseDays(s)
		if (err == nil) != (len(days) > 0) || err != nil && !errs.Is(err, errs.Invalid) {
			t.Fatalf("%v, %v", days, err)
		}
		c := (&Calendar{}).With(days) // never panics on what was read
		for _, d := range days {
			if !d.Day.Valid() || c.Working(d.Day) != (d.Kind == WorkdayShifted) {
				t.Fatalf("%v", d)
			}
		}
	})
}

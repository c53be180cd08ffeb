package calendar

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestAPauseMovesTheDueMomentByItsOwnLength(t *testing.T) {
	c := calendar(t)
	type p [2]string
	for _, tt := range []struct {
		says   string
		due    string
		pauses []p
		limit  Span
		want   string
		used   int
	}{
		{"no pause", "2026-11-30 23:59:59.999", nil, span(10, WorkingDay), "2026-11-30 23:59:59.999", 0},
		{"asked and answered on one day", "2026-11-30 23:59:59.999", []p{{"2026-11-24 09:00", "2026-11-24 17:00"}}, span(10, WorkingDay), "2026-11-30 23:59:59.999", 0},
		{"asked on Tuesday, answered on Thursday", "2026-11-30 23:59:59.999", []p{{"2026-11-24 09:00", "2026-11-26 17:00"}}, span(10, WorkingDay), "2026-12-02 23:59:59.999", 2},
		{"a weekend costs no working day", "2026-11-30 23:59:59.999", []p{{"2026-11-27 09:00", "2026-11-29 17:00"}}, span(10, WorkingDay), "2026-11-30 23:59:59.999", 0},
		{"a weekend counts in calendar days", "2026-12-08 23:59:59.999", []p{{"2026-11-27 09:00", "2026-11-29 17:00"}}, span(10, CalendarDay), "2026-12-10 23:59:59.999", 2},
		{"the rule's allowance caps it", "2026-11-30 23:59:59.999", []p{{"2026-11-24 09:00", "2026-12-31 17:00"}}, span(3, WorkingDay), "2026-12-03 23:59:59.999", 3},
		{"and caps several together", "2026-11-30 23:59:59.999", []p{{"2026-11-24 09:00", "2026-11-26 09:00"}, {"2026-11-30 09:00", "2026-12-02 09:00"}}, span(3, WorkingDay), "2026-12-03 23:59:59.999", 3},
		{"the order does not matter", "2026-11-30 23:59:59.999", []p{{"2026-11-26 09:00", "2026-11-27 09:00"}, {"2026-11-24 09:00", "2026-11-25 09:00"}}, span(9, WorkingDay), "2026-12-02 23:59:59.999", 2},
		{"shared time counts once", "2026-11-30 23:59:59.999", []p{{"2026-11-24 09:00", "2026-11-26 09:00"}, {"2026-11-25 09:00", "2026-11-27 09:00"}}, span(9, WorkingDay), "2026-12-03 23:59:59.999", 3},
		{"a pause within another adds nothing", "2026-11-30 23:59:59.999", []p{{"2026-11-24 09:00", "2026-11-27 09:00"}, {"2026-11-25 09:00", "2026-11-26 09:00"}}, span(9, WorkingDay), "2026-12-03 23:59:59.999", 3},
		{"no allowance, no move", "2026-11-30 23:59:59.999", []p{{"2026-11-24 09:00", "2026-11-26 17:00"}}, span(0, WorkingDay), "2026-11-30 23:59:59.999", 0},
		{"what is overdue stays overdue", "2026-11-30 23:59:59.999", []p{{"2026-12-01 09:00", "2026-12-03 17:00"}}, span(10, WorkingDay), "2026-11-30 23:59:59.999", 0},
		{"within the time won by an earlier pause it is not overdue", "2026-11-30 23:59:59.999", []p{{"2026-11-24 09:00", "2026-11-26 09:00"}, {"2026-12-02 09:00", "2026-12-03 09:00"}}, span(10, WorkingDay), "2026-12-03 23:59:59.999", 3},
		{"a pause that lasts moves nothing yet", "2026-11-30 23:59:59.999", []p{{"2026-11-24 09:00", ""}}, span(10, WorkingDay), "2026-11-30 23:59:59.999", 0},
		{"a pause that ends before it begins is none", "2026-11-30 23:59:59.999", []p{{"2026-11-26 09:00", "2026-11-24 09:00"}}, span(10, WorkingDay), "2026-11-30 23:59:59.999", 0},
		{"office hours of a pause, in minutes", "2026-11-23 17:30", []p{{"2026-11-23 11:30", "2026-11-23 14:15"}}, span(8, WorkingHour), "2026-11-24 09:15", 45},
		{"capped in hours", "2026-11-23 17:30", []p{{"2026-11-23 09:00", "2026-11-25 18:00"}}, span(1, WorkingHour), "2026-11-24 09:30", 60},
		{"across Spring Festival only days worked count", "2026-02-14 23:59:59.999", []p{{"2026-02-13 09:00", "2026-02-24 09:00"}}, span(10, WorkingDay), "2026-02-25 23:59:59.999", 2},
	} {
		var ps []Pause
		for _, x := range tt.pauses {
			q := Pause{From: at(t, x[0])}
			if x[1] != "" {
				q.To = at(t, x[1])
			}
			ps = append(ps, q)
		}
		got, used, provisional := c.Shift(at(t, tt.due), ps, tt.limit, Hours{})
		if !got.Equal(at(t, tt.want)) || used != tt.used || provisional {
			t.Errorf("%s: %v, used %d, provisional %v", tt.says, got, used, provisional)
		}
	}
	if _, _, provisional := c.Shift(at(t, "2026-12-30 23:59:59.999"), []Pause{{at(t, "2026-12-28 09:00"), at(t, "2026-12-31 09:00")}}, span(9, WorkingDay), Hours{}); !provisional {
		t.Error("a due moment moved past the known years is provisional")
	}
	rolled, used, _ := c.Shift(at(t, "2026-11-27 23:59:59.999"), []Pause{{at(t, "2026-11-24 09:00"), at(t, "2026-11-25 09:00")}}, Span{N: 9, Unit: CalendarDay, RollForward: true}, Hours{})
	if DayOf(rolled) != "2026-11-30" || used != 1 {
		t.Errorf("one day from Friday is Saturday and rolls to Monday: %v, %d", rolled, used)
	}
}

// Invariant: a pause never lowers the elapsed time except by the recorded allowance.
func TestPausesNeverGiveMoreThanTheirAllowance(t *testing.T) {
	c := calendar(t)
	rapid.Check(t, func(t *rapid.T) {
		h, limit := drawHours(t), drawSpan(t)
		due, _ := c.Due(drawTime(t, "start"), span(20, limit.Unit), h)
		ps := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Pause {
			from := drawTime(t, "from")
			return Pause{from, from.Add(time.Duration(rapid.Int64Range(-dayMs, 30*dayMs).Draw(t, "ms")) * time.Millisecond)}
		}), 0, 6).Draw(t, "pauses")
		moved, used, _ := c.Shift(due, ps, limit, h)
		most, _ := c.Extend(due, limit, h)
		per := 1
		if limit.Unit == WorkingHour {
			per = 60
		}
		if moved.Before(due) || moved.After(most) || used < 0 || used > limit.N*per || (used == 0) != moved.Equal(due) {
			t.Fatalf("due %v moved to %v by %d, at most %v", due, moved, used, most)
		}
		if len(ps) > 0 { // a pause that ends later never moves due less
			longer := append([]Pause(nil), ps...)
			longer[0].To = longer[0].To.Add(36 * time.Hour)
			if m, _, _ := c.Shift(due, longer, limit, h); len(ps) == 1 && m.Before(moved) {
				t.Fatalf("a longer pause moved due to %v rather than %v", m, moved)
			}
		}
	})
}

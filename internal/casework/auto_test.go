package casework_test

import (
	"testing"
	"time"

	"yanming/internal/casework"
	"yanming/internal/db/dbtest"
)

func TestSilenceNeverStopsAClock(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		n := w.dispatched()
		due := w.follow(n).Due.At
		w.clock.Add(72 * time.Hour)
		touched, err := w.cases.Tick(ctx, dbtest.Town)
		if err != nil || touched != 1 {
			t.Fatalf("touched %d, %v", touched, err)
		}
		c := w.follow(n)
		if c.State != casework.InProgress || !c.Due.At.Equal(due) {
			t.Errorf("got %s due %s, want in_progress due %s", c.State, c.Due.At, due)
		}
		w.do(w.handler, casework.Answer{On: on(n), Outcome: casework.Scheduled, Text: "列入十二月计划。", Planned: "2026-12-10"})
		w.clock.Set(time.Date(2026, 12, 10, 10, 0, 0, 0, time.UTC))
		if touched, err = w.cases.Tick(ctx, dbtest.Town); err != nil || touched != 0 {
			t.Errorf("on the planned day: touched %d, %v", touched, err)
		}
		w.clock.Set(time.Date(2026, 12, 10, 17, 0, 0, 0, time.UTC)) // past midnight in the town
		if touched, err = w.cases.Tick(ctx, dbtest.Town); err != nil || touched != 1 {
			t.Errorf("after it: touched %d, %v", touched, err)
		}
		if c = w.follow(n); c.State != casework.InProgress || c.Outcome != "" {
			t.Errorf("got %s %s", c.State, c.Outcome)
		}
		w.check()
	})
}

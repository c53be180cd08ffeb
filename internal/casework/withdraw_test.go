package casework_test

import (
	"testing"
	"time"

	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
)

// A withdrawal that is undone leaves everything as it was: what waits for a decision, and how it was rated.
func TestAWithdrawalThatIsUndoneLeavesNothingBehind(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		there := func(c casework.Case) casework.Case {
			t.Helper()
			w.do(w.intake, casework.Withdraw{On: on(c.Number), Reason: "不提了", AtCounter: true})
			return w.do(w.intake, casework.UndoWithdraw{On: on(c.Number), Reason: "写错了"})
		}
		n := w.dispatched()
		there(w.do(w.handler, casework.RequestReturn{On: on(n), Reason: "不归我们管"}))
		if c := w.do(w.intake, casework.DecideReturn{On: on(n), Reason: "就是你们的"}); c.State != casework.Dispatched {
			t.Errorf("the return was denied: state %q", c.State)
		}

		got, err := w.cases.Fix(ctx, w.handler, casework.Fix{Register: w.say("桥灯。"), Unit: w.water, Leader: w.mayor.Person,
			Outcome: casework.Resolved, Answer: "已修。", Solved: "yes", Satisfied: "satisfied"})
		if err != nil {
			t.Fatal(err)
		}
		there(w.follow(got.Number))
		w.refused(w.intake, casework.Close{On: on(got.Number)}, errs.Conflict, "case.needs_independent_call")
		w.check()
	})
}

func TestARequestForMoreTimeEndsWithTheAnswer(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		n := w.dispatched()
		w.do(w.handler, casework.Sign{On: on(n)})
		w.do(w.handler, casework.RequestExtension{On: on(n), Reason: "下雨"})
		if c := w.do(w.handler, casework.Answer{On: on(n), Outcome: casework.Resolved, Text: "修好了。"}); c.Extending != 0 {
			t.Errorf("%d days are asked for though it was answered", c.Extending)
		}
		w.do(w.caller, casework.Contact{On: on(n), Reached: true, Solved: "no", Satisfied: "dissatisfied"})
		w.do(w.intake, casework.Redo{On: on(n), Reason: "没修好"})
		if c := w.do(w.handler, casework.RequestExtension{On: on(n), Reason: "又下雨"}); c.Extending == 0 {
			t.Error("no time can be asked for in the second round")
		}
		w.check()
	})
}

func TestAFixThatIsPlannedWaitsForItsDay(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		fix := func(day calendar.Day) (casework.Receipt, error) {
			return w.cases.Fix(ctx, w.handler, casework.Fix{Register: w.say("路要修。"), Unit: w.water, Leader: w.mayor.Person,
				Outcome: casework.Scheduled, Planned: day, Answer: "列入计划。"})
		}
		if _, err := fix("2020-01-01"); !says(err, "case.planned_required") {
			t.Errorf("planned for a day that is over: %v", err)
		}
		planned := calendar.DayOf(w.db.Now()).AddDays(120)
		got, err := fix(planned)
		if err != nil {
			t.Fatal(err)
		}
		at := func(when time.Time, want casework.State) {
			t.Helper()
			w.clock.Set(when)
			if _, err := w.cases.Tick(ctx, dbtest.Town); err != nil {
				t.Fatal(err)
			}
			if c := w.follow(got.Number); c.State != want {
				t.Errorf("at %s: %s, want %s", when, c.State, want)
			}
		}
		at(planned.Start(), casework.Answered)
		at(planned.End().Add(time.Minute), casework.InProgress)
	})
}

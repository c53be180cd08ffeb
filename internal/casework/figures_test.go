package casework_test

import (
	"testing"

	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/figures"
)

func (w *town) catalogue() *figures.Catalogue {
	w.t.Helper()
	c, err := figures.New(w.cases.Figures())
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// value returns a figure of all time as of now.
func (w *town) values(codes ...string) map[string]int64 {
	w.t.Helper()
	c := w.catalogue()
	out := map[string]int64{}
	err := w.db.View(ctx, dbtest.Town, func(tx *db.Tx) error {
		vs, err := c.Compute(ctx, tx, codes, figures.Scope{}, calendar.Period{})
		for _, v := range vs {
			out[v.Code] = v.Value
		}
		if err != nil {
			return err
		}
		problems, err := c.Recount(ctx, tx, nil)
		for _, p := range problems {
			w.t.Errorf("recount: %+v", p)
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

func TestFiguresAddUpWhateverBecameOfACase(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.answered(casework.Resolved)
		n := w.answered(casework.Resolved)
		w.do(w.caller, casework.Contact{On: on(n), Reached: true, Solved: casework.SolvedYes, Satisfied: casework.SatisfiedYes})
		w.answered(casework.Explained)
		w.dispatched()
		s := w.dispatched()
		w.do(w.handler, casework.Sign{On: on(s)})
		w.do(w.handler, casework.Answer{On: on(s), Outcome: casework.Scheduled, Text: "列入明年计划。", Planned: "2027-03-01"})
		d := w.register(resident(), w.say("诉讼中的事。")).Number
		w.do(w.intake, casework.Decline{On: on(d), Reason: "已在诉讼中", Basis: "条例", Target: "法院"})
		x := w.register(resident(), w.say("撤回的事。")).Number
		w.do(resident(), casework.Withdraw{On: on(x), Reason: "已经好了"})
		r := w.say("保密的事。")
		r.Confide = true
		w.register(resident(), r)
		p := w.say("代表建议。")
		p.Kind, p.Extra = casework.Proposal, map[string]string{"congress": "镇人大"}
		w.register(w.intake, p)
		got := w.values("case.received", "case.collected", "case.resolved", "case.concluded_otherwise", "case.in_progress", "case.confirmed",
			"case.overdue", "case.declined", "case.forwarded", "case.linked", "case.withdrawn", "case.scheduled", "proposal.received",
			"case.did_answer", "case.open", "case.median_days")
		for code, want := range map[string]int64{"case.received": 8, "case.collected": 6, "case.resolved": 2, "case.concluded_otherwise": 1,
			"case.in_progress": 3, "case.confirmed": 1, "case.declined": 1, "case.withdrawn": 1, "case.scheduled": 1, "proposal.received": 1, "case.did_answer": 4} {
			if got[code] != want {
				t.Errorf("%s = %d, want %d", code, got[code], want)
			}
		}
		w.check()
	})
}

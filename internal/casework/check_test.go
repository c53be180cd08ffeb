package casework_test

import (
	"strings"
	"testing"

	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/figures"
)

// checked returns what Check and the recount behind it find, in one text.
func (w *town) checked() (cases int, found string) {
	w.t.Helper()
	c := w.catalogue()
	err := w.db.View(ctx, dbtest.Town, func(tx *db.Tx) error {
		var counts []*figures.Again
		for _, source := range casework.Counted() {
			a, err := c.Again(ctx, tx, source)
			if err != nil {
				return err
			}
			counts = append(counts, a)
		}
		n, faults, err := w.cases.Check(ctx, tx, counts...)
		if err != nil {
			return err
		}
		cases = n
		for _, f := range faults {
			found += f.Number + ": " + f.What + "\n"
		}
		problems, err := c.Recount(ctx, tx, nil, counts...)
		for _, p := range problems {
			found += p.Code + ": " + p.Key + "\n"
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return cases, found
}

// ways brings cases to most states, one of them in confidence, and returns how many.
func (w *town) ways() int {
	n := w.answered(casework.Resolved)
	w.do(w.caller, casework.Contact{On: on(n), Reached: true, Solved: casework.SolvedYes, Satisfied: casework.SatisfiedYes})
	w.answered(casework.Explained)
	w.dispatched()
	d := w.register(resident(), w.say("诉讼中的事。")).Number
	w.do(w.intake, casework.Decline{On: on(d), Reason: "已在诉讼中", Basis: "条例", Target: "法院"})
	r := w.say("保密的事。")
	r.Confide = true
	w.register(resident(), r)
	return 5
}

func TestCheckFindsWhateverIsNotAsTheJournalSays(t *testing.T) {
	for _, row := range []struct{ what, statement, want string }{
		{"nothing", ``, ""},
		{"a state that nobody brought about", `UPDATE cases SET state = 'closed' WHERE town_id = $1 AND state = 'declined'`, "State: row"},
		{"a satisfied resident", `UPDATE cases SET satisfied = 'satisfied' WHERE town_id = $1 AND state = 'answered'`, "Satisfied: row"},
		{"a place in lists", `UPDATE cases SET answer_due = due_at WHERE town_id = $1 AND state = 'answered'`, "answer_due: row"},
		{"a missing event", `DELETE FROM events WHERE town_id = $1 AND record_kind = 'case' AND n = 2`, "event 3 stands where event 2 should"},
		{"a missing registration", `DELETE FROM events WHERE town_id = $1 AND record_kind = 'case' AND n = 1`, "stands where event 1 should"},
		{"a first event of another type", `UPDATE events SET type = 'urged' WHERE town_id = $1 AND record_kind = 'case' AND n = 1`, "history begins with"},
		{"a last event cut off", `DELETE FROM events WHERE town_id = $1 AND record_kind = 'case' AND type = 'declined'`, "revision 2, 1 events"},
		{"a case taken out", `DELETE FROM cases WHERE town_id = $1 AND state = 'declined'`, "2 events, no row"},
		{"events that are no JSON", `UPDATE events SET payload = '{' WHERE town_id = $1 AND record_kind = 'case' AND type = 'declined'`, "read payload of event"},
		{"a span of the past", `UPDATE case_spans SET state = 'closed' WHERE town_id = $1 AND n = 1`, "spans: rows"},
		{"a span that never ended", `UPDATE case_spans SET until = NULL WHERE town_id = $1 AND n = 1`, "spans: rows"},
		{"spans taken out", `DELETE FROM case_spans WHERE town_id = $1`, "case.received: figures.check.value"},
		{"a deed taken out", `DELETE FROM case_deeds WHERE town_id = $1 AND type = 'answered_resolved'`, "case.did_answer: figures.check.value"},
		{"a deed of another type", `UPDATE case_deeds SET type = 'urged' WHERE town_id = $1 AND type = 'answered_resolved'`, "case.did_urge: figures.check.value"},
	} {
		t.Run(row.what, func(t *testing.T) {
			each(t, func(t *testing.T, w *town) {
				want := w.ways()
				if row.statement != "" {
					err := w.db.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
						n, err := tx.Exec(ctx, row.statement)
						if err == nil && n == 0 {
							t.Error("the statement changed nothing")
						}
						return err
					})
					if err != nil {
						t.Fatal(err)
					}
				}
				n, found := w.checked()
				if row.want == "" && (found != "" || n != want) || !strings.Contains(found, row.want) {
					t.Errorf("%d cases, found:\n%swant %q", n, found, row.want)
				}
			})
		})
	}
}

// TestCheckGoesThroughMoreCasesThanItHoldsAtOnce registers more cases than a stretch holds.
func TestCheckGoesThroughMoreCasesThanItHoldsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		const many = 1003
		for range many {
			w.register(resident(), w.say("路灯不亮。"))
		}
		if n, found := w.checked(); n != many || found != "" {
			t.Errorf("%d of %d cases, found:\n%s", n, many, found)
		}
	})
}

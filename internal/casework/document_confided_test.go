package casework_test

import (
	"testing"

	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/journal"
)

func TestThePaperOfACaseInConfidenceIsAsSilentAsTheCase(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		r := w.say("会计优亲厚友。")
		r.Confide = true
		n := w.register(resident(), r).Number
		w.do(w.petition, casework.Accept{On: on(n)})
		lines := func() (ls []journal.Line) {
			t.Helper()
			err := w.db.View(ctx, dbtest.Town, func(tx *db.Tx) (err error) {
				ls, err = journal.Lines(ctx, tx, journal.Look{Limit: 1000})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return ls
		}
		before := len(lines())
		var event string
		err := w.db.View(ctx, dbtest.Town, func(tx *db.Tx) error {
			sh, err := w.cases.Get(ctx, tx, w.petition, n)
			event = sh.Steps[len(sh.Steps)-1].ID
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		d, err := w.cases.Issue(ctx, w.petition, casework.Issue{Case: n, Event: event})
		if err != nil || d.N == 0 {
			t.Fatalf("got %+v, %v", d, err)
		}
		if after := len(lines()); after != before {
			t.Errorf("the journal shows %d lines more", after-before)
		}
	})
}

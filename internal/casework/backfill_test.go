package casework_test

import (
	"context"
	"testing"
	"time"

	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/journal"
	"yanming/internal/seal"
)

// row is one matter of a ledger from 2014.
func row(batch, key, text string, past casework.Past) casework.Backfill {
	return casework.Backfill{Past: past, Register: casework.Register{Key: journal.Key(key), Kind: casework.Opinion, Channel: casework.Visit, Text: text,
		Said: time.Date(2014, 3, 5, 0, 0, 0, 0, time.UTC), Source: &casework.Source{Batch: batch, Digest: key, Sheet: "台账", Row: 5}}}
}

func TestALedgersPastIsTakenAsItTellsIt(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		day := func(d int) time.Time { return time.Date(2014, 4, d, 0, 0, 0, 0, time.UTC) }
		rows := []casework.Backfill{
			row("b", "1", "渠堵了", casework.Past{Unit: w.water, Leader: w.mayor.Person, Outcome: casework.Resolved, Answer: "已清淤", Answered: day(2), Closed: true}),
			row("b", "2", "路坏了", casework.Past{Outcome: casework.PartlyResolved, Answer: "修了一半"}),
			row("b", "3", "灯不亮", casework.Past{Unit: w.roads, Handling: "已报修", Due: day(9)}),
			row("b", "4", "水有味", casework.Past{Note: "备注：急"}),
			row("b", "5", "桥窄", casework.Past{}),
			row("b", "6", "不支持", casework.Past{Outcome: casework.NotSupported, Answer: "不行"}),
			row("b", "7", "", casework.Past{}),
		}
		for _, dry := range []bool{true, false} {
			do := w.cases.Backfill
			if dry {
				do = w.rehearse
			}
			if _, err := do(ctx, w.handler, rows); !errs.Is(err, errs.Denied) {
				t.Errorf("a handler brings a ledger in: %v", err)
			}
			took, err := do(ctx, w.intake, rows)
			if err != nil {
				t.Fatal(err)
			}
			for i, k := range took {
				if refused := k.Err != nil; refused != (i > 4) || !refused && (k.Fate != casework.Taken || (k.Number == "") != dry) {
					t.Errorf("dry %v, row %d: %+v", dry, i+1, k)
				}
			}
			if dry {
				continue
			}
			states := []casework.State{casework.Closed, casework.Answered, casework.InProgress, casework.Accepted, casework.Registered}
			for i, want := range states {
				c := w.get(w.intake, took[i].Number).Case
				if c.State != want || c.OnTime != nil || !c.Backfilled || c.Registered.Year() != 2014 {
					t.Errorf("row %d: %s, %+v", i+1, c.State, c)
				}
			}
			if c := w.get(w.intake, took[0].Number).Case; !c.Answered.Equal(day(2)) || c.Leader != w.mayor.Person || len(c.Hands) > 0 {
				t.Errorf("answered %s by %v under %s", c.Answered, c.Hands, c.Leader)
			}
			again, err := do(ctx, w.intake, rows[:5])
			if err != nil || again[0] != took[0] || again[4] != took[4] {
				t.Errorf("the same rows again: %+v, %v", again, err)
			}
		}
		w.check()
	})
}

func TestABatchIsTakenBackExceptWhatWasTouched(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		rows := []casework.Backfill{row("b", "1", "渠堵了", casework.Past{}), row("b", "2", "路坏了", casework.Past{}), row("c", "3", "灯不亮", casework.Past{})}
		rows[0].External = casework.External{System: "hotline", Number: "H1"}
		took, err := w.cases.Backfill(ctx, w.intake, rows)
		if err != nil {
			t.Fatal(err)
		}
		w.do(w.intake, casework.Accept{On: on(took[1].Number)})
		if _, _, _, err := w.cases.VoidBatch(ctx, w.mayor, "b", "导错", "", 10); !errs.Is(err, errs.Denied) {
			t.Errorf("a leader undoes: %v", err)
		}
		voided, kept, next, err := w.cases.VoidBatch(ctx, w.admin, "b", "导错", "", 10)
		if err != nil || voided != 1 || kept != 1 || next != "" {
			t.Errorf("voided %d, kept %d, next %q, %v", voided, kept, next, err)
		}
		w.refused(w.intake, casework.Urge{On: on(took[0].Number), Reason: "x"}, errs.NotFound, "")
		rows[0].Key, rows[0].Source = "again", &casework.Source{Batch: "d", Digest: "1", Sheet: "台账", Row: 5}
		again, err := w.cases.Backfill(ctx, w.intake, rows[:1])
		if err != nil || again[0].Fate != casework.Taken || again[0].Number == took[0].Number {
			t.Errorf("its external number was not given free: %+v, %v", again, err)
		}
		w.check()
	})
}

// rehearse says what a back-fill would come to.
func (w *town) rehearse(ctx context.Context, a actor.Actor, rows []casework.Backfill) ([]casework.Took, error) {
	m, err := w.cases.Make(ctx, a, rows)
	if err != nil {
		return nil, err
	}
	return w.cases.Rehearse(ctx, m)
}

// get returns a case as an actor sees it.
func (w *town) get(a actor.Actor, n seal.Number) (sh casework.Sheet) {
	w.t.Helper()
	err := w.db.View(ctx, dbtest.Town, func(tx *db.Tx) (err error) { sh, err = w.cases.Get(ctx, tx, a, n); return err })
	if err != nil {
		w.t.Fatal(err)
	}
	return sh
}

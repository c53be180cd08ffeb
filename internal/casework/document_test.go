package casework_test

import (
	"testing"
	"time"

	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/journal"
	"yanming/internal/seal"
)

// last returns the id of the latest event of a type.
func (w *town) last(n seal.Number, t casework.Type) (id string) {
	w.t.Helper()
	err := w.db.View(ctx, dbtest.Town, func(tx *db.Tx) error {
		sh, err := w.cases.Get(ctx, tx, w.petition, n)
		for _, s := range sh.Steps {
			if s.Type == t {
				id = s.ID
			}
		}
		return err
	})
	if err != nil || id == "" {
		w.t.Fatalf("no %s in %s: %v", t, n, err)
	}
	return id
}

func TestPapersAreNumberedPerTownKindAndYear(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		issue := func(n seal.Number, ev casework.Type) casework.Document {
			t.Helper()
			d, err := w.cases.Issue(ctx, w.petition, casework.Issue{Case: n, Event: w.last(n, ev)})
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		a, b := w.dispatched(), w.dispatched()
		one, two := issue(a, casework.EvDispatched), issue(b, casework.EvDispatched)
		if one.N != 1 || two.N != 2 || one.Year != 2026 || one.Paper != casework.DispatchPaper {
			t.Errorf("got %+v then %+v", one, two)
		}
		if again := issue(a, casework.EvDispatched); again.N != 1 || !again.At.Equal(one.At) {
			t.Errorf("the same event prints %+v, want %+v", again, one)
		}
		if other := issue(a, casework.EvAccepted); other.N != 1 || other.Paper != casework.NoticePaper {
			t.Errorf("another paper: %+v", other)
		}
		w.clock.Set(time.Date(2027, 1, 4, 2, 0, 0, 0, time.UTC))
		if next := issue(w.dispatched(), casework.EvDispatched); next.N != 1 || next.Year != 2027 {
			t.Errorf("next year: %+v", next)
		}
	})
}

func TestAPaperIsIssuedByWhoMayDoWhatItPrints(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		n := w.answered(casework.Resolved)
		for _, c := range []struct {
			name string
			ev   casework.Type
			kind errs.Kind
		}{{"accepted", casework.EvAccepted, errs.Denied}, {"signed", casework.EvSigned, errs.Invalid}} {
			_, err := w.cases.Issue(ctx, w.handler, casework.Issue{Case: n, Event: w.last(n, c.ev)})
			if !errs.Is(err, c.kind) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		answer := casework.Issue{Case: n, Event: w.last(n, casework.EvAnsweredResolved)}
		if d, err := w.cases.Issue(ctx, w.handler, answer); err != nil || d.Paper != casework.ReplyPaper {
			t.Errorf("the unit's own answer: %+v %v", d, err)
		}
		if _, err := w.cases.Issue(ctx, w.deputy, answer); !errs.Is(err, errs.NotFound) {
			t.Errorf("another unit: %v", err)
		}
		if got := casework.PaperOf(casework.Petition, casework.EvAnsweredOther); got != casework.DecisionPaper {
			t.Errorf("a petition's answer is a %s", got)
		}
	})
}

func TestARunOfSlipsIsPrintedOnce(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		cmd := casework.PrintRun{Key: journal.Key("k1"), Count: 3}
		run, slips, err := w.cases.PrintRun(ctx, w.intake, cmd)
		if err != nil || len(slips) != 3 {
			t.Fatalf("%d slips, %v", len(slips), err)
		}
		r := w.say("柜台上说的。")
		r.Paper = slips[0].Number
		if got := w.register(w.intake, r); got.Number != slips[0].Number || got.Code != slips[0].Code {
			t.Errorf("the slip's receipt is %+v, want %+v", got, slips[0])
		}
		if err := w.cases.VoidSlip(ctx, w.intake, slips[1].Number, "打坏了"); err != nil {
			t.Fatal(err)
		}
		again, left, err := w.cases.PrintRun(ctx, w.intake, cmd)
		if err != nil || again != run || len(left) != 1 || left[0] != slips[2] {
			t.Errorf("sent twice: run %v, slips %v, %v", again == run, left, err)
		}
		err = w.db.View(ctx, dbtest.Town, func(tx *db.Tx) error {
			ws, err := w.cases.WaitingSlips(ctx, tx, w.intake)
			if err != nil || len(ws) != 1 || ws[0].Number != slips[2].Number {
				t.Errorf("waiting: %+v %v", ws, err)
			}
			if _, err := w.cases.WaitingSlips(ctx, tx, w.auditor); !errs.Is(err, errs.NotFound) {
				t.Errorf("the auditor: %v", err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		_, many, err := w.cases.PrintRun(ctx, w.intake, casework.PrintRun{Count: 200})
		different := map[seal.Number]bool{}
		for _, x := range many {
			different[x.Number] = x.Number != slips[0].Number && x.Code != ""
		}
		if err != nil || len(many) != 200 || len(different) != 200 || different[slips[0].Number] {
			t.Errorf("a long run: %d slips, %d numbers (%v)", len(many), len(different), err)
		}
	})
}

func TestANumberOfAnotherSystemIsNotedOnce(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		a, b := w.dispatched(), w.dispatched()
		x := casework.External{System: "hotline", Number: "GD20261123001"}
		w.do(w.intake, casework.NoteExternal{On: on(a), External: x})
		w.refused(w.intake, casework.NoteExternal{On: on(b), External: x}, errs.Conflict, "case.external_known")
		w.refused(w.intake, casework.NoteExternal{On: on(b), External: casework.External{System: "hotline"}}, errs.Invalid, "error.required")
		w.refused(w.handler, casework.NoteExternal{On: on(b), External: casework.External{System: "other", Number: "1"}}, errs.Denied, "")
		secret := w.say("会计优亲厚友。")
		secret.Confide, secret.External = true, casework.External{System: "petition", Number: "XF1"}
		w.register(w.petition, secret)
		gone := w.register(resident(), w.say("水费。")).Number
		w.do(w.intake, casework.Forward{On: on(gone), Target: "县供水公司", Reason: "不归镇里管"})
		w.do(w.intake, casework.NoteExternal{On: on(gone), External: casework.External{System: "other", Number: "SW-7"}})
		err := w.db.View(ctx, dbtest.Town, func(tx *db.Tx) error {
			known := func(who string, n seal.Number, err error) {
				t.Helper()
				if err != nil || string(n) != who {
					t.Errorf("got %q %v, want %q", n, err, who)
				}
			}
			n, err := w.cases.KnownExternal(ctx, tx, w.intake, x)
			known(string(a), n, err)
			n, err = w.cases.KnownExternal(ctx, tx, w.deputy, x) // not theirs to see
			known("", n, err)
			n, err = w.cases.KnownExternal(ctx, tx, w.intake, secret.External) // in confidence
			known("", n, err)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		w.check()
	})
}

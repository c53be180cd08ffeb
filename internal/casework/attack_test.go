package casework_test

import (
	"slices"
	"strings"
	"testing"

	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/journal"
	"yanming/internal/seal"
)

// sheet returns a case as the petition officer sees it.
func (w *town) sheet(n seal.Number) (sh casework.Sheet) {
	w.t.Helper()
	err := w.db.View(ctx, dbtest.Town, func(tx *db.Tx) (err error) { sh, err = w.cases.Get(ctx, tx, w.petition, n); return err })
	if err != nil {
		w.t.Fatal(err)
	}
	return sh
}

// confided registers a word in confidence, with no place unless its grid is given.
func (w *town) confided(grid string) seal.Number {
	w.t.Helper()
	r := w.say("会计优亲厚友。")
	r.Confide, r.Grid = true, grid
	return w.register(resident(), r).Number
}

func TestAJoinedResidentReadsNothingThatAnotherSaid(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		a := w.answered(casework.Resolved)
		w.do(resident(), casework.Contact{On: on(a), Reached: true, Solved: casework.SolvedNo, Satisfied: casework.Dissatisfied, Text: "我家在桥头第三户"})
		w.do(resident(), casework.Redo{On: on(a), Reason: "我家在桥头第三户，还是倒灌"})
		w.do(w.handler, casework.AskInfo{On: on(a), Text: "赵一，请说门牌"})
		b := w.register(resident(), w.say("渠又堵了。")).Number
		w.do(w.intake, casework.Link{On: on(b), Into: a, Reason: "同一条渠"})
		var into *casework.Track
		err := w.db.View(ctx, dbtest.Town, func(tx *db.Tx) error {
			tr, err := w.cases.Follow(ctx, tx, b)
			into = tr.Into
			return err
		})
		if err != nil || into == nil {
			t.Fatal(into, err)
		}
		said := string(into.Case.Number) + into.Case.Words.Title + into.Case.Words.Text
		answer := false
		for _, x := range into.Steps {
			said += x.Words.Text + x.Words.Reason
			answer = answer || x.Words.Text == "已清淤 40 米。"
		}
		for _, secret := range []string{"第三户", "门牌", "往院里", string(a)} {
			if strings.Contains(said, secret) {
				t.Errorf("the resident of the joined case reads %q", secret)
			}
		}
		if !answer {
			t.Error("the answer is not told")
		}
	})
}

func TestWhoSteppedAsideDecidesNothing(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		n := w.dispatched()
		w.do(w.petition, casework.Recuse{On: on(n), Person: w.petition.Person, Reason: "当事人是亲戚"})
		w.do(w.inspector, casework.Supervise{On: on(n), Level: 1, Text: "请抓紧"})
		w.do(w.intake, casework.Recuse{On: on(n), Person: w.handler.Person, Reason: "当事人是亲戚"})
		w.refused(w.handler, casework.RequestReturn{On: on(n), Reason: "不归我们"}, errs.Denied, "case.recused")
		w.refused(w.intake, casework.Recuse{On: on(n), Person: w.deputy.Person, Handler: w.handler.Person, Reason: "换人"}, errs.Invalid, "case.recused")
		w.refused(w.intake, casework.Recuse{On: on(n), Person: w.deputy.Person, Handler: w.deputy.Person, Reason: "换人"}, errs.Invalid, "case.recused")
		m := w.answered(casework.Resolved)
		w.do(w.petition, casework.Recuse{On: on(m), Person: w.petition.Person, Reason: "当事人是亲戚"})
		w.refused(w.petition, casework.Contact{On: on(m), Reached: true, Solved: casework.SolvedYes, Satisfied: casework.SatisfiedYes}, errs.Denied, "case.recused")
		if next := w.sheet(m).Next; slices.Contains(next, casework.EvContactRecorded) {
			t.Error("the call-back is offered to who stepped aside")
		}
	})
}

func TestNobodyOfASubjectUnitTakesOver(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		n := w.confided(w.grid)
		w.do(w.petition, casework.Accept{On: on(n)})
		w.do(w.petition, casework.Dispatch{On: on(n), Unit: w.water, Leader: w.mayor.Person, Handler: w.handler.Person})
		w.refused(w.petition, casework.Recuse{On: on(n), Person: w.handler.Person, Handler: w.secretary.Person, Reason: "亲戚"}, errs.Invalid, "case.subject_unit")
		w.do(w.petition, casework.Recuse{On: on(n), Person: w.handler.Person, Handler: w.deputy.Person, Reason: "亲戚"})
		if sh := w.sheet(n); sh.Case.Handler != w.deputy.Person || !slices.Contains(sh.Readers, w.deputy.Person) {
			t.Errorf("handler %s, readers %v", sh.Case.Handler, sh.Readers)
		}
	})
}

func TestACorrectedPlaceKeepsItsVillageOut(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		n := w.confided("")
		w.do(w.petition, casework.Correct{On: on(n), Village: w.willow, Reason: "在柳岸村"})
		if sh := w.sheet(n); !slices.Contains(sh.Subjects, w.committee) {
			t.Errorf("subjects %v", sh.Subjects)
		}
		w.refused(w.petition, casework.NameReader{On: on(n), Person: w.secretary.Person, Reason: "了解情况"}, errs.Invalid, "case.subject_unit")
	})
}

func TestAnExternalNumberOfACaseInConfidenceIsNoOracle(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		x := casework.External{System: "petition", Number: "XF1"}
		secret := w.say("会计优亲厚友。")
		secret.Confide, secret.External = true, x
		w.register(w.petition, secret)
		a, b := w.dispatched(), w.dispatched()
		w.do(w.intake, casework.NoteExternal{On: on(a), External: x})
		if sh := w.sheet(a); len(sh.Externals) != 1 || sh.Externals[0] != x {
			t.Errorf("the number that was noted is not shown: %v", sh.Externals)
		}
		w.refused(w.intake, casework.NoteExternal{On: on(b), External: x}, errs.Conflict, "case.external_known")
		// Nor does a ledger tell.
		y := casework.External{System: "petition", Number: "XF2"}
		secret.Key, secret.External = "", y
		w.register(w.petition, secret)
		row := w.say("路灯不亮。")
		row.External, row.Source = y, &casework.Source{Batch: "b1", Digest: "d1", Sheet: "台账", Row: 2}
		took, err := w.cases.Backfill(ctx, w.admin, []casework.Backfill{{Register: row}})
		if err != nil || took[0].Err != nil || took[0].Fate != casework.Taken {
			t.Errorf("the row is %+v, %v", took, err)
		}
	})
}

func TestTheKindOfAnAnsweredCaseStays(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		r := w.say("社保卡在哪补？")
		r.Kind = casework.Enquiry
		got, err := w.cases.Fix(ctx, w.handler, casework.Fix{Register: r, Unit: w.water, Leader: w.mayor.Person, Outcome: casework.Resolved, Answer: "在二号窗口。"})
		if err != nil {
			t.Fatal(err)
		}
		w.do(w.intake, casework.Close{On: on(got.Number)})
		w.refused(w.intake, casework.Correct{On: on(got.Number), Kind: casework.Complaint, Reason: "改类别"}, errs.Invalid, "case.kind_answered")
		w.do(w.intake, casework.Correct{On: on(got.Number), Title: "社保卡补办", Reason: "改标题"})
	})
}

func TestALedgerCaseThatWeAnswerNeedsACall(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		row := w.say("路灯不亮。")
		row.Source = &casework.Source{Batch: "b1", Digest: "d1", Sheet: "台账", Row: 2}
		took, err := w.cases.Backfill(ctx, w.intake, []casework.Backfill{{Register: row, Past: casework.Past{Unit: w.water, Leader: w.mayor.Person}}})
		if err != nil || took[0].Err != nil {
			t.Fatal(took, err)
		}
		n := took[0].Number
		w.do(w.handler, casework.Answer{On: on(n), Outcome: casework.Resolved, Text: "已修好。"})
		w.refused(w.intake, casework.Close{On: on(n)}, errs.Conflict, "case.no_contact")
	})
}

func TestAKeyBelongsToWhoUsedIt(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		n := w.dispatched()
		look := casework.Identify{On: casework.On{Key: journal.Key("0123456789abcdef0123456789abcdef"), Case: n}, Reason: "要打电话"}
		if _, err := w.cases.Identify(ctx, w.intake, look); err != nil {
			t.Fatal(err)
		}
		if p, err := w.cases.Identify(ctx, w.petition, look); !errs.Is(err, errs.Conflict) {
			t.Errorf("another's key shows %+v, %v", p, err)
		}
	})
}

func TestAWithdrawalWrittenDownByTheOfficeIsTheResidentsToUndo(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		n := w.dispatched()
		w.do(w.handler, casework.Sign{On: on(n)})
		w.refused(w.handler, casework.Withdraw{On: on(n), Reason: "x", AtCounter: true}, errs.Denied, "")
		w.do(w.intake, casework.Withdraw{On: on(n), Reason: "群众当面说的", AtCounter: true})
		if got := w.follow(n); !got.TakenDown {
			t.Error("not counted apart")
		}
		if c := w.do(resident(), casework.UndoWithdraw{On: on(n), Reason: "我没说过"}); c.State != casework.InProgress {
			t.Errorf("got %s", c.State)
		}
		w.do(resident(), casework.Withdraw{On: on(n), Reason: "好了"})
		w.refused(resident(), casework.UndoWithdraw{On: on(n), Reason: "x"}, errs.Conflict, "case.not_in_state")
		w.check()
	})
}

func TestARatingAtTheCounterAndThreeUnansweredCallsStillEnd(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		n := w.answered(casework.Resolved)
		w.do(w.petition, casework.Contact{On: on(n), Reached: true, Solved: casework.SolvedYes, Satisfied: casework.SatisfiedYes, AtCounter: true})
		w.refused(w.caller, casework.Close{On: on(n)}, errs.Conflict, "case.needs_independent_call")
		for range 3 {
			w.do(w.caller, casework.Contact{On: on(n)})
		}
		w.do(w.caller, casework.Close{On: on(n)})
		w.check()
	})
}

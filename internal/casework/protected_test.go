package casework_test

import (
	"strings"
	"testing"

	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/journal"
)

// Who spoke is kept from the unit; the unit reads the words and the names of files.
func TestWordsThatTellWhoSpokeAreNotTakenAsProtected(t *testing.T) {
	clock := &dbtest.Clock{}
	w := newTown(t, dbtest.SQLite(t, clock.Now), clock)
	for text, ok := range map[string]bool{
		"村里不要知道是我张隐蔽说的。":       false,
		"我的电话是 139-8765 0001。": false,
		"我的电话是１３９８７６５０００１。":    false,
		"张家门口的灯不亮，2026年11月修过。": true,
	} {
		r := w.say(text)
		r.Anonymity, r.Person = casework.Protected, casework.Person{Name: "张隐蔽", Phone: "13987650001"}
		_, err := w.cases.Register(ctx, w.intake, r)
		if ok && err != nil || !ok && !says(err, "case.tells_who") {
			t.Errorf("%s: %v", text, err)
		}
		r = w.say(text)
		r.Anonymity, r.Person = casework.Open, casework.Person{Name: "张隐蔽", Phone: "13987650001"}
		if _, err := w.cases.Register(ctx, w.intake, r); err != nil {
			t.Errorf("openly: %s: %v", text, err)
		}
	}
	r := w.say("灯不亮。")
	r.Anonymity, r.Person = casework.Protected, casework.Person{Name: "张隐蔽"}
	r.Files = []journal.File{{Digest: strings.Repeat("a", 64), Name: "张隐蔽来信.PDF", Media: "application/pdf", Bytes: 9, Role: "original"}}
	n := w.register(w.intake, r).Number
	if err := w.db.View(ctx, dbtest.Town, func(tx *db.Tx) error {
		sh, err := w.cases.Get(ctx, tx, w.intake, n)
		if err == nil && (len(sh.Files) != 1 || sh.Files[0].Name != "file-1.pdf") {
			t.Errorf("files %+v", sh.Files)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// The assisting unit is kept from a protected name like the one that leads.
func TestWhoAssistsDoesNotLearnAProtectedName(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		r := w.say("灯不亮。")
		r.Anonymity, r.Person = casework.Protected, casework.Person{Name: "张隐蔽"}
		n := w.register(w.intake, r).Number
		look := casework.Identify{On: on(n), Reason: "回电话"}
		if _, err := w.cases.Identify(ctx, w.petition, look); err != nil {
			t.Fatal(err)
		}
		w.do(w.intake, casework.Accept{On: on(n)})
		w.do(w.intake, casework.Dispatch{On: on(n), Unit: w.water, Assist: []string{w.petition.Posts[0].Unit}, Leader: w.mayor.Person})
		if p, err := w.cases.Identify(ctx, w.petition, casework.Identify{On: on(n), Reason: "又看"}); !errs.Is(err, errs.Denied) {
			t.Errorf("assisting: %+v, %v", p, err)
		}
	})
}

// With the lookup code whoever handled a case would answer as the resident how they did.
func TestWhoHandledACaseGetsNoCodeOfIt(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		n := w.register(resident(), w.say("灯不亮。")).Number
		w.do(w.intake, casework.Accept{On: on(n)})
		w.do(w.intake, casework.Dispatch{On: on(n), Unit: w.water, Leader: w.mayor.Person, Handler: w.petition.Person})
		w.do(w.petition, casework.Sign{On: on(n)})
		w.refused(w.petition, casework.Reissue{On: on(n), Reason: "群众丢失"}, errs.Denied, "case.caller_handled")
		code := func(who string) (err error) {
			return w.db.View(ctx, dbtest.Town, func(tx *db.Tx) error {
				a := w.intake
				if who == "handler" {
					a = w.petition
				}
				_, _, err := w.cases.ReceiptFor(ctx, tx, a, n)
				return err
			})
		}
		if err := code("handler"); !errs.Is(err, errs.Denied) {
			t.Errorf("the handler prints the receipt: %v", err)
		}
		if err := code("counter"); err != nil {
			t.Errorf("the counter does not: %v", err)
		}
		w.do(w.intake, casework.Reissue{On: on(n), Reason: "群众丢失"})
	})
}

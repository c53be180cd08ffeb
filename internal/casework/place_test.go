package casework_test

import (
	"slices"
	"testing"

	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/journal"
	"yanming/internal/org"
)

// What is said in confidence of a firm concerns the village that it lies in: its own people must not come to know.
func TestAFirmLiesInItsVillage(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		sys := actor.Actor{Town: dbtest.Town, System: true}
		firm := w.must(w.org.SaveUnit(ctx, sys, org.SaveUnit{Kind: org.Firm, Name: "柳岸砖厂", Village: w.willow}))
		w.must(w.org.Set(ctx, sys, org.Set{Name: org.Confidants, Value: []string{w.petition.Person, w.secretary.Person}}))
		at := func(confide bool) casework.Register {
			r := w.say("砖厂的账。")
			r.Grid, r.Category, r.Firm, r.Confide = "", "", firm, confide
			return r
		}
		if c := w.follow(w.register(w.intake, at(false)).Number); c.Village != w.willow {
			t.Errorf("an open case at the firm is of village %q", c.Village)
		}
		got := w.register(w.petition, at(true))
		if err := w.db.View(ctx, dbtest.Town, func(tx *db.Tx) error {
			rs, err := journal.Readers(ctx, tx, string(got.Case))
			if slices.Contains(rs, w.secretary.Person) || !slices.Contains(rs, w.petition.Person) {
				t.Errorf("read by %v: the secretary of the village's own committee must not, the petition officer must", rs)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestAGridIsOfItsVillage(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		r := w.say("渠堵了。") // at a grid of willow
		n := w.register(resident(), r).Number
		if c := w.do(w.intake, casework.Correct{On: on(n), Village: w.east, Reason: "在东坡村"}); c.Village != w.east || c.Grid != "" {
			t.Errorf("village %s, grid %q of %s", c.Village, c.Grid, w.dir().Grid(c.Grid).Village)
		}
		if c := w.do(w.intake, casework.Correct{On: on(n), Grid: r.Grid, Reason: "还是柳树村"}); c.Village != w.willow || c.Grid != r.Grid {
			t.Errorf("village %s, grid %q", c.Village, c.Grid)
		}
		if c := w.do(w.intake, casework.Correct{On: on(n), Village: w.willow, Reason: "没变"}); c.Grid != r.Grid {
			t.Error("the grid of the same village is gone")
		}
		grid := r.Grid
		r = w.say("两个村。")
		r.Village = w.east
		if _, err := w.cases.Register(ctx, resident(), r); !says(err, "case.grid_elsewhere") {
			t.Errorf("registered at a grid of another village: %v", err)
		}
		w.refused(w.intake, casework.Correct{On: on(n), Village: w.east, Grid: grid, Reason: "两个村"}, errs.Invalid, "case.grid_elsewhere")
		w.check()
	})
}

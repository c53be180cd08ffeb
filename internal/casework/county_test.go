package casework_test

import (
	"testing"

	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
)

func TestTheCountySeesRedactedCasesOfItsOwnTownsOnly(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		n := w.dispatched()
		r := w.say("保密的事。")
		r.Confide = true
		sealed := w.register(resident(), r).Number
		viewer := actor.Actor{Town: "419900", Person: "viewer", Posts: []actor.Post{{Role: actor.CountyViewer}}}
		see := func(a actor.Actor) (p casework.Page, err error) {
			err = w.db.View(ctx, dbtest.Town, func(tx *db.Tx) error {
				p, err = w.cases.Redacted(ctx, tx, a, casework.Filter{View: casework.Every})
				return err
			})
			return p, err
		}
		p, err := see(viewer)
		if err != nil || len(p.Cases) != 1 {
			t.Fatalf("got %d cases, %v; want the open one", len(p.Cases), err)
		}
		if c := p.Cases[0]; c.Words.Title != "" || c.Words.Text != "" || c.Handler != "" || len(c.Hands) > 0 || c.Number != n || c.Category != "water" {
			t.Errorf("got %+v", c)
		}
		err = w.db.View(ctx, dbtest.Town, func(tx *db.Tx) error { _, err := w.cases.RedactedCase(ctx, tx, viewer, sealed); return err })
		if !errs.Is(err, errs.NotFound) {
			t.Errorf("a case in confidence: %v", err)
		}
		other := viewer
		other.Town = "419800"
		for name, a := range map[string]actor.Actor{"another county": other, "the town's own intake": w.intake, "nobody": {}} {
			if _, err := see(a); !errs.Is(err, errs.NotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

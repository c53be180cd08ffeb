package org_test

import (
	"testing"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/journal"
	"yanming/internal/org"
)

func TestTakingKeysIsNoted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := opened(t, d)
		for _, what := range org.Notes() {
			n := h.must(h.Note(ctx, h.do, org.Note{What: what}))
			var es []journal.Entry
			err := d.View(ctx, dbtest.Town, func(tx *db.Tx) (err error) { es, err = journal.History(ctx, tx, org.Record("notes", n)); return err })
			if err != nil || len(es) != 1 || es[0].Type != what {
				t.Errorf("%s: %v, %v", what, es, err)
			}
		}
		if _, err := h.Note(ctx, h.do, org.Note{What: "slept"}); !errs.Is(err, errs.Invalid) {
			t.Errorf("an unknown note: %v", err)
		}
		clerk := actor.Actor{Town: dbtest.Town, Person: "p", Posts: []actor.Post{{Role: actor.Intake}}}
		if _, err := h.Note(ctx, clerk, org.Note{What: "keys_printed"}); !errs.Is(err, errs.Denied) {
			t.Errorf("a clerk's note: %v", err)
		}
	})
}

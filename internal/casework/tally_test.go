package casework_test

import (
	"path/filepath"
	"strings"
	"testing"

	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
)

// TestBadgesAreCountedFromAnIndexAlone: a row read for each case in hand would make every page of a large town slow, since
// each event has the badges counted again.
func TestBadgesAreCountedFromAnIndexAlone(t *testing.T) {
	counted := 0
	look := func(s db.Statement) {
		if !strings.Contains(s.Text, "FILTER") || !strings.Contains(s.Text, "open_cases") {
			return
		}
		plan, err := s.Plan()
		if err != nil {
			t.Error(err)
		}
		for _, line := range plan {
			if strings.Contains(line, "cases_due") {
				counted++
				if !strings.Contains(line, "COVERING INDEX cases_due") {
					t.Errorf("counted by %s", line)
				}
			}
		}
	}
	d, err := db.Open(ctx, filepath.Join(t.TempDir(), "x.db"), db.Options{Inspect: look})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	err = d.View(ctx, dbtest.Town, func(tx *db.Tx) error {
		a := actor.Actor{Person: "p", Town: dbtest.Town, Posts: []actor.Post{{Role: actor.Intake, Unit: "u"}, {Role: actor.Leader, Unit: "u"}}}
		_, err := (&casework.Service{}).Counts(ctx, tx, a, casework.Filter{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if counted == 0 {
		t.Error("cases_due is not used")
	}
}

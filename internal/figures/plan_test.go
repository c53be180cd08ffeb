package figures_test

import (
	"database/sql"
	"strings"
	"testing"

	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/figures"
)

func TestACohortOfAWeekReadsOnlyThatWeek(t *testing.T) {
	clock := &dbtest.Clock{}
	d := dbtest.SQLite(t, clock.Now) // the plan is looked at where it can be
	build(t, d)
	c := catalogue(t)
	view(t, d, dbtest.Town, func(tx *db.Tx) {
		def, err := c.Def(ctx, tx, "thing.resolved")
		if err != nil {
			t.Fatal(err)
		}
		q, err := c.Evidence(def, figures.Scope{}.With("village", "east"), week, clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		var plan []string
		err = tx.Each(ctx, func(r *sql.Rows) error {
			var id, parent, unused int
			var line string
			err := r.Scan(&id, &parent, &unused, &line)
			plan = append(plan, line)
			return err
		}, "EXPLAIN QUERY PLAN "+q.Text, q.Args...)
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(plan, " | ")
		if !strings.Contains(got, "things_registered (town_id=? AND registered_at>? AND registered_at<?)") || !strings.Contains(got, "(town_id=? AND thing_id=?") {
			t.Errorf("plan: %s", got)
		}
	})
}

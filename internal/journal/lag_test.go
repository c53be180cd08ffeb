package journal_test

import (
	"testing"
	"time"

	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/journal"
)

func TestLagIsSaidInEventsAndTime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		if at, err := journal.Newest(ctx, d); err != nil || !at.IsZero() {
			t.Errorf("the newest of nothing: %v, %v", at, err)
		}
		err := d.UpdateAcross(ctx, func(w *db.Wide) error {
			_, err := w.Exec(ctx, `INSERT INTO towns (town_id, number, parent_id, level, name, demo, opened_at) VALUES ($1, 100, '419900', 'town', 'x', $3, 0), ($2, 101, '419900', 'town', 'y', $3, 0)`, "1", "2", false)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		add(t, d, "1", "r", 1)
		c.Add(time.Minute)
		add(t, d, "1", "r", 2)
		add(t, d, "2", "s", 1)
		last := c.Now()
		c.Add(time.Minute)
		y := &tally{seen: map[string]int{}}
		lags := func() map[string]journal.Lag {
			t.Helper()
			ls, err := journal.Lags(ctx, d, y)
			if err != nil || len(ls) != 2 {
				t.Fatalf("%v, %v", ls, err)
			}
			return map[string]journal.Lag{ls[0].Town: ls[0], ls[1].Town: ls[1]}
		}
		got := lags()
		if l := got["1"]; l.Events != 2 || l.Behind != 2*time.Minute || l.Deriver != "tally" {
			t.Errorf("the first town: %+v", l)
		}
		if l := got["2"]; l.Events != 1 || l.Behind != time.Minute {
			t.Errorf("the second town: %+v", l)
		}
		if _, err := journal.CatchUp(ctx, d, "1", y); err != nil {
			t.Fatal(err)
		}
		if got = lags(); got["1"].Events != 0 || got["1"].Behind != 0 || got["2"].Events != 1 {
			t.Errorf("after one caught up: %+v", got)
		}
		if at, err := journal.Newest(ctx, d); err != nil || !at.Equal(last) {
			t.Errorf("the newest: %v, %v; want %v", at, err, last)
		}
	})
}

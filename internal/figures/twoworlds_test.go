package figures_test

import (
	"fmt"
	"testing"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/figures"
)

// TestARecordInConfidenceIsTheSameOneLineWhoeverItIsAbout builds two worlds with one record in confidence each, about
// the viewer's village or about another, and asks for everything there is.
func TestARecordInConfidenceIsTheSameOneLineWhoeverItIsAbout(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		build(t, d)
		c := catalogue(t)
		secretary := actor.Actor{Town: dbtest.Town, Person: "sec", Posts: []actor.Post{{Role: actor.Secretary, Villages: []string{"west"}}}}
		world := func(village string) (out string) {
			clock.Set(ms(at(9, 0)))
			empty(t, d)
			things := small()
			things[4].Village, things[4].Channel, things[4].Assignee = village, ptr("scan"), "sec"
			put(t, d, dbtest.Town, things...)
			view(t, d, dbtest.Town, func(tx *db.Tx) {
				say := func(v any, err error) { out += fmt.Sprintf("%+v %v\n", v, err) }
				for _, a := range c.Shipped() {
					if a.Source == "visit" { // the test's source without a veil
						continue
					}
					for _, s := range []figures.Scope{{}, town.With("village", "west"), town.With("village", "east"), town.With("state", "resolved")} {
						vs, err := c.Compute(ctx, tx, []string{a.Code}, s, week)
						say(vs[0].Text(), err)
						say([]int64{vs[0].Evidence, vs[0].Veiled}, nil)
						for _, dim := range a.Dims {
							parts, whole, err := c.By(ctx, tx, a.Code, dim, s, week)
							for _, g := range []string{"west", "east", "scan", "", "resolved", "open", "declined"} {
								say([]any{g, parts[g].Text(), parts[g].Evidence}, nil)
							}
							say([]any{len(parts), whole.Text()}, err)
						}
						if a.Op == "" {
							def, err := c.Def(ctx, tx, a.Code)
							say(nil, err)
							p, err := c.Rows(ctx, tx, figures.List{Code: a.Code, Scope: s, Period: week, Sight: c.SightOf(def, secretary)})
							say(p, err)
						}
					}
				}
			})
			return out
		}
		about, other := world("west"), world("north")
		if about != other || len(about) < 1000 {
			t.Errorf("the worlds differ:\n%s\n----\n%s", about, other)
		}
	})
}

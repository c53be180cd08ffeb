package figures_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yanming/internal/actor"
	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/figures"
)

// remembered returns the value of a figure of the week, and how many of its rows the village's cadre may list.
func remembered(t *testing.T, c *figures.Catalogue, d *db.DB, code string) (value, listed int64) {
	t.Helper()
	view(t, d, dbtest.Town, func(tx *db.Tx) {
		def, err := c.Def(ctx, tx, code)
		if err != nil {
			t.Fatal(err)
		}
		a := actor.Actor{Town: dbtest.Town, Person: "kim", Posts: []actor.Post{{Role: actor.Cadre, Villages: []string{"east"}}}}
		p, err := c.Rows(ctx, tx, figures.List{Code: code, Period: week, Sight: c.SightOf(def, a)})
		if err != nil {
			t.Fatal(err)
		}
		if int64(len(p.Rows)) != p.Listed {
			t.Errorf("%s: %d rows, %d said to be listed", code, len(p.Rows), p.Listed)
		}
		value, listed = p.Value.Value, p.Listed
	})
	return value, listed
}

func TestWhatIsRememberedIsNeverOld(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		build(t, d)
		c := catalogue(t)
		clock.Set(ms(at(2, 9)))
		a, late, soon := open(1, "east", at(0, 9)), open(2, "east", at(1, 9)), open(3, "east", at(2, 12)) // soon comes at noon
		late.Due = ptr(at(2, 15))
		put(t, d, dbtest.Town, a, late, soon)
		is := func(what, code string, want, wantListed int64) {
			t.Helper()
			for _, when := range []string{"asked first", "asked again"} {
				if got, listed := remembered(t, c, d, code); got != want || listed != wantListed {
					t.Errorf("%s, %s, %s: got %d (%d listed), want %d (%d)", what, code, when, got, listed, want, wantListed)
				}
			}
		}
		is("at nine", "thing.resolved", 0, 0)
		is("at nine", "thing.overdue", 0, 0)
		is("at nine", "visit.open", 2, 0)
		clock.Set(ms(at(2, 12)))
		is("at noon, what was dated ahead is there", "visit.open", 3, 0)
		is("at noon, what was dated ahead is there", "thing.received", 3, 3)
		clock.Set(ms(at(2, 15)))
		is("at the due moment", "thing.overdue", 0, 0)
		clock.Set(ms(at(2, 15) + 1))
		is("a moment later, without any event", "thing.overdue", 1, 1)
		clock.Set(ms(at(2, 9)))
		is("with the clock set back", "thing.overdue", 0, 0)
		clock.Set(ms(at(2, 16)))
		err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
			if _, err := tx.Exec(ctx, `DELETE FROM things WHERE town_id = $1 AND id = 't0002'`); err != nil {
				return err
			}
			if err := happened(tx); err != nil {
				return err
			}
			vs, err := c.Compute(ctx, tx, []string{"thing.overdue"}, town, week)
			if err == nil && vs[0].Value != 0 {
				t.Errorf("within the change: %d overdue", vs[0].Value)
			}
			return errors.Join(err, errChanged)
		})
		if !errors.Is(err, errChanged) {
			t.Fatal(err)
		}
		err = d.Update(ctx, dbtest.Town, happened) // takes the number of the journal that was given back
		if err != nil {
			t.Fatal(err)
		}
		is("after a change that was given up", "thing.overdue", 1, 1)
	})
}

var errChanged = errors.New("given up")

// TestRememberingChangesNoFigure asks one catalogue again and again at any time, and each time one that remembers
// nothing.
func TestRememberingChangesNoFigure(t *testing.T) {
	clock := &dbtest.Clock{}
	d := dbtest.SQLite(t, clock.Now)
	build(t, d)
	var codes []string
	for _, a := range catalogue(t).Shipped() {
		codes = append(codes, a.Code)
	}
	rapid.Check(t, func(rt *rapid.T) {
		empty(t, d)
		put(t, d, dbtest.Town, drawThings(rt)...)
		c := catalogue(t)
		for range rapid.IntRange(2, 6).Draw(rt, "times") {
			clock.Set(time.UnixMilli(rapid.SampledFrom(moments()).Draw(rt, "now")))
			p := rapid.SampledFrom([]calendar.Period{week, {}}).Draw(rt, "period")
			view(t, d, dbtest.Town, func(tx *db.Tx) {
				got, err := c.Compute(ctx, tx, codes, town, p)
				if err != nil {
					rt.Fatal(err)
				}
				want, err := catalogue(t).Compute(ctx, tx, codes, town, p)
				if err != nil {
					rt.Fatal(err)
				}
				for i := range codes {
					if got[i].Text() != want[i].Text() || got[i].Evidence != want[i].Evidence || got[i].Veiled != want[i].Veiled {
						rt.Fatalf("%s: remembered %s (%d, %d), is %s (%d, %d)", codes[i], got[i].Text(), got[i].Evidence, got[i].Veiled,
							want[i].Text(), want[i].Evidence, want[i].Veiled)
					}
				}
			})
		}
	})
}

package figures_test

import (
	"slices"
	"strings"
	"testing"

	"yanming/internal/actor"
	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/figures"
	"yanming/internal/journal"
)

var general = actor.Actor{Town: dbtest.Town, Person: "gen", Posts: []actor.Post{{Role: actor.General}}}

func item(code string, s figures.Scope) figures.Item {
	return figures.Item{Code: code, Scope: s, Period: week}
}

// frozenWeek freezes the week of the small town on Sunday evening.
func frozenWeek(t *testing.T, d *db.DB, clock *dbtest.Clock) (*figures.Catalogue, figures.FrozenSet) {
	t.Helper()
	build(t, d)
	put(t, d, dbtest.Town, small()...)
	clock.Set(ms(at(6, 21)))
	c := catalogue(t)
	var items []figures.Item
	for _, a := range c.Shipped() {
		items = append(items, item(a.Code, figures.Scope{}))
	}
	items = append(items, item("thing.received", town.With("village", "west", "east", "west")), item("thing.resolved_rate", town.With("village", "west")))
	s, err := c.Freeze(ctx, d, general, figures.Freeze{Key: "f1", Purpose: "weekly:2026-W48", Items: items})
	if err != nil {
		t.Fatal(err)
	}
	again, err := c.Freeze(ctx, d, general, figures.Freeze{Key: "f1", Purpose: "weekly:2026-W48", Items: items})
	if err != nil || again.ID != s.ID || again.Hash != s.Hash || len(again.Figures) != len(s.Figures) {
		t.Errorf("sent twice: %s and %s, %v", s.ID, again.ID, err)
	}
	return c, s
}

func TestAFrozenFigureStandsWhateverBecomesOfTheRecords(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		c, s := frozenWeek(t, d, clock)
		before := map[string]string{}
		for _, f := range s.Figures {
			before[f.Item.Code] = f.Value.Text()
		}
		if before["thing.received"] == "" || before["thing.resolved_rate"] == "" {
			t.Fatalf("frozen: %v", before)
		}
		late := open(7, "north", at(6, 22)) // one more on Sunday at 22:00
		late.Due = ptr(at(6, 20))
		put(t, d, dbtest.Town, late)
		err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error { // one erased, one now in confidence
			if _, err := tx.Exec(ctx, `DELETE FROM things WHERE town_id = $1 AND id = 't0003'`); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `UPDATE things SET veiled = $2 WHERE town_id = $1 AND id = 't0004'`, true); err != nil {
				return err
			}
			return happened(tx)
		})
		if err != nil {
			t.Fatal(err)
		}
		clock.Set(ms(at(6, 23)))
		view(t, d, dbtest.Town, func(tx *db.Tx) {
			loaded, err := figures.LoadSet(ctx, tx, s.ID)
			if err != nil {
				t.Fatal(err)
			}
			f, ok := loaded.Find(item("thing.received", figures.Scope{}))
			if !ok || f.Value.Value != 5 || f.Value.Veiled != 1 || f.Members != 4 || f.Seq != s.Seq {
				t.Errorf("frozen: %+v", f)
			}
			ch, err := c.Since(ctx, tx, f)
			if err != nil || ch.Now.Value != 5 || !slices.Equal(ch.Added, []string{"t0007"}) || !slices.Equal(ch.Gone, []string{"t0003", "t0004"}) {
				t.Errorf("since: now %d, added %v, gone %v, %v", ch.Now.Value, ch.Added, ch.Gone, err)
			}
			f, _ = loaded.Find(item("thing.overdue", figures.Scope{}))
			if ch, err := c.Since(ctx, tx, f); err != nil || f.Value.Value != 1 || ch.Now.Value != 2 || !slices.Equal(ch.Added, []string{"t0007"}) || ch.Gone != nil {
				t.Errorf("overdue was %d: now %d, added %v, gone %v, %v", f.Value.Value, ch.Now.Value, ch.Added, ch.Gone, err)
			}
			if f, ok = loaded.Find(item("thing.received", town.With("village", "east", "west"))); !ok || f.Value.Value != 4 || f.Value.Veiled != 0 {
				t.Errorf("two villages: %+v", f.Value)
			}
			f, ok = loaded.Find(item("thing.resolved_rate", town.With("village", "west")))
			if !ok || f.Value.Text() != "100.0%" || f.Value.A.Value != 1 || f.Value.B.Value != 1 {
				t.Errorf("rate: %+v", f.Value)
			}
			if ch, err := c.Since(ctx, tx, f); err != nil || !ch.Now.None {
				t.Errorf("rate since: %+v, %v", ch, err)
			}
			if _, ok = loaded.Find(item("thing.collected", town.With("village", "west"))); !ok {
				t.Error("the rate's denominator was not frozen with it")
			}
			ps, err := c.Verify(ctx, tx, s.ID)
			if err != nil || len(ps) != 0 {
				t.Errorf("verify: %+v, %v", ps, err)
			}
			list, err := figures.EverySet(ctx, tx)
			if err != nil || len(list) != 1 || list[0].Hash != s.Hash || list[0].Purpose != "weekly:2026-W48" || list[0].Actor != "gen" {
				t.Errorf("sets: %+v, %v", list, err)
			}
		})
		view(t, d, "419900102", func(tx *db.Tx) {
			if _, err := figures.LoadSet(ctx, tx, s.ID); !errs.Is(err, errs.NotFound) {
				t.Errorf("another town's set: %v", err)
			}
		})
	})
}

func TestAFrozenFiguresRowsAreListedAsFarAsTheViewerMaySee(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		c, s := frozenWeek(t, d, clock)
		clock.Set(ms(at(20, 0)))
		f, _ := s.Find(item("thing.copies", figures.Scope{}))
		for _, row := range []struct {
			sight  figures.Sight
			labels string
			hidden int
		}{
			{figures.Sight{All: true}, "N0001=3 N0002=0 N0003=0 N0004=40 ", 0},
			{figures.Sight{Any: []figures.Scope{town.With("village", "west")}}, "N0003=0 N0004=40 ", 2},
			{figures.Sight{}, "", 4},
		} {
			view(t, d, dbtest.Town, func(tx *db.Tx) {
				got, hidden, after := "", 0, ""
				for {
					p, err := c.FrozenRows(ctx, tx, f, row.sight, after, 3)
					if err != nil {
						t.Fatal(err)
					}
					for _, r := range p.Rows {
						got += r.Label + "=" + figures.Value{Value: r.Amount}.Text() + " "
					}
					hidden += p.Hidden
					if after = p.Next; after == "" {
						break
					}
				}
				if got != row.labels || hidden != row.hidden {
					t.Errorf("%+v: %q, %d hidden", row.sight, got, hidden)
				}
			})
		}
	})
}

func TestAChangedFrozenFigureIsFound(t *testing.T) {
	for _, row := range []struct{ name, change, want string }{
		{"another value", `UPDATE frozen_figures SET body = replace(body, '"value":5', '"value":6') WHERE town_id = $1 AND code = 'thing.received'`, "figures.check.hash"},
		{"another's members", `UPDATE frozen_figures SET places = (SELECT min(o.places) FROM frozen_figures o WHERE o.town_id = $1 AND o.places NOT IN ('', frozen_figures.places))
			WHERE town_id = $1 AND code = 'thing.received'`, "figures.check.hash"},
		{"members twice", `UPDATE frozen_figures SET members = '[["t0001",1]]' WHERE town_id = $1 AND code = 'thing.received'`, "figures.check.hash"},
		{"no members", `UPDATE frozen_figures SET ids = '', places = '' WHERE town_id = $1 AND code = 'thing.received'`, "figures.check.hash"},
		{"lost members", `DELETE FROM roster_parts WHERE town_id = $1`, "figures.check.hash"},
		{"broken members", `UPDATE roster_parts SET body = substr(body, 2) WHERE town_id = $1`, "figures.check.hash"},
		{"another hash", `UPDATE frozen_figures SET hash = 'x' WHERE town_id = $1 AND n = 0`, "figures.check.hash"},
		{"no JSON at all", `UPDATE frozen_figures SET body = 'x' WHERE town_id = $1 AND n = 1`, "figures.check.hash"},
		{"a figure less", `DELETE FROM frozen_figures WHERE town_id = $1 AND code = 'thing.late'`, "figures.check.set"},
		{"another position", `UPDATE frozen_sets SET seq = seq + 1 WHERE town_id = $1`, "figures.check.set"},
		{"another event", `UPDATE events SET payload = replace(payload, '"hash":"', '"hash":"0') WHERE town_id = $1 AND record_kind = 'report'`, "figures.check.set"},
	} {
		t.Run(row.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
				c, s := frozenWeek(t, d, clock)
				err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
					n, err := tx.Exec(ctx, row.change)
					if n == 0 {
						t.Error("changed nothing")
					}
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				view(t, d, dbtest.Town, func(tx *db.Tx) {
					ps, err := c.Verify(ctx, tx, s.ID)
					if err != nil || !slices.ContainsFunc(ps, func(p figures.Problem) bool { return p.Key == row.want }) {
						t.Errorf("got %+v, %v; want %s", ps, err, row.want)
					}
					if ps, err = c.Recount(ctx, tx, nil); err != nil || len(ps) == 0 {
						t.Errorf("recount: %+v, %v", ps, err)
					}
				})
			})
		})
	}
}

func TestFreezingIsOneEventAtAPositionOfTheJournal(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		c, s := frozenWeek(t, d, clock)
		view(t, d, dbtest.Town, func(tx *db.Tx) {
			es, err := journal.History(ctx, tx, s.ID)
			if err != nil || len(es) != 1 || es[0].Kind != "report" || es[0].Type != "frozen" || es[0].Actor != "gen" || !strings.Contains(string(es[0].Payload), s.Hash) {
				t.Errorf("got %+v, %v", es, err)
			}
			if s.Seq != 0 || es[0].Seq != 1 {
				t.Errorf("taken at %d, stored as %d", s.Seq, es[0].Seq)
			}
			if ps, err := c.Recount(ctx, tx, nil); err != nil || len(ps) != 0 {
				t.Errorf("recount: %+v, %v", ps, err)
			}
		})
		_, none := c.Freeze(ctx, d, general, figures.Freeze{})
		_, unknown := c.Freeze(ctx, d, general, figures.Freeze{Items: []figures.Item{item("thing.none", figures.Scope{})}})
		_, nobody := c.Freeze(ctx, d, actor.Actor{Town: dbtest.Town}, figures.Freeze{Items: []figures.Item{item("thing.received", figures.Scope{})}})
		_, other := c.Freeze(ctx, d, general, figures.Freeze{Key: "f1", Items: []figures.Item{{Code: "thing.received", Period: calendar.Period{}}}})
		for _, row := range []struct {
			what string
			err  error
			kind errs.Kind
		}{{"nothing", none, errs.Invalid}, {"an unknown code", unknown, errs.NotFound}, {"nobody", nobody, errs.Denied}, {"a key used for something else", other, errs.Conflict}} {
			if !errs.Is(row.err, row.kind) {
				t.Errorf("%s: got %v, want %s", row.what, row.err, row.kind)
			}
		}
		taken, err := c.Take(ctx, d, dbtest.Town, []figures.Item{item("thing.received", figures.Scope{})})
		if err != nil {
			t.Fatal(err)
		}
		var early figures.Taken
		view(t, d, dbtest.Town, func(tx *db.Tx) {
			if early, err = c.TakeIn(ctx, tx, []figures.Item{item("thing.received", figures.Scope{})}); err != nil {
				t.Fatal(err)
			}
		})
		err = d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
			_, _, err := early.PutIn(ctx, tx, general, "x")
			return err
		})
		if err == nil {
			t.Error("a set was stored whose members were not laid down")
		}
		err = d.Update(ctx, "419900102", func(tx *db.Tx) error {
			_, _, err := taken.PutIn(ctx, tx, general, "x")
			return err
		})
		if err == nil {
			t.Error("a set was stored in another town than it was taken in")
		}
	})
}

package figures_test

import (
	"testing"
	"time"

	"yanming/internal/actor"
	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/figures"
)

// small is a town of six things: five registered in the week, one of them in confidence.
func small() []thing {
	a := open(1, "east", at(0, 9)).became("resolved", at(2, 9))
	a.Answered, a.Due, a.Channel, a.Copies = ptr(at(2, 9)), ptr(at(1, 0)), ptr("scan"), ptr(int64(3))
	b := open(2, "east", at(1, 9))
	b.Due, b.Channel = ptr(at(3, 0)), ptr("")
	c := open(3, "west", at(1, 10)).became("declined", at(1, 11))
	d := open(4, "west", at(2, 10)).became("resolved", at(4, 10))
	d.Answered, d.Due, d.Copies = ptr(at(4, 10)), ptr(at(6, 0)), ptr(int64(40))
	e := open(5, "west", at(3, 10)).became("resolved", at(4, 10))
	e.Veiled, e.Answered, e.Copies = true, ptr(at(4, 10)), ptr(int64(2))
	f := open(6, "west", at(-3, 10)).became("resolved", at(8, 10)) // open when the week ended
	f.Answered, f.Household = ptr(at(8, 10)), ptr("h")
	for _, x := range []*thing{&a, &b} {
		x.Household = ptr("h")
	}
	b.Assignee = "kim"
	return []thing{a, b, c, d, e, f}
}

func TestFiguresOfASmallTown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		build(t, d)
		put(t, d, dbtest.Town, small()...)
		put(t, d, "419900102", open(1, "east", at(0, 9)))
		c := catalogue(t)
		for _, row := range []struct {
			code             string
			now              time.Time
			period           calendar.Period
			scope            figures.Scope
			text             string
			evidence, veiled int64
		}{
			{"thing.received", ms(at(9, 0)), week, figures.Scope{}, "5", 4, 1},
			{"thing.received", ms(at(9, 0)), calendar.Period{}, figures.Scope{}, "6", 5, 1},
			{"thing.received", ms(at(9, 0)), week, figures.Scope{}.With("village", "west"), "2", 2, 0},
			{"thing.received", ms(at(9, 0)), week, figures.Scope{}.With("village"), "0", 0, 0},
			{"thing.received", ms(at(9, 0)), week, figures.Scope{}.With("channel", ""), "3", 3, 0},
			{"thing.collected", ms(at(9, 0)), week, figures.Scope{}, "4", 3, 1},
			{"thing.resolved", ms(at(9, 0)), week, figures.Scope{}, "3", 2, 1},
			{"thing.resolved", ms(at(2, 8)), week, figures.Scope{}, "0", 0, 0},
			{"thing.resolved", ms(at(2, 9)), week, figures.Scope{}, "1", 1, 0}, // at this very moment
			{"thing.resolved", ms(at(9, 0)), calendar.Period{}, figures.Scope{}, "4", 3, 1},
			{"thing.scanned", ms(at(9, 0)), week, figures.Scope{}, "1", 1, 0}, // a channel is not asked of what is in confidence
			{"thing.overdue", ms(at(9, 0)), week, figures.Scope{}, "1", 1, 0},
			{"thing.overdue", ms(at(3, 0)), week, figures.Scope{}, "0", 0, 0}, // due now is not overdue
			{"thing.overdue", ms(at(3, 0) + 1), week, figures.Scope{}, "1", 1, 0},
			{"thing.answered", ms(at(9, 0)), week, figures.Scope{}, "3", 2, 1},
			{"thing.late", ms(at(9, 0)), week, figures.Scope{}, "1", 1, 0},
			{"thing.copies", ms(at(9, 0)), week, figures.Scope{}, "45", 4, 1},
			{"visit.visits", ms(at(9, 0)), week, figures.Scope{}, "5", 5, 0},
			{"visit.households", ms(at(9, 0)), calendar.Period{}, figures.Scope{}, "1", 3, 0},
			{"visit.open", ms(at(9, 0)), week, figures.Scope{}, "3", 3, 0},
			{"thing.resolved_rate", ms(at(9, 0)), week, figures.Scope{}, "75.0%", 0, 0},
			{"thing.resolved_rate", ms(at(9, 0)), week, figures.Scope{}.With("village", "north"), "—", 0, 0},
			{"thing.both", ms(at(9, 0)), week, figures.Scope{}, "4", 0, 0},
			{"thing.median_hours", ms(at(9, 0)), week, figures.Scope{}, "48", 2, 0},
			{"thing.median_hours", ms(at(1, 0)), calendar.WeekOf("2026-11-16"), figures.Scope{}, "—", 0, 0},
		} {
			clock.Set(row.now)
			view(t, d, dbtest.Town, func(tx *db.Tx) {
				vs, err := c.Compute(ctx, tx, []string{row.code}, row.scope, row.period)
				if err != nil {
					t.Fatalf("%s: %v", row.code, err)
				}
				if v := vs[0]; v.Text() != row.text || v.Evidence != row.evidence || v.Veiled != row.veiled {
					t.Errorf("%s %v %s at %s: got %s (%d listed, %d in confidence), want %s (%d, %d)", row.code, row.scope, row.period,
						row.now.In(calendar.Zone()), v.Text(), v.Evidence, v.Veiled, row.text, row.evidence, row.veiled)
				}
			})
		}
	})
}

func ms(v int64) time.Time { return time.UnixMilli(v) }

func TestABreakdownAddsUpToTheWholeLessWhatIsInConfidence(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		build(t, d)
		put(t, d, dbtest.Town, small()...)
		clock.Set(ms(at(9, 0)))
		c := catalogue(t)
		view(t, d, dbtest.Town, func(tx *db.Tx) {
			for _, row := range []struct {
				code, dim string
				parts     map[string]string
				whole     string
			}{
				{"thing.received", "village", map[string]string{"east": "2", "west": "2"}, "5"},
				{"thing.received", "channel", map[string]string{"scan": "1", "": "3"}, "5"},
				{"thing.copies", "village", map[string]string{"east": "3", "west": "40"}, "45"},
				{"thing.resolved_rate", "village", map[string]string{"east": "50.0%", "west": "100.0%"}, "75.0%"},
				{"thing.both", "village", map[string]string{"east": "2", "west": "1"}, "4"},
				{"thing.median_hours", "village", map[string]string{"east": "48", "west": "48"}, "48"},
				{"visit.households", "village", map[string]string{"east": "1"}, "1"},
			} {
				parts, whole, err := c.By(ctx, tx, row.code, row.dim, figures.Scope{}, week)
				if err != nil {
					t.Fatal(err)
				}
				if len(parts) != len(row.parts) || whole.Text() != row.whole {
					t.Errorf("%s by %s: %d parts of %s, want %v of %s", row.code, row.dim, len(parts), whole.Text(), row.parts, row.whole)
				}
				for g, want := range row.parts {
					if got := parts[g].Text(); got != want {
						t.Errorf("%s by %s, %q: got %s, want %s", row.code, row.dim, g, got, want)
					}
				}
			}
		})
	})
}

func TestASeriesIsItsPeriodsOneByOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		build(t, d)
		put(t, d, dbtest.Town, small()...)
		clock.Set(ms(at(9, 0)))
		c := catalogue(t)
		var periods []calendar.Period
		for p, i := week, 0; i < 12; i++ {
			periods = append(periods, p)
			p, _ = p.Previous()
		}
		next, _ := week.Next()
		periods = append(periods, next, calendar.Period{}, calendar.MonthOf("2026-11-01"))
		var codes []string
		for _, a := range c.Shipped() {
			codes = append(codes, a.Code)
		}
		view(t, d, dbtest.Town, func(tx *db.Tx) {
			for _, scope := range []figures.Scope{{}, figures.Scope{}.With("village", "west")} {
				rows, err := c.Series(ctx, tx, codes, scope, periods)
				if err != nil {
					t.Fatal(err)
				}
				for i, p := range periods {
					vs, err := c.Compute(ctx, tx, codes, scope, p)
					if err != nil {
						t.Fatal(err)
					}
					for j, v := range vs {
						if w := rows[i][j]; v.Text() != w.Text() || v.Evidence != w.Evidence || v.Veiled != w.Veiled || v.Code != codes[j] {
							t.Errorf("%s in %s: alone %s (%d, %d), in the series %s (%d, %d)", v.Code, p, v.Text(), v.Evidence, v.Veiled, w.Text(), w.Evidence, w.Veiled)
						}
					}
				}
			}
		})
	})
}

func TestAListShowsWhatTheViewerMaySeeAndCountsTheRest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		build(t, d)
		put(t, d, dbtest.Town, small()...)
		clock.Set(ms(at(9, 0)))
		c := catalogue(t)
		post := func(r actor.Role, villages ...string) actor.Actor {
			return actor.Actor{Town: dbtest.Town, Person: "kim", Posts: []actor.Post{{Role: r, Villages: villages}}}
		}
		for _, row := range []struct {
			name  string
			actor actor.Actor
			rows  string
		}{
			{"office", post(actor.General), "N0004 N0003 N0002 N0001 "},
			{"a village's cadre sees it and what is assigned to them", post(actor.Cadre, "west"), "N0004 N0003 N0002 "},
			{"somebody without a village sees what is assigned to them", post(actor.Cadre), "N0002 "},
		} {
			view(t, d, dbtest.Town, func(tx *db.Tx) {
				def, err := c.Def(ctx, tx, "thing.received")
				if err != nil {
					t.Fatal(err)
				}
				p, err := c.Rows(ctx, tx, figures.List{Code: def.Code, Period: week, Sight: c.SightOf(def, row.actor)})
				if err != nil {
					t.Fatal(err)
				}
				got := ""
				for _, r := range p.Rows {
					got += r.Label + " "
				}
				if got != row.rows || p.Value.Value != 5 || p.Value.Veiled != 1 || p.Listed != int64(len(p.Rows)) || p.Listed+p.Unlisted != 4 || p.Next != "" {
					t.Errorf("%s: %q, %d listed, %d not, value %d, %d in confidence", row.name, got, p.Listed, p.Unlisted, p.Value.Value, p.Value.Veiled)
				}
			})
		}
		view(t, d, dbtest.Town, func(tx *db.Tx) {
			for _, sight := range []figures.Sight{{}, {Any: []figures.Scope{{}}}} {
				p, err := c.Rows(ctx, tx, figures.List{Code: "thing.received", Period: week, Sight: sight})
				if err != nil || len(p.Rows) != 0 || p.Unlisted != 4 {
					t.Errorf("sight %+v: %d rows, %d not listed, %v", sight, len(p.Rows), p.Unlisted, err)
				}
			}
			p, err := c.Rows(ctx, tx, figures.List{Code: "thing.copies", Period: week, Sight: figures.Sight{All: true}, Order: figures.ByLabel})
			if err != nil {
				t.Fatal(err)
			}
			r := p.Rows[0]
			if r.Label != "N0001" || r.Amount != 3 || !r.At.Equal(ms(at(0, 9))) || len(r.Cells) != 5 || r.Cells[1].Code != "east" || r.Cells[2].Code != "scan" ||
				r.Cells[3].Number != 3 || !r.Cells[4].Time.Equal(ms(at(2, 9))) || !p.Rows[1].Cells[3].Empty || p.Columns[1].Kind != "dim" {
				t.Errorf("first row %+v", r)
			}
		})
	})
}

func TestWhatDoesNotFitIsRefusedByKind(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		build(t, d)
		c := catalogue(t)
		all := figures.Sight{All: true}
		view(t, d, dbtest.Town, func(tx *db.Tx) {
			_, unknown := c.Compute(ctx, tx, []string{"thing.none"}, figures.Scope{}, week)
			_, own := c.Compute(ctx, tx, []string{"own.none"}, figures.Scope{}, week)
			_, dim := c.Compute(ctx, tx, []string{"thing.received"}, figures.Scope{}.With("person", "x"), week)
			_, mine := c.Compute(ctx, tx, []string{"thing.received"}, figures.Scope{}.With("assignee", "lee"), week)
			_, _, by := c.By(ctx, tx, "thing.received", "assignee", figures.Scope{}, week)
			_, many := c.Compute(ctx, tx, []string{"thing.received"}, figures.Scope{}.With("village", make([]string, 1001)...), week)
			_, formula := c.Rows(ctx, tx, figures.List{Code: "thing.resolved_rate", Period: week, Sight: all})
			_, after := c.Rows(ctx, tx, figures.List{Code: "thing.received", Period: week, Sight: all, After: "x' OR 1=1"})
			_, order := c.Rows(ctx, tx, figures.List{Code: "thing.received", Period: week, Sight: all, Order: "id; DROP TABLE things"})
			_, limit := c.Rows(ctx, tx, figures.List{Code: "thing.received", Period: week, Sight: all, Limit: 501})
			for _, row := range []struct {
				what string
				err  error
				kind errs.Kind
			}{
				{"an unknown code", unknown, errs.NotFound}, {"an unknown code of the town", own, errs.NotFound},
				{"an unknown dimension", dim, errs.Invalid}, {"an own column as a dimension", mine, errs.Invalid},
				{"a break-down by an own column", by, errs.Invalid}, {"too many codes", many, errs.Invalid},
				{"the rows of a formula", formula, errs.NotFound}, {"a broken place", after, errs.Invalid},
				{"an unknown order", order, errs.Invalid}, {"too many rows", limit, errs.Invalid},
			} {
				if !errs.Is(row.err, row.kind) {
					t.Errorf("%s: got %v, want %s", row.what, row.err, row.kind)
				}
			}
		})
	})
}

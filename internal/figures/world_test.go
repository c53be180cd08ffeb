package figures_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"yanming/internal/actor"
	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/figures"
	"yanming/internal/i18n"
	"yanming/internal/id"
	"yanming/internal/journal"
)

var ctx = context.Background()

func zh(s string) i18n.Pair { return i18n.Pair{ZH: s, EN: s} }

var town = figures.Scope{}

// week is the period of most tests: Monday 23 to Sunday 29 November 2026.
var week = calendar.WeekOf("2026-11-23")

// build makes the relations of the test sources: things with a history, some of them in confidence. Visits are things
// seen without the veil, so that households can be told from visits.
func build(t testing.TB, d *db.DB) {
	t.Helper()
	err := d.UpdateAcross(ctx, func(w *db.Wide) error {
		for _, text := range []string{
			`CREATE TABLE things (town_id TEXT NOT NULL, id TEXT NOT NULL, number TEXT NOT NULL, registered_at BIGINT NOT NULL,
				due_at BIGINT, answered_at BIGINT, village TEXT NOT NULL, channel TEXT, veiled BOOLEAN NOT NULL, copies BIGINT,
				household TEXT, assignee TEXT NOT NULL, PRIMARY KEY (town_id, id))`,
			`CREATE INDEX things_registered ON things (town_id, registered_at, id)`,
			`CREATE TABLE spans (town_id TEXT NOT NULL, thing_id TEXT NOT NULL, since BIGINT NOT NULL, until BIGINT, state TEXT NOT NULL,
				PRIMARY KEY (town_id, thing_id, since))`,
			`CREATE VIEW open_things AS SELECT * FROM things WHERE NOT veiled`,
			`CREATE VIEW confided_things AS SELECT * FROM things WHERE veiled`,
		} {
			if _, err := w.Exec(ctx, text); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

const join = " r JOIN spans s ON s.town_id = r.town_id AND s.thing_id = r.id"

func sources() []figures.Source {
	times := map[string]figures.Col{
		"registered": {SQL: "r.registered_at", Name: zh("登记时间"), Veilable: true},
		"due":        {SQL: "r.due_at", Name: zh("到期"), Null: true, Veilable: true},
		"answered":   {SQL: "r.answered_at", Name: zh("答复时间"), Null: true, Veilable: true},
	}
	thing := figures.Source{
		Name: "thing", From: "open_things" + join, VeiledFrom: "confided_things" + join,
		ID: "r.id", Label: "r.number", Order: "registered", Times: times,
		Dims: map[string]figures.Col{
			"village": {SQL: "r.village", Name: zh("村")},
			"channel": {SQL: "r.channel", Name: zh("渠道"), Null: true, Values: map[string]i18n.Pair{"scan": zh("扫码")}},
			"state":   {SQL: "s.state", Name: zh("状态"), Veilable: true},
		},
		Sums: map[string]figures.Col{
			"hours":  {SQL: "(r.answered_at - r.registered_at) / 3600000", Name: zh("用时"), Unit: zh("小时"), Null: true},
			"copies": {SQL: "r.copies", Name: zh("册数"), Unit: zh("册"), Null: true, Veilable: true},
		},
		Own:  map[string]figures.Col{"assignee": {SQL: "r.assignee"}},
		Show: []string{"registered", "village", "channel", "copies", "answered"},
		AsOf: &figures.Span{Since: "s.since", Until: "s.until"},
		Sight: func(a actor.Actor) figures.Sight {
			if a.Is(actor.General) {
				return figures.Sight{All: true}
			}
			return figures.Sight{Any: []figures.Scope{town.With("village", a.Villages()...), town.With("assignee", a.Person)}}
		},
	}
	visit := figures.Source{
		Name: "visit", From: "things r", ID: "r.id", Label: "r.number", Order: "due", Times: times,
		Dims: map[string]figures.Col{"village": {SQL: "r.village", Name: zh("村")}},
		Keys: map[string]figures.Col{"household": {SQL: "r.household"}},
		Sums: map[string]figures.Col{"copies": {SQL: "r.copies", Name: zh("册数"), Null: true}},
	}
	return []figures.Source{thing, visit}
}

func defs() []figures.Def {
	d := func(code string, kind figures.Kind, change func(*figures.Def)) figures.Def {
		d := figures.Def{Code: code, Version: 1, Name: zh(code), Says: zh("一句话"), Unit: zh("件"), Source: "thing", Kind: kind}
		if kind != figures.Stock {
			d.Time = "registered"
		}
		if change != nil {
			change(&d)
		}
		return d
	}
	return []figures.Def{
		d("thing.received", figures.Cohort, nil),
		d("thing.collected", figures.Cohort, func(d *figures.Def) {
			d.Where = []figures.Cond{{Col: "state", Op: figures.NotIn, Values: []string{"declined"}}}
		}),
		d("thing.resolved", figures.Cohort, func(d *figures.Def) {
			d.Where = []figures.Cond{{Col: "state", Op: figures.In, Values: []string{"resolved"}}}
		}),
		d("thing.scanned", figures.Cohort, func(d *figures.Def) {
			d.Where = []figures.Cond{{Col: "channel", Op: figures.In, Values: []string{"scan"}}}
		}),
		d("thing.overdue", figures.Stock, func(d *figures.Def) {
			d.Where = []figures.Cond{{Col: "state", Op: figures.In, Values: []string{"open"}}, {Col: "due", Op: figures.BeforeEnd}}
		}),
		d("thing.answered", figures.Flow, func(d *figures.Def) { d.Time = "answered" }),
		d("thing.late", figures.Flow, func(d *figures.Def) {
			d.Time, d.Where = "answered", []figures.Cond{{Col: "due", Op: figures.Before, Than: "answered"}}
		}),
		d("thing.copies", figures.Cohort, func(d *figures.Def) { d.Sum = "copies" }),
		d("visit.visits", figures.Flow, func(d *figures.Def) { d.Source = "visit" }),
		d("visit.households", figures.Flow, func(d *figures.Def) { d.Source, d.Distinct = "visit", "household" }),
		d("visit.open", figures.Stock, func(d *figures.Def) { d.Source, d.Since, d.Until = "visit", "registered", "answered" }),
	}
}

func formulas() []figures.Formula {
	f := func(code string, op figures.FormulaOp, a, b string) figures.Formula {
		return figures.Formula{Code: code, Version: 1, Name: zh(code), Says: zh("一句话"), Unit: zh("%"), Op: op, A: a, B: b}
	}
	return []figures.Formula{
		f("thing.resolved_rate", figures.Ratio, "thing.resolved", "thing.collected"),
		f("thing.both", figures.Total, "thing.resolved", "thing.overdue"),
		f("thing.median_hours", figures.Median, "thing.answered", "hours"),
	}
}

func catalogue(t testing.TB) *figures.Catalogue {
	t.Helper()
	c, err := figures.New(sources(), defs(), formulas())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// thing is one row of the test world as the tests' own model sees it.
type thing struct {
	ID, Number, Village, Assignee string
	Channel, Household            *string
	Registered                    int64
	Due, Answered, Copies         *int64
	Veiled                        bool
	Spans                         []span
}

type span struct {
	Since int64
	Until *int64
	State string
}

// at returns a moment of the test's week in Unix ms: day 0 is Monday.
func at(day, hour int) int64 {
	return calendar.Day("2026-11-23").Start().Add(time.Duration(day*24+hour) * time.Hour).UnixMilli()
}

// open returns a thing registered at a moment and open since.
func open(n int, village string, registered int64) thing {
	id := fmt.Sprintf("%04d", n)
	return thing{ID: "t" + id, Number: "N" + id, Village: village, Assignee: "lee", Registered: registered,
		Spans: []span{{Since: registered, State: "open"}}}
}

// became returns x with a new state from a moment on.
func (x thing) became(state string, since int64) thing {
	x.Spans = append([]span{}, x.Spans...)
	x.Spans[len(x.Spans)-1].Until = &since
	x.Spans = append(x.Spans, span{Since: since, State: state})
	return x
}

func put(t testing.TB, d *db.DB, town string, things ...thing) {
	t.Helper()
	err := d.Update(ctx, town, func(tx *db.Tx) error {
		for _, x := range things {
			_, err := tx.Exec(ctx, `INSERT INTO things (town_id, id, number, registered_at, due_at, answered_at, village, channel, veiled, copies, household, assignee)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
				x.ID, x.Number, x.Registered, x.Due, x.Answered, x.Village, x.Channel, x.Veiled, x.Copies, x.Household, x.Assignee)
			if err != nil {
				return err
			}
			for _, s := range x.Spans {
				if _, err := tx.Exec(ctx, `INSERT INTO spans (town_id, thing_id, since, until, state) VALUES ($1, $2, $3, $4, $5)`,
					x.ID, s.Since, s.Until, s.State); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// empty removes every thing of the town.
func empty(t testing.TB, d *db.DB) {
	t.Helper()
	err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM spans WHERE town_id = $1`); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `DELETE FROM things WHERE town_id = $1`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func view(t testing.TB, d *db.DB, town string, fn func(tx *db.Tx)) {
	t.Helper()
	if err := d.View(ctx, town, func(tx *db.Tx) error { fn(tx); return nil }); err != nil {
		t.Fatal(err)
	}
}

func ptr[T any](v T) *T { return &v }

// happened appends an event, as whatever changes records does.
func happened(tx *db.Tx) error {
	_, err := journal.Append(ctx, tx, journal.Event{Kind: "thing", Record: id.New(tx.Now), N: 1, Type: "changed", Actor: journal.System})
	return err
}

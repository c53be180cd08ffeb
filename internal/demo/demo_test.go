package demo_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/demo"
	"yanming/internal/figures"
	"yanming/internal/org"
	"yanming/internal/seal"
)

var ctx = context.Background()

// world is a filled demo.
type world struct {
	t     *testing.T
	db    *db.DB
	org   *org.Service
	cases *casework.Service
	auth  *auth.Service
	cat   *figures.Catalogue
	clock demo.Mover
	deps  demo.Deps
	guide demo.Guide
}

// monday is the first day of the acceptance week.
func monday() time.Time { return time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC) }

func fill(t *testing.T, d *db.DB, c demo.Mover, o demo.Options) *world {
	t.Helper()
	return fillWith(t, d, c, o, false)
}

func fillWith(t *testing.T, d *db.DB, c demo.Mover, o demo.Options, bare bool) *world {
	t.Helper()
	keys, err := seal.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	orgs, err := org.New(d)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, db: d, org: orgs, cases: casework.New(d, keys, orgs), auth: auth.New(d, orgs), clock: c}
	if w.cat, err = figures.New(w.cases.Figures()); err != nil {
		t.Fatal(err)
	}
	w.deps = demo.Deps{DB: d, Orgs: orgs, Cases: w.cases, Accounts: w.auth, Clock: c}
	if bare {
		w.deps.Accounts = noAccounts{}
	}
	if w.guide, err = demo.Fill(ctx, w.deps, o); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) view(town string, fn func(tx *db.Tx) error) {
	w.t.Helper()
	if err := w.db.View(ctx, town, fn); err != nil {
		w.t.Fatal(err)
	}
}

// acting returns whoever has a login as an actor.
func (w *world) acting(login string) (a actor.Actor) {
	w.t.Helper()
	acc, err := w.auth.Find(ctx, login)
	if err == nil {
		err = w.db.Across(ctx, func(x *db.Wide) (err error) { a, err = org.Acting(ctx, x, acc.Town, acc.Person); return err })
	}
	if err != nil {
		w.t.Fatal(login, err)
	}
	return a
}

// dir returns a town's directory.
func (w *world) dir(town string) (d *org.Directory) {
	w.t.Helper()
	w.view(town, func(tx *db.Tx) (err error) { d, err = w.org.Load(ctx, tx); return err })
	return d
}

// all returns every case that somebody sees, the oldest first.
func (w *world) all(login string) (cs []casework.Case) {
	w.t.Helper()
	a := w.acting(login)
	w.view(a.Town, func(tx *db.Tx) error {
		p, err := w.cases.List(ctx, tx, a, casework.Filter{View: casework.Every, Newest: true, Limit: 500})
		cs = p.Cases
		slices.Reverse(cs)
		return err
	})
	return cs
}

func (w *world) do(a actor.Actor, cmd casework.Command) casework.Case {
	w.t.Helper()
	c, err := w.cases.Do(ctx, a, cmd)
	if err != nil {
		w.t.Fatalf("%T: %v", cmd, err)
	}
	return c
}

func each(t *testing.T, body func(t *testing.T, w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		body(t, fill(t, d, c, demo.Options{Seed: 1, Now: monday()}))
	})
}

// figures returns the values of codes over all time.
func (w *world) figures(town string, codes ...string) map[string]int64 {
	w.t.Helper()
	out := map[string]int64{}
	w.view(town, func(tx *db.Tx) error {
		vs, err := w.cat.Compute(ctx, tx, codes, figures.Scope{}, calendar.Period{})
		for _, v := range vs {
			out[v.Code] = v.Value
		}
		return err
	})
	return out
}

func (w *world) want(town string, want map[string]int64) {
	w.t.Helper()
	codes := []string{}
	for c := range want {
		codes = append(codes, c)
	}
	for code, n := range w.figures(town, codes...) {
		if n != want[code] {
			w.t.Errorf("%s %s: %d, want %d", town, code, n, want[code])
		}
	}
}

// story is what the figures of 雁南镇 must be.
func story() map[string]int64 {
	return map[string]int64{"case.received": 75, "case.collected": 69, "case.resolved": 32, "case.concluded_otherwise": 0,
		"case.in_progress": 37, "case.confirmed": 28, "case.overdue": 1, "case.declined": 2, "case.forwarded": 2, "case.linked": 1,
		"case.withdrawn": 1, "case.scheduled": 4, "case.to_accept": 4, "case.to_call_back": 6, "case.backfilled": 0,
		"proposal.received": 8, "proposal.done": 5, "proposal.in_progress": 3, "target.received": 6, "target.done": 2,
		"target.in_progress": 4, "project.received": 22, "project.done": 22}
}

func TestTheTownHasTheFiguresOfItsStory(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.want(demo.Town, story())
		w.want(demo.Small, map[string]int64{"case.received": 10, "case.collected": 9, "case.resolved": 4, "case.in_progress": 5,
			"case.confirmed": 3, "case.forwarded": 1, "case.overdue": 0, "project.received": 0})
		w.want(demo.County, map[string]int64{"case.received": 1, "case.in_progress": 1})
		w.foldsAgain()
		w.isSpread()
	})
}

// foldsAgain asks whether every row is what its journal says, and every figure what its rows say.
func (w *world) foldsAgain() {
	w.t.Helper()
	for town, n := range map[string]int{demo.Town: 75 + 8 + 6 + 22, demo.Small: 10, demo.County: 1} {
		w.view(town, func(tx *db.Tx) error {
			cases, faults, err := w.cases.Check(ctx, tx)
			if cases != n {
				w.t.Errorf("%s: %d cases, want %d", town, cases, n)
			}
			for _, f := range faults {
				w.t.Errorf("%s: case %s: %s", town, f.Number, f.What)
			}
			return err
		})
	}
}

// isSpread asks whether the opinions came over many channels, from every village, and went to many leaders.
func (w *world) isSpread() {
	w.t.Helper()
	w.view(demo.Town, func(tx *db.Tx) error {
		for dim, least := range map[string]int{"channel": 6, "village": 19, "leader": 8, "unit": 12, "category": 11} {
			parts, whole, err := w.cat.By(ctx, tx, "case.received", dim, figures.Scope{}, calendar.Period{})
			if err != nil {
				return err
			}
			sum := whole.Veiled
			for _, v := range parts {
				sum += v.Value
			}
			if len(parts) < least || sum != 75 || whole.Veiled != 3 {
				w.t.Errorf("by %s: %d parts that add up to %d, %d in confidence", dim, len(parts), sum, whole.Veiled)
			}
		}
		return nil
	})
}

// Package towntest is the small town of tests: 雁南镇 in 雁县, founded by calling the services as everybody does. A test
// gives it the villages, units and people that it needs, and embeds it in its own world.
//
// What it makes must succeed: it ends the test on an error. After each thing made a millisecond passes on the clock that
// it is given, so that what is made later sorts later.
package towntest

import (
	"context"
	"testing"
	"time"

	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/id"
	"yanming/internal/journal"
	"yanming/internal/org"
	"yanming/internal/seal"
)

// County is the county of the town.
const County = "419900"

var ctx = context.Background()

// Town is a town with its services over the database of one test.
type Town struct {
	T      testing.TB
	DB     *db.DB
	Clock  *dbtest.Clock // moves on with what is made; nil where it is not to
	Keys   *seal.Keyring
	Orgs   *org.Service
	Cases  *casework.Service
	System actor.Actor // the program itself, in the town
	Above  actor.Actor // the program itself, in the county
}

// New founds the town and its county in an empty database, and adds villages by name, each with its committee.
func New(t testing.TB, d *db.DB, c *dbtest.Clock, villages ...string) *Town {
	t.Helper()
	w := &Town{T: t, DB: d, Clock: c, System: actor.Actor{Town: dbtest.Town, System: true}, Above: actor.Actor{Town: County, System: true}}
	var err error
	w.Keys, err = seal.Open(t.TempDir())
	w.No(err)
	w.Orgs, err = org.New(d)
	w.No(err)
	w.Cases = casework.New(d, w.Keys, w.Orgs)
	w.ID(w.Orgs.OpenTown(ctx, w.Above, org.OpenTown{ID: County, Name: "雁县", Demo: true}))
	w.ID(w.Orgs.OpenTown(ctx, w.System, org.OpenTown{ID: dbtest.Town, Name: "雁南镇", Demo: true}))
	var lines []org.VillageLine
	for _, name := range villages {
		lines = append(lines, org.VillageLine{Name: name})
	}
	if lines != nil {
		w.ID(w.Orgs.AddVillages(ctx, w.System, org.AddVillages{Villages: lines}))
	}
	return w
}

// No ends the test on an error.
func (w *Town) No(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

// moment lets the clock go on.
func (w *Town) moment() {
	if w.Clock != nil {
		w.Clock.Add(time.Millisecond)
	}
}

// ID is what a service answers that made something.
func (w *Town) ID(id string, err error) string { w.T.Helper(); w.No(err); w.moment(); return id }

// View runs fn in a transaction of the town.
func (w *Town) View(fn func(*db.Tx) error) error { return w.DB.View(ctx, dbtest.Town, fn) }

// Dir is how the town is made up.
func (w *Town) Dir() (d *org.Directory) {
	w.T.Helper()
	w.No(w.View(func(tx *db.Tx) (err error) { d, err = w.Orgs.Load(ctx, tx); return err }))
	return d
}

// Village is the village at a place of their order, with its committee.
func (w *Town) Village(i int) (village, committee string) {
	w.T.Helper()
	dir := w.Dir()
	v := dir.Villages()[i].ID
	return v, dir.VillageUnits(v)[0]
}

// Unit makes a unit.
func (w *Town) Unit(kind org.UnitKind, name string) string {
	w.T.Helper()
	return w.ID(w.Orgs.SaveUnit(ctx, w.System, org.SaveUnit{Kind: kind, Name: name}))
}

// Grid makes the first grid of a village.
func (w *Town) Grid(village string) string {
	w.T.Helper()
	return w.ID(w.Orgs.SaveGrid(ctx, w.System, org.SaveGrid{Level: org.PartGrid, Village: village, Name: "第1网格", Number: 1}))
}

// Person makes somebody with a post, signed in.
func (w *Town) Person(name, unit string, role actor.Role, villages ...string) actor.Actor {
	w.T.Helper()
	p := w.ID(w.Orgs.SavePerson(ctx, w.System, org.SavePerson{Name: name}))
	w.ID(w.Orgs.Appoint(ctx, w.System, org.Appoint{Person: p, Unit: unit, Role: role, Villages: villages}))
	return w.Actor(p)
}

// Actor is a person of the town with the posts held now, signed in.
func (w *Town) Actor(person string) actor.Actor {
	w.T.Helper()
	a, err := w.Acting(ctx, dbtest.Town, person)
	w.No(err)
	a.Account = "account of " + person
	return a
}

// Acting is a person of any town with the posts held now, as work behind requests asks for them.
func (w *Town) Acting(ctx context.Context, town, person string) (a actor.Actor, err error) {
	err = w.DB.Across(ctx, func(x *db.Wide) (err error) { a, err = org.Acting(ctx, x, town, person); return err })
	return a, err
}

// Set settles something for the town.
func (w *Town) Set(name org.Setting, value any) {
	w.T.Helper()
	w.ID(w.Orgs.Set(ctx, w.System, org.Set{Name: name, Value: value}))
}

// Confide names who reads what is said in confidence.
func (w *Town) Confide(people ...actor.Actor) {
	w.T.Helper()
	var ids []string
	for _, p := range people {
		ids = append(ids, p.Person)
	}
	w.Set(org.Confidants, ids)
}

// Key is a request key that nothing had before.
func Key() journal.Key { return journal.Key(id.Token()) }

// Resident is somebody who writes to the town.
func Resident() actor.Actor { return actor.Actor{Town: dbtest.Town, Resident: true} }

// Register takes down a word; a request key and the kind of an opinion are given to one that has none.
func (w *Town) Register(a actor.Actor, r casework.Register) casework.Receipt {
	w.T.Helper()
	if r.Key == "" {
		r.Key = Key()
	}
	if r.Kind == "" {
		r.Kind = casework.Opinion
	}
	rc, err := w.Cases.Register(ctx, a, r)
	w.No(err)
	w.moment()
	return rc
}

// Do carries a command out.
func (w *Town) Do(a actor.Actor, cmd casework.Command) casework.Case {
	w.T.Helper()
	c, err := w.Cases.Do(ctx, a, cmd)
	if err != nil {
		w.T.Fatalf("%T: %v", cmd, err)
	}
	w.moment()
	return c
}

// On is a command's case, whatever its revision.
func On(n seal.Number) casework.On { return casework.On{Case: n} }

// Sheet is a case as somebody sees it.
func (w *Town) Sheet(a actor.Actor, n seal.Number) (sh casework.Sheet) {
	w.T.Helper()
	w.No(w.View(func(tx *db.Tx) (err error) { sh, err = w.Cases.Get(ctx, tx, a, n); return err }))
	return sh
}

// List are the cases that somebody sees, of those that f asks for.
func (w *Town) List(a actor.Actor, f casework.Filter) (cs []casework.Case) {
	w.T.Helper()
	w.No(w.View(func(tx *db.Tx) error {
		p, err := w.Cases.List(ctx, tx, a, f)
		cs = p.Cases
		return err
	}))
	return cs
}

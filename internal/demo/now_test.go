package demo_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/demo"
)

// noAccounts leaves the slow hash of passwords away.
type noAccounts struct{}

func (noAccounts) CreateAccount(context.Context, actor.Actor, auth.CreateAccount) (auth.Account, string, error) {
	return auth.Account{}, "", nil
}

func TestTheStoryFitsEveryNow(t *testing.T) {
	for _, when := range []string{"2026-11-23 09:00", "2026-11-25 07:00", "2026-11-26 23:50", "2026-11-29 20:00",
		"2026-02-20 10:00", "2026-10-07 08:00", "2026-10-09 00:10", "2029-07-13 18:00"} {
		now, err := time.ParseInLocation("2006-01-02 15:04", when, calendar.Zone())
		if err != nil {
			t.Fatal(err)
		}
		t.Run(when, func(t *testing.T) {
			c := &demo.Clock{}
			w := fillWith(t, dbtest.SQLite(t, c.Now), c, demo.Options{Seed: uint64(now.Unix()), Now: now}, true)
			w.want(demo.Town, story())
			w.want(demo.Small, map[string]int64{"case.received": 10, "case.overdue": 0, "case.to_accept": 1})
			w.wantInbox(map[casework.View]int64{casework.Overdue: 1, casework.DueSoon: 3, casework.ToAccept: 4, casework.ToCallBack: 6})
			if got := c.Now(); !got.Equal(now) {
				t.Errorf("the clock was left at %v", got)
			}
			c.Release()
			if time.Since(c.Now()) > time.Minute {
				t.Error("the released clock does not run")
			}
		})
	}
}

// wantInbox compares the badges of the intake clerk with the worklists behind them.
func (w *world) wantInbox(want map[casework.View]int64) {
	w.t.Helper()
	dir := w.dir(demo.Town)
	person := dir.PeopleWith(actor.Intake)[0].ID
	a := actor.Actor{Town: demo.Town, Person: person}
	for _, p := range dir.PostsOf(person) {
		a.Posts = append(a.Posts, actor.Post{ID: p.ID, Unit: p.Unit, Role: p.Role})
	}
	w.view(demo.Town, func(tx *db.Tx) error {
		got, err := w.cases.Counts(ctx, tx, a, casework.Filter{})
		for v, n := range want {
			p, err := w.cases.List(ctx, tx, a, casework.Filter{View: v})
			if err != nil {
				return err
			}
			if got[v] != n || int64(len(p.Cases)) != n {
				w.t.Errorf("%s: badge %d, list %d, want %d", v, got[v], len(p.Cases), n)
				for _, c := range p.Cases {
					w.t.Logf("  due %s %s %s", c.Due.At.In(calendar.Zone()).Format("01-02 15:04"), c.State, c.Words.Title)
				}
			}
		}
		return err
	})
}

func TestTheSameSeedGivesTheSameStory(t *testing.T) {
	var told []string
	for range 2 {
		c := &dbtest.Clock{}
		w := fillWith(t, dbtest.SQLite(t, c.Now), c, demo.Options{Seed: 7, Now: monday()}, true)
		told = append(told, w.tell())
	}
	if told[0] != told[1] {
		t.Errorf("two demos of one seed differ:\n%s", cmp.Diff(strings.Split(told[0], "\n"), strings.Split(told[1], "\n")))
	}
	c := &dbtest.Clock{}
	w := fillWith(t, dbtest.SQLite(t, c.Now), c, demo.Options{Seed: 8, Now: monday()}, true)
	if w.tell() == told[0] {
		t.Error("another seed gives the same demo")
	}
}

// tell writes both towns down without what is new each time.
func (w *world) tell() string {
	w.t.Helper()
	var b strings.Builder
	for _, town := range []string{demo.Town, demo.Small} {
		dir := w.dir(town)
		for _, p := range dir.People() {
			fmt.Fprintln(&b, p.Name, p.Title, p.Phone)
		}
		for _, g := range dir.Grids() {
			fmt.Fprintln(&b, g.Number, dir.Village(g.Village).Name, g.Name, g.Label, dir.Person(g.Worker).Name)
		}
		w.view(town, func(tx *db.Tx) error {
			a := actor.Actor{Town: town, Person: "x", Posts: []actor.Post{{Role: actor.General}}}
			p, err := w.cases.List(ctx, tx, a, casework.Filter{View: casework.Every, Newest: true, Limit: 500})
			slices.SortFunc(p.Cases, func(x, y casework.Case) int { return strings.Compare(x.Words.Text, y.Words.Text) })
			for _, c := range p.Cases {
				fmt.Fprintln(&b, c.Registered.UnixMilli(), c.Words.Text, c.State, c.Outcome, c.Due.At.UnixMilli(), c.Answered.UnixMilli(),
					dir.Village(c.Village).Name, dir.Unit(c.Unit).Name, dir.Person(c.Leader).Name, c.Satisfied)
			}
			return err
		})
	}
	return b.String()
}

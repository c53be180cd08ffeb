package casework_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"yanming/internal/actor"
	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/figures"
)

// told is everything that the catalogue says of a period: every figure, its parts by every Dim, the rows of its evidence
// in order, for the whole town and for the east alone, as a leader may list them and as the committee of the east may.
func (w *town) told(c *figures.Catalogue, p calendar.Period) (lines []string) {
	w.t.Helper()
	secretary := actor.Actor{Town: dbtest.Town, Person: "x", Posts: []actor.Post{{Role: actor.Secretary, Unit: w.water, Villages: []string{w.east}}}}
	err := w.db.View(ctx, dbtest.Town, func(tx *db.Tx) error {
		for _, scope := range []figures.Scope{{}, figures.Scope{}.With("village", w.east)} {
			var codes []string
			by := map[string][]string{}
			for _, a := range c.Shipped() {
				codes = append(codes, a.Code)
				for _, d := range a.Dims {
					by[d] = append(by[d], a.Code)
				}
			}
			x, err := c.Cross(ctx, tx, codes, by, scope, p)
			if err != nil {
				return err
			}
			for _, a := range c.Shipped() {
				v := x.Value(a.Code)
				line := fmt.Sprintln(p, scope, a.Code, v.Text(), v.Evidence, v.Veiled)
				for _, d := range a.Dims {
					parts := x.By(a.Code, d)
					said := map[string]string{}
					for code, v := range parts {
						said[code] = fmt.Sprint(v.Text(), " ", v.Evidence)
					}
					line += fmt.Sprintln(d, said) // in order of codes
				}
				if a.Formula == nil {
					d, err := c.Def(ctx, tx, a.Code)
					if err != nil {
						return err
					}
					for _, who := range []actor.Actor{w.mayor, secretary} {
						page, err := c.Rows(ctx, tx, figures.List{Code: a.Code, Scope: scope, Period: p, Sight: c.SightOf(d, who), Limit: 500})
						if err != nil {
							return err
						}
						line += fmt.Sprintln(page.Listed, page.Unlisted, page.Rows)
					}
				}
				lines = append(lines, line)
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return lines
}

// TestWhatWasCountedOfDaysThatAreOverIsNeverOld plays random commands over many days, with words that were said earlier
// and ledgers among them, and asks one catalogue of the days before again and again, and each time one that remembers
// nothing.
func TestWhatWasCountedOfDaysThatAreOverIsNeverOld(t *testing.T) {
	clock := &dbtest.Clock{}
	w := newTown(t, dbtest.SQLite(t, clock.Now), clock)
	everybody := []actor.Actor{w.intake, w.handler, w.deputy, w.mayor, w.petition, w.inspector, w.caller, w.secretary, resident()}
	c := w.catalogue()
	r := rand.New(rand.NewPCG(5, 1))
	first := calendar.DayOf(w.db.Now())
	var cases []casework.Case
	steps := 48
	if testing.Short() {
		steps = 12
	}
	for n := range steps {
		w.clock.Add(time.Duration(2+r.IntN(12)) * time.Hour)
		said := w.say("南渠堵了。")
		said.Village, said.Grid = pick(r, []string{w.east, w.willow}), ""
		said.Consent = true
		switch n % 12 {
		case 3:
			said.Said = w.db.Now().Add(-time.Duration(r.IntN(72)) * time.Hour)
		case 6:
			said.Confide = true
		case 9:
			_, err := w.cases.Backfill(ctx, w.intake, []casework.Backfill{row("b", fmt.Sprint(n), "旧事", casework.Past{Unit: w.water, Leader: w.mayor.Person,
				Outcome: casework.Resolved, Answer: "好了", Answered: w.db.Now().Add(-50 * time.Hour), Closed: true})})
			if err != nil {
				t.Fatal(err)
			}
		}
		cases = append(cases, w.follow(w.register(w.intake, said).Number))
		for range 8 {
			i := r.IntN(len(cases))
			n, other := cases[i].Number, pick(r, cases).Number
			who, cmd := w.push(r, cases[i], other)
			if r.IntN(4) == 0 {
				who, cmd = pick(r, everybody), pick(r, append(w.commands(r, n, other),
					casework.Correct{On: on(n), Kind: casework.Enquiry, Reason: "r"}, casework.Publish{On: on(n), Title: "渠"}, casework.Unpublish{On: on(n), Reason: "r"}))
			}
			if got, err := w.cases.Do(ctx, who, cmd); err == nil {
				cases[i] = got
			}
			w.clock.Add(time.Duration(r.IntN(40)) * time.Minute)
		}
		if n == 30 {
			if voided, _, _, err := w.cases.VoidBatch(ctx, w.admin, "b", "导错", "", 3); err != nil || voided == 0 {
				t.Fatalf("voided %d: %v", voided, err)
			}
		}
		if n%2 == 0 {
			continue
		}
		today := calendar.DayOf(w.db.Now())
		for _, days := range [][2]calendar.Day{{first, today.AddDays(-1)}, {first, first.AddDays(2)}} {
			p, ok := calendar.Between(days[0], days[1])
			if !ok {
				continue
			}
			w.told(c, p) // remembers
			got, want := w.told(c, p), w.told(w.catalogue(), p)
			for i := range want {
				if got[i] != want[i] {
					t.Fatalf("step %d at %s: remembered\n%s\nis\n%s", n, w.db.Now(), got[i], want[i])
				}
			}
		}
	}
}

// TestTheReportOfLastWeekIsNotCountedAgainWhileTheTownGoesOn says which events leave alone what is remembered of days
// that are over, and which do not.
func TestTheReportOfLastWeekIsNotCountedAgainWhileTheTownGoesOn(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		n := w.register(w.intake, w.say("南渠堵了。")).Number
		w.clock.Add(48 * time.Hour)
		c := w.catalogue()
		counted := 0
		c.Watch(func(string, time.Duration) { counted++ })
		first := calendar.DayOf(w.db.Now()).AddDays(-2)
		yesterday, _ := calendar.Between(first, first.AddDays(1))
		before, _ := calendar.Between(first, first)
		ask := func(p calendar.Period) int {
			counted = 0
			err := w.db.View(ctx, dbtest.Town, func(tx *db.Tx) error {
				_, err := c.Cross(ctx, tx, []string{"case.received", "case.did_accept"}, map[string][]string{"village": {"case.received"}}, figures.Scope{}, p)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return counted
		}
		for _, p := range []calendar.Period{yesterday, before} {
			if ask(p) == 0 || ask(p) != 0 {
				t.Fatal("counts are not remembered")
			}
		}
		w.do(w.intake, casework.Accept{On: on(n)})
		w.do(w.mayor, casework.Dispatch{On: on(n), Unit: w.water, Leader: w.mayor.Person, Handler: w.handler.Person})
		w.register(resident(), w.say("路灯不亮。"))
		if ask(yesterday)+ask(before) != 0 {
			t.Error("what happened today has days before counted again")
		}
		late := w.say("昨天说的。")
		late.Said = w.db.Now().Add(-24 * time.Hour)
		w.register(w.intake, late)
		if ask(yesterday) == 0 {
			t.Error("what was said yesterday is not counted")
		}
		if ask(before) != 0 {
			t.Error("what was said yesterday has the day before counted again")
		}
		w.do(w.intake, casework.Correct{On: on(n), Kind: casework.Enquiry, Reason: "是咨询"})
		if ask(yesterday) == 0 || ask(before) == 0 {
			t.Error("what became another kind of matter is not counted again")
		}
		_, err := w.cases.Backfill(ctx, w.intake, []casework.Backfill{row("b", "1", "旧事", casework.Past{})})
		if err != nil || ask(before) == 0 {
			t.Errorf("what a ledger tells is not counted: %v", err)
		}
	})
}

// TestADeedOfYesterdayIsCountedUnderTheUnitOfToday says that deeds are sorted by what their case is now, also where the
// period is over.
func TestADeedOfYesterdayIsCountedUnderTheUnitOfToday(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		n := w.register(w.intake, w.say("南渠堵了。")).Number
		w.do(w.intake, casework.Accept{On: on(n)})
		day := calendar.DayOf(w.db.Now())
		w.clock.Add(48 * time.Hour)
		c := w.catalogue()
		p, _ := calendar.Between(day, day)
		accepted := func(unit string) (n, listed int64) {
			err := w.db.View(ctx, dbtest.Town, func(tx *db.Tx) error {
				parts, _, err := c.By(ctx, tx, "case.did_accept", "unit", figures.Scope{}, p)
				if err != nil {
					return err
				}
				page, err := c.Rows(ctx, tx, figures.List{Code: "case.did_accept", Scope: figures.Scope{}.With("unit", unit), Period: p, Sight: figures.Sight{All: true}})
				n, listed = parts[unit].Value, int64(len(page.Rows))
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return n, listed
		}
		if n, listed := accepted(""); n != 1 || listed != 1 {
			t.Fatalf("without a unit: %d, %d listed", n, listed)
		}
		w.do(w.mayor, casework.Dispatch{On: on(n), Unit: w.water, Leader: w.mayor.Person, Handler: w.handler.Person})
		if n, listed := accepted(""); n != 0 || listed != 0 {
			t.Errorf("still without a unit: %d, %d listed", n, listed)
		}
		if n, listed := accepted(w.water); n != 1 || listed != 1 {
			t.Errorf("of the unit: %d, %d listed", n, listed)
		}
	})
}

package casework_test

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yanming/internal/actor"
	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/seal"
)

// waitsFor is the worklist Mine said once more.
func waitsFor(a actor.Actor, c casework.Case) bool {
	if !c.State.Live() {
		return false
	}
	extending := c.Extending != 0 && c.State.Unanswered() && c.State != casework.ReturnPending
	handles := func(p actor.Post) bool {
		return p.Unit == c.Unit && c.Unit != "" &&
			slices.Contains([]actor.Role{actor.Handler, actor.Secretary, actor.Cadre, actor.Publicity}, p.Role)
	}
	switch {
	case a.Is(actor.Intake, actor.Petition) && (c.State == casework.Registered || c.State == casework.Accepted),
		a.Is(actor.Leader) && (extending || c.State == casework.ReturnPending || c.Leader == a.Person && c.State.Unanswered()),
		a.Is(actor.Inspection) && extending,
		a.Is(actor.Caller) && (c.State == casework.Answered || c.State == casework.FollowUp) && c.Outcome != casework.Scheduled:
		return true
	}
	return slices.ContainsFunc(a.Posts, handles) && (c.State == casework.Dispatched || c.State == casework.InProgress)
}

// before reports whether a case belongs before another in a list: what was answered stands behind all that was not.
func before(a, b casework.Case) bool {
	answered := func(c casework.Case) bool { return c.State == casework.Answered || c.State == casework.FollowUp }
	switch {
	case answered(a) != answered(b):
		return answered(b)
	case answered(a):
		return a.Answered.Before(b.Answered)
	}
	return a.Due.Set() && (!b.Due.Set() || a.Due.At.Before(b.Due.At))
}

// TestAWorklistHoldsWhatItsBadgeCountsEachOnce looks at every worklist of everybody, page by page, over cases in all
// states: in order, none twice, as many as the badge says, and own work as it is said once more above. One of those who
// look holds all posts, so that a case belongs to several parts of their own work.
func TestAWorklistHoldsWhatItsBadgeCountsEachOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		w := newTown(t, d, clock)
		all := w.mayor
		for _, a := range []actor.Actor{w.intake, w.handler, w.deputy, w.inspector, w.caller} {
			all.Posts = append(slices.Clip(all.Posts), a.Posts...)
		}
		r := rand.New(rand.NewPCG(7, 1))
		var last seal.Number
		for i := range 90 {
			w.clock.Add(time.Hour)
			cmd := w.say("南渠堵了。")
			if cmd.Village = w.willow; i%9 == 0 {
				cmd.Confide = true
			}
			rc := w.register(w.intake, cmd)
			n := rc.Number
			for range r.IntN(8) {
				now := w.follow(n)
				who, cmd := w.push(r, now, last)
				switch r.IntN(12) {
				case 0:
					who, cmd = w.handler, casework.RequestReturn{On: casework.On{Case: n}, Reason: "r"}
				case 1:
					who, cmd = w.deputy, casework.RequestExtension{On: casework.On{Case: n}, Reason: "r"}
				}
				w.cases.Do(ctx, who, cmd) // what is refused is refused
			}
			if i%9 != 0 {
				last = n
			}
		}
		found, doubted := 0, w.intake
		doubted.Doubted = true
		for _, a := range []actor.Actor{all, doubted, w.intake, w.handler, w.deputy, w.mayor, w.petition, w.inspector, w.caller, w.secretary, w.cadre} {
			counts := w.counts(a)
			every := w.pages(a, casework.Every)
			for _, v := range casework.Views() {
				list := w.pages(a, v)
				var got, want []casework.ID
				for i, c := range list {
					got = append(got, c.ID)
					if i > 0 && before(c, list[i-1]) {
						t.Errorf("%s of %v: out of order", v, a.Posts)
					}
				}
				slices.Sort(got)
				if slices.Contains(got, "") || len(slices.Compact(slices.Clone(got))) != len(got) {
					t.Errorf("%s of %v: a case twice", v, a.Posts)
				}
				if n, ok := counts[v]; ok && n != int64(len(got)) {
					t.Errorf("%s of %v: the badge says %d, the list holds %d", v, a.Posts, n, len(got))
				}
				if v != casework.Mine {
					continue
				}
				for _, c := range every {
					if waitsFor(a, c) {
						want = append(want, c.ID)
					}
				}
				if slices.Sort(want); !slices.Equal(got, want) {
					t.Errorf("own work of %v: %d cases, want %d", a.Posts, len(got), len(want))
				}
				found += len(got)
			}
		}
		if list := w.pages(all, casework.All); len(list) < 7 || list[0].State == casework.Answered || list[len(list)-1].State != casework.FollowUp && list[len(list)-1].State != casework.Answered {
			t.Error("the list does not end with what was answered")
		}
		if found < 100 {
			t.Errorf("only %d cases wait for anybody", found)
		}
	})
}

func (w *town) counts(a actor.Actor) (n map[casework.View]int64) {
	w.t.Helper()
	err := w.db.View(ctx, dbtest.Town, func(tx *db.Tx) (err error) {
		n, err = w.cases.Counts(ctx, tx, a, casework.Filter{})
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// pages returns a whole worklist, seven at a time.
func (w *town) pages(a actor.Actor, v casework.View) (cs []casework.Case) {
	w.t.Helper()
	err := w.db.View(ctx, dbtest.Town, func(tx *db.Tx) error {
		for f := (casework.Filter{View: v, Limit: 7}); ; {
			p, err := w.cases.List(ctx, tx, a, f)
			cs = append(cs, p.Cases...)
			if f.After = p.Next; err != nil || p.Next == "" {
				return err
			}
		}
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return cs
}

// TestAPageOfAListReadsLittleMoreThanItShows counts the rows that PostgreSQL reads for a page, the first and a later one.
// (What SQLite would read is seen in its plan, which every test inspects.)
func TestAPageOfAListReadsLittleMoreThanItShows(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		if w.db.Engine() != db.Postgres {
			return
		}
		var rows []casework.Backfill
		for n := range 800 {
			r := row("b", fmt.Sprint(n), "渠堵了", casework.Past{Unit: w.water, Leader: w.mayor.Person})
			r.Said = w.clock.Now().Add(-time.Duration(n) * time.Hour)
			rows = append(rows, r)
		}
		if _, err := w.cases.Backfill(ctx, w.intake, rows); err != nil {
			t.Fatal(err)
		}
		err := w.db.UpdateAcross(ctx, func(x *db.Wide) error { _, err := x.Exec(ctx, "ANALYZE cases"); return err }) // as a server does by itself
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range []casework.Filter{{View: casework.Every, Newest: true}, {View: casework.All}, {View: casework.Mine}} {
			for range 3 {
				err := w.db.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
					if _, err := tx.Exec(ctx, `SELECT set_config('random_page_cost', '1', true) WHERE $1 <> ''`); err != nil { // so small a table would be read whole
						return err
					}
					before, err := read(tx)
					if err != nil {
						return err
					}
					p, err := w.cases.List(ctx, tx, w.mayor, f)
					if err != nil {
						return err
					}
					after, err := read(tx)
					if len(p.Cases) != 50 || after-before > 150 {
						t.Errorf("%s: read %d rows for %d", f.View, after-before, len(p.Cases))
					}
					f.After = p.Next
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

// read is how many rows of cases the transaction has read so far.
func read(tx *db.Tx) (n int64, err error) {
	err = tx.Row(ctx, `SELECT CAST(seq_tup_read + COALESCE(idx_tup_fetch, 0) AS BIGINT) FROM pg_stat_xact_user_tables WHERE relname = 'cases' AND $1 <> ''`).Scan(&n)
	return n, err
}

// TestAShortClockIsDueSoonFromItsFirstMomentToItsLast: the list is what falls due within three days, however long the clock.
func TestAShortClockIsDueSoonFromItsFirstMomentToItsLast(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		sys := actor.Actor{Town: dbtest.Town, System: true}
		w.must(w.org.ChangeRule(ctx, sys, org.ChangeRule{Rule: org.Rule{Kind: "opinion", Clock: org.Handle, Version: 1, Start: "registered",
			Span: calendar.Span{N: 8, Unit: calendar.WorkingHour}, Law: i18n.Pair{ZH: "本镇约定"}}}))
		w.dispatched()
		due := w.pages(w.intake, casework.All)[0].Due.At
		if d := due.Sub(w.db.Now()); d <= 0 || d >= casework.Soon {
			t.Fatalf("the clock runs for %v", d)
		}
		for _, on := range []time.Duration{0, due.Sub(w.db.Now())} {
			w.clock.Add(on)
			if n := w.counts(w.intake)[casework.DueSoon]; n != 1 || len(w.pages(w.intake, casework.DueSoon)) != 1 {
				t.Errorf("%v on: %d counted, %d listed", on, n, len(w.pages(w.intake, casework.DueSoon)))
			}
		}
		w.clock.Add(time.Millisecond)
		if n := w.counts(w.intake); n[casework.DueSoon] != 0 || n[casework.Overdue] != 1 {
			t.Errorf("afterwards: %v", n)
		}
	})
}

// TestALedgerTellsOfEachCaseWhatItsSheetDoes compares the rows of a ledger, which are read together, with the sheets of
// the same cases, which are read one by one; a case whose words lie under a key is listed with its words, and no row.
func TestALedgerTellsOfEachCaseWhatItsSheetDoes(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		numbered, private := w.dispatched(), w.say("南渠堵了。")
		private.Visibility = casework.Private
		w.register(w.intake, private)
		w.do(w.intake, casework.NoteExternal{On: on(numbered), External: casework.External{System: "petition", Number: "X1"}})
		w.do(w.intake, casework.NoteExternal{On: on(numbered), External: casework.External{System: "hotline", Number: "G1"}})
		err := w.db.View(ctx, dbtest.Town, func(tx *db.Tx) error {
			p, err := w.cases.List(ctx, tx, w.intake, casework.Filter{View: casework.Every})
			if err != nil {
				return err
			}
			rows, next, err := w.cases.Ledger(ctx, tx, w.intake, casework.Filter{View: casework.Every})
			if err != nil || next != p.Next || len(rows) != len(p.Cases)-1 {
				t.Fatalf("%d rows of %d cases (%v)", len(rows), len(p.Cases), err)
			}
			for _, r := range rows {
				sh, err := w.cases.Get(ctx, tx, w.intake, r.Case.Number)
				if err != nil {
					return err
				}
				if d := cmp.Diff(casework.LedgerRow{Case: sh.Case, Externals: sh.Externals, Steps: sh.Steps}, r); d != "" {
					t.Errorf("%s: %s", r.Case.Number, d)
				}
			}
			for _, c := range p.Cases {
				if c.Words.Text == "" {
					t.Errorf("%s is listed without its words", c.Number)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// TestAnAddressThatIsNoPlaceInAListIsRefused asks for the page behind what place never wrote: PostgreSQL would fail on NUL
// and on broken UTF-8.
func TestAnAddressThatIsNoPlaceInAListIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		w := newTown(t, d, clock)
		for _, written := range []string{"1 \x00", "1 \xff", "1", "x 06h0kg3z2sekta0a3nndmt574r", "99999999999999999999 06h0kg3z2sekta0a3nndmt574r", "1 06h0kg3z2sekta0a3nndmt57\x00r"} {
			f := casework.Filter{View: casework.Every, After: base64.RawURLEncoding.EncodeToString([]byte(written))}
			for what, ask := range map[string]func(*db.Tx) error{
				"list":   func(tx *db.Tx) error { _, err := w.cases.List(ctx, tx, w.intake, f); return err },
				"search": func(tx *db.Tx) error { _, err := w.cases.Search(ctx, tx, w.intake, "南渠", f); return err },
			} {
				if err := d.View(ctx, w.intake.Town, ask); !errs.Is(err, errs.Invalid) {
					t.Errorf("%s behind %q: %v", what, written, err)
				}
			}
		}
	})
}

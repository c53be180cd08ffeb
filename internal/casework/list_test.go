package casework_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
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
		a.Is(actor.Leader) && (extending || c.State == casework.ReturnPending || c.Leader == a.Person),
		a.Is(actor.Inspection) && extending,
		a.Is(actor.Caller) && (c.State == casework.Answered || c.State == casework.FollowUp) && c.Outcome != casework.Scheduled:
		return true
	}
	return slices.ContainsFunc(a.Posts, handles) && (c.State == casework.Dispatched || c.State == casework.InProgress)
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
		found := 0
		for _, a := range []actor.Actor{all, w.intake, w.handler, w.deputy, w.mayor, w.petition, w.inspector, w.caller, w.secretary, w.cadre} {
			counts := w.counts(a)
			every := w.pages(a, casework.Every)
			for _, v := range casework.Views() {
				list := w.pages(a, v)
				var got, want []casework.ID
				for i, c := range list {
					got = append(got, c.ID)
					if i > 0 && c.Due.Set() && c.Due.At.Before(list[i-1].Due.At) {
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

package casework_test

import (
	"testing"
	"time"

	"yanming/internal/actor"
	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/org"
)

// A word is made before its turn to be written comes. What happens between is not overlooked.
func TestAWordIsWrittenAsTheTownStandsWhenItsTurnComes(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		sys := actor.Actor{Town: dbtest.Town, System: true}
		odd := w.say("路灯不亮。")
		odd.Category = "lamps"
		confided := w.say("有人收了钱。")
		confided.Confide = true
		refusal := func(err error) string {
			if all := errs.All(err); len(all) > 0 {
				return all[0].Key
			}
			return ""
		}
		for _, c := range []struct {
			what   string
			say    casework.Register
			before func() // the word is made
			meanwhile,
			after func()
			key   string // of the refusal
			other bool   // it gets another number than it was made with
			waits time.Duration
		}{
			{what: "nothing happens", say: w.say("桥栏杆断了。")},
			{what: "the town settles something else", say: w.say("井盖松了。"), meanwhile: func() {
				w.must(w.org.Set(ctx, sys, org.Set{Name: org.Confidants, Value: []string{w.petition.Person}}))
			}},
			{what: "it names what the town does not have", say: odd, key: "error.choice"},
			{what: "the town has now what it names", say: odd, meanwhile: func() {
				w.must(w.org.SaveCategory(ctx, sys, org.SaveCategory{Code: "lamps", Name: i18n.Pair{ZH: "路灯", EN: "Lamps"}, Parent: "water"}))
			}},
			{what: "nobody may read it any more", say: confided, meanwhile: func() {
				w.must(w.org.Set(ctx, sys, org.Set{Name: org.Confidants, Value: []string{}}))
			}, key: "case.no_confidant"},
			{what: "somebody may read it now", say: confided, before: func() {
				w.must(w.org.Set(ctx, sys, org.Set{Name: org.Confidants, Value: []string{}}))
			}, meanwhile: func() {
				w.must(w.org.Set(ctx, sys, org.Set{Name: org.Confidants, Value: []string{w.petition.Person}}))
			}},
			{what: "a slip is printed with its number", say: w.say("路灯不亮。"), other: true},
			{what: "it waits a little", say: w.say("噪声太大。"), waits: 400 * time.Millisecond},
			{what: "it waits long", say: w.say("垃圾没人收。"), waits: time.Minute},
			{what: "midnight passes", say: w.say("自来水发黄。"), waits: 400 * time.Millisecond, before: func() {
				w.clock.Set(calendar.DayOf(w.clock.Now()).End().Add(-200 * time.Millisecond))
			}},
		} {
			t.Run(c.what, func(t *testing.T) {
				w := *w
				w.t = t
				if c.before != nil {
					c.before()
				}
				w.dir() // whatever was read last is what the word is made of
				made := w.clock.Now()
				n, write, err := w.cases.Word(ctx, resident(), c.say)
				if err != nil {
					t.Fatal(err)
				}
				if c.meanwhile != nil {
					c.meanwhile()
				}
				if c.other {
					if err := w.cases.Print(ctx, dbtest.Town, n); err != nil {
						t.Fatal(err)
					}
				}
				w.clock.Add(c.waits)
				got, err := write()
				if refusal(err) != c.key || (err == nil) != (c.key == "") {
					t.Fatalf("refused with %v, want %q", err, c.key)
				}
				if err != nil {
					return
				}
				if (got.Number != n) != c.other {
					t.Errorf("made with %s, written as %s", n, got.Number)
				}
				want := made
				if c.waits >= time.Second || calendar.DayOf(made) != calendar.DayOf(w.clock.Now()) {
					want = w.clock.Now()
				}
				if !got.Registered.Equal(want) {
					t.Errorf("registered at %v, want %v", got.Registered, want)
				}
				if again, err := write(); err != nil || again.ID != got.ID {
					t.Errorf("written twice: %v %v, first %v", again.ID, err, got.ID)
				}
			})
		}
		w.check()
	})
}

package casework_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/seal"
)

// commands are one of each, with everything filled in, for the case at hand.
func (w *town) commands(r *rand.Rand, n, other seal.Number) []casework.Command {
	o := casework.On{Case: n}
	yes := pick(r, []casework.Solved{casework.SolvedYes, casework.SolvedPartly, casework.SolvedNo})
	outcome := pick(r, casework.Outcomes())
	return []casework.Command{
		casework.Accept{On: o}, casework.Decline{On: o, Reason: "r", Basis: "b", Target: "t"}, casework.Object{On: o, Reason: "r"},
		casework.Forward{On: o, Target: "t", Reason: "r"}, casework.Link{On: o, Into: other, Reason: "r"}, casework.Unlink{On: o, Reason: "r"},
		casework.Dispatch{On: o, Unit: w.water, Assist: []string{w.roads}, Leader: w.mayor.Person, Handler: w.handler.Person},
		casework.Dispatch{On: o, Unit: w.roads, Leader: w.mayor.Person, Handler: w.deputy.Person, Ruling: true, Reason: "r"},
		casework.Sign{On: o}, casework.RequestReturn{On: o, Reason: "r"}, casework.DecideReturn{On: o, Grant: true, Reason: "r"},
		casework.DecideReturn{On: o, Reason: "r"}, casework.RequestExtension{On: o, Reason: "r"},
		casework.DecideExtension{On: o, Grant: true, Reason: "r"}, casework.DecideExtension{On: o, Reason: "r"},
		casework.AskInfo{On: o, Text: "x"}, casework.ReceiveInfo{On: o, Text: "x"}, casework.Urge{On: o, Reason: "r"},
		casework.Supervise{On: o, Level: 1, Text: "x"}, casework.Record{On: o, Text: "x"},
		casework.Answer{On: o, Outcome: outcome, Text: "x", Basis: "b", Planned: "2028-01-10"}, casework.Resume{On: o},
		casework.Contact{On: o, Reached: true, Solved: yes, Satisfied: casework.Neutral}, casework.Contact{On: o},
		casework.Contact{On: o, Reached: true, Solved: yes, Satisfied: casework.SatisfiedYes, AtCounter: true},
		casework.Redo{On: o, Reason: "r"}, casework.Close{On: o}, casework.Reopen{On: o, Reason: "r"},
		casework.Withdraw{On: o, Reason: "r"}, casework.Withdraw{On: o, Reason: "r", AtCounter: true}, casework.UndoWithdraw{On: o, Reason: "r"},
		casework.AddWords{On: o, Text: "x"}, casework.Recuse{On: o, Person: w.handler.Person, Reason: "r"},
		casework.Correct{On: o, Village: w.east, Reason: "r"}, casework.Reissue{On: o, Reason: "r"},
	}
}

// walker fails with the seed of the walk.
type walker struct {
	*testing.T
	seed uint64
}

func (w walker) Fatalf(format string, args ...any) {
	w.Helper()
	w.T.Fatalf("seed %d: "+format, append([]any{w.seed}, args...)...)
}

func pick[T any](r *rand.Rand, among []T) T { return among[r.IntN(len(among))] }

// push is the next step towards the end, by somebody who may take it, so that walks get there.
func (w *town) push(r *rand.Rand, c casework.Case, other seal.Number) (actor.Actor, casework.Command) {
	o := casework.On{Case: c.Number}
	hand := w.handler
	if c.Unit == w.roads {
		hand = w.deputy
	}
	switch c.State {
	case casework.Registered:
		switch r.IntN(6) {
		case 0:
			return w.intake, casework.Decline{On: o, Reason: "r", Basis: "b", Target: "t"}
		case 1:
			return w.intake, casework.Link{On: o, Into: other, Reason: "r"}
		}
		return w.intake, casework.Accept{On: o}
	case casework.Accepted:
		return w.mayor, casework.Dispatch{On: o, Unit: w.roads, Leader: w.mayor.Person, Ruling: c.Returns > 1, Reason: "r"}
	case casework.Dispatched:
		return hand, casework.Sign{On: o}
	case casework.InProgress:
		return hand, casework.Answer{On: o, Outcome: casework.Resolved, Text: "x"}
	case casework.Answered:
		return w.caller, casework.Contact{On: o, Reached: true, Solved: casework.SolvedYes, Satisfied: casework.SatisfiedYes}
	}
	return w.inspector, casework.Close{On: o}
}

// TestAWalkOfCommandsHoldsTheInvariants plays random commands by random people and looks after each at what must hold
// of every case at any moment.
func TestAWalkOfCommandsHoldsTheInvariants(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w := newTown(t, d, c)
		everybody := []actor.Actor{w.intake, w.handler, w.deputy, w.mayor, w.petition, w.inspector, w.caller, w.secretary, w.cadre, resident(),
			{Town: dbtest.Town, System: true}}
		registered := int64(0)
		reached := map[casework.State]bool{}
		for seed := range uint64(80) { // the same walks each time: a failure names its seed
			w.clock.Add(time.Minute)
			n, other := w.register(resident(), w.say("南渠堵了。")).Number, w.register(resident(), w.say("路灯不亮。")).Number
			registered += 2
			now := w.follow(n)
			r := rand.New(rand.NewPCG(seed, 1))
			rt := walker{t, seed}
			for range 150 {
				who := pick(r, everybody)
				cmd := pick(r, w.commands(r, n, other))
				switch cmd.(type) { // ends are rarer than they would be by chance, so that walks go far
				case casework.Decline, casework.Forward, casework.Link, casework.Withdraw:
					if r.IntN(4) > 0 {
						continue
					}
				}
				if r.IntN(8) == 0 {
					who, cmd = w.push(r, now, other)
				}
				w.clock.Add(time.Duration(1+r.IntN(90)) * time.Minute)
				offered := casework.Next(who, now)
				got, err := w.cases.Do(ctx, who, cmd)
				if err != nil {
					if errs.KindOf(err) == errs.Internal {
						rt.Fatalf("%T: %v", cmd, err)
					}
					continue
				}
				last := w.steps(n)
				if e := last[len(last)-1]; !slices.Contains(offered, e.Type) && !(e.Type == casework.EvContactRecorded && who.Is(actor.Intake)) {
					rt.Fatalf("%s by %v happened, but was not offered in %s", e.Type, who.Posts, now.State)
				}
				invariants(rt, now, got, last)
				now = got
				reached[got.State] = true
			}
		}
		w.check()
		for _, s := range casework.States() {
			if !reached[s] && s != casework.Void && s != casework.Registered {
				t.Errorf("no walk reached %s", s)
			}
		}
		got := w.values("case.received", "case.collected", "case.declined", "case.forwarded", "case.linked", "case.withdrawn",
			"case.resolved", "case.concluded_otherwise", "case.in_progress", "case.confirmed")
		if got["case.received"] != registered {
			t.Errorf("received %d of %d", got["case.received"], registered)
		}
		if sum := got["case.collected"] + got["case.declined"] + got["case.forwarded"] + got["case.linked"] + got["case.withdrawn"]; sum != registered {
			t.Errorf("received %d, its parts %d: %v", registered, sum, got)
		}
		if sum := got["case.resolved"] + got["case.concluded_otherwise"] + got["case.in_progress"]; sum != got["case.collected"] {
			t.Errorf("collected %d, its parts %d: %v", got["case.collected"], sum, got)
		}
		if got["case.confirmed"] > got["case.resolved"] {
			t.Errorf("more confirmed than resolved: %v", got)
		}
	})
}

func (w *town) follow(n seal.Number) (c casework.Case) {
	w.t.Helper()
	err := w.db.View(ctx, dbtest.Town, func(tx *db.Tx) error {
		tr, err := w.cases.Follow(ctx, tx, n)
		c = tr.Case
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (w *town) steps(n seal.Number) (ss []casework.Step) {
	w.t.Helper()
	err := w.db.View(ctx, dbtest.Town, func(tx *db.Tx) error {
		sh, err := w.cases.Get(ctx, tx, w.intake, n)
		ss = sh.Steps
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return ss
}

func invariants(t walker, before, c casework.Case, steps []casework.Step) {
	fail := func(what string) {
		t.Fatalf("%s: %s, round %d, after %s", what, c.State, c.Round, steps[len(steps)-1].Type)
	}
	last := steps[len(steps)-1]
	if c.Rev != before.Rev+1 || int64(len(steps)) != c.Rev {
		fail(fmt.Sprintf("revision %d of %d steps", c.Rev, len(steps)))
	}
	if c.State.Final() && last.Words.Reason == "" && last.Type != casework.EvReceiptReissued && last.Type != casework.EvWordsAdded && before.State != c.State {
		fail("an end without a reason")
	}
	if !slices.Contains(casework.States(), c.State) {
		fail("a state that is none")
	}
	if c.Grid != "" && c.Village != before.Village && c.Grid == before.Grid {
		fail("a grid of the village where it was")
	}
	if c.Extending != 0 && !c.State.Unanswered() && c.State != casework.Withdrawn {
		fail("more time is asked for what was answered")
	}
	answered := false
	contact := 0
	for _, s := range steps {
		switch s.Type {
		case casework.EvAnsweredResolved, casework.EvAnsweredOther, casework.EvAnsweredScheduled:
			answered, contact = true, 0
		case casework.EvRedone, casework.EvReopened, casework.EvResumed:
			answered = false
		case casework.EvContactRecorded:
			contact++
		}
	}
	if c.State == casework.Closed {
		if !answered || c.Outcome == "" || c.Outcome == casework.Scheduled {
			fail("closed without a final answer")
		}
		if contact == 0 && !c.NoCallBack {
			fail("closed without a call-back")
		}
		if !c.Reached && c.Attempts < 3 && !c.NoCallBack {
			fail("closed unreached too early")
		}
		if !c.Reached && c.Satisfied != "" {
			fail("unreached and satisfied")
		}
	}
	if (c.Outcome != "") != answered {
		fail("outcome without an answer")
	}
	for _, p := range c.Callers {
		if slices.Contains(c.Hands, p) && last.Type == casework.EvContactRecorded && last.By == p && !c.Immediate {
			fail("a handler called back")
		}
	}
	if last.Type == casework.EvExtensionGranted && slices.Contains(c.Hands, last.By) {
		fail("a handler approved an extension")
	}
	if c.Round < before.Round {
		fail("a round was lowered")
	}
	if last.Type != casework.EvExtensionGranted && last.Type != casework.EvInfoReceived && last.Type != casework.EvRedone &&
		last.Type != casework.EvReopened && last.Type != casework.EvResumed && last.Type != casework.EvAnsweredScheduled &&
		last.Type != casework.EvObjected && last.Type != casework.EvUnlinked && c.Due.At.After(before.Due.At) {
		fail("a due moment moved later without an allowance")
	}
}

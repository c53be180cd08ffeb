package demo

import (
	"context"
	"fmt"
	"strings"

	"yanming/internal/actor"
	"yanming/internal/calendar"
	"yanming/internal/casework"
)

// tell lays the whole way of a case out, as far as the story goes.
func (t *teller) tell() {
	if t.how.is(fixed) {
		t.fix()
		t.finish()
		return
	}
	t.say()
	switch t.until {
	case toAccept:
		return
	case declined, forwarded, linked:
		t.turnAway()
		return
	}
	if t.story.accepted == 0 {
		t.after(1, 2.3)
	}
	t.does(t.counter(), func(on casework.On) casework.Command { return casework.Accept{On: on} })
	if t.how.is(published) {
		t.does(t.c.who("petition"), func(on casework.On) casework.Command { return casework.Publish{On: on, Title: t.shown()} })
	}
	if t.until == toDispatch {
		return
	}
	if t.how.is(returned) {
		t.passOn()
	}
	t.dispatch(t.unit)
	switch t.until {
	case toSign:
		return
	case withdrawn:
		t.after(3, 6)
		t.does(t.c.resident(), func(on casework.On) casework.Command { return casework.Withdraw{On: on, Reason: t.why} })
		return
	}
	t.sign(t.unit)
	if t.until == returning {
		t.after(0.5, 1.5)
		t.does(t.handler(t.unit), func(on casework.On) casework.Command { return casework.RequestReturn{On: on, Reason: t.why} })
		return
	}
	if !t.handle() {
		return
	}
	t.answer(t.story.answer)
	t.finish()
}

// turnAway declines a case, sends it outside, or joins it to another.
func (t *teller) turnAway() {
	t.after(1, 3)
	t.does(t.counter(), func(on casework.On) casework.Command {
		switch t.until {
		case declined:
			return casework.Decline{On: on, Reason: t.why, Basis: t.basis, Target: t.to}
		case forwarded:
			return casework.Forward{On: on, Target: t.to, Reason: t.why}
		}
		return casework.Link{On: on, Into: t.told[t.to].receipt.Number, Reason: t.why}
	})
}

// passOn gives a case to the unit that assist names, which says that it is not its own.
func (t *teller) passOn() {
	wrong := t.c.units[t.assist]
	t.assist = ""
	t.dispatch(wrong)
	t.sign(wrong)
	t.after(0.3, 0.8)
	t.does(t.handler(wrong), func(on casework.On) casework.Command { return casework.RequestReturn{On: on, Reason: t.why} })
	t.after(0.5, 1.2)
	t.does(t.counterOrGeneral(), func(on casework.On) casework.Command {
		return casework.DecideReturn{On: on, Grant: true, Reason: "情况属实，同意退回，另行交办。"}
	})
}

func (t *teller) counterOrGeneral() actor.Actor {
	if _, ok := t.c.people["general"]; ok {
		return t.c.who("general")
	}
	return t.c.who("first")
}

func (t *teller) dispatch(unit string) {
	t.after(0.3, 1)
	cmd := casework.Dispatch{Unit: unit, Leader: t.leader(unit), Note: "请按期限办理，办理情况随时记。"}
	if t.assist != "" {
		cmd.Assist = []string{t.c.units[t.assist]}
	}
	if t.how.is(confided) {
		cmd.Handler = t.handler(unit).Person
	}
	if t.how.is(soon) {
		cmd.Due = calendar.DayOf(t.axis.now).AddDays(t.planned)
	}
	t.does(t.counter(), func(on casework.On) casework.Command { cmd.On = on; return cmd })
}

func (t *teller) sign(unit string) {
	a := t.handler(unit)
	if t.how.is(silent) {
		t.after(8.1, 8.3) // the rule gives eight working hours
		a = actor.Actor{Town: t.c.code, System: true}
	} else {
		t.after(0.5, 2)
	}
	t.does(a, func(on casework.On) casework.Command { return casework.Sign{On: on} })
}

// handle is what happens between signing and answering; false when the story stops there.
func (t *teller) handle() bool {
	unit := t.handler(t.unit)
	begun := t.back
	if t.note != "" {
		t.after(1, 3)
		t.does(unit, func(on casework.On) casework.Command { return casework.Record{On: on, Text: t.note} })
	}
	if t.how.is(asked) || t.until == waiting {
		t.after(0.5, 1)
		t.does(unit, func(on casework.On) casework.Command { return casework.AskInfo{On: on, Text: t.why} })
		if t.until == waiting {
			return false
		}
		t.after(5, 9)
		t.does(t.c.resident(), func(on casework.On) casework.Command {
			return casework.ReceiveInfo{On: on, Text: "要的材料补上了，请查收。"}
		})
	}
	if t.how.is(extended) || t.until == askingTime {
		t.after(1, 3)
		t.does(unit, func(on casework.On) casework.Command { return casework.RequestExtension{On: on, Reason: t.why} })
		if t.until == askingTime {
			return false
		}
		t.after(1, 3)
		t.does(t.c.as(t.leader(t.unit)), func(on casework.On) casework.Command {
			return casework.DecideExtension{On: on, Grant: true, Reason: "理由成立，同意延期，请抓紧办。"}
		})
	}
	if t.how.is(late) {
		t.after(40, 42) // past five working days
	}
	if t.how.is(urged) {
		t.after(0.5, 2)
		t.does(t.c.resident(), func(on casework.On) casework.Command {
			return casework.Urge{On: on, Reason: "等了几天了，想问问办到哪一步了。"}
		})
	}
	if t.how.is(supervised) {
		t.after(0.5, 1)
		t.does(t.c.who("inspection"), func(on casework.On) casework.Command {
			return casework.Supervise{On: on, Level: 1, Text: "请说明进展和完成时间，三个工作日内报督查组。"}
		})
	}
	if t.until == working {
		return false
	}
	if spent := begun - t.back; spent.Hours() < t.hours {
		t.after(t.hours-spent.Hours(), t.hours-spent.Hours()+2)
	} else {
		t.after(2, 6)
	}
	return true
}

func (t *teller) answer(text string) {
	cmd := casework.Answer{Outcome: casework.Resolved, Text: text}
	if t.outcome != "" {
		cmd.Outcome = t.outcome
	}
	if t.until == scheduled {
		cmd.Outcome, cmd.Planned = casework.Scheduled, calendar.DayOf(t.axis.now).AddDays(t.planned)
	}
	t.does(t.handler(t.unit), func(on casework.On) casework.Command { cmd.On = on; return cmd })
}

// fix registers and answers in one form.
func (t *teller) fix() {
	a, r := t.handler(t.unit), t.run
	if t.ch == casework.Visit {
		a = t.registrar()
	}
	cmd := casework.Fix{Register: t.register(), Unit: t.unit, Leader: t.leader(t.unit), Outcome: casework.Resolved, Answer: t.story.answer}
	if t.until != answered {
		cmd.Solved, cmd.Satisfied = casework.SolvedYes, t.feeling()
	}
	t.now(func(ctx context.Context) (err error) {
		r.receipt, err = t.deps.Cases.Fix(ctx, a, cmd)
		return err
	})
}

// finish is what comes after an answer.
func (t *teller) finish() {
	switch t.until {
	case scheduled, answered:
		return
	case tried:
		for range 2 {
			t.after(5, 8)
			t.does(t.caller(), func(on casework.On) casework.Command {
				return casework.Contact{On: on, Text: "电话无人接听。"}
			})
		}
		return
	case redoing:
		t.lately()
		t.again()
		return
	}
	if t.how.is(redone) {
		t.again()
		t.after(6, 12)
		t.answer(t.to)
	}
	t.after(3, 9)
	a := t.caller()
	if t.how.is(own) || t.how.is(confided) || t.until == called {
		a = t.c.resident()
	}
	t.does(a, func(on casework.On) casework.Command {
		return casework.Contact{On: on, Reached: true, Solved: casework.SolvedYes, Satisfied: t.feeling()}
	})
	if t.until == called {
		return
	}
	t.after(0.5, 2)
	closer := t.caller()
	if t.how.is(confided) {
		closer = t.counter()
	}
	t.does(closer, func(on casework.On) casework.Command { return casework.Close{On: on, Note: "群众确认，办结。"} })
	if t.until == reopened {
		t.lately()
		t.does(t.c.resident(), func(on casework.On) casework.Command { return casework.Reopen{On: on, Reason: t.why} })
	}
}

// lately lets time pass until a day and a half before now, so that a new round is not due soon.
func (t *teller) lately() {
	back := t.axis.days(1.5)
	if t.back < back && t.err == nil {
		t.err = fmt.Errorf("its first round ends too late")
	}
	t.back = back
}

// again is a call-back that finds the matter unsolved, and the new round that follows.
func (t *teller) again() {
	t.after(3, 6)
	t.does(t.caller(), func(on casework.On) casework.Command {
		return casework.Contact{On: on, Reached: true, Solved: casework.SolvedNo, Satisfied: casework.Dissatisfied, Text: t.why}
	})
	t.after(0.2, 0.5)
	t.does(t.caller(), func(on casework.On) casework.Command { return casework.Redo{On: on, Reason: t.why} })
	t.after(0.5, 2)
	t.does(t.handler(t.unit), func(on casework.On) casework.Command { return casework.Record{On: on, Text: t.note} })
}

func (t *teller) caller() actor.Actor {
	if t.c.code == County {
		return t.c.who("officer2")
	}
	return t.c.who("caller")
}

func (t *teller) feeling() casework.Satisfied {
	switch {
	case t.how.is(neutral):
		return casework.Neutral
	case t.how.is(dissatisfied):
		return casework.Dissatisfied
	}
	return casework.SatisfiedYes
}

// shown is the title under which a case is published: the stories' own titles name nobody.
func (t *teller) shown() string {
	if t.title != "" {
		return t.title
	}
	title, _, _ := strings.Cut(strings.NewReplacer("。", "\n", "，", "\n").Replace(t.text), "\n")
	return title
}

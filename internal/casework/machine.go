package casework

import (
	"slices"
	"time"

	"yanming/internal/errs"
	"yanming/internal/journal"
	"yanming/internal/seal"
)

// next returns the case after e. It is pure: transitions, guards and separation of duties are decided here and
// nowhere else. Errors: Conflict when the state does not allow e, Denied for separation of duties, Invalid for what
// e lacks.
func (c Case) next(e Event) (Case, error) {
	if !slices.Contains(from[e.Type], c.State) {
		return c, errs.New(errs.Conflict, "case.not_in_state")
	}
	if err := c.guard(e); err != nil {
		return c, err
	}
	after := c.after(e)
	if !slices.Contains(States(), after.State) { // a withdrawal of before Keeps was undone: the state that was waited in is not known
		return c, errs.New(errs.Conflict, "case.not_in_state")
	}
	return after, nil
}

// after applies e without asking whether it may be: the fold of a journal whose guards have held.
func (c Case) after(e Event) Case {
	at := e.At
	if e.Facts.At != 0 {
		at = time.UnixMilli(e.Facts.At)
	}
	before := c.State
	if s, ok := to[e.Type]; ok {
		c.State = s
	}
	c.Rev++
	c.clocks(e)
	c.clear(e)
	switch e.Type {
	case EvRegistered:
		c.register(e, at)
	case EvAccepted:
		c.Accepted, c.Notice = at, Clock{}
	case EvDeclined, EvForwarded, EvLinked:
		c.Notice, c.LinkedTo = Clock{}, e.Into
	case EvUnlinked:
		c.LinkedTo = ""
	case EvDispatched:
		c.Unit, c.Assist, c.Leader, c.Handler, c.Dispatched = e.Unit, e.Assist, e.Leader, e.Handler, at
		c.Ruled = c.Ruled || e.Ruling
	case EvSigned:
		c.Sign = Clock{}
		c.handled(e)
	case EvReturnRequested:
		c.Before, c.Asker, c.Extending = before, e.By, 0
	case EvReturnGranted:
		c.Returns++
		c.Before, c.Asker, c.Sign = "", "", Clock{}
	case EvReturnDenied:
		c.State, c.Before, c.Asker = c.Before, "", ""
	case EvExtensionRequested:
		c.Asker, c.Extending = e.By, e.Days
	case EvExtensionGranted:
		c.Extensions++
		c.Approvers = with(c.Approvers, e.By)
		c.Extending = 0
	case EvExtensionDenied:
		c.Approvers = with(c.Approvers, e.By)
		c.Extending = 0
	case EvInfoAsked:
		c.PausedAt = at.UnixMilli()
	case EvInfoReceived:
		c.PausedAt = 0
	case EvUrged:
		c.Urged++
	case EvSupervised:
		c.Supervised = max(c.Supervised, e.Level)
	case EvActionRecorded:
		c.handled(e)
	case EvAnsweredResolved, EvAnsweredOther, EvAnsweredScheduled:
		c.answer(e, at)
	case EvContactRecorded:
		c.contact(e)
	case EvResumed, EvRedone, EvReopened:
		c.again(e)
	case EvClosed:
		c.Closed = at
	case EvWithdrawn:
		c.withdraw(e, before, at)
	case EvWithdrawalUndone:
		c.restore()
	case EvRecused:
		c.Recused = with(c.Recused, e.Person)
		if c.Handler == e.Person {
			c.Handler = e.Handler
		}
	case EvCorrected:
		c.correct(e)
	case EvPublished:
		c.Visibility, c.PublicTitle = Public, e.Words.Title
	case EvUnpublished:
		c.Visibility, c.PublicTitle = Summary, ""
	case EvReceiptReissued:
		c.Generation++
	}
	return c
}

// clocks takes over what the event says of due moments; no event is silent about a clock it moves.
func (c *Case) clocks(e Event) {
	if e.Notice != nil {
		c.Notice = *e.Notice
	}
	if e.Due != nil {
		c.Due = *e.Due
	}
	if e.Sign != nil {
		c.Sign = *e.Sign
	}
}

func (c *Case) register(e Event, at time.Time) {
	f := e.Facts
	c.Number, c.Kind, c.Channel, c.Category = seal.Number(f.Number), f.Kind, f.Channel, f.Category
	c.Visibility, c.Anonymity, c.SecretTag = f.Visibility, f.Anonymity, f.SecretTag
	c.Village, c.Grid, c.Firm, c.Words = f.Village, f.Grid, f.Firm, f.Words
	c.Backfilled, c.Immediate, c.Consent, c.ReplyBy = f.Backfilled, f.Immediate, f.Consent, f.ReplyBy
	c.Registered, c.Round, c.Generation = at, 1, 1
	if e.By != journal.Resident && e.By != journal.System {
		c.Registrar = e.By
	}
}

func (c *Case) handled(e Event) {
	if e.By != journal.System {
		c.Hands = with(c.Hands, e.By)
	}
	if c.Handler == "" && e.By != journal.System {
		c.Handler = e.By
	}
}

func (c *Case) answer(e Event, at time.Time) {
	c.Outcome, c.Planned, c.Answered = e.Outcome, e.Planned, at
	c.Took = at.Sub(c.Registered)
	c.NoCallBack = c.Immediate && c.Kind == Enquiry
	if !c.Backfilled && c.Due.Set() && e.Type != EvAnsweredScheduled {
		ok := !at.After(c.Due.At)
		c.OnTime = &ok
	}
	c.handled(e)
}

func (c *Case) contact(e Event) {
	if e.By != journal.Resident {
		c.Callers = with(c.Callers, e.By)
	}
	if !e.Reached {
		c.Attempts++
		return
	}
	c.Reached, c.Solved, c.Satisfied, c.AtCounter = true, e.Solved, e.Satisfied, e.AtCounter
}

// again begins a new round of handling: earlier answers stay in the journal, readable, but no longer count.
func (c *Case) again(e Event) {
	if e.Type != EvResumed {
		c.Round++
	}
	c.Outcome, c.Planned, c.OnTime = "", "", nil
	c.Answered, c.Closed, c.Took = time.Time{}, time.Time{}, 0
	c.Reached, c.Solved, c.Satisfied, c.Attempts, c.NoCallBack, c.AtCounter = false, "", "", 0, false, false
}

// withdraw takes the case out of everybody's hands. Where it was and who wrote it down stand apart from what a decision
// waits for and from the rating: an event without Keeps, of before there was such a place, put them over these.
func (c *Case) withdraw(e Event, before State, at time.Time) {
	c.EndedAt = at.UnixMilli()
	if e.Keeps {
		c.Withdrawn, c.TakenDown = before, e.AtCounter
		return
	}
	c.Before, c.AtCounter = before, e.AtCounter
}

func (c *Case) restore() {
	c.EndedAt = 0
	if c.Withdrawn != "" {
		c.State, c.Withdrawn, c.TakenDown = c.Withdrawn, "", false
		return
	}
	c.State, c.Before, c.AtCounter = c.Before, "", false
}

// clear empties what the event says ends with it.
func (c *Case) clear(e Event) {
	for _, what := range e.Clears {
		switch what {
		case ClearsGrid:
			c.Grid = ""
		case ClearsExtension:
			c.Extending, c.Asker = 0, ""
		}
	}
}

func (c *Case) correct(e Event) {
	set := func(p *string, v string) {
		if v != "" {
			*p = v
		}
	}
	set(&c.Category, e.Category)
	set(&c.Village, e.Village)
	set(&c.Grid, e.Grid)
	set(&c.Firm, e.Firm)
	set(&c.Words.Title, e.Words.Title)
	set(&c.Leader, e.Leader)
	if e.Kind != "" {
		c.Kind = e.Kind
	}
}

// with returns list with s in it once; it never writes into the array of list.
func with(list []string, s string) []string {
	if s == "" || slices.Contains(list, s) {
		return list
	}
	return append(slices.Clip(list), s)
}

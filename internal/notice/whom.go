package notice

import (
	"slices"

	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/journal"
)

// told is one person and what they are told.
type told struct {
	person string
	kind   Kind
}

// whom says whom a step of a case concerns. The gate is asked about each of them afterwards.
func (d *deriving) whom(e journal.Entry, c *concern) (out []told, err error) {
	add := func(k Kind, people ...string) {
		for _, p := range people {
			out = append(out, told{p, k})
		}
	}
	switch casework.Type(e.Type) {
	case casework.EvRegistered:
		add(Confided, c.Readers()...)
	case casework.EvReaderNamed:
		var f struct{ Person string }
		if err := e.Decode(&f); err != nil {
			return nil, err
		}
		add(Confided, f.Person)
	case casework.EvDispatched:
		add(Dispatched, d.hands(c)...)
		add(Leads, c.Leader)
	case casework.EvReturnRequested:
		add(ReturnWaits, d.who(c, casework.EvReturnGranted, actor.General, actor.Intake, actor.Petition, actor.CountyOfficer)...)
	case casework.EvExtensionRequested:
		add(ExtensionWaits, d.who(c, casework.EvExtensionGranted, actor.Inspection, actor.CountyOfficer)...)
	case casework.EvReturnDenied, casework.EvExtensionGranted, casework.EvExtensionDenied:
		add(Decided, d.hands(c)...)
	case casework.EvInfoReceived:
		add(InfoCame, d.hands(c)...)
	case casework.EvRedone, casework.EvReopened:
		add(SentBack, d.hands(c)...)
	case casework.EvAnsweredResolved, casework.EvAnsweredOther:
		callers := d.who(c, casework.EvContactRecorded, actor.Caller)
		if len(callers) == 0 {
			callers = d.who(c, casework.EvContactRecorded, actor.Inspection, actor.CountyOfficer)
		}
		add(CallBack, callers...)
	case casework.EvContactRecorded:
		var f struct{ Solved casework.Solved }
		if err := e.Decode(&f); err != nil {
			return nil, err
		}
		if f.Solved.Lacks() {
			add(Unsolved, d.who(c, casework.EvRedone, actor.Intake, actor.Petition, actor.General, actor.CountyOfficer)...)
		}
	case casework.EvUrged:
		add(Urged, d.hands(c)...)
	case casework.EvSupervised:
		add(Supervised, d.hands(c)...)
		add(Supervised, c.Leader)
	}
	return out, nil
}

// hands are the people who handle a case: whoever was named, else those of the lead unit who handle, else all of it.
// Before it was given to a unit it is intake's.
func (d *deriving) hands(c *concern) (out []string) {
	if c.Handler != "" {
		return []string{c.Handler}
	}
	list := d.dir.PeopleIn(c.Unit, actor.Handler, actor.Petition, actor.Secretary, actor.CountyOfficer)
	if c.Unit == "" {
		list = d.dir.PeopleWith(actor.Intake, actor.CountyOfficer)
	} else if len(list) == 0 {
		list = d.dir.PeopleIn(c.Unit)
	}
	for _, p := range list {
		out = append(out, p.ID)
	}
	return out
}

// who are the responsible leader and the holders of roles, as far as they may take a step now: not whoever asked for
// what is to be decided, or handled what is to be asked about.
func (d *deriving) who(c *concern, step casework.Type, roles ...actor.Role) (out []string) {
	people := []string{c.Leader}
	for _, p := range d.dir.PeopleWith(roles...) {
		if !slices.Contains(people, p.ID) {
			people = append(people, p.ID)
		}
	}
	for _, p := range people {
		if p != "" && slices.Contains(casework.Next(d.acting(p), c.Case), step) {
			out = append(out, p)
		}
	}
	return out
}

// waits reports whether what a notice says still waits, as the case stands now.
func waits(k Kind, c casework.Case) bool {
	switch k {
	case Dispatched:
		return c.State == casework.Dispatched
	case AcceptLate:
		return c.State == casework.Registered
	case ReturnWaits:
		return c.State == casework.ReturnPending
	case ExtensionWaits:
		return c.Extending != 0 && c.State.Unanswered()
	case CallBack:
		return (c.State == casework.Answered || c.State == casework.FollowUp) && !c.Reached
	case Unsolved:
		return c.State == casework.FollowUp && c.Solved.Lacks()
	case Confided:
		return c.State.Live()
	}
	return c.State.Unanswered()
}

// called are the steps that a unit's own system is told of.
func called() []casework.Type {
	return []casework.Type{casework.EvDispatched, casework.EvSigned, casework.EvReturnGranted, casework.EvReturnDenied,
		casework.EvExtensionGranted, casework.EvExtensionDenied, casework.EvInfoAsked, casework.EvInfoReceived, casework.EvUrged,
		casework.EvSupervised, casework.EvAnsweredResolved, casework.EvAnsweredOther, casework.EvAnsweredScheduled, casework.EvResumed,
		casework.EvRedone, casework.EvClosed, casework.EvReopened, casework.EvWithdrawn}
}

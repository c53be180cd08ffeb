package casework

import (
	"slices"

	"yanming/internal/actor"
	"yanming/internal/errs"
)

// Who may do what to a case that they see. Deny by default: an event that is not here is nobody's.
var (
	counter  = []actor.Role{actor.Intake, actor.Petition, actor.General, actor.CountyOfficer}
	deciders = []actor.Role{actor.Leader, actor.Petition, actor.General, actor.CountyOfficer}
	callers  = []actor.Role{actor.Caller, actor.Inspection, actor.Petition, actor.CountyOfficer}
	everyone = []actor.Role{actor.Intake, actor.Petition, actor.General, actor.Inspection, actor.Leader, actor.Handler, actor.Caller,
		actor.Secretary, actor.Cadre, actor.Worker, actor.CountyOfficer}
)

var roles = map[Type][]actor.Role{
	EvRegistered: {actor.Intake, actor.Petition, actor.General, actor.Inspection, actor.Leader, actor.Handler, actor.Secretary,
		actor.Cadre, actor.Worker, actor.CountyOfficer},
	EvAccepted: counter, EvDeclined: counter, EvForwarded: counter, EvLinked: counter, EvUnlinked: counter,
	EvObjected: counter, EvDispatched: slices.Concat(counter, []actor.Role{actor.Leader}), EvCorrected: counter,
	EvReturnGranted: deciders, EvReturnDenied: deciders,
	EvExtensionGranted: {actor.Leader, actor.Inspection, actor.CountyOfficer}, EvExtensionDenied: {actor.Leader, actor.Inspection, actor.CountyOfficer},
	EvUrged: everyone, EvSupervised: {actor.Inspection, actor.Leader, actor.CountyOfficer},
	EvContactRecorded: callers, EvRedone: slices.Concat(callers, counter), EvClosed: slices.Concat(callers, counter),
	EvReopened: counter, EvWithdrawn: counter, EvWithdrawalUndone: counter, EvWordsAdded: counter,
	EvRecused:         slices.Concat(counter, []actor.Role{actor.Leader, actor.Handler, actor.Secretary, actor.Cadre}),
	EvReaderNamed:     {actor.Petition, actor.Inspection, actor.Leader, actor.CountyOfficer},
	EvResumed:         slices.Concat(counter, []actor.Role{actor.Leader}),
	EvInfoReceived:    counter,
	EvIdentityViewed:  {actor.Intake, actor.Petition, actor.Caller, actor.Handler, actor.CountyOfficer},
	EvReceiptReissued: {actor.Intake, actor.Petition, actor.CountyOfficer},
	EvVoided:          {actor.Intake, actor.Petition, actor.General, actor.Admin, actor.CountyOfficer},
}

// hands are the events of the handling units: their own people do them, whatever their role.
var hands = []Type{EvSigned, EvReturnRequested, EvExtensionRequested, EvInfoAsked, EvInfoReceived, EvActionRecorded,
	EvAnsweredResolved, EvAnsweredOther, EvAnsweredScheduled, EvResumed}

// resident are the events that a resident does through a receipt.
var resident = []Type{EvRegistered, EvObjected, EvUnlinked, EvUrged, EvWithdrawn, EvWordsAdded, EvInfoReceived, EvContactRecorded, EvRedone, EvReopened}

// system are the events of the clock.
var system = []Type{EvSigned, EvResumed}

// may says whether an actor may do t to a case that they see.
func may(a actor.Actor, c Case, t Type) error {
	if allowed(a, c, t) {
		return nil
	}
	return errs.New(errs.Denied, "error.denied")
}

func allowed(a actor.Actor, c Case, t Type) bool {
	switch {
	case a.System:
		return slices.Contains(system, t)
	case a.Resident:
		return slices.Contains(resident, t)
	case a.Person == "":
		return false
	}
	if slices.Contains(hands, t) {
		if a.InUnit(c.Unit) || a.Person == c.Handler || t == EvActionRecorded && slices.ContainsFunc(c.Assist, a.InUnit) {
			return true
		}
	}
	return a.Is(roles[t]...)
}

// Next lists what an actor may do now to a case that they see: the case page's buttons. A button that is listed can
// still be refused for what its form lacks, never for who presses it in which state.
func Next(a actor.Actor, c Case) (ts []Type) {
	for _, t := range Types() {
		if t == EvRegistered || !slices.Contains(from[t], c.State) || !allowed(a, c, t) || blocked(a, c, t) {
			continue
		}
		ts = append(ts, t)
	}
	return ts
}

// blocked reports what no form could mend: separation of duties, and what the state of the case rules out.
func blocked(a actor.Actor, c Case, t Type) bool {
	self := by(a)
	handled := slices.Contains(c.Hands, self) || c.Handler == self
	switch t {
	case EvReturnGranted, EvReturnDenied:
		return c.Asker == self
	case EvReturnRequested:
		return c.Ruled
	case EvExtensionRequested:
		return c.Extending != 0
	case EvExtensionGranted, EvExtensionDenied:
		return c.Extending == 0 || c.Asker == self || handled
	case EvContactRecorded:
		return !a.Resident && (handled || slices.Contains(c.Approvers, self) || a.InUnit(c.Unit) || slices.ContainsFunc(c.Assist, a.InUnit))
	case EvClosed:
		return c.guardClose(Event{}) != nil
	case EvResumed:
		return c.Outcome != Scheduled
	case EvSigned, EvActionRecorded, EvInfoAsked, EvAnsweredResolved, EvAnsweredOther, EvAnsweredScheduled:
		return slices.Contains(c.Recused, self)
	case EvReaderNamed:
		return !c.Veiled()
	case EvVoided:
		return !c.Backfilled
	}
	return false
}

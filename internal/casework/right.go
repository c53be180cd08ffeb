package casework

import (
	"slices"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/errs"
)

// rights say who may do what to a case that they see: whoever has one of them. Deny by default: an event that is not
// here is nobody's but the handling unit's, the resident's or the clock's.
var rights = map[Type][]auth.Right{
	EvRegistered: {auth.RightRegister}, EvAccepted: {auth.RightAccept}, EvDeclined: {auth.RightAccept}, EvForwarded: {auth.RightAccept},
	EvLinked: {auth.RightAccept}, EvUnlinked: {auth.RightAccept}, EvObjected: {auth.RightAccept}, EvCorrected: {auth.RightAccept},
	EvDispatched: {auth.RightDispatch}, EvReturnGranted: {auth.RightDispatch}, EvReturnDenied: {auth.RightDispatch},
	EvExtensionGranted: {auth.RightApprove}, EvExtensionDenied: {auth.RightApprove},
	EvUrged: {auth.RightRegister, auth.RightCallBack}, EvSupervised: {auth.RightSupervise},
	EvContactRecorded: {auth.RightCallBack}, EvRedone: {auth.RightCallBack, auth.RightAccept}, EvClosed: {auth.RightCallBack, auth.RightAccept},
	EvReopened: {auth.RightAccept}, EvResumed: {auth.RightDispatch}, EvInfoReceived: {auth.RightAccept}, EvWordsAdded: {auth.RightAccept},
	EvWithdrawn: {auth.RightAccept}, EvWithdrawalUndone: {auth.RightAccept}, EvRecused: {auth.RightAccept, auth.RightHandle, auth.RightRecord},
	EvReaderNamed: {auth.RightIdentity, auth.RightSupervise}, EvIdentityViewed: {auth.RightIdentity, auth.RightCallBack, auth.RightHandle},
	EvPublished: {auth.RightPublish}, EvUnpublished: {auth.RightPublish},
	EvReceiptReissued: {auth.RightIdentity}, EvVoided: {auth.RightImport},
}

// hands are the events of the handling units: their own people do them, whatever their role.
var hands = []Type{EvSigned, EvReturnRequested, EvExtensionRequested, EvInfoAsked, EvInfoReceived, EvActionRecorded,
	EvAnsweredResolved, EvAnsweredOther, EvAnsweredScheduled, EvResumed}

// resident are the events that a resident does through a receipt.
var resident = []Type{EvRegistered, EvObjected, EvUnlinked, EvUrged, EvWithdrawn, EvWordsAdded, EvInfoReceived, EvContactRecorded, EvRedone, EvReopened, EvWithdrawalUndone}

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
	return slices.ContainsFunc(rights[t], func(r auth.Right) bool { return auth.Can(a, r) })
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
	if slices.Contains(aside, t) && slices.Contains(c.Recused, self) {
		return true
	}
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
	case EvWithdrawn:
		return !a.Resident && c.guardOutside(Event{By: self, Units: a.Units()}) != nil
	case EvWithdrawalUndone:
		return a.Resident && !c.takenDown()
	case EvReceiptReissued:
		return c.guardOutside(Event{By: self, Units: a.Units()}) != nil
	case EvSigned, EvActionRecorded, EvInfoAsked, EvAnsweredResolved, EvAnsweredOther, EvAnsweredScheduled:
		return slices.Contains(c.Recused, self)
	case EvReaderNamed:
		return !c.Veiled()
	case EvPublished:
		return c.Visibility == Public || c.guardPublish(Event{Facts: Facts{Words: Words{Title: "-"}}}) != nil
	case EvUnpublished:
		return c.Visibility != Public
	case EvVoided:
		return !c.Backfilled
	}
	return false
}

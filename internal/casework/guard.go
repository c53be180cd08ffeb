package casework

import (
	"slices"
	"time"

	"yanming/internal/errs"
	"yanming/internal/journal"
	"yanming/internal/sheet"
)

// Limits of the state machine that are no town's to change.
const (
	attempts   = 3                  // call-backs that reach nobody, before a close as unreached
	returns    = 2                  // granted returns, after which a binding ruling names the unit
	undoWithin = 7 * 24 * time.Hour // a withdrawal made at the counter
)

// aside are the steps that nobody takes who stepped aside from the matter: to decide on it, beside handling it.
var aside = []Type{EvAccepted, EvDeclined, EvForwarded, EvLinked, EvDispatched, EvReturnRequested, EvReturnGranted, EvReturnDenied,
	EvExtensionGranted, EvExtensionDenied, EvContactRecorded, EvRedone, EvClosed}

// guard says whether e may happen to c in the state it is in.
func (c Case) guard(e Event) error {
	if slices.Contains(aside, e.Type) {
		if err := c.guardHand(e); err != nil {
			return err
		}
	}
	switch e.Type {
	case EvRegistered:
		return c.guardRegister(e)
	case EvDeclined:
		return need(e.Words.Reason, "reason", e.Words.Basis, "basis", e.Words.Target, "target")
	case EvForwarded:
		return need(e.Words.Target, "target", e.Words.Reason, "reason")
	case EvLinked:
		if e.Into == "" || e.Into == c.ID {
			return errs.Field("into", "error.required")
		}
		return need(e.Words.Reason, "reason")
	case EvObjected, EvUnlinked, EvReopened, EvRedone, EvVoided, EvUrged:
		return need(e.Words.Reason, "reason")
	case EvDispatched:
		return c.guardDispatch(e)
	case EvSigned, EvActionRecorded, EvInfoReceived:
		return c.guardHand(e)
	case EvReturnRequested:
		if c.Ruled {
			return errs.New(errs.Conflict, "case.ruled")
		}
		return need(e.Words.Reason, "reason")
	case EvReturnGranted, EvReturnDenied:
		if e.By == c.Asker {
			return errs.New(errs.Denied, "case.own_request")
		}
		return need(e.Words.Reason, "reason")
	case EvExtensionRequested, EvExtensionGranted, EvExtensionDenied:
		return c.guardExtension(e)
	case EvInfoAsked:
		if err := c.guardHand(e); err != nil {
			return err
		}
		return need(e.Words.Text, "text")
	case EvSupervised:
		if e.Level < 1 || e.Level > 3 {
			return errs.Field("level", "error.choice")
		}
		return need(e.Words.Text, "text")
	case EvAnsweredResolved, EvAnsweredOther, EvAnsweredScheduled:
		return c.guardAnswer(e)
	case EvResumed:
		if c.Outcome != Scheduled {
			return errs.New(errs.Conflict, "case.not_in_state")
		}
	case EvContactRecorded:
		return c.guardContact(e)
	case EvClosed:
		return c.guardClose(e)
	case EvWithdrawn:
		if e.By != journal.Resident && !e.AtCounter {
			return errs.New(errs.Denied, "case.only_resident_withdraws")
		}
		if e.By != journal.Resident {
			if err := c.guardOutside(e); err != nil {
				return err
			}
		}
		return need(e.Words.Reason, "reason")
	case EvWithdrawalUndone:
		if e.By == journal.Resident && !c.takenDown() {
			return errs.New(errs.Conflict, "case.not_in_state")
		}
		if e.At.Sub(time.UnixMilli(c.EndedAt)) > undoWithin {
			return errs.New(errs.Conflict, "case.too_late_to_undo")
		}
	case EvPublished:
		return c.guardPublish(e)
	case EvUnpublished:
		if c.Visibility != Public {
			return errs.New(errs.Conflict, "case.not_in_state")
		}
		return need(e.Words.Reason, "reason")
	case EvRecused:
		return need(e.Person, "person", e.Words.Reason, "reason")
	case EvReaderNamed:
		if !c.Veiled() {
			return errs.New(errs.Conflict, "case.not_in_state")
		}
		return need(e.Person, "person", e.Words.Reason, "reason")
	case EvIdentityViewed:
		return need(e.Words.Reason, "reason")
	case EvReceiptReissued:
		if e.By != journal.System {
			return c.guardOutside(e) // with the code they would answer as the resident how they did
		}
	case EvCorrected:
		if e.Kind != "" && e.Kind != c.Kind && c.Outcome != "" { // an enquiry is closed without a call, others are not
			return errs.Field("kind", "case.kind_answered")
		}
	case EvWordsAdded:
		if len(e.Files) == 0 {
			return need(e.Words.Text, "text")
		}
	}
	return nil
}

func (c Case) guardRegister(e Event) error {
	var l errs.List
	if e.Words.Text == "" && e.Words.Title == "" {
		l.Add("text", "case.text_required")
	}
	known(&l, "kind", e.Kind, Kinds())
	known(&l, "channel", e.Channel, Channels())
	known(&l, "visibility", e.Visibility, []Visibility{Public, Summary, Private, Sealed})
	known(&l, "anonymity", e.Anonymity, []Anonymity{Open, Protected, SealedIdentity, Anonymous})
	if e.Number == "" || e.Due == nil && !e.Backfilled {
		l.Add("number", "error.required")
	}
	return l.Err()
}

func (c Case) guardDispatch(e Event) error {
	// A ledger may not say who handled a matter; only what it tells of the past may leave that open.
	if past := c.Backfilled && e.Facts.At != 0; !past {
		if err := need(e.Unit, "unit", e.Leader, "leader"); err != nil {
			return err
		}
	}
	if e.Due == nil && !c.Backfilled {
		return errs.Field("due", "error.required")
	}
	if slices.Contains(c.Recused, e.Handler) && e.Handler != "" {
		return errs.Field("handler", "case.recused")
	}
	if slices.Contains(c.Recused, e.Leader) && e.Leader != "" {
		return errs.Field("leader", "case.recused")
	}
	if slices.Contains(e.Assist, e.Unit) {
		return errs.Field("assist", "case.lead_assists")
	}
	if c.Returns >= returns && !e.Ruling {
		return errs.Field("ruling", "case.needs_ruling", returns)
	}
	if e.Ruling {
		return need(e.Words.Reason, "reason")
	}
	return nil
}

// guardPublish: only what its resident agreed to, under a title that names nobody.
func (c Case) guardPublish(e Event) error {
	if !c.Consent || c.Visibility.UnderKey() || c.Anonymity == SealedIdentity {
		return errs.New(errs.Conflict, "case.no_consent")
	}
	if _, found := sheet.RedactContacts(e.Words.Title); found {
		return errs.Field("title", "case.title_contacts")
	}
	return need(e.Words.Title, "title")
}

// guardHand keeps away from a matter whoever stepped aside from it.
func (c Case) guardHand(e Event) error {
	if slices.Contains(c.Recused, e.By) {
		return errs.New(errs.Denied, "case.recused")
	}
	return nil
}

func (c Case) guardExtension(e Event) error {
	if err := need(e.Words.Reason, "reason"); err != nil {
		return err
	}
	if e.Type == EvExtensionRequested {
		switch {
		case c.Extending != 0:
			return errs.New(errs.Conflict, "case.extension_pending")
		case c.Due.Set() && e.At.After(c.Due.At):
			return errs.New(errs.Conflict, "case.extension_late")
		case e.Days < 1:
			return errs.Field("days", "error.number")
		}
		return c.guardHand(e)
	}
	switch {
	case c.Extending == 0:
		return errs.New(errs.Conflict, "case.no_extension_pending")
	case e.By == c.Asker || slices.Contains(c.Hands, e.By) || c.Handler == e.By:
		return errs.New(errs.Denied, "case.own_request")
	case e.Type == EvExtensionGranted && e.Due == nil:
		return errs.Field("due", "error.required")
	}
	return nil
}

func (c Case) guardAnswer(e Event) error {
	if err := c.guardHand(e); err != nil {
		return err
	}
	var l errs.List
	if e.Words.Text == "" {
		l.Add("text", "case.answer_required")
	}
	if e.Type != answeredType(e.Outcome) {
		l.Add("outcome", "error.choice")
	}
	if e.Outcome == Scheduled && (!e.Planned.Valid() || c.Leader == "" && e.Leader == "") {
		l.Add("planned", "case.planned_required")
	}
	if e.Outcome == NotSupported && e.Words.Basis == "" {
		l.Add("basis", "case.basis_required") // 信访工作条例 Art. 32
	}
	if e.By == journal.System && !c.Backfilled {
		return errs.New(errs.Denied, "error.denied")
	}
	return l.Err()
}

// guardContact holds handler ≠ extension approver ≠ call-back maker, and keeps the handling units out of the call.
func (c Case) guardContact(e Event) error {
	if e.By == journal.Resident {
		if !e.Reached {
			return errs.Field("reached", "error.required")
		}
	} else if !(c.Immediate && e.AtCounter && c.State == Answered) { // said on the spot: counted apart, confirmed by a call later
		if err := c.guardOutside(e); err != nil {
			return err
		}
	}
	if !e.Reached {
		return nil
	}
	var l errs.List
	known(&l, "solved", e.Solved, SolvedAnswers())
	known(&l, "satisfied", e.Satisfied, SatisfiedAnswers())
	return l.Err()
}

// guardOutside keeps whoever handled a case, approved its extension or belongs to its units away from what only the
// resident can say of it.
func (c Case) guardOutside(e Event) error {
	if slices.Contains(c.Hands, e.By) || slices.Contains(c.Approvers, e.By) || e.By == c.Handler && e.By != "" {
		return errs.New(errs.Denied, "case.caller_handled")
	}
	for _, u := range e.Units {
		if u == c.Unit || slices.Contains(c.Assist, u) {
			return errs.New(errs.Denied, "case.caller_inside")
		}
	}
	return nil
}

// guardClose refuses an end without an answer and a call-back. Unreached after three attempts is closed as that, and
// never counted as satisfied.
func (c Case) guardClose(e Event) error {
	switch {
	case c.Outcome == "":
		return errs.New(errs.Conflict, "case.no_answer")
	case c.Outcome == Scheduled:
		return errs.New(errs.Conflict, "case.scheduled_stays")
	case c.AtCounter && c.Attempts < attempts:
		return errs.New(errs.Conflict, "case.needs_independent_call")
	case c.Reached && c.Solved == SolvedNo && c.Outcome == Resolved:
		return errs.New(errs.Conflict, "case.not_solved")
	case c.Reached, c.NoCallBack, c.Attempts >= attempts, c.Backfilled && len(c.Hands) == 0: // a ledger's own end
		return nil
	}
	return errs.New(errs.Conflict, "case.no_contact", attempts)
}

// answeredType is the event of an answer with outcome o.
func answeredType(o Outcome) Type {
	switch o {
	case Resolved:
		return EvAnsweredResolved
	case Scheduled:
		return EvAnsweredScheduled
	case PartlyResolved, Explained, NotSupported, NotResponsible, Unverifiable:
		return EvAnsweredOther
	}
	return ""
}

// need takes value, field, value, field … and names every field whose value is empty.
func need(pairs ...string) error {
	var l errs.List
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] == "" {
			l.Add(pairs[i+1], "error.required")
		}
	}
	return l.Err()
}

func known[T comparable](l *errs.List, field string, v T, among []T) {
	if !slices.Contains(among, v) {
		l.Add(field, "error.choice")
	}
}

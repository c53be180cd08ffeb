package casework

import (
	"slices"
	"time"

	"yanming/internal/calendar"
)

// Type is what happened, in the past tense: the journal's and, later, the public log's word for it.
type Type string

// The events of a case.
const (
	EvRegistered         Type = "registered"
	EvAccepted           Type = "accepted"
	EvDeclined           Type = "declined"
	EvObjected           Type = "objected" // the resident objects to declined, forwarded or linked
	EvForwarded          Type = "forwarded"
	EvLinked             Type = "linked"
	EvUnlinked           Type = "unlinked"
	EvDispatched         Type = "dispatched"
	EvSigned             Type = "signed"
	EvReturnRequested    Type = "return_requested"
	EvReturnGranted      Type = "return_granted"
	EvReturnDenied       Type = "return_denied"
	EvExtensionRequested Type = "extension_requested"
	EvExtensionGranted   Type = "extension_granted"
	EvExtensionDenied    Type = "extension_denied"
	EvInfoAsked          Type = "info_asked"
	EvInfoReceived       Type = "info_received"
	EvUrged              Type = "urged"
	EvSupervised         Type = "supervised"
	EvActionRecorded     Type = "action_recorded"
	EvAnsweredResolved   Type = "answered_resolved"
	EvAnsweredOther      Type = "answered_other"
	EvAnsweredScheduled  Type = "answered_scheduled"
	EvResumed            Type = "resumed"
	EvContactRecorded    Type = "contact_recorded"
	EvRedone             Type = "redone"
	EvClosed             Type = "closed"
	EvReopened           Type = "reopened"
	EvWithdrawn          Type = "withdrawn"
	EvWithdrawalUndone   Type = "withdrawal_undone"
	EvWordsAdded         Type = "words_added"
	EvRecused            Type = "recused"
	EvCorrected          Type = "corrected"
	EvReaderNamed        Type = "reader_named"
	EvIdentityViewed     Type = "identity_viewed"
	EvReceiptReissued    Type = "receipt_reissued"
	EvPublished          Type = "published"
	EvUnpublished        Type = "unpublished"
	EvVoided             Type = "voided"
)

// Types lists every event type.
func Types() []Type {
	return []Type{EvRegistered, EvAccepted, EvDeclined, EvObjected, EvForwarded, EvLinked, EvUnlinked, EvDispatched, EvSigned,
		EvReturnRequested, EvReturnGranted, EvReturnDenied, EvExtensionRequested, EvExtensionGranted, EvExtensionDenied,
		EvInfoAsked, EvInfoReceived, EvUrged, EvSupervised, EvActionRecorded, EvAnsweredResolved, EvAnsweredOther,
		EvAnsweredScheduled, EvResumed, EvContactRecorded, EvRedone, EvClosed, EvReopened, EvWithdrawn, EvWithdrawalUndone,
		EvWordsAdded, EvRecused, EvCorrected, EvReaderNamed, EvIdentityViewed, EvReceiptReissued, EvPublished, EvUnpublished, EvVoided}
}

// deed reports whether flows may count the event (case_deeds). What was registered in a period is counted from the cases
// themselves.
func (t Type) deed() bool { return t != EvRegistered }

// Answers lists the events that are an answer.
func Answers() []Type { return []Type{EvAnsweredResolved, EvAnsweredOther, EvAnsweredScheduled} }

// Facts is the payload of an event: everything next needs, so that folding the journal needs neither rules nor
// calendar. Times are Unix milliseconds.
type Facts struct {
	// At is when it happened, where that is not when it was recorded: paper, and history from a ledger.
	At int64 `json:"at,omitempty"`

	Number     string     `json:"number,omitempty"`
	Kind       Kind       `json:"kind,omitempty"`
	Channel    Channel    `json:"channel,omitempty"`
	Category   string     `json:"category,omitempty"`
	Visibility Visibility `json:"visibility,omitempty"`
	Anonymity  Anonymity  `json:"anonymity,omitempty"`
	Village    string     `json:"village,omitempty"`
	Grid       string     `json:"grid,omitempty"`
	Firm       string     `json:"firm,omitempty"`
	Backfilled bool       `json:"backfilled,omitempty"`
	Immediate  bool       `json:"immediate,omitempty"`
	Consent    bool       `json:"consent,omitempty"`
	ReplyBy    string     `json:"reply_by,omitempty"`
	External   *External  `json:"external,omitempty"` // as it was given
	SecretTag  []byte     `json:"secret_tag,omitempty"`

	Notice *Clock `json:"notice,omitempty"`
	Due    *Clock `json:"due,omitempty"`
	Sign   *Clock `json:"sign,omitempty"`

	Unit      string       `json:"unit,omitempty"`
	Assist    []string     `json:"assist,omitempty"`
	Leader    string       `json:"leader,omitempty"`
	Handler   string       `json:"handler,omitempty"`
	Ruling    bool         `json:"ruling,omitempty"`
	Days      int          `json:"days,omitempty"`  // of an extension
	Level     int          `json:"level,omitempty"` // of supervision, 1 to 3
	Outcome   Outcome      `json:"outcome,omitempty"`
	Planned   calendar.Day `json:"planned,omitempty"`
	Reached   bool         `json:"reached,omitempty"`
	Solved    Solved       `json:"solved,omitempty"`
	Satisfied Satisfied    `json:"satisfied,omitempty"`
	AtCounter bool         `json:"at_counter,omitempty"` // given at the counter, not by the resident's own hand
	Into      ID           `json:"into,omitempty"`       // the case it was linked to
	Person    string       `json:"person,omitempty"`     // who was named reader, or stepped aside
	Files     []string     `json:"files,omitempty"`      // digests
	Clears    []Cleared    `json:"clears,omitempty"`     // what ends with the event though it is about something else
	Keeps     bool         `json:"keeps,omitempty"`      // a withdrawal that leaves alone what its undoing brings back
	Words     Words        `json:"words,omitzero"`
}

// Cleared is what an event empties.
type Cleared string

// What can be cleared.
const (
	ClearsGrid      Cleared = "grid"      // of the village where the case was
	ClearsExtension Cleared = "extension" // a request for more time that nobody decided
)

// Event is one action of one person on a case.
type Event struct {
	ID    string // in the journal; made there when empty
	Type  Type
	By    string   // people.id, journal.Resident or journal.System
	Units []string // of whoever acts, for separation of duties
	At    time.Time
	Facts
}

// when is when it happened, Unix ms.
func (e Event) when() int64 {
	if e.Facts.At != 0 {
		return e.Facts.At
	}
	return e.At.UnixMilli()
}

// to says where each event of a final or moving kind leads; an event that is not here leaves the state alone.
var to = map[Type]State{
	EvRegistered: Registered, EvAccepted: Accepted, EvDeclined: Declined, EvForwarded: Forwarded, EvLinked: Linked,
	EvObjected: Registered, EvUnlinked: Registered, EvDispatched: Dispatched, EvSigned: InProgress,
	EvReturnRequested: ReturnPending, EvReturnGranted: Accepted, EvInfoAsked: AwaitingInfo, EvInfoReceived: InProgress,
	EvAnsweredResolved: Answered, EvAnsweredOther: Answered, EvAnsweredScheduled: Answered, EvResumed: InProgress,
	EvContactRecorded: FollowUp, EvRedone: InProgress, EvClosed: Closed, EvReopened: InProgress, EvWithdrawn: Withdrawn,
	EvVoided: Void,
}

// live are the states in which somebody still has to do something.
var live = []State{Registered, Accepted, Dispatched, InProgress, ReturnPending, AwaitingInfo, Answered, FollowUp}

// from lists the states in which each event may happen.
var from = map[Type][]State{
	EvRegistered:         {""},
	EvAccepted:           {Registered},
	EvDeclined:           {Registered},
	EvForwarded:          {Registered, Accepted}, // a granted return leads back to accepted, and may go outside from there
	EvLinked:             {Registered},
	EvObjected:           {Declined, Forwarded},
	EvUnlinked:           {Linked},
	EvDispatched:         {Accepted},
	EvSigned:             {Dispatched},
	EvReturnRequested:    {Dispatched, InProgress},
	EvReturnGranted:      {ReturnPending},
	EvReturnDenied:       {ReturnPending},
	EvExtensionRequested: {Dispatched, InProgress, AwaitingInfo},
	EvExtensionGranted:   {Dispatched, InProgress, AwaitingInfo, ReturnPending},
	EvExtensionDenied:    {Dispatched, InProgress, AwaitingInfo, ReturnPending},
	EvInfoAsked:          {InProgress},
	EvInfoReceived:       {AwaitingInfo},
	EvUrged:              live,
	EvSupervised:         live,
	EvActionRecorded:     {Dispatched, InProgress, AwaitingInfo, ReturnPending},
	EvAnsweredResolved:   {InProgress},
	EvAnsweredOther:      {InProgress},
	EvAnsweredScheduled:  {InProgress},
	EvResumed:            {Answered, FollowUp},
	EvContactRecorded:    {Answered, FollowUp},
	EvRedone:             {Answered, FollowUp},
	EvClosed:             {Answered, FollowUp},
	EvReopened:           {Closed},
	EvWithdrawn:          live,
	EvWithdrawalUndone:   {Withdrawn},
	EvWordsAdded:         slices.Concat(live, []State{Closed, Declined, Forwarded, Linked}),
	EvRecused:            live,
	EvCorrected:          slices.Concat(live, []State{Closed}),
	EvReaderNamed:        slices.Concat(live, []State{Closed, Declined, Forwarded}),
	EvIdentityViewed:     States(),
	EvReceiptReissued:    States(),
	EvPublished:          slices.Concat(live, []State{Closed}),
	EvUnpublished:        States(),
	EvVoided:             slices.Concat(live, []State{Closed, Declined, Forwarded, Linked, Withdrawn}),
}

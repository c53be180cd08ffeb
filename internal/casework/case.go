// Package casework carries a resident's word to the person who must answer it and brings the answer back.
//
// A case is one opinion, complaint, request … with a receipt. Its row is its state; the journal is its history; one
// pure function, next, makes both, and Check folds the history again and compares. State, outcome, clocks, visibility
// and anonymity are five independent facts.
//
// It refuses: a case without a receipt, an end without a reason, a close without an answer and a call-back, a clock
// that silence stops, and any reading of a case in confidence by anyone but its named readers.
package casework

import (
	"time"

	"yanming/internal/calendar"
	"yanming/internal/seal"
)

// ID is a case's key. It is never shown; people use the receipt's number.
type ID string

// Kind is what sort of matter a case is. Each has its own fields, clocks and figures.
type Kind string

// The kinds.
const (
	Opinion    Kind = "opinion"    // 意见建议
	Complaint  Kind = "complaint"  // 投诉
	Help       Kind = "help"       // 求助
	Enquiry    Kind = "enquiry"    // 咨询
	Wrongdoing Kind = "wrongdoing" // 举报
	Petition   Kind = "petition"   // 信访事项, 信访工作条例 Art. 31
	Proposal   Kind = "proposal"   // delegates' proposal (代表建议)
	Target     Kind = "target"     // implementation target (落实事项)
	Project    Kind = "project"    // problem of a key project (项目问题)
)

// Kinds lists every kind.
func Kinds() []Kind {
	return []Kind{Opinion, Complaint, Help, Enquiry, Wrongdoing, Petition, Proposal, Target, Project}
}

// Voices are the kinds that figures count as opinions collected.
func Voices() []Kind { return []Kind{Opinion, Complaint, Help, Enquiry, Wrongdoing, Petition} }

// Channel is how a word came in.
type Channel string

// The channels.
const (
	Web           Channel = "web" // scan of a board, or the town's page
	Letter        Channel = "letter"
	WalkIn        Channel = "walk_in"
	Phone         Channel = "phone"
	Forum         Channel = "forum" // 座谈会
	Visit         Channel = "visit" // household visit
	Questionnaire Channel = "questionnaire"
	Hotline       Channel = "hotline"   // 12345
	Referral      Channel = "referral"  // from the level above or another office
	Message       Channel = "message"   // a chat message pasted in
	Confidence    Channel = "confident" // back-to-back talk
)

// Channels lists every channel as they are read out: what residents do themselves, then what the office does.
func Channels() []Channel {
	return []Channel{Web, Letter, WalkIn, Phone, Forum, Visit, Questionnaire, Hotline, Referral, Message, Confidence}
}

// State says where a case is.
type State string

// The states. Declined, forwarded, linked, withdrawn and void are final.
const (
	Registered    State = "registered"
	Accepted      State = "accepted"
	Dispatched    State = "dispatched"
	InProgress    State = "in_progress"
	ReturnPending State = "return_pending"
	AwaitingInfo  State = "awaiting_info"
	Answered      State = "answered"
	FollowUp      State = "follow_up"
	Closed        State = "closed"
	Declined      State = "declined"
	Forwarded     State = "forwarded"
	Linked        State = "linked"
	Withdrawn     State = "withdrawn"
	Void          State = "void" // an import that was undone, or a registration by mistake
)

// States lists every state.
func States() []State {
	return []State{Registered, Accepted, Dispatched, InProgress, ReturnPending, AwaitingInfo, Answered, FollowUp, Closed,
		Declined, Forwarded, Linked, Withdrawn, Void}
}

// Final reports whether nothing more is expected after s.
func (s State) Final() bool {
	return s == Declined || s == Forwarded || s == Linked || s == Withdrawn || s == Void
}

// Live reports whether somebody still has to do something.
func (s State) Live() bool { return !s.Final() && s != Closed }

// Unanswered reports whether the unit's clock runs in s.
func (s State) Unanswered() bool { return s.Live() && s != Answered && s != FollowUp }

// Outcome is what an answer says. Only an answer sets it.
type Outcome string

// The outcomes. A case with outcome Scheduled cannot be closed.
const (
	Resolved       Outcome = "resolved"
	PartlyResolved Outcome = "partly_resolved"
	Scheduled      Outcome = "scheduled" // 列入计划
	Explained      Outcome = "explained"
	NotSupported   Outcome = "not_supported"
	NotResponsible Outcome = "not_responsible"
	Unverifiable   Outcome = "unverifiable"
)

// Outcomes lists every outcome.
func Outcomes() []Outcome {
	return []Outcome{Resolved, PartlyResolved, Scheduled, Explained, NotSupported, NotResponsible, Unverifiable}
}

// Visibility says who reads the text.
type Visibility string

// The visibilities, the widest first. Public and summary text is in clear and searchable; private and sealed text is
// under the record's key and never indexed. Sealed cases are veiled: only their named readers know of them.
const (
	Public  Visibility = "public"
	Summary Visibility = "summary"
	Private Visibility = "private"
	Sealed  Visibility = "sealed"
)

// UnderKey reports whether the text is under the record's key.
func (v Visibility) UnderKey() bool { return v == Private || v == Sealed }

// Anonymity says who reads the name.
type Anonymity string

// The anonymities: Open to whoever handles the case, Protected to intake and call-back only, SealedIdentity to nobody
// without two officers, Anonymous: no name was given.
const (
	Open           Anonymity = "open"
	Protected      Anonymity = "protected"
	SealedIdentity Anonymity = "sealed_identity"
	Anonymous      Anonymity = "anonymous"
)

// Clock is a due moment with the rule that set it. It is stored and rewritten only by an event, so that a later rule
// never changes what was decided before it.
type Clock struct {
	At          time.Time `json:"at"`
	Rule        string    `json:"rule"` // deadline_rules.id and version
	Provisional bool      `json:"provisional,omitempty"`
}

// Set reports whether the clock runs.
func (c Clock) Set() bool { return !c.At.IsZero() }

// Words is the text of a case or event: in clear for open records, under the record's key for private and sealed ones.
type Words struct {
	Title  string            `json:"title,omitempty"`
	Text   string            `json:"text,omitempty"`   // what was said, answered, found
	Place  string            `json:"place,omitempty"`  // in the resident's words
	Reason string            `json:"reason,omitempty"` // for whoever must be told why
	Basis  string            `json:"basis,omitempty"`  // law or rule
	Target string            `json:"target,omitempty"` // where to go, or where it went
	Extra  map[string]string `json:"extra,omitempty"`  // the kind's own fields
}

// Case is a case as it stands.
type Case struct {
	ID         ID
	Number     seal.Number
	Rev        int64
	Kind       Kind
	Channel    Channel
	Category   string
	State      State
	Outcome    Outcome
	Round      int
	Visibility Visibility
	Anonymity  Anonymity
	Words      Words // empty where the reader may not read them
	Village    string
	Grid       string
	Firm       string
	Unit       string // lead unit
	Handler    string // person
	Leader     string // responsible leader, person

	Registered, Accepted, Dispatched, Answered, Closed time.Time
	Notice, Due, Sign                                  Clock
	Took                                               time.Duration // registration to the latest answer
	OnTime                                             *bool

	Reached    bool
	Solved     Solved
	Satisfied  Satisfied
	Returns    int
	Extensions int
	Urged      int
	Supervised int
	Immediate  bool
	Backfilled bool
	Consent    bool
	Generation int
	SecretTag  []byte
	Rest
}

// Rest is what no query asks for; it is kept as one JSON column.
type Rest struct {
	Registrar   string       `json:"registrar,omitempty"`
	Assist      []string     `json:"assist,omitempty"`       // assisting units
	Hands       []string     `json:"hands,omitempty"`        // who handled: signed, recorded, answered
	Approvers   []string     `json:"approvers,omitempty"`    // who decided an extension
	Callers     []string     `json:"callers,omitempty"`      // who called back
	Recused     []string     `json:"recused,omitempty"`      // who stepped aside
	Before      State        `json:"before,omitempty"`       // where a pending return came from
	Withdrawn   State        `json:"withdrawn,omitempty"`    // where a withdrawal came from
	TakenDown   bool         `json:"taken_down,omitempty"`   // the withdrawal was said at the counter, where it can be undone
	Asker       string       `json:"asker,omitempty"`        // who asked for the pending return or extension
	Extending   int          `json:"extending,omitempty"`    // days of the pending extension
	Ruled       bool         `json:"ruled,omitempty"`        // a binding ruling named the unit
	PausedAt    int64        `json:"paused_at,omitempty"`    // Unix ms
	Attempts    int          `json:"attempts,omitempty"`     // call-backs that reached nobody, this round
	Planned     calendar.Day `json:"planned,omitempty"`      // of outcome scheduled
	PublicTitle string       `json:"public_title,omitempty"` // redacted, as published
	LinkedTo    ID           `json:"linked_to,omitempty"`
	AtCounter   bool         `json:"at_counter,omitempty"`   // rated at the counter: needs an independent call-back
	EndedAt     int64        `json:"ended_at,omitempty"`     // of the withdrawal, Unix ms
	ReplyBy     string       `json:"reply_by,omitempty"`     // phone | post | in_person | none
	NoCallBack  bool         `json:"no_call_back,omitempty"` // an enquiry answered on the spot: sampled only
}

// Veiled reports whether the case is in confidence.
func (c Case) Veiled() bool { return c.Visibility == Sealed }

// takenDown reports whether somebody at the counter wrote the withdrawal down.
func (c Case) takenDown() bool {
	if c.Withdrawn == "" { // of before a withdrawal had a place of its own
		return c.AtCounter
	}
	return c.TakenDown
}

// counter reports whether what the resident is said to want was written down at the counter: figures count it apart.
func (c Case) counter() bool { return c.AtCounter || c.TakenDown }

// Confirmed reports whether the unit says resolved and the resident says solved.
func (c Case) Confirmed() bool { return c.Outcome == Resolved && c.Solved == SolvedYes }

// Overdue reports whether the unit's clock has run out at now. It is computed, never stored.
func (c Case) Overdue(now time.Time) bool {
	return c.State.Unanswered() && c.Due.Set() && c.Due.At.Before(now)
}

// Solved is what the resident says of the matter.
type Solved string

// The answers to "is it solved?".
const (
	SolvedYes    Solved = "yes"
	SolvedPartly Solved = "partly"
	SolvedNo     Solved = "no"
)

// Lacks reports whether the resident says that something is still to be done.
func (s Solved) Lacks() bool { return s == SolvedPartly || s == SolvedNo }

// SolvedAnswers lists what a resident may say to the first question of a call-back.
func SolvedAnswers() []Solved { return []Solved{SolvedYes, SolvedPartly, SolvedNo} }

// Satisfied is what the resident says of the handling.
type Satisfied string

// The answers to "are you satisfied?".
const (
	SatisfiedYes Satisfied = "satisfied"
	Neutral      Satisfied = "neutral"
	Dissatisfied Satisfied = "dissatisfied"
)

// SatisfiedAnswers lists what a resident may say to the second.
func SatisfiedAnswers() []Satisfied { return []Satisfied{SatisfiedYes, Neutral, Dissatisfied} }

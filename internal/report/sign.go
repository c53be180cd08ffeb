package report

import (
	"slices"
	"time"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/calendar"
	"yanming/internal/errs"
	"yanming/internal/journal"
	"yanming/internal/org"
)

// State says how far a report has come.
type State string

// The states: 起草 → 送审 → 审核 → 签发. Issued is for ever; a returned report is written again.
const (
	Draft     State = "draft"
	Submitted State = "submitted"
	Reviewed  State = "reviewed"
	Returned  State = "returned"
	Issued    State = "issued"
)

// Type is what happened to a report: the type of its journal event.
type Type string

// The events.
const (
	Drafted   Type = "drafted"
	Written   Type = "written"
	Sent      Type = "submitted"
	Approved  Type = "reviewed"
	SentBack  Type = "returned"
	Published Type = "issued"
)

// Types lists every event in the order of a report's way.
func Types() []Type { return []Type{Drafted, Written, Sent, Approved, SentBack, Published} }

// People are those who had a hand in a report, by person. No one stands in two places.
type People struct {
	Writers  []string `json:"writers"` // who drafted, wrote or sent it up
	Author   string   `json:"author,omitempty"`
	Reviewer string   `json:"reviewer,omitempty"`
	Issuer   string   `json:"issuer,omitempty"`
}

// Record is a report on its way.
type Record struct {
	ID        string
	Rev       int64
	Period    calendar.Period
	State     State
	Narrative string // with {figure} in place of every number; "" for the shipped text
	People    People
	Reason    string // why it was returned; "" unless it was
	Replaces  string // id of the issue that this one corrects, or ""
	Year, No  int64  // the number within the year; 0 until issued
	Set       string // id of the frozen figures
	Hash      string // SHA-256 over figures, body and paper
	Changed   time.Time
}

// by names the actor in the journal.
func by(a actor.Actor) string {
	if a.System {
		return journal.System
	}
	return a.Person
}

// from says in which states an event may happen.
var from = map[Type][]State{
	Drafted: {""}, Written: {Draft, Returned}, Sent: {Draft, Returned}, Approved: {Submitted}, SentBack: {Submitted, Reviewed}, Published: {Reviewed},
}

// rights says by which right each event is done. Nobody else may.
var rights = map[Type]auth.Right{
	Drafted: auth.RightReportWrite, Written: auth.RightReportWrite, Sent: auth.RightReportWrite,
	Approved: auth.RightReportReview, SentBack: auth.RightReportReview, Published: auth.RightReportSign,
}

// MayWrite reports whether an actor may draft reports.
func MayWrite(a actor.Actor) bool { return a.Person != "" && auth.Can(a, auth.RightReportWrite) }

// Next lists what an actor may do to a report now: the buttons of its page.
func Next(a actor.Actor, r Record) (ts []Type) {
	for _, t := range Types() {
		if r.may(a, t) == nil {
			ts = append(ts, t)
		}
	}
	return ts
}

// may asks for the role, the state, and that author, reviewer and issuer are three people.
func (r Record) may(a actor.Actor, t Type) error {
	if a.Person == "" || !auth.Can(a, rights[t]) {
		return errs.New(errs.Denied, "error.denied")
	}
	if !slices.Contains(from[t], r.State) {
		return errs.New(errs.Conflict, "report.state."+string(r.State))
	}
	wrote := r.Wrote(a.Person)
	switch {
	case (t == Approved || t == Published) && wrote:
		return errs.New(errs.Denied, "report.wrote")
	case t == Published && r.People.Reviewer == a.Person:
		return errs.New(errs.Denied, "report.reviewed_self")
	}
	return nil
}

// Wrote reports whether a person drafted, wrote or sent up the report.
func (r Record) Wrote(person string) bool { return slices.Contains(r.People.Writers, person) }

// Waits lists who of a town can take the step that a report waits for, by person: nobody reviews what they wrote, or
// issues what they reviewed. It is empty for a report that waits for its writers, and for an issue.
func (r Record) Waits(dir *org.Directory) (people []string) {
	step := map[State]Type{Submitted: Approved, Reviewed: Published}[r.State]
	if step == "" {
		return nil
	}
	for _, p := range dir.PeopleWith(auth.RolesWith(rights[step])...) {
		if !r.Wrote(p.ID) && p.ID != r.People.Reviewer {
			people = append(people, p.ID)
		}
	}
	return people
}

// event is something that happens to a report.
type event struct {
	Type      Type
	Narrative string
	Reason    string
}

// next returns the report after e. It is pure.
func (r Record) next(a actor.Actor, e event, now time.Time) (Record, error) {
	if err := r.may(a, e.Type); err != nil {
		return Record{}, err
	}
	r.Rev++
	r.Changed = now
	r.People.Writers = slices.Clone(r.People.Writers)
	switch e.Type {
	case Drafted, Written, Sent:
		if !slices.Contains(r.People.Writers, a.Person) {
			r.People.Writers = append(r.People.Writers, a.Person)
		}
	}
	switch e.Type {
	case Drafted:
		r.State = Draft
	case Written:
		if err := CheckNarrative(e.Narrative); err != nil {
			return Record{}, err
		}
		r.Narrative = e.Narrative
	case Sent:
		r.State, r.People.Author, r.Reason = Submitted, a.Person, ""
	case Approved:
		r.State, r.People.Reviewer = Reviewed, a.Person
	case SentBack:
		if e.Reason == "" {
			return Record{}, errs.Field("reason", "error.required")
		}
		r.State, r.People.Reviewer, r.Reason = Returned, "", e.Reason
	case Published:
		r.State, r.People.Issuer = Issued, a.Person
	}
	return r, nil
}

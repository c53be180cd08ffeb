package casework

import (
	"time"

	"yanming/internal/calendar"
	"yanming/internal/errs"
	"yanming/internal/journal"
)

// RequestExtension asks for more time before the due day (延期).
type RequestExtension struct {
	On
	Days   int // in the rule's unit; the rule's whole allowance when 0
	Reason string
}

func (c RequestExtension) event(d *desk) (Event, error) {
	most, err := d.extension(d.c)
	if err != nil {
		return Event{}, err
	}
	if c.Days == 0 {
		c.Days = most.N
	}
	if c.Days > most.N {
		return Event{}, errs.Field("days", "case.extension_over", most.N)
	}
	return Event{Type: EvExtensionRequested, Facts: Facts{Days: c.Days, Words: Words{Reason: c.Reason}}}, nil
}

// DecideExtension grants or denies an extension. The resident is told, with the reason (信访工作条例 Art. 34).
type DecideExtension struct {
	On
	Grant  bool
	Reason string
}

func (c DecideExtension) event(d *desk) (Event, error) {
	if !c.Grant {
		return Event{Type: EvExtensionDenied, Facts: Facts{Words: Words{Reason: c.Reason}}}, nil
	}
	due, err := d.extended(d.c)
	return Event{Type: EvExtensionGranted, Facts: Facts{Due: due, Days: d.c.Extending, Words: Words{Reason: c.Reason}}}, err
}

// AskInfo asks the resident for something that is missing (补正).
type AskInfo struct {
	On
	Text string
}

func (c AskInfo) event(*desk) (Event, error) {
	return Event{Type: EvInfoAsked, Facts: Facts{Words: Words{Text: c.Text}}}, nil
}

// ReceiveInfo takes down what was missing. The clock gives back the pause, where the kind's rule allows one and up to
// its cap.
type ReceiveInfo struct {
	On
	Text  string
	Files []journal.File
}

func (c ReceiveInfo) event(d *desk) (Event, error) {
	due, err := d.resumed(d.c, time.UnixMilli(d.c.PausedAt), d.tx.Now)
	return Event{Type: EvInfoReceived, Facts: Facts{Due: due, Files: digests(c.Files), Words: Words{Text: c.Text}}}, err
}

func (c ReceiveInfo) files() []journal.File { return c.Files }

// Urge asks for haste (催办): the resident through the receipt, or anybody of the town. It changes no clock.
type Urge struct {
	On
	Reason string
}

func (c Urge) event(*desk) (Event, error) {
	return Event{Type: EvUrged, Facts: Facts{Words: Words{Reason: c.Reason}}}, nil
}

// Supervise puts a case under supervision (督办), level 1 to 3.
type Supervise struct {
	On
	Level int
	Text  string
}

func (c Supervise) event(*desk) (Event, error) {
	return Event{Type: EvSupervised, Facts: Facts{Level: c.Level, Words: Words{Text: c.Text}}}, nil
}

// Record notes what was done on a case, with evidence (记办理情况).
type Record struct {
	On
	Text  string
	Files []journal.File
}

func (c Record) event(*desk) (Event, error) {
	if c.Text == "" && len(c.Files) == 0 {
		return Event{}, errs.Field("text", "error.required")
	}
	return Event{Type: EvActionRecorded, Facts: Facts{Files: digests(c.Files), Words: Words{Text: c.Text}}}, nil
}

func (c Record) files() []journal.File { return c.Files }

// Answer is the lead unit's answer to a case.
type Answer struct {
	On
	Outcome Outcome
	Text    string
	Basis   string       // law or rule; must be given for not_supported
	Planned calendar.Day // of scheduled
	Files   []journal.File
}

func (c Answer) event(d *desk) (Event, error) { return c.given(d.c, d.tx.Now) }

// given is the answer to a case at now. A request for more time that nobody decided ends with it.
func (c Answer) given(was Case, now time.Time) (Event, error) {
	f := Facts{Outcome: c.Outcome, Files: digests(c.Files), Words: Words{Text: c.Text, Basis: c.Basis}}
	if c.Outcome == Scheduled {
		if !c.Planned.Valid() || c.Planned.Start().Before(calendar.DayOf(now).Start()) {
			return Event{}, errs.Field("planned", "case.planned_required")
		}
		f.Planned = c.Planned
		due := Clock{At: c.Planned.End().Add(-time.Millisecond), Rule: "planned"}
		f.Due = &due
	}
	if was.Extending != 0 {
		f.Clears = []Cleared{ClearsExtension}
	}
	t := answeredType(c.Outcome)
	if t == "" {
		return Event{}, errs.Field("outcome", "error.choice")
	}
	return Event{Type: t, Facts: f}, nil
}

func (c Answer) files() []journal.File { return c.Files }

// Resume takes a scheduled case up again, at the planned day or before.
type Resume struct{ On }

func (c Resume) event(d *desk) (Event, error) {
	due, err := d.again(d.c.Kind, d.tx.Now)
	return Event{Type: EvResumed, Facts: Facts{Due: due}}, err
}

func digests(fs []journal.File) (ds []string) {
	for _, f := range fs {
		ds = append(ds, f.Digest)
	}
	return ds
}

package casework

import (
	"yanming/internal/errs"
	"yanming/internal/journal"
)

// Contact is a call-back (回访): the resident's own answer through the receipt, or a call by an outsider. Two questions
// only: solved? satisfied?
type Contact struct {
	On
	Reached   bool
	Solved    Solved
	Satisfied Satisfied
	Text      string
	AtCounter bool // the resident answered at the counter: an independent call must confirm it
}

func (c Contact) event(d *desk) (Event, error) {
	if !c.Reached {
		c.Solved, c.Satisfied = "", ""
	}
	return Event{Type: EvContactRecorded, Facts: Facts{Reached: c.Reached, Solved: c.Solved, Satisfied: c.Satisfied,
		AtCounter: c.AtCounter && !d.a.Resident, Words: Words{Text: c.Text}}}, nil
}

// Redo sends a case back to be handled again (发回重办): a new round, a new due day; the earlier answer stays readable.
type Redo struct {
	On
	Reason string
}

func (c Redo) event(d *desk) (Event, error) {
	if d.a.Resident && d.c.Solved != SolvedNo && d.c.Solved != SolvedPartly {
		return Event{}, errs.New(errs.Conflict, "case.say_unsolved_first")
	}
	due, err := d.again(d.c.Kind, d.tx.Now)
	return Event{Type: EvRedone, Facts: Facts{Due: due, Words: Words{Reason: c.Reason}}}, err
}

// Close ends a case (办结) that was answered and called back.
type Close struct {
	On
	Note string
}

func (c Close) event(*desk) (Event, error) {
	return Event{Type: EvClosed, Facts: Facts{Words: Words{Text: c.Note}}}, nil
}

// Reopen takes a closed case up again, within the window of its kind.
type Reopen struct {
	On
	Reason string
}

func (c Reopen) event(d *desk) (Event, error) {
	last, err := d.lastReopen(d.c)
	if err == nil && last.Set() && d.tx.Now.After(last.At) {
		err = errs.New(errs.Conflict, "case.reopen_late", last.At.Format("2006-01-02"))
	}
	if err != nil {
		return Event{}, err
	}
	due, err := d.again(d.c.Kind, d.tx.Now)
	return Event{Type: EvReopened, Facts: Facts{Due: due, Words: Words{Reason: c.Reason}}}, err
}

// Withdraw takes a word back. Only the resident does; at the counter somebody writes it down for them, and that can
// be undone for seven days.
type Withdraw struct {
	On
	Reason    string
	AtCounter bool
}

func (c Withdraw) event(d *desk) (Event, error) {
	return Event{Type: EvWithdrawn, Facts: Facts{Keeps: true, AtCounter: c.AtCounter && !d.a.Resident, Words: Words{Reason: c.Reason}}}, nil
}

// UndoWithdraw brings a withdrawn case back to where it was.
type UndoWithdraw struct {
	On
	Reason string
}

func (c UndoWithdraw) event(d *desk) (Event, error) {
	return Event{Type: EvWithdrawalUndone, Facts: Facts{Words: Words{Reason: c.Reason}}}, nil
}

// AddWords adds words or photos to a case.
type AddWords struct {
	On
	Text  string
	Files []journal.File
}

func (c AddWords) event(*desk) (Event, error) {
	return Event{Type: EvWordsAdded, Facts: Facts{Files: digests(c.Files), Words: Words{Text: c.Text}}}, nil
}

func (c AddWords) files() []journal.File { return c.Files }

// NameReader lets one more person read a case in confidence. Nobody of a unit it is about can be named.
type NameReader struct {
	On
	Person, Reason string
}

func (c NameReader) event(d *desk) (Event, error) {
	if err := d.person("person", c.Person); err != nil {
		return Event{}, err
	}
	if err := d.outside("person", c.Person); err != nil {
		return Event{}, err
	}
	if err := d.nameReaders(c.Person); err != nil {
		return Event{}, err
	}
	return Event{Type: EvReaderNamed, Facts: Facts{Person: c.Person, Words: Words{Reason: c.Reason}}}, nil
}

// Reissue makes the old lookup code worthless and a new one good.
type Reissue struct {
	On
	Reason string
}

func (c Reissue) event(d *desk) (Event, error) {
	if len(d.c.SecretTag) > 0 {
		return Event{}, errs.New(errs.Conflict, "case.secret_stays")
	}
	return Event{Type: EvReceiptReissued, Facts: Facts{Words: Words{Reason: c.Reason}}}, nil
}

// VoidCase takes back an imported row. What was registered in life is never void.
type VoidCase struct {
	On
	Reason string
	Batch  string
}

func (c VoidCase) event(d *desk) (Event, error) {
	if !d.c.Backfilled {
		return Event{}, errs.New(errs.Conflict, "case.not_void")
	}
	return Event{Type: EvVoided, Facts: Facts{Words: Words{Reason: c.Reason}}}, nil
}

// Publish shows a redacted title, the state and the dates of a case to everybody, as its resident agreed.
type Publish struct {
	On
	Title string
}

func (c Publish) event(*desk) (Event, error) {
	return Event{Type: EvPublished, Facts: Facts{Words: Words{Title: c.Title}}}, nil
}

// Unpublish takes a case from the public pages.
type Unpublish struct {
	On
	Reason string
}

func (c Unpublish) event(*desk) (Event, error) {
	return Event{Type: EvUnpublished, Facts: Facts{Words: Words{Reason: c.Reason}}}, nil
}

// nameReaders makes people readers of the case at hand.
func (d *desk) nameReaders(people ...string) error {
	return journal.Name(d.ctx, d.tx, string(d.c.ID), by(d.a), people...)
}

package casework

import (
	"encoding/json"
	"slices"
	"time"

	"yanming/internal/actor"
	"yanming/internal/calendar"
	"yanming/internal/errs"
	"yanming/internal/id"
	"yanming/internal/journal"
	"yanming/internal/org"
	"yanming/internal/seal"
)

// matter is one word, or one row of a ledger, with everything that can be made of it before the transaction that takes
// it: its case, walked as far as it goes, its events, what is sealed. So the write lock is held for little but the writing.
type matter struct {
	prepared
	past    Past
	refused error // nothing can be made of it, whatever the town has
	wrong   error // nothing can be made of it as the town stands

	dir    *org.Directory // as the town stood
	now    time.Time      // when it was made
	c      Case           // as it is left; its ID and Number are its own also where it is wrong
	events []journal.Ready
	spans  []span
	deeds  []deed
	key    *seal.RecordKey
	person []byte // under key, nil for none
	box    []byte // the words under key, nil for words in clear

	subjects []string // the units it is about
	readers  []string // of a case in confidence
}

// begin empties the matter but for what was said, and gives it a case.
func (x *matter) begin(dir *org.Directory, now time.Time, number seal.Number) {
	*x = matter{prepared: x.prepared, past: x.past, refused: x.refused, dir: dir, now: now}
	x.c.ID, x.c.Number = ID(id.New(now)), number
}

// word makes a matter of what somebody says now.
func (x *matter) word(a actor.Actor, dir *org.Directory, now time.Time, number seal.Number) {
	x.begin(dir, now, number)
	x.wrong = x.walk(a, bookOf(dir, now))
}

// row makes a matter of a row. What the machine refuses is the row's own.
func (x *matter) row(a actor.Actor, dir *org.Directory, now time.Time, number seal.Number) error {
	x.begin(dir, now, number)
	if x.refused != nil {
		return nil
	}
	err := x.walk(a, bookOf(dir, now))
	if errs.Is(err, errs.Invalid) {
		x.wrong, err = err, nil
	}
	return err
}

// prompt is how long what was made of a word may wait for its turn: it is recorded as of when it was made, and nobody
// should have counted past that meanwhile.
const prompt = time.Second

// stands reports whether what was made of a word can be written now as it is.
func (x *matter) stands(dir *org.Directory, now time.Time) bool {
	return x.dir == dir && !now.Before(x.now) && now.Sub(x.now) < prompt && calendar.DayOf(now) == calendar.DayOf(x.now)
}

// walk leads the matter through the state machine: the registration, and what a ledger tells of its past.
func (x *matter) walk(a actor.Actor, b *book) error {
	p := x.prepared
	if err := p.place(b.dir); err != nil {
		return err
	}
	e, err := p.event(b, x.c.Number)
	if err != nil {
		return err
	}
	e.By, e.Units, e.At = by(a), a.Units(), b.now
	c, err := Case{ID: x.c.ID}.next(e)
	if err != nil {
		return err
	}
	x.subjects = p.Subjects
	if c.Veiled() {
		if x.readers = b.readers(a, p.Subjects); len(x.readers) == 0 {
			return errs.New(errs.Conflict, "case.no_confidant")
		}
	}
	told, err := x.past.events(b, c, b.now)
	if err != nil {
		return err
	}
	if c.Visibility.UnderKey() || p.Person.Given() {
		key := seal.FreshKey(a.Town, string(c.ID))
		x.key = &key
	}
	if err := x.note(Case{}, c, e); err != nil {
		return err
	}
	for _, e := range told {
		e.By, e.At = journal.System, b.now
		after, err := c.next(e)
		if err != nil {
			return err
		}
		if err := x.note(c, after, e); err != nil {
			return err
		}
		c = after
	}
	if p.Person.Given() {
		plain, err := json.Marshal(p.Person)
		if err != nil {
			return err
		}
		x.person = x.key.Seal("person", plain)
	}
	if c.Visibility.UnderKey() {
		if x.box, err = sealWords(*x.key, c.Words); err != nil {
			return err
		}
	}
	x.c = c
	return nil
}

// note keeps what one event leaves behind: what put writes of it.
func (x *matter) note(old, c Case, e Event) error {
	var secret []byte
	if c.Visibility.UnderKey() {
		var err error
		if secret, err = sealWords(*x.key, e.Words); err != nil {
			return err
		}
		e.Words = Words{}
	}
	batch := ""
	if x.Source != nil {
		batch = x.Source.Batch
	}
	ready, err := journal.Make(journal.Event{Kind: recordKind, Record: string(c.ID), N: c.Rev, Type: string(e.Type), Actor: e.By,
		Batch: batch, Payload: e.Facts, Secret: secret}, e.At)
	if err != nil {
		return err
	}
	at := e.when()
	x.events = append(x.events, ready)
	if e.Type.deed() {
		x.deeds = append(x.deeds, deed{event: ready.ID, t: e.Type, at: at, unit: c.Unit, outcome: c.Outcome})
	}
	values := c.span()
	if old.Rev > 0 {
		last := &x.spans[len(x.spans)-1]
		if slices.Equal(last.values, values) {
			return nil
		}
		last.until = at
	}
	x.spans = append(x.spans, span{n: c.Rev, since: at, values: values})
	return nil
}

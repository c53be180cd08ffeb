package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/id"
	"yanming/internal/journal"
	"yanming/internal/org"
	"yanming/internal/seal"
)

// recordKind is the journal's word for a case.
const recordKind = "case"

// Service does everything that is done to cases. Page, import, demo and, later, API and sync call the same methods.
type Service struct {
	store   *db.DB
	keys    *seal.Keyring
	orgs    *org.Service
	numbers sync.Map // town → first digits of its receipts, which never change
	tallies tallies
}

// New returns the service over a database, its keys, and what its towns have settled.
func New(store *db.DB, keys *seal.Keyring, orgs *org.Service) *Service {
	return &Service{store: store, keys: keys, orgs: orgs}
}

// On says which case a command is for. Rev is the revision its author saw, 0 where that does not matter.
type On struct {
	Key  journal.Key `json:"-"` // the form's one-time token, an instanceID, a row of a file
	Case seal.Number `json:"case"`
	Rev  int64       `json:"-"`
}

func (o On) on() On { return o }

// Command is something to be done to a case that exists. Each is a struct of its own, which serves every door.
type Command interface {
	on() On
	// event makes the event out of the command, for a case that the actor may see.
	event(d *desk) (Event, error)
}

// desk is what a command finds when it is taken up: the case, the actor, the town's rules, and the transaction with its
// context; it does not outlive DoIn.
type desk struct {
	ctx context.Context
	tx  *db.Tx
	s   *Service
	a   actor.Actor
	c   Case
	*book
}

// Do carries a command out in a transaction of its own and returns the case after it.
//
// Errors: Invalid; Denied where the actor sees the case but may not do this; Conflict where its state does not allow
// it, it was changed meanwhile, or the key was used for another request; NotFound, also when not the actor's to see.
func (s *Service) Do(ctx context.Context, a actor.Actor, cmd Command) (c Case, err error) {
	err = s.store.Update(ctx, a.Town, func(tx *db.Tx) error {
		c, err = s.DoIn(ctx, tx, a, cmd)
		return err
	})
	return c, err
}

// DoIn is Do within a transaction: the one road every command takes. Once, get, next, put, journal.
func (s *Service) DoIn(ctx context.Context, tx *db.Tx, a actor.Actor, cmd Command) (Case, error) {
	on := cmd.on()
	digest, err := journal.Digest(struct { // with whoever acts: what one person did is not done by another
		Type, By string
		Cmd      Command
	}{fmt.Sprintf("%T", cmd), by(a), cmd})
	if err != nil {
		return Case{}, err
	}
	old, err := findNumber(ctx, tx, on.Case)
	if err != nil {
		return Case{}, err
	}
	gate, err := s.gate(ctx, tx, a, old)
	if err != nil {
		return Case{}, err
	}
	if _, seen, err := journal.Once(ctx, tx, on.Key, digest); err != nil || seen {
		return gate.c, err
	}
	if on.Rev != 0 && on.Rev != old.Rev {
		return Case{}, errs.New(errs.Conflict, "error.changed")
	}
	book, err := s.openBook(ctx, tx)
	if err != nil {
		return Case{}, err
	}
	e, err := cmd.event(&desk{ctx: ctx, tx: tx, s: s, a: a, c: gate.c, book: book})
	if err != nil {
		return Case{}, err
	}
	if err := may(a, gate.c, e.Type); err != nil {
		return Case{}, err
	}
	e.By, e.Units, e.At = by(a), a.Units(), tx.Now
	c, err := gate.c.next(e)
	if err != nil {
		return Case{}, err
	}
	entry, err := s.put(ctx, tx, gate.c, c, e, batchOf(cmd))
	if err != nil {
		return Case{}, err
	}
	if f, ok := cmd.(interface{ files() []journal.File }); ok {
		if err := attach(ctx, tx, entry, c, f.files()); err != nil {
			return Case{}, err
		}
	}
	return c, journal.Remember(ctx, tx, on.Key, digest, entry, string(c.Number))
}

// attach notes files with the event they came with. Ids of one millisecond are in no order, so each gets one of its own:
// they are shown as they were chosen.
func attach(ctx context.Context, tx *db.Tx, e journal.Entry, c Case, files []journal.File) error {
	for i, f := range files {
		f.ID = id.New(tx.Now.Add(time.Duration(i) * time.Millisecond))
		f.Sealed = c.Visibility.UnderKey()
		if err := journal.Attach(ctx, tx, e, f); err != nil {
			return err
		}
	}
	return nil
}

// batchOf is the batch a command belongs to: only an undo has one.
func batchOf(cmd Command) string {
	if v, ok := cmd.(VoidCase); ok {
		return v.Batch
	}
	return ""
}

// by is the journal's word for who acts.
func by(a actor.Actor) string {
	switch {
	case a.Resident:
		return journal.Resident
	case a.System:
		return journal.System
	}
	return a.Person
}

// put writes a case after e, what figures read of it, and the event: together or not at all.
func (s *Service) put(ctx context.Context, tx *db.Tx, old, c Case, e Event, batch string) (journal.Entry, error) {
	box, secret, e, err := s.close(ctx, tx, c, e)
	if err != nil {
		return journal.Entry{}, err
	}
	if err := updateCase(ctx, tx, c, box, old.Rev); err != nil {
		return journal.Entry{}, err
	}
	at := e.when()
	if err := putSpan(ctx, tx, old, c, at); err != nil {
		return journal.Entry{}, err
	}
	if err := tellPast(ctx, tx, old, c, at); err != nil {
		return journal.Entry{}, err
	}
	if e.Type == EvDispatched {
		if err := putUnits(ctx, tx, c.ID, e.Assist); err != nil {
			return journal.Entry{}, err
		}
	}
	entry, err := journal.Append(ctx, tx, journal.Event{ID: e.ID, Kind: recordKind, Record: string(c.ID), N: c.Rev, Type: string(e.Type),
		Actor: e.By, Batch: batch, Payload: e.Facts, Secret: secret})
	if err != nil {
		return journal.Entry{}, err
	}
	if !e.Type.deed() {
		return entry, nil
	}
	return entry, putDeed(ctx, tx, entry.ID, c, e.Type, at)
}

// close puts the words of a private or sealed case under its key, and leaves none of them in the event.
func (s *Service) close(ctx context.Context, tx *db.Tx, c Case, e Event) (box, secret []byte, _ Event, err error) {
	if !c.Visibility.UnderKey() {
		return nil, nil, e, nil
	}
	key, err := s.keys.Key(ctx, tx, string(c.ID))
	if err != nil {
		return nil, nil, e, fmt.Errorf("close words of case %s: %w", c.ID, err)
	}
	if box, err = sealWords(key, c.Words); err != nil {
		return nil, nil, e, err
	}
	secret, err = sealWords(key, e.Words)
	e.Words = Words{}
	return box, secret, e, err
}

func sealWords(key seal.RecordKey, w Words) ([]byte, error) {
	b, err := json.Marshal(w)
	if err != nil {
		return nil, err
	}
	return key.Seal("words", b), nil
}

// openWords reads words from under their key; an erased key leaves them empty.
func (s *Service) openWords(ctx context.Context, tx *db.Tx, id ID, box []byte) (w Words, err error) {
	if box == nil {
		return w, nil
	}
	key, err := s.keys.Key(ctx, tx, string(id))
	if errs.Is(err, errs.NotFound) {
		return w, nil
	}
	if err != nil {
		return w, err
	}
	return readWords(key, id, box)
}

// openAll opens the words of several cases, as openWords does those of one.
func (s *Service) openAll(ctx context.Context, tx *db.Tx, ss []stored) error {
	var under []string
	for _, st := range ss {
		if st.box != nil {
			under = append(under, string(st.ID))
		}
	}
	keys, err := s.keys.Keys(ctx, tx, under)
	if err != nil {
		return err
	}
	for i, st := range ss {
		if st.box == nil {
			continue
		}
		ss[i].Case.Words = Words{}
		if key, kept := keys[string(st.ID)]; kept {
			if ss[i].Case.Words, err = readWords(key, st.ID, st.box); err != nil {
				return err
			}
		}
	}
	return nil
}

func readWords(key seal.RecordKey, id ID, box []byte) (w Words, err error) {
	b, err := key.Open("words", box)
	if err != nil {
		return w, fmt.Errorf("open words of case %s: %w", id, err)
	}
	return w, json.Unmarshal(b, &w)
}

package casework

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/journal"
	"yanming/internal/seal"
)

// Sheet is everything that one actor may see of one case.
type Sheet struct {
	Case      Case
	Named     bool   // the name may be shown
	Person    Person // with the telephone masked; empty unless Named
	Steps     []Step // the oldest first
	Files     []journal.File
	Externals []External
	Subjects  []string // units it is about; of cases in confidence only
	Readers   []string // people; of cases in confidence only
	Source    *Source  // of imported cases
	Into      seal.Number
	Joined    []seal.Number // receipts that were linked to this case
	Next      []Type        // what the actor may do now
}

// Step is one event of a case's history with its words open.
type Step struct {
	ID   string
	Type Type
	At   time.Time // when it happened
	Done time.Time // when it was recorded
	By   string    // people.id, journal.Resident or journal.System
	Facts
}

// Get returns a case as an actor may see it. NotFound when there is none, or it is not theirs to see.
func (s *Service) Get(ctx context.Context, tx *db.Tx, a actor.Actor, number seal.Number) (Sheet, error) {
	st, err := findNumber(ctx, tx, number)
	if err != nil {
		return Sheet{}, err
	}
	g, err := s.gate(ctx, tx, a, st)
	if err != nil {
		return Sheet{}, err
	}
	return s.sheet(ctx, tx, a, g)
}

func (s *Service) sheet(ctx context.Context, tx *db.Tx, a actor.Actor, g gated) (sh Sheet, err error) {
	sh = Sheet{Case: g.c, Named: g.names, Next: Next(a, g.c)}
	if sh.Steps, err = s.steps(ctx, tx, g.c.ID); err != nil {
		return sh, err
	}
	if sh.Files, err = journal.Files(ctx, tx, string(g.c.ID)); err != nil {
		return sh, err
	}
	if sh.Externals, err = externalsOf(ctx, tx, g.c.ID); err != nil {
		return sh, err
	}
	if g.names {
		if sh.Person, err = s.person(ctx, tx, g.c.ID); err != nil {
			return sh, err
		}
		sh.Person.Phone = maskPhone(sh.Person.Phone)
	}
	if src, found, err := getSource(ctx, tx, g.c.ID); err != nil {
		return sh, err
	} else if found {
		sh.Source = &src
	}
	if g.c.Veiled() {
		if sh.Subjects, err = subjectsOf(ctx, tx, g.c.ID); err != nil {
			return sh, err
		}
		if sh.Readers, err = journal.Readers(ctx, tx, string(g.c.ID)); err != nil {
			return sh, err
		}
	}
	return sh, s.links(ctx, tx, a, g.c, &sh)
}

// links names the receipts joined with a case, as far as the actor sees those too.
func (s *Service) links(ctx context.Context, tx *db.Tx, a actor.Actor, c Case, sh *Sheet) error {
	if c.LinkedTo != "" {
		st, err := getCase(ctx, tx, c.LinkedTo)
		if err != nil {
			return err
		}
		if ok, err := s.mayRead(ctx, tx, a, st.Case); err != nil {
			return err
		} else if ok {
			sh.Into = st.Number
		}
	}
	joined, err := joinedTo(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	for _, st := range joined {
		if ok, err := s.mayRead(ctx, tx, a, st.Case); err != nil {
			return err
		} else if ok {
			sh.Joined = append(sh.Joined, st.Number)
		}
	}
	return nil
}

func (s *Service) steps(ctx context.Context, tx *db.Tx, id ID) ([]Step, error) {
	es, err := journal.History(ctx, tx, string(id))
	if err != nil {
		return nil, err
	}
	all, err := s.read(ctx, tx, es)
	return all[id], err
}

// read opens the words of events, and returns the steps of each case in the order they came.
func (s *Service) read(ctx context.Context, tx *db.Tx, es []journal.Entry) (map[ID][]Step, error) {
	var under []string
	for _, e := range es {
		if e.Secret != nil && !slices.Contains(under, e.Record) {
			under = append(under, e.Record)
		}
	}
	keys, err := s.keys.Keys(ctx, tx, under)
	if err != nil {
		return nil, err
	}
	all := map[ID][]Step{}
	for _, e := range es {
		id := ID(e.Record)
		st := Step{ID: e.ID, Type: Type(e.Type), At: e.At, Done: e.At, By: e.Actor}
		if err := e.Decode(&st.Facts); err != nil {
			return nil, err
		}
		if e.Secret != nil {
			st.Words = Words{}
			if key, kept := keys[e.Record]; kept {
				if st.Words, err = readWords(key, id, e.Secret); err != nil {
					return nil, err
				}
			}
		}
		if st.Facts.At != 0 {
			st.At = time.UnixMilli(st.Facts.At)
		}
		all[id] = append(all[id], st)
	}
	return all, nil
}

// person opens who spoke; the zero Person when nothing was given or it was erased.
func (s *Service) person(ctx context.Context, tx *db.Tx, id ID) (p Person, err error) {
	box, err := getPerson(ctx, tx, id)
	if err != nil || box == nil {
		return p, err
	}
	key, err := s.keys.Key(ctx, tx, string(id))
	if errs.Is(err, errs.NotFound) {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	b, err := key.Open("person", box)
	if err != nil {
		return p, err
	}
	return p, json.Unmarshal(b, &p)
}

// maskPhone keeps the first three and last two digits.
func maskPhone(p string) string {
	rs := []rune(p)
	if len(rs) < 7 {
		if len(rs) == 0 {
			return ""
		}
		return "****"
	}
	return string(rs[:3]) + "****" + string(rs[len(rs)-2:])
}

// Identify shows the whole name and telephone of a case to somebody who needs it, and writes down who, when and why.
// Denied where the actor may not know who spoke.
func (s *Service) Identify(ctx context.Context, a actor.Actor, cmd Identify) (p Person, err error) {
	err = s.store.Update(ctx, a.Town, func(tx *db.Tx) error {
		c, err := s.DoIn(ctx, tx, a, cmd)
		if err == nil && !mayName(a, c) { // a key used before must not show what the post no longer may
			err = errs.New(errs.Denied, "error.denied")
		}
		if err != nil {
			return err
		}
		p, err = s.person(ctx, tx, c.ID)
		return err
	})
	if err != nil {
		return Person{}, err
	}
	return p, nil
}

// Identify asks for the name behind a case, with the reason.
type Identify struct {
	On
	Reason string
}

func (c Identify) event(d *desk) (Event, error) {
	if !mayName(d.a, d.c) {
		return Event{}, errs.New(errs.Denied, "error.denied")
	}
	return Event{Type: EvIdentityViewed, Facts: Facts{Words: Words{Reason: c.Reason}}}, nil
}

// File returns an attachment of a case that the actor sees, and whether it is under the record's key.
func (s *Service) File(ctx context.Context, tx *db.Tx, a actor.Actor, file string) (journal.File, seal.RecordKey, error) {
	f, err := journal.GetFile(ctx, tx, file)
	if err != nil {
		return f, seal.RecordKey{}, err
	}
	st, err := getCase(ctx, tx, ID(f.Record))
	if err != nil {
		return f, seal.RecordKey{}, err
	}
	if _, err := s.gate(ctx, tx, a, st); err != nil {
		return journal.File{}, seal.RecordKey{}, err
	}
	if !f.Sealed {
		return f, seal.RecordKey{}, nil
	}
	key, err := s.keys.Key(ctx, tx, f.Record)
	return f, key, err
}

// FileKey returns the key under which the files of a private or sealed case are stored, so that they can be put away
// before the command that attaches them. ok is false for a case whose files are stored in clear.
func (s *Service) FileKey(ctx context.Context, a actor.Actor, number seal.Number) (key seal.RecordKey, ok bool, err error) {
	err = s.store.View(ctx, a.Town, func(tx *db.Tx) error {
		st, err := findNumber(ctx, tx, number)
		if err != nil {
			return err
		}
		g, err := s.gate(ctx, tx, a, st)
		if err != nil || !g.c.Visibility.UnderKey() {
			return err
		}
		ok = true
		key, err = s.keys.Key(ctx, tx, string(g.c.ID))
		return err
	})
	return key, ok, err
}

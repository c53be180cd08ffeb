package casework

import (
	"context"
	"fmt"
	"slices"
	"time"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/journal"
	"yanming/internal/org"
	"yanming/internal/seal"
)

// Made is rows of a ledger with everything that can be made of them before the transaction that takes them: their
// cases walked to the end, their events, what is sealed. So the write lock is held for little but the writing.
type Made struct {
	a       actor.Actor
	town    int            // the first digits of its receipts
	dir     *org.Directory // as it stood
	now     time.Time
	matters []*matter
}

// Make makes rows ready to be taken. It writes nothing and may be called for several lots at once.
//
// Errors: Denied. What is wrong with a single row Take says.
func (s *Service) Make(ctx context.Context, a actor.Actor, rows []Backfill) (*Made, error) {
	if !MayImport(a) {
		return nil, errs.New(errs.Denied, "error.denied")
	}
	m := &Made{a: a, matters: make([]*matter, len(rows))}
	var err error
	if m.town, err = s.townNumber(ctx, a.Town); err != nil {
		return nil, err
	}
	for i, r := range rows {
		if r.Source == nil || r.Confide || r.Visibility == Sealed || r.Paper != "" || len(r.files()) > 0 || len(r.Subjects) > 0 {
			return nil, fmt.Errorf("backfill row %d: only open rows of a file are back-filled", i)
		}
		x := &matter{past: r.Past}
		x.prepared, x.refused = s.prepare(m.town, r.Register)
		if x.refused != nil && !errs.Is(x.refused, errs.Invalid) {
			return nil, x.refused
		}
		if x.refused == nil && r.Source.Matter != "" {
			src := *r.Source
			src.Matter = s.keys.Mark("matter", a.Town, src.Matter)
			x.Source = &src
		}
		m.matters[i] = x
	}
	err = s.store.View(ctx, a.Town, func(tx *db.Tx) (err error) {
		m.now = tx.Now
		m.dir, err = s.orgs.Load(ctx, tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("make %d rows ready: %w", len(rows), err)
	}
	drawn := map[seal.Number]bool{} // whether they are free is asked when they are taken
	for _, x := range m.matters {
		if err := x.row(a, m.dir, m.now, drawNumber(m.town, drawn)); err != nil {
			return nil, fmt.Errorf("make row %d of %s ready: %w", x.Source.Row, x.Source.Sheet, err)
		}
	}
	return m, nil
}

// Take takes the rows in one transaction and says of each what became of it, in their order. A row whose key was used
// before is the same row again; so a batch that was cut off can simply be run once more.
//
// Errors: Conflict where a key was used for another row. What is wrong with a single row stands in its Took.
func (s *Service) Take(ctx context.Context, m *Made) (out []Took, err error) {
	err = s.store.Update(ctx, m.a.Town, func(tx *db.Tx) error {
		out, err = s.take(ctx, tx, m)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("take %d rows: %w", len(m.matters), err)
	}
	return out, nil
}

// Rehearse says what Take would come to, and writes nothing. It does not know of rows that meet one another.
func (s *Service) Rehearse(ctx context.Context, m *Made) (out []Took, err error) {
	err = s.store.View(ctx, m.a.Town, func(tx *db.Tx) error {
		out, _, err = s.sift(ctx, tx, m.matters, true)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("rehearse %d rows: %w", len(m.matters), err)
	}
	return out, nil
}

// Backfill makes rows ready and takes them. Errors as Make and Take.
func (s *Service) Backfill(ctx context.Context, a actor.Actor, rows []Backfill) ([]Took, error) {
	m, err := s.Make(ctx, a, rows)
	if err != nil {
		return nil, err
	}
	return s.Take(ctx, m)
}

func (s *Service) take(ctx context.Context, tx *db.Tx, m *Made) ([]Took, error) {
	dir, err := s.orgs.Load(ctx, tx)
	if err != nil {
		return nil, err
	}
	matters, err := m.standing(ctx, tx, dir)
	if err != nil {
		return nil, err
	}
	out, fresh, err := s.sift(ctx, tx, matters, false)
	if err != nil {
		return nil, err
	}
	if err := s.insertMatters(ctx, tx, fresh); err != nil {
		return nil, err
	}
	notes := make([]journal.Note, len(fresh))
	for i, x := range fresh {
		notes[i] = journal.Note{Key: x.Key, Digest: x.digest, Event: x.events[0].ID, Answer: string(x.c.ID)}
	}
	return out, journal.RememberAll(ctx, tx, notes)
}

// standing returns the matters as they are to be taken now: made again, each in a copy, where somebody changed the town
// since or took a number meanwhile.
func (m *Made) standing(ctx context.Context, tx *db.Tx, dir *org.Directory) ([]*matter, error) {
	if len(m.matters) == 0 {
		return nil, nil
	}
	mine := map[seal.Number]bool{}
	for _, x := range m.matters {
		mine[x.c.Number] = true
	}
	taken, err := numbersTaken(ctx, tx, mine)
	if err != nil {
		return nil, err
	}
	out := slices.Clone(m.matters)
	for i, x := range out {
		number := x.c.Number
		if !taken[number] && dir == m.dir && !tx.Now.Before(m.now) {
			continue
		}
		for taken[number] {
			number = drawNumber(m.town, mine)
			if taken[number], err = numberTaken(ctx, tx, number); err != nil {
				return nil, err
			}
		}
		again := *x
		if err := again.row(m.a, dir, tx.Now, number); err != nil {
			return nil, err
		}
		out[i] = &again
	}
	return out, nil
}

// drawNumber draws a number that is none of those that were drawn, and adds it to them.
func drawNumber(town int, drawn map[seal.Number]bool) seal.Number {
	for {
		if n := seal.NewNumber(town); !drawn[n] {
			drawn[n] = true
			return n
		}
	}
}

// sift says of each matter whether it is a case already, and returns those that are to become one. A rehearsal looks at
// no keys, and knows of no matter before.
func (s *Service) sift(ctx context.Context, tx *db.Tx, matters []*matter, dry bool) (out []Took, fresh []*matter, err error) {
	out = make([]Took, len(matters))
	keys := make([]journal.Key, 0, len(matters))
	for _, x := range matters {
		if !dry {
			keys = append(keys, x.Key)
		}
	}
	used, err := journal.KeysUsed(ctx, tx, keys)
	if err != nil {
		return nil, nil, err
	}
	known, err := mayBeKnown(ctx, tx, matters)
	if err != nil {
		return nil, nil, err
	}
	here := newLot(len(matters))
	for i, x := range matters {
		switch {
		case x.refused != nil:
			out[i].Err = x.refused
			continue
		case used[x.Key]:
			answer, _, err := journal.Once(ctx, tx, x.Key, x.digest)
			if err != nil {
				return nil, nil, err
			}
			old, err := getCase(ctx, tx, ID(answer))
			if err != nil {
				return nil, nil, err
			}
			out[i] = Took{Fate: Taken, Number: old.Number}
			continue
		}
		if !dry {
			took, again, err := here.meet(x)
			if err != nil {
				return nil, nil, err
			}
			if again {
				out[i] = took
				continue
			}
		}
		if known.has(x) {
			if out[i], err = s.meet(ctx, tx, x.prepared); err != nil {
				return nil, nil, err
			}
			if out[i].Fate != Taken {
				continue
			}
		}
		if x.wrong != nil {
			out[i] = Took{Err: x.wrong}
			continue
		}
		out[i] = Took{Fate: Taken}
		if !dry {
			out[i].Number = x.c.Number
			fresh = append(fresh, x)
			here.add(x)
		}
	}
	return out, fresh, nil
}

// meet says whether a row is a case already.
func (s *Service) meet(ctx context.Context, tx *db.Tx, p prepared) (Took, error) {
	st, found, err := standingFor(ctx, tx, p.External, p.Source.Digest)
	if err == nil && !found && p.External.Number == "" && p.Source.Matter != "" {
		st, found, err = toldBefore(ctx, tx, *p.Source)
	}
	switch {
	case err != nil:
		return Took{}, err
	case !found:
		return Took{Fate: Taken}, nil
	}
	return st.fate(p), nil
}

// fate is what becomes of a row that is a case already.
func (m met) fate(p prepared) Took {
	if m.digest != p.Source.Digest {
		return Took{Fate: Differ, Number: m.number}
	}
	return Took{Fate: Same, Number: m.number}
}

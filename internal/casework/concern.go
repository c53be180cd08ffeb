package casework

import (
	"context"
	"slices"
	"time"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/journal"
)

// RecordKind is the journal's kind of a case's events.
const RecordKind = recordKind

// Concern is a case without a word of it, for whoever derives from the journal whom it concerns. It knows its readers,
// so that the gate can be asked about many people at once.
type Concern struct {
	Case
	readers, subjects []string
}

// Concern returns a case for a deriver. It opens nothing: Admits says who may learn of it. NotFound when there is none.
func (s *Service) Concern(ctx context.Context, tx *db.Tx, id ID) (Concern, error) {
	st, err := getCase(ctx, tx, id)
	if err != nil {
		return Concern{}, err
	}
	c := Concern{Case: st.Case}
	c.Words = Words{}
	if !c.Veiled() {
		return c, nil
	}
	if c.readers, err = journal.Readers(ctx, tx, string(id)); err != nil {
		return Concern{}, err
	}
	c.subjects, err = subjectsOf(ctx, tx, id)
	return c, err
}

// Admits is the gate: whether an actor of the case's town sees it now.
func (c Concern) Admits(a actor.Actor) bool {
	if c.Veiled() {
		return entrusted(a, c.readers, c.subjects)
	}
	return scopeOf(a).admits(c.Case)
}

// Readers are the people named to read a case in confidence; none for an open one.
func (c Concern) Readers() []string { return slices.Clone(c.readers) }

// Glance returns those of the cases that an actor sees now, without their words.
func (s *Service) Glance(ctx context.Context, tx *db.Tx, a actor.Actor, ids []ID) (map[ID]Case, error) {
	out := map[ID]Case{}
	if len(ids) == 0 {
		return out, nil
	}
	if a.Person == "" || a.Town != tx.Town {
		return nil, errs.Missing()
	}
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = string(id)
	}
	text, args := relation(columnsOf("r."), a, worklist(Every, a, tx.Now), "", func(w *where) { w.and("r.id IN " + w.in(list)) })
	ss, err := someCases(ctx, tx, text, args...)
	for _, st := range ss {
		st.Case.Words = Words{}
		out[st.ID] = st.Case
	}
	return out, err
}

// FallDue returns unanswered open cases that are due at to or before and stand behind (at, id) in the order of their due
// moments, at most limit: for the clock, which passes each due moment once.
func (s *Service) FallDue(ctx context.Context, tx *db.Tx, at time.Time, id ID, to time.Time, limit int) ([]Concern, error) {
	return concerns(fallDue(ctx, tx, at.UnixMilli(), id, to.UnixMilli(), limit))
}

// FallLate is FallDue for open cases that nobody has accepted, by the moment until which their resident was to be told.
func (s *Service) FallLate(ctx context.Context, tx *db.Tx, at time.Time, id ID, to time.Time, limit int) ([]Concern, error) {
	return concerns(fallLate(ctx, tx, at.UnixMilli(), id, to.UnixMilli(), limit))
}

func concerns(ss []stored, err error) ([]Concern, error) {
	out := make([]Concern, len(ss))
	for i, st := range ss {
		out[i] = Concern{Case: st.Case}
		out[i].Words = Words{}
	}
	return out, err
}

package report

import (
	"context"
	"fmt"

	"yanming/internal/actor"
	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/id"
	"yanming/internal/journal"
)

// Open begins the report of a week. Where the week has an issue already, it begins the correction of the newest one.
type Open struct {
	Key    journal.Key `json:"-"`
	Period calendar.Period
}

// On says which report a command is for. Rev is the revision its author saw, 0 where that does not matter.
type On struct {
	Key journal.Key `json:"-"`
	ID  string
	Rev int64 `json:"-"`
}

// Step is one step of a report other than its beginning and its issue: writing, sending up, reviewing, returning.
type Step struct {
	On
	Type      Type
	Narrative string // of Written
	Reason    string // of SentBack
}

// Open begins a report and returns it. Errors: Invalid for a period that is no week or has not begun, Denied, Conflict
// when the week has a report on its way.
func (s *Service) Open(ctx context.Context, a actor.Actor, c Open) (r Record, err error) {
	fresh := ""
	err = s.store.Update(ctx, a.Town, func(tx *db.Tx) error {
		if fresh == "" { // the closure may run twice
			fresh = id.New(tx.Now)
		}
		r, err = s.openIn(ctx, tx, a, c, fresh)
		return err
	})
	return r, err
}

func (s *Service) openIn(ctx context.Context, tx *db.Tx, a actor.Actor, c Open, fresh string) (Record, error) {
	digest, err := journal.Digest(c)
	if err != nil {
		return Record{}, err
	}
	if old, seen, err := journal.Once(ctx, tx, c.Key, digest); err != nil || seen {
		if err != nil {
			return Record{}, err
		}
		return get(ctx, tx, old)
	}
	if err := weekly(c.Period, tx.Now); err != nil {
		return Record{}, err
	}
	r, err := Record{ID: fresh, Period: c.Period}.next(a, event{Type: Drafted}, tx.Now)
	if err != nil {
		return Record{}, fmt.Errorf("open report %s: %w", c.Period, err)
	}
	all, err := ofPeriod(ctx, tx, c.Period)
	if err != nil {
		return Record{}, err
	}
	for _, old := range all {
		if old.State != Issued {
			return Record{}, errs.New(errs.Conflict, "report.open_already")
		}
	}
	if len(all) > 0 {
		r.Replaces = all[0].ID
	}
	return r, s.commit(ctx, tx, a, c.Key, digest, r, Drafted, "", nil, c)
}

// Do carries one step out and returns the report after it. Errors: Invalid, Denied for who may not or had a hand in it
// already, Conflict for a wrong state or a report that was changed meanwhile, NotFound.
func (s *Service) Do(ctx context.Context, a actor.Actor, c Step) (r Record, err error) {
	err = s.store.Update(ctx, a.Town, func(tx *db.Tx) error {
		r, err = s.doIn(ctx, tx, a, c)
		return err
	})
	return r, err
}

func (s *Service) doIn(ctx context.Context, tx *db.Tx, a actor.Actor, c Step) (Record, error) {
	digest, err := journal.Digest(c)
	if err != nil {
		return Record{}, err
	}
	if old, seen, err := journal.Once(ctx, tx, c.Key, digest); err != nil || seen {
		if err != nil {
			return Record{}, err
		}
		return get(ctx, tx, old)
	}
	r, err := load(ctx, tx, c.On)
	if err != nil {
		return Record{}, err
	}
	if c.Type == Drafted || c.Type == Published {
		return Record{}, fmt.Errorf("a report is not %s by a step", c.Type)
	}
	if r, err = r.next(a, event{c.Type, c.Narrative, c.Reason}, tx.Now); err != nil {
		return Record{}, fmt.Errorf("bring report %s on: %w", c.ID, s.offer(ctx, tx, err))
	}
	if c.Type == Written { // a figure that the town has not is found out before it is sent up
		if err := s.known(ctx, tx, c.Narrative); err != nil {
			return Record{}, s.offer(ctx, tx, err)
		}
	}
	return r, s.commit(ctx, tx, a, c.Key, digest, r, c.Type, "", nil, c)
}

// known refuses a text that names a figure which the town has not.
func (s *Service) known(ctx context.Context, tx *db.Tx, text string) error {
	var bad errs.List
	for _, x := range slots(text) {
		_, err := s.cat.About(ctx, tx, slotCode.FindStringSubmatch(x)[1])
		if errs.Is(err, errs.NotFound) {
			bad.Add("narrative", "report.narrative.slot", x)
		} else if err != nil {
			return err
		}
	}
	return bad.Err()
}

// load returns the report that a command is for, as its author saw it.
func load(ctx context.Context, tx *db.Tx, on On) (Record, error) {
	r, err := get(ctx, tx, on.ID)
	if err == nil && on.Rev != 0 && on.Rev != r.Rev {
		err = errs.New(errs.Conflict, "error.changed")
	}
	return r, err
}

// commit stores a report after an event, notes the event and remembers the request.
func (s *Service) commit(ctx context.Context, tx *db.Tx, a actor.Actor, key journal.Key, digest []byte, r Record, t Type, body string, docx []byte, payload any) error {
	if err := put(ctx, tx, r, body, docx); err != nil {
		return err
	}
	e, err := journal.Append(ctx, tx, journal.Event{Kind: RecordKind, Record: r.ID, N: r.Rev, Type: string(t), Actor: by(a), Payload: payload})
	if err != nil {
		return err
	}
	return journal.Remember(ctx, tx, key, digest, e, r.ID)
}

// Get returns a report of the town.
func Get(ctx context.Context, tx *db.Tx, id string) (Record, error) { return get(ctx, tx, id) }

// Of returns the reports of a week, the newest first: at most one is on its way, the others were issued.
func Of(ctx context.Context, tx *db.Tx, p calendar.Period) ([]Record, error) {
	return ofPeriod(ctx, tx, p)
}

// Between returns the reports of the weeks from first to last, the newest week first.
func Between(ctx context.Context, tx *db.Tx, first, last calendar.Period) ([]Record, error) {
	return between(ctx, tx, first, last)
}

// Earliest returns the first week that is worth a look: that of start, the first day that counts, or of the earliest report
// where one lies before it. It is this week where start is "" and there is no report.
func Earliest(ctx context.Context, tx *db.Tx, start calendar.Day) (calendar.Period, error) {
	return earliest(ctx, tx, start)
}

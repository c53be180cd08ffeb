package casework

import (
	"context"

	"yanming/internal/actor"
	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/journal"
)

// Fix is the commonest case of all (立行立改, 当场答复): what was said, and what was done about it at once, in one form.
// It writes every event that a long case has, in one transaction.
type Fix struct {
	Register
	Unit      string // whose matter it was; the first unit of whoever writes it down when empty
	Leader    string // responsible leader; the unit's own when empty
	Outcome   Outcome
	Answer    string
	Basis     string
	Planned   calendar.Day
	Solved    Solved    // as the resident said on the spot, "" when not asked
	Satisfied Satisfied // likewise
	Done      []journal.File
}

// Fix registers and answers a case at once. What the resident says on the spot counts as said at the counter: an
// independent call confirms it before the case is closed, except for an enquiry, where calls are sampled.
func (s *Service) Fix(ctx context.Context, a actor.Actor, cmd Fix) (Receipt, error) {
	cmd.Immediate = true
	x, err := s.word(ctx, a, cmd.Register)
	if err != nil {
		return Receipt{}, err
	}
	if x.Visibility == Sealed {
		return Receipt{}, errs.Field("confide", "case.fix_confided")
	}
	if x.digest, err = journal.Digest(cmd); err != nil {
		return Receipt{}, err
	}
	var c Case
	var again bool
	err = s.store.Update(ctx, a.Town, func(tx *db.Tx) error {
		c, again, err = s.fix(ctx, tx, a, x, cmd)
		return err
	})
	if err != nil {
		return Receipt{}, err
	}
	return s.receipt(a.Town, c, x.secret, again), nil
}

func (s *Service) fix(ctx context.Context, tx *db.Tx, a actor.Actor, x *matter, cmd Fix) (Case, bool, error) {
	c, again, err := s.register(ctx, tx, a, x)
	if err != nil || again { // the whole fix was done
		return c, again, err
	}
	book, err := s.openBook(ctx, tx)
	if err != nil {
		return c, false, err
	}
	es, err := cmd.events(book, a, c)
	if err != nil {
		return c, false, err
	}
	for _, e := range es {
		e.By, e.Units, e.At = by(a), a.Units(), tx.Now
		after, err := c.next(e)
		if err != nil {
			return c, false, err
		}
		entry, err := s.put(ctx, tx, c, after, e, "")
		if err != nil {
			return c, false, err
		}
		if e.Outcome != "" {
			if err := attach(ctx, tx, entry, after, cmd.Done); err != nil {
				return c, false, err
			}
		}
		c = after
	}
	return c, false, nil
}

func (cmd Fix) events(b *book, a actor.Actor, c Case) ([]Event, error) {
	if cmd.Unit == "" {
		if us := a.Units(); len(us) > 0 {
			cmd.Unit = us[0]
		}
	}
	if err := b.unit("unit", cmd.Unit); err != nil {
		return nil, err
	}
	if cmd.Leader == "" {
		cmd.Leader = b.dir.LeaderFor(cmd.Unit, c.Village)
	}
	answer, err := Answer{Outcome: cmd.Outcome, Text: cmd.Answer, Basis: cmd.Basis, Planned: cmd.Planned, Files: cmd.Done}.given(c, b.now)
	if err != nil {
		return nil, err
	}
	es := []Event{
		{Type: EvAccepted},
		{Type: EvDispatched, Facts: Facts{Unit: cmd.Unit, Leader: cmd.Leader, Handler: a.Person, Due: &c.Due}},
		{Type: EvSigned},
		answer,
	}
	if cmd.Solved != "" || cmd.Satisfied != "" {
		es = append(es, Event{Type: EvContactRecorded, Facts: Facts{Reached: true, Solved: cmd.Solved, Satisfied: cmd.Satisfied, AtCounter: true}})
	}
	return es, nil
}

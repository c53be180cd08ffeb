package casework

import (
	"context"
	"fmt"
	"slices"
	"time"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/seal"
)

// Backfill is one matter of an old ledger (补录): what was said, and what became of it as far as the ledger tells. It
// has no clock of ours and never counts as timely.
type Backfill struct {
	Register // with Source; Said is when it was said, or the import when that is not known
	Past     Past
}

// Past is how a matter of a ledger went on. Its events are the system's, because the ledger does not say who did them;
// the registration is the importing person's.
type Past struct {
	Note     string    // what the ledger says besides, for the office; goes with the acceptance
	Unit     string    // lead unit; "" where the ledger names none that the town has
	Leader   string    // responsible leader; that of the unit or village when empty
	Handling string    // what was done so far, of a matter that is not answered
	Due      time.Time // as the ledger says; zero for none
	Outcome  Outcome   // "" while there is no answer
	Answer   string
	Answered time.Time // when it was answered, not before it was said; the import when zero
	Closed   bool      // struck off the ledger (销号)
}

// Fate is what became of a row.
type Fate string

// The fates of a row that could be read.
const (
	Taken  Fate = "taken"  // a new case, or the same row of the same batch again
	Same   Fate = "same"   // already a case, with the same cells
	Differ Fate = "differ" // already a case by its external number, or by whose, where, when and what; but the cells differ
)

// Took says what became of a row, and which case it is. Err is Invalid where the row could not be taken; nothing was
// written of it then.
type Took struct {
	Fate   Fate
	Number seal.Number
	Err    error
}

// MayImport reports whether an actor may import ledgers and undo that. The administrator may, too: to import is not to
// read cases.
func MayImport(a actor.Actor) bool { return a.System || auth.Can(a, auth.RightImport) }

// events tells the past as the state machine does. A matter that nobody answered goes no further than acceptance
// unless the ledger names a unit of the town: somebody must be able to dispatch it.
func (p Past) events(b *book, c Case, now time.Time) ([]Event, error) {
	if p.Unit != "" {
		if err := b.unit("unit", p.Unit); err != nil {
			return nil, err
		}
	}
	if p.Leader == "" && p.Unit != "" {
		p.Leader = b.dir.LeaderFor(p.Unit, c.Village)
	}
	if p.Leader != "" && b.dir.Person(p.Leader).ID == "" {
		return nil, errs.Field("leader", "error.choice")
	}
	at := c.Registered.UnixMilli()
	var due *Clock
	if !p.Due.IsZero() {
		due = &Clock{At: p.Due, Rule: "ledger"}
	}
	es := []Event{{Type: EvAccepted, Facts: Facts{At: at, Due: due, Words: Words{Text: p.Note}}}}
	dispatched := Event{Type: EvDispatched, Facts: Facts{At: at, Unit: p.Unit, Leader: p.Leader}}
	signed := Event{Type: EvSigned, Facts: Facts{At: at}}
	if p.Outcome != "" {
		t := answeredType(p.Outcome)
		if t == "" || p.Outcome == Scheduled || p.Outcome == NotSupported {
			return nil, errs.Field("outcome", "error.choice") // these need what a ledger does not hold
		}
		done := p.Answered
		if done.IsZero() || done.After(now) {
			done = now
		}
		if done.Before(c.Registered) { // a slip of the ledger
			done = c.Registered
		}
		es = append(es, dispatched, signed, Event{Type: t, Facts: Facts{At: done.UnixMilli(), Outcome: p.Outcome, Words: Words{Text: p.Answer}}})
		if p.Closed {
			es = append(es, Event{Type: EvClosed, Facts: Facts{At: done.UnixMilli()}})
		}
		return es, nil
	}
	if p.Unit != "" {
		es = append(es, dispatched, signed)
		if p.Handling != "" {
			es = append(es, Event{Type: EvActionRecorded, Facts: Facts{At: at, Words: Words{Text: p.Handling}}})
		}
		return es, nil
	}
	if p.Handling != "" { // kept with the note
		if es[0].Words.Text != "" {
			es[0].Words.Text += "\n"
		}
		es[0].Words.Text += p.Handling
	}
	if es[0].Words.Text == "" && due == nil {
		return nil, nil // the ledger tells nothing: it waits to be accepted like any other word
	}
	return es, nil
}

// VoidBatch takes back at most limit cases of an import behind an id and returns how many it made void, how many it
// left because somebody has done something about them since, and the id to go on from, "" at the end. It needs no right
// to see them: nothing of them is shown.
//
// Errors: Denied.
func (s *Service) VoidBatch(ctx context.Context, a actor.Actor, batch, reason string, after ID, limit int) (voided, kept int, next ID, err error) {
	if !MayImport(a) {
		return 0, 0, "", errs.New(errs.Denied, "error.denied")
	}
	err = s.store.Update(ctx, a.Town, func(tx *db.Tx) error {
		voided, kept, next = 0, 0, ""
		cases, err := ofBatch(ctx, tx, batch, after, limit)
		if err != nil {
			return err
		}
		for _, st := range cases {
			next = st.ID
			if st.touched || !slices.Contains(from[EvVoided], st.State) {
				kept++
				continue
			}
			if st.box != nil {
				if st.Case.Words, err = s.openWords(ctx, tx, st.ID, st.box); err != nil {
					return err
				}
			}
			e := Event{Type: EvVoided, By: by(a), Units: a.Units(), At: tx.Now, Facts: Facts{Words: Words{Reason: reason}}}
			c, err := st.Case.next(e)
			if err != nil {
				return err
			}
			if _, err := s.put(ctx, tx, st.Case, c, e, batch); err != nil {
				return err
			}
			voided++
		}
		if len(cases) < limit {
			next = ""
		}
		return nil
	})
	if err != nil {
		return 0, 0, "", fmt.Errorf("void batch %s: %w", batch, err)
	}
	return voided, kept, next, nil
}

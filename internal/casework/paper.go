package casework

import (
	"context"
	"time"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/id"
	"yanming/internal/journal"
	"yanming/internal/seal"
)

// Slip is a counter slip: a receipt printed before the word is written down. It is folded, so that the clerk does not
// see the code.
type Slip struct {
	Number seal.Number
	Code   string
}

// WaitingSlip is a printed slip that is neither used nor void.
type WaitingSlip struct {
	Number  seal.Number
	Run     string // the slips that were printed together
	Printed time.Time
}

// maxSlips is how many slips one run prints.
const maxSlips = 200

// PrintRun is one run of slips to be printed.
type PrintRun struct {
	Key   journal.Key `json:"-"`
	Count int
}

// PrintSlips reserves n numbers for paper. Each ends as a case, or as void with a reason.
func (s *Service) PrintSlips(ctx context.Context, a actor.Actor, n int) ([]Slip, error) {
	_, slips, err := s.PrintRun(ctx, a, PrintRun{Count: n})
	return slips, err
}

// PrintRun is PrintSlips for a form that may be sent twice: the same key gives the same run, with those of its slips
// that still wait. It also returns the run's id.
func (s *Service) PrintRun(ctx context.Context, a actor.Actor, cmd PrintRun) (run string, slips []Slip, err error) {
	if err := may(a, Case{}, EvRegistered); err != nil {
		return "", nil, err
	}
	if cmd.Count < 1 || cmd.Count > maxSlips {
		return "", nil, errs.Field("n", "case.slips_range", maxSlips)
	}
	town, err := s.townNumber(ctx, a.Town)
	if err != nil {
		return "", nil, err
	}
	digest, err := journal.Digest(cmd)
	if err != nil {
		return "", nil, err
	}
	err = s.store.Update(ctx, a.Town, func(tx *db.Tx) error {
		slips = nil
		answer, seen, err := journal.Once(ctx, tx, cmd.Key, digest)
		if err != nil {
			return err
		}
		if seen {
			run = answer
			slips, err = s.SlipsOf(ctx, tx, a, run)
			return err
		}
		run = id.New(tx.Now)
		numbers, err := freeNumbers(ctx, tx, town, cmd.Count)
		if err != nil {
			return err
		}
		if err := reserveAll(ctx, tx, run, numbers); err != nil {
			return err
		}
		for _, n := range numbers {
			slips = append(slips, s.slip(tx.Town, n))
		}
		e, err := journal.Append(ctx, tx, journal.Event{Kind: "slips", Record: run, N: 1, Type: "printed", Actor: by(a), Payload: map[string]int{"count": cmd.Count}})
		if err != nil {
			return err
		}
		return journal.Remember(ctx, tx, cmd.Key, digest, e, run)
	})
	return run, slips, err
}

// freeNumbers draws n different numbers of a town that are not taken.
func freeNumbers(ctx context.Context, tx *db.Tx, town, n int) ([]seal.Number, error) {
	free, drawn := make([]seal.Number, 0, n), map[seal.Number]bool{}
	for len(free) < n {
		fresh := map[seal.Number]bool{}
		for len(free)+len(fresh) < n {
			fresh[drawNumber(town, drawn)] = true
		}
		taken, err := numbersTaken(ctx, tx, fresh)
		if err != nil {
			return nil, err
		}
		for number := range fresh {
			if !taken[number] {
				free = append(free, number)
			}
		}
	}
	return free, nil
}

func (s *Service) slip(town string, n seal.Number) Slip {
	return Slip{Number: n, Code: s.keys.Code(town, n, 1)}
}

// SlipsOf returns the slips of a run that still wait, with their codes, for printing once more what the printer
// spoilt. NotFound when none waits.
func (s *Service) SlipsOf(ctx context.Context, tx *db.Tx, a actor.Actor, run string) (slips []Slip, err error) {
	if may(a, Case{}, EvRegistered) != nil || a.Town != tx.Town || run == "" {
		return nil, errs.Missing()
	}
	ws, err := waitingSlips(ctx, tx, run)
	if err == nil && len(ws) == 0 {
		err = errs.Missing()
	}
	for _, w := range ws {
		slips = append(slips, s.slip(tx.Town, w.Number))
	}
	return slips, err
}

// WaitingSlips returns every printed slip of the town that is neither used nor void, without codes, the newest first.
func (s *Service) WaitingSlips(ctx context.Context, tx *db.Tx, a actor.Actor) ([]WaitingSlip, error) {
	if may(a, Case{}, EvRegistered) != nil || a.Town != tx.Town {
		return nil, errs.Missing()
	}
	return waitingSlips(ctx, tx, "")
}

// VoidSlip notes that a printed slip was spoilt, and why.
func (s *Service) VoidSlip(ctx context.Context, a actor.Actor, number seal.Number, reason string) error {
	if err := may(a, Case{}, EvRegistered); err != nil {
		return err
	}
	if err := need(reason, "reason"); err != nil {
		return err
	}
	return s.store.Update(ctx, a.Town, func(tx *db.Tx) error {
		if err := spend(ctx, tx, number, "", reason); err != nil {
			return err
		}
		_, err := journal.Append(ctx, tx, journal.Event{Kind: "slip", Record: string(number), N: 1, Type: "voided", Actor: by(a),
			Payload: map[string]string{"reason": reason}})
		return err
	})
}

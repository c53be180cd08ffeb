package casework

import (
	"context"

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

// maxSlips is how many slips one run prints.
const maxSlips = 200

// PrintSlips reserves n numbers for paper. Each ends as a case, or as void with a reason.
func (s *Service) PrintSlips(ctx context.Context, a actor.Actor, n int) (slips []Slip, err error) {
	if err := may(a, Case{}, EvRegistered); err != nil {
		return nil, err
	}
	if n < 1 || n > maxSlips {
		return nil, errs.Field("n", "case.slips_range", maxSlips)
	}
	town, err := s.townNumber(ctx, a.Town)
	if err != nil {
		return nil, err
	}
	run := ""
	err = s.store.Update(ctx, a.Town, func(tx *db.Tx) error {
		slips, run = nil, id.New(tx.Now)
		for range n {
			number, err := takeNumber(ctx, tx, town, "")
			if err != nil {
				return err
			}
			if err := reserve(ctx, tx, run, number); err != nil {
				return err
			}
			slips = append(slips, Slip{Number: number, Code: s.keys.Code(tx.Town, number, 1)})
		}
		_, err := journal.Append(ctx, tx, journal.Event{Kind: "slips", Record: run, N: 1, Type: "printed", Actor: by(a), Payload: map[string]int{"count": n}})
		return err
	})
	return slips, err
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

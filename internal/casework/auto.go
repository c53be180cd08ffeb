package casework

import (
	"context"
	"errors"
	"fmt"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/id"
	"yanming/internal/journal"
)

// atOnce is how many cases one run of the clock takes of each sort; the rest follows with the next run.
const atOnce = 1000

// Tick does what only time does: signs for units that kept silent (auto-sign), and takes scheduled cases up again at
// their planned day. It returns how many cases it touched. A case that cannot be touched holds no other one up; its
// error is returned with the others'.
func (s *Service) Tick(ctx context.Context, town string) (touched int, err error) {
	var silent, ripe []stored
	err = s.store.View(ctx, town, func(tx *db.Tx) (err error) {
		if silent, err = signOverdue(ctx, tx, atOnce); err == nil {
			ripe, err = plannedBy(ctx, tx, atOnce)
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	clock := actor.Actor{Town: town, System: true}
	var bad []error
	do := func(st stored, cmd Command) {
		switch _, err := s.Do(ctx, clock, cmd); {
		case err == nil:
			touched++
		case !errs.Is(err, errs.Conflict): // somebody was quicker: nothing to do
			bad = append(bad, fmt.Errorf("case %s: %w", st.ID, err))
		}
	}
	for _, st := range silent {
		do(st, Sign{On{Key: journal.Key(id.Request()), Case: st.Number}})
	}
	for _, st := range ripe {
		do(st, Resume{On{Key: journal.Key(id.Request()), Case: st.Number}})
	}
	return touched, errors.Join(bad...)
}

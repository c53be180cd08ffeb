package casework

import (
	"context"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/id"
	"yanming/internal/journal"
)

// atOnce is how many cases one transaction of the clock takes.
const atOnce = 100

// Tick does what only time does: signs for units that kept silent (auto-sign), and takes scheduled cases up again at
// their planned day. It returns how many cases it touched.
func (s *Service) Tick(ctx context.Context, town string) (total int, err error) {
	clock := actor.Actor{Town: town, System: true}
	for {
		n := 0
		err := s.store.Update(ctx, town, func(tx *db.Tx) error {
			n = 0
			silent, err := signOverdue(ctx, tx, atOnce)
			if err != nil {
				return err
			}
			ripe, err := plannedBy(ctx, tx, atOnce)
			if err != nil {
				return err
			}
			for _, st := range silent {
				if _, err := s.DoIn(ctx, tx, clock, Sign{On{Key: journal.Key(id.Token()), Case: st.Number}}); err != nil {
					return err
				}
				n++
			}
			for _, st := range ripe {
				if _, err := s.DoIn(ctx, tx, clock, Resume{On{Key: journal.Key(id.Token()), Case: st.Number}}); err != nil {
					return err
				}
				n++
			}
			return nil
		})
		total += n
		if err != nil || n == 0 {
			return total, err
		}
	}
}

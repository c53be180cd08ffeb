package casework

import (
	"context"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/journal"
)

// LedgerRow is a case as a ledger tells it: what was said, its numbers in other systems and what was done, and not who
// spoke.
type LedgerRow struct {
	Case      Case
	Externals []External // as Sheet has them
	Steps     []Step     // the oldest first
}

// Ledger returns a page of what List lists as rows of a ledger, without the cases whose words lie under a key; next is
// Page.Next. It asks a fixed number of statements, however long the page.
func (s *Service) Ledger(ctx context.Context, tx *db.Tx, a actor.Actor, f Filter) (rows []LedgerRow, next string, err error) {
	p, err := s.List(ctx, tx, a, f)
	if err != nil {
		return nil, "", err
	}
	var ids []string
	for _, c := range p.Cases {
		if !c.Visibility.UnderKey() {
			ids, rows = append(ids, string(c.ID)), append(rows, LedgerRow{Case: c})
		}
	}
	if len(ids) == 0 {
		return nil, p.Next, nil
	}
	es, err := journal.Histories(ctx, tx, ids)
	if err != nil {
		return nil, "", err
	}
	steps, err := s.read(ctx, tx, es)
	if err != nil {
		return nil, "", err
	}
	externals, err := externalsOfAll(ctx, tx, ids)
	if err != nil {
		return nil, "", err
	}
	for i, r := range rows {
		rows[i].Steps, rows[i].Externals = steps[r.Case.ID], externals[r.Case.ID]
	}
	return rows, p.Next, nil
}

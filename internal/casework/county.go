package casework

import (
	"context"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/seal"
)

// Redacted returns a page of a town's open cases as the county sees them: kind, category, village, unit, state and
// dates; no words, no name, and a title only where it was published. NotFound for a town of another county, and for
// whoever does not look at it for the county.
func (s *Service) Redacted(ctx context.Context, tx *db.Tx, a actor.Actor, f Filter) (Page, error) {
	if err := s.overTown(ctx, tx, a); err != nil {
		return Page{}, err
	}
	// Seen as the town's own inspection sees it, which is every open case and nothing in confidence: nobody is its reader.
	p, err := s.List(ctx, tx, actor.Actor{Town: tx.Town, Person: "county", Posts: []actor.Post{{Role: actor.Inspection}}}, f)
	for i, c := range p.Cases {
		p.Cases[i] = redacted(c)
	}
	return p, err
}

// RedactedCase returns one open case as the county sees it.
func (s *Service) RedactedCase(ctx context.Context, tx *db.Tx, a actor.Actor, number seal.Number) (Case, error) {
	if err := s.overTown(ctx, tx, a); err != nil {
		return Case{}, err
	}
	st, err := findNumber(ctx, tx, number)
	if err == nil && (st.Veiled() || st.State == Void) {
		err = errs.Missing()
	}
	return redacted(st.Case), err
}

// overTown asks whether the actor looks at the transaction's town for its county.
func (s *Service) overTown(ctx context.Context, tx *db.Tx, a actor.Actor) error {
	dir, err := s.orgs.Load(ctx, tx)
	if err != nil {
		return err
	}
	if !auth.Can(a, auth.RightCounty) || a.Town == "" || dir.Town.Parent != a.Town {
		return errs.Missing()
	}
	return nil
}

func redacted(c Case) Case {
	c.Words = Words{Title: c.PublicTitle}
	c.Rest = Rest{PublicTitle: c.PublicTitle, Planned: c.Planned, Assist: c.Assist}
	c.Handler, c.SecretTag = "", nil
	return c
}

package casework

import (
	"cmp"
	"context"
	"slices"

	"yanming/internal/actor"
	"yanming/internal/db"
)

// alikeShown is how many cases Alike returns at most, of alikeRead that it looks at.
const (
	alikeShown = 6
	alikeRead  = 200
)

// Alike returns what is in hand of a case's village and category as far as a sees it, for whoever asks whether the matter is
// known already: what shares most of its title first. Where the case has no village or category yet, any is right. A case
// under a key is like nothing: its words are nobody's to compare.
func (s *Service) Alike(ctx context.Context, tx *db.Tx, a actor.Actor, c Case) ([]Case, error) {
	if c.Visibility.UnderKey() {
		return nil, nil
	}
	p, err := s.List(ctx, tx, a, Filter{View: All, Village: c.Village, Category: c.Category, Brief: true, Limit: alikeRead})
	if err != nil {
		return nil, err
	}
	cs := slices.DeleteFunc(p.Cases, func(x Case) bool { return x.ID == c.ID || x.Visibility.UnderKey() })
	own := pairs(c.Words.Title)
	likeness := map[ID]float64{}
	for _, x := range cs {
		likeness[x.ID] = dice(own, pairs(x.Words.Title))
	}
	slices.SortStableFunc(cs, func(x, y Case) int { return cmp.Compare(likeness[y.ID], likeness[x.ID]) })
	return cs[:min(len(cs), alikeShown)], nil
}

// pairs are the pairs of neighbours among a text's characters.
func pairs(text string) map[[2]rune]bool {
	out, rs := map[[2]rune]bool{}, []rune(text)
	for i := 1; i < len(rs); i++ {
		out[[2]rune{rs[i-1], rs[i]}] = true
	}
	return out
}

// dice is the Sørensen–Dice coefficient of two sets: 0 where they share nothing, 1 where they are the same.
func dice(a, b map[[2]rune]bool) float64 {
	if len(a)+len(b) == 0 {
		return 0
	}
	both := 0
	for p := range a {
		if b[p] {
			both++
		}
	}
	return 2 * float64(both) / float64(len(a)+len(b))
}

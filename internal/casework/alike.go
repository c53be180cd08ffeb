package casework

import (
	"cmp"
	"context"
	"slices"

	"yanming/internal/actor"
	"yanming/internal/db"
)

const (
	alikeShown   = 6    // cases that Alike returns at most
	alikeRead    = 2000 // of so many that it looks at: more than a village has in hand
	sameCategory = 0.3  // what the same category adds to the likeness of titles
	alikeEnough  = 0.15 // what is less alike is left out: a pair such as 没人 is in every other title
)

// Alike returns what is in hand of a case's village, or of its category where no village is known, as far as a sees it: for
// whoever asks whether the matter is known already. What shares most of its title comes first, one of the same category before
// another; what shares neither, or next to nothing, is left out. A case under a key is like nothing: its words are nobody's to compare.
func (s *Service) Alike(ctx context.Context, tx *db.Tx, a actor.Actor, c Case) ([]Case, error) {
	if c.Visibility.UnderKey() || c.Village == "" && c.Category == "" {
		return nil, nil
	}
	f := Filter{View: All, Village: c.Village, Brief: true, Limit: alikeRead}
	if c.Village == "" {
		f.Category = c.Category
	}
	p, err := s.List(ctx, tx, a, f)
	if err != nil {
		return nil, err
	}
	own, likeness := pairs(c.Words.Title), map[ID]float64{}
	for _, x := range p.Cases {
		likeness[x.ID] = dice(own, pairs(x.Words.Title))
		if c.Category != "" && x.Category == c.Category {
			likeness[x.ID] += sameCategory
		}
	}
	cs := slices.DeleteFunc(p.Cases, func(x Case) bool { return x.ID == c.ID || x.Visibility.UnderKey() || likeness[x.ID] < alikeEnough })
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

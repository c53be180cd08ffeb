package search

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestTwoRunsInterleaveIntoOneOrder(t *testing.T) {
	newestFirst := func(a, b posting) int { return cmp.Compare(b.doc, a.doc) }
	var spare []posting
	for range 2000 {
		docs, all := []posting{}, map[int64]bool{}
		for i := range 2 {
			run := len(docs)
			for range rand.IntN(9) {
				if doc := rand.Int64N(30) + int64(1-i)*rand.Int64N(30); !all[doc] {
					all[doc] = true
					docs = append(docs, posting{doc: doc, kinds: uint8(doc)})
				}
			}
			slices.SortFunc(docs[run:], newestFirst)
			before := slices.Clone(docs)
			spare = interleave(docs, run, spare)
			slices.SortFunc(before, newestFirst)
			if !slices.Equal(docs, before) {
				t.Fatalf("got %v, want %v", docs, before)
			}
		}
	}
}

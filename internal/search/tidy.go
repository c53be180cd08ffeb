package search

import (
	"cmp"
	"context"
	"math/bits"
	"slices"

	"yanming/internal/db"
)

// Merging. Segments of one size class are merged once there are fan of them, so each page is written once for each class:
// some six times before an index has a gigabyte. What a Put adds in bytes, tidying may write tidyShare times over, so it
// keeps up, and tidyLeast at least.
const (
	fan       = 8
	tidyShare = 10
	tidyLeast = 128 << 10
)

// class is the size class of a segment: up to 64 KB, and eight times as much for each above.
func (s segment) class() int { return bits.Len64(uint64(s.bytes)>>16) / 3 }

// tidy begins the merges that are due, goes on with those that were begun, and takes pages of spent segments away.
func tidy(ctx context.Context, tx *db.Tx, all []segment, wrote int) error {
	all, err := begin(ctx, tx, all)
	if err != nil {
		return err
	}
	budget := tidyShare*wrote + tidyLeast
	slices.SortFunc(all, func(a, b segment) int { return cmp.Compare(a.bytes, b.bytes) }) // small ones are done at once
	for _, s := range all {
		if budget <= 0 {
			return nil
		}
		n := 0
		switch s.state {
		case growing:
			n, err = grow(ctx, tx, s, all, budget)
		case spent:
			n, err = clear(ctx, tx, s, budget)
		}
		if err != nil {
			return err
		}
		budget -= n
	}
	return nil
}

// begin starts a merge of each class that has enough segments.
func begin(ctx context.Context, tx *db.Tx, all []segment) ([]segment, error) {
	free := map[int][]int{}
	last := int64(0)
	for i, s := range all {
		last = max(last, s.number)
		if s.state == readable && s.into == 0 {
			free[s.class()] = append(free[s.class()], i)
		}
	}
	for _, is := range free {
		if len(is) < fan {
			continue
		}
		last++
		next := segment{number: last, state: growing}
		for _, i := range is {
			all[i].into = next.number
			next.newest = max(next.newest, all[i].newest)
			if err := all[i].save(ctx, tx); err != nil {
				return nil, err
			}
		}
		if err := next.save(ctx, tx); err != nil {
			return nil, err
		}
		all = append(all, next)
	}
	return all, nil
}

// clear takes away about as many bytes of pages as are left to spend, and the segment with the last.
func clear(ctx context.Context, tx *db.Tx, s segment, budget int) (n int, err error) {
	pages := budget/pageBytes + 1
	var term int64
	more, err := tx.Row(ctx, `SELECT term FROM search_pages WHERE town_id = $1 AND segment = $2 ORDER BY term, behind LIMIT 1 OFFSET $3`, s.number, pages).Maybe(&term)
	if err != nil {
		return 0, err
	}
	if more {
		_, err = tx.Exec(ctx, `DELETE FROM search_pages WHERE town_id = $1 AND segment = $2 AND term <= $3`, s.number, term)
		return budget, err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM search_pages WHERE town_id = $1 AND segment = $2`, s.number); err != nil {
		return 0, err
	}
	_, err = tx.Exec(ctx, `DELETE FROM search_segments WHERE town_id = $1 AND segment = $2`, s.number)
	return int(min(s.bytes, int64(budget))), err
}

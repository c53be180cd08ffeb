package search

import (
	"context"

	"yanming/internal/db"
)

// list walks the docs of one term in one segment that the right characters follow, the newest first, as their distance
// behind the segment's newest.
type list struct {
	tx      *db.Tx
	segment int64
	sought

	page   key  // the page that is open
	opened bool // one is
	piece  []byte
	ended  bool  // no other page has the term
	behind int64 // of the doc it stands on
	on     bool  // it stands on one
}

// seek moves to the first doc that is at least target behind, and reports whether there is one. target never falls.
func (l *list) seek(ctx context.Context, target int64) (bool, error) {
	if l.on && l.behind >= target {
		return true, nil
	}
	for follow := true; ; follow = false {
		for len(l.piece) > 0 {
			d, kinds, n := takePosting(l.piece, isPair(l.term))
			if n == 0 {
				return false, errBroken
			}
			l.behind, l.piece = l.behind+d, l.piece[n:]
			if l.on = l.behind >= target && kinds&l.kinds == l.kinds; l.on {
				return true, nil
			}
		}
		if l.opened { // all of the page was gone through, perhaps beyond target: what was there did not have the right followers
			target = max(target, l.behind+1)
		}
		ok, err := false, error(nil)
		if !l.ended {
			ok, err = l.turn(ctx, target, follow)
		}
		if err != nil || !ok {
			l.on = false
			return false, err
		}
	}
}

// turn opens the page that follows, or, where that did not reach far enough, the one in which target is. target lies behind
// all that an open page has, so that no page is opened twice.
func (l *list) turn(ctx context.Context, target int64, follow bool) (bool, error) {
	if !l.opened {
		k, page, ok, err := pageAt(ctx, l.tx, l.segment, key{l.term, target})
		if err != nil || !ok {
			return false, err
		}
		l.opened = true
		return true, l.open(k, page)
	}
	if !follow {
		k, page, ok, err := pageAt(ctx, l.tx, l.segment, key{l.term, target})
		if err != nil {
			return false, err
		}
		if ok && k != l.page {
			return true, l.open(k, page)
		}
	}
	k, page, ok, err := pageAfter(ctx, l.tx, l.segment, l.page)
	if err != nil || !ok || k.term != l.term {
		return false, err
	}
	return true, l.open(k, page)
}

// open finds the term in a page. Another page can have it too only where it is the last of this one.
func (l *list) open(k key, page []byte) error {
	l.page, l.behind, l.piece = k, 0, nil
	e := openPage(k.term, page)
	for e.next() && e.term <= l.term {
		if e.term == l.term {
			l.piece = e.piece
		}
	}
	l.ended = l.piece == nil || e.term > l.term
	return e.err
}

// meet walks the docs that all terms have in one segment.
type meet struct {
	newest int64
	lists  []*list
}

// next returns the first doc that is below a bound, and reports whether there is one.
func (m *meet) next(ctx context.Context, below int64) (doc int64, ok bool, err error) {
	target := max(m.newest-below+1, 0)
	for i := 0; i < len(m.lists); i++ {
		l := m.lists[i]
		if ok, err := l.seek(ctx, target); err != nil || !ok {
			return 0, false, err
		}
		if l.behind > target { // all have to be asked again
			target, i = l.behind, -1
		}
	}
	return m.newest - target, true, nil
}

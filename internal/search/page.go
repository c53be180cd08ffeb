package search

import (
	"encoding/binary"
	"errors"
)

// A page holds entries in order of term: how much the term is above that of the entry before, how many bytes follow, and
// these: the docs in which the term occurs, the newest first, each as its distance from the one before, and behind each, of
// a pair, a byte that says what follows it there. All else is unsigned varints. A distance is counted from the segment's
// newest doc on; whole seconds are kept short.
//
// A term with many docs has a piece in several pages, each of which but the first begins with it. So a page's key says
// all: the term of its first entry, and how far behind the newest doc that entry begins, or 0 where the term begins here.

// pageBytes is how long a page may be: with its key it fills one of SQLite's, and two of them one of PostgreSQL's.
const pageBytes = 3900

// posting says that a doc has a term, and of a pair which kinds of character follow it there.
type posting struct {
	doc   int64
	kinds uint8
}

// key is where a page stands within its segment.
type key struct{ term, behind int64 }

// Entries shorter than littleRoom are not begun at the end of a page.
const littleRoom = 64

// binder makes pages of terms that come in order.
type binder struct {
	newest int64 // doc of the segment
	put    func(key, []byte)

	at    key
	last  int64 // term of the last entry
	page  []byte
	piece []byte
	bytes int // of all pages that were put
}

// add takes a term with its docs, the newest first. Terms come in ascending order.
func (b *binder) add(term int64, docs []posting) {
	for i := 0; i < len(docs); {
		if len(b.page) > pageBytes-littleRoom {
			b.flush()
		}
		if len(b.page) == 0 {
			b.at, b.last = key{term: term}, term
			if i > 0 {
				b.at.behind = b.newest - docs[i].doc
			}
		}
		room := pageBytes - len(b.page) - 16 // of the entry's own numbers
		before := b.newest
		b.piece = b.piece[:0]
		for i < len(docs) && len(b.piece) < room {
			b.piece = appendDistance(b.piece, before-docs[i].doc)
			if isPair(term) {
				b.piece = append(b.piece, docs[i].kinds)
			}
			before = docs[i].doc
			i++
		}
		b.page = binary.AppendUvarint(b.page, uint64(term-b.last))
		b.page = binary.AppendUvarint(b.page, uint64(len(b.piece)))
		b.page = append(b.page, b.piece...)
		b.last = term
	}
}

// flush puts the page that was begun.
func (b *binder) flush() {
	if len(b.page) > 0 {
		b.put(b.at, b.page)
		b.bytes += len(b.page)
		b.page = nil
	}
}

// appendDistance writes a distance: of whole seconds where it is that, of docs where not.
func appendDistance(dst []byte, d int64) []byte {
	if d&(1<<countBits-1) == 0 {
		return binary.AppendUvarint(dst, uint64(d>>countBits)<<1)
	}
	return binary.AppendUvarint(dst, uint64(d)<<1|1)
}

// takePosting reads what appendDistance wrote, and the kinds behind it, of a pair; n is its length, 0 where it is broken.
func takePosting(b []byte, pair bool) (distance int64, kinds uint8, n int) {
	x, n := binary.Uvarint(b)
	if distance = int64(x >> 1); x&1 == 0 {
		distance <<= countBits
	}
	switch {
	case n <= 0 || pair && n == len(b):
		return 0, 0, 0
	case pair:
		return distance, b[n], n + 1
	}
	return distance, 0, n
}

var errBroken = errors.New("a page of the search index is broken")

// entries walks a page whose first term is first.
type entries struct {
	term  int64
	piece []byte
	rest  []byte
	err   error
}

func openPage(first int64, page []byte) entries { return entries{term: first, rest: page} }

// next moves to the next entry and reports whether there was one.
func (e *entries) next() bool {
	if len(e.rest) == 0 {
		return false
	}
	above, n := binary.Uvarint(e.rest)
	size, m := binary.Uvarint(e.rest[max(n, 0):])
	if n <= 0 || m <= 0 || size > uint64(len(e.rest)-n-m) {
		e.rest, e.err = nil, errBroken
		return false
	}
	e.term += int64(above)
	e.piece, e.rest = e.rest[n+m:n+m+int(size)], e.rest[n+m+int(size):]
	return true
}

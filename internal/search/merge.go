package search

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"yanming/internal/db"
)

// grow brings a segment that others are merged into further by about as many bytes as there are to spend, and makes it
// readable in their place when it has everything. It returns how many bytes it wrote.
func grow(ctx context.Context, tx *db.Tx, s segment, all []segment, budget int) (int, error) {
	gone, err := goneDocs(ctx, tx)
	if err != nil {
		return 0, err
	}
	var from []*reader
	for _, o := range all {
		if o.into == s.number && o.state == readable {
			from = append(from, &reader{tx: tx, segment: o})
		}
	}
	slices.SortFunc(from, func(a, b *reader) int { return cmp.Compare(b.segment.newest, a.segment.newest) })
	for _, r := range from {
		if err := r.open(ctx, s.upto+1); err != nil {
			return 0, err
		}
	}
	rows := pageRows{tx: tx, segment: s.number}
	b := binder{newest: s.newest, put: func(k key, page []byte) { rows.put(ctx, k, page) }}
	ended := false
	var docs, spare []posting
	for b.bytes < budget {
		term, ok := lowest(from)
		if ended = !ok; ended {
			break
		}
		docs = docs[:0]
		for _, r := range from {
			run := len(docs)
			if docs, err = r.take(ctx, term, docs); err != nil {
				return 0, err
			}
			spare = interleave(docs, run, spare)
		}
		if len(gone) > 0 {
			docs = slices.DeleteFunc(docs, func(p posting) bool { return gone[p.doc] })
		}
		b.add(term, docs)
		s.upto = term
	}
	b.flush()
	if rows.write(ctx); rows.err != nil {
		return 0, rows.err
	}
	s.bytes += int64(b.bytes)
	if ended {
		if err := s.replace(ctx, tx, from); err != nil {
			return 0, err
		}
	}
	return b.bytes, s.save(ctx, tx)
}

// interleave brings two runs of docs, each with the newest first, into one order: the second begins at run. Segments that
// follow one another share hardly a moment, so little is moved. spare is room for that, which is returned for the next.
func interleave(docs []posting, run int, spare []posting) []posting {
	if run == 0 || run == len(docs) || docs[run-1].doc > docs[run].doc {
		return spare
	}
	i, _ := slices.BinarySearchFunc(docs[:run], docs[run].doc, func(p posting, doc int64) int { return cmp.Compare(doc, p.doc) })
	spare = append(spare[:0], docs[i:run]...)
	for first := spare; len(first) > 0; i++ {
		if run < len(docs) && docs[run].doc > first[0].doc {
			docs[i] = docs[run]
			run++
		} else {
			docs[i], first = first[0], first[1:]
		}
	}
	return spare
}

// replace makes the segment readable and those that it was made of spent.
func (s *segment) replace(ctx context.Context, tx *db.Tx, from []*reader) error {
	s.state = readable
	for _, r := range from {
		r.segment.state = spent
		if err := r.segment.save(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// goneDocs returns the numbers of texts that were taken out.
func goneDocs(ctx context.Context, tx *db.Tx) (map[int64]bool, error) {
	gone := map[int64]bool{}
	err := tx.Each(ctx, func(r *sql.Rows) error {
		var doc int64
		err := r.Scan(&doc)
		gone[doc] = true
		return err
	}, `SELECT doc FROM search_gone WHERE town_id = $1`)
	return gone, err
}

// lowest returns the lowest term that a reader stands on, and reports whether any stands on one.
func lowest(from []*reader) (term int64, ok bool) {
	for _, r := range from {
		if !r.ended && (!ok || r.entries.term < term) {
			term, ok = r.entries.term, true
		}
	}
	return term, ok
}

// reader goes through the terms of a segment in order.
type reader struct {
	tx      *db.Tx
	segment segment
	entries entries // of the present page
	pages   []page  // read ahead
	last    key     // of the last page that was read
	ended   bool
}

type page struct {
	at   key
	data []byte
}

// ahead is how many pages a reader fetches at once.
const ahead = 32

// open moves to the first term that is not below one.
func (r *reader) open(ctx context.Context, term int64) error {
	k, data, ok, err := pageAt(ctx, r.tx, r.segment.number, key{term: term})
	if err != nil {
		return err
	}
	if r.last = (key{term: -1}); ok {
		r.last, r.entries = k, openPage(k.term, data)
	}
	for {
		if err := r.next(ctx); err != nil || r.ended || r.entries.term >= term {
			return err
		}
	}
}

// next moves to the next entry.
func (r *reader) next(ctx context.Context) error {
	for !r.entries.next() {
		if r.entries.err != nil {
			return r.entries.err
		}
		if len(r.pages) == 0 {
			if err := r.fetch(ctx); err != nil {
				return err
			}
			if len(r.pages) == 0 {
				r.ended = true
				return nil
			}
		}
		r.entries, r.pages = openPage(r.pages[0].at.term, r.pages[0].data), r.pages[1:]
	}
	return nil
}

func (r *reader) fetch(ctx context.Context) error {
	r.pages = make([]page, 0, ahead)
	return r.tx.Each(ctx, func(rows *sql.Rows) error {
		var p page
		err := rows.Scan(&p.at.term, &p.at.behind, &p.data)
		r.pages, r.last = append(r.pages, p), p.at
		return err
	}, `SELECT term, behind, data FROM search_pages WHERE town_id = $1 AND segment = $2 AND (term, behind) > ($3, $4)
		ORDER BY term, behind LIMIT $5`, r.segment.number, r.last.term, r.last.behind, ahead)
}

// take appends the docs of a term, all its pieces, and moves behind it.
func (r *reader) take(ctx context.Context, term int64, docs []posting) ([]posting, error) {
	for !r.ended && r.entries.term == term {
		doc := r.segment.newest
		for piece := r.entries.piece; len(piece) > 0; {
			d, kinds, n := takePosting(piece, isPair(term))
			if n == 0 {
				return nil, errBroken
			}
			doc, piece = doc-d, piece[n:]
			docs = append(docs, posting{doc, kinds})
		}
		if err := r.next(ctx); err != nil {
			return nil, err
		}
	}
	return docs, nil
}

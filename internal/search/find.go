package search

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"yanming/internal/db"
)

// Query asks for records. Text is words separated by spaces, all of which must occur; a phrase in quotation marks
// ("…" or “…”) keeps its spaces. An empty Kind is any.
type Query struct {
	Kind   string
	Text   string
	Before int64 // the Place of the last hit of the page before; 0 for the first page
	Limit  int   // 50 when 0
}

// Hit is a record found. Place orders hits, the newest highest; it means nothing else and may change with a Put.
type Hit struct {
	Kind   string
	Record string
	Place  int64
}

// Find returns the hits of a query, the newest first.
// Errors: those of Words.
func Find(ctx context.Context, tx *db.Tx, q Query) ([]Hit, error) {
	words, err := Words(q.Text)
	if err != nil {
		return nil, err
	}
	hits, err := newest(ctx, tx, q, words)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	return hits, nil
}

// Docs are looked up together, few at least and atOnce at most: some may turn out to be no hits.
const (
	few    = 50
	atOnce = 200
)

func newest(ctx context.Context, tx *db.Tx, q Query, words []string) (hits []Hit, err error) {
	if q.Limit <= 0 {
		q.Limit = 50
	}
	terms, exact := seek(words)
	if exact {
		words = nil
	}
	w, err := openWalk(ctx, tx, terms, q.Before)
	if err != nil {
		return nil, err
	}
	for len(hits) < q.Limit {
		docs, err := w.take(ctx, min(max(q.Limit-len(hits), few), atOnce))
		if err != nil || len(docs) == 0 {
			return hits, err
		}
		found, err := lookUp(ctx, tx, q.Kind, docs, words)
		if err != nil {
			return nil, err
		}
		hits = append(hits, found...)
	}
	return hits[:q.Limit], nil
}

// lookUp returns those of the docs that still stand, are of the kind and have the words, in their order.
func lookUp(ctx context.Context, tx *db.Tx, kind string, docs []int64, words []string) (hits []Hit, err error) {
	body := "''"
	if len(words) > 0 {
		body = "body"
	}
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var h Hit
		var text sql.RawBytes
		if err := r.Scan(&h.Kind, &h.Record, &h.Place, &text); err != nil {
			return err
		}
		for _, w := range words {
			if !strings.Contains(string(text), w) {
				return nil
			}
		}
		if kind == "" || kind == h.Kind {
			hits = append(hits, h)
		}
		return nil
	}, `SELECT kind, record_id, doc, `+body+` FROM search_docs WHERE town_id = $1 AND doc `+tx.OneOfNumbers(2), db.Numbers(docs))
	slices.SortFunc(hits, func(a, b Hit) int { return cmp.Compare(b.Place, a.Place) })
	return hits, err
}

// walk walks the docs that have all terms, over all segments, the newest first.
type walk struct {
	tx      *db.Tx
	terms   []sought
	sources []source
}

// source is one segment of a walk. Until it is opened, doc is only the highest that it may have.
type source struct {
	segment segment
	meet    *meet
	doc     int64
}

// openWalk begins a walk below a doc, or at the newest for 0.
func openWalk(ctx context.Context, tx *db.Tx, terms []sought, before int64) (*walk, error) {
	all, err := segments(ctx, tx)
	w := &walk{tx: tx, terms: terms}
	for _, s := range all {
		top := s.newest
		if before != 0 {
			top = min(top, before-1)
		}
		if s.state == readable {
			w.sources = append(w.sources, source{segment: s, doc: top})
		}
	}
	return w, err
}

// take returns the next docs, at most n; none at the end.
func (w *walk) take(ctx context.Context, n int) (docs []int64, err error) {
	for len(docs) < n && len(w.sources) > 0 {
		i := 0 // of the source that may have the newest
		for j := range w.sources {
			if w.sources[j].doc > w.sources[i].doc {
				i = j
			}
		}
		s := &w.sources[i]
		below := s.doc
		if s.meet == nil {
			s.meet, below = w.meet(s.segment), s.doc+1
		} else {
			docs = append(docs, s.doc)
		}
		doc, ok, err := s.meet.next(ctx, below)
		if err != nil {
			return nil, err
		}
		if !ok {
			w.sources = slices.Delete(w.sources, i, i+1)
			continue
		}
		s.doc = doc
	}
	return docs, nil
}

func (w *walk) meet(s segment) *meet {
	m := &meet{newest: s.newest}
	for _, t := range w.terms {
		m.lists = append(m.lists, &list{tx: w.tx, segment: s.number, sought: t})
	}
	return m
}

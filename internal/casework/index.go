package casework

import (
	"context"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/journal"
	"yanming/internal/seal"
	"yanming/internal/search"
)

// Index keeps the text of open cases searchable, behind the journal by its own mark. Private and sealed text is never
// given to it.
type Index struct{ s *Service }

// Index returns the deriver of the search index.
func (s *Service) Index() Index { return Index{s} }

// Name is the deriver's mark.
func (Index) Name() string { return "case_search" }

// Apart says that the index can be rebuilt at any time.
func (Index) Apart() bool { return true }

// Lean says that it goes by the cases as they are.
func (Index) Lean() bool { return true }

// Concerns reports whether an event is about a case.
func (Index) Concerns(e journal.Entry) bool { return e.Kind == recordKind }

// Derive puts the present text of every case that the events are about into the index.
func (x Index) Derive(ctx context.Context, tx *db.Tx, events []journal.Entry) error {
	var ids []string
	seen := map[string]bool{}
	for _, e := range events {
		if e.Kind == recordKind && !seen[e.Record] {
			seen[e.Record] = true
			ids = append(ids, e.Record)
		}
	}
	docs, err := searchable(ctx, tx, ids)
	if err != nil {
		return err
	}
	return search.Put(ctx, tx, recordKind, docs...)
}

// found is how many hits of a search are read at a time, after the first time, which a page is made of where the asker sees
// every hit.
const found = 200

// Search returns the cases that a sees whose text holds the words, the newest first. A whole receipt number is looked
// up as that. Only open text is searched.
func (s *Service) Search(ctx context.Context, tx *db.Tx, a actor.Actor, words string, f Filter) (Page, error) {
	if n, err := seal.ParseNumber(words); err == nil {
		f.Number, f.View = n, Every
		return s.List(ctx, tx, a, f)
	}
	if a.Person == "" || scopeOf(a).nothing() {
		return Page{}, nil
	}
	if f.Limit == 0 {
		f.Limit = 50
	}
	q := search.Query{Kind: recordKind, Text: words, Limit: f.Limit + 1}
	at, _, err := readPlace(f.After)
	if err != nil {
		return Page{}, err
	}
	q.Before = at
	var out Page
	for {
		hits, err := search.Find(ctx, tx, q)
		if err != nil {
			return Page{}, err
		}
		seen, err := s.seen(ctx, tx, a, hits, f)
		if err != nil {
			return Page{}, err
		}
		for _, h := range hits {
			c, ok := seen[ID(h.Record)]
			if !ok {
				continue
			}
			if len(out.Cases) == f.Limit {
				out.Next = place(q.Before, string(out.Cases[f.Limit-1].ID))
				return out, nil
			}
			out.Cases = append(out.Cases, c)
			q.Before = h.Place
		}
		if len(hits) < q.Limit {
			return out, nil
		}
		q.Limit = found
		q.Before = hits[len(hits)-1].Place
	}
}

// seen returns those of the hits that the actor sees under the filter.
func (s *Service) seen(ctx context.Context, tx *db.Tx, a actor.Actor, hits []search.Hit, f Filter) (map[ID]Case, error) {
	out := map[ID]Case{}
	if len(hits) == 0 {
		return out, nil
	}
	f.After, f.Newest, f.Limit, f.oneOf = "", true, len(hits), tx.OneOf
	for _, h := range hits {
		f.ids = append(f.ids, h.Record)
	}
	p, err := s.List(ctx, tx, a, f)
	for _, c := range p.Cases {
		out[c.ID] = c
	}
	return out, err
}

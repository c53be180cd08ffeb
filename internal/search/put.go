package search

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"unicode/utf8"

	"yanming/internal/db"
	"yanming/internal/errs"
)

// Doc is what a record of a kind is found by. At is when the record counts as made, in Unix ms; those of one second are
// in the order they were put. Gone takes it out of the index; it may not be there. It is for open text only.
type Doc struct {
	Record string
	At     int64
	Text   string
	Gone   bool
}

// text is a text in the index under its number.
type text struct {
	doc  int64
	body string
}

// Put makes the texts of docs what these records are found by, instead of what they were before, within a transaction of
// db.Derive. A text that is as it was costs one look. No record may stand in docs twice.
// Errors: Invalid field "text" where one is longer than MaxText; another where there are more than MaxPut.
func Put(ctx context.Context, tx *db.Tx, kind string, docs ...Doc) error {
	if len(docs) == 0 {
		return nil
	}
	if len(docs) > MaxPut {
		return fmt.Errorf("index %d texts at once", len(docs))
	}
	if err := put(ctx, tx, kind, docs); err != nil {
		return fmt.Errorf("index %d of %s: %w", len(docs), kind, err)
	}
	return nil
}

func put(ctx context.Context, tx *db.Tx, kind string, docs []Doc) error {
	was, err := known(ctx, tx, kind, docs)
	if err != nil {
		return err
	}
	next := map[int64]int64{} // first doc of a second → the next free one
	var fresh []text
	var args []any
	for _, d := range docs {
		body, first := Normalise(d.Text), firstDoc(d.At)
		old, there := was[d.Record]
		if !d.Gone && utf8.RuneCountInString(body) > MaxText {
			return errs.Field("text", "search.text_long", MaxText)
		}
		if there && !d.Gone && old.body == body && old.doc>>countBits == first>>countBits {
			continue
		}
		if there {
			if err := remove(ctx, tx, kind, d.Record, old.doc); err != nil {
				return err
			}
		}
		if d.Gone {
			continue
		}
		doc, err := number(ctx, tx, first, next)
		if err != nil {
			return err
		}
		fresh = append(fresh, text{doc, body})
		args = append(args, kind, d.Record, doc, body)
	}
	if len(fresh) == 0 {
		return nil
	}
	if err := tx.Insert(ctx, `INSERT INTO search_docs (town_id, kind, record_id, doc, body) VALUES`, "", 4, args); err != nil {
		return err
	}
	return index(ctx, tx, fresh)
}

// known returns what the index has of the records, by their ids.
func known(ctx context.Context, tx *db.Tx, kind string, docs []Doc) (map[string]text, error) {
	ids := make([]string, len(docs))
	for i, d := range docs {
		ids[i] = d.Record
	}
	out := map[string]text{}
	err := tx.Each(ctx, func(r *sql.Rows) error {
		var record string
		var t text
		err := r.Scan(&record, &t.doc, &t.body)
		out[record] = t
		return err
	}, `SELECT record_id, doc, body FROM search_docs WHERE town_id = $1 AND kind = $2 AND record_id `+tx.OneOf(3), kind, db.Texts(ids))
	return out, err
}

// number returns a doc of a second that no text had yet.
func number(ctx context.Context, tx *db.Tx, first int64, next map[int64]int64) (int64, error) {
	doc, ok := next[first]
	if !ok {
		var last sql.NullInt64
		err := tx.Row(ctx, `SELECT max(doc) FROM (SELECT max(doc) AS doc FROM search_docs WHERE town_id = $1 AND doc >= $2 AND doc < $3
			UNION ALL SELECT max(doc) FROM search_gone WHERE town_id = $1 AND doc >= $2 AND doc < $3) used`, first, first+1<<countBits).Scan(&last)
		if err != nil {
			return 0, err
		}
		if doc = first; last.Valid {
			doc = last.Int64 + 1
		}
	}
	if doc >= first+1<<countBits {
		return 0, fmt.Errorf("more than %d records in one second", 1<<countBits)
	}
	next[first] = doc + 1
	return doc, nil
}

// remove takes a text out. Its terms stay in their segment until that is merged, and its number is not used again.
func remove(ctx context.Context, tx *db.Tx, kind, record string, doc int64) error {
	_, err := tx.Exec(ctx, `DELETE FROM search_docs WHERE town_id = $1 AND kind = $2 AND record_id = $3`, kind, record)
	if err == nil {
		_, err = tx.Exec(ctx, `INSERT INTO search_gone (town_id, doc) VALUES ($1, $2)`, doc)
	}
	return err
}

// index writes a segment of texts and tidies up a little.
func index(ctx context.Context, tx *db.Tx, texts []text) error {
	slices.SortFunc(texts, func(a, b text) int { return cmp.Compare(b.doc, a.doc) })
	all, err := segments(ctx, tx)
	if err != nil {
		return err
	}
	s := segment{number: 1, state: readable, newest: texts[0].doc}
	for _, other := range all {
		s.number = max(s.number, other.number+1)
	}
	rows := pageRows{tx: tx, segment: s.number}
	b := binder{newest: s.newest, put: func(k key, page []byte) { rows.put(ctx, k, page) }}
	bind(&b, texts)
	b.flush()
	if rows.write(ctx); rows.err != nil {
		return rows.err
	}
	s.bytes = int64(b.bytes)
	if err := s.save(ctx, tx); err != nil {
		return err
	}
	return tidy(ctx, tx, append(all, s), b.bytes)
}

// MaxPut is the most texts of one Put.
const MaxPut = 1 << placeBits

// An occurrence is a term, below it the place of the text in its Put, and below that what follows it there.
const (
	kindBits  = 3
	placeBits = 64 - 2*runeBits - kindBits
	termShift = kindBits + placeBits
)

// bind gives every term of the texts to b.
func bind(b *binder, texts []text) {
	found := occurrences(texts)
	sortTerms(found)
	docs := make([]posting, 0, len(texts))
	for i, f := range found {
		kinds := uint8(1) << (f & (1<<kindBits - 1))
		if i > 0 && f>>termShift != found[i-1]>>termShift {
			b.add(int64(found[i-1]>>termShift), docs)
			docs = docs[:0]
		} else if i > 0 && f>>kindBits == found[i-1]>>kindBits { // the term is there again
			docs[len(docs)-1].kinds |= kinds
			continue
		}
		docs = append(docs, posting{texts[f>>kindBits&(1<<placeBits-1)].doc, kinds})
	}
	if len(found) > 0 {
		b.add(int64(found[len(found)-1]>>termShift), docs)
	}
}

// occurrences returns each term of each text at each place where it is, in order of text.
func occurrences(texts []text) []uint64 {
	runes := 0
	for _, t := range texts {
		runes += utf8.RuneCountInString(t.body)
	}
	found := make([]uint64, 0, 2*runes)
	for i, t := range texts {
		place := uint64(i) << kindBits
		var a, b rune = -1, -1 // the two before
		for _, r := range t.body {
			found = append(found, uint64(r)<<termShift|place)
			if a >= 0 {
				found = append(found, uint64(pair(a, b))<<termShift|place|uint64(follower(r)))
			}
			a, b = b, r
		}
		if a >= 0 {
			found = append(found, uint64(pair(a, b))<<termShift|place)
		}
	}
	return found
}

// digitBits are sorted by at once; four times that is a term.
const digitBits = 11

// sortTerms sorts by term what is in order of place: digit by digit, the lowest first, which for the hundreds of
// thousands of terms that a Put has takes a fifth of the time that comparing does.
func sortTerms(found []uint64) {
	if len(found) < 1<<digitBits {
		slices.Sort(found)
		return
	}
	other := make([]uint64, len(found))
	for shift := termShift; shift < termShift+2*runeBits; shift += digitBits {
		var starts [1 << digitBits]int
		for _, f := range found {
			starts[f>>shift&(1<<digitBits-1)]++
		}
		sum := 0
		for i, n := range starts {
			starts[i] = sum
			sum += n
		}
		for _, f := range found {
			digit := f >> shift & (1<<digitBits - 1)
			other[starts[digit]] = f
			starts[digit]++
		}
		found, other = other, found
	}
}

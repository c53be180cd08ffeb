package search

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"strings"

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

// indexed is what the index knows of a record.
type indexed struct {
	doc  int64
	hash []byte
}

// Put makes the texts of docs what these records are found by, instead of what they were before, within a transaction of
// db.Derive. A text that is as it was costs one look. No record may stand in docs twice.
// Errors: Invalid field "text" where one is longer than MaxText.
func Put(ctx context.Context, tx *db.Tx, kind string, docs ...Doc) error {
	if err := put(ctx, tx, kind, docs); err != nil {
		return fmt.Errorf("index %d of %s: %w", len(docs), kind, err)
	}
	return nil
}

func put(ctx context.Context, tx *db.Tx, kind string, docs []Doc) error {
	if len(docs) == 0 {
		return nil
	}
	var number int64
	ok, err := tx.Row(ctx, `SELECT number FROM towns WHERE town_id = $1`).Maybe(&number)
	if err == nil && !ok {
		err = fmt.Errorf("town %s is not set up", tx.Town)
	}
	if err != nil {
		return err
	}
	was, err := known(ctx, tx, kind, docs)
	if err != nil {
		return err
	}
	next := map[int64]int64{} // first doc of a second → the next free one
	for _, d := range docs {
		old, there := was[d.Record]
		if d.Gone {
			if there {
				err = remove(ctx, tx, kind, d.Record, old.doc)
			}
		} else {
			err = place(ctx, tx, kind, number, d, old, there, next)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// known returns what the index has of the records, by their ids.
func known(ctx context.Context, tx *db.Tx, kind string, docs []Doc) (map[string]indexed, error) {
	ids := make([]string, len(docs))
	for i, d := range docs {
		ids[i] = d.Record
	}
	out := make(map[string]indexed, len(docs))
	err := tx.Each(ctx, func(r *sql.Rows) error {
		var record string
		var x indexed
		err := r.Scan(&record, &x.doc, &x.hash)
		out[record] = x
		return err
	}, `SELECT record_id, doc, hash FROM search_docs WHERE town_id = $1 AND kind = $2 AND record_id IN `+tx.OneOf(3), kind, db.Texts(ids))
	return out, err
}

// place indexes one text, unless it stands there already.
func place(ctx context.Context, tx *db.Tx, kind string, number int64, d Doc, old indexed, there bool, next map[int64]int64) error {
	text := Normalise(d.Text)
	sum := sha256.Sum256([]byte(text))
	hash := sum[:16]
	first := number<<townBits | min(max(d.At/1000, 0), maxSecond)<<countBits
	if there && bytes.Equal(old.hash, hash) && old.doc>>countBits == first>>countBits {
		return nil
	}
	body := []rune(text)
	if len(body) > MaxText {
		return errs.Field("text", "search.text_long", MaxText)
	}
	if there {
		if err := remove(ctx, tx, kind, d.Record, old.doc); err != nil {
			return err
		}
	}
	doc, ok := next[first]
	if !ok {
		var last sql.NullInt64
		err := tx.Row(ctx, `SELECT max(doc) FROM search_docs WHERE town_id = $1 AND doc >= $2 AND doc < $3`, first, first+1<<countBits).Scan(&last)
		if err != nil {
			return err
		}
		if doc = first; last.Valid {
			doc = last.Int64 + 1
		}
	}
	if doc >= first+1<<countBits {
		return fmt.Errorf("more than %d records in one second", 1<<countBits)
	}
	next[first] = doc + 1
	_, err := tx.Exec(ctx, `INSERT INTO search_docs (town_id, kind, record_id, doc, hash) VALUES ($1, $2, $3, $4, $5)`, kind, d.Record, doc, hash)
	if err != nil {
		return err
	}
	return insert(ctx, tx, number, doc, body)
}

func remove(ctx context.Context, tx *db.Tx, kind, record string, doc int64) error {
	_, err := tx.Exec(ctx, tx.Pick(`DELETE FROM search_fts WHERE rowid = $2`,
		`DELETE FROM search_bodies WHERE town_id = $1 AND doc = $2`), doc)
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM search_docs WHERE town_id = $1 AND kind = $2 AND record_id = $3`, kind, record)
	}
	return err
}

func insert(ctx context.Context, tx *db.Tx, number, doc int64, body []rune) error {
	// One row of VALUES: a SELECT would make FTS5 write its buffer out after every document.
	text, args := tx.Pick(`INSERT INTO search_fts (rowid, one, two) VALUES ($2, $3, $4)`,
		`INSERT INTO search_bodies (town_id, doc, body, tokens) VALUES ($1, $2, $3, array_to_tsvector($4::text[]))`), []any{doc}
	if strings.HasPrefix(text, "INSERT INTO search_fts") {
		args = append(args, ones(body), twos(body))
	} else {
		args = append(args, string(body), lexemes(number, body))
	}
	_, err := tx.Exec(ctx, text, args...)
	return err
}

// Package search finds records by any piece of their text, from one character upward, newest first.
//
// A word is found exactly where it is a substring of the text, both after NFKC and lower-casing, with punctuation
// kept: no dictionary decides what a Chinese word is, so nothing is missed and nothing else is found. The index holds
// each character and each pair of neighbours; SQLite finds a longer word as pairs in a row, PostgreSQL as pairs
// anywhere and then looks into the text.
//
// Only text that everybody of the town's staff may read is given to it (visibility public or summary): it knows no
// readers, and refuses nothing that matches. It keeps tokens of deleted text until the engine's next merge. It never
// searches for persons or telephones: no personal field is given to it.
package search

import (
	"context"
	"database/sql"
	"fmt"
	"math"

	"yanming/internal/db"
	"yanming/internal/errs"
)

// MaxText is the most characters one record may have here; a tsvector takes a megabyte of tokens.
const MaxText = 50_000

// A doc is 10 bits of the town's number (100 to 999), 32 bits of Unix seconds, and 21 bits that count within the
// second. So a town is a range of docs, and the newest has the highest.
const (
	countBits = 21
	townBits  = 53 // everything below the town's number
	maxSecond = math.MaxUint32
)

// Put makes text what a record of a kind is found by, instead of what it was before. at is when the record counts as
// made, in Unix ms; those of one second are in the order they were put. It is for open text only.
// Errors: Invalid field "text" when it is longer than MaxText.
func Put(ctx context.Context, tx *db.Tx, kind, record string, at int64, text string) error {
	err := put(ctx, tx, kind, record, at, text)
	if err != nil {
		return fmt.Errorf("index %s %s: %w", kind, record, err)
	}
	return nil
}

func put(ctx context.Context, tx *db.Tx, kind, record string, at int64, text string) error {
	body := []rune(Normalise(text))
	if len(body) > MaxText {
		return errs.Field("text", "search.text_long", MaxText)
	}
	if err := remove(ctx, tx, kind, record); err != nil {
		return err
	}
	var number int64
	ok, err := tx.Row(ctx, `SELECT number FROM towns WHERE town_id = $1`).Maybe(&number)
	if err == nil && !ok {
		err = fmt.Errorf("town %s is not set up", tx.Town)
	}
	if err != nil {
		return err
	}
	first := number<<townBits | min(max(at/1000, 0), maxSecond)<<countBits
	var last sql.NullInt64
	err = tx.Row(ctx, `SELECT max(doc) FROM search_docs WHERE town_id = $1 AND doc >= $2 AND doc < $3`, first, first+1<<countBits).Scan(&last)
	if err != nil {
		return err
	}
	doc := first
	if last.Valid {
		doc = last.Int64 + 1
	}
	if doc >= first+1<<countBits {
		return fmt.Errorf("more than %d records in one second", 1<<countBits)
	}
	if _, err := tx.Exec(ctx, `INSERT INTO search_docs (town_id, kind, record_id, doc) VALUES ($1, $2, $3, $4)`, kind, record, doc); err != nil {
		return err
	}
	return insert(ctx, tx, number, doc, body)
}

// Delete takes a record of a kind out of the index; it may not be there.
func Delete(ctx context.Context, tx *db.Tx, kind, record string) error {
	if err := remove(ctx, tx, kind, record); err != nil {
		return fmt.Errorf("take %s %s out of the index: %w", kind, record, err)
	}
	return nil
}

func remove(ctx context.Context, tx *db.Tx, kind, record string) error {
	var doc int64
	ok, err := tx.Row(ctx, `SELECT doc FROM search_docs WHERE town_id = $1 AND kind = $2 AND record_id = $3`, kind, record).Maybe(&doc)
	if err != nil || !ok {
		return err
	}
	_, err = tx.Exec(ctx, tx.Pick(`DELETE FROM search_fts WHERE rowid = $2 AND $1 <> ''`,
		`DELETE FROM search_bodies WHERE town_id = $1 AND doc = $2`), doc)
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM search_docs WHERE town_id = $1 AND kind = $2 AND record_id = $3`, kind, record)
	}
	return err
}

func insert(ctx context.Context, tx *db.Tx, number, doc int64, body []rune) error {
	text, args := tx.Pick(`INSERT INTO search_fts (rowid, one, two) SELECT $2, $3, $4 WHERE $1 <> ''`,
		`INSERT INTO search_bodies (town_id, doc, body, tokens) VALUES ($1, $2, $3, array_to_tsvector($4::text[]))`), []any{doc}
	if tx.Pick("", "postgres") == "" {
		args = append(args, ones(body), twos(body))
	} else {
		args = append(args, string(body), lexemes(number, body))
	}
	_, err := tx.Exec(ctx, text, args...)
	return err
}

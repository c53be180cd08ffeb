package search

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"yanming/internal/db"
)

// State says what a segment is good for.
type state string

const (
	readable state = "readable" // complete
	growing  state = "growing"  // what others are being merged into; they are read until it is complete
	spent    state = "spent"    // merged into another; its pages are being taken away
)

// segment is a run of pages that no other shares a doc with.
type segment struct {
	number int64
	state  state
	newest int64 // the highest doc it may have
	bytes  int64 // of its pages
	into   int64 // the segment it is being merged into, 0 for none
	upto   int64 // growing: the last term it has
}

// segments returns all of a town's, the newest first.
func segments(ctx context.Context, tx *db.Tx) (out []segment, err error) {
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var s segment
		err := r.Scan(&s.number, &s.state, &s.newest, &s.bytes, &s.into, &s.upto)
		out = append(out, s)
		return err
	}, `SELECT segment, state, newest, bytes, merged_into, upto FROM search_segments WHERE town_id = $1`)
	slices.SortFunc(out, func(a, b segment) int { return cmp.Compare(b.newest, a.newest) })
	return out, err
}

// save writes what is known of a segment.
func (s segment) save(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `INSERT INTO search_segments (town_id, segment, state, newest, bytes, merged_into, upto) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (town_id, segment) DO UPDATE SET state = excluded.state, bytes = excluded.bytes, merged_into = excluded.merged_into, upto = excluded.upto`,
		s.number, string(s.state), s.newest, s.bytes, s.into, s.upto)
	return err
}

// pageRows gathers pages until they are written together.
type pageRows struct {
	tx      *db.Tx
	segment int64
	args    []any
	err     error
}

// pagesAtOnce is how many pages are written by one statement.
const pagesAtOnce = 64

func (r *pageRows) put(ctx context.Context, k key, page []byte) {
	r.args = append(r.args, r.segment, k.term, k.behind, page)
	if len(r.args) == 4*pagesAtOnce {
		r.write(ctx)
	}
}

func (r *pageRows) write(ctx context.Context) {
	if r.err == nil {
		r.err = r.tx.Insert(ctx, `INSERT INTO search_pages (town_id, segment, term, behind, data) VALUES`, "", 4, r.args)
	}
	r.args = r.args[:0]
}

// pageAt returns the page of a segment in which a doc of a term stands, if it is anywhere: the last one that begins not
// behind it.
func pageAt(ctx context.Context, tx *db.Tx, segment int64, at key) (key, []byte, bool, error) {
	return onePage(ctx, tx, `SELECT term, behind, data FROM search_pages WHERE town_id = $1 AND segment = $2 AND (term, behind) <= ($3, $4)
		ORDER BY term DESC, behind DESC LIMIT 1`, segment, at.term, at.behind)
}

// pageAfter returns the page that follows one.
func pageAfter(ctx context.Context, tx *db.Tx, segment int64, at key) (key, []byte, bool, error) {
	return onePage(ctx, tx, `SELECT term, behind, data FROM search_pages WHERE town_id = $1 AND segment = $2 AND (term, behind) > ($3, $4)
		ORDER BY term, behind LIMIT 1`, segment, at.term, at.behind)
}

func onePage(ctx context.Context, tx *db.Tx, text string, args ...any) (k key, page []byte, ok bool, err error) {
	ok, err = tx.Row(ctx, text, args...).Maybe(&k.term, &k.behind, &page)
	if err != nil {
		return k, nil, false, fmt.Errorf("read page: %w", err)
	}
	return k, page, ok, nil
}

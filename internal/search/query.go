package search

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"yanming/internal/db"
	"yanming/internal/errs"
)

// Limits of a query.
const (
	maxQuery = 200 // characters
	maxWords = 10
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

// Words returns the normalised words of a query.
// Errors: Invalid field "q": search.empty, or search.long (200 characters or ten words).
func Words(text string) ([]string, error) {
	if len(text) > 4*maxQuery || utf8.RuneCountInString(text) > maxQuery {
		return nil, errs.Field("q", "search.long", maxQuery, maxWords)
	}
	var words []string
	add := func(w string) {
		if w != "" {
			words = append(words, Normalise(w))
		}
	}
	for text != "" {
		r, n := utf8.DecodeRuneInString(text)
		if close := closing(r); close != "" {
			if i := strings.Index(text[n:], close); i >= 0 {
				add(text[n : n+i])
				text = text[n+i+len(close):]
				continue
			}
		}
		if unicode.IsSpace(r) {
			text = text[n:]
			continue
		}
		end := n // a word ends at a space, or where a phrase begins
		for end < len(text) {
			r, n := utf8.DecodeRuneInString(text[end:])
			if close := closing(r); unicode.IsSpace(r) || close != "" && strings.Contains(text[end+n:], close) {
				break
			}
			end += n
		}
		add(text[:end])
		text = text[end:]
	}
	if len(words) == 0 {
		return nil, errs.Field("q", "search.empty")
	}
	if len(words) > maxWords {
		return nil, errs.Field("q", "search.long", maxQuery, maxWords)
	}
	return words, nil
}

func closing(r rune) string {
	switch r {
	case '"', '＂':
		return string(r)
	case '“':
		return "”"
	}
	return ""
}

// Find returns the hits of a query, the newest first.
// Errors: those of Words.
func Find(ctx context.Context, tx *db.Tx, q Query) ([]Hit, error) {
	from, args, err := q.from(tx, 2, true)
	if err != nil {
		return nil, err
	}
	if q.Limit <= 0 {
		q.Limit = 50
	}
	before := ""
	if n := len(args) + 2; q.Before != 0 {
		before = fmt.Sprintf(" AND %s < $%d", tx.Pick("f.rowid", "f.doc"), n)
		args = append(args, q.Before)
	}
	text := fmt.Sprintf(`SELECT d.kind, d.record_id, d.doc %s%s ORDER BY %s DESC LIMIT $%d`, from, before, tx.Pick("f.rowid", "f.doc"), len(args)+2)
	var hits []Hit
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var h Hit
		err := r.Scan(&h.Kind, &h.Record, &h.Place)
		hits = append(hits, h)
		return err
	}, text, append(args, q.Limit)...)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	return hits, nil
}

// Count returns how many hits a query has, however many pages they fill.
// Errors: those of Words.
func Count(ctx context.Context, tx *db.Tx, q Query) (n int64, err error) {
	from, args, err := q.from(tx, 2, q.Kind != "")
	if err == nil {
		err = tx.Row(ctx, `SELECT count(*) `+from, args...).Scan(&n)
	}
	if err != nil {
		return 0, fmt.Errorf("count hits: %w", err)
	}
	return n, nil
}

// Cond returns the condition that column is the id of a record the query finds, for a statement of tx with filters of
// its own. Its parameters are $next and on, for which it returns the arguments. Before and Limit do not matter.
// Errors: those of Words.
func (q Query) Cond(tx *db.Tx, column string, next int) (text string, args []any, err error) {
	from, args, err := q.from(tx, next, true)
	return column + ` IN (SELECT d.record_id ` + from + `)`, args, err
}

// from returns FROM and WHERE over f (the index) and, where asked for, d (search_docs), with parameters from $next on.
func (q Query) from(tx *db.Tx, next int, docs bool) (text string, args []any, err error) {
	words, err := Words(q.Text)
	if err != nil {
		return "", nil, err
	}
	join := ""
	if docs {
		join = tx.Pick(`CROSS JOIN search_docs d ON d.town_id = $1 AND d.doc = f.rowid`, `JOIN search_docs d ON d.town_id = $1 AND d.doc = f.doc`)
	}
	if tx.Pick("", "postgres") == "" {
		text = fmt.Sprintf(`FROM search_fts f %s WHERE f.search_fts MATCH $%d
			AND f.rowid >= (SELECT t.number FROM towns t WHERE t.town_id = $1) << %d
			AND f.rowid < (SELECT t.number + 1 FROM towns t WHERE t.town_id = $1) << %d`, join, next, townBits, townBits)
		args = []any{match(words)}
	} else {
		text = fmt.Sprintf(`FROM search_bodies f %s WHERE f.town_id = $1
			AND f.tokens @@ replace($%d, '#', (SELECT t.number::text FROM towns t WHERE t.town_id = $1))::tsquery
			AND (SELECT bool_and(strpos(f.body, w) > 0) FROM unnest($%d::text[]) w)`, join, next, next+1)
		args = []any{tsquery(words), words}
	}
	if q.Kind != "" {
		text += fmt.Sprintf(` AND d.kind = $%d`, next+len(args))
		args = append(args, q.Kind)
	}
	return text, args, nil
}

// match is words as FTS5 reads them: a single character in the column one, a longer word as a phrase of pairs in two.
func match(words []string) string {
	var b []byte
	for i, w := range words {
		if i > 0 {
			b = append(b, " AND "...)
		}
		rs := []rune(w)
		if len(rs) == 1 {
			b = append(token(append(b, `one : "`...), rs[0]), '"')
			continue
		}
		b = append(append(append(b, `two : "`...), twos(rs)...), '"')
	}
	return string(b)
}

// tsquery is words as PostgreSQL reads them, with # where the town's number goes: all characters or pairs, in any place.
func tsquery(words []string) string {
	var ts []string
	for _, w := range words {
		rs := []rune(w)
		if len(rs) == 1 {
			ts = append(ts, "'#"+string(token(nil, rs[0]))+"'")
		}
		for i := 1; i < len(rs); i++ {
			ts = append(ts, "'#"+string(token(token(nil, rs[i-1]), rs[i]))+"'")
		}
	}
	return strings.Join(ts, " & ")
}

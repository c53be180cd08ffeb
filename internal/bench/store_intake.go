package bench

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// importTables are those into which an import writes, the search index aside.
func importTables() []string {
	return []string{"events", "request_keys", "record_keys", "cases", "case_spans", "case_deeds", "case_people", "case_externals", "case_sources"}
}

// openForWriting opens a database of the benchmark's own, with durable commits as the program has them.
func openForWriting(source string) (*sql.DB, error) {
	if strings.HasPrefix(source, "postgres") {
		return sql.Open("pgx", source)
	}
	d, err := sql.Open("sqlite", "file:"+(&url.URL{Path: source}).EscapedPath()+
		"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=temp_store(MEMORY)&_pragma=cache_size(-65536)&_pragma=wal_autocheckpoint(4000)")
	if err == nil {
		d.SetMaxOpenConns(1)
	}
	return d, err
}

// importedCases counts the cases that came of a ledger, and those of them that the index holds. On SQLite the index stands
// in a file of its own.
func importedCases(ctx context.Context, source string) (cases, indexed int, err error) {
	d, err := openSource(source)
	if err != nil {
		return 0, 0, err
	}
	defer d.Close()
	index := d
	if !strings.HasPrefix(source, "postgres") {
		ext := filepath.Ext(source)
		if index, err = openSource(strings.TrimSuffix(source, ext) + "-derived" + ext); err != nil {
			return 0, 0, err
		}
		defer index.Close()
	}
	found := map[string]bool{}
	err = eachValue(ctx, index, func(id string) { found[id] = true }, `SELECT record_id FROM search_docs WHERE town_id = $1 AND kind = 'case'`)
	if err == nil {
		err = eachValue(ctx, d, func(id string) {
			if cases++; found[id] {
				indexed++
			}
		}, `SELECT case_id FROM case_sources WHERE town_id = $1`)
	}
	return cases, indexed, err
}

// eachValue reads the one column of a query about the town.
func eachValue(ctx context.Context, d *sql.DB, take func(string), text string) (err error) {
	rows, err := d.QueryContext(ctx, text, town)
	if err != nil {
		return err
	}
	defer func() { err = closeRows(rows, err) }()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return err
		}
		take(s)
	}
	return rows.Err()
}

// copyTable writes the rows of one table into the same table of another database. Reading them is not timed.
func copyTable(ctx context.Context, in, out *sql.DB, table string) (took time.Duration, err error) {
	rows, err := in.QueryContext(ctx, `SELECT * FROM `+table+` WHERE town_id = $1`, town)
	if err != nil {
		return 0, err
	}
	defer func() { err = closeRows(rows, err) }()
	columns, err := rows.Columns()
	if err != nil {
		return 0, err
	}
	marks := make([]string, len(columns))
	for i := range marks {
		marks[i] = "$" + strconv.Itoa(i+1)
	}
	insert, err := out.PrepareContext(ctx, `INSERT INTO `+table+` (`+strings.Join(columns, ", ")+`) VALUES (`+strings.Join(marks, ", ")+`)`)
	if err != nil {
		return 0, err
	}
	defer insert.Close()
	var waiting [][]any
	flush := func() error {
		start := time.Now()
		defer func() { took += time.Since(start); waiting = waiting[:0] }()
		return together(ctx, out, func(tx *sql.Tx) error {
			each := tx.StmtContext(ctx, insert)
			defer each.Close()
			for _, values := range waiting {
				if _, err := each.ExecContext(ctx, values...); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for rows.Next() {
		values, dest := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			dest[i] = &values[i]
		}
		if err := rows.Scan(dest...); err != nil {
			return took, err
		}
		if waiting = append(waiting, values); len(waiting) == perCommit {
			if err := flush(); err != nil {
				return took, err
			}
		}
	}
	if err := rows.Err(); err != nil {
		return took, err
	}
	return took, flush()
}

// together runs do in one durable transaction.
func together(ctx context.Context, d *sql.DB, do func(*sql.Tx) error) error {
	tx, err := d.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		tx.Rollback() // the failure is what matters
		return err
	}
	return tx.Commit()
}

// indexWriter writes texts into a bare index: each character once, and each pair of neighbours.
type indexWriter struct {
	db       *sql.DB
	insert   *sql.Stmt
	postgres bool
	n        int
}

func newIndexWriter(ctx context.Context, d *sql.DB, postgres bool) (*indexWriter, error) {
	w := &indexWriter{db: d, postgres: postgres}
	make, insert := []string{`CREATE VIRTUAL TABLE bare USING fts5(one, two, content='', contentless_delete=1, tokenize='ascii')`}, `INSERT INTO bare (rowid, one, two) VALUES ($1, $2, $3)`
	if postgres {
		make, insert = []string{`CREATE TABLE bare (doc BIGINT PRIMARY KEY, tokens TSVECTOR)`, `CREATE INDEX bare_tokens ON bare USING gin (tokens)`},
			`INSERT INTO bare (doc, tokens) VALUES ($1, array_to_tsvector($2::text[]))`
	}
	for _, text := range make {
		if _, err := d.ExecContext(ctx, text); err != nil {
			return nil, err
		}
	}
	var err error
	w.insert, err = d.PrepareContext(ctx, insert)
	return w, err
}

// write adds texts in one transaction.
func (w *indexWriter) write(ctx context.Context, texts []string) error {
	return together(ctx, w.db, func(tx *sql.Tx) error {
		each := tx.StmtContext(ctx, w.insert)
		defer each.Close()
		for _, text := range texts {
			w.n++
			ones, twos := grams(fold(text))
			args := []any{w.n, strings.Join(ones, " "), strings.Join(twos, " ")}
			if w.postgres {
				all := slices.Concat(ones, twos)
				slices.Sort(all)
				args = []any{w.n, slices.Compact(all)}
			}
			if _, err := each.ExecContext(ctx, args...); err != nil {
				return fmt.Errorf("index text %d: %w", w.n, err)
			}
		}
		return nil
	})
}

// grams cuts a text into its characters, each once, and its pairs of neighbours in order, written so that the engines
// take each for one word.
func grams(text string) (ones, twos []string) {
	rs := []rune(text)
	code := make([]string, len(rs))
	for i, r := range rs {
		s := strconv.FormatInt(int64(r), 36)
		code[i] = "0000"[min(len(s), 4):] + s
		if i > 0 {
			twos = append(twos, code[i-1]+code[i])
		}
	}
	slices.Sort(code)
	return slices.Compact(code), twos
}

package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// Tx is a transaction of one town. Its statements say $1 for the town and $2 … for the arguments they are given.
type Tx struct {
	core
	Town string
}

// Wide is a transaction across towns: login, receipt numbers, county roll-up, jobs, set-up. Its statements say $1 …
// for the arguments they are given. Who opens one is counted by a test.
type Wide struct{ core }

// core is what both kinds of transaction share.
type core struct {
	Now    time.Time // one instant for everything the transaction writes
	db     *DB
	s      *session
	town   bool
	write  bool
	apart  bool     // it writes derived things, which nobody waits for
	wrote  bool     // a statement ran that may have changed something
	failed error    // the first failed statement: nothing runs after it
	after  []func() // run once the commit is durable
}

// Exec runs a statement and returns how many rows it changed.
func (tx *Tx) Exec(ctx context.Context, text string, args ...any) (int64, error) {
	return tx.exec(ctx, text, bound(tx.Town, args))
}

// Query runs a query; the caller closes the rows. Each is the shorter way.
func (tx *Tx) Query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	return tx.query(ctx, text, bound(tx.Town, args))
}

// Row runs a query for one row. Scan's error is NotFound when there is none.
func (tx *Tx) Row(ctx context.Context, text string, args ...any) Row {
	rows, err := tx.query(ctx, text, bound(tx.Town, args))
	return Row{&tx.core, text, rows, err}
}

// Each runs a query and calls scan for each row, until scan fails.
func (tx *Tx) Each(ctx context.Context, scan func(*sql.Rows) error, text string, args ...any) error {
	return tx.each(ctx, scan, text, bound(tx.Town, args))
}

// Exec runs a statement and returns how many rows it changed.
func (w *Wide) Exec(ctx context.Context, text string, args ...any) (int64, error) {
	return w.exec(ctx, text, args)
}

// Row runs a query for one row. Scan's error is NotFound when there is none.
func (w *Wide) Row(ctx context.Context, text string, args ...any) Row {
	rows, err := w.query(ctx, text, args)
	return Row{&w.core, text, rows, err}
}

// Each runs a query and calls scan for each row, until scan fails.
func (w *Wide) Each(ctx context.Context, scan func(*sql.Rows) error, text string, args ...any) error {
	return w.each(ctx, scan, text, args)
}

// Pick chooses between two texts where the engines differ. How often is limited by a test.
func (c *core) Pick(sqlite, postgres string) string {
	if c.db.engine == Postgres {
		return postgres
	}
	return sqlite
}

// OneOf returns the condition, behind a column, that it is one of a list of texts that is bound as parameter n by Texts: one
// text of the statement however long the list. PostgreSQL reads the list once and looks each text up in the column's index,
// whatever it believes of the table's size.
func (c *core) OneOf(n int) string {
	return c.Pick("IN (SELECT value FROM json_each($"+strconv.Itoa(n)+"))", "= ANY (ARRAY(SELECT json_array_elements_text($"+strconv.Itoa(n)+"::json)))")
}

// Texts is a list as the argument of OneOf.
func Texts(list []string) string {
	b, err := json.Marshal(list)
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(b)
}

// OneOfNumbers is OneOf for a list of whole numbers, which is bound by Numbers.
func (c *core) OneOfNumbers(n int) string {
	return c.Pick("IN (SELECT value FROM json_each($"+strconv.Itoa(n)+"))", "= ANY (ARRAY(SELECT json_array_elements_text($"+strconv.Itoa(n)+"::json)::bigint))")
}

// Numbers is a list as the argument of OneOfNumbers.
func Numbers(list []int64) string {
	b := []byte{'['}
	for i, n := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, n, 10)
	}
	return string(append(b, ']'))
}

// Writes reports whether the transaction may write: what it sees may never be committed.
func (c *core) Writes() bool { return c.write }

// AfterCommit runs fn once the commit is durable, and never when it is not. fn must not block.
func (c *core) AfterCommit(fn func()) { c.after = append(c.after, fn) }

func bound(town string, args []any) []any {
	return append(append(make([]any, 0, len(args)+1), town), args...)
}

// begin admits a statement that somebody waits for; what waited goes before it.
func (c *core) begin(ctx context.Context, text string, args []any) (context.Context, error) {
	ctx, err := c.admit(ctx, text, args)
	if err == nil {
		err = c.flush(ctx)
	}
	return ctx, err
}

// admit refuses to go on after a failed statement: SQLite would carry on and commit, PostgreSQL aborts everything.
//
// A context that can end costs two goroutines a statement, so it is asked between statements and not given to them. For
// a writer it is not asked at all: a client that went away must not break the batch that others share.
func (c *core) admit(ctx context.Context, text string, args []any) (context.Context, error) {
	if c.failed != nil {
		return ctx, c.failed
	}
	if c.s.away != nil && namesDerived(text) {
		c.failed = withoutIndex(c.s.away)
		return ctx, c.failed
	}
	if c.apart {
		runtime.Gosched() // with few processors, whoever waits for a page or a receipt goes first
	}
	if c.write {
		c.wrote = c.wrote || !strings.HasPrefix(text, "SELECT")
	} else if err := ctx.Err(); err != nil {
		return ctx, err
	}
	ctx = context.WithoutCancel(ctx)
	c.inspect(ctx, text, args)
	return ctx, nil
}

func (c *core) exec(ctx context.Context, text string, args []any) (int64, error) {
	ctx, err := c.begin(ctx, text, args)
	if err != nil {
		return 0, err
	}
	res, err := c.s.exec(ctx, text, args)
	if err != nil {
		return 0, c.fail(text, err)
	}
	return res.RowsAffected()
}

func (c *core) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	ctx, err := c.begin(ctx, text, args)
	if err != nil {
		return nil, err
	}
	rows, err := c.s.query(ctx, text, args)
	if err != nil {
		return nil, c.fail(text, err)
	}
	return rows, nil
}

func (c *core) each(ctx context.Context, scan func(*sql.Rows) error, text string, args []any) error {
	rows, err := c.query(ctx, text, args)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
		if !c.write && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if err := rows.Err(); err != nil {
		return c.fail(text, err)
	}
	return nil
}

func (c *core) fail(text string, err error) error {
	err = translate(text, err)
	switch {
	case !isDamaged(err):
	case c.db.engine == SQLite && namesDerived(text):
		c.db.discardDerived()
		err = withoutIndex(err)
	default:
		c.db.note(err)
	}
	if c.failed == nil {
		c.failed = err
	}
	return err
}

// Row is the answer of a query for one row.
type Row struct {
	c    *core
	text string
	rows *sql.Rows
	err  error
}

// Scan reads the row; NotFound when there is none.
func (r Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return r.c.fail(r.text, err)
		}
		return translate("", sql.ErrNoRows)
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	return r.rows.Close()
}

// Maybe reads the row and reports whether there was one.
func (r Row) Maybe(dest ...any) (bool, error) {
	err := r.Scan(dest...)
	if errors.Is(err, errNoRow) {
		return false, nil
	}
	return err == nil, err
}

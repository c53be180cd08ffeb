package db

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// refillStretch is how many rows SQLite takes in one transaction.
const refillStretch = 20_000

// Refill writes whole tables into a database that nobody uses yet: what a backup or a copy is brought into. Nothing
// but the rows' types is checked; when it fails, the database is to be thrown away.
type Refill struct {
	d      *DB
	s      *session
	tables map[string]Table
}

// Refill runs fn with the tables of a migrated database that is still empty.
func (d *DB) Refill(ctx context.Context, fn func(*Refill) error) error {
	r := &Refill{d: d, s: &session{pool: d.write, engine: d.engine}, tables: map[string]Table{}}
	defer r.s.drop()
	if err := r.s.connect(ctx); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	all, err := tables(ctx, r.s)
	if err != nil {
		return fmt.Errorf("read schema: %w", err)
	}
	for _, t := range all {
		r.tables[t.Name] = t
	}
	return fn(r)
}

// Has reports whether there is such a table, and which columns it has.
func (r *Refill) Has(table string) (cs []Column, ok bool) {
	t, ok := r.tables[table]
	return t.Columns, ok
}

// Put writes rows of a table; columns says what stands where in a row. It returns how many it wrote.
func (r *Refill) Put(ctx context.Context, table string, columns []Column, rows iter.Seq2[[]any, error]) (int64, error) {
	t, ok := r.tables[table]
	if !ok {
		return 0, fmt.Errorf("no table %s", table)
	}
	cs := make([]Column, len(columns))
	for i, c := range columns {
		for _, own := range t.Columns {
			if own.Name == c.Name {
				cs[i] = own
			}
		}
		if cs[i].Kind != c.Kind {
			return 0, fmt.Errorf("no column %s.%s of kind %s", table, c.Name, c.Kind)
		}
	}
	if r.d.engine == Postgres {
		return r.copy(ctx, table, cs, rows)
	}
	n, err := r.insert(ctx, table, cs, rows)
	if trouble(err) != "" { // anything else is the archive's
		err = translate("refill", err)
	}
	return n, err
}

func (r *Refill) insert(ctx context.Context, table string, cs []Column, rows iter.Seq2[[]any, error]) (n int64, err error) {
	marks := make([]string, len(cs))
	for i := range cs {
		marks[i] = "$" + strconv.Itoa(i+1)
	}
	st, err := r.s.prepare(ctx, "INSERT INTO "+quote(table)+" ("+columnList(cs)+") VALUES ("+strings.Join(marks, ", ")+")")
	if err != nil {
		return 0, err
	}
	if err := r.s.run(ctx, "BEGIN IMMEDIATE"); err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			r.s.run(context.WithoutCancel(ctx), "ROLLBACK")
		}
	}()
	for row, err := range rows {
		if err != nil {
			return n, err
		}
		if _, err := st.ExecContext(ctx, row...); err != nil {
			return n, fmt.Errorf("write table %s: %w", table, err)
		}
		if n++; n%refillStretch == 0 {
			if err := r.s.run(ctx, "COMMIT"); err != nil {
				return n, err
			}
			if err := r.s.run(ctx, "BEGIN IMMEDIATE"); err != nil {
				return n, err
			}
		}
	}
	return n, r.s.run(ctx, "COMMIT")
}

// copy streams rows by PostgreSQL's own way of loading.
func (r *Refill) copy(ctx context.Context, table string, cs []Column, rows iter.Seq2[[]any, error]) (n int64, err error) {
	next, stop := iter.Pull2(rows)
	defer stop()
	names := make([]string, len(cs))
	for i, c := range cs {
		names[i] = c.Name
	}
	err = r.s.conn.Raw(func(driver any) error {
		conn, ok := driver.(*stdlib.Conn)
		if !ok {
			return errors.New("not a connection to PostgreSQL")
		}
		n, err = conn.Conn().CopyFrom(ctx, pgx.Identifier{table}, names, pgx.CopyFromFunc(func() ([]any, error) {
			row, err, ok := next()
			if err != nil || !ok {
				return nil, err
			}
			for i, c := range cs {
				if v, isInt := row[i].(int64); c.bool && isInt {
					row[i] = v != 0
				}
			}
			return row, nil
		}))
		return err
	})
	if err != nil {
		return n, fmt.Errorf("write table %s: %w", table, err)
	}
	return n, nil
}

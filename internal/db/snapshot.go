package db

import (
	"context"
	"fmt"
	"strings"
)

// Kind is what a column holds, alike on both engines. A BOOLEAN is an Integer, 0 or 1, because SQLite knows no other.
type Kind string

// The kinds of column.
const (
	Text    Kind = "text"
	Integer Kind = "integer"
	Bytes   Kind = "bytes"
)

// Column is a column of a table as it stands in the database, whatever this program's migrations say.
type Column struct {
	Name string `json:"name"`
	Kind Kind   `json:"kind"`
	bool bool   // PostgreSQL keeps it as a boolean
}

// Table is a table as it stands in the database.
type Table struct {
	Name    string
	Columns []Column
}

// Snapshot is every table of the database at one instant, to be read whole: backups and copies, of any version of the
// schema. It takes no lock that writers wait for; on SQLite the log beside the database grows until it ends.
type Snapshot struct {
	*Wide
	tables []Table
}

// Snapshot runs fn on one instant of the whole database, on a connection of its own.
func (d *DB) Snapshot(ctx context.Context, fn func(*Snapshot) error) error {
	s := &session{pool: d.read, engine: d.engine}
	defer s.drop()
	if err := s.connect(ctx); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	begin := "BEGIN"
	if d.engine == Postgres {
		begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	}
	if err := s.run(ctx, begin); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer s.run(context.WithoutCancel(ctx), "ROLLBACK") // it only read, and the connection is given up either way
	snap := &Snapshot{Wide: &Wide{core: core{Now: d.opts.Now(), db: d, s: s}}}
	var err error
	if snap.tables, err = tables(ctx, s); err != nil { // the first read, which fixes the instant
		return fmt.Errorf("read schema: %w", err)
	}
	return fn(snap)
}

// Engine says which database it is of.
func (s *Snapshot) Engine() Engine { return s.db.engine }

// Tables returns every ordinary table in order of name; those that an index keeps for itself are left out.
func (s *Snapshot) Tables() []Table { return s.tables }

// Version returns the schema's version: the newest migration that was applied, 0 for none.
func (s *Snapshot) Version(ctx context.Context) (int64, error) {
	for _, t := range s.tables {
		if t.Name == versionTable {
			return version(ctx, s.s)
		}
	}
	return 0, nil
}

// Rows calls fn for every row of t, in the order in which the engine keeps them. A value is nil, a string, an int64 or
// []byte. fn may keep strings and numbers, and bytes until it returns.
func (s *Snapshot) Rows(ctx context.Context, t Table, fn func(row []any) error) error {
	rows, err := s.s.conn.QueryContext(ctx, "SELECT "+columnList(t.Columns)+" FROM "+quote(t.Name))
	if err != nil {
		return fmt.Errorf("read table %s: %w", t.Name, err)
	}
	defer rows.Close()
	row, dest := make([]any, len(t.Columns)), make([]any, len(t.Columns))
	for i := range row {
		dest[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return fmt.Errorf("read table %s: %w", t.Name, err)
		}
		for i, v := range row {
			if b, ok := v.(bool); ok {
				row[i] = int64(0)
				if b {
					row[i] = int64(1)
				}
			}
		}
		if err := fn(row); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read table %s: %w", t.Name, err)
	}
	return nil
}

// versionTable is where the migrations note what was applied.
const versionTable = "goose_db_version"

func version(ctx context.Context, s *session) (v int64, err error) {
	err = s.conn.QueryRowContext(ctx, "SELECT COALESCE(max(version_id), 0) FROM "+versionTable).Scan(&v)
	return v, err
}

// tables reads the schema.
func tables(ctx context.Context, s *session) (out []Table, err error) {
	text := `SELECT l.name, c.name, c.type FROM pragma_table_list l JOIN pragma_table_info(l.name) c
		WHERE l.schema = 'main' AND l.type = 'table' AND substr(l.name, 1, 7) <> 'sqlite_' ORDER BY l.name, c.cid`
	if s.engine == Postgres {
		text = `SELECT t.table_name, c.column_name, c.data_type FROM information_schema.tables t
			JOIN information_schema.columns c ON c.table_schema = t.table_schema AND c.table_name = t.table_name
			WHERE t.table_schema = current_schema() AND t.table_type = 'BASE TABLE' ORDER BY t.table_name COLLATE "C", c.ordinal_position`
	}
	rows, err := s.conn.QueryContext(ctx, text)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var table, kind string
		var c Column
		if err := rows.Scan(&table, &c.Name, &kind); err != nil {
			return nil, err
		}
		c.Kind, c.bool = kindOf(kind), kind == "boolean"
		if n := len(out); n == 0 || out[n-1].Name != table {
			out = append(out, Table{Name: table})
		}
		last := &out[len(out)-1]
		last.Columns = append(last.Columns, c)
	}
	return out, rows.Err()
}

// kindOf names an engine's type as both know it; what neither of ours is stays as it is called, and is refused by
// whoever writes rows.
func kindOf(engine string) Kind {
	switch strings.ToLower(engine) {
	case "text":
		return Text
	case "integer", "bigint", "boolean":
		return Integer
	case "blob", "bytea":
		return Bytes
	}
	return Kind(engine)
}

func columnList(cs []Column) string {
	names := make([]string, len(cs))
	for i, c := range cs {
		names[i] = quote(c.Name)
	}
	return strings.Join(names, ", ")
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

package db

import (
	"context"
	"fmt"
	"path"
	"strconv"
	"strings"

	"yanming/internal/errs"
)

// Schema is how a database stands to this program.
type Schema struct {
	Has   int64 // the newest migration that the database has; 0 for an empty one
	Wants int64 // the newest migration of this program
	Steps int   // how many migrations the database lacks
}

// Pending says which migrations the database lacks, and changes nothing. Errors: Conflict for a database that a newer
// program has brought further than this one knows.
func (d *DB) Pending(ctx context.Context) (s Schema, err error) {
	known, err := versions(d.engine)
	if err != nil {
		return s, err
	}
	done, err := d.applied(ctx)
	if err != nil {
		return s, fmt.Errorf("read schema version: %w", err)
	}
	for v := range done {
		s.Has = max(s.Has, v)
	}
	for _, v := range known {
		s.Wants = max(s.Wants, v)
		if !done[v] {
			s.Steps++
		}
	}
	if s.Has > s.Wants {
		return s, errs.New(errs.Conflict, "db.newer", s.Has, s.Wants)
	}
	return s, nil
}

// versions are the numbers of the migrations of an engine.
func versions(e Engine) (list []int64, err error) {
	fsys, err := migrationsFor(e)
	if err != nil {
		return nil, err
	}
	entries, err := fsys.ReadDir(".")
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		number, _, _ := strings.Cut(path.Base(entry.Name()), "_")
		v, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("migration %s: %w", entry.Name(), err)
		}
		list = append(list, v)
	}
	return list, nil
}

// applied are the numbers of the migrations that the database has; none where it has no table of them yet.
func (d *DB) applied(ctx context.Context) (map[int64]bool, error) {
	tables := `SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'goose_db_version'`
	if d.engine == Postgres {
		tables = `SELECT count(*) FROM pg_catalog.pg_class WHERE oid = to_regclass('goose_db_version')`
	}
	done := map[int64]bool{}
	var n int
	if err := d.read.QueryRowContext(ctx, tables).Scan(&n); err != nil || n == 0 {
		return done, err
	}
	rows, err := d.read.QueryContext(ctx, `SELECT version_id FROM goose_db_version WHERE is_applied AND version_id > 0`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var v int64
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		done[v] = true
	}
	return done, rows.Err()
}

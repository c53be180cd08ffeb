package db

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"testing/fstest"

	"github.com/pressly/goose/v3"
)

//go:embed migration/*.sql
var migrations embed.FS

// Migrate brings the schema to the newest version, forward only, and returns how many steps it took.
//
// Migrations are written once, with the types TEXT, BIGINT, BOOLEAN and BYTEA. For SQLite they are rewritten to its
// names and every table is made STRICT. A file NNNN_name.sqlite.sql or .postgres.sql is for one engine.
//
// One that is at this program's version is left as it is found: to read and compare every file took half of a start.
func (d *DB) Migrate(ctx context.Context) (int, error) {
	if done, err := d.migrated(ctx); err != nil || done {
		return 0, err
	}
	fsys, err := migrationsFor(d.engine)
	if err != nil {
		return 0, err
	}
	dialect := goose.DialectSQLite3
	if d.engine == Postgres {
		dialect = goose.DialectPostgres
	}
	p, err := goose.NewProvider(dialect, d.write, fsys)
	if err != nil {
		return 0, fmt.Errorf("read migrations: %w", err)
	}
	done, err := p.Up(ctx)
	if err != nil {
		return len(done), translate("migrate", err)
	}
	return len(done), nil
}

// migrated reports whether the database has taken every migration that is meant for its engine, and none that this
// program does not know.
func (d *DB) migrated(ctx context.Context) (bool, error) {
	names, err := migrationNames(d.engine)
	if err != nil {
		return false, err
	}
	have, err := d.versions(ctx)
	if err != nil {
		return false, translate("read the schema's versions", err)
	}
	for name := range names {
		n, err := strconv.ParseInt(name[:4], 10, 64)
		if err != nil {
			return false, fmt.Errorf("migration %s: %w", name, err)
		}
		if !have[n] {
			return false, nil
		}
	}
	return len(have) == len(names), nil
}

// versions returns the migrations that the database has taken. No writer runs yet.
func (d *DB) versions(ctx context.Context) (map[int64]bool, error) {
	have := map[int64]bool{}
	var known bool
	if err := d.write.QueryRowContext(ctx, d.versioned()).Scan(&known); err != nil || !known {
		return have, err
	}
	rows, err := d.write.QueryContext(ctx, "SELECT version_id FROM goose_db_version WHERE version_id > 0")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		have[n] = true
	}
	return have, rows.Err()
}

// versioned asks whether the database says its versions at all.
func (d *DB) versioned() string {
	if d.engine == Postgres {
		return "SELECT to_regclass('goose_db_version') IS NOT NULL"
	}
	return "SELECT EXISTS (SELECT 1 FROM pragma_table_info('goose_db_version'))"
}

// Schema returns the newest version of the schema that this program knows.
func Schema() int64 {
	entries, err := migrations.ReadDir("migration")
	if err != nil {
		panic(err) // embedded
	}
	newest := int64(0)
	for _, e := range entries {
		n, err := strconv.ParseInt(e.Name()[:4], 10, 64)
		if err != nil {
			panic(err) // embedded
		}
		newest = max(newest, n)
	}
	return newest
}

// Version returns the version of the schema that the database has; 0 when it has none.
func (d *DB) Version(ctx context.Context) (n int64, err error) {
	err = d.view(ctx, func(c core) error {
		var known bool
		if err := c.one(ctx, d.versioned(), &known); err != nil || !known {
			return err
		}
		return c.one(ctx, "SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version", &n)
	})
	if err != nil {
		return 0, fmt.Errorf("read the schema's version: %w", err)
	}
	return n, nil
}

var (
	typeWord   = regexp.MustCompile(`\b(BIGINT|BOOLEAN|BYTEA)\b`)
	tableEnd   = regexp.MustCompile(`(?m)^\);`)
	sqliteType = map[string]string{"BIGINT": "INTEGER", "BOOLEAN": "INTEGER", "BYTEA": "BLOB"}
)

// migrationNames returns the files that are for an engine, by the name without it: NNNN_name → NNNN_name.sqlite.sql.
func migrationNames(e Engine) (map[string]string, error) {
	entries, err := migrations.ReadDir("migration")
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, f := range entries {
		base, only, _ := strings.Cut(strings.TrimSuffix(f.Name(), ".sql"), ".")
		if only == "" || only == string(e) {
			names[base] = f.Name()
		}
	}
	return names, nil
}

func migrationsFor(e Engine) (fs.FS, error) {
	names, err := migrationNames(e)
	if err != nil {
		return nil, err
	}
	out := fstest.MapFS{}
	for base, name := range names {
		b, err := migrations.ReadFile("migration/" + name)
		if err != nil {
			return nil, err
		}
		text := string(b)
		if e == SQLite {
			text = toSQLite(text)
		}
		out[base+".sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + text)}
	}
	return out, nil
}

// toSQLite rewrites a schema's types and makes its tables STRICT.
func toSQLite(text string) string {
	text = typeWord.ReplaceAllStringFunc(text, func(w string) string { return sqliteType[w] })
	return tableEnd.ReplaceAllString(text, ") STRICT;")
}

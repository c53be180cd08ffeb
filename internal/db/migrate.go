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
	"github.com/pressly/goose/v3/lock"
)

//go:embed migration/*.sql
var migrations embed.FS

// Migrate brings the schema to the newest version, forward only, and returns how many steps it took.
//
// Migrations are written once, with the types TEXT, BIGINT, BOOLEAN and BYTEA. For SQLite they are rewritten to its
// names and every table is made STRICT. A file NNNN_name.sqlite.sql or .postgres.sql is for one engine.
//
// On PostgreSQL a lock of the session lets copies of the program that start at once take turns. Errors: Conflict for a
// database of a newer program.
func (d *DB) Migrate(ctx context.Context) (int, error) { return d.MigrateTo(ctx, 0) }

// MigrateTo is Migrate up to a version, for a backup that was made under it; 0 is the newest.
func (d *DB) MigrateTo(ctx context.Context, version int64) (int, error) {
	if d.opts.ReadOnly {
		return 0, errReadOnly
	}
	s, err := d.Standing(ctx)
	if err == nil {
		err = s.Newer()
	}
	if err != nil {
		return 0, err
	}
	if version == 0 && s.Missing == 0 { // to read and compare every file takes half of a start
		return 0, nil
	}
	p, err := d.migrator()
	if err != nil {
		return 0, err
	}
	if version == 0 {
		version = s.Newest
	}
	done, err := p.UpTo(ctx, version)
	if err != nil {
		return len(done), translate("migrate", err)
	}
	return len(done), nil
}

// migrator is goose over our migrations for the engine.
func (d *DB) migrator() (*goose.Provider, error) {
	fsys, err := migrationsFor(d.engine)
	if err != nil {
		return nil, err
	}
	dialect, opts := goose.DialectSQLite3, []goose.ProviderOption{}
	if d.engine == Postgres {
		dialect = goose.DialectPostgres
		turns, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
		if err != nil {
			return nil, err
		}
		opts = append(opts, goose.WithSessionLocker(turns))
	}
	p, err := goose.NewProvider(dialect, d.write, fsys, opts...)
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return p, nil
}

// Schema returns the newest version of the schema that this program knows, of either engine.
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

func migrationsFor(e Engine) (fs.ReadDirFS, error) {
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

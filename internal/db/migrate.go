package db

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"regexp"
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
func (d *DB) Migrate(ctx context.Context) (int, error) { return d.MigrateTo(ctx, 0) }

// MigrateTo is Migrate up to a version, for a backup that was made under it; 0 is the newest.
func (d *DB) MigrateTo(ctx context.Context, version int64) (int, error) {
	p, err := d.migrator()
	if err != nil {
		return 0, err
	}
	if version == 0 {
		_, version = p.newest()
	}
	done, err := p.UpTo(ctx, version)
	if err != nil {
		return len(done), fmt.Errorf("migrate: %w", err)
	}
	return len(done), nil
}

// Standing is where the schema of a database is.
type Standing struct {
	At      int64 // the newest migration that was applied; 0 for a database without tables of ours
	Newest  int64 // the newest that this program has
	Missing int   // how many of this program's were not applied yet
}

// Standing looks where the schema is. It changes nothing.
func (d *DB) Standing(ctx context.Context) (s Standing, err error) {
	p, err := d.migrator()
	if err != nil {
		return s, err
	}
	s.Missing, s.Newest = p.newest()
	applied := map[int64]bool{}
	err = d.Snapshot(ctx, func(snap *Snapshot) error {
		if s.At, err = snap.Version(ctx); err != nil || s.At == 0 {
			return err
		}
		return snap.Each(ctx, func(r *sql.Rows) error {
			var v int64
			err := r.Scan(&v)
			applied[v] = true
			return err
		}, `SELECT version_id FROM goose_db_version`)
	})
	if err != nil {
		return s, fmt.Errorf("look at schema: %w", err)
	}
	for _, m := range p.ListSources() {
		if applied[m.Version] {
			s.Missing--
		}
	}
	return s, nil
}

// migrator is goose over our migrations for the engine.
type migrator struct{ *goose.Provider }

func (d *DB) migrator() (migrator, error) {
	fsys, err := migrationsFor(d.engine)
	if err != nil {
		return migrator{}, err
	}
	dialect := goose.DialectSQLite3
	if d.engine == Postgres {
		dialect = goose.DialectPostgres
	}
	p, err := goose.NewProvider(dialect, d.write, fsys)
	if err != nil {
		return migrator{}, fmt.Errorf("read migrations: %w", err)
	}
	return migrator{p}, nil
}

// newest returns how many migrations there are and the version of the last.
func (m migrator) newest() (n int, version int64) {
	for _, s := range m.ListSources() {
		n, version = n+1, max(version, s.Version)
	}
	return n, version
}

var (
	typeWord   = regexp.MustCompile(`\b(BIGINT|BOOLEAN|BYTEA)\b`)
	tableEnd   = regexp.MustCompile(`(?m)^\);`)
	sqliteType = map[string]string{"BIGINT": "INTEGER", "BOOLEAN": "INTEGER", "BYTEA": "BLOB"}
)

func migrationsFor(e Engine) (fs.FS, error) {
	names, err := fs.Glob(migrations, "migration/*.sql")
	if err != nil {
		return nil, err
	}
	out := fstest.MapFS{}
	for _, name := range names {
		b, err := migrations.ReadFile(name)
		if err != nil {
			return nil, err
		}
		base := strings.TrimSuffix(strings.TrimPrefix(name, "migration/"), ".sql")
		base, only, _ := strings.Cut(base, ".")
		if only != "" && only != string(e) {
			continue
		}
		text := string(b)
		if e == SQLite {
			text = typeWord.ReplaceAllStringFunc(text, func(w string) string { return sqliteType[w] })
			text = tableEnd.ReplaceAllString(text, ") STRICT;")
		}
		out[base+".sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + text)}
	}
	return out, nil
}

// Newest returns the version of the newest migration that this program has for an engine.
func Newest(e Engine) (version int64, err error) {
	fsys, err := migrationsFor(e)
	if err != nil {
		return 0, err
	}
	names, err := fs.Glob(fsys, "*.sql")
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		v, err := goose.NumericComponent(name)
		if err != nil {
			return 0, fmt.Errorf("read migrations: %w", err)
		}
		version = max(version, v)
	}
	return version, nil
}

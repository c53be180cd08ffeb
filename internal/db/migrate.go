package db

import (
	"context"
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
func (d *DB) Migrate(ctx context.Context) (int, error) {
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

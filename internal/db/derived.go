package db

import (
	"context"
	"database/sql"
	_ "embed" // the derived schema
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"yanming/internal/errs"
)

// derivedSchema is the schema of the file that holds what can be rebuilt, for SQLite. PostgreSQL has the same tables in
// its one database, by migrations.
//
//go:embed derived/schema.sqlite.sql
var derivedSchema string

// Derive runs fn in a transaction that writes what can be rebuilt out of the journal: the search index and its marks,
// nothing else. It reads everything, but may be a little behind what was just committed. Its commit is not durable: after a
// power cut it may have come less far, and its marks say so. It never waits for an Update, nor an Update for it.
func (d *DB) Derive(ctx context.Context, town string, fn func(*Tx) error) error {
	return d.submit(ctx, derivedWriter+town, func(c core) (*core, error) {
		c.town = true
		tx := &Tx{core: c, Town: town}
		err := fn(tx)
		return &tx.core, err
	})
}

// derivedWriter begins the name of a writer of derived things.
const derivedWriter = "derived "

// DerivedFile returns the path of the file that holds what can be rebuilt; "" on PostgreSQL, which keeps it in the
// database. It may be deleted whenever no program has it open.
func (d *DB) DerivedFile() string {
	if d.engine == Postgres {
		return ""
	}
	return derivedPath(d.source)
}

// ForgetDerived removes the file of derived things of the SQLite database at path, so that the next start makes it anew:
// for whoever puts another database in its place. No program may have it open.
func ForgetDerived(path string) error {
	for _, c := range []string{"", "-wal", "-shm", "-journal", damagedMark} { // the mark last: what is cut off is done again
		if err := os.Remove(derivedPath(path) + c); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("forget derived file: %w", err)
		}
	}
	return nil
}

func derivedPath(source string) string {
	ext := filepath.Ext(source)
	return strings.TrimSuffix(source, ext) + "-derived" + ext
}

// openDerived opens the file of derived things, and makes it anew where it is missing, of another version or broken.
func (d *DB) openDerived(ctx context.Context) (err error) {
	path := derivedPath(d.source)
	d.attach = attach(path, "derived")
	text, version := derivedText()
	if got, err := derivedVersion(ctx, path); err != nil || got != version || markedDamaged(path) {
		if err := ForgetDerived(d.source); err != nil {
			return err
		}
		if err := makeDerived(ctx, path, text, version); err != nil {
			return fmt.Errorf("make derived file: %w", err)
		}
	}
	d.derived, err = sql.Open("sqlite", sqliteURL(path, false, "NORMAL"))
	if err == nil {
		d.derived.SetMaxOpenConns(1)
	}
	return err
}

// derivedText is the schema of the file and the version by which it is known.
func derivedText() (text string, version int64) {
	text = toSQLite(derivedSchema)
	return text, int64(crc32.ChecksumIEEE([]byte(text)) &^ (1 << 31))
}

// lookAtDerived returns how a connection that only reads sees the file of derived things. Where there is none of this
// version, it sees an empty one in memory: its marks say that nothing is derived, which is so.
func lookAtDerived(ctx context.Context, path string) (string, error) {
	text, version := derivedText()
	got, err := derivedVersion(ctx, path)
	if err != nil && trouble(err) != storeDamaged {
		return "", translate("look at derived file", err)
	}
	if err == nil && got == version && !markedDamaged(path) {
		return attach(path, "derived"), nil
	}
	empty := strings.ReplaceAll(text, "CREATE TABLE ", "CREATE TABLE derived.")
	return "ATTACH DATABASE ':memory:' AS derived; PRAGMA query_only(0); " + empty + "; PRAGMA query_only(1)", nil
}

// derivedTables finds the names of the derived tables, by which it is told whose damage a statement met: an error of the
// engine does not say in which file it lies. Hardly a statement reads both; damage of the facts that one of them met is met
// by others too.
var derivedTables = regexp.MustCompile(`\b(` + strings.Join(tablesOf(derivedSchema), "|") + `)\b`)

func namesDerived(text string) bool { return derivedTables.MatchString(text) }

// withoutIndex says of what the file of derived things met that the search rests and everything else goes on.
func withoutIndex(err error) error {
	return fmt.Errorf("%w: %v", errs.New(errs.Unavailable, storeIndex), err)
}

func tablesOf(schema string) (out []string) {
	for _, m := range regexp.MustCompile(`CREATE TABLE (\w+)`).FindAllStringSubmatch(schema, -1) {
		out = append(out, m[1])
	}
	return out
}

// damagedMark ends the name of an empty file that says that the one beside it turned out to be damaged.
const damagedMark = ".damaged"

func markedDamaged(path string) bool {
	_, err := os.Stat(path + damagedMark)
	return err == nil
}

// discardDerived has the next start make the file of derived things anew, because it turned out to be damaged. It stays where
// it is until then: connections are opened that see it too, and read the facts; where it cannot even be opened they do without
// it. Only the search misses what lies on the damaged pages.
func (d *DB) discardDerived() {
	if d.engine != SQLite || d.opts.ReadOnly || d.discarded.Swap(true) {
		return
	}
	slog.Error("the search index is damaged; it is made anew at the next start")
	if err := os.WriteFile(derivedPath(d.source)+damagedMark, nil, 0o600); err != nil {
		slog.Error("mark the damaged search index", "error", err)
	}
}

// derivedVersion returns the version that the file says it has; 0 where there is none.
func derivedVersion(ctx context.Context, path string) (version int64, err error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	f, err := sql.Open("sqlite", sqliteURL(path, true, "NORMAL"))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	err = f.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version)
	return version, err
}

// makeDerived writes the empty file. Its version is set last, so that a half-made one is made again.
func makeDerived(ctx context.Context, path, text string, version int64) error {
	f, err := sql.Open("sqlite", sqliteURL(path, false, "OFF"))
	if err != nil {
		return err
	}
	defer f.Close()
	for _, t := range []string{text, fmt.Sprintf("PRAGMA user_version = %d", version)} {
		if _, err := f.ExecContext(ctx, t); err != nil {
			return err
		}
	}
	return f.Close()
}

// attach returns the statement by which a connection sees the other file too, only for reading. Names that it does not
// have itself are found there.
func attach(path, name string) string {
	u := "file:" + (&url.URL{Path: path}).EscapedPath() + "?mode=ro"
	return "ATTACH DATABASE '" + strings.ReplaceAll(u, "'", "''") + "' AS " + name
}

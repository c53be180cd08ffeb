package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// EngineOf says which engine a source names.
func EngineOf(source string) Engine {
	if strings.HasPrefix(source, "postgres://") || strings.HasPrefix(source, "postgresql://") {
		return Postgres
	}
	return SQLite
}

// Within returns a PostgreSQL source whose tables stand in a schema of their own: a database staged beside the one
// that is used.
func Within(source, schema string) (string, error) {
	u, err := url.Parse(source)
	if err != nil {
		return "", errors.New("read database address: not a URL") // the error would repeat a password
	}
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// closing is how long the server may take to see that a program closed its connections.
const closing = time.Second

// Others counts the other programs that have the database of source open, for the commands that put another in its
// place. Whoever opens it right afterwards is not seen.
//
// On SQLite it counts to one. When it is none, the log is folded into the file, and the file alone is the database; a
// damaged one cannot tell and counts none. On PostgreSQL it counts connections to the database.
func Others(ctx context.Context, source string) (n int, err error) {
	if EngineOf(source) == Postgres {
		err = alone(ctx, source, func(c *sql.Conn) error {
			for end := time.Now().Add(closing); ; {
				err := c.QueryRowContext(ctx, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
					AND backend_type = 'client backend' AND pid <> pg_backend_pid()`).Scan(&n)
				if err != nil || n == 0 || time.Now().After(end) {
					return err
				}
				select {
				case <-ctx.Done():
					return ctx.Err()
				case <-time.After(20 * time.Millisecond):
				}
			}
		})
		return n, err
	}
	if _, err := os.Stat(source); errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	d, err := sql.Open("sqlite", "file:"+(&url.URL{Path: source}).EscapedPath()+"?_pragma=busy_timeout(200)&_pragma=trusted_schema(0)")
	if err != nil {
		return 0, err
	}
	defer d.Close()
	var mode string
	err = d.QueryRowContext(ctx, "PRAGMA journal_mode = DELETE").Scan(&mode) // is granted to whoever is alone
	var s *sqlite.Error
	if errors.As(err, &s) {
		switch s.Code() & 0xff {
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
			return 1, nil
		case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
			return 0, nil
		}
	}
	if err == nil && mode != "delete" {
		n = 1
	}
	return n, translate("fold the log in", err)
}

// IsFull reports whether the database had no room for what it was given, or not even to begin.
func IsFull(err error) bool { return trouble(err) == storeFull }

// Bare reports whether nothing at all lies in the schema that a PostgreSQL source uses: no table, and no view, function or
// extension of anybody else either, which would go with it.
func Bare(ctx context.Context, source string) (bare bool, err error) {
	err = alone(ctx, source, func(c *sql.Conn) error {
		return c.QueryRowContext(ctx, `SELECT NOT EXISTS (SELECT 1 FROM pg_depend
			WHERE refclassid = 'pg_namespace'::regclass AND refobjid = quote_ident(current_schema())::regnamespace)`).Scan(&bare)
	})
	return bare, err
}

// Stage makes an empty schema in the PostgreSQL database of source. Errors: Invalid db.encoding for one that is not in UTF8.
func Stage(ctx context.Context, source, schema string) error {
	return alone(ctx, source, func(c *sql.Conn) error {
		if err := encoded(ctx, c, source); err != nil {
			return err
		}
		_, err := c.ExecContext(ctx, "CREATE SCHEMA "+quote(schema))
		return err
	})
}

// Unstage removes a staged schema with everything in it.
func Unstage(ctx context.Context, source, schema string) error {
	return alone(ctx, source, func(c *sql.Conn) error {
		_, err := c.ExecContext(ctx, "DROP SCHEMA IF EXISTS "+quote(schema)+" CASCADE")
		return err
	})
}

// Promote puts a staged schema in the place of the one that source uses, and keeps that under the name aside: both at
// once, or neither.
func Promote(ctx context.Context, source, staged, aside string) error {
	return alone(ctx, source, func(c *sql.Conn) error {
		var live string
		if err := c.QueryRowContext(ctx, `SELECT current_schema()`).Scan(&live); err != nil {
			return err
		}
		tx, err := c.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		for _, text := range []string{"ALTER SCHEMA " + quote(live) + " RENAME TO " + quote(aside), "ALTER SCHEMA " + quote(staged) + " RENAME TO " + quote(live)} {
			if _, err := tx.ExecContext(ctx, text); err != nil {
				return err
			}
		}
		return tx.Commit()
	})
}

// alone runs fn on one connection to the PostgreSQL database of source.
func alone(ctx context.Context, source string, fn func(*sql.Conn) error) error {
	d, err := sql.Open("pgx", source)
	if err != nil {
		return fmt.Errorf("open database %s: %w", SafeSource(source), err)
	}
	defer d.Close()
	c, err := d.Conn(ctx)
	if err = turnedAway(source, err); err != nil {
		return fmt.Errorf("open database %s: %w", SafeSource(source), err)
	}
	defer c.Close()
	if err := fn(c); err != nil {
		return fmt.Errorf("database %s: %w", SafeSource(source), err)
	}
	return nil
}

package db

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"yanming/internal/errs"
)

// errNoRow is the NotFound of a query for one row.
var errNoRow = errs.Missing()

// translate gives an engine's error the meaning it has for the caller: no row is NotFound, a second row under a unique
// key is Conflict. Anything else stays what it is, with the statement's first words.
func translate(text string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return errNoRow
	case isUnique(err):
		return fmt.Errorf("%w: %w", errs.New(errs.Conflict, "error.changed"), err)
	}
	return fmt.Errorf("%s: %w", head(text), err)
}

// head is the beginning of a statement, for logs. Arguments are never logged.
func head(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > 80 {
		text = text[:80] + "…"
	}
	return text
}

func isUnique(err error) bool {
	var p *pgconn.PgError
	if errors.As(err, &p) {
		return p.Code == "23505"
	}
	var s *sqlite.Error
	return errors.As(err, &s) && (s.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || s.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
}

// isRetry reports whether PostgreSQL asks to run the transaction again.
func isRetry(err error) bool {
	var p *pgconn.PgError
	return errors.As(err, &p) && (p.Code == "40001" || p.Code == "40P01")
}

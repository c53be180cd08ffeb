package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"yanming/internal/errs"
)

// errNoRow is the NotFound of a query for one row.
var errNoRow = errs.Missing()

// translate gives an engine's error the meaning it has for the caller: no row is NotFound, a second row under a unique
// key is Conflict, a full disk, a lost database or a damaged file is Unavailable. Anything else stays what it is. All
// carry the statement's first words.
func translate(text string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return errNoRow
	case isUnique(err):
		return fmt.Errorf("%w: %w", errs.New(errs.Conflict, "error.changed"), err)
	}
	if key := trouble(err); key != "" && !errs.Is(err, errs.Unavailable) {
		return fmt.Errorf("%w: %s: %w", errs.New(errs.Unavailable, key), head(text), err)
	}
	return fmt.Errorf("%s: %w", head(text), err)
}

// The ways in which a database cannot do its work. Each key with ".do" behind it tells the operator what to do.
const (
	storeFull    = "error.store.full"    // no room on the disk
	storeAway    = "error.store.away"    // the server does not answer, or ended the connection
	storeClosed  = "error.store.closed"  // it may not be written
	storeDamaged = "error.store.damaged" // what is in it is not what was written
	storeLog     = "error.store.log"     // SQLite's write-ahead log is broken before its end
	storeIndex   = "error.store.index"   // the file of what can be rebuilt is damaged or away: the search rests, nothing else
)

// trouble returns the message key of an error that is the installation's and not the statement's, or "".
func trouble(err error) string {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return ""
	}
	var s *sqlite.Error
	if errors.As(err, &s) {
		return sqliteTrouble(s.Code())
	}
	var p *pgconn.PgError
	if errors.As(err, &p) {
		return postgresTrouble(p.Code)
	}
	if isLost(err) {
		return storeAway
	}
	return ""
}

func sqliteTrouble(code int) string {
	if code == sqlite3.SQLITE_IOERR_SHMSIZE { // the first thing that a start on a full disk cannot make
		return storeFull
	}
	switch code & 0xff { // the extended codes say where in the engine it was met
	case sqlite3.SQLITE_FULL:
		return storeFull
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return storeClosed
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return storeDamaged
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return storeAway
	}
	return ""
}

// postgresTrouble sorts the codes of PostgreSQL's appendix A.
func postgresTrouble(code string) string {
	switch {
	case code == "53100":
		return storeFull
	case code == "25006", code == "58030": // read_only_sql_transaction, io_error
		return storeClosed
	case strings.HasPrefix(code, "XX00"): // data_corrupted, index_corrupted; XX000 itself is a fault of the server
		if code == "XX000" {
			return ""
		}
		return storeDamaged
	case isEnd(code), strings.HasPrefix(code, "53"), strings.HasPrefix(code, "08"):
		return storeAway
	}
	return ""
}

// isEnd reports whether a code says that the server ends the connection: it is stopped, starts, or crashed (57P01–57P05).
func isEnd(code string) bool { return strings.HasPrefix(code, "57P") }

// isDamaged reports whether err says that what stands on the disk is not what was written there.
func isDamaged(err error) bool {
	for _, e := range errs.All(err) {
		if e.Key == storeDamaged || e.Key == storeLog {
			return true
		}
	}
	return false
}

// isLost reports whether the connection to the server is gone, so that another one may do.
func isLost(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	var p *pgconn.PgError
	if errors.As(err, &p) {
		return isEnd(p.Code) || strings.HasPrefix(p.Code, "08")
	}
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || pgconn.SafeToRetry(err) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, sql.ErrConnDone)
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

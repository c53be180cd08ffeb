// Package db opens the one database of an installation, SQLite or PostgreSQL, and hands out transactions that belong
// to one town.
//
// A statement reaches the engine only through a Tx, whose first parameter $1 is always its town, or through a Wide,
// which crosses towns, is counted by a test, and says why. There is no other way in: no ORM, no bare connection.
//
// Writes are queued: one writer (for each town on PostgreSQL, for all of them on SQLite) drains the queue and commits
// many requests in one durable transaction, those who come while it runs among them; where one failed after it wrote, all
// run again, each behind a savepoint. So a closure may run twice, and must take ids, salts and files made before it;
// nothing may leave it but its result.
package db

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"
	_ "modernc.org/sqlite"             // registers the driver "sqlite"

	"yanming/internal/db/gather"
	"yanming/internal/errs"
)

// Engine is one of the two databases Yanming runs on.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Options are what Open may be told; the zero value is right for a server.
type Options struct {
	Now      func() time.Time // the clock of every transaction; time.Now when nil
	Readers  int              // connections for reading; twice the cores, at least four, when 0
	Batch    int              // most requests in one durable commit; 128 when 0
	ReadOnly bool             // for a look beside a running server: nothing is made, migrated, written or taken away
	Inspect  func(Statement)  // told each distinct statement once, before it runs: the plan test
	Watch    Watch            // told how commits and reads go
	Synced   func()           // called between each durable commit and its acknowledgement: a test makes a slow disk of it
}

// DB is an open installation. It is safe for concurrent use.
type DB struct {
	engine  Engine
	source  string
	opts    Options
	write   *sql.DB // what changes much of the file at once, and the first connection
	commits *sql.DB // what is asked of writers; the same as write on PostgreSQL
	read    *sql.DB
	derived *sql.DB // what can be rebuilt; the same as write on PostgreSQL, nil where it is only read
	attach  string  // SQLite: by which a reading connection sees it
	readers *shelf

	checkpointers []*checkpointer // SQLite

	mu        sync.Mutex
	writers   map[string]*writer
	closed    bool
	unclean   bool     // the log was not folded into the file
	seen      sync.Map // statement texts already inspected
	touched   sync.Map // topic → how often this process changed it
	stop      context.CancelFunc
	life      context.Context
	discarded atomic.Bool           // the file of derived things turned out to be damaged
	fault     atomic.Pointer[error] // why the last commit was not possible, nil after one that was
	gone      outage                // nothing answers
	barred    outage                // it answers and cannot be written
}

// Open opens source: a postgres:// URL, or the path of an SQLite file whose folder exists. It does not migrate.
// Errors: of PostgreSQL Unavailable db.unreached, Invalid db.address, db.unknown, db.denied, db.handshake, and db.encoding
// for a database that is to be written and is not in UTF8.
func Open(ctx context.Context, source string, o Options) (*DB, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Readers == 0 {
		o.Readers = max(4, 2*runtime.GOMAXPROCS(0))
	}
	if o.Batch == 0 {
		o.Batch = 128
	}
	d := &DB{source: source, opts: o, writers: map[string]*writer{}, readers: newShelf(o.Readers),
		gone:   outage{lost: "the database does not answer", back: "the database answers again"},
		barred: outage{lost: "the database cannot be written", back: "the database can be written again"}}
	d.life, d.stop = context.WithCancel(context.WithoutCancel(ctx))
	err := d.open(ctx)
	switch {
	case err != nil:
	case d.engine == Postgres:
		if err = d.greet(ctx); err == nil && !o.ReadOnly {
			err = encoded(ctx, d.write, source)
		}
	default:
		if err = d.write.PingContext(ctx); trouble(err) != "" {
			err = translate("open", err)
		}
	}
	if err != nil {
		d.Close()
		return nil, fmt.Errorf("open database %s: %w", SafeSource(source), err)
	}
	for range o.Readers {
		d.readers.add(&session{pool: d.read, engine: d.engine, attach: d.attach, spare: true})
	}
	return d, nil
}

func (d *DB) open(ctx context.Context) (err error) {
	if strings.HasPrefix(d.source, "postgres://") || strings.HasPrefix(d.source, "postgresql://") {
		d.engine = Postgres
		source := d.source
		if d.opts.ReadOnly {
			source = readOnlyURL(source)
		}
		d.write, err = sql.Open("pgx", source)
		d.read, d.derived, d.commits = d.write, d.write, d.write
		return err
	}
	d.engine = SQLite
	if err := gather.Register(); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Dir(d.source)); err != nil {
		return err
	}
	if d.opts.ReadOnly {
		if _, err := os.Stat(d.source); err != nil {
			return err
		}
	}
	if info, err := os.Stat(d.source + "-wal"); err == nil && info.Size() > 0 {
		d.unclean = true
		if err := checkLog(d.source + "-wal"); err != nil {
			return err
		}
	}
	if d.write, err = sql.Open("sqlite", sqliteURL(d.source, d.opts.ReadOnly, "FULL")); err != nil {
		return err
	}
	d.write.SetMaxOpenConns(1)
	if d.commits, err = sql.Open("sqlite", committingURL(d.source, d.opts.ReadOnly)); err != nil {
		return err
	}
	d.commits.SetMaxOpenConns(1)
	if d.read, err = sql.Open("sqlite", sqliteURL(d.source, true, "FULL")); err != nil {
		return err
	}
	if d.opts.ReadOnly { // what others write is neither made anew nor folded in
		d.attach, err = lookAtDerived(ctx, derivedPath(d.source))
		return err
	}
	if err := d.openDerived(ctx); err != nil {
		return err
	}
	if err := d.checkpoint(d.source, "FULL", ""); err != nil {
		return err
	}
	return d.checkpoint(derivedPath(d.source), "NORMAL", derivedWriter)
}

// What a connection keeps of a file, in bytes, beside what the system keeps of it for all of them. There are at least
// four that read.
const (
	cacheWriting = 8 << 20
	cacheReading = 8 << 20
)

// sqliteURL sets WAL with synchronous=FULL, so that a receipt that was handed out survives a power cut, and refuses
// functions and triggers that a planted schema might carry.
func sqliteURL(path string, readOnly bool, synchronous string) string {
	q, cache := url.Values{}, cacheWriting
	if readOnly {
		cache = cacheReading
	}
	for _, p := range []string{"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(" + synchronous + ")", "foreign_keys(1)",
		"trusted_schema(0)", "cell_size_check(1)", "temp_store(MEMORY)", fmt.Sprintf("cache_size(-%d)", cache>>10), "wal_autocheckpoint(0)"} {
		q.Add("_pragma", p)
	}
	if readOnly {
		q.Add("_pragma", "query_only(1)")
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

// committingURL is sqliteURL for the one connection that commits requests. It keeps what a transaction changes in memory
// until it commits, so that all it writes to the log is a commit, as gather asks. What changes a great part of the file at
// once, a migration or a restore, has another connection.
func committingURL(path string, readOnly bool) string {
	return sqliteURL(path, readOnly, "FULL") + "&vfs=" + gather.Name + "&_pragma=cache_spill(0)"
}

// readOnlyURL lets every transaction of the connection be one that only reads.
func readOnlyURL(source string) string {
	u, err := url.Parse(source)
	if err != nil {
		return source // the driver says what is wrong with it
	}
	q := u.Query()
	q.Set("default_transaction_read_only", "on")
	u.RawQuery = q.Encode()
	return u.String()
}

// SafeSource is source without a password, for people to read.
func SafeSource(source string) string {
	scheme, _, remote := strings.Cut(source, "://")
	if !remote {
		return source
	}
	u, err := url.Parse(source)
	if err != nil || strings.Count(u.Host, ":") > 1 && !strings.HasPrefix(u.Host, "[") { // wherever in it the password is
		return scheme + "://…"
	}
	q, has := u.Query(), false
	for _, name := range []string{"password", "sslpassword"} {
		if q.Has(name) {
			q.Set(name, "xxxxx")
			has = true
		}
	}
	if has {
		u.RawQuery = q.Encode()
	}
	return u.Redacted()
}

// Engine says which database this is.
func (d *DB) Engine() Engine { return d.engine }

// Now is the clock that transactions use.
func (d *DB) Now() time.Time { return d.opts.Now() }

// Fault returns why the database cannot be written at present: an Unavailable error whose key with ".do" behind it says
// what the operator has to do. It is nil until a commit fails so, and again once one has succeeded. Damage stays: nothing
// is written any more.
func (d *DB) Fault() error {
	if e := d.fault.Load(); e != nil {
		return *e
	}
	return nil
}

// note keeps how the last commit ended, as far as it tells of the installation and not of the request.
func (d *DB) note(err error) {
	old := d.fault.Load()
	switch {
	case old != nil && isDamaged(*old):
	case err == nil && old != nil:
		d.fault.Store(nil)
	case errs.Is(err, errs.Unavailable):
		d.fault.Store(&err)
	}
}

// Close ends the writers after what they hold, and closes every connection. A second Close does nothing.
func (d *DB) Close() error {
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return nil
	}
	d.closed = true
	writers := d.writers
	d.writers = map[string]*writer{}
	d.mu.Unlock()
	d.stop()
	for _, w := range writers {
		<-w.done
	}
	d.readers.close() // SQLite folds its log into the one file when the last connection goes
	var err error
	for _, c := range d.checkpointers {
		if e := c.close(); err == nil {
			err = e
		}
	}
	for i, pool := range []*sql.DB{d.read, d.derived, d.commits, d.write} {
		if pool == nil || i < 3 && pool == d.write {
			continue
		}
		if e := pool.Close(); err == nil {
			err = e
		}
	}
	return translate("close", err)
}

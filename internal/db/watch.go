package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"
)

// Watch is told what the engine does, for what an operator watches. Each function may be nil; it must return at once
// and be safe for concurrent use. It learns numbers and durations, never what was written.
type Watch struct {
	Committed func(Commit)             // after each durable transaction, also a failed one
	Queued    func(wait time.Duration) // how long a write waited until its writer took it
	Read      func(wait time.Duration) // how long a reading transaction waited for its connection
}

// Commit is one durable transaction of a writer.
type Commit struct {
	Took     time.Duration // from the first try to the end, closures included
	Requests int           // how many requests shared it
	Tries    int           // 1 unless another writer was met
	Failed   bool          // the engine refused the whole of it
}

// Load says how busy the database is at this moment.
type Load struct {
	Queue   int // writes that wait for their writer
	Readers int // connections for reading
	Busy    int // those in use
}

// Load returns how busy the database is.
func (d *DB) Load() Load {
	l := Load{Readers: d.readers.all, Busy: d.readers.busy()}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, w := range d.writers {
		l.Queue += len(w.queue)
	}
	return l
}

// Answers returns nil when the database answers a question before ctx ends. It reads no table.
func (d *DB) Answers(ctx context.Context) error {
	return d.view(ctx, func(c core) error {
		var one int
		return c.one(ctx, "SELECT 1", &one)
	})
}

// one reads a row of the engine's own, which belongs to no town.
func (c *core) one(ctx context.Context, text string, dest ...any) error {
	rows, err := c.query(ctx, text, nil)
	return Row{c, text, rows, err}.Scan(dest...)
}

// tell passes on how a batch went.
func (w *writer) tell(batch []*request, start time.Time, tries int, err error) {
	watch := w.d.opts.Watch
	if watch.Queued != nil {
		for _, r := range batch {
			watch.Queued(max(0, start.Sub(r.since))) // who joined while it ran did not wait
		}
	}
	if watch.Committed != nil {
		watch.Committed(Commit{Took: time.Since(start), Requests: len(batch), Tries: tries, Failed: err != nil})
	}
}

// Size returns the bytes of the database and of its write-ahead log. PostgreSQL keeps its log for all databases
// together: 0.
func (d *DB) Size(ctx context.Context) (data, log int64, err error) {
	if d.engine == Postgres {
		err = d.view(ctx, func(c core) error { return c.one(ctx, "SELECT pg_database_size(current_database())", &data) })
		return data, 0, err
	}
	info, err := os.Stat(d.source)
	if err != nil {
		return 0, 0, fmt.Errorf("size of the database: %w", err)
	}
	data = info.Size()
	if info, err = os.Stat(d.source + "-wal"); err == nil {
		log = info.Size()
	} else if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	return data, log, err
}

// Setting is a setting of the engine on which it depends that what was committed survives.
type Setting struct {
	Name string
	Is   string
	Good bool
}

// Settings reads back, on the writer's own connection, what durability and order of text depend on. SQLite: WAL,
// synchronous=FULL. PostgreSQL: version 13 or newer, fsync, synchronous_commit, full_page_writes, UTF8, an
// order of text that does not change under it. It writes
// nothing, but waits for the writer's turn: an error also says that nothing can be written. Where the database is open for reading
// only it asks a reader's connection, which is set up alike.
func (d *DB) Settings(ctx context.Context) (out []Setting, err error) {
	if d.opts.ReadOnly {
		err = d.view(ctx, func(c core) error { return c.settings(ctx, &out) })
		return out, err
	}
	err = d.submit(ctx, "", func(c core) (*core, error) {
		out = nil
		if err := c.settings(ctx, &out); err != nil {
			return &c, err
		}
		return &c, errLooked // rolled back
	})
	if errors.Is(err, errLooked) {
		err = nil
	}
	return out, err
}

var errLooked = errors.New("only looked")

func (c *core) settings(ctx context.Context, out *[]Setting) error {
	ask := func(name, text string, good func(string) bool) error {
		var is sql.NullString
		if err := c.one(ctx, text, &is); err != nil {
			return err
		}
		*out = append(*out, Setting{name, is.String, good(is.String)})
		return nil
	}
	is := func(want ...string) func(string) bool {
		return func(s string) bool {
			for _, w := range want {
				if s == w {
					return true
				}
			}
			return false
		}
	}
	if c.db.engine == SQLite {
		return errors.Join(ask("journal_mode", "PRAGMA journal_mode", is("wal")),
			ask("synchronous", "PRAGMA synchronous", is("2", "3")), // FULL, EXTRA
			ask("trusted_schema", "PRAGMA trusted_schema", is("0")))
	}
	return errors.Join(
		ask("server_version_num", "SELECT current_setting('server_version_num')", func(s string) bool { n, err := strconv.Atoi(s); return err == nil && n >= 130000 }),
		ask("fsync", "SELECT current_setting('fsync')", is("on")),
		ask("synchronous_commit", "SELECT current_setting('synchronous_commit')", is("on", "remote_apply", "remote_write")),
		ask("full_page_writes", "SELECT current_setting('full_page_writes')", is("on")),
		ask("server_encoding", "SELECT current_setting('server_encoding')", is("UTF8")),
		// The order of text of the operating system's own locales changes with its upgrades, and indexes with it.
		ask("collation", `SELECT CASE WHEN COALESCE(to_jsonb(d) ->> 'datlocprovider', 'c') = 'c' THEN d.datcollate ELSE 'ICU' END
			FROM pg_database d WHERE d.datname = current_database()`, is("ICU", "C", "POSIX", "C.UTF-8", "C.utf8")))
}

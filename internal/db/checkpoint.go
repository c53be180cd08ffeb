package db

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"time"
)

// SQLite's write-ahead log is brought into the database file behind the writer and not by it: a commit that did this too
// would let everybody who waits for it wait twenty times as long. What is left when the log has grown long is little, and
// the writer brings that in itself between two batches, so that the log begins anew.
const (
	logSmall   = 4 << 20 // bytes of the log's file up to which nothing is done
	logLong    = 12_000  // pages from which the writer helps
	logFew     = 1_000   // pages up to which it is brought in only every logLazy
	logLazy    = 2 * time.Second
	logLooks   = 200 * time.Millisecond
	bringIn    = "PRAGMA main.wal_checkpoint(PASSIVE)" // never waits for readers or the writer; not what is attached
	catchingUp = 2                                     // further rounds before the writer helps, so that little is left for it
)

// checkpointer brings the log of one file in, on a connection of its own.
type checkpointer struct {
	path string
	pool *sql.DB
	d    *DB
	name string // of the writer of the file
	done chan struct{}
}

// checkpoint begins to bring in the log of a file, which the writer of a name writes.
func (d *DB) checkpoint(path, synchronous, name string) error {
	pool, err := sql.Open("sqlite", sqliteURL(path, false, synchronous))
	if err != nil {
		return err
	}
	pool.SetMaxOpenConns(1)
	c := &checkpointer{path: path, pool: pool, d: d, name: name, done: make(chan struct{})}
	d.checkpointers = append(d.checkpointers, c)
	go c.loop(d.life)
	return nil
}

func (c *checkpointer) loop(ctx context.Context) {
	defer close(c.done)
	tick := time.NewTicker(logLooks)
	defer tick.Stop()
	var seen, last time.Time
	pages := 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		info, err := os.Stat(c.path + "-wal")
		if err != nil || info.Size() < logSmall || info.ModTime().Equal(seen) || pages < logFew && time.Since(last) < logLazy {
			continue
		}
		seen, last = info.ModTime(), time.Now()
		if pages, err = c.bring(ctx); err != nil && ctx.Err() == nil {
			slog.Error("bring the write-ahead log in", "error", err)
		}
	}
}

// bring brings the log in and returns how many pages it had.
func (c *checkpointer) bring(ctx context.Context) (pages int, err error) {
	var busy, done int
	for range 1 + catchingUp {
		if err := c.pool.QueryRowContext(ctx, bringIn).Scan(&busy, &pages, &done); err != nil {
			return 0, fmt.Errorf("checkpoint: %w", err)
		}
		if pages < logLong {
			return pages, nil
		}
	}
	return pages, c.finish(ctx)
}

// finish lets the writer bring in what is left between two batches. Of the facts, the writer of derived things stands
// still meanwhile: its transactions read them, and the log begins anew only while nobody reads what is in it.
func (c *checkpointer) finish(ctx context.Context) error {
	w, err := c.d.writer(c.name)
	if err != nil {
		return err
	}
	done := make(chan struct{})
	last := func() { w.aside(bringIn); close(done) }
	if c.name == derivedWriter {
		return w.interpose(ctx, last)
	}
	reader, err := c.d.writer(derivedWriter)
	if err != nil {
		return err
	}
	return reader.interpose(ctx, func() {
		if w.interpose(ctx, last) == nil {
			<-done
		}
	})
}

// interpose has do done between two batches, soon; it does not wait for it.
func (w *writer) interpose(ctx context.Context, do func()) error {
	select {
	case w.between <- do:
		return nil
	case <-w.done:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *checkpointer) close() error {
	<-c.done
	return c.pool.Close()
}

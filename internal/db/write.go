package db

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"yanming/internal/errs"
)

// retries is how often a batch runs again after PostgreSQL found that it met another writer (40001, 40P01), and
// reconnects how often after the connection broke before the commit was asked for: a server that is restarted costs its
// callers a wait of some seconds and nothing else.
const (
	retries    = 12
	reconnects = 5
)

// Update runs fn in a durable transaction of town, together with whatever else waits. When it returns nil, what fn
// wrote survives a power cut. fn may run twice. It must not open another transaction.
func (d *DB) Update(ctx context.Context, town string, fn func(*Tx) error) error {
	return d.submit(ctx, town, func(c core) (*core, error) {
		c.town = true
		tx := &Tx{core: c, Town: town}
		err := fn(tx)
		return &tx.core, err
	})
}

// UpdateAcross is Update over all towns.
func (d *DB) UpdateAcross(ctx context.Context, fn func(*Wide) error) error {
	return d.submit(ctx, "", func(c core) (*core, error) {
		w := &Wide{core: c}
		err := fn(w)
		return &w.core, err
	})
}

// commit makes one durable transaction of the batch, again where another writer was met or where the server went away
// before it was asked to commit. The first attempt has no savepoints: they cost two statements a request, and hardly a
// request fails after it wrote. When one does, the whole batch runs again with a savepoint for each.
func (w *writer) commit(batch []*request) {
	var err error
	guarded := false
	start, met, lost := time.Now(), 0, 0
	for {
		batch, err = w.attempt(batch, guarded)
		switch {
		case errors.Is(err, errGuard):
			guarded = true
			continue
		case isRetry(err) && met < retries:
			time.Sleep(time.Duration(1+rand.IntN(4<<met)) * time.Millisecond / 4)
			met++
			continue
		case isLost(err) && !w.asked && lost < reconnects && w.d.life.Err() == nil:
			time.Sleep(100 * time.Millisecond << lost)
			lost++
			continue
		}
		break
	}
	if !w.apart && (err != nil || w.asked) {
		w.d.note(err)
	}
	if !w.apart {
		w.d.answered(err, w.asked)
	}
	if w.apart && w.asked && isDamaged(err) { // what it met before, its statement said
		w.d.discardDerived()
	}
	w.used = time.Now()
	w.tell(batch, start, met+1, err)
	for _, r := range batch {
		if err != nil {
			r.err = err
		}
		if r.err == nil { // before whoever waits goes on: what they ask next must find it done
			for _, f := range r.after {
				f()
			}
		}
		close(r.done)
	}
}

// aside runs a statement between two batches, outside of a transaction.
func (w *writer) aside(text string) {
	err := w.s.connect(w.d.life)
	if err == nil {
		err = w.s.run(context.WithoutCancel(w.d.life), text)
	}
	if err != nil {
		slog.Error("between two batches", "error", err)
		w.s.drop()
	}
}

// errGuard asks for the batch to be run again with savepoints.
var errGuard = errors.New("a request failed after it wrote")

// attempt runs the batch and returns it with those who came while it ran: one durable commit serves them all, and whoever
// waits for a place in the next one would wait for two.
func (w *writer) attempt(batch []*request, guarded bool) (all []*request, err error) {
	ctx := context.WithoutCancel(w.d.life)
	w.asked = false
	clear(w.s.touched)
	if err := w.open(ctx); err != nil {
		w.s.drop()
		if w.apart && trouble(err) == storeDamaged { // the file that it writes, or the one that it reads: a new index harms neither
			w.d.discardDerived()
		}
		return batch, translate("begin", err)
	}
	defer func() {
		if err != nil {
			if isLost(err) || w.s.run(ctx, "ROLLBACK") != nil { // SQLite has rolled back by itself when its disk is full
				w.s.drop()
			}
		}
		w.unlock(ctx)
	}()
	wrote, patience := false, min(w.took, patient)
	for i := 0; i < len(batch); i++ {
		shared := len(batch) > 1
		ok, err := w.one(ctx, batch[i], guarded && shared, shared)
		if err != nil {
			return batch, err
		}
		wrote = wrote || ok
		if i == len(batch)-1 && (shared || batch[i].err == nil) { // what a single one wrote before it failed is for nobody to join
			batch = w.join(batch, &patience)
		}
	}
	if !wrote { // nobody's closure wrote: nothing to make durable
		return batch, translate("rollback", w.s.run(ctx, "ROLLBACK"))
	}
	w.asked = true
	since := time.Now()
	if err := w.s.run(ctx, "COMMIT"); err != nil {
		return batch, translate("commit", err)
	}
	w.took, w.before = time.Since(since), len(batch)
	if w.d.opts.Synced != nil && !w.apart {
		w.d.opts.Synced()
	}
	return batch, nil
}

// patient is the longest that a batch waits for those who are about to come.
const patient = 2 * time.Millisecond

// join adds to a batch those who wait, as far as it may hold them. While it is smaller than the one before, the rest of
// those who were answered then are likely on their way with what they do next, so it waits for them, in all no longer than
// a commit takes: that is what it saves them.
func (w *writer) join(batch []*request, patience *time.Duration) []*request {
	for len(batch) < w.d.opts.Batch {
		select {
		case r := <-w.early:
			batch = append(batch, r)
			continue
		case r := <-w.queue:
			batch = append(batch, r)
			continue
		default:
		}
		if len(batch) >= w.before || *patience <= 0 {
			return batch
		}
		since := time.Now()
		late := time.NewTimer(*patience)
		select {
		case r := <-w.early:
			batch = append(batch, r)
		case r := <-w.queue:
			batch = append(batch, r)
		case <-late.C:
		case <-w.d.life.Done():
			*patience = 0
		}
		late.Stop()
		*patience -= time.Since(since)
	}
	return batch
}

// open starts the transaction. The advisory lock is taken before it, because a snapshot must not be older than the
// lock that makes it the newest.
func (w *writer) open(ctx context.Context) error {
	if err := w.s.connect(ctx); err != nil {
		return err
	}
	if w.d.engine == SQLite {
		return w.s.run(ctx, "BEGIN IMMEDIATE")
	}
	if _, err := w.s.conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", w.lock); err != nil {
		return err
	}
	return w.s.run(ctx, "BEGIN ISOLATION LEVEL REPEATABLE READ")
}

func (w *writer) unlock(ctx context.Context) {
	if w.d.engine == SQLite || w.s.conn == nil {
		return
	}
	if _, err := w.s.conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", w.lock); err != nil {
		w.s.drop() // the lock goes with the connection
	}
}

// one runs a request's closure, behind a savepoint when that is asked for. It reports whether the closure succeeded and
// may have written; an error concerns the whole batch.
func (w *writer) one(ctx context.Context, r *request, guarded, shared bool) (bool, error) {
	r.err, r.after = r.ctx.Err(), nil
	if r.err != nil {
		return false, nil // gave up while waiting
	}
	if guarded {
		if err := w.s.run(ctx, "SAVEPOINT request"); err != nil {
			return false, translate("savepoint", err)
		}
	}
	c, err := call(r.fn, core{Now: w.d.opts.Now(), db: w.d, s: w.s, write: true, apart: w.apart})
	if err == nil && c != nil {
		err = c.flush(ctx)
	}
	w.s.waiting = nil // of one that failed
	if c != nil && c.failed != nil && (err == nil || isRetry(c.failed)) {
		err = c.failed
	}
	if isRetry(err) {
		return false, err
	}
	if c != nil && errs.Is(c.failed, errs.Unavailable) { // the engine's trouble, not the closure's: nothing of the batch stands
		return false, c.failed
	}
	r.err = err
	switch wrote := c == nil || c.wrote || c.failed != nil; {
	case err == nil:
		r.after = c.after
		if guarded {
			err = w.s.run(ctx, "RELEASE SAVEPOINT request")
		}
		return wrote, err
	case guarded:
		if err := w.s.run(ctx, "ROLLBACK TO SAVEPOINT request"); err != nil {
			return false, translate("rollback", err)
		}
		return false, w.s.run(ctx, "RELEASE SAVEPOINT request")
	case wrote && shared:
		return false, errGuard
	}
	return false, nil
}

// call turns a panic of the closure into its error, so that it cannot take the batch with it.
func call(fn func(core) (*core, error), c core) (out *core, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in transaction: %v\n%s", p, debug.Stack())
		}
	}()
	return fn(c)
}

// errClosed answers who comes while the program ends.
var errClosed = fmt.Errorf("the database is closed: %w", errs.New(errs.Unavailable, storeAway))

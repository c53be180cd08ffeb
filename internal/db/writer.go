package db

import (
	"context"
	"hash/fnv"
	"strings"
	"time"
)

// request is one closure waiting for its commit.
type request struct {
	ctx   context.Context
	since time.Time // when it was queued
	fn    func(core) (*core, error)
	err   error
	after []func()
	done  chan struct{}
}

func (d *DB) submit(ctx context.Context, name string, fn func(core) (*core, error)) error {
	if d.opts.ReadOnly {
		return errReadOnly
	}
	if err := d.Fault(); isDamaged(err) { // to write on would bury what can still be saved
		d.barred.met(err)
		return err
	}
	w, err := d.writer(name)
	if err != nil {
		return err
	}
	r := &request{ctx: ctx, since: time.Now(), fn: fn, done: make(chan struct{})}
	if w.straight(r) {
		return r.err
	}
	select {
	case w.queue <- r:
	case <-ctx.Done():
		return ctx.Err()
	case <-d.life.Done():
		return errClosed
	}
	select {
	case <-r.done:
		return r.err
	case <-w.done: // closed between queueing and draining
		select {
		case <-r.done:
			return r.err
		default:
			return errClosed
		}
	}
}

// straight commits a request on its caller's own goroutine where nobody writes or waits: handing it over would cost more
// than what it does. It reports false where the request has to queue.
func (w *writer) straight(r *request) bool {
	select {
	case w.turn <- struct{}{}:
	default:
		return false
	}
	defer func() { <-w.turn }()
	if w.ended || len(w.queue) > 0 {
		return false
	}
	whole := false
	defer func() {
		if whole {
			return
		}
		w.s.drop()                    // a transaction may be open
		if p := recover(); p != nil { // a fault of ours beside any closure, which callers must not survive as if it were theirs
			go panic(p)
			panic(p)
		}
	}()
	w.commit([]*request{r})
	whole = true
	return true
}

// writer owns one connection and commits the queue of one town (PostgreSQL) or of all of them (SQLite).
type writer struct {
	d     *DB
	lock  int64 // PostgreSQL: the town's advisory lock, so that copies of the program take turns instead of colliding
	queue chan *request
	done  chan struct{}

	early chan *request // taken from the queue while somebody else commits, who may have it

	turn  chan struct{} // holds one who commits, and has what follows
	s     *session
	used  time.Time // when the last commit ended
	ended bool

	between chan func()   // something to do between two batches
	before  int           // how many the last batch had
	took    time.Duration // by its commit
	asked   bool          // the present transaction's commit was sent: whether it holds is known only from the answer
	apart   bool          // it writes derived things: how that goes says nothing of the facts
}

// writer returns the writer of a name: a town, "" for all of them, or either behind derivedWriter.
func (d *DB) writer(name string) (*writer, error) {
	pool, other, apart := d.commits, "", strings.HasPrefix(name, derivedWriter)
	if d.engine == SQLite {
		if apart {
			name, pool, other = derivedWriter, d.derived, attach(d.source, "facts")
		} else {
			name = ""
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, errClosed
	}
	w := d.writers[name]
	if w == nil {
		h := fnv.New64a()
		h.Write([]byte("yanming " + name))
		w = &writer{d: d, lock: int64(h.Sum64()), s: &session{pool: pool, engine: d.engine, attach: other},
			queue: make(chan *request, 4*d.opts.Batch), done: make(chan struct{}),
			between: make(chan func()), early: make(chan *request), turn: make(chan struct{}, 1), apart: apart}
		d.writers[name] = w
		go w.loop()
	}
	return w, nil
}

// restful is how long a writer of PostgreSQL keeps its connection for the next batch: each town has its own, and a server
// has not many.
const restful = time.Minute

func (w *writer) loop() {
	defer close(w.done)
	defer w.alone(func() {
		w.ended = true
		w.s.drop()
	})
	for {
		var rest <-chan time.Time // nil: for ever
		if w.d.engine == Postgres {
			rest = time.After(restful)
		}
		select {
		case <-rest:
			w.alone(func() {
				if time.Since(w.used) >= restful {
					w.s.drop()
				}
			})
			continue
		case r := <-w.queue:
			w.have(r)
		case do := <-w.between:
			w.alone(do)
			continue
		case <-w.d.life.Done():
			select { // finish what was queued before the end
			case r := <-w.queue:
				w.have(r)
			default:
				return
			}
		}
	}
}

// have has a request committed: with what somebody commits already, or with what comes meanwhile.
func (w *writer) have(r *request) {
	select {
	case w.early <- r:
	case w.turn <- struct{}{}:
		defer func() { <-w.turn }()
		w.commit([]*request{r})
	}
}

// alone does something while nobody else writes.
func (w *writer) alone(do func()) {
	w.turn <- struct{}{}
	defer func() { <-w.turn }()
	do()
}

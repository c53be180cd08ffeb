package job

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/id"
)

// Handler does a job. Its context ends when the program stops or the lease is lost. It may be
// run again after a crash and must then come to the same end. An error that is the input's fault (Invalid, Denied,
// NotFound) fails the job; any other is tried again.
type Handler func(ctx context.Context, j Job) error

// Options of a Runner; the zero value is right for a server.
type Options struct {
	Workers int           // jobs at once; 3 when 0
	Poll    time.Duration // how often it looks for due jobs and writes progress; half a second when 0
	Lease   time.Duration // how long after a crash a job is run again; a minute when 0
	Ended   func(End)     // told each time a handler has returned; may be nil, must return at once
}

// End is how one run of a job ended.
type End struct {
	Kind   string
	Failed bool
	Took   time.Duration
}

const everyPrefix = "every:"

// Runner runs due jobs of every town. Handlers and schedules are registered before Run.
type Runner struct {
	store    *db.DB
	opts     Options
	lease    string // this runner's name
	handlers map[string]Handler
	every    map[string]time.Duration

	mu      sync.Mutex
	running map[string]bool // town and id
}

// NewRunner returns a runner without handlers. Due times are read off the store's clock.
func NewRunner(store *db.DB, o Options) *Runner {
	if o.Workers == 0 {
		o.Workers = 3
	}
	if o.Poll == 0 {
		o.Poll = 500 * time.Millisecond
	}
	if o.Lease == 0 {
		o.Lease = time.Minute
	}
	return &Runner{store: store, opts: o, lease: id.Token(), handlers: map[string]Handler{}, every: map[string]time.Duration{}, running: map[string]bool{}}
}

// Handle registers the handler of a kind. It panics when the kind has one.
func (r *Runner) Handle(kind string, h Handler) {
	if r.handlers[kind] != nil {
		panic("job: two handlers for " + kind)
	}
	r.handlers[kind] = h
}

// Every registers work of the installation that begins at the first start and again an interval after each end, by
// one copy of the program at a time. A failure is tried again sooner.
func (r *Runner) Every(name string, interval time.Duration, fn func(ctx context.Context) error) {
	kind := everyPrefix + name
	r.Handle(kind, func(ctx context.Context, _ Job) error { return fn(ctx) })
	r.every[kind] = interval
}

// Run runs due jobs until ctx ends, then waits for the handlers. Jobs that the end cut off are due again at once.
func (r *Runner) Run(ctx context.Context) error {
	scheduled := false
	var wg sync.WaitGroup
	defer wg.Wait()
	slots := make(chan struct{}, r.opts.Workers)
	tick := time.NewTicker(r.opts.Poll)
	defer tick.Stop()
	for {
		var due []place
		var err error
		if !scheduled { // a store that cannot be written now can be later
			err = r.schedule(ctx)
			scheduled = err == nil
		}
		if err == nil {
			due, err = r.due(ctx, 2*r.opts.Workers)
		}
		if isNews(ctx, err) {
			slog.Error("look for due jobs", "error", err)
		}
		for _, at := range due {
			select {
			case slots <- struct{}{}:
			case <-ctx.Done():
				return nil
			}
			wg.Go(func() {
				defer func() { <-slots }()
				if _, _, err := r.take(ctx, at); isNews(ctx, err) {
					slog.Error("claim job", "job", at.id, "error", err)
				}
			})
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// isNews reports whether an error is one for the log: of a full disk or a lost server the database itself tells, once and
// not at each try.
func isNews(ctx context.Context, err error) bool {
	return err != nil && ctx.Err() == nil && !errs.Is(err, errs.Unavailable)
}

// Drain runs what is due now, one after the other, until nothing is, and returns how many jobs it began: for commands,
// the demo and tests.
func (r *Runner) Drain(ctx context.Context) (began int, err error) {
	if err := r.schedule(ctx); err != nil {
		return 0, err
	}
	for {
		due, err := r.due(ctx, 50)
		if err != nil {
			return began, err
		}
		moved := false
		for _, at := range due {
			ran, changed, err := r.take(ctx, at)
			if err != nil {
				return began, err
			}
			if moved = moved || changed; ran {
				began++
			}
		}
		if !moved || ctx.Err() != nil {
			return began, ctx.Err()
		}
	}
}

// schedule makes the rows of periodic work, and brings forward what a longer interval had put off.
func (r *Runner) schedule(ctx context.Context) error {
	for kind, interval := range r.every {
		err := r.store.Update(ctx, "", func(tx *db.Tx) error {
			if err := insert(ctx, tx, kind, kind, "null", tx.Now); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `UPDATE jobs SET run_at = $3 WHERE town_id = $1 AND id = $2 AND state = 'queued' AND run_at > $3`,
				kind, tx.Now.Add(interval).UnixMilli())
			return err
		})
		if err != nil {
			return fmt.Errorf("schedule %s: %w", kind, err)
		}
	}
	return nil
}

type place struct{ town, id string }

// due returns jobs that wait and are due, or whose runner has let its lease run out.
func (r *Runner) due(ctx context.Context, limit int) (out []place, err error) {
	if len(r.handlers) == 0 {
		return nil, nil
	}
	args, marks := []any{r.store.Now().UnixMilli(), limit}, []string{}
	for kind := range r.handlers {
		args = append(args, kind)
		marks = append(marks, fmt.Sprintf("$%d", len(args)))
	}
	err = r.store.Across(ctx, func(w *db.Wide) error {
		out = nil
		return w.Each(ctx, func(rows *sql.Rows) error {
			var p place
			err := rows.Scan(&p.town, &p.id)
			out = append(out, p)
			return err
		}, `SELECT town_id, id FROM jobs WHERE run_at <= $1 AND kind IN (`+strings.Join(marks, ", ")+`) ORDER BY run_at, id LIMIT $2`, args...)
	})
	if err != nil {
		return nil, fmt.Errorf("look for due jobs: %w", err)
	}
	return out, nil
}

// take claims a job and runs it. It reports whether it ran, and whether anything about it changed.
func (r *Runner) take(ctx context.Context, at place) (ran, changed bool, err error) {
	if !r.enter(at) {
		return false, false, nil
	}
	defer r.leave(at)
	j, changed, err := r.claim(ctx, at)
	if err != nil || j.State != Running {
		return false, changed, err
	}
	r.run(ctx, j)
	return true, true, nil
}

func (r *Runner) enter(at place) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.running[at.town+" "+at.id] {
		return false
	}
	r.running[at.town+" "+at.id] = true
	return true
}

func (r *Runner) leave(at place) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.running, at.town+" "+at.id)
}

// claim takes the lease of a due job and returns it as running. A job that was begun too often, because its runner died each
// time, is failed instead; one that is not due any more is left alone.
func (r *Runner) claim(ctx context.Context, at place) (j Job, changed bool, err error) {
	err = r.store.Update(ctx, at.town, func(tx *db.Tx) (err error) {
		changed = false
		now := tx.Now.UnixMilli()
		if j, err = Get(ctx, tx, at.id); err != nil {
			return err
		}
		if j.Final() || j.Due.After(tx.Now) {
			j.State = ""
			return nil
		}
		changed = true
		periodic := r.every[j.Kind] != 0
		if !periodic && j.Tries >= maxTries { // its runner died each time
			j.State = Failed
			_, err = tx.Exec(ctx, `UPDATE jobs SET state = $3, run_at = NULL, lease = '', failure = $4, finished_at = $5 WHERE town_id = $1 AND id = $2`,
				j.ID, string(Failed), encodeFailure(errors.New("begun too often"), j.ID), now)
			return err
		}
		j.State, j.Tries = Running, j.Tries+1
		_, err = tx.Exec(ctx, `UPDATE jobs SET state = 'running', run_at = $3, lease = $4, tries = $5 WHERE town_id = $1 AND id = $2`,
			j.ID, now+r.opts.Lease.Milliseconds(), r.lease, j.Tries)
		return err
	})
	return j, changed, err
}

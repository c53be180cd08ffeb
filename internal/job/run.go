package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"yanming/internal/db"
	"yanming/internal/errs"
)

const (
	maxTries   = 8
	firstRetry = 10 * time.Second // then 40 s, 160 s … up to an hour
	maxRetry   = time.Hour
)

// errLost ends a handler's context before its time.
var errLost = errors.New("another runner has taken the job over")

func (r *Runner) run(ctx context.Context, j Job) {
	rep := &report{done: j.Done, total: j.Total}
	work, stop := context.WithCancelCause(context.WithValue(ctx, reportKey{}, rep))
	beats := make(chan struct{})
	go func() {
		defer close(beats)
		r.beat(work, stop, j, rep)
	}()
	start := time.Now()
	err := call(work, r.handlers[j.Kind], j)
	cause := context.Cause(work)
	if r.opts.Ended != nil {
		r.opts.Ended(End{Kind: j.Kind, Failed: err != nil && cause == nil, Took: time.Since(start)})
	}
	stop(nil)
	<-beats
	if errors.Is(cause, errLost) {
		slog.Warn("job was taken over by another runner", "job", j.ID, "kind", j.Kind)
		return
	}
	if err := r.finish(ctx, j, rep, err); isNews(context.WithoutCancel(ctx), err) { // it is run again when its lease ends
		slog.Error("finish job", "job", j.ID, "kind", j.Kind, "error", err)
	}
}

// call turns a handler's panic into an error.
func call(ctx context.Context, h Handler, j Job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in job: %v\n%s", p, debug.Stack())
		}
	}()
	return h(ctx, j)
}

// beat keeps the lease and writes progress until work ends.
func (r *Runner) beat(work context.Context, stop context.CancelCauseFunc, j Job, rep *report) {
	tick := time.NewTicker(r.opts.Poll)
	defer tick.Stop()
	kept := time.Now()
	for {
		select {
		case <-work.Done():
			return
		case <-tick.C:
		}
		rep.mu.Lock()
		done, total, fresh := rep.done, rep.total, rep.fresh
		rep.fresh = false
		rep.mu.Unlock()
		var mine bool
		look := func(tx *db.Tx) error {
			var lease string
			err := tx.Row(work, `SELECT lease FROM jobs WHERE town_id = $1 AND id = $2`, j.ID).Scan(&lease)
			mine = lease == r.lease
			return err
		}
		var err error
		if fresh || time.Since(kept) >= r.opts.Lease/3 {
			kept = time.Now()
			err = r.store.Update(work, j.Town, func(tx *db.Tx) error {
				_, err := tx.Exec(work, `UPDATE jobs SET run_at = $3, progress_done = $4, progress_total = $5 WHERE town_id = $1 AND id = $2 AND lease = $6`,
					j.ID, tx.Now.Add(r.opts.Lease).UnixMilli(), done, total, r.lease)
				if err != nil {
					return err
				}
				return look(tx)
			})
		} else {
			err = r.store.View(work, j.Town, look)
		}
		switch {
		case errs.Is(err, errs.NotFound) || err == nil && !mine:
			stop(errLost)
		case isNews(work, err):
			slog.Error("keep job's lease", "job", j.ID, "error", err)
		}
	}
}

// finish writes how a job ended.
func (r *Runner) finish(ctx context.Context, j Job, rep *report, err error) error {
	stopped := ctx.Err() != nil && err != nil // the program stops: due again at once, and not counted
	if err != nil && !stopped && errs.Is(err, errs.Internal) {
		slog.Error("job failed", "job", j.ID, "kind", j.Kind, "town", j.Town, "try", j.Tries, "error", err)
	}
	interval, periodic := r.every[j.Kind]
	ctx, end := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer end()
	return r.store.Update(ctx, j.Town, func(tx *db.Tx) error {
		state, tries, fail := Done, j.Tries, ""
		var next time.Time
		again := func(at time.Time) { state, next = Queued, at }
		switch {
		case stopped:
			tries--
			again(tx.Now)
		case err != nil:
			state, fail = Failed, encodeFailure(err, j.ID)
			if k := errs.KindOf(err); periodic || (k == errs.Internal || k == errs.Conflict || k == errs.Unavailable) && j.Tries < maxTries {
				again(tx.Now.Add(retryAfter(j.Tries)))
			}
		}
		if periodic && !stopped {
			if err == nil {
				tries = 0
			}
			if at := tx.Now.Add(interval); err == nil || next.After(at) {
				again(at)
			}
		}
		return r.write(ctx, tx, j, rep, state, tries, fail, next)
	})
}

func (r *Runner) write(ctx context.Context, tx *db.Tx, j Job, rep *report, state State, tries int, fail string, next time.Time) error {
	rep.mu.Lock()
	done, total, result := rep.done, rep.total, rep.result
	rep.mu.Unlock()
	var due, finished *int64
	if at := next.UnixMilli(); !next.IsZero() {
		due = &at
	} else {
		at := tx.Now.UnixMilli()
		finished = &at
	}
	_, err := tx.Exec(ctx, `UPDATE jobs SET state = $4, run_at = $5, lease = '', tries = $6, failure = $7, result = $8,
			progress_done = $9, progress_total = $10, finished_at = $11 WHERE town_id = $1 AND id = $2 AND lease = $3`,
		j.ID, r.lease, string(state), due, tries, fail, result, done, total, finished)
	return err
}

// retryAfter is the pause after so many tries.
func retryAfter(tries int) time.Duration {
	d := firstRetry
	for range tries - 1 {
		if d *= 4; d >= maxRetry {
			return maxRetry
		}
	}
	return d
}

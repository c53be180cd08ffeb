// Package job does work outside the request that asks for it: imports, reports, notices, what the clock brings.
//
// A job is a row written in the transaction that asks for it, so that it exists exactly when that commits. A Runner
// takes the due ones under a lease, so that several copies of the program do not run one twice; after a crash it runs
// again, therefore a handler must bear to be run again. It refuses payloads with personal data (by rule: ids only, the
// table is kept for weeks), priorities and anything that must happen inside a transaction.
package job

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/id"
)

// State is where a job stands.
type State string

// The states. The last two are final.
const (
	Queued  State = "queued"
	Running State = "running"
	Done    State = "done"
	Failed  State = "failed"
)

// Job is a job as it stands.
type Job struct {
	Town     string
	ID       string
	Kind     string
	Payload  json.RawMessage
	State    State
	Tries    int       // how often it was begun
	Due      time.Time // when it runs next; zero once finished
	Done     int64     // progress
	Total    int64     // 0 while unknown
	Created  time.Time
	Finished time.Time // zero until then
	result   string
	failure  string
}

// Final reports whether nothing more will happen to the job.
func (j Job) Final() bool { return j.State == Done || j.State == Failed }

// Decode reads the payload into v.
func (j Job) Decode(v any) error {
	if err := json.Unmarshal(j.Payload, v); err != nil {
		return fmt.Errorf("read payload of job %s: %w", j.ID, err)
	}
	return nil
}

// Result reads what the handler set with SetResult into v; false when it set nothing.
func (j Job) Result(v any) (bool, error) {
	if j.result == "" {
		return false, nil
	}
	if err := json.Unmarshal([]byte(j.result), v); err != nil {
		return false, fmt.Errorf("read result of job %s: %w", j.ID, err)
	}
	return true, nil
}

// Err returns why the job failed, or failed last while it is tried again, for the catalogue to say; nil when it did
// not. A failure that is nobody's fault is Internal with the job's id; what it was stands in the log.
func (j Job) Err() error { return decodeFailure(j.failure) }

// Enqueue writes a job of a kind, to be run at runAt or, when that is zero, at once. payload is kept as JSON and holds
// ids and options only. The id is the one the transaction commits.
func Enqueue(ctx context.Context, tx *db.Tx, kind string, payload any, runAt time.Time) (string, error) {
	b, err := json.Marshal(payload)
	if err != nil {
		return "", fmt.Errorf("enqueue %s: %w", kind, err)
	}
	if runAt.IsZero() {
		runAt = tx.Now
	}
	key := id.New(tx.Now)
	if err := insert(ctx, tx, key, kind, string(b), runAt); err != nil {
		return "", fmt.Errorf("enqueue %s: %w", kind, err)
	}
	return key, nil
}

func insert(ctx context.Context, tx *db.Tx, key, kind, payload string, runAt time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO jobs (town_id, id, kind, payload, state, run_at, lease, tries, failure, result, progress_done, progress_total, created_at)
		VALUES ($1, $2, $3, $4, 'queued', $5, '', 0, '', '', 0, 0, $6) ON CONFLICT (town_id, id) DO NOTHING`,
		key, kind, payload, runAt.UnixMilli(), tx.Now.UnixMilli())
	return err
}

const columns = `town_id, id, kind, payload, state, tries, run_at, progress_done, progress_total, created_at, finished_at, result, failure`

// Get returns a job of the transaction's town; NotFound when there is none.
func Get(ctx context.Context, tx *db.Tx, key string) (Job, error) {
	js, err := list(ctx, tx, `SELECT `+columns+` FROM jobs WHERE town_id = $1 AND id = $2`, key)
	if err == nil && len(js) == 0 {
		err = errs.Missing()
	}
	if err != nil {
		return Job{}, fmt.Errorf("get job %s: %w", key, err)
	}
	return js[0], nil
}

// Recent returns the newest jobs of the town.
func Recent(ctx context.Context, tx *db.Tx, limit int) ([]Job, error) {
	js, err := list(ctx, tx, `SELECT `+columns+` FROM jobs WHERE town_id = $1 ORDER BY id DESC LIMIT $2`, limit)
	if err != nil {
		return nil, fmt.Errorf("list jobs: %w", err)
	}
	return js, nil
}

func list(ctx context.Context, tx *db.Tx, text string, args ...any) (js []Job, err error) {
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var j Job
		var payload string
		var created int64
		var due, finished sql.NullInt64
		err := r.Scan(&j.Town, &j.ID, &j.Kind, &payload, &j.State, &j.Tries, &due, &j.Done, &j.Total, &created, &finished, &j.result, &j.failure)
		j.Payload, j.Created = json.RawMessage(payload), time.UnixMilli(created)
		if due.Valid {
			j.Due = time.UnixMilli(due.Int64)
		}
		if finished.Valid {
			j.Finished = time.UnixMilli(finished.Int64)
		}
		js = append(js, j)
		return err
	}, text, args...)
	return js, err
}

// Hasten lets a job that waits, such as for its next try, run at once; one that runs or is over is left alone.
func Hasten(ctx context.Context, tx *db.Tx, key string) error {
	_, err := tx.Exec(ctx, `UPDATE jobs SET run_at = $3 WHERE town_id = $1 AND id = $2 AND state = 'queued' AND run_at > $3`, key, tx.Now.UnixMilli())
	if err != nil {
		return fmt.Errorf("hasten job %s: %w", key, err)
	}
	return nil
}

// Clean removes the town's finished jobs that were made before a time, and returns how many.
func Clean(ctx context.Context, tx *db.Tx, before time.Time) (int64, error) {
	// Ids begin with their time; run_at is null once a job is finished.
	n, err := tx.Exec(ctx, `DELETE FROM jobs WHERE town_id = $1 AND id < $2 AND run_at IS NULL`, id.New(before))
	if err != nil {
		return 0, fmt.Errorf("clean jobs: %w", err)
	}
	return n, nil
}

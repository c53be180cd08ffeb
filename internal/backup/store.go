package backup

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

// readTowns lists the tenants with their journals' heads, in the words of every schema there ever was.
func readTowns(ctx context.Context, w *db.Wide, scan func(*sql.Rows) error) error {
	return w.Each(ctx, scan, `SELECT t.town_id, t.name, (SELECT COALESCE(max(e.seq), 0) FROM events e WHERE e.town_id = t.town_id) FROM towns t ORDER BY t.number`)
}

// Why an archive was made.
const (
	Nightly = "nightly"
	Manual  = "manual"
	Upgrade = "upgrade" // before the schema changed
)

// Made is an archive that was made, or a try that failed.
type Made struct {
	ID       string        `json:"id"`
	Kind     string        `json:"kind"`
	At       time.Time     `json:"at"` // the instant it shows
	Took     time.Duration `json:"took"`
	Path     string        `json:"path"` // on the machine that made it; "" when it failed
	Bytes    int64         `json:"bytes"`
	Files    int64         `json:"files"`
	Verified bool          `json:"verified"` // read back whole after writing
	Sealed   bool          `json:"sealed"`   // encrypted
	Faults   int64         `json:"faults"`   // stored files that were missing or damaged
	Failure  *errs.Error   `json:"-"`        // why it failed; nil when it did not
}

// Note writes down how a backup ended.
func Note(ctx context.Context, store *db.DB, m Made) error {
	failure := ""
	if m.Failure != nil {
		b, err := json.Marshal(m.Failure)
		if err != nil {
			return fmt.Errorf("note backup: %w", err)
		}
		failure = string(b)
	}
	err := store.UpdateAcross(ctx, func(w *db.Wide) error {
		_, err := w.Exec(ctx, `INSERT INTO backups (id, kind, at, took_ms, path, bytes, files, verified, sealed, faults, failure)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, id.New(w.Now), m.Kind, m.At.UnixMilli(), m.Took.Milliseconds(), m.Path,
			m.Bytes, m.Files, m.Verified, m.Sealed, m.Faults, failure)
		return err
	})
	if err != nil {
		return fmt.Errorf("note backup: %w", err)
	}
	return nil
}

const madeColumns = `id, kind, at, took_ms, path, bytes, files, verified, sealed, faults, failure`

// Recent returns the newest backups and failed tries, the newest first.
func Recent(ctx context.Context, store *db.DB, limit int) (out []Made, err error) {
	err = store.Across(ctx, func(w *db.Wide) error {
		out, err = madeList(ctx, w, `SELECT `+madeColumns+` FROM backups ORDER BY at DESC, id DESC LIMIT $1`, limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list backups: %w", err)
	}
	return out, nil
}

// Last returns the newest good backup and the newest failure that came after it; both nil where there is none.
func Last(ctx context.Context, store *db.DB) (good, failed *Made, err error) {
	one := func(w *db.Wide, text string, args ...any) (*Made, error) {
		list, err := madeList(ctx, w, text, args...)
		if err != nil || len(list) == 0 {
			return nil, err
		}
		return &list[0], nil
	}
	err = store.Across(ctx, func(w *db.Wide) (err error) {
		if good, err = one(w, `SELECT `+madeColumns+` FROM backups WHERE failure = '' AND kind <> 'upgrade' ORDER BY at DESC, id DESC LIMIT 1`); err != nil {
			return err
		}
		since := int64(-1)
		if good != nil {
			since = good.At.UnixMilli()
		}
		failed, err = one(w, `SELECT `+madeColumns+` FROM backups WHERE failure <> '' AND at > $1 ORDER BY at DESC, id DESC LIMIT 1`, since)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("find last backup: %w", err)
	}
	return good, failed, nil
}

func madeList(ctx context.Context, w *db.Wide, text string, args ...any) (out []Made, err error) {
	err = w.Each(ctx, func(r *sql.Rows) error {
		var m Made
		var at, took int64
		var failure string
		if err := r.Scan(&m.ID, &m.Kind, &at, &took, &m.Path, &m.Bytes, &m.Files, &m.Verified, &m.Sealed, &m.Faults, &failure); err != nil {
			return err
		}
		m.At, m.Took = time.UnixMilli(at), time.Duration(took)*time.Millisecond
		if failure != "" {
			m.Failure = &errs.Error{}
			if err := json.Unmarshal([]byte(failure), m.Failure); err != nil {
				return err
			}
		}
		out = append(out, m)
		return nil
	}, text, args...)
	return out, err
}

// forget removes what was noted before a time.
func forget(ctx context.Context, store *db.DB, before time.Time) error {
	err := store.UpdateAcross(ctx, func(w *db.Wide) error {
		_, err := w.Exec(ctx, `DELETE FROM backups WHERE at < $1`, before.UnixMilli())
		return err
	})
	if err != nil {
		return fmt.Errorf("forget old backups: %w", err)
	}
	return nil
}

func countTowns(ctx context.Context, n *int) func(*db.Wide) error {
	return func(w *db.Wide) error { return w.Row(ctx, `SELECT count(*) FROM towns`).Scan(n) }
}

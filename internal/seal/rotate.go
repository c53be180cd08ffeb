package seal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"yanming/internal/db"
)

const (
	rotateAfter = 30 * 24 * time.Hour // age of the active KEK at which a new one is made
	retireAfter = time.Hour           // a superseded KEK stays this long, for transactions that had already chosen it
	stretch     = 500                 // record keys wrapped again in one transaction
)

// Rotate makes a new KEK when the active one is 30 days old, wraps again every record key that an older one wraps, and
// destroys each older KEK that wraps nothing, an hour after the active one was made. So it is called at least daily,
// and finishes later what a crash cut off: a new KEK is on disk before the first key is wrapped by it, and an old one
// goes only after the last. It returns how many keys were wrapped again.
//
// A record key that cannot be unwrapped is left as it is, with its KEK, and is in the error.
func (k *Keyring) Rotate(ctx context.Context, store *db.DB, now time.Time) (rewrapped int, err error) {
	k.turn.Lock()
	defer k.turn.Unlock()
	e, err := k.active()
	if err == nil && now.Sub(e.created) >= rotateAfter {
		e, err = k.renew(now)
	}
	if err != nil {
		return 0, fmt.Errorf("rotate keys: %w", err)
	}
	var bad []error
	for _, old := range k.all() {
		if old.id >= e.id { // newer ones: another copy of the program has just rotated
			continue
		}
		n, err := k.rewrapAll(ctx, store, old, e)
		rewrapped += n
		if err == nil && now.Sub(e.created) >= retireAfter {
			err = k.retire(ctx, store, old)
		}
		if err != nil {
			bad = append(bad, err)
		}
	}
	if err := errors.Join(bad...); err != nil {
		return rewrapped, fmt.Errorf("rotate keys: %w", err)
	}
	return rewrapped, nil
}

// renew makes a KEK durable and active.
func (k *Keyring) renew(now time.Time) (kek, error) {
	if err := writeKEK(k.dir, newKEK(now)); err != nil {
		return kek{}, err
	}
	if err := k.reload(); err != nil {
		return kek{}, err
	}
	return k.active()
}

func (k *Keyring) rewrapAll(ctx context.Context, store *db.DB, old, to kek) (total int, err error) {
	towns, err := wrappedBy(ctx, store, old)
	if err != nil {
		return 0, err
	}
	var bad []error
	for _, town := range towns {
		last := ""
		for n := stretch; n == stretch; {
			var done int
			var failed []error
			var next string
			err := store.Update(ctx, town, func(tx *db.Tx) (err error) {
				n, done, next, failed, err = k.rewrap(ctx, tx, old, to, last)
				return err
			})
			if err != nil {
				return total, err
			}
			total, last, bad = total+done, next, append(bad, failed...)
		}
	}
	return total, errors.Join(bad...)
}

// rewrap wraps up to stretch keys of a town behind the record last. It returns how many it read, how many it wrapped,
// the last record it read, and what could not be unwrapped.
func (k *Keyring) rewrap(ctx context.Context, tx *db.Tx, old, to kek, last string) (n, done int, next string, failed []error, err error) {
	type row struct {
		record  string
		wrapped []byte
	}
	var rows []row
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var w row
		err := r.Scan(&w.record, &w.wrapped)
		rows = append(rows, w)
		return err
	}, `SELECT record_id, wrapped FROM record_keys WHERE town_id = $1 AND kek_id = $2 AND record_id > $3 ORDER BY record_id LIMIT $4`,
		old.id, last, stretch)
	if err != nil {
		return 0, 0, "", nil, err
	}
	for _, w := range rows {
		next = w.record
		key, err := k.unwrap(old.id, w.wrapped, tx.Town, w.record)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		_, err = tx.Exec(ctx, `UPDATE record_keys SET kek_id = $3, wrapped = $4, at = $5 WHERE town_id = $1 AND record_id = $2`,
			w.record, to.id, wrap(to, RecordKey{town: tx.Town, record: w.record, key: key}), tx.Now.UnixMilli())
		if err != nil {
			return 0, 0, "", nil, err
		}
		done++
	}
	return len(rows), done, next, failed, nil
}

// retire destroys a KEK that wraps nothing.
func (k *Keyring) retire(ctx context.Context, store *db.DB, old kek) error {
	towns, err := wrappedBy(ctx, store, old)
	if err != nil || len(towns) > 0 {
		return err
	}
	if err := destroyKEK(k.dir, old.id); err != nil {
		return err
	}
	return k.reload()
}

// wrappedBy returns the towns that have a key wrapped by e.
func wrappedBy(ctx context.Context, store *db.DB, e kek) (towns []string, err error) {
	err = store.Across(ctx, func(w *db.Wide) error {
		towns = nil
		return w.Each(ctx, func(r *sql.Rows) error {
			var town string
			err := r.Scan(&town)
			towns = append(towns, town)
			return err
		}, `WITH RECURSIVE present (town_id) AS (SELECT min(town_id) FROM record_keys
				UNION ALL SELECT (SELECT min(r.town_id) FROM record_keys r WHERE r.town_id > present.town_id) FROM present WHERE present.town_id IS NOT NULL)
			SELECT present.town_id FROM present WHERE EXISTS (SELECT 1 FROM record_keys r WHERE r.town_id = present.town_id AND r.kek_id = $1)`, e.id)
	})
	if err != nil {
		return nil, fmt.Errorf("find keys wrapped by %s: %w", e.id, err)
	}
	return towns, nil
}

package seal

import (
	"context"
	"database/sql"
	"fmt"

	"yanming/internal/db"
)

// FreshKey returns a key for a record that is about to be made. What it seals can be read only if StoreKeys stores it in
// the transaction that makes the record; that closure may run twice, as the key stays the same.
func FreshKey(town, record string) RecordKey {
	return RecordKey{town: town, record: record, key: random()}
}

// StoreKeys stores fresh keys of records of the transaction's town that have none yet; Conflict when one has. They are
// wrapped here, by the key-encryption key that is active now, whenever they were made.
func (k *Keyring) StoreKeys(ctx context.Context, tx *db.Tx, keys []RecordKey) error {
	if len(keys) == 0 {
		return nil
	}
	e, err := k.active()
	if err != nil {
		return err
	}
	args := make([]any, 0, 4*len(keys))
	for _, r := range keys {
		if r.town != tx.Town {
			return fmt.Errorf("store key of record %s: it is of another town", r.record)
		}
		args = append(args, r.record, e.id, wrap(e, r), tx.Now.UnixMilli())
	}
	if err := tx.Insert(ctx, `INSERT INTO record_keys (town_id, record_id, kek_id, wrapped, at) VALUES`, "", 4, args); err != nil {
		return fmt.Errorf("store %d record keys: %w", len(keys), err)
	}
	return nil
}

// Keys returns the keys of several records by their names, as Key does each. A record that never had one, or is erased,
// is left out.
func (k *Keyring) Keys(ctx context.Context, tx *db.Tx, records []string) (map[string]RecordKey, error) {
	keys := make(map[string]RecordKey, len(records))
	if len(records) == 0 {
		return keys, nil
	}
	err := tx.Each(ctx, func(rows *sql.Rows) error {
		r := RecordKey{town: tx.Town}
		var kekID string
		var wrapped []byte
		err := rows.Scan(&r.record, &kekID, &wrapped)
		if err == nil {
			r.key, err = k.unwrap(kekID, wrapped, tx.Town, r.record)
		}
		keys[r.record] = r
		return err
	}, `SELECT record_id, kek_id, wrapped FROM record_keys WHERE town_id = $1 AND record_id `+tx.OneOf(2), db.Texts(records))
	if err != nil {
		return nil, fmt.Errorf("read keys of %d records: %w", len(records), err)
	}
	return keys, nil
}

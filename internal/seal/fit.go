package seal

import (
	"context"
	"database/sql"
	"fmt"

	"yanming/internal/db"
)

// Fit is how far a keyring opens a town's record keys.
type Fit struct {
	Records int            // records with a key
	Lost    map[string]int // key-encryption key to the records that it wraps and that do not open
}

// Fits tries every record key of the transaction's town: a backup needs the keys of its own time.
func (k *Keyring) Fits(ctx context.Context, tx *db.Tx) (f Fit, err error) {
	f.Lost = map[string]int{}
	for last := ""; ; {
		n := 0
		err := tx.Each(ctx, func(r *sql.Rows) error {
			var kekID string
			var wrapped []byte
			if err := r.Scan(&last, &kekID, &wrapped); err != nil {
				return err
			}
			n++
			if f.Lost[kekID] > 0 { // its key is not here: not to be looked for again
				f.Lost[kekID]++
			} else if _, err := k.unwrap(kekID, wrapped, tx.Town, last); err != nil {
				f.Lost[kekID]++
			}
			return nil
		}, `SELECT record_id, kek_id, wrapped FROM record_keys WHERE town_id = $1 AND record_id > $2 ORDER BY record_id LIMIT $3`, last, stretch)
		f.Records += n
		if err != nil || n < stretch {
			if err != nil {
				err = fmt.Errorf("try record keys: %w", err)
			}
			return f, err
		}
	}
}

// Holds reports whether the keyring has a key-encryption key.
func (k *Keyring) Holds(kekID string) bool { _, err := k.find(kekID); return err == nil }

package bench

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
)

// passJournal reads the journal once in its order, every column and every payload, and returns how many events it has.
func passJournal(ctx context.Context, d *sql.DB) (n int, err error) {
	rows, err := d.QueryContext(ctx, `SELECT seq, id, record_kind, record_id, n, type, actor_id, at, day, batch_id, payload, secret, salt, leaf_idx
		FROM events WHERE town_id = $1 ORDER BY seq`, town)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var seq, rev, at int64
		var id, kind, record, typ, by, day, batch string
		var payload, secret, salt []byte
		var leaf sql.NullInt64
		if err := rows.Scan(&seq, &id, &kind, &record, &rev, &typ, &by, &at, &day, &batch, &payload, &secret, &salt, &leaf); err != nil {
			return n, err
		}
		var v any
		if err := json.Unmarshal(payload, &v); err != nil {
			return n, fmt.Errorf("event %d: %w", seq, err)
		}
		n++
	}
	return n, rows.Err()
}

package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"yanming/internal/db"
)

// Stretch returns the events of every record of a kind whose id lies behind after and not behind upto, in order of
// records and within each the oldest first. An upto of "" has no end. It is for going through all records in bounded
// memory: an entry holds Record, N, Type, Actor, At, Payload and Secret, and nothing else. What the caller may see is
// the caller's to ask.
func Stretch(ctx context.Context, tx *db.Tx, kind, after, upto string) (es []Entry, err error) {
	text, args := `SELECT record_id, n, type, actor_id, at, payload, secret FROM events WHERE town_id = $1 AND record_id > $2 AND record_kind = $3`, []any{after, kind}
	if upto != "" {
		text += ` AND record_id <= $4`
		args = append(args, upto)
	}
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var e Entry
		var at int64
		var payload string
		err := r.Scan(&e.Record, &e.N, &e.Type, &e.Actor, &at, &payload, &e.Secret)
		e.At, e.Payload = time.UnixMilli(at), json.RawMessage(payload)
		es = append(es, e)
		return err
	}, text+` ORDER BY record_id, n`, args...)
	if err != nil {
		return nil, fmt.Errorf("read journal: %w", err)
	}
	return es, nil
}

package journal

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/id"
)

// Ready is an event with all that can be made before the transaction that appends it: its id, its salt and its payload
// as JSON. It may be appended by a closure that runs twice.
type Ready struct {
	Event
	payload string
	salt    []byte
}

// Make makes an event ready. now is about when it will be appended: the id sorts by it.
func Make(e Event, now time.Time) (Ready, error) {
	payload, err := json.Marshal(e.Payload)
	if err != nil {
		return Ready{}, fmt.Errorf("write payload of %s %s: %w", e.Kind, e.Type, err)
	}
	if e.ID == "" {
		e.ID = id.New(now)
	}
	salt := make([]byte, 16)
	rand.Read(salt)
	return Ready{Event: e, payload: string(payload), salt: salt}, nil
}

// eventColumns are what values writes behind an event's number.
const eventColumns = `id, record_kind, record_id, n, type, actor_id, at, day, batch_id, payload, secret, salt`

func (r Ready) values(at time.Time) []any {
	return []any{r.ID, r.Kind, r.Record, r.N, r.Type, r.Actor, at.UnixMilli(), string(calendar.DayOf(at)), r.Batch, r.payload, r.Secret, r.salt}
}

// AppendAll is Append for many events, in their order: it takes the town's next numbers at once.
func AppendAll(ctx context.Context, tx *db.Tx, es []Ready) error {
	if len(es) == 1 { // as almost always: the number in the same statement
		err := tx.Later(ctx, `INSERT INTO events (town_id, `+eventColumns+`, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
			(SELECT COALESCE(max(seq), 0) + 1 FROM events WHERE town_id = $1))`, es[0].values(tx.Now)...)
		if err != nil {
			return fmt.Errorf("append %s %s: %w", es[0].Kind, es[0].Type, err)
		}
		return nil
	}
	if len(es) == 0 {
		return nil
	}
	last, err := Head(ctx, tx)
	if err != nil {
		return fmt.Errorf("number events: %w", err)
	}
	args := make([]any, 0, 13*len(es))
	for i, e := range es {
		args = append(append(args, last+1+int64(i)), e.values(tx.Now)...)
	}
	err = tx.Insert(ctx, `INSERT INTO events (town_id, seq, `+eventColumns+`) VALUES`, "", 13, args)
	if err != nil {
		return fmt.Errorf("append %d events: %w", len(es), err)
	}
	return nil
}

// Note is a request key and what it was answered with, for RememberAll.
type Note struct {
	Key    Key
	Digest []byte
	Event  string // id of the event that answered it
	Answer string // the record's id
}

// RememberAll is Remember for many keys. Empty keys are not noted.
func RememberAll(ctx context.Context, tx *db.Tx, ns []Note) error {
	args := make([]any, 0, 5*len(ns))
	for _, n := range ns {
		if n.Key != "" {
			args = append(args, string(n.Key), n.Digest, n.Event, n.Answer, tx.Now.UnixMilli())
		}
	}
	err := tx.Insert(ctx, `INSERT INTO request_keys (town_id, key, digest, event_id, answer, at) VALUES`, "", 5, args)
	if err != nil {
		return fmt.Errorf("note %d request keys: %w", len(ns), err)
	}
	return nil
}

// KeysUsed returns those of the keys that were used before; what for, Once tells. Empty keys never were.
func KeysUsed(ctx context.Context, tx *db.Tx, keys []Key) (map[Key]bool, error) {
	used := map[Key]bool{}
	asked := make([]string, 0, len(keys))
	for _, k := range keys {
		if k != "" {
			asked = append(asked, string(k))
		}
	}
	if len(asked) == 0 {
		return used, nil
	}
	rows, args := db.Listed(2, asked)
	err := tx.Each(ctx, func(r *sql.Rows) error {
		var k Key
		err := r.Scan(&k)
		used[k] = true
		return err
	}, `WITH k (v) AS (VALUES `+rows+`) SELECT k.v FROM k
		WHERE (SELECT r.at FROM request_keys r WHERE r.town_id = $1 AND r.key = k.v) IS NOT NULL`, args...)
	if err != nil {
		return nil, fmt.Errorf("look up request keys: %w", err)
	}
	return used, nil
}

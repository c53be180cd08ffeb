// Package journal is where every fact of Yanming passes: one event for one action of one person, appended in the
// transaction that changes the record it is about. History, undo, search, notices and, later, the public log all read
// it; nothing else is told that something happened.
//
// It refuses to change or delete an event. A correction is a new event. Only the text in payload and secret can be
// erased, because a person may ask for that.
package journal

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"yanming/internal/calendar"
	"yanming/internal/db"
)

// Actors who are no person.
const (
	Resident = "resident" // through a receipt
	System   = "system"   // the clock
)

// Event is one fact about to be appended.
type Event struct {
	ID      string // made by Make when empty
	Kind    string // of record: "case", "visit" …
	Record  string // the record's id
	N       int64  // the record's revision after the event: 1, 2, …
	Type    string // past tense: "answered"
	Actor   string // people.id, Resident or System
	Batch   string // the import or sync it came in, or ""
	Payload any    // facts and, for open records, text; becomes JSON
	Secret  []byte // text of a private or sealed record, under the record's key; nil for none
}

// Entry is an event as it stands in the journal.
type Entry struct {
	Town, ID     string
	Seq          int64
	Kind, Record string
	N            int64
	Type, Actor  string
	At           time.Time
	Day          calendar.Day // of At, in UTC+8
	Batch        string
	Payload      json.RawMessage
	Secret       []byte
}

// Decode reads the payload into v.
func (e Entry) Decode(v any) error {
	if err := json.Unmarshal(e.Payload, v); err != nil {
		return fmt.Errorf("read payload of event %s: %w", e.ID, err)
	}
	return nil
}

// Append adds e to the town's journal within tx and returns it as it stands there, without its number, which whoever
// reads it learns. It takes the town's next number, so it is the last thing a transaction waits for. Conflict when the
// record has an event N already: somebody else changed it meanwhile.
func Append(ctx context.Context, tx *db.Tx, e Event) (Entry, error) {
	r, err := Make(e, tx.Now)
	if err != nil {
		return Entry{}, err
	}
	out := Entry{Town: tx.Town, ID: r.ID, Kind: e.Kind, Record: e.Record, N: e.N, Type: e.Type, Actor: e.Actor,
		At: tx.Now, Day: calendar.DayOf(tx.Now), Batch: e.Batch, Payload: json.RawMessage(r.payload), Secret: e.Secret}
	return out, AppendAll(ctx, tx, []Ready{r})
}

// The columns of an Entry, and those of one without payload and secret.
const (
	columns     = `seq, id, record_kind, record_id, n, type, actor_id, at, day, batch_id, payload, secret`
	leanColumns = `seq, id, record_kind, record_id, n, type, actor_id, at, day, batch_id, '', NULL`
)

func scan(tx *db.Tx, r *sql.Rows) (Entry, error) {
	e := Entry{Town: tx.Town}
	var at int64
	var payload string
	err := r.Scan(&e.Seq, &e.ID, &e.Kind, &e.Record, &e.N, &e.Type, &e.Actor, &at, &e.Day, &e.Batch, &payload, &e.Secret)
	e.At, e.Payload = time.UnixMilli(at), json.RawMessage(payload)
	return e, err
}

// History returns a record's events, the oldest first. Whether the caller may see the record is the caller's to ask.
func History(ctx context.Context, tx *db.Tx, record string) ([]Entry, error) {
	return list(ctx, tx, `SELECT `+columns+` FROM events WHERE town_id = $1 AND record_id = $2 ORDER BY n`, record)
}

// Histories returns the events of several records, those of each as History does. They are put in order here: in SQL that
// would tempt both engines to walk a town's journal.
func Histories(ctx context.Context, tx *db.Tx, records []string) ([]Entry, error) {
	es, err := list(ctx, tx, `SELECT `+columns+` FROM events WHERE town_id = $1 AND record_id `+tx.OneOf(2), db.Texts(records))
	slices.SortFunc(es, func(a, b Entry) int { return cmp.Or(strings.Compare(a.Record, b.Record), cmp.Compare(a.N, b.N)) })
	return es, err
}

// eachAfter gives at most limit events behind number seq to fn, in order and one by one, until it fails.
func eachAfter(ctx context.Context, tx *db.Tx, seq int64, limit int, fn func(Entry) error) error {
	return each(ctx, tx, fn, `SELECT `+columns+` FROM events WHERE town_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`, seq, limit)
}

// Head returns the number of the town's last event, 0 for none.
func Head(ctx context.Context, tx *db.Tx) (seq int64, err error) {
	err = tx.Row(ctx, `SELECT COALESCE(max(seq), 0) FROM events WHERE town_id = $1`).Scan(&seq)
	return seq, err
}

func list(ctx context.Context, tx *db.Tx, text string, args ...any) (es []Entry, err error) {
	err = each(ctx, tx, func(e Entry) error { es = append(es, e); return nil }, text, args...)
	return es, err
}

func each(ctx context.Context, tx *db.Tx, fn func(Entry) error, text string, args ...any) error {
	err := tx.Each(ctx, func(r *sql.Rows) error {
		e, err := scan(tx, r)
		if err != nil {
			return err
		}
		return fn(e)
	}, text, args...)
	if err != nil {
		return fmt.Errorf("read journal: %w", err)
	}
	return nil
}

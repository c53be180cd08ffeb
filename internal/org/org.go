// Package org knows how a town is made up: its units, villages, grids, people, the posts they hold and held, the
// leaders' contact points, and what a town may settle for itself: categories, deadlines, holidays, wording.
//
// Everything is a record with a history: what ends keeps its row and gets an end; every change is an event of kind
// "org" in the journal. It refuses to overwrite who held a post, to keep a private telephone, to let an administrator
// appoint himself, and to make a deadline longer than the law that it cites. It holds nobody's points, order of merit,
// whereabouts or times of work.
package org

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"yanming/internal/actor"
	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/id"
	"yanming/internal/journal"
)

// RecordKind is the kind of every event of this package.
const RecordKind = "org"

// Service changes the organisation and keeps the newest directory of each town in memory. It is safe for concurrent use.
type Service struct {
	db       *db.DB
	embedded *calendar.Calendar
	dice     func(n int) []int // a random order of 0 … n-1

	mu      sync.Mutex
	kept    map[string]kept
	numbers map[int64]string // number of receipts → town: what was allotted never changes
}

// New returns a service over d. It fails only if the embedded holiday table is damaged.
func New(d *db.DB) (*Service, error) {
	c, err := calendar.Embedded()
	if err != nil {
		return nil, err
	}
	return &Service{db: d, embedded: c, dice: shuffled, kept: map[string]kept{}, numbers: map[int64]string{}}, nil
}

// fact is one event of a command: what became of one record.
type fact struct {
	table string // units, villages … as in Record
	id    string
	n     int64
	typ   string
	state any // the row after the event
}

// Record returns the journal's record id of a row: History of it is the row's whole life. Table is that of the schema;
// the id of a setting is its key, of a rule kind.clock, of a holiday its day.
func Record(table, id string) string { return table + "/" + id }

// managing admits the town's administrators and the system: setup, demo, command line.
func managing(a actor.Actor) bool { return a.System || a.Is(actor.Admin) }

// admit refuses actors of another town as if there were nothing, and those who may not as Denied.
func admit(tx *db.Tx, a actor.Actor, may bool) error {
	if a.Town != tx.Town {
		return errs.Missing()
	}
	if !may {
		return errs.New(errs.Denied, "error.denied")
	}
	return nil
}

// who names the actor in the journal.
func who(a actor.Actor) string {
	if a.Person == "" {
		return journal.System
	}
	return a.Person
}

// do is the one road every command takes: who may, once, change, journal. change checks, writes the rows and returns
// the command's answer with its facts, at least one.
func do(ctx context.Context, tx *db.Tx, a actor.Actor, may bool, key journal.Key, cmd any, change func() (string, []fact, error)) (string, error) {
	if err := admit(tx, a, may); err != nil {
		return "", fmt.Errorf("change organisation of %s: %w", tx.Town, err)
	}
	digest, err := journal.Digest(cmd)
	if err != nil {
		return "", err
	}
	if answer, seen, err := journal.Once(ctx, tx, key, digest); err != nil || seen {
		return answer, err
	}
	answer, facts, err := change()
	if err != nil {
		return "", fmt.Errorf("change organisation of %s: %w", tx.Town, err)
	}
	if err := restamp(ctx, tx); err != nil {
		return "", err
	}
	for i, f := range facts {
		e, err := journal.Append(ctx, tx, journal.Event{Kind: RecordKind, Record: Record(f.table, f.id), N: f.n, Type: f.typ,
			Actor: who(a), Payload: f.state})
		if err != nil {
			return "", err
		}
		if i == 0 {
			if err := journal.Remember(ctx, tx, key, digest, e, answer); err != nil {
				return "", err
			}
		}
	}
	return answer, nil
}

// restamp makes every kept directory of the town old. The stamp is random, so that one written by a transaction that
// was undone never comes back.
func restamp(ctx context.Context, tx *db.Tx) error {
	tx.Touch(RecordKind)
	_, err := tx.Exec(ctx, `INSERT INTO org_heads (town_id, stamp) VALUES ($1, $2)
		ON CONFLICT (town_id) DO UPDATE SET stamp = excluded.stamp`, id.Token())
	return err
}

// update runs one command of the actor's town in a transaction of its own, and notes a refused attempt of an
// administrator to give himself a post: the refusal undoes its transaction, so the note has another.
func update[C any](ctx context.Context, s *Service, a actor.Actor, cmd C, in func(context.Context, *db.Tx, actor.Actor, C) (string, error)) (out string, err error) {
	err = s.db.Update(ctx, a.Town, func(tx *db.Tx) (err error) {
		out, err = in(ctx, tx, a, cmd)
		return err
	})
	if err != nil && isSelf(err) {
		note := s.db.Update(ctx, a.Town, func(tx *db.Tx) error {
			_, err := journal.Append(ctx, tx, journal.Event{Kind: RecordKind, Record: Record("refusals", id.New(tx.Now)), N: 1,
				Type: "self_grant_refused", Actor: who(a), Payload: cmd})
			return err
		})
		return "", errors.Join(err, note)
	}
	if err != nil {
		return "", err
	}
	return out, nil
}

// selfKey is the refusal to grant something to oneself.
const selfKey = "org.self"

func isSelf(err error) bool {
	for _, e := range errs.All(err) {
		if e.Key == selfKey {
			return true
		}
	}
	return false
}

// revised returns the revision after the one the caller saw. Conflict when somebody changed the row meanwhile.
func revised(rev, seen int64) (int64, error) {
	if rev != seen {
		return 0, errs.New(errs.Conflict, "error.changed")
	}
	return rev + 1, nil
}

// exists returns an Invalid error of field unless query finds a row for id. An empty id is accepted.
func exists(ctx context.Context, tx *db.Tx, field, query, id string) error {
	if id == "" {
		return nil
	}
	var one int64
	found, err := tx.Row(ctx, query, id).Maybe(&one)
	if err == nil && !found {
		err = errs.Field(field, "error.choice")
	}
	return err
}

// What exists may ask for: rows that have not ended.
const (
	liveUnit    = `SELECT 1 FROM units WHERE town_id = $1 AND id = $2 AND until IS NULL`
	liveVillage = `SELECT 1 FROM villages WHERE town_id = $1 AND id = $2 AND until IS NULL`
	liveGrid    = `SELECT 1 FROM grids WHERE town_id = $1 AND id = $2 AND until IS NULL`
	anyPerson   = `SELECT 1 FROM people WHERE town_id = $1 AND id = $2`
)

package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"yanming/internal/db"
	"yanming/internal/errs"
)

// Deriver makes something that can be rebuilt out of the journal: a search index, notices, tree hashes. Derive is
// given the events behind its mark in order, in a transaction that also moves the mark; it may see a stretch again
// after a failure and must then come to the same result.
type Deriver interface {
	Name() string
	// Apart says where its work stands: true among the derived things, written by db.Derive, which may be lost and are
	// then made again; false among the facts, written by db.Update, for what must not happen twice.
	Apart() bool
	// Lean says that it goes by the records and not by what their events hold: it is given events without payload and
	// secret, which are most of what there is to read.
	Lean() bool
	// Concerns reports whether an event may matter to it, without asking the database. A stretch in which none does is
	// passed over.
	Concerns(Entry) bool
	Derive(ctx context.Context, tx *db.Tx, events []Entry) error
}

// stretch is how many events one deriving transaction takes, and passing how many it passes over at once. What is written
// among the facts holds their write lock, so there a stretch is short.
func stretch(d Deriver) int {
	if d.Apart() {
		return 1000
	}
	return 200
}

const passing = 1000

// The marks: of what is written among the facts, and of what stands among the derived things.
const (
	factMarks    = "marks"
	derivedMarks = "derived_marks"
)

func marks(d Deriver) string {
	if d.Apart() {
		return derivedMarks
	}
	return factMarks
}

// write runs fn in a transaction of the deriver's kind.
func write(ctx context.Context, store *db.DB, town string, d Deriver, fn func(*db.Tx) error) error {
	if d.Apart() {
		return store.Derive(ctx, town, fn)
	}
	return store.Update(ctx, town, fn)
}

// CatchUp brings d's mark to the end of the town's journal and returns how many events it took.
func CatchUp(ctx context.Context, store *db.DB, town string, d Deriver) (int, error) {
	total := 0
	for {
		n, more, err := step(ctx, store, town, d)
		total += n
		if err != nil {
			return total, fmt.Errorf("derive %s of town %s: %w", d.Name(), town, err)
		}
		if !more {
			return total, nil
		}
		if err := ctx.Err(); err != nil {
			return total, err
		}
	}
}

// step takes one stretch of events, or passes over those at the front that do not concern d, which are looked at without
// holding anybody up. It returns how many it took and whether there may be more.
func step(ctx context.Context, store *db.DB, town string, d Deriver) (n int, more bool, err error) {
	var mark, upTo int64
	idle := 0
	err = store.View(ctx, town, func(tx *db.Tx) (err error) {
		if mark, err = Mark(ctx, tx, d); err != nil {
			return err
		}
		idle, upTo, more, err = pass(ctx, tx, mark, d)
		return err
	})
	if err != nil || idle == 0 && !more {
		return 0, false, err
	}
	err = write(ctx, store, town, d, func(tx *db.Tx) error {
		n = 0
		now, err := Mark(ctx, tx, d)
		if err != nil {
			return err
		}
		if now == mark && idle > 0 {
			n = idle
			return setMark(ctx, tx, d, upTo)
		}
		var es []Entry
		err = eachFor(ctx, tx, d, now, stretch(d), func(e Entry) error { es = append(es, e); return nil })
		if n = len(es); err != nil || n == 0 {
			more = false
			return err
		}
		if err := d.Derive(ctx, tx, es); err != nil {
			return err
		}
		return setMark(ctx, tx, d, es[n-1].Seq)
	})
	return n, more, err
}

// errConcerns ends the reading of what is passed over.
var errConcerns = errors.New("an event concerns the deriver")

// pass returns how many events behind a number do not concern d, and the last of these; more says that others follow.
func pass(ctx context.Context, tx *db.Tx, mark int64, d Deriver) (idle int, upTo int64, more bool, err error) {
	err = eachFor(ctx, tx, d, mark, passing, func(e Entry) error {
		if d.Concerns(e) {
			return errConcerns
		}
		idle, upTo = idle+1, e.Seq
		return nil
	})
	if errors.Is(err, errConcerns) {
		return idle, upTo, true, nil
	}
	return idle, upTo, idle == passing, err
}

// eachFor gives at most limit events behind number seq to fn, with as much of each as d is given.
func eachFor(ctx context.Context, tx *db.Tx, d Deriver, seq int64, limit int, fn func(Entry) error) error {
	if d.Lean() {
		return each(ctx, tx, fn, `SELECT `+leanColumns+` FROM events WHERE town_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`, seq, limit)
	}
	return eachAfter(ctx, tx, seq, limit, fn)
}

// Mark returns the number of the last event that d has taken, 0 for none.
func Mark(ctx context.Context, tx *db.Tx, d Deriver) (seq int64, err error) {
	_, err = tx.Row(ctx, `SELECT seq FROM `+marks(d)+` WHERE town_id = $1 AND name = $2`, d.Name()).Maybe(&seq)
	return seq, err
}

// Rewind makes d derive the town's journal from the beginning at the next CatchUp.
func Rewind(ctx context.Context, store *db.DB, town string, d Deriver) error {
	return write(ctx, store, town, d, func(tx *db.Tx) error { return setMark(ctx, tx, d, 0) })
}

func setMark(ctx context.Context, tx *db.Tx, d Deriver, seq int64) error {
	err := tx.Later(ctx, `INSERT INTO `+marks(d)+` (town_id, name, seq) VALUES ($1, $2, $3)
		ON CONFLICT (town_id, name) DO UPDATE SET seq = excluded.seq`, d.Name(), seq)
	return err
}

// Follow keeps every deriver at most about half a second behind the journal of every town, until ctx ends. A deriver
// that fails is tried again, and named in the log.
func Follow(ctx context.Context, store *db.DB, derivers ...Deriver) {
	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	say := func(err error, text string, more ...any) {
		if err == nil || ctx.Err() != nil || errs.Is(err, errs.Unavailable) { // of a full disk or a lost server the database tells
			return
		}
		slog.Error(text, append(more, "error", err)...)
	}
	for {
		for _, d := range derivers {
			say(follow(ctx, store, d), "derive", "deriver", d.Name())
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// follow brings one deriver to the end of every town's journal.
func follow(ctx context.Context, store *db.DB, d Deriver) error {
	lags, err := Lags(ctx, store, d)
	if err != nil {
		return err
	}
	var bad []error
	for _, l := range lags {
		if l.Events > 0 {
			_, err := CatchUp(ctx, store, l.Town, d)
			bad = append(bad, err)
		}
	}
	return errors.Join(bad...)
}

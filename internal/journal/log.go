package journal

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"time"

	"yanming/internal/calendar"
	"yanming/internal/db"
)

// Line is an event as an auditor sees it: that something was done, when and by whom, and nothing of what it was about.
type Line struct {
	Seq   int64
	Kind  string // of record
	Type  string
	Actor string
	At    time.Time
}

// Look asks for lines of the journal.
type Look struct {
	Day    calendar.Day // "" for every day
	Type   string       // "" for every type
	Before int64        // only events numbered below; 0 for the newest
	Limit  int
}

// Lines returns the lines that l asks for, the newest first. Events of records in confidence, which are those that
// have named readers, are not among them: for everybody but these readers there is no list of them.
func Lines(ctx context.Context, tx *db.Tx, l Look) (out []Line, err error) {
	if l.Before == 0 {
		l.Before = math.MaxInt64
	}
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var line Line
		var at int64
		err := r.Scan(&line.Seq, &line.Kind, &line.Type, &line.Actor, &at)
		line.At = time.UnixMilli(at)
		out = append(out, line)
		return err
	}, `SELECT e.seq, e.record_kind, e.type, e.actor_id, e.at FROM events e
		WHERE e.town_id = $1 AND e.seq < $2 AND ($3 = '' OR e.day = $3) AND ($4 = '' OR e.type = $4)
			AND NOT EXISTS (SELECT 1 FROM readers r WHERE r.town_id = e.town_id AND r.record_id = e.record_id)
		ORDER BY e.seq DESC LIMIT $5`, l.Before, string(l.Day), l.Type, l.Limit)
	if err != nil {
		return nil, fmt.Errorf("read lines of the journal: %w", err)
	}
	return out, nil
}

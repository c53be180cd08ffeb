package journal

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/errs"
)

// Line is an event as an auditor sees it: that something was done, when and by whom, and nothing of what it was about.
type Line struct {
	Seq   int64  // counts what is in confidence too: never shown
	Place string // where it stands in the list, for Look.Behind; tells nothing that the line does not
	Kind  string // of record
	Type  string
	Actor string
	At    time.Time
}

// Look asks for lines of the journal.
type Look struct {
	Day    calendar.Day // "" for every day
	Type   string       // "" for every type
	Behind string       // only older lines than that of this Place; "" for the newest
	Limit  int
}

// listed says of an event e that its record has no named readers.
const listed = `NOT EXISTS (SELECT 1 FROM readers r WHERE r.town_id = e.town_id AND r.record_id = e.record_id)`

// placed writes where a line stands by its moment, its actor and the id of its event. Its number would count the events
// between two lines that are not listed, and so tell when somebody said something in confidence.
func placed(id string, at int64, who string) string {
	return id + "." + strconv.FormatInt(at, 36) + "." + who
}

// standing finds the number of a line by its place, over the index of who did what when.
func standing(ctx context.Context, tx *db.Tx, place string) (seq int64, err error) {
	id, rest, _ := strings.Cut(place, ".")
	when, who, _ := strings.Cut(rest, ".")
	at, err := strconv.ParseInt(when, 36, 64)
	if err != nil || len(place) > 100 || strings.Trim(place, ".0123456789abcdefghijklmnopqrstuvwxyz") != "" {
		return 0, errs.Missing()
	}
	found, err := tx.Row(ctx, `SELECT e.seq FROM events e WHERE e.town_id = $1 AND e.actor_id = $2 AND e.at = $3 AND e.id = $4 AND `+listed,
		who, at, id).Maybe(&seq)
	if err == nil && !found {
		err = errs.Missing()
	}
	return seq, err
}

// Lines returns the lines that l asks for, the newest first. Events of records in confidence, which are those that
// have named readers, are not among them: for everybody but these readers there is no list of them. NotFound where Behind
// is the place of no line that is listed.
func Lines(ctx context.Context, tx *db.Tx, l Look) (out []Line, err error) {
	before := int64(math.MaxInt64)
	if l.Behind != "" {
		if before, err = standing(ctx, tx, l.Behind); err != nil {
			return nil, fmt.Errorf("read lines of the journal: %w", err)
		}
	}
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var line Line
		var id string
		var at int64
		err := r.Scan(&line.Seq, &id, &line.Kind, &line.Type, &line.Actor, &at)
		line.At, line.Place = time.UnixMilli(at), placed(id, at, line.Actor)
		out = append(out, line)
		return err
	}, `SELECT e.seq, e.id, e.record_kind, e.type, e.actor_id, e.at FROM events e
		WHERE e.town_id = $1 AND e.seq < $2 AND ($3 = '' OR e.day = $3) AND ($4 = '' OR e.type = $4)
			AND `+listed+`
		ORDER BY e.seq DESC LIMIT $5`, before, string(l.Day), l.Type, l.Limit)
	if err != nil {
		return nil, fmt.Errorf("read lines of the journal: %w", err)
	}
	return out, nil
}

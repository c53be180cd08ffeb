package casework

import (
	"context"
	"database/sql"
	"fmt"

	"yanming/internal/db"
)

// spanRow is a row of case_spans as Check compares it. An absent until is -1.
type spanRow struct {
	id           ID
	n            int64
	since, until int64
	footing
}

// footing is what figures read of a case at one moment, as one text: see Case.span, whose fields these are. An absent
// number is -1.
type footing string

// footingText is a footing's expression.
var footingText = joined("|", "state", "outcome", "round", "unit_id", "leader_id", "category", "village_id", "grid_id", "due_at",
	"COALESCE(answered_at, -1)", "COALESCE(took_ms, -1)", "CASE WHEN on_time IS NULL THEN -1 WHEN on_time THEN 1 ELSE 0 END",
	"CASE WHEN reached THEN 1 ELSE 0 END", "solved", "satisfied", "CASE WHEN confirmed THEN 1 ELSE 0 END", "CASE WHEN at_counter THEN 1 ELSE 0 END",
	"returns", "extensions")

// spansOf returns the spans of the cases behind an id and not behind another, "" for no end, in order.
func spansOf(ctx context.Context, tx *db.Tx, after, upto ID) (rows []spanRow, err error) {
	text := `SELECT case_id, n, since, COALESCE(until, -1), ` + footingText + `
		FROM case_spans WHERE town_id = $1 AND case_id > $2`
	args := []any{string(after)}
	if upto != "" {
		text += ` AND case_id <= $3`
		args = append(args, string(upto))
	}
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var s spanRow
		err := r.Scan(&s.id, &s.n, &s.since, &s.until, &s.footing)
		rows = append(rows, s)
		return err
	}, text+` ORDER BY case_id, n`, args...)
	if err != nil {
		return nil, fmt.Errorf("read spans: %w", err)
	}
	return rows, nil
}

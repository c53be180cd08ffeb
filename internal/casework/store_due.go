package casework

import (
	"context"

	"yanming/internal/db"
)

// fallDue returns the open cases whose answer is due at to or before and that stand behind (at, id) in the order of lists.
func fallDue(ctx context.Context, tx *db.Tx, at int64, id ID, to int64, limit int) ([]stored, error) {
	return someCases(ctx, tx, `SELECT `+whole+` FROM cases WHERE town_id = $1 AND live AND NOT veiled AND (answer_due, id) > ($2, $3) AND answer_due <= $4
		ORDER BY answer_due, id LIMIT $5`, at, string(id), to, limit)
}

// fallLate is fallDue for cases that wait for acceptance, by when their notice is due.
func fallLate(ctx context.Context, tx *db.Tx, at int64, id ID, to int64, limit int) ([]stored, error) {
	return someCases(ctx, tx, `SELECT `+whole+` FROM cases WHERE town_id = $1 AND state = 'registered' AND NOT veiled
		AND (notice_due, id) > ($2, $3) AND notice_due <= $4 ORDER BY notice_due, id LIMIT $5`, at, string(id), to, limit)
}

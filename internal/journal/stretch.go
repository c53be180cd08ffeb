package journal

import (
	"context"

	"yanming/internal/db"
)

// Stretch returns the events of every record of a kind whose id lies behind after and not behind upto, in order of
// records and within each the oldest first. An upto of "" has no end. It is for going through all records in bounded
// memory; what the caller may see is the caller's to ask.
func Stretch(ctx context.Context, tx *db.Tx, kind, after, upto string) ([]Entry, error) {
	if upto == "" {
		return list(ctx, tx, `SELECT `+columns+` FROM events WHERE town_id = $1 AND record_id > $2 AND record_kind = $3 ORDER BY record_id, n`, after, kind)
	}
	return list(ctx, tx, `SELECT `+columns+` FROM events WHERE town_id = $1 AND record_id > $2 AND record_id <= $4 AND record_kind = $3
		ORDER BY record_id, n`, after, kind, upto)
}

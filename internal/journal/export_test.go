package journal

import (
	"context"

	"yanming/internal/db"
)

// After returns at most limit events behind number seq, in order.
func After(ctx context.Context, tx *db.Tx, seq int64, limit int) (es []Entry, err error) {
	err = eachAfter(ctx, tx, seq, limit, func(e Entry) error { es = append(es, e); return nil })
	return es, err
}

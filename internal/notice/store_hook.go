package notice

import (
	"context"
	"database/sql"

	"yanming/internal/db"
)

func hooks(ctx context.Context, tx *db.Tx) (out []Hook, err error) {
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var h Hook
		err := r.Scan(&h.Unit, &h.Rev, &h.URL, &h.box)
		out = append(out, h)
		return err
	}, `SELECT unit_id, rev, url, secret FROM unit_hooks WHERE town_id = $1 ORDER BY unit_id`)
	return out, err
}

// hookUnits returns the units whose own system is called.
func hookUnits(ctx context.Context, tx *db.Tx) (map[string]bool, error) {
	hs, err := hooks(ctx, tx)
	out := map[string]bool{}
	for _, h := range hs {
		out[h.Unit] = true
	}
	return out, err
}

func hook(ctx context.Context, tx *db.Tx, unit string) (h Hook, found bool, err error) {
	found, err = tx.Row(ctx, `SELECT unit_id, rev, url, secret FROM unit_hooks WHERE town_id = $1 AND unit_id = $2`, unit).Maybe(&h.Unit, &h.Rev, &h.URL, &h.box)
	return h, found, err
}

func putHook(ctx context.Context, tx *db.Tx, h Hook) error {
	_, err := tx.Exec(ctx, `INSERT INTO unit_hooks (town_id, unit_id, rev, url, secret) VALUES ($1, $2, 1, $3, $4)
		ON CONFLICT (town_id, unit_id) DO UPDATE SET rev = unit_hooks.rev + 1, url = excluded.url, secret = excluded.secret`, h.Unit, h.URL, h.box)
	return err
}

func removeHook(ctx context.Context, tx *db.Tx, unit string) (bool, error) {
	n, err := tx.Exec(ctx, `DELETE FROM unit_hooks WHERE town_id = $1 AND unit_id = $2`, unit)
	if err == nil && n > 0 {
		_, err = tx.Exec(ctx, `UPDATE deliveries SET state = 'dropped', next_at = NULL, lease = '', ended_at = $3
			WHERE town_id = $1 AND channel = 'hook' AND target = $2 AND next_at IS NOT NULL`, unit, tx.Now.UnixMilli())
	}
	return n > 0, err
}

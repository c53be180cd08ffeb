package casework

import (
	"context"
	"database/sql"
	"fmt"

	"yanming/internal/db"
	"yanming/internal/seal"
)

// met is a case that an imported row meets: its receipt's number, and the digest of the row it came from itself.
type met struct {
	number seal.Number
	digest string // "" where it was not imported
	batch  string
}

// standingFor returns the case that a row of a file is already, by its number in another system, else by its cells.
// found is false when there is none. A case that was made void is none.
func standingFor(ctx context.Context, tx *db.Tx, x External, digest string) (st met, found bool, err error) {
	if x.Number != "" {
		found, err = tx.Row(ctx, `SELECT c.number, COALESCE(s.digest, ''), COALESCE(s.batch_id, '') FROM case_externals x
			JOIN cases c ON c.town_id = x.town_id AND c.id = x.case_id
			LEFT JOIN case_sources s ON s.town_id = x.town_id AND s.case_id = x.case_id
			WHERE x.town_id = $1 AND x.system = $2 AND x.number = $3 AND c.state <> 'void'`, x.System, x.Number).
			Maybe(&st.number, &st.digest, &st.batch)
	} else {
		found, err = tx.Row(ctx, `SELECT c.number, s.digest, s.batch_id FROM case_sources s JOIN cases c ON c.town_id = s.town_id AND c.id = s.case_id
			WHERE s.town_id = $1 AND s.digest = $2 AND c.state <> 'void' ORDER BY s.case_id LIMIT 1`, digest).
			Maybe(&st.number, &st.digest, &st.batch)
	}
	if err != nil {
		return st, false, fmt.Errorf("look for the case of an imported row: %w", err)
	}
	return st, found, nil
}

// imported is a case of a batch.
type imported struct {
	stored
	touched bool // somebody has done something about it since
}

// ofBatch returns the standing cases of an import behind an id. Only a look at the name does not count as touched.
func ofBatch(ctx context.Context, tx *db.Tx, batch string, after ID, limit int) (out []imported, err error) {
	var ids []ID
	var touched []bool
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var id ID
		var n int64
		err := r.Scan(&id, &n)
		ids, touched = append(ids, id), append(touched, n > 0)
		return err
	}, `SELECT s.case_id, (SELECT count(*) FROM events e WHERE e.town_id = s.town_id AND e.record_id = s.case_id
			AND e.batch_id <> s.batch_id AND e.type <> 'identity_viewed')
		FROM case_sources s JOIN cases c ON c.town_id = s.town_id AND c.id = s.case_id
		WHERE s.town_id = $1 AND s.batch_id = $2 AND s.case_id > $3 AND c.state <> 'void' ORDER BY s.case_id LIMIT $4`, batch, string(after), limit)
	if err != nil {
		return nil, fmt.Errorf("list cases of batch %s: %w", batch, err)
	}
	for i, id := range ids {
		st, err := getCase(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, imported{st, touched[i]})
	}
	return out, nil
}

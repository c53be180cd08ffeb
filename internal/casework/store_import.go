package casework

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"yanming/internal/db"
	"yanming/internal/seal"
)

// met is a case that an imported row meets: its receipt's number, and the digest of the row it came from itself.
type met struct {
	number seal.Number
	digest string // "" where it was not imported
}

// standingFor returns the case that a row of a file is already, by its number in any other system or our own receipt's,
// else by its cells. found is false when there is none. A case that was made void is none, and so is one in confidence:
// a ledger must not tell that there is one.
//
// Each step asks one table for one key: joined, PostgreSQL would walk all of a town's cases while it knows nothing yet
// of how many a growing import has made.
func standingFor(ctx context.Context, tx *db.Tx, x External, digest string) (st met, found bool, err error) {
	ids, err := meeting(ctx, tx, x, digest)
	if err != nil {
		return met{}, false, fmt.Errorf("look for the case of an imported row: %w", err)
	}
	slices.Sort(ids)
	for _, id := range ids {
		found, err = tx.Row(ctx, `SELECT number FROM cases WHERE town_id = $1 AND id = $2 AND state <> 'void' AND NOT veiled`, id).Maybe(&st.number)
		if err != nil {
			return met{}, false, fmt.Errorf("look for the case of an imported row: %w", err)
		}
		if !found {
			continue
		}
		src, _, err := getSource(ctx, tx, ID(id))
		st.digest = src.Digest
		return st, true, err
	}
	return met{}, false, nil
}

// meeting returns the cases that a row may be already, standing or not. They are not ordered: that would tempt both
// engines to walk a town's cases in the order of their ids.
func meeting(ctx context.Context, tx *db.Tx, x External, digest string) ([]string, error) {
	if x.Number == "" {
		return texts(ctx, tx, `SELECT case_id FROM case_sources WHERE town_id = $1 AND digest = $2`, digest)
	}
	ids, err := texts(ctx, tx, `SELECT case_id FROM case_externals WHERE town_id = $1 AND system IN ($2, '`+strings.Join(Systems(), "', '")+`') AND number = $3`, x.System, x.Number)
	if n, bad := seal.ParseNumber(x.Number); err == nil && len(ids) == 0 && bad == nil { // in a sheet that we wrote ourselves
		return texts(ctx, tx, `SELECT id FROM cases WHERE town_id = $1 AND number = $2 AND NOT veiled`, string(n))
	}
	return ids, err
}

// toldBefore returns the case that a row without a number is already by whose, where, when and what, as next week's copy of
// a ledger has it. A row of the same import is none, and one with the very same cells is another matter: those are counted.
func toldBefore(ctx context.Context, tx *db.Tx, src Source) (st met, found bool, err error) {
	var ids, digests []string
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var id, digest string
		err := r.Scan(&id, &digest)
		ids, digests = append(ids, id), append(digests, digest)
		return err
	}, `SELECT case_id, digest FROM case_sources WHERE town_id = $1 AND matter = $2 AND batch_id <> $3 ORDER BY case_id`, src.Matter, src.Batch)
	if err != nil {
		return st, false, fmt.Errorf("look for the matter of an imported row: %w", err)
	}
	cells, _, _ := strings.Cut(src.Digest, "#")
	for i, id := range ids {
		if was, _, _ := strings.Cut(digests[i], "#"); was == cells {
			continue
		}
		found, err = tx.Row(ctx, `SELECT number FROM cases WHERE town_id = $1 AND id = $2 AND state <> 'void' AND NOT veiled`, id).Maybe(&st.number)
		if err != nil || found {
			st.digest = digests[i]
			return st, found, err
		}
	}
	return met{}, false, nil
}

// standingNumber returns the number of a case, and false for one that was made void.
func standingNumber(ctx context.Context, tx *db.Tx, id ID) (n seal.Number, standing bool, err error) {
	standing, err = tx.Row(ctx, `SELECT number FROM cases WHERE town_id = $1 AND id = $2 AND state <> 'void'`, string(id)).Maybe(&n)
	return n, standing, err
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
	ss, err := getCases(ctx, tx, ids)
	for i, st := range ss {
		out = append(out, imported{st, touched[i]})
	}
	return out, err
}

package casework

import (
	"context"
	"database/sql"
	"fmt"

	"yanming/internal/db"
	"yanming/internal/seal"
)

// mayBeKnown asks which rows the town may have already.
func mayBeKnown(ctx context.Context, tx *db.Tx, ms []*matter) (k had, err error) {
	var digests, matters, numbers []string
	named := Systems() // a number that one of them gave is known, whichever the ledger names
	for _, x := range ms {
		switch n := x.External.Number; {
		case x.refused != nil:
		case n == "":
			digests = append(digests, x.Source.Digest)
			if x.Source.Matter != "" {
				matters = append(matters, x.Source.Matter)
			}
		default:
			numbers, named = append(numbers, n), with(named, x.External.System)
		}
	}
	if k.digests, err = having(ctx, tx, digests, nil, `(SELECT s.row_no FROM case_sources s WHERE s.town_id = $1 AND s.digest = k.v LIMIT 1) IS NOT NULL`); err != nil {
		return k, err
	}
	if k.matters, err = having(ctx, tx, matters, nil, `(SELECT s.row_no FROM case_sources s WHERE s.town_id = $1 AND s.matter = k.v LIMIT 1) IS NOT NULL`); err != nil {
		return k, err
	}
	k.numbers = map[string]bool{}
	for _, system := range named {
		found, err := having(ctx, tx, numbers, []any{system}, `(SELECT x.case_id FROM case_externals x WHERE x.town_id = $1 AND x.system = $2 AND x.number = k.v) IS NOT NULL`)
		if err != nil {
			return k, err
		}
		for n := range found {
			k.numbers[n] = true
		}
	}
	return k, nil
}

// numbersTaken returns those of the numbers that a receipt of the town has, or a printed slip.
func numbersTaken(ctx context.Context, tx *db.Tx, numbers map[seal.Number]bool) (map[seal.Number]bool, error) {
	list := make([]string, 0, len(numbers))
	for n := range numbers {
		list = append(list, string(n))
	}
	found, err := having(ctx, tx, list, nil, `((SELECT c.rev FROM cases c WHERE c.town_id = $1 AND c.number = k.v) IS NOT NULL
		OR (SELECT p.at FROM paper_numbers p WHERE p.town_id = $1 AND p.number = k.v) IS NOT NULL)`)
	taken := map[seal.Number]bool{}
	for n := range found {
		taken[seal.Number(n)] = true
	}
	return taken, err
}

// having returns those of the values for which a condition over k.v holds. args are $2 and so on.
func having(ctx context.Context, tx *db.Tx, values []string, args []any, condition string) (map[string]bool, error) {
	found := map[string]bool{}
	if len(values) == 0 {
		return found, nil
	}
	rows, more := db.Listed(2+len(args), values)
	err := tx.Each(ctx, func(r *sql.Rows) error {
		var v string
		err := r.Scan(&v)
		found[v] = true
		return err
	}, `WITH k (v) AS (VALUES `+rows+`) SELECT k.v FROM k WHERE `+condition, append(args, more...)...)
	if err != nil {
		return nil, fmt.Errorf("look for what a town has of %d rows: %w", len(values), err)
	}
	return found, nil
}

// externalsOfAll returns the numbers of several cases, of each as externalsOf does.
func externalsOfAll(ctx context.Context, tx *db.Tx, ids []string) (map[ID][]External, error) {
	out := map[ID][]External{}
	err := tx.Each(ctx, func(r *sql.Rows) error {
		var id ID
		var x External
		err := r.Scan(&id, &x.System, &x.Number)
		out[id] = append(out[id], x)
		return err
	}, `SELECT case_id, system, number FROM case_externals WHERE town_id = $1 AND case_id `+tx.OneOf(2)+` ORDER BY case_id, system, number`, db.Texts(ids))
	if err != nil {
		return nil, fmt.Errorf("read numbers of %d cases: %w", len(ids), err)
	}
	return out, nil
}

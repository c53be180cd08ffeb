package figures

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"yanming/internal/db"
	"yanming/internal/errs"
)

// cell is what was found for one figure, or one part of it.
type cell struct {
	amount, rows             int64
	veiledAmount, veiledRows int64
}

// total returns the sum of listed rows and of those in confidence.
func (x cell) total() int64 { return x.amount + x.veiledAmount }

// distinct counts the things of a definition that counts each once, by a Dim or as a whole under "". The engine tells
// them apart; there is nothing to share with other definitions.
func (c *Catalogue) distinct(ctx context.Context, tx *db.Tx, d Def, scope Scope, w window, by string) (map[string]cell, error) {
	b := &builder{window: w}
	extras := []extra{{c.sources[d.Source].Keys[d.Distinct].SQL, "k"}}
	g, group := "''", ""
	if by != "" {
		col, ok := c.sources[d.Source].Dims[by]
		if !ok {
			return nil, errs.Field(by, "figures.dim", by)
		}
		extras = append(extras, extra{col.text(), "g"})
		g, group = "e.g", " GROUP BY e.g"
	}
	inner, err := c.evidence(b, d, scope, false, extras...)
	if err != nil {
		return nil, err
	}
	out := map[string]cell{}
	if by == "" {
		out[""] = cell{}
	}
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var code sql.NullString
		var x cell
		if err := r.Scan(&code, &x.amount, &x.rows); err != nil {
			return err
		}
		if !code.Valid {
			return fmt.Errorf("dimension %s has a NULL, but is not declared Null", by)
		}
		out[code.String] = x
		return nil
	}, "SELECT "+g+", count(DISTINCT e.k), count(*) FROM ("+inner+") e"+group, b.args...)
	if err != nil {
		return nil, fmt.Errorf("compute figure %s: %w", d.Code, err)
	}
	return out, nil
}

// middle returns the median of vs, which it sorts; vs is not empty.
func middle(vs []int64) int64 {
	slices.Sort(vs)
	low, high := vs[(len(vs)-1)/2], vs[len(vs)/2]
	return low + (high-low)/2
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

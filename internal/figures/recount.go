package figures

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"yanming/internal/calendar"
	"yanming/internal/db"
)

// Problem is something that does not agree, as `yanming check` lists it: a message of the catalogue with its values.
type Problem struct {
	Code string // of the figure, source or set
	Key  string
	Args []any
}

// Recount counts the town's records again and returns what does not agree: a source in which a record is missing or
// twice, a dimension without a value, a figure that is not the sum of its rows, a frozen figure that was changed.
func (c *Catalogue) Recount(ctx context.Context, tx *db.Tx) ([]Problem, error) {
	c, err := c.town(ctx, tx)
	if err != nil {
		return nil, err
	}
	var out []Problem
	for _, n := range slices.Sorted(maps.Keys(c.sources)) {
		ps, err := c.recountSource(ctx, tx, c.sources[n])
		if err != nil {
			return nil, fmt.Errorf("recount source %s: %w", n, err)
		}
		out = append(out, ps...)
	}
	for _, n := range slices.Sorted(maps.Keys(c.broken)) {
		out = append(out, Problem{n, "figures.check.broken", []any{n}})
	}
	for _, n := range slices.Sorted(maps.Keys(c.defs)) {
		p, err := c.recountFigure(ctx, tx, c.defs[n])
		if err != nil {
			return nil, fmt.Errorf("recount figure %s: %w", n, err)
		}
		out = append(out, p...)
	}
	all, err := sets(ctx, tx, ` ORDER BY id`)
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		ps, err := c.Verify(ctx, tx, s.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, ps...)
	}
	return out, nil
}

// recountSource checks what a source promises: each record one row at one instant, each Dim that is not Null there.
func (c *Catalogue) recountSource(ctx context.Context, tx *db.Tx, s Source) (out []Problem, err error) {
	var solid []string
	for _, n := range slices.Sorted(maps.Keys(s.Dims)) {
		if !s.Dims[n].Null {
			solid = append(solid, n)
		}
	}
	for i, from := range []string{s.From, s.VeiledFrom} {
		if from == "" {
			continue
		}
		b := &builder{windows: windowsOf([]calendar.Period{{}}, tx)}
		text := "SELECT count(*), count(DISTINCT " + s.ID + ")"
		var rows, ids, records int64
		dest := []any{&rows, &ids}
		empty := make([]int64, len(solid))
		if i == 0 {
			for j, n := range solid {
				text += ", CAST(COALESCE(sum(CASE WHEN " + s.Dims[n].SQL + " IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT)"
				dest = append(dest, &empty[j])
			}
		}
		where := []string{"r.town_id = $1"}
		b.asOf(s, func(cond string) { where = append(where, cond) })
		if err := tx.Row(ctx, text+" FROM "+from+" WHERE "+strings.Join(where, " AND "), b.args...).Scan(dest...); err != nil {
			return nil, err
		}
		if err := tx.Row(ctx, "SELECT count(DISTINCT "+s.ID+") FROM "+from+" WHERE r.town_id = $1").Scan(&records); err != nil {
			return nil, err
		}
		if rows != records || ids != records {
			out = append(out, Problem{s.Name, "figures.check.records", []any{s.Name, records, rows}})
		}
		for j, n := range solid {
			if empty[j] > 0 {
				out = append(out, Problem{s.Name, "figures.check.dim", []any{s.Name, n, empty[j]}})
			}
		}
	}
	return out, nil
}

// recountFigure adds a figure of all time up from its rows and holds the sum against its value.
func (c *Catalogue) recountFigure(ctx context.Context, tx *db.Tx, d Def) ([]Problem, error) {
	w := windowsOf([]calendar.Period{{}}, tx)
	xs, err := c.ask(ctx, tx, question{def: d, windows: w})
	if err != nil {
		return nil, err
	}
	b := &builder{windows: w}
	key := "''"
	var extras []extra
	if d.Distinct != "" {
		key = "e.k"
		extras = append(extras, extra{c.sources[d.Source].Keys[d.Distinct].SQL, "k"})
	}
	inner, err := c.evidence(b, d, Scope{}, false, extras...)
	if err != nil {
		return nil, err
	}
	var sum, rows int64
	keys := map[string]bool{}
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var amount int64
		var k string
		if err := r.Scan(&amount, &k); err != nil {
			return err
		}
		if rows++; d.Distinct == "" {
			sum += amount
		} else if !keys[k] {
			keys[k] = true
			sum++
		}
		return nil
	}, "SELECT e.amount, "+key+" FROM ("+inner+") e", b.args...)
	if err != nil {
		return nil, err
	}
	if x := xs[0]; sum != x.amount || rows != x.rows {
		return []Problem{{d.Code, "figures.check.value", []any{d.Code, x.amount, sum}}}, nil
	}
	return nil, nil
}

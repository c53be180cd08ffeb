package figures

import (
	"context"
	"database/sql"
	"fmt"
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
//
// again are the sources whose features have told their records over again, each out of its own history: their figures
// are held against that. The others are held against the rows of their evidence. counted is what Totals returned, of what
// tx sees; nil when it is still to be counted.
func (c *Catalogue) Recount(ctx context.Context, tx *db.Tx, counted *Totals, again ...*Again) ([]Problem, error) {
	c, err := c.town(ctx, tx)
	if err != nil {
		return nil, err
	}
	if counted == nil {
		if counted, err = c.totals(ctx, tx); err != nil {
			return nil, err
		}
	}
	var out []Problem
	told := map[string]*Again{}
	for _, a := range again {
		told[a.source] = a
	}
	for _, n := range sortedKeys(c.sources) {
		if told[n] != nil { // its feature has compared every record, so only the figures are left
			continue
		}
		ps, err := c.recountSource(ctx, tx, c.sources[n])
		if err != nil {
			return nil, fmt.Errorf("recount source %s: %w", n, err)
		}
		out = append(out, ps...)
	}
	for _, n := range sortedKeys(c.broken) {
		out = append(out, Problem{n, "figures.check.broken", []any{n}})
	}
	ps, err := c.recountFigures(ctx, tx, counted, told)
	if err != nil {
		return nil, err
	}
	out = append(out, ps...)
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
	for _, n := range sortedKeys(s.Dims) {
		if !s.Dims[n].Null {
			solid = append(solid, n)
		}
	}
	for i, from := range []string{s.From, s.VeiledFrom} {
		if from == "" {
			continue
		}
		b := &builder{window: windowOf(calendar.Period{}, tx.Now)}
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

// Totals is every figure of all time up to a moment, by its code.
type Totals struct {
	window window
	cells  map[string]cell
}

// Totals reckons every figure of all time together.
func (c *Catalogue) Totals(ctx context.Context, tx *db.Tx) (*Totals, error) {
	c, err := c.town(ctx, tx)
	if err != nil {
		return nil, err
	}
	return c.totals(ctx, tx)
}

func (c *Catalogue) totals(ctx context.Context, tx *db.Tx) (*Totals, error) {
	out := &Totals{windowOf(calendar.Period{}, tx.Now), map[string]cell{}}
	pl := plan{once: true}
	for _, n := range sortedKeys(c.defs) {
		d := c.defs[n]
		if d.Distinct == "" {
			pl.items = append(pl.items, item{def: d})
			continue
		}
		found, err := c.distinct(ctx, tx, d, Scope{}, out.window, "")
		if err != nil {
			return nil, fmt.Errorf("recount figure %s: %w", n, err)
		}
		out.cells[n] = found[""]
	}
	t, err := c.count(ctx, tx, pl, Scope{}, out.window)
	if err != nil {
		return nil, fmt.Errorf("recount figures: %w", err)
	}
	for i, x := range pl.items {
		out.cells[x.def.Code] = t.total[i]
	}
	return out, nil
}

// recountFigures holds every figure against its rows.
func (c *Catalogue) recountFigures(ctx context.Context, tx *db.Tx, counted *Totals, told map[string]*Again) (out []Problem, err error) {
	for _, n := range sortedKeys(c.defs) {
		d, x := c.defs[n], counted.cells[n]
		want, known := cell{}, false
		if a := told[d.Source]; a != nil {
			want, known = a.cell(d, c.countsVeiled(d, Scope{}))
		}
		if !known {
			if want, err = c.addUp(ctx, tx, d, counted.window); err != nil {
				return nil, fmt.Errorf("recount figure %s: %w", n, err)
			}
			want.veiledAmount, want.veiledRows = x.veiledAmount, x.veiledRows
		}
		if x != want {
			out = append(out, Problem{n, "figures.check.value", []any{n, x.total(), want.total()}})
		}
	}
	return out, nil
}

// addUp adds a figure up from the rows of its evidence. Things that are counted once come in order of their keys.
func (c *Catalogue) addUp(ctx context.Context, tx *db.Tx, d Def, w window) (x cell, err error) {
	b := &builder{window: w}
	key, order := "''", ""
	var extras []extra
	if d.Distinct != "" {
		key, order = "e.k", " ORDER BY e.k"
		extras = append(extras, extra{c.sources[d.Source].Keys[d.Distinct].SQL, "k"})
	}
	inner, err := c.evidence(b, d, Scope{}, false, extras...)
	if err != nil {
		return x, err
	}
	last := ""
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var amount int64
		var k string
		if err := r.Scan(&amount, &k); err != nil {
			return err
		}
		if d.Distinct != "" {
			if amount = 0; x.rows == 0 || k != last {
				amount = 1
			}
			last = k
		}
		x.rows++
		x.amount += amount
		return nil
	}, "SELECT e.amount, "+key+" FROM ("+inner+") e"+order, b.args...)
	return x, err
}

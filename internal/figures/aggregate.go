package figures

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"yanming/internal/db"
	"yanming/internal/errs"
)

// cell is what one statement found for one window and one group.
type cell struct {
	window                   int
	group                    string
	amount, rows             int64
	veiledAmount, veiledRows int64
}

// total returns the sum of listed rows and of those in confidence.
func (x cell) total() int64 { return x.amount + x.veiledAmount }

// question asks one definition for one or several windows, by a Dim or not.
type question struct {
	def     Def
	scope   Scope
	windows []window
	by      string // a Dim, or ""
}

// aggregate compiles the sums of q, the remainder in confidence included. Its columns: part (0 listed, 1 in
// confidence), window, group, amount, rows.
func (c *Catalogue) aggregate(q question) (Query, error) {
	b := &builder{windows: q.windows}
	var extras []extra
	if q.by != "" {
		col, ok := c.sources[q.def.Source].Dims[q.by]
		if !ok {
			return Query{}, errs.Field(q.by, "figures.dim", q.by)
		}
		extras = append(extras, extra{col.text(), "g"})
	}
	amount := "CAST(COALESCE(sum(e.amount), 0) AS BIGINT)"
	if q.def.Distinct != "" {
		extras = append(extras, extra{c.sources[q.def.Source].Keys[q.def.Distinct].SQL, "k"})
		amount = "count(DISTINCT e.k)"
	}
	n, g := "0", "''"
	var groups []string
	if b.many() {
		n = "e.n"
		groups = append(groups, n)
	}
	if q.by != "" {
		g = "e.g"
		groups = append(groups, g)
	}
	text := b.with()
	inner, err := c.evidence(b, q.def, q.scope, false, extras...)
	if err != nil {
		return Query{}, err
	}
	text += sums("0", n, g, amount, inner, groups)
	if q.by == "" && c.countsVeiled(q.def, q.scope) {
		inner, err := c.evidence(b, q.def, q.scope, true)
		if err != nil {
			return Query{}, err
		}
		text += " UNION ALL " + sums("1", n, "''", amount, inner, groups)
	}
	return Query{text, b.args}, nil
}

func sums(part, n, g, amount, inner string, groups []string) string {
	text := fmt.Sprintf("SELECT %s, %s, %s, %s, count(*) FROM (%s) e", part, n, g, amount, inner)
	if len(groups) > 0 {
		text += " GROUP BY " + strings.Join(groups, ", ")
	}
	return text
}

// ask runs q and returns its cells: without by, one for each window in their order; with by, those that have rows.
func (c *Catalogue) ask(ctx context.Context, tx *db.Tx, q question) ([]*cell, error) {
	query, err := c.aggregate(q)
	if err != nil {
		return nil, err
	}
	t := newTable(q)
	if c.watch != nil {
		defer func(start time.Time) { c.watch(q.def.Code, time.Since(start)) }(time.Now())
	}
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var part, window int
		var group sql.NullString
		var amount, rows int64
		if err := r.Scan(&part, &window, &group, &amount, &rows); err != nil {
			return err
		}
		x, err := t.at(window, group)
		if err != nil {
			return err
		}
		if part == 1 {
			x.veiledAmount, x.veiledRows = amount, rows
		} else {
			x.amount, x.rows = amount, rows
		}
		return nil
	}, query.Text, query.Args...)
	if err != nil {
		return nil, fmt.Errorf("compute figure %s: %w", q.def.Code, err)
	}
	return t.cells, nil
}

// median runs q and returns, for each cell, the median of a Sum column over the listed rows that have it, as amount,
// and how many those are, as rows. Between two middle values it lies half-way, rounded down.
func (c *Catalogue) median(ctx context.Context, tx *db.Tx, q question, column string) ([]*cell, error) {
	b := &builder{windows: q.windows}
	s := c.sources[q.def.Source]
	extras := []extra{{s.Sums[column].SQL, "m"}}
	n, g := "0", "''"
	if b.many() {
		n = "e.n"
	}
	if q.by != "" {
		col, ok := s.Dims[q.by]
		if !ok {
			return nil, errs.Field(q.by, "figures.dim", q.by)
		}
		extras = append(extras, extra{col.text(), "g"})
		g = "e.g"
	}
	text := b.with()
	inner, err := c.evidence(b, q.def, q.scope, false, extras...)
	if err != nil {
		return nil, err
	}
	text += fmt.Sprintf("SELECT %s, %s, e.m FROM (%s) e WHERE e.m IS NOT NULL", n, g, inner)
	t := newTable(q)
	found := map[*cell][]int64{}
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var window int
		var group sql.NullString
		var v int64
		if err := r.Scan(&window, &group, &v); err != nil {
			return err
		}
		x, err := t.at(window, group)
		found[x] = append(found[x], v)
		return err
	}, text, b.args...)
	if err != nil {
		return nil, fmt.Errorf("compute median %s of %s: %w", column, q.def.Code, err)
	}
	for x, vs := range found {
		x.amount, x.rows = middle(vs), int64(len(vs))
	}
	return t.cells, nil
}

// middle returns the median of vs, which it sorts; vs is not empty.
func middle(vs []int64) int64 {
	slices.Sort(vs)
	low, high := vs[(len(vs)-1)/2], vs[len(vs)/2]
	return low + (high-low)/2
}

// table collects cells by window and group.
type table struct {
	by    string
	cells []*cell
	index map[spot]*cell
}

type spot struct {
	window int
	group  string
}

func newTable(q question) *table {
	t := &table{by: q.by, index: map[spot]*cell{}}
	if q.by == "" {
		for i := range q.windows {
			t.add(spot{window: i})
		}
	}
	return t
}

func (t *table) add(at spot) *cell {
	x := &cell{window: at.window, group: at.group}
	t.cells, t.index[at] = append(t.cells, x), x
	return x
}

// at returns the cell of a window and group. A NULL group means that a Dim is not what its source says it is.
func (t *table) at(window int, group sql.NullString) (*cell, error) {
	if !group.Valid {
		return nil, fmt.Errorf("dimension %s has a NULL, but is not declared Null", t.by)
	}
	if x := t.index[spot{window, group.String}]; x != nil {
		return x, nil
	}
	return t.add(spot{window, group.String}), nil
}

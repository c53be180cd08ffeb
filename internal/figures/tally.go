package figures

import (
	"context"
	"database/sql"
	"fmt"
	"math/bits"
	"slices"

	"yanming/internal/db"
)

// tally is what passes found for their items.
type tally struct {
	items []item
	total []cell
	parts map[string]map[string][]cell // Dim → code → cells, by item
	until int64                        // from this moment on the counts may be others although nothing happened
}

// spread is a median over the rows of an item, of a column of quantities, for the whole and by Dims.
type spread struct {
	item   int
	column string
	dims   []string
	whole  values
	parts  map[string]map[string]values
}

// values counts how often each quantity was met.
type values map[int64]int64

// plan says what passes count: items with the Dims by which each is broken down, and medians over them.
type plan struct {
	items   []item
	dims    map[string][]int // Dim → items
	spreads []*spread
	once    bool // nothing is remembered of it: no pass need look for the moment from which its counts no longer hold
}

// count runs the passes of a plan for one window.
func (c *Catalogue) count(ctx context.Context, tx *db.Tx, pl plan, scope Scope, w window) (*tally, error) {
	t := &tally{items: pl.items, total: make([]cell, len(pl.items)), parts: map[string]map[string][]cell{}, until: forever}
	for d := range pl.dims {
		t.parts[d] = map[string][]cell{}
	}
	if w.open() {
		t.until = w.to
	}
	var bases []string
	groups := map[string][]int{}
	for i, x := range pl.items {
		base := x.def.base()
		if len(groups[base]) == 0 {
			bases = append(bases, base)
		}
		groups[base] = append(groups[base], i)
	}
	for _, base := range bases {
		for some := range slices.Chunk(groups[base], passItems) {
			if err := c.run(ctx, tx, t, pl, some, scope, w, false); err != nil {
				return nil, err
			}
			veiled := slices.DeleteFunc(slices.Clone(some), func(i int) bool {
				return pl.items[i].sight != nil || !c.countsVeiled(pl.items[i].def, scope)
			})
			if len(veiled) == 0 {
				continue
			}
			if err := c.run(ctx, tx, t, pl, veiled, scope, w, true); err != nil {
				return nil, err
			}
		}
	}
	return t, nil
}

// counting is one pass while its rows are read.
type counting struct {
	*tally
	some    []int // the pass's items in the tally
	veiled  bool
	sums    []int // by item of the pass: its column of quantities, -1 for rows
	dims    []string
	wanted  []uint64 // by dim: the items that are broken down by it
	spreads []*spread
	cols    []int // by spread: its column
	bits    []int // by spread: its item of the pass
}

// run makes one pass over the items some and adds what it finds to t.
func (c *Catalogue) run(ctx context.Context, tx *db.Tx, t *tally, pl plan, some []int, scope Scope, w window, veiled bool) error {
	p := pass{c: c, scope: scope, window: w, veiled: veiled, turning: w.open() && !pl.once}
	k := counting{tally: t, some: some, veiled: veiled}
	column := func(n string) int {
		i := slices.Index(p.sums, n)
		if i < 0 {
			i, p.sums = len(p.sums), append(p.sums, n)
		}
		return i
	}
	for _, i := range some {
		x := pl.items[i]
		p.items = append(p.items, x)
		n := -1
		if x.def.Sum != "" {
			n = column(x.def.Sum)
		}
		k.sums = append(k.sums, n)
	}
	if !veiled {
		for _, d := range sortedKeys(pl.dims) {
			var m uint64
			for b, i := range some {
				if slices.Contains(pl.dims[d], i) {
					m |= 1 << b
				}
			}
			if m != 0 {
				p.dims, k.dims, k.wanted = append(p.dims, d), append(k.dims, d), append(k.wanted, m)
			}
		}
		for _, s := range pl.spreads {
			if b := slices.Index(some, s.item); b >= 0 {
				k.spreads, k.cols, k.bits = append(k.spreads, s), append(k.cols, column(s.column)), append(k.bits, b)
			}
		}
	}
	q, err := p.query(tx)
	if err != nil {
		return err
	}
	row := make([]any, 2+p.turns+len(p.dims)+len(p.sums))
	dest := make([]any, len(row))
	for i := range row {
		dest[i] = &row[i]
	}
	err = tx.Each(ctx, func(r *sql.Rows) error {
		if err := r.Scan(dest...); err != nil {
			return err
		}
		for _, at := range row[2 : 2+p.turns] {
			if ms, ok := at.(int64); ok {
				t.until = min(t.until, ms)
			}
		}
		mark, _ := row[0].(int64)
		n, _ := row[1].(int64)
		return k.add(uint64(mark), n, row[2+p.turns:])
	}, q.Text, q.Args...)
	if err != nil {
		return fmt.Errorf("compute figure %s: %w", p.items[0].def.Code, err)
	}
	return nil
}

// add counts n equal rows with a mark; row holds their codes and quantities. A NULL code means that a Dim is not what
// its source says it is.
func (k *counting) add(mark uint64, n int64, row []any) error {
	if mark == 0 {
		return nil
	}
	amounts := row[len(k.dims):]
	for m := mark; m != 0; m &= m - 1 {
		b := bits.TrailingZeros64(m)
		x := &k.total[k.some[b]]
		if amount := k.amount(b, n, amounts); k.veiled {
			x.veiledAmount, x.veiledRows = x.veiledAmount+amount, x.veiledRows+n
		} else {
			x.amount, x.rows = x.amount+amount, x.rows+n
		}
	}
	for i, d := range k.dims {
		m := mark & k.wanted[i]
		if m == 0 {
			continue
		}
		code, ok := row[i].(string)
		if !ok {
			return fmt.Errorf("dimension %s has a NULL, but is not declared Null", d)
		}
		cells := k.parts[d][code]
		if cells == nil {
			cells = make([]cell, len(k.items))
			k.parts[d][code] = cells
		}
		for ; m != 0; m &= m - 1 {
			b := bits.TrailingZeros64(m)
			x := &cells[k.some[b]]
			x.amount, x.rows = x.amount+k.amount(b, n, amounts), x.rows+n
		}
	}
	for i, s := range k.spreads {
		if v, ok := amounts[k.cols[i]].(int64); ok && mark&(1<<k.bits[i]) != 0 {
			s.add(v, n, func(d string) string { code, _ := row[slices.Index(k.dims, d)].(string); return code })
		}
	}
	return nil
}

func (k *counting) amount(bit int, n int64, amounts []any) int64 {
	if k.sums[bit] < 0 {
		return n
	}
	v, _ := amounts[k.sums[bit]].(int64) // NULL adds nothing
	return v * n
}

func (s *spread) add(v, n int64, code func(dim string) string) {
	s.whole[v] += n
	for _, d := range s.dims {
		c := code(d)
		if s.parts[d][c] == nil {
			s.parts[d][c] = values{}
		}
		s.parts[d][c][v] += n
	}
}

// median returns the middle value as amount, and how many there are as rows. Between two middle values it lies
// half-way, rounded down.
func (vs values) median() (x cell) {
	keys := sortedKeys(vs)
	for _, n := range vs {
		x.rows += n
	}
	at := func(place int64) int64 {
		for _, v := range keys {
			if place -= vs[v]; place < 0 {
				return v
			}
		}
		return 0
	}
	low, high := at((x.rows-1)/2), at(x.rows/2)
	x.amount = low + (high-low)/2
	return x
}

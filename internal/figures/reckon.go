package figures

import (
	"context"
	"fmt"
	"slices"
	"time"

	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/errs"
)

// Compute returns the values of codes in their order, for one scope and period, as of the transaction's time.
// Errors: NotFound for an unknown code, Invalid for a scope that a figure cannot be narrowed by.
func (c *Catalogue) Compute(ctx context.Context, tx *db.Tx, codes []string, s Scope, p calendar.Period) ([]Value, error) {
	rows, err := c.Series(ctx, tx, codes, s, []calendar.Period{p})
	if err != nil {
		return nil, err
	}
	return rows[0], nil
}

// Series returns the values of codes for each period: one row for each, in their order. A period takes one pass over
// each relation that its figures are made of, however many figures there are.
func (c *Catalogue) Series(ctx context.Context, tx *db.Tx, codes []string, s Scope, periods []calendar.Period) ([][]Value, error) {
	out := make([][]Value, len(periods))
	for i, p := range periods {
		x, err := c.Cross(ctx, tx, codes, nil, s, p)
		if err != nil {
			return nil, err
		}
		for _, code := range codes {
			out[i] = append(out[i], x.Value(code))
		}
	}
	return out, nil
}

// By breaks a figure down by a Dim: the values by code, those of "" having none, and the value of the whole. Records
// in confidence are in the whole only, so the parts of a count of rows add up to it less Veiled. Things counted once
// (Distinct) may lie in several parts. A formula has a part wherever one of its operands has.
// Errors: NotFound, and Invalid for a Dim that the figure cannot be broken down by.
func (c *Catalogue) By(ctx context.Context, tx *db.Tx, code, dim string, s Scope, p calendar.Period) (map[string]Value, Value, error) {
	x, err := c.Cross(ctx, tx, []string{code}, map[string][]string{dim: {code}}, s, p)
	if err != nil {
		return nil, Value{}, err
	}
	return x.By(code, dim), x.Value(code), nil
}

// Crossed holds the values of several figures for one scope and period, and what they are broken down by.
type Crossed struct {
	c      *Catalogue
	whole  map[string]cell                       // definition → cell
	middle map[string]cell                       // median → what was found
	parts  map[string]map[string]map[string]cell // Dim → definition or median → code → cell
}

// Cross reckons codes together, and breaks those in by down by its Dims, in one pass over each relation.
// Errors: as Compute and By.
func (c *Catalogue) Cross(ctx context.Context, tx *db.Tx, codes []string, by map[string][]string, s Scope, p calendar.Period) (Crossed, error) {
	all := slices.Clone(codes)
	for _, dim := range sortedKeys(by) {
		all = append(all, by[dim]...)
	}
	c, err := c.having(ctx, tx, all...)
	if err != nil {
		return Crossed{}, err
	}
	x := Crossed{c: c, whole: map[string]cell{}, middle: map[string]cell{}, parts: map[string]map[string]map[string]cell{}}
	m, err := c.memoIn(ctx, tx, s, windowOf(p, tx.Now))
	if err != nil {
		return Crossed{}, err
	}
	r := reckoning{Crossed: &x, memo: m, spreads: map[string]*spread{}, index: map[string]int{}}
	for _, code := range all {
		r.want(code)
	}
	for _, dim := range sortedKeys(by) {
		x.parts[dim] = map[string]map[string]cell{}
		for _, code := range by[dim] {
			if err := r.wantBy(code, dim); err != nil {
				return Crossed{}, err
			}
		}
	}
	return x, r.run(ctx, tx, s, windowOf(p, tx.Now))
}

// reckoning collects what has to be counted, less what is remembered, and counts it.
type reckoning struct {
	*Crossed
	memo     *memoIn
	plan     plan
	index    map[string]int // definition → item of the plan
	spreads  map[string]*spread
	distinct []distinctOf
}

// distinctOf is a definition that counts things once; by is a Dim, or "".
type distinctOf struct {
	def Def
	by  string
}

// operands returns the definitions behind a code, and the formula if it is one.
func (c *Catalogue) operands(code string) ([]Def, *Formula) {
	f, ok := c.formulas[code]
	switch {
	case !ok:
		return []Def{c.defs[code]}, nil
	case f.Op == Median:
		return []Def{c.defs[f.A]}, &f
	}
	return []Def{c.defs[f.A], c.defs[f.B]}, &f
}

func (r *reckoning) want(code string) {
	defs, f := r.c.operands(code)
	for _, d := range defs {
		if _, have := r.whole[d.Code]; have {
			continue
		}
		if x, ok := r.memo.get(d, whole); ok {
			r.whole[d.Code] = x[""]
			continue
		}
		r.whole[d.Code] = cell{}
		if d.Distinct != "" {
			r.distinct = append(r.distinct, distinctOf{d, ""})
		} else {
			r.item(d)
		}
	}
	if f == nil || f.Op != Median {
		return
	}
	if _, have := r.middle[code]; have {
		return
	}
	x, ok := r.memo.get(defs[0], median(f.B, ""))
	if r.middle[code] = x[""]; !ok {
		r.spread(*f)
	}
}

// item returns the place of a definition among what is counted.
func (r *reckoning) item(d Def) int {
	i, ok := r.index[d.Code]
	if !ok {
		i = len(r.plan.items)
		r.plan.items = append(r.plan.items, item{def: d})
		r.index[d.Code] = i
	}
	return i
}

func (r *reckoning) spread(f Formula) *spread {
	s := r.spreads[f.Code]
	if s == nil {
		s = &spread{item: r.item(r.c.defs[f.A]), column: f.B, whole: values{}, parts: map[string]map[string]values{}}
		r.spreads[f.Code] = s
		r.plan.spreads = append(r.plan.spreads, s)
	}
	return s
}

func (r *reckoning) wantBy(code, dim string) error {
	defs, f := r.c.operands(code)
	for _, d := range defs {
		if _, ok := r.c.sources[d.Source].Dims[dim]; !ok {
			return errs.Field(dim, "figures.dim", dim)
		}
		if _, have := r.parts[dim][d.Code]; have {
			continue
		}
		if x, ok := r.memo.get(d, byDim(dim)); ok {
			r.parts[dim][d.Code] = x
			continue
		}
		r.parts[dim][d.Code] = nil
		if d.Distinct != "" {
			r.distinct = append(r.distinct, distinctOf{d, dim})
			continue
		}
		r.breakDown(d, dim)
	}
	if f == nil || f.Op != Median {
		return nil
	}
	if x, ok := r.memo.get(defs[0], median(f.B, dim)); ok {
		r.parts[dim][code] = x
		return nil
	}
	s := r.spread(*f)
	s.dims, s.parts[dim] = append(s.dims, dim), map[string]values{}
	r.breakDown(defs[0], dim)
	return nil
}

func (r *reckoning) breakDown(d Def, dim string) {
	if r.plan.dims == nil {
		r.plan.dims = map[string][]int{}
	}
	if i := r.item(d); !slices.Contains(r.plan.dims[dim], i) {
		r.plan.dims[dim] = append(r.plan.dims[dim], i)
	}
}

func (r *reckoning) run(ctx context.Context, tx *db.Tx, s Scope, w window) error {
	start := time.Now()
	t, err := r.c.count(ctx, tx, r.plan, s, w)
	if err != nil {
		return err
	}
	r.watched(time.Since(start))
	for code, i := range r.index {
		r.whole[code] = t.total[i]
		r.memo.put(r.plan.items[i].def, whole, map[string]cell{"": t.total[i]}, t.until)
	}
	for dim, items := range r.plan.dims {
		for _, i := range items {
			d, parts := r.plan.items[i].def, map[string]cell{}
			for code, cells := range t.parts[dim] {
				if cells[i].rows > 0 {
					parts[code] = cells[i]
				}
			}
			r.parts[dim][d.Code] = parts
			r.memo.put(d, byDim(dim), parts, t.until)
		}
	}
	for code, s := range r.spreads {
		d := r.plan.items[s.item].def
		r.middle[code] = s.whole.median()
		r.memo.put(d, median(s.column, ""), map[string]cell{"": r.middle[code]}, t.until)
		for _, dim := range s.dims {
			parts := map[string]cell{}
			for c, vs := range s.parts[dim] {
				parts[c] = vs.median()
			}
			r.parts[dim][code] = parts
			r.memo.put(d, median(s.column, dim), parts, t.until)
		}
	}
	for _, x := range r.distinct {
		start := time.Now()
		found, err := r.c.distinct(ctx, tx, x.def, s, w, x.by)
		if err != nil {
			return err
		}
		if r.c.watch != nil {
			r.c.watch(x.def.Code, time.Since(start))
		}
		if x.by == "" {
			r.whole[x.def.Code] = found[""]
		} else {
			r.parts[x.by][x.def.Code] = found
		}
	}
	return nil
}

// watched tells how long each figure took: they are counted together, so each took its share.
func (r *reckoning) watched(took time.Duration) {
	if r.c.watch == nil {
		return
	}
	for _, x := range r.plan.items {
		r.c.watch(x.def.Code, took/time.Duration(len(r.plan.items)))
	}
}

// Value returns the value of one of the codes.
func (x Crossed) Value(code string) Value {
	defs, f := x.c.operands(code)
	a := valueOf(defs[0], x.whole[defs[0].Code])
	switch {
	case f == nil:
		return a
	case f.Op == Median:
		return f.apply(a, Value{}, x.middle[code])
	}
	return f.apply(a, valueOf(defs[1], x.whole[defs[1].Code]), cell{})
}

// By returns the values of one of the codes by a Dim that it was broken down by: those of "" have none.
func (x Crossed) By(code, dim string) map[string]Value {
	defs, f := x.c.operands(code)
	out := map[string]Value{}
	as := x.parts[dim][defs[0].Code]
	switch {
	case f == nil:
		for g, p := range as {
			out[g] = valueOf(defs[0], p)
		}
	case f.Op == Median:
		for g, p := range as {
			out[g] = f.apply(valueOf(defs[0], p), Value{}, x.parts[dim][code][g])
		}
	default:
		bs := x.parts[dim][defs[1].Code]
		for _, m := range []map[string]cell{as, bs} {
			for g := range m {
				out[g] = f.apply(valueOf(defs[0], as[g]), valueOf(defs[1], bs[g]), cell{})
			}
		}
	}
	return out
}

// counted returns the value of a definition, and how many of its rows lie in a sight.
func (c *Catalogue) counted(ctx context.Context, tx *db.Tx, m *memoIn, d Def, s Scope, sight Sight, w window) (Value, int64, error) {
	if d.Distinct != "" {
		return c.countedOnce(ctx, tx, d, s, sight, w)
	}
	what, err := sight.in()
	if err != nil {
		return Value{}, 0, err
	}
	value, haveValue := m.get(d, whole)
	listed, haveListed := m.get(d, what)
	if sight.All && haveValue {
		listed, haveListed = value, true
	}
	if !haveValue || !haveListed {
		pl := plan{items: []item{{def: d}}}
		if !sight.All {
			pl.items = append(pl.items, item{d, &sight})
		}
		t, err := c.count(ctx, tx, pl, s, w)
		if err != nil {
			return Value{}, 0, err
		}
		value, listed = map[string]cell{"": t.total[0]}, map[string]cell{"": t.total[len(t.total)-1]}
		m.put(d, whole, value, t.until)
		m.put(d, what, listed, t.until)
	}
	return valueOf(d, value[""]), listed[""].rows, nil
}

// countedOnce is counted for a definition that counts things once: its rows are listed, its things are its value.
func (c *Catalogue) countedOnce(ctx context.Context, tx *db.Tx, d Def, s Scope, sight Sight, w window) (Value, int64, error) {
	whole, err := c.distinct(ctx, tx, d, s, w, "")
	if err != nil {
		return Value{}, 0, err
	}
	v := valueOf(d, whole[""])
	if sight.All {
		return v, v.Evidence, nil
	}
	b := &builder{window: w}
	inner, err := c.evidence(b, d, s, false)
	if err != nil {
		return Value{}, 0, err
	}
	cond, err := b.sight(c.sources[d.Source], sight)
	if err != nil {
		return Value{}, 0, err
	}
	var n int64
	if err = tx.Row(ctx, "SELECT count(*) FROM ("+inner+" AND "+cond+") e", b.args...).Scan(&n); err != nil {
		return Value{}, 0, fmt.Errorf("count rows of %s in sight: %w", d.Code, err)
	}
	return v, n, nil
}

// First returns the moment of the earliest record that belongs to a definition, one in confidence where those are
// counted, and whether there is one. Errors: NotFound for a code that is no definition's.
func (c *Catalogue) First(ctx context.Context, tx *db.Tx, code string) (first time.Time, found bool, err error) {
	d, err := c.Def(ctx, tx, code)
	if err != nil {
		return first, false, err
	}
	s := c.sources[d.Source]
	for _, veiled := range []bool{false, true} {
		if veiled && !c.countsVeiled(d, Scope{}) {
			continue
		}
		b := &builder{window: windowOf(calendar.Period{}, tx.Now)}
		inner, err := c.evidence(b, d, Scope{}, veiled, extra{s.ordered(d), "o"})
		if err != nil {
			return first, false, err
		}
		var ms int64
		ok, err := tx.Row(ctx, "SELECT e.o FROM ("+inner+") e ORDER BY e.o LIMIT 1", b.args...).Maybe(&ms)
		if err != nil {
			return first, false, fmt.Errorf("find first record of %s: %w", code, err)
		}
		if at := time.UnixMilli(ms); ok && (!found || at.Before(first)) {
			first, found = at, true
		}
	}
	return first, found, nil
}

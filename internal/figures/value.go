package figures

import (
	"context"
	"fmt"
	"strconv"

	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/i18n"
)

// Value is a figure reckoned for one scope and period. It is the same whoever looks.
type Value struct {
	Code    string    `json:"code"`
	Version int       `json:"version"`
	Name    i18n.Pair `json:"name"`
	Unit    i18n.Pair `json:"unit"`
	Value   int64     `json:"value"`          // of a ratio in thousandths, rounded half up
	None    bool      `json:"none,omitempty"` // there is no number: nothing to divide by, nothing to take a median of
	Op      FormulaOp `json:"op,omitempty"`   // "" for a definition
	A       *Value    `json:"a,omitempty"`    // a formula's operands: numerator, or first summand, or the median's rows
	B       *Value    `json:"b,omitempty"`    // denominator, or second summand
	// Evidence is how many rows can be listed. A formula has none of its own, but a median says over how many it is.
	Evidence int64 `json:"evidence"`
	Veiled   int64 `json:"veiled,omitempty"` // how many records in confidence are counted, and not listed
	// VeiledAmount is what those add to Value: their number, or the sum of their quantities.
	VeiledAmount int64 `json:"veiled_amount,omitempty"`
}

// Text returns the number as it is printed, without its unit: 69, 46.4% or —.
func (v Value) Text() string {
	switch {
	case v.None:
		return "—"
	case v.Op == Ratio:
		return fmt.Sprintf("%d.%d%%", v.Value/10, v.Value%10)
	}
	return strconv.FormatInt(v.Value, 10)
}

// valueOf makes a definition's value.
func valueOf(d Def, x cell) Value {
	return Value{Code: d.Code, Version: d.Version, Name: d.Name, Unit: d.Unit, Value: x.total(), Evidence: x.rows,
		Veiled: x.veiledRows, VeiledAmount: x.veiledAmount}
}

// apply makes a formula's value out of its operands. For a median a is the figure it is taken over and m what was
// found.
func (f Formula) apply(a, b Value, m cell) Value {
	v := Value{Code: f.Code, Version: f.Version, Name: f.Name, Unit: f.Unit, Op: f.Op, A: &a, B: &b}
	switch f.Op {
	case Total:
		v.Value = a.Value + b.Value
	case Ratio:
		if v.None = b.Value == 0; !v.None {
			v.Value = (a.Value*2000 + b.Value) / (2 * b.Value)
		}
	case Median:
		v.B, v.Value, v.Evidence, v.None = nil, m.amount, m.rows, m.rows == 0
	}
	return v
}

// Compute returns the values of codes in their order, for one scope and period, as of the transaction's time.
// Errors: NotFound for an unknown code, Invalid for a scope that a figure cannot be narrowed by.
func (c *Catalogue) Compute(ctx context.Context, tx *db.Tx, codes []string, s Scope, p calendar.Period) ([]Value, error) {
	rows, err := c.Series(ctx, tx, codes, s, []calendar.Period{p})
	if err != nil {
		return nil, err
	}
	return rows[0], nil
}

// Series returns the values of codes for each period: one row for each, in their order. A figure takes one statement,
// however many periods there are.
func (c *Catalogue) Series(ctx context.Context, tx *db.Tx, codes []string, s Scope, periods []calendar.Period) ([][]Value, error) {
	if len(periods) == 0 {
		return nil, nil
	}
	c, err := c.having(ctx, tx, codes...)
	if err != nil {
		return nil, err
	}
	k := reckoner{c: c, ctx: ctx, tx: tx, scope: s, windows: windowsOf(periods, tx), defs: map[string][]*cell{}}
	out := make([][]Value, len(periods))
	for _, code := range codes {
		vs, err := k.values(code)
		if err != nil {
			return nil, err
		}
		for i := range out {
			out[i] = append(out[i], vs[i])
		}
	}
	return out, nil
}

func windowsOf(ps []calendar.Period, tx *db.Tx) []window {
	ws := make([]window, len(ps))
	for i, p := range ps {
		ws[i] = windowOf(p, tx.Now)
	}
	return ws
}

// reckoner asks each definition once, however many formulas use it.
type reckoner struct {
	c       *Catalogue
	ctx     context.Context
	tx      *db.Tx
	scope   Scope
	windows []window
	defs    map[string][]*cell
}

func (k *reckoner) cells(code string) ([]*cell, error) {
	if xs, ok := k.defs[code]; ok {
		return xs, nil
	}
	xs, err := k.c.ask(k.ctx, k.tx, question{def: k.c.defs[code], scope: k.scope, windows: k.windows})
	if err == nil {
		k.defs[code] = xs
	}
	return xs, err
}

// values returns one value for each window.
func (k *reckoner) values(code string) ([]Value, error) {
	f, isFormula := k.c.formulas[code]
	if !isFormula {
		f.A = code
	}
	d := k.c.defs[f.A]
	as, err := k.cells(f.A)
	if err != nil {
		return nil, err
	}
	out := make([]Value, len(as))
	var bs []*cell
	switch {
	case !isFormula:
	case f.Op == Median:
		bs, err = k.c.median(k.ctx, k.tx, question{def: d, scope: k.scope, windows: k.windows}, f.B)
	default:
		bs, err = k.cells(f.B)
	}
	if err != nil {
		return nil, err
	}
	for i, x := range as {
		out[i] = valueOf(d, *x)
		switch {
		case !isFormula:
		case f.Op == Median:
			out[i] = f.apply(out[i], Value{}, *bs[i])
		default:
			out[i] = f.apply(out[i], valueOf(k.c.defs[f.B], *bs[i]), cell{})
		}
	}
	return out, nil
}

// By breaks a figure down by a Dim: the values by code, those of "" having none, and the value of the whole. Records
// in confidence are in the whole only, so the parts of a count of rows add up to it less Veiled. Things counted once
// (Distinct) may lie in several parts. A formula has a part wherever one of its operands has.
// Errors: NotFound, and Invalid for a Dim that the figure cannot be broken down by.
func (c *Catalogue) By(ctx context.Context, tx *db.Tx, code, dim string, s Scope, p calendar.Period) (map[string]Value, Value, error) {
	c, err := c.having(ctx, tx, code)
	if err != nil {
		return nil, Value{}, err
	}
	whole, err := c.Compute(ctx, tx, []string{code}, s, p)
	if err != nil {
		return nil, Value{}, err
	}
	windows := windowsOf([]calendar.Period{p}, tx)
	part := func(code string) (map[string]cell, error) {
		xs, err := c.ask(ctx, tx, question{def: c.defs[code], scope: s, windows: windows, by: dim})
		return grouped(xs), err
	}
	f, isFormula := c.formulas[code]
	if !isFormula {
		f.A = code
	}
	as, err := part(f.A)
	if err != nil {
		return nil, Value{}, err
	}
	out := map[string]Value{}
	d := c.defs[f.A]
	switch {
	case !isFormula:
		for g, x := range as {
			out[g] = valueOf(d, x)
		}
	case f.Op == Median:
		ms, err := c.median(ctx, tx, question{def: d, scope: s, windows: windows, by: dim}, f.B)
		if err != nil {
			return nil, Value{}, err
		}
		found := grouped(ms)
		for g, x := range as {
			out[g] = f.apply(valueOf(d, x), Value{}, found[g])
		}
	default:
		bs, err := part(f.B)
		if err != nil {
			return nil, Value{}, err
		}
		e := c.defs[f.B]
		for g := range as {
			out[g] = f.apply(valueOf(d, as[g]), valueOf(e, bs[g]), cell{})
		}
		for g := range bs {
			out[g] = f.apply(valueOf(d, as[g]), valueOf(e, bs[g]), cell{})
		}
	}
	return out, whole[0], nil
}

func grouped(xs []*cell) map[string]cell {
	m := make(map[string]cell, len(xs))
	for _, x := range xs {
		m[x.group] = *x
	}
	return m
}

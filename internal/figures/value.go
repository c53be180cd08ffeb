package figures

import (
	"fmt"
	"strconv"

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

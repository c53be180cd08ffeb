package sheet

import (
	"slices"
	"strings"

	"yanming/internal/errs"
)

// Row is one row of a sheet. The slices beside Cells are nil when no cell of the row needs them, else as long as Cells.
type Row struct {
	Number int      // from 1, as the spreadsheet program shows it
	Cells  []string // as read: trimmed, dates and numbers written out, vertical merges filled down
	Raw    []string // as the file holds them: a date's serial, a number's stored digits
	Beside []string // comments on its cells
	Hidden bool     // by hand or by a filter
	Struck []bool   // the whole cell is struck through
	Lossy  []bool   // digits were lost before the file reached us: 2.02611E+13, or more than 15 digits in a number
	Broken []bool   // a formula that came to nothing: blank in Cells, #N/A or "" in Raw
	Filled []bool   // the value belongs to the merged cell that begins above
	Spans  []int    // width of the horizontal merge that begins here; 1 without one, 0 when covered from the left
}

// Cell returns the cell of column i, counted from 0, or "" beyond the row's end.
func (r Row) Cell(i int) string {
	if i < 0 || i >= len(r.Cells) {
		return ""
	}
	return r.Cells[i]
}

// RawCell returns what the file holds in column i.
func (r Row) RawCell(i int) string {
	if i >= 0 && i < len(r.Raw) {
		return r.Raw[i]
	}
	return r.Cell(i)
}

// IsLossy reports whether digits of column i were lost, so that the row must be returned rather than stored.
func (r Row) IsLossy(i int) bool { return i >= 0 && i < len(r.Lossy) && r.Lossy[i] }

// IsBroken reports whether column i is blank only because its formula came to an error, or was never worked out.
func (r Row) IsBroken(i int) bool { return i >= 0 && i < len(r.Broken) && r.Broken[i] }

// IsStruck reports whether column i is struck through.
func (r Row) IsStruck(i int) bool { return i >= 0 && i < len(r.Struck) && r.Struck[i] }

// IsFilled reports whether column i got its value from the merged cell above.
func (r Row) IsFilled(i int) bool { return i >= 0 && i < len(r.Filled) && r.Filled[i] }

// Span returns the width of the horizontal merge that begins in column i: 1 without one, 0 when covered.
func (r Row) Span(i int) int {
	if i >= 0 && i < len(r.Spans) {
		return r.Spans[i]
	}
	return 1
}

// own counts the cells that hold a value of this very row.
func (r Row) own() int {
	n := 0
	for i, c := range r.Cells {
		if c != "" && !r.IsFilled(i) {
			n++
		}
	}
	return n
}

// rowBuilder gathers the cells of one row and keeps the limits.
type rowBuilder struct {
	sheet  string
	limits Limits
	cells  *int64 // of the sheet so far
	row    Row
}

func (b *rowBuilder) start(number int) { b.row = Row{Number: number} }

// add places a cell; empty cells take no room, however far to the right they lie.
func (b *rowBuilder) add(col int, cell, raw string, lossy, struck, filled bool) error {
	if *b.cells++; *b.cells > b.limits.Cells {
		return errs.New(errs.Invalid, "sheet.too_many_cells", b.limits.Cells/10_000)
	}
	if raw == cell {
		if cell = strings.TrimSpace(cell); cell == "" {
			return nil
		}
	} else {
		cell = strings.TrimSpace(cell)
	}
	if cell == "" && raw == "" {
		return nil
	}
	if col >= b.limits.Columns {
		return errs.New(errs.Invalid, "sheet.too_many_columns", b.sheet, b.row.Number, b.limits.Columns)
	}
	if len(cell) > b.limits.Cell && len([]rune(cell)) > b.limits.Cell {
		return b.tooLong()
	}
	r := &b.row
	if isErrorValue(cell) {
		b.broken(col)
		cell = ""
	}
	for len(r.Cells) <= col {
		r.Cells = append(r.Cells, "")
	}
	r.Cells[col] = cell
	if raw != cell {
		if r.Raw == nil {
			r.Raw = append([]string(nil), r.Cells...)
		}
		for len(r.Raw) < len(r.Cells) {
			r.Raw = append(r.Raw, r.Cells[len(r.Raw)])
		}
	}
	if col < len(r.Raw) {
		r.Raw[col] = raw
	}
	mark(&r.Lossy, col, lossy)
	mark(&r.Struck, col, struck)
	mark(&r.Filled, col, filled)
	return nil
}

func mark(m *[]bool, col int, on bool) {
	if on {
		for len(*m) <= col {
			*m = append(*m, false)
		}
		(*m)[col] = true
	}
}

// broken notes that the formula of a column came to nothing.
func (b *rowBuilder) broken(col int) {
	if col < b.limits.Columns {
		mark(&b.row.Broken, col, true)
	}
}

// isErrorValue reports whether a cell is what a spreadsheet program shows in the place of a value: #N/A, Err:502, and
// ##### where the column was too narrow for it.
func isErrorValue(s string) bool {
	switch {
	case len(s) < 3 || len(s) > 255 || s[0] != '#' && s[0] != 'E':
		return false
	case strings.Trim(s, "#") == "":
		return true
	case strings.HasPrefix(s, "Err:"):
		return len(s) == 7 && digitsOnly(s[4:])
	}
	return slices.Contains(errorValues, s)
}

var errorValues = []string{"#N/A", "#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!",
	"#CONNECT!", "#UNKNOWN!", "#GETTING_DATA"}

func (b *rowBuilder) tooLong() error {
	return errs.New(errs.Invalid, "sheet.cell_too_long", b.sheet, b.row.Number, b.limits.Cell)
}

// span records a horizontal merge.
func (b *rowBuilder) span(left, width int) {
	r := &b.row
	for len(r.Spans) < left+width {
		r.Spans = append(r.Spans, 1)
	}
	r.Spans[left] = width
	for i := left + 1; i < left+width; i++ {
		r.Spans[i] = 0
	}
}

// done returns the row with its side slices at full length, and whether it holds anything of its own.
func (b *rowBuilder) done() (Row, bool) {
	r := b.row
	if r.own() == 0 {
		return Row{}, false
	}
	for len(r.Cells) < len(r.Broken) {
		r.Cells = append(r.Cells, "")
	}
	n := len(r.Cells)
	for r.Raw != nil && len(r.Raw) < n {
		r.Raw = append(r.Raw, r.Cells[len(r.Raw)])
	}
	for _, m := range []*[]bool{&r.Lossy, &r.Struck, &r.Broken, &r.Filled} {
		for *m != nil && len(*m) < n {
			*m = append(*m, false)
		}
	}
	for r.Spans != nil && len(r.Spans) < n {
		r.Spans = append(r.Spans, 1)
	}
	return r, true
}

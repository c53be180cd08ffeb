package register

import (
	"slices"
	"strings"

	"yanming/internal/casework"
	"yanming/internal/sheet"
)

func (r *Reader) cell(row sheet.Row, f Field) string {
	i, ok := r.at[f]
	if !ok {
		return ""
	}
	return row.Cell(i)
}

// ditto are signs for "as above".
var ditto = []string{"〃", "″", "同上", "\"", "”", "ditto"}

// dittoed are the fields in which a ditto mark stands for the cell above.
var dittoed = []Field{Title, Said, Name, Phone, Address, Village, Grid, Place, Category, Kind, Channel, Unit, Leader, Answered, Due, Status}

// isDitto reports whether a cell is a ditto mark. No mark is longer than a few characters, with what may stand around it.
func isDitto(cell string) bool {
	return len(cell) <= 40 && slices.ContainsFunc(ditto, func(d string) bool { return strings.Contains(cell, d) }) &&
		slices.Contains(ditto, sheet.Line(cell))
}

// above puts the cells above in the place of ditto marks.
func (r *Reader) above(row sheet.Row) sheet.Row {
	for _, f := range dittoed {
		i, mapped := r.at[f]
		if !mapped {
			continue
		}
		if cell := row.Cell(i); !isDitto(cell) {
			r.before[f] = cell
		} else {
			row.Cells[i] = r.before[f]
		}
	}
	r.carry(row)
	for _, i := range r.notes {
		if cell := row.Cell(i); !isDitto(cell) {
			r.beside[i] = cell
		} else {
			row.Cells[i] = r.beside[i]
		}
	}
	return row
}

// line reads a one-line cell; one that only says that it is empty is.
func (r *Reader) line(row sheet.Row, f Field) string {
	v := sheet.Line(r.cell(row, f))
	if saysNothing(v) || isPicture(v) {
		return ""
	}
	return v
}

// broken looks for formulas that came to nothing; true where the row must go back for one.
func (r *Reader) broken(row sheet.Row, x *Row) bool {
	if row.Broken == nil {
		return false
	}
	for _, f := range Fields() {
		i, ok := r.at[f]
		switch {
		case !ok || !row.IsBroken(i):
		case f == External, f == Text:
			x.reject("broken", r.name(f))
			return true
		default:
			x.warn("broken", r.name(f))
		}
	}
	for _, i := range r.notes {
		if row.IsBroken(i) {
			x.warn("broken", r.header(i))
		}
	}
	return false
}

// bare returns a row of a returned sheet without the reason that Return wrote into it: it says nothing of what the row is.
func (r *Reader) bare(row sheet.Row) sheet.Row {
	if i, ok := returnedAt(r.plan.Header); ok && row.Cell(i) != "" {
		row.Cells = slices.Clone(row.Cells)
		row.Cells[i] = ""
	}
	return row
}

// alone reports whether a row holds one cell only, as headings between the rows and words below the table do.
func alone(row sheet.Row) bool {
	n := 0
	for i, c := range row.Cells {
		if c != "" && !row.IsFilled(i) {
			n++
		}
	}
	return n == 1
}

// beyond looks at the cells right of all columns. In a text file the row has more cells than names, so that one of them
// was divided and nothing stands where it belongs: it returns how many there are. In a sheet somebody wrote there.
func (r *Reader) beyond(row sheet.Row, x *Row, b *casework.Backfill, clean func(string) string) (cells int) {
	names := r.plan.Header.Names
	if last, ok := returnedAt(r.plan.Header); ok && row.Cell(last) != "" {
		for i := last - 1; i > 0 && names[i] == "" && cells == 0; i-- { // it came back for that, and nobody has mended it
			if row.Cell(i) != "" {
				for cells = 1; names[i-1] == ""; i-- {
					cells++
				}
			}
		}
		return cells
	}
	for _, i := range r.strays {
		if v := sheet.Text(row.Cell(i)); isWords(v) && !saysNothing(v) && !isPicture(v) && !row.IsFilled(i) && !row.IsBroken(i) {
			b.Past.Note = join(b.Past.Note, "", clean(v))
			x.warn("nameless")
		}
	}
	for i := len(r.plan.Header.Names); i < len(row.Cells); i++ {
		v := sheet.Text(row.Cell(i))
		switch {
		case v == "" || row.IsFilled(i):
		case r.plan.Format == sheet.Plain:
			cells = i + 1 - len(r.plan.Header.Names)
		default:
			b.Past.Note = join(b.Past.Note, "", clean(v))
			x.warn("beyond")
		}
	}
	return cells
}

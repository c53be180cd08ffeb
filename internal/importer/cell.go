package importer

import (
	"slices"

	"yanming/internal/casework"
	"yanming/internal/sheet"
)

// broken looks for formulas that came to nothing; true where the row must go back for one.
func (r *reader) broken(row sheet.Row, x *read) bool {
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
func (r *reader) bare(row sheet.Row) sheet.Row {
	if i, ok := returnedAt(r.plan.Header); ok && row.Cell(i) != "" {
		row.Cells = slices.Clone(row.Cells)
		row.Cells[i] = ""
	}
	return row
}

// returnedAt finds the column that Return has added to a sheet.
func returnedAt(h sheet.Header) (int, bool) {
	last := len(h.Names) - 1
	return last, last > 0 && slices.Contains(returnColumn, h.Names[last])
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
func (r *reader) beyond(row sheet.Row, x *read, b *casework.Backfill, clean func(string) string) (cells int) {
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

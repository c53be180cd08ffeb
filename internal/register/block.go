package register

import (
	"cmp"
	"slices"
	"strings"

	"yanming/internal/sheet"
)

// Block is some rows of the sheet, in their order.
type Block struct {
	Done    int // rows of the sheet up to its end, whatever they hold
	Skipped int // of them, since the block before: totals, notes, headers that come again, and rows that continue one
	rows    []sheet.Row
	joined  map[int]bool   // numbers of rows into which those below them went
	other   map[int]int    // numbers of rows that are of another table → where it begins
	under   map[int]string // by number: the village that stands over a row
}

// Blocks cuts the sheet's rows into blocks of so many rows, or of fewer where they have so many bytes. What a ditto mark
// stands for is put in its place here, where rows come in their order, and a row that continues the one above is joined
// to it. It ends with the first error of yield.
func (r *Reader) Blocks(rows, bytes int, yield func(*Block) error) error {
	x, size, done := &Block{}, 0, 0
	var held *sheet.Row // the last one, until it is known that none continues it
	release := func(upTo int) error {
		if held == nil {
			return nil
		}
		x.rows = append(x.rows, *held)
		if r.under != "" {
			if x.under == nil {
				x.under = map[int]string{}
			}
			x.under[held.Number] = r.under
		}
		for _, c := range held.Cells {
			size += len(c)
		}
		held = nil
		if x.Done = upTo; len(x.rows) < rows && size < bytes {
			return nil
		}
		full := x
		x, size = &Block{}, 0
		return yield(full)
	}
	for row, err := range r.book.Rows(r.plan.Sheet) {
		if err != nil {
			return err
		}
		done++
		if row.Number <= r.plan.Header.Last {
			continue
		}
		bare := r.bare(row)
		if kind := r.plan.Header.KindOf(bare); kind != sheet.Data {
			if kind == sheet.Repeat {
				r.other = 0
			}
			x.Skipped++
			continue
		}
		if r.isOtherHeader(bare) {
			r.other = row.Number
		}
		id, ends := r.villageOver(bare)
		if id != "" || ends {
			if err := release(done - 1); err != nil {
				return err
			}
			r.under = cmp.Or(id, r.whole)
		}
		if id != "" { // one that ends a village goes back itself
			x.Skipped++
			continue
		}
		if held != nil && r.continues(row) {
			joinRow(held, row)
			if x.joined == nil {
				x.joined = map[int]bool{}
			}
			x.joined[held.Number] = true
			x.Skipped++
			continue
		}
		if err := release(done - 1); err != nil {
			return err
		}
		row = r.above(row)
		if r.once && r.line(row, Village) != "" {
			r.under = r.places.villageOf(r.line(row, Village))
		}
		held = &row
		if r.other > 0 {
			if x.other == nil {
				x.other = map[int]int{}
			}
			x.other[row.Number] = r.other
		}
	}
	if err := release(done); err != nil {
		return err
	}
	x.Done = done
	return yield(x)
}

// Read makes of each row of a block what it becomes.
func (r *Reader) Read(b *Block) (out []*Row) {
	for _, row := range b.rows {
		var x *Row
		if at := b.other[row.Number]; at > 0 {
			x = (&Row{Number: row.Number}).reject("other_table", at)
		} else {
			x = r.readRow(row, b.under[row.Number])
		}
		if b.joined[row.Number] {
			x.warn("joined")
		}
		out = append(out, x)
	}
	return out
}

// continues reports whether a row is more of the matter above: what was said lies in a cell that is merged with it, and
// nothing of its own says that it is another one.
func (r *Reader) continues(row sheet.Row) bool {
	i, ok := r.at[Text]
	if !ok || !row.IsFilled(i) || row.Cell(i) == "" {
		return false
	}
	for _, f := range []Field{Name, Phone, External, Said, Village} {
		if i, ok := r.at[f]; ok && row.Cell(i) != "" && !row.IsFilled(i) {
			return false
		}
	}
	return true
}

// joinRow puts what a row has of its own under the cells of the one that it continues.
func joinRow(above *sheet.Row, row sheet.Row) {
	above.Cells = slices.Clone(above.Cells)
	for i, c := range row.Cells {
		if c == "" || row.IsFilled(i) || c == above.Cell(i) {
			continue
		}
		for len(above.Cells) <= i {
			above.Cells = append(above.Cells, "")
		}
		above.Cells[i] = strings.TrimPrefix(above.Cells[i]+"\n"+c, "\n")
	}
}

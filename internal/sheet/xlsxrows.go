package sheet

import (
	"strings"

	"yanming/internal/errs"
)

// rows streams one worksheet.
func (x *xlsx) rows(i int, yield func(Row) error) error {
	tab := &x.tabs[i]
	var cells int64
	w := xlsxWalk{x: x, comments: tab.comments, b: rowBuilder{sheet: tab.info.Name, limits: x.limits, cells: &cells}, yield: yield,
		sweep: sweep{merges: tab.merges, max: 2 * x.limits.Columns}}
	return x.archive.walkCells(tab.part, x.limits, tab.info.Name, w.token)
}

// xlsxWalk follows the tokens of a worksheet.
type xlsxWalk struct {
	x        *xlsx
	b        rowBuilder
	sweep    sweep
	yield    func(Row) error
	comments map[int][]string

	row, col  int
	inRow     bool
	inCell    bool
	inValue   bool
	formula   bool
	hasValue  bool
	typ       string
	style     int
	value     strings.Builder
	rich      richText
	hasInline bool
}

func (w *xlsxWalk) token(s *scanner, t token) error {
	switch t {
	case tokenText:
		if w.inValue {
			w.value.Write(s.text)
			if w.value.Len() > 4*w.b.limits.Cell {
				return w.b.tooLong()
			}
		}
	case tokenOpen:
		switch string(s.name) {
		case "row":
			return w.openRow(s)
		case "c":
			if !w.inRow {
				return nil
			}
			w.col, _ = cellColumn(s, w.col) // checked by survey
			w.typ, w.style = s.attr("t"), atoi(s.attr("s"))
			w.inCell, w.inValue, w.hasInline = !s.empty, false, false
			w.formula, w.hasValue = false, false
			w.value.Reset()
			w.rich.reset()
			return nil
		case "v":
			w.inValue, w.hasValue = w.inCell && !s.empty, true
		case "f":
			w.formula = w.inCell
		case "is":
			w.hasInline = w.inCell && !s.empty
		}
	case tokenClose:
		switch string(s.name) {
		case "v":
			w.inValue = false
		case "c":
			if w.inCell {
				w.inCell = false
				return w.closeCell()
			}
		case "row":
			return w.closeRow()
		}
	}
	if w.hasInline && !w.rich.take(s, t, 4*w.b.limits.Cell) {
		return w.b.tooLong()
	}
	return nil
}

func (w *xlsxWalk) openRow(s *scanner) error {
	if w.row++; s.attr("r") != "" {
		w.row = atoi(s.attr("r"))
	}
	w.col, w.inRow = -1, !s.empty
	w.b.start(w.row)
	h := s.attr("hidden")
	w.b.row.Beside = w.comments[w.row]
	w.b.row.Hidden = h == "1" || h == "true"
	return nil
}

func (w *xlsxWalk) closeCell() error {
	if w.formula && w.value.Len() == 0 && !(w.typ == "str" && w.hasValue) { // no program that calculates has saved it
		w.b.broken(w.col)
	}
	var st style
	if w.style >= 0 && w.style < len(w.x.styles) {
		st = w.x.styles[w.style]
	}
	raw, cell, lossy := w.value.String(), "", false
	switch w.typ {
	case "s":
		text, ok, err := w.x.strings.get(atoi(raw))
		if err != nil {
			return err
		}
		if !ok && raw != "" {
			return damaged()
		}
		raw = text
		cell, lossy = textCell(raw)
	case "inlineStr":
		if w.hasInline {
			raw = w.rich.String()
		}
		cell, lossy = textCell(raw)
	case "str":
		raw = unescapeExcel(raw)
		cell, lossy = textCell(raw)
	case "b":
		cell = map[string]string{"1": "TRUE", "0": "FALSE"}[raw]
	case "d":
		cell = strings.Replace(raw, "T", " ", 1)
	case "e":
		cell = raw
	default:
		cell, lossy = numberCell(raw, st.format, w.x.from)
	}
	return w.b.add(w.col, cell, raw, lossy, st.struck, false)
}

func (w *xlsxWalk) closeRow() error {
	if !w.inRow {
		return nil
	}
	w.inRow = false
	if err := w.sweep.apply(&w.b); err != nil {
		return err
	}
	row, ok := w.b.done()
	if !ok {
		return nil
	}
	return w.yield(row)
}

// sweep carries the merges across the rows from top to bottom.
type sweep struct {
	merges []merge // by top
	max    int
	next   int
	active []activeMerge
}

type activeMerge struct {
	merge
	value  string
	raw    string
	lossy  bool
	struck bool
}

// apply fills vertical merges down into the row at hand and notes horizontal ones. A covered cell that holds a value
// of its own keeps it.
func (s *sweep) apply(b *rowBuilder) error {
	n := b.row.Number
	live := s.active[:0]
	for _, m := range s.active {
		if m.bottom >= n {
			live = append(live, m)
		}
	}
	s.active = live
	for ; s.next < len(s.merges) && s.merges[s.next].top <= n; s.next++ {
		m := activeMerge{merge: s.merges[s.next]}
		if m.bottom < n {
			continue
		}
		if m.top == n {
			r := b.row
			m.value, m.raw, m.lossy, m.struck = r.Cell(m.left), r.RawCell(m.left), r.IsLossy(m.left), r.IsStruck(m.left)
		}
		if s.active = append(s.active, m); len(s.active) > s.max {
			return damaged()
		}
	}
	for _, m := range s.active {
		if n > m.top && m.value != "" && b.row.Cell(m.left) == "" {
			if err := b.add(m.left, m.value, m.raw, m.lossy, m.struck, true); err != nil {
				return err
			}
		}
		if m.right > m.left {
			if m.right >= b.limits.Columns {
				return errs.New(errs.Invalid, "sheet.too_many_columns", b.sheet, n, b.limits.Columns)
			}
			b.span(m.left, m.right-m.left+1)
		}
	}
	return nil
}

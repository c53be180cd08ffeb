package sheet

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"yanming/internal/errs"
)

const maxTables = 200

// htmlTable is a file of HTML tables, such as hotline and petition systems export under the name .xls.
type htmlTable struct {
	open   func() *bufio.Reader
	limits Limits
	infos  []SheetInfo
}

// openHTML counts the tables and their rows. A table without any text is no sheet.
func openHTML(name string, open func() *bufio.Reader, l Limits) (*htmlTable, error) {
	t := &htmlTable{open: open, limits: l}
	held := 0
	err := t.walk(name, func(table int, r Row) error {
		if table >= maxTables {
			return errs.New(errs.Invalid, "sheet.bomb")
		}
		for len(t.infos) <= table {
			label := name
			if len(t.infos) > 0 {
				label = fmt.Sprintf("%s #%d", name, len(t.infos)+1)
			}
			t.infos = append(t.infos, SheetInfo{Name: label})
		}
		held++
		t.infos[table].Rows++
		t.infos[table].Columns = max(t.infos[table].Columns, len(r.Cells))
		return nil
	})
	if err != nil {
		return nil, err
	}
	if held == 0 {
		return nil, errs.New(errs.Invalid, "sheet.empty")
	}
	return t, nil
}

func (t *htmlTable) Close() error { return nil }

func (t *htmlTable) sheets() []SheetInfo { return append([]SheetInfo(nil), t.infos...) }

func (t *htmlTable) rows(i int, yield func(Row) error) error {
	return t.walk(t.infos[i].Name, func(table int, r Row) error {
		if table > i {
			return errStop
		}
		if table < i {
			return nil
		}
		return yield(r)
	})
}

// htmlWalk follows the tags of a file.
type htmlWalk struct {
	limits Limits
	sheet  string
	yield  func(table int, r Row) error
	b      rowBuilder
	cells  int64

	table  int // of the row at hand, counting only tables that held a row
	used   bool
	depth  int
	number int
	inRow  bool
	inCell bool
	col    int
	down   map[int]*htmlSpan // by column: cells that reach down into this row
	cell   htmlCell
	skip   int // inside script or style
}

type htmlSpan struct {
	left         int // rows still to fill
	width        int
	value, raw   string
	lossy, first bool
	struck       bool
}

type htmlCell struct {
	text             strings.Builder
	number           string // x:num, the full number behind a shortened one
	colspan, rowspan int
	struck, plain    bool
	inStruck         int
	space            bool
}

func (t *htmlTable) walk(sheet string, yield func(int, Row) error) error {
	w := &htmlWalk{limits: t.limits, sheet: sheet, yield: yield, down: map[int]*htmlSpan{}}
	z := html.NewTokenizer(t.open())
	z.SetMaxBuf(4 << 20)
	for {
		switch tt := z.Next(); tt {
		case html.ErrorToken:
			err := z.Err()
			if errors.Is(err, html.ErrBufferExceeded) {
				return damaged()
			}
			if !errors.Is(err, io.EOF) {
				return err
			}
			return w.endRow()
		case html.TextToken:
			if w.inCell && w.skip == 0 {
				if err := w.addText(string(z.Text())); err != nil {
					return err
				}
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			tag := atom.Lookup(name)
			attrs := map[string]string{}
			for more {
				var k, v []byte
				k, v, more = z.TagAttr()
				if len(attrs) < 64 {
					attrs[string(k)] = string(v)
				}
			}
			if err := w.startTag(tag, attrs); err != nil {
				return err
			}
			if tt == html.SelfClosingTagToken && (tag == atom.Td || tag == atom.Th) {
				if err := w.endCell(); err != nil {
					return err
				}
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if err := w.endTag(atom.Lookup(name)); err != nil {
				return err
			}
		}
	}
}

func (w *htmlWalk) startTag(tag atom.Atom, attrs map[string]string) error {
	switch tag {
	case atom.Script, atom.Style:
		w.skip++
	case atom.Table:
		w.depth++
		if w.depth == 1 {
			w.newTable()
		}
	case atom.Tr:
		if w.depth > 1 && w.inCell {
			w.breakLine()
			return nil
		}
		if err := w.endRow(); err != nil {
			return err
		}
		w.number++
		w.inRow, w.col = true, 0
		w.b = rowBuilder{sheet: w.sheet, limits: w.limits, cells: &w.cells}
		w.b.start(w.number)
		w.b.row.Hidden = hides(attrs)
	case atom.Td, atom.Th:
		if w.depth > 1 && w.inCell {
			w.cell.space = true
			return nil
		}
		if err := w.endCell(); err != nil {
			return err
		}
		if !w.inRow {
			return nil
		}
		w.inCell = true
		w.cell = htmlCell{number: attrs["x:num"], plain: true,
			colspan: clamp(attrs["colspan"], w.limits.Columns), rowspan: clamp(attrs["rowspan"], 1<<20)}
		if strings.Contains(strings.ReplaceAll(attrs["style"], " ", ""), "line-through") {
			w.cell.inStruck++
		}
	case atom.Br:
		if w.inCell {
			w.cell.space = false
			w.cell.text.WriteByte('\n')
		}
	case atom.P, atom.Div, atom.Li:
		w.breakLine()
	case atom.S, atom.Strike, atom.Del:
		w.cell.inStruck++
	}
	return nil
}

func (w *htmlWalk) endTag(tag atom.Atom) error {
	switch tag {
	case atom.Script, atom.Style:
		w.skip = max(0, w.skip-1)
	case atom.Table:
		w.depth = max(0, w.depth-1)
		if w.depth == 0 {
			return w.endRow()
		}
	case atom.Tr:
		if w.depth <= 1 {
			return w.endRow()
		}
	case atom.Td, atom.Th:
		if w.depth <= 1 {
			return w.endCell()
		}
	case atom.P, atom.Div, atom.Li:
		w.breakLine()
	case atom.S, atom.Strike, atom.Del:
		w.cell.inStruck = max(0, w.cell.inStruck-1)
	}
	return nil
}

func (w *htmlWalk) newTable() {
	if w.used {
		w.table++
	}
	w.used, w.number = false, 0
	w.cells = 0
	clear(w.down)
}

func (w *htmlWalk) breakLine() {
	if s := w.cell.text.String(); w.inCell && s != "" && !strings.HasSuffix(s, "\n") {
		w.cell.text.WriteByte('\n')
		w.cell.space = false
	}
}

// addText takes running text: white space of any length is one space, as browsers show it.
func (w *htmlWalk) addText(s string) error {
	c := &w.cell
	for _, r := range s {
		switch r {
		case ' ', '\t', '\n', '\r', '\f':
			c.space = true
			continue
		}
		if c.space && c.text.Len() > 0 && !strings.HasSuffix(c.text.String(), "\n") {
			c.text.WriteByte(' ')
		}
		c.space = false
		if c.inStruck > 0 {
			c.struck = true
		} else {
			c.plain = false
		}
		c.text.WriteRune(r)
	}
	if c.text.Len() > 4*w.limits.Cell {
		return w.b.tooLong()
	}
	return nil
}

func (w *htmlWalk) endCell() error {
	if !w.inCell {
		return nil
	}
	w.inCell = false
	if err := w.fillDown(); err != nil {
		return err
	}
	raw := strings.TrimSpace(w.cell.text.String())
	text, lossy := textCell(raw)
	if _, err := strconv.ParseFloat(w.cell.number, 64); err == nil {
		if full, lost := numberCell(w.cell.number, numberFormat{}, epoch1900); lossy && !lost {
			raw, text, lossy = w.cell.number, full, false
		}
	}
	struck := w.cell.struck && w.cell.plain
	if err := w.b.add(w.col, text, raw, lossy, struck, false); err != nil {
		return err
	}
	width := w.cell.colspan
	if width > 1 {
		if w.col+width > w.limits.Columns {
			width = max(1, w.limits.Columns-w.col)
		}
		w.b.span(w.col, width)
	}
	if w.cell.rowspan > 1 {
		w.down[w.col] = &htmlSpan{left: w.cell.rowspan - 1, width: width, value: text, raw: raw, lossy: lossy, struck: struck, first: true}
	}
	w.col += width
	return nil
}

// fillDown places the cells that reach into this row from above at the column at hand.
func (w *htmlWalk) fillDown() error {
	for {
		s := w.down[w.col]
		if s == nil || s.first {
			return nil
		}
		if err := w.b.add(w.col, s.value, s.raw, s.lossy, s.struck, true); err != nil {
			return err
		}
		if s.width > 1 {
			w.b.span(w.col, s.width)
		}
		if s.left--; s.left == 0 {
			delete(w.down, w.col)
		}
		w.col += s.width
	}
}

func (w *htmlWalk) endRow() error {
	if err := w.endCell(); err != nil {
		return err
	}
	if !w.inRow {
		return nil
	}
	w.inRow = false
	for _, col := range slices.Sorted(maps.Keys(w.down)) {
		if col < w.col {
			continue
		}
		w.col = col
		if err := w.fillDown(); err != nil {
			return err
		}
	}
	for _, s := range w.down {
		s.first = false
	}
	row, ok := w.b.done()
	if !ok {
		return nil
	}
	w.used = true
	return w.yield(w.table, row)
}

func hides(attrs map[string]string) bool {
	_, hidden := attrs["hidden"]
	return hidden || strings.Contains(strings.ReplaceAll(strings.ToLower(attrs["style"]), " ", ""), "display:none")
}

func clamp(s string, most int) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < 1 {
		return 1
	}
	return min(n, most)
}

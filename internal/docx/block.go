package docx

import (
	"strconv"
	"strings"
)

// Align is how a paragraph or column stands.
type Align string

// The alignments; the zero value is the style's own.
const (
	Left   Align = "left"
	Center Align = "center"
	Right  Align = "right"
)

// Paragraph is running text, indented by two characters.
type Paragraph struct {
	Text  string // each line becomes a paragraph of its own
	Runs  []Run  // instead of Text, where some of it is bold
	Flush bool   // without indent
	Align Align
}

func (p Paragraph) block(w *writer) {
	style := "Body"
	if p.Flush || p.Align == Center || p.Align == Right {
		style = "Flush"
	}
	lines := [][]Run{p.Runs}
	if p.Runs == nil {
		lines = nil
		for _, s := range strings.Split(strings.ReplaceAll(p.Text, "\r\n", "\n"), "\n") {
			lines = append(lines, plain(s))
		}
	}
	_, signed := w.next.(Signature) // a signature never stands alone on a page
	for i, runs := range lines {
		w.paragraph(para{style: style, align: p.Align, keep: signed && i == len(lines)-1, runs: runs})
	}
}

// Heading is a heading of level 1 to 4, numbered 一、（一）1. （1） in its turn, or as it is when Bare. A bare heading
// of level 1 or more starts the numbers below it again.
type Heading struct {
	Level int
	Text  string
	Bare  bool
}

func (h Heading) block(w *writer) {
	if h.Level < 1 || h.Level > 4 {
		w.fail("heading %q has level %d", h.Text, h.Level)
		return
	}
	for i := h.Level; i < len(w.count); i++ {
		w.count[i] = 0
	}
	text := h.Text
	if !h.Bare {
		w.count[h.Level-1]++
		text = number(h.Level, w.count[h.Level-1]) + text
	}
	w.paragraph(para{style: "Heading" + decimal(h.Level), runs: plain(text)})
}

// number writes the n-th number of a level.
func number(level, n int) string {
	switch level {
	case 1:
		return chinese(n) + "、"
	case 2:
		return "（" + chinese(n) + "）"
	case 3:
		return decimal(n) + ". "
	default:
		return "（" + decimal(n) + "）"
	}
}

// chinese writes 1 to 99 in Chinese, larger numbers in digits.
func chinese(n int) string {
	digits := []rune("〇一二三四五六七八九")
	switch {
	case n < 1 || n > 99:
		return decimal(n)
	case n < 10:
		return string(digits[n])
	}
	s := "十"
	if n >= 20 {
		s = string(digits[n/10]) + s
	}
	if n%10 > 0 {
		s += string(digits[n%10])
	}
	return s
}

func decimal(n int) string { return strconv.Itoa(n) }

// Table is a table with lines, set in 14 pt (12 pt when Small). The header row repeats on every page.
type Table struct {
	Caption string // above the table; may be empty
	Header  []string
	Rows    [][]string
	Widths  []int   // relative; equal when nil
	Align   []Align // by column; left when nil
	Small   bool
}

func (t Table) block(w *writer) {
	n := len(t.Header)
	if n == 0 && len(t.Rows) > 0 {
		n = len(t.Rows[0])
	}
	if n == 0 || t.Widths != nil && len(t.Widths) != n || t.Align != nil && len(t.Align) != n {
		w.fail("table %q has %d columns, %d widths and %d alignments", t.Caption, n, len(t.Widths), len(t.Align))
		return
	}
	cols, ok := columns(t.Widths, n)
	if !ok {
		w.fail("table %q: widths %v", t.Caption, t.Widths)
		return
	}
	if t.Caption != "" {
		w.paragraph(para{style: "Caption", keep: true, runs: plain(t.Caption)})
	}
	text, head := "Cell", "CellHead"
	if t.Small {
		text, head = "CellSmall", "CellSmallHead"
	}
	w.table(cols)
	if len(t.Header) > 0 {
		w.b.WriteString(`<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>`)
		for i, s := range t.Header {
			w.cell(cols[i], 1, para{style: head, runs: plain(s)})
		}
		w.b.WriteString(`</w:tr>`)
	}
	for r, row := range t.Rows {
		if len(row) != n {
			w.fail("table %q: row %d has %d cells, want %d", t.Caption, r+1, len(row), n)
			return
		}
		w.b.WriteString(`<w:tr><w:trPr><w:cantSplit/></w:trPr>`)
		for i, s := range row {
			p := para{style: text, runs: plain(s)}
			if t.Align != nil {
				p.align = t.Align[i]
			}
			w.cell(cols[i], 1, p)
		}
		w.b.WriteString(`</w:tr>`)
	}
	w.endTable()
}

// columns divides the text width by relative widths; the last column takes what rounding leaves.
func columns(rel []int, n int) ([]int, bool) {
	if rel == nil {
		rel = make([]int, n)
		for i := range rel {
			rel[i] = 1
		}
	}
	sum := 0
	for _, r := range rel {
		if r <= 0 {
			return nil, false
		}
		sum += r
	}
	out, left := make([]int, n), textW
	for i, r := range rel {
		out[i] = textW * r / sum
		left -= out[i]
	}
	out[n-1] += left
	return out, true
}

// table opens a table with lines and columns of the given widths. Two tables in a row would become one in Word, so a
// paragraph stands between them.
func (w *writer) table(cols []int) {
	if w.tableEnd {
		w.paragraph(para{style: "Tiny"})
	}
	w.f(`<w:tbl><w:tblPr><w:tblW w:w="%d" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>`, textW)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		w.f(`<w:%s w:val="single" w:sz="4" w:space="0" w:color="000000"/>`, side)
	}
	w.b.WriteString(`</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="85" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>`)
	for _, c := range cols {
		w.f(`<w:gridCol w:w="%d"/>`, c)
	}
	w.b.WriteString(`</w:tblGrid>`)
}

func (w *writer) endTable() {
	w.b.WriteString(`</w:tbl>`)
	w.tableEnd = true
}

// cell writes a cell over span columns with its paragraphs.
func (w *writer) cell(width, span int, ps ...para) {
	w.f(`<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>`, width)
	if span > 1 {
		w.f(`<w:gridSpan w:val="%d"/>`, span)
	}
	w.b.WriteString(`<w:vAlign w:val="center"/></w:tcPr>`)
	for _, p := range ps {
		w.paragraph(p)
	}
	w.b.WriteString(`</w:tc>`)
}

// Field is a labelled place of a form. Lines makes room for handwriting (lines of 22 pt, at least), Sign stands at the
// right below the value, such as "签字：        年   月   日".
type Field struct {
	Label, Value string
	Lines        int
	Sign         string
}

// Fields is the table of a form: each row has one field over the whole width or two side by side.
type Fields [][]Field

func (f Fields) block(w *writer) {
	cols := []int{1500, textW/2 - 1500, 1500, textW - textW/2 - 1500}
	w.table(cols)
	for r, row := range f {
		if len(row) != 1 && len(row) != 2 {
			w.fail("form row %d has %d fields, want 1 or 2", r+1, len(row))
			return
		}
		lines := 1
		for _, x := range row {
			lines = max(lines, x.Lines)
		}
		w.f(`<w:tr><w:trPr><w:trHeight w:val="%d" w:hRule="atLeast"/></w:trPr>`, 120+440*lines)
		for i, x := range row {
			span, width := 1, cols[2*i+1]
			if len(row) == 1 {
				span, width = 3, cols[1]+cols[2]+cols[3]
			}
			w.cell(cols[2*i], 1, para{style: "CellHead", runs: plain(x.Label)})
			ps := []para{}
			for _, s := range strings.Split(strings.ReplaceAll(x.Value, "\r\n", "\n"), "\n") {
				ps = append(ps, para{style: "Cell", runs: plain(s)})
			}
			if x.Sign != "" {
				ps = append(ps, para{style: "Cell", align: Right, before: 220, right: small, runs: plain(x.Sign)})
			}
			w.cell(width, span, ps...)
		}
		w.b.WriteString(`</w:tr>`)
	}
	w.endTable()
}

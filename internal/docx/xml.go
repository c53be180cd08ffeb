package docx

import (
	"fmt"
	"strings"

	"yanming/internal/markup"
)

// Sizes in twips (1/20 pt) unless said otherwise.
const (
	pageW, pageH            = 11906, 16838 // A4
	marginTop, marginBottom = 2098, 1984   // 37 and 35 mm
	marginLeft, marginRight = 1588, 1474   // 28 and 26 mm
	textW                   = pageW - marginLeft - marginRight
	pitch                   = 579 // 28.95 pt: 22 lines fill the page
	char                    = 320 // one character of 16 pt
	small                   = 280 // one character of 14 pt
)

// The fonts; parts.go gives their substitutes.
const (
	fangsong = "仿宋_GB2312"
	kaiti    = "楷体_GB2312"
	heiti    = "黑体"
	biaosong = "方正小标宋简体"
	songti   = "宋体"
)

const red = "FF0000"

// writer collects the body of a document.
type writer struct {
	b        strings.Builder
	err      error
	count    [4]int // numbers of the headings so far
	tableEnd bool   // a table was the last thing written
	last     bool   // the block is the last one
	next     Block  // the block after this one
}

func (w *writer) fail(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf(format, args...)
	}
}

// Run is a stretch of text in one look. In every text "\n" is a line break and "\t" a tab.
type Run struct {
	Text string
	Bold bool
	look
}

// look is what the heads need beyond bold: half-points, colour and font, each inherited when zero.
type look struct {
	size        int
	color, font string
}

// border is a line of a paragraph: width in eighths of a point, distance in points.
type border struct {
	width, space int
	color        string
}

// para is a paragraph with what differs from its style; zero fields are inherited.
type para struct {
	style         string
	keep          bool // with the next paragraph
	bottom        bool // in a frame at the foot of the page
	above, below  *border
	tab           int // right tab stop
	before, after int
	left, right   int
	align         Align
	runs          []Run
}

// paragraph writes p, its properties in the order of the schema (ECMA-376, CT_PPr).
func (w *writer) paragraph(p para) {
	w.tableEnd = false
	w.b.WriteString("<w:p><w:pPr>")
	if p.style != "" {
		w.f(`<w:pStyle w:val="%s"/>`, p.style)
	}
	if p.keep {
		w.b.WriteString("<w:keepNext/>")
	}
	if p.bottom {
		w.f(`<w:framePr w:w="%d" w:wrap="around" w:vAnchor="margin" w:hAnchor="margin" w:xAlign="left" w:yAlign="bottom"/>`, textW)
	}
	if p.above != nil || p.below != nil {
		w.b.WriteString("<w:pBdr>")
		w.border("top", p.above)
		w.border("bottom", p.below)
		w.b.WriteString("</w:pBdr>")
	}
	if p.tab > 0 {
		w.f(`<w:tabs><w:tab w:val="right" w:pos="%d"/></w:tabs>`, p.tab)
	}
	if p.before > 0 || p.after > 0 {
		w.b.WriteString("<w:spacing")
		if p.before > 0 {
			w.f(` w:before="%d"`, p.before)
		}
		if p.after > 0 {
			w.f(` w:after="%d"`, p.after)
		}
		w.b.WriteString("/>")
	}
	if p.left != 0 || p.right != 0 {
		w.f(`<w:ind w:left="%d" w:right="%d"/>`, p.left, p.right)
	}
	if p.align != "" {
		w.f(`<w:jc w:val="%s"/>`, p.align)
	}
	w.b.WriteString("</w:pPr>")
	for _, r := range p.runs {
		w.run(r)
	}
	w.b.WriteString("</w:p>")
}

func (w *writer) border(side string, b *border) {
	if b != nil {
		w.f(`<w:%s w:val="single" w:sz="%d" w:space="%d" w:color="%s"/>`, side, b.width, b.space, b.color)
	}
}

// run writes r, its properties in the order of the schema (CT_RPr).
func (w *writer) run(r Run) {
	if r.Text == "" {
		return
	}
	w.b.WriteString("<w:r>")
	if r.Bold || r.look != (look{}) {
		w.b.WriteString("<w:rPr>")
		if r.font != "" {
			w.b.WriteString(fonts(r.font))
		}
		if r.Bold {
			w.b.WriteString("<w:b/>")
		}
		if r.color != "" {
			w.f(`<w:color w:val="%s"/>`, r.color)
		}
		if r.size > 0 {
			w.f(`<w:sz w:val="%d"/><w:szCs w:val="%d"/>`, r.size, r.size)
		}
		w.b.WriteString("</w:rPr>")
	}
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(r.Text)
	for len(text) > 0 {
		i := strings.IndexAny(text, "\n\t")
		if i < 0 {
			i = len(text)
		}
		if i > 0 {
			w.f(`<w:t xml:space="preserve">%s</w:t>`, markup.Escape(text[:i]))
		}
		if i == len(text) {
			break
		}
		if text[i] == '\n' {
			w.b.WriteString("<w:br/>")
		} else {
			w.b.WriteString("<w:tab/>")
		}
		text = text[i+1:]
	}
	w.b.WriteString("</w:r>")
}

func (w *writer) f(format string, args ...any) { fmt.Fprintf(&w.b, format, args...) }

// fonts names one font for every script, and says that shared signs such as “ ” are Chinese ones.
func fonts(name string) string {
	return fmt.Sprintf(`<w:rFonts w:hint="eastAsia" w:ascii="%[1]s" w:eastAsia="%[1]s" w:hAnsi="%[1]s" w:cs="%[1]s"/>`, name)
}

// plain is one run as it comes.
func plain(s string) []Run {
	if s == "" {
		return nil
	}
	return []Run{{Text: s}}
}

// ems is the width of s in characters: 1 for Chinese, ½ for narrow letters and digits.
func ems(s string) (n float64) {
	for _, r := range s {
		if r >= 0x1100 {
			n++
		} else {
			n += .5
		}
	}
	return n
}

// Package chart draws the figures of reports and boards as SVG on the server: columns by week, bars by channel,
// and the map of grids. Every mark is a link to the records behind it and carries its words as a title, and every
// drawing has a Table with the same numbers and links to print beside it, so that nobody depends on seeing it.
//
// Colours are classes that follow the page's tokens (see Style), with the same colours as plain attributes for print
// and for drawings saved to a file. It refuses what would mislead or harm: negative values, a group that lacks a
// value, addresses that are not the program's own or http(s), scripts, three dimensions, and axes that do not start
// at zero.
package chart

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"

	"yanming/internal/markup"
)

// Mark is one number of a drawing. Title is what a pointer or a screen reader is told; when empty it is put together
// from the labels and the value. Href leads to the evidence; without it the mark is no link.
type Mark struct {
	Value int64
	Href  string
	Title string
}

// Tone is a colour of the palette.
type Tone string

// The palette. Lake and LakeM belong together as the two series of one drawing: dark on light, told apart in grey too.
const (
	Lake  Tone = "lake"
	LakeM Tone = "lake-m"
)

// tones gives each tone its colour and that of its edge, which keeps pale tones visible.
var tones = map[Tone]struct{ fill, edge string }{
	Lake:  {"#0a565c", "#0a565c"},
	LakeM: {"#8fbfc0", "#0a565c"},
}

const (
	ink   = "#17232a"
	quiet = "#4b5a63"
	line  = "#dcd8cc"
)

// Style is the part of the page's style sheet that lets drawings follow its tokens.
const Style = `.ch{display:block;max-width:100%;height:auto;font-family:inherit;fill:var(--ink)}
.ch-lake{fill:var(--lake)}.ch-lake-m{fill:var(--lake-m)}
.ch-q{fill:var(--ink-2)}.ch-l{stroke:var(--line)}.ch a{text-decoration:none}.ch a:hover .ch-m,.ch a:focus .ch-m{stroke:var(--ink);stroke-width:2.5}
@media print{.ch{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
`

// Table is a drawing in words: Head names the columns, the first cell of a row names the row.
type Table struct {
	Caption string
	Head    []string
	Rows    [][]Cell
}

// Cell is one cell of a Table; Href is empty for names and for numbers without evidence.
type Cell struct{ Text, Href string }

func (m Mark) cell() Cell { return Cell{strconv.FormatInt(m.Value, 10), m.Href} }

// pen writes one SVG.
type pen struct {
	b   strings.Builder
	err error
}

// fail keeps the first error.
func (p *pen) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf("draw chart: "+format, args...)
	}
}

func (p *pen) f(format string, args ...any) { fmt.Fprintf(&p.b, format, args...) }

// open starts a drawing. With links it is a group, so that they can be reached; without it is one image.
func (p *pen) open(kind, title string, w, h float64, links bool) {
	role := "img"
	if links {
		role = "group"
	}
	p.f(`<svg xmlns="http://www.w3.org/2000/svg" class="ch ch-%s" viewBox="0 0 %s %s" width="%s" height="%s" role="%s" aria-label="%s" font-family="sans-serif" font-size="12" fill="%s">`,
		kind, n(w), n(h), n(w), n(h), role, markup.Escape(title), ink)
}

// done closes the drawing.
func (p *pen) done() (template.HTML, error) {
	if p.err != nil {
		return "", p.err
	}
	p.b.WriteString("</svg>")
	return template.HTML(p.b.String()), nil
}

// link opens a mark named title and returns what closes it.
func (p *pen) link(m Mark, title string) (end string) {
	if m.Value < 0 {
		p.fail("%q is negative: %d", title, m.Value)
	}
	if m.Title != "" {
		title = m.Title
	}
	if m.Href == "" {
		p.f(`<g><title>%s</title>`, markup.Escape(title))
		return "</g>"
	}
	if !safe(m.Href) {
		p.fail("address of %q: %q", title, m.Href)
	}
	p.f(`<a href="%s"><title>%s</title>`, markup.Escape(m.Href), markup.Escape(title))
	return "</a>"
}

// text writes s with its baseline at y; anchor is start, middle or end; attrs are further attributes.
func (p *pen) text(x, y float64, anchor, attrs, s string) {
	if anchor != "start" {
		attrs = ` text-anchor="` + anchor + `"` + attrs
	}
	p.f(`<text x="%s" y="%s"%s>%s</text>`, n(x), n(y), attrs, markup.Escape(s))
}

// soft are the attributes of axis words.
const soft = ` class="ch-q" font-size="11" fill="` + quiet + `"`

// rect draws a filled rectangle in tone.
func (p *pen) rect(x, y, w, h float64, tone Tone) {
	t, ok := tones[tone]
	if !ok {
		p.fail("unknown tone %q", tone)
	}
	p.f(`<rect class="ch-m ch-%s" x="%s" y="%s" width="%s" height="%s" fill="%s" stroke="%s"/>`,
		tone, n(x), n(y), n(w), n(h), t.fill, t.edge)
}

// reach widens a link to a rectangle that is not seen but can be touched.
func (p *pen) reach(x, y, w, h float64) {
	p.f(`<rect x="%s" y="%s" width="%s" height="%s" fill="none" pointer-events="all"/>`, n(x), n(y), n(w), n(h))
}

// legend writes swatches with their names from x on and returns the height used; it breaks lines at width w.
func (p *pen) legend(x, y, w float64, series []Series) float64 {
	at, rows := x, 1.0
	for _, s := range series {
		need := 17 + width(s.Name, 12) + 16
		if at > x && at+need > w {
			at, rows = x, rows+1
		}
		top := y + (rows-1)*18
		p.rect(at+.5, top+1.5, 10, 10, s.Class)
		p.text(at+16, top+11, "start", "", s.Name)
		at += need
	}
	return rows * 18
}

// join puts labels together for a title.
func join(parts ...string) string {
	var out []string
	for _, s := range parts {
		if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, " · ")
}

// n writes a coordinate with at most one decimal, as short as SVG allows.
func n(x float64) string { return tenths(int(math.Round(x * 10))) }

func tenths(t int) string {
	s := ""
	if t < 0 {
		s, t = "-", -t
	}
	switch {
	case t%10 == 0:
		return s + strconv.Itoa(t/10)
	case t < 10:
		return s + "." + strconv.Itoa(t)
	}
	return s + strconv.Itoa(t/10) + "." + strconv.Itoa(t%10)
}

// safe reports whether href is a path, query or fragment of this program, or an http(s) address.
func safe(href string) bool {
	if strings.ContainsFunc(href, func(r rune) bool { return r <= ' ' || r == '\\' || r == 0x7f }) {
		return false
	}
	for _, p := range []string{"https://", "http://"} {
		if strings.HasPrefix(href, p) {
			return true
		}
	}
	return href != "" && strings.ContainsRune("/?#", rune(href[0])) && !strings.HasPrefix(href, "//")
}

// width estimates the width of s: an em for Chinese and other wide letters, a bit more than half for the rest.
func width(s string, size float64) (w float64) {
	for _, r := range s {
		if r >= 0x1100 {
			w += size
		} else {
			w += size * .58
		}
	}
	return w
}

// fit shortens s with … to at most w wide.
func fit(s string, size, w float64) string {
	if width(s, size) <= w {
		return s
	}
	r := []rune(s)
	for len(r) > 1 && width(string(r), size)+size > w {
		r = r[:len(r)-1]
	}
	return string(r) + "…"
}

// scale returns the top of an axis for values up to most and the step between its lines: whole numbers, at most five
// lines, and at least 1 so that a drawing of zeros has an axis.
func scale(most int64) (top, step int64) {
	step = 1
	for base := int64(1); ; base *= 10 {
		for _, m := range []int64{1, 2, 5} {
			if step = m * base; (most+step-1)/step <= 5 {
				return max(step, (most+step-1)/step*step), step
			}
		}
	}
}

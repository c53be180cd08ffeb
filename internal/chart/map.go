package chart

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
)

// Area is one grid of a Map. Rings are in units of the drawing, y downward, outer rings and holes alike.
type Area struct {
	Label   string // its name, such as 第13网格
	Village string // grids of one village share it; only compared
	Rings   [][][2]float64
	Mark
}

// Map is the schematic of a town's grids shaded by number: thin lines between grids, thicker ones between villages,
// the thickest around the town. It has no base map and shows no roads, houses or people.
//
// Borders are found by comparing corners (of one tenth of a unit), which needs neighbours that share them; where the
// borders of real grids do not meet, give Villages and Town.
type Map struct {
	Title    string
	Names    string // heading of the grids' names in the table
	Count    string // heading of the numbers
	Areas    []Area
	Villages [][][2]float64 // borders between villages; found when nil
	Town     [][][2]float64 // the outline; found when nil
	Steps    [4]int64       // least number of each shade; zero value: 1, 2, 3, 4
	Legend   [4]string      // names of the shades; empty ones are "1", "2", "3", "4+" or as Steps say
	Note     string         // such as 示意图, lower right
	W, H     float64        // size that the rings were fitted to; zero: 500 × 360. The legend stands below
}

// shades are fill and text of no case and of the four steps.
var shades = [5]struct{ class, fill, text string }{
	{"k0", "#f3f1ea", ink}, {"k1", "#d3e6e4", ink}, {"k2", "#8fbfc0", ink}, {"k3", "#2f7579", "#fff"}, {"k4", "#0a565c", "#fff"},
}

// Total returns the sum of the areas.
func (m Map) Total() (sum int64) {
	for _, a := range m.Areas {
		sum += a.Value
	}
	return sum
}

// Table returns the grids that have any, in the order given; those it leaves out have none.
func (m Map) Table() Table {
	t := Table{Caption: m.Title, Head: []string{m.Names, m.Count}}
	for _, a := range m.Areas {
		if a.Value > 0 {
			t.Rows = append(t.Rows, []Cell{{Text: a.Label}, a.cell()})
		}
	}
	return t
}

func (m Map) steps() [4]int64 {
	if m.Steps == ([4]int64{}) {
		return [4]int64{1, 2, 3, 4}
	}
	return m.Steps
}

// shade returns which of shades v has.
func (m Map) shade(v int64) int {
	k := 0
	for i, s := range m.steps() {
		if v >= s {
			k = i + 1
		}
	}
	return k
}

// names returns the words of the legend.
func (m Map) names() [4]string {
	steps, out := m.steps(), m.Legend
	for i := range out {
		switch {
		case out[i] != "":
		case i == 3:
			out[i] = strconv.FormatInt(steps[i], 10) + "+"
		case steps[i+1]-1 > steps[i]:
			out[i] = fmt.Sprintf("%d–%d", steps[i], steps[i+1]-1)
		default:
			out[i] = strconv.FormatInt(steps[i], 10)
		}
	}
	return out
}

// SVG draws the map.
func (m Map) SVG() (template.HTML, error) {
	p := new(pen)
	w, h := m.W, m.H
	if w == 0 || h == 0 {
		w, h = 500, 360
	}
	links := false
	for _, a := range m.Areas {
		links = links || a.Href != ""
	}
	if s := m.steps(); s[0] < 1 || s[1] <= s[0] || s[2] <= s[1] || s[3] <= s[2] {
		p.fail("steps %v do not rise from 1", s)
	}
	p.open("map", m.Title, w, h+26, links)
	grids := make([][]loop, len(m.Areas))
	p.b.WriteString(`<g stroke="#fff" stroke-width=".8" fill-rule="evenodd" font-size="10.5" font-weight="700" text-anchor="middle">`)
	for i, a := range m.Areas {
		grids[i] = loops(a.Rings)
		if len(grids[i]) == 0 {
			p.fail("area %q has no ring", a.Label)
			continue
		}
		value := strconv.FormatInt(a.Value, 10)
		k := shades[m.shade(a.Value)]
		end := p.link(a.Mark, join(a.Label, value))
		p.f(`<path class="ch-m ch-%s" fill="%s" d="%s"/>`, k.class, k.fill, paths(grids[i]))
		if a.Value > 0 {
			x, y := middle(grids[i])
			half := width(value, 10.5) / 2
			x, y = max(half, min(x, w-half)), max(10, min(y+3.7, h-2))
			p.f(`<text x="%s" y="%s" fill="%s" stroke="none">%s</text>`, n(x), n(y), k.text, value)
		}
		p.b.WriteString(end)
	}
	p.b.WriteString("</g>")
	if p.err != nil {
		return p.done()
	}

	names := make([]string, len(m.Areas))
	for i, a := range m.Areas {
		names[i] = a.Village
	}
	between, around := borders(grids, names)
	if m.Villages != nil {
		between = closed(loops(m.Villages))
	}
	if m.Town != nil {
		around = closed(loops(m.Town))
	}
	p.f(`<g fill="none" stroke-linejoin="round" stroke-linecap="round" pointer-events="none"><path d="%s" stroke="#5d6a71" stroke-width="1.2"/><path d="%s" stroke="%s" stroke-width="2"/></g>`,
		lines(between), lines(around), ink)
	m.legend(p, w, h)
	return p.done()
}

// legend names the shades below the map, and the note.
func (m Map) legend(p *pen, w, h float64) {
	x := 4.0
	for i, s := range m.names() {
		k := shades[i+1]
		p.f(`<rect class="ch-%s" x="%s" y="%s" width="12" height="12" fill="%s" stroke="#5d6a71" stroke-width=".6"/>`, k.class, n(x), n(h+8), k.fill)
		p.text(x+17, h+18.5, "start", soft, s)
		x += 17 + width(s, 11) + 14
	}
	if m.Note != "" {
		p.text(w-4, h+18.5, "end", soft, fit(m.Note, 11, w-x-8))
	}
}

// paths writes closed loops with relative steps; corners are whole tenths, so nothing drifts.
func paths(ls []loop) string {
	var b strings.Builder
	for _, l := range ls {
		steps(&b, l)
		b.WriteByte('z')
	}
	return b.String()
}

// lines writes open lines.
func lines(ls []loop) string {
	var b strings.Builder
	for _, l := range ls {
		if len(l) > 1 && l[0] == l[len(l)-1] {
			steps(&b, l[:len(l)-1])
			b.WriteByte('z')
			continue
		}
		steps(&b, l)
	}
	return b.String()
}

func steps(b *strings.Builder, l loop) {
	for i, c := range l {
		dx, dy := c[0], c[1]
		switch i {
		case 0:
			b.WriteByte('M')
		case 1:
			b.WriteByte('l')
			fallthrough
		default:
			dx, dy = dx-l[i-1][0], dy-l[i-1][1]
			if i > 1 && dx >= 0 {
				b.WriteByte(' ')
			}
		}
		b.WriteString(tenths(dx))
		if dy >= 0 {
			b.WriteByte(' ')
		}
		b.WriteString(tenths(dy))
	}
}

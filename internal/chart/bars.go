package chart

import (
	"html/template"
	"strconv"
)

// Series is one colour of a drawing and its name. The name may carry its total, as in "收到 69".
type Series struct {
	Name  string
	Class Tone
}

// Group is one place on the axis, such as a week, with one value for each series.
type Group struct {
	Label  string
	Values []Mark
}

// Bars are columns side by side in groups: received and resolved by week. W and H are units of the drawing, about
// CSS pixels; zero W gives every column at least 24, the smallest target for a finger, zero H gives 200.
type Bars struct {
	Title  string
	Axis   string // what the groups are, such as "第几周（2026）"; also the first heading of the table
	Series []Series
	Groups []Group
	W, H   float64
}

// Table returns the numbers: one row for each group, one column for each series.
func (b Bars) Table() Table {
	t := Table{Caption: b.Title, Head: []string{b.Axis}}
	for _, s := range b.Series {
		t.Head = append(t.Head, s.Name)
	}
	for _, g := range b.Groups {
		row := []Cell{{Text: g.Label}}
		for _, m := range g.Values {
			row = append(row, m.cell())
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// field is the space that groups are drawn in: the axis stands at left and base, top is the value at height y.
type field struct {
	left, right, y, base float64
	top                  int64
	group                float64 // width of a group
}

func (f field) height(v int64) float64 { return float64(v) / float64(f.top) * (f.base - f.y) }
func (f field) start(i int) float64    { return f.left + float64(i)*f.group }

// frame opens the drawing and draws legend, axis and group labels. column is the least width of a value.
func (b Bars) frame(p *pen, kind string, column float64) field {
	var most int64
	links := false
	for _, g := range b.Groups {
		if len(g.Values) != len(b.Series) {
			p.fail("group %q has %d values for %d series", g.Label, len(g.Values), len(b.Series))
		}
		for _, m := range g.Values {
			most = max(most, m.Value)
			links = links || m.Href != ""
		}
	}
	top, step := scale(most)
	left := width(strconv.FormatInt(top, 10), 11) + 12
	column = max(column, width(strconv.FormatInt(most, 10), 11)+6)
	w, h := b.W, b.H
	if w == 0 {
		w = max(320, left+float64(len(b.Groups))*(float64(len(b.Series))*column+10)+8)
	}
	if h == 0 {
		h = 200
	}
	p.open(kind, b.Title, w, h, links)
	f := field{left: left, right: w - 8, y: 18, base: h - 24, top: top}
	if len(b.Series) > 1 {
		f.y += p.legend(left, 2, w, b.Series)
	}
	if b.Axis != "" {
		f.base -= 15
		p.text(left, h-6, "start", soft, b.Axis)
	}
	f.group = (f.right - f.left) / float64(max(1, len(b.Groups)))
	for v := int64(0); v <= top; v += step {
		y := f.base - f.height(v)
		p.f(`<path class="ch-l" d="M%s %sH%s" stroke="%s"/>`, n(f.left), n(y), n(f.right), line)
		p.text(f.left-6, y+4, "end", soft, strconv.FormatInt(v, 10))
	}
	b.labels(p, f)
	return f
}

// labels names the groups; where they are too close, every second, third … counted from the last.
func (b Bars) labels(p *pen, f field) {
	widest := 0.0
	for _, g := range b.Groups {
		widest = max(widest, width(g.Label, 11))
	}
	every := 1
	for float64(every)*f.group < widest+4 && every < len(b.Groups) {
		every++
	}
	for i, g := range b.Groups {
		if (len(b.Groups)-1-i)%every == 0 {
			label := fit(g.Label, 11, f.group*float64(every))
			x := f.start(i) + f.group/2
			half := width(label, 11) / 2
			p.text(max(half, min(x, f.right+8-half)), f.base+15, "middle", soft, label)
		}
	}
}

// SVG draws the columns.
func (b Bars) SVG() (template.HTML, error) {
	p := new(pen)
	f := b.frame(p, "bars", 24)
	for i, g := range b.Groups {
		if p.err != nil {
			break
		}
		column := min(40, (f.group-min(10, f.group*.2))/float64(len(b.Series)))
		for j, m := range g.Values {
			x := f.start(i) + (f.group-column*float64(len(b.Series)))/2 + float64(j)*column
			bar, h := min(column-2, 30), f.height(m.Value)
			value := strconv.FormatInt(m.Value, 10)
			end := p.link(m, join(g.Label, b.Series[j].Name, value))
			p.reach(x, f.y-14, column, f.base-f.y+14)
			if m.Value > 0 {
				p.rect(x+(column-bar)/2, f.base-h, bar, h, b.Series[j].Class)
			}
			p.text(x+column/2, f.base-h-4, "middle", ` font-size="11"`, value)
			p.b.WriteString(end)
		}
	}
	return p.done()
}

package chart

import (
	"html/template"
	"strconv"

	"yanming/internal/markup"
)

// Row is one bar of Strips.
type Row struct {
	Label string
	Mark
}

// Strips are bars one below the other: opinions by channel or by category, in the order given. Zero W is 420.
type Strips struct {
	Title string
	Names string // what the rows are, such as "渠道"
	Count string // what is counted, such as "件"
	Class Tone
	Rows  []Row
	W     float64
}

// Total returns the sum of the rows.
func (s Strips) Total() (sum int64) {
	for _, r := range s.Rows {
		sum += r.Value
	}
	return sum
}

// Table returns the numbers.
func (s Strips) Table() Table {
	t := Table{Caption: s.Title, Head: []string{s.Names, s.Count}}
	for _, r := range s.Rows {
		t.Rows = append(t.Rows, []Cell{{Text: r.Label}, r.cell()})
	}
	return t
}

// strip is the height of a row: a target of 24 with some air.
const strip = 26

// SVG draws the strips.
func (s Strips) SVG() (template.HTML, error) {
	p := new(pen)
	w := s.W
	if w == 0 {
		w = 420
	}
	var most int64 = 1
	label, links := 0.0, false
	for _, r := range s.Rows {
		most = max(most, r.Value)
		label = max(label, width(r.Label, 12))
		links = links || r.Href != ""
	}
	label = min(label, w*.4)
	left, room := label+10, w-label-10-width(strconv.FormatInt(most, 10), 12)-12
	p.open("strips", s.Title, w, float64(len(s.Rows))*strip+4, links)
	p.f(`<path class="ch-l" d="M%s 0V%s" stroke="%s"/>`, n(left), n(float64(len(s.Rows))*strip+4), line)
	for i, r := range s.Rows {
		y := float64(i)*strip + 2
		long := room * float64(r.Value) / float64(most)
		value := strconv.FormatInt(r.Value, 10)
		end := p.link(r.Mark, join(r.Label, value))
		p.reach(0, y, w, strip)
		p.text(left-8, y+17, "end", "", fit(r.Label, 12, label))
		if r.Value > 0 {
			p.rect(left, y+5, max(long, 1), strip-10, s.Class)
		}
		p.text(left+long+6, y+17, "start", ` font-weight="700"`, value)
		p.b.WriteString(end)
	}
	return p.done()
}

// Part is one piece of a Meter.
type Part struct {
	Name  string
	Class Tone
	Mark
}

// Meter is one bar divided into parts that make up a whole: collected = resolved + concluded otherwise + in progress.
// Below it every part is named with its number, also when it is zero or too thin to see. Zero W is 420.
type Meter struct {
	Title string
	Names string // heading of the parts' names in the table
	Count string // heading of the numbers
	Parts []Part
	W     float64
}

// Total returns the whole.
func (m Meter) Total() (sum int64) {
	for _, p := range m.Parts {
		sum += p.Value
	}
	return sum
}

// Table returns the numbers.
func (m Meter) Table() Table {
	t := Table{Caption: m.Title, Head: []string{m.Names, m.Count}}
	for _, p := range m.Parts {
		t.Rows = append(t.Rows, []Cell{{Text: p.Name}, p.cell()})
	}
	return t
}

// SVG draws the meter: the bar, and under it a row for each part, which is the link.
func (m Meter) SVG() (template.HTML, error) {
	p := new(pen)
	w := m.W
	if w == 0 {
		w = 420
	}
	links := false
	for _, q := range m.Parts {
		links = links || q.Href != ""
	}
	type place struct{ x, y float64 }
	const bar, gap = 26.0, 20.0
	places := make([]place, len(m.Parts))
	x, y := 0.0, bar+6
	for i, q := range m.Parts {
		need := 16 + width(q.Name+" "+strconv.FormatInt(q.Value, 10), 12) + 8
		if x > 0 && x+need > w {
			x, y = 0, y+26
		}
		places[i] = place{x, y}
		x += need + gap
	}
	p.open("meter", m.Title, w, y+26, links)
	total := m.Total()
	p.f(`<rect class="ch-l" x=".5" y=".5" width="%s" height="%s" fill="#fff" stroke="%s"/>`, n(w-1), n(bar-1), line)
	var sum int64
	for i, q := range m.Parts {
		value := strconv.FormatInt(q.Value, 10)
		name := join(q.Name, value)
		if q.Title != "" {
			name = q.Title
		}
		if total > 0 && q.Value > 0 {
			from, to := .5+(w-1)*float64(sum)/float64(total), .5+(w-1)*float64(sum+q.Value)/float64(total)
			p.f(`<g><title>%s</title>`, markup.Escape(name))
			p.rect(from, .5, max(to-from, 1), bar-1, q.Class)
			if to-from > width(value, 12)+6 {
				p.text((from+to)/2, 17.5, "middle", ` font-weight="700" fill="`+tones[q.Class].text+`"`, value)
			}
			p.b.WriteString("</g>")
			sum += q.Value
		}
		end := p.link(q.Mark, join(q.Name, value))
		at := places[i]
		p.reach(at.x, at.y, 16+width(q.Name+" "+value, 12)+8, 24)
		p.rect(at.x+.5, at.y+7, 10, 10, q.Class)
		p.text(at.x+16, at.y+16.5, "start", "", q.Name+" "+value)
		p.b.WriteString(end)
	}
	return p.done()
}

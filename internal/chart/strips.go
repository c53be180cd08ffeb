package chart

import (
	"html/template"
	"strconv"
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

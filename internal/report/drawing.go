package report

import (
	"html/template"

	"yanming/internal/chart"
	"yanming/internal/geo"
	"yanming/internal/i18n"
)

// Drawing is a chart with the same numbers in words.
type Drawing struct {
	SVG   template.HTML
	Table chart.Table
}

// Drawings are the charts of a report. Map is empty while no grid has a boundary.
type Drawings struct{ Bars, Channels, Subjects, Map Drawing }

// mapW and mapH are the size that the grids are fitted to.
const mapW, mapH = 500, 360

// straying is how many metres a drawn border may lie beside the true one.
const straying = 25

// Draw draws the report's charts. Every mark is a link that begins with base: "" within the site.
func (s *Service) Draw(r Report, lang i18n.Lang, base string) (d Drawings, err error) {
	v := voice{s.words, lang}
	mark := func(c Cell) chart.Mark { return chart.Mark{Value: c.Value.Value, Href: base + c.Path()} }
	bars := chart.Bars{Title: v.t("report.weeks"), Axis: v.t("report.weeks.axis"), H: 230,
		Series: []chart.Series{{Name: v.t("report.weeks.received"), Class: chart.LakeM}, {Name: v.t("report.weeks.resolved"), Class: chart.Lake}}}
	for _, w := range r.Weeks {
		first, _, _ := w.Period.Days()
		_, n := first.ISOWeek()
		bars.Groups = append(bars.Groups, chart.Group{Label: v.t("report.weeks.label", n), Values: []chart.Mark{mark(w.Received), mark(w.Resolved)}})
	}
	if d.Bars.SVG, err = bars.SVG(); err != nil {
		return d, err
	}
	d.Bars.Table = bars.Table()
	for _, t := range []struct {
		to          *Drawing
		title, name string
		table       Table
	}{{&d.Channels, "report.channels", "report.channel", r.Channels}, {&d.Subjects, "report.subjects", "report.subject", r.Subjects}} {
		strips := chart.Strips{Title: v.t(t.title), Names: v.t(t.name), Count: v.t("report.count"), Class: chart.LakeM, W: 480}
		for _, row := range t.table.Rows {
			strips.Rows = append(strips.Rows, chart.Row{Label: v.pair(row.Name), Mark: mark(row.Cells[0])})
		}
		if t.to.SVG, err = strips.SVG(); err != nil {
			return d, err
		}
		t.to.Table = strips.Table()
	}
	m := s.townMap(r, v, mark)
	d.Map.Table = m.Table()
	if len(r.Shapes) > 0 {
		d.Map.SVG, err = m.SVG()
	}
	return d, err
}

// townMap is the map of the grids; its table also holds the grids that are not drawn.
func (s *Service) townMap(r Report, v voice, mark func(Cell) chart.Mark) chart.Map {
	m := chart.Map{Title: v.t("report.map"), Names: v.t("report.grid"), Count: v.t("report.count"), Note: v.t("report.map.note"), W: mapW, H: mapH,
		Legend: [4]string{"1", "2", "3", v.t("report.map.more")}}
	var shapes []geo.Shape
	var areas []Area
	for _, a := range r.Areas {
		if s, ok := r.Shapes[a.Grid]; ok {
			areas, shapes = append(areas, a), append(shapes, s)
		}
	}
	if len(shapes) > 0 {
		shapes = geo.Simplify(straying, shapes...)
		box := shapes[0].Box()
		for _, s := range shapes[1:] {
			box = box.Join(s.Box())
		}
		frame := geo.Fit(box, mapW, mapH, 6)
		for i, a := range areas {
			m.Areas = append(m.Areas, chart.Area{Label: v.pair(a.Name), Village: a.Village, Rings: frame.Rings(shapes[i]), Mark: mark(a.Cell)})
		}
		return m
	}
	for _, a := range r.Areas {
		if a.Grid != "" {
			m.Areas = append(m.Areas, chart.Area{Label: v.pair(a.Name), Village: a.Village, Mark: mark(a.Cell)})
		}
	}
	return m
}

// Places says where what is being coordinated lies: in how many grids, how many cases are in no grid, and how many are
// in confidence and on no map.
func (r Report) Places() (grids int, nowhere Cell, confided int64) {
	for _, a := range r.Areas {
		switch {
		case a.Grid == "":
			nowhere = a.Cell
		case a.Cell.Value.Value > 0:
			grids++
		}
	}
	return grids, nowhere, r.Line(inProgress).Total.Value.Veiled
}

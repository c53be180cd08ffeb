package admin

import (
	"io"
	"net/http"
	"strconv"
	"strings"

	"yanming/internal/db"
	"yanming/internal/geo"
	"yanming/internal/journal"
	"yanming/internal/org"
	"yanming/internal/web/admin/brought"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

// part is the request key of one record among several that a form makes.
func part(key journal.Key, what string, i int) journal.Key {
	return key + journal.Key("."+what+strconv.Itoa(i))
}

// takeFile reads the one file of a form.
func takeFile(into *[]byte) *page.Uploads {
	return &page.Uploads{Most: 1, Each: geo.MaxBytes, Take: func(u page.Upload) (err error) {
		*into, err = io.ReadAll(u.Body)
		return err
	}}
}

func systemChoices() []page.Choice {
	return page.Choices(nil, []geo.System{geo.CGCS2000, geo.WGS84, geo.GCJ02}, func(s geo.System) (string, any) { return string(s), string(s) })
}

// drawGrids handles POST /admin/grids/boundaries: a file with the boundaries of several grids, all of them or none.
func (s *Server) drawGrids(w http.ResponseWriter, v *visit) error {
	var file []byte
	form, err := page.ReadForm(v.r, takeFile(&file))
	if err != nil {
		return err
	}
	if len(file) == 0 && form.Err() == nil {
		form.Fail("boundary", "error.required")
	}
	var cmds []org.SaveGrid
	drawn := map[string]bool{}
	for i, f := range areasOf(form, file) {
		g, label, ok := brought.GridOf(v.dir, f)
		switch {
		case len(form.Errs) >= brought.MostFaults:
		case !ok:
			form.Fail("boundary", "admin.grid.unknown", i+1, label)
		case drawn[g.ID]:
			form.Fail("boundary", "admin.grid.twice", i+1, label)
		}
		drawn[g.ID] = true
		cmds = append(cmds, org.SaveGrid{Key: part(form.Key, "area", i), ID: g.ID, Rev: g.Rev, Number: g.Number, Village: g.Village, Level: g.Level,
			Name: g.Name, Leader: g.Leader, Worker: g.Worker, Boundary: f.Shape})
	}
	if form.Err() == nil {
		err = s.Store.Update(v.r.Context(), v.a.Town, func(tx *db.Tx) error {
			for _, c := range cmds {
				if _, err := s.Orgs.SaveGridIn(v.r.Context(), tx, v.a, c); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return s.settle(w, v, form, err, done("/admin/grids"), func(status int) error { return s.showGrids(w, v, status, form) })
}

// areasOf are the areas of a file where nothing else is wrong.
func areasOf(form *page.Form, file []byte) []geo.Feature {
	if form.Err() != nil {
		return nil
	}
	return brought.Areas(form, file)
}

// gridMap is the drawing of the boundaries: one path for each grid, a link to its page.
type gridMap struct {
	Width, Height int
	Areas         []mapArea
}

type mapArea struct {
	Href, Name, Path string
	X, Y             int
	Number           string
}

const (
	mapWidth, mapHeight = 640, 460
	finest              = 5 // metres that the drawing leaves away
)

// drawMap draws the given boundaries; nothing where there are none.
func drawMap(dir *org.Directory, shapes map[string]geo.Shape) gridMap {
	m := gridMap{Width: mapWidth, Height: mapHeight}
	var box geo.Box
	var grids []org.Grid // the large ones first, so that the small ones lie on top
	var list []geo.Shape
	for _, level := range []org.GridLevel{org.TownGrid, org.VillageGrid, org.PartGrid} {
		for _, g := range dir.Grids(level) {
			if shape, ok := shapes[g.ID]; ok {
				grids, list, box = append(grids, g), append(list, shape), box.Join(shape.Box())
			}
		}
	}
	frame := geo.Fit(box, mapWidth, mapHeight, 8)
	for i, shape := range geo.Simplify(finest, list...) {
		g := grids[i]
		at := frame.XY(g.Label)
		m.Areas = append(m.Areas, mapArea{Href: "/admin/grids/" + g.ID, Name: town.GridName(dir, g), Path: outline(frame.Rings(shape)), X: int(at[0]), Y: int(at[1]) + 4,
			Number: strconv.FormatInt(g.Number, 10)})
	}
	return m
}

// outline writes rings as the path of an SVG, in tenths of its unit.
func outline(rings [][][2]float64) string {
	var b strings.Builder
	for _, ring := range rings {
		for i, p := range ring {
			b.WriteByte("ML"[min(i, 1)])
			b.WriteString(strconv.FormatFloat(p[0], 'f', 1, 64))
			b.WriteByte(' ')
			b.WriteString(strconv.FormatFloat(p[1], 'f', 1, 64))
		}
		b.WriteByte('Z')
	}
	return b.String()
}

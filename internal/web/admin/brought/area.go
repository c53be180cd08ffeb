package brought

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"yanming/internal/errs"
	"yanming/internal/geo"
	"yanming/internal/org"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

// Areas reads a GeoJSON file; what is wrong with it is noted at the field "boundary".
func Areas(form *page.Form, file []byte) []geo.Feature {
	fs, err := geo.Parse(file, geo.System(form.Value("system")))
	for _, e := range errs.All(err) {
		form.Fail("boundary", e.Key, e.Args...)
	}
	return fs
}

// Shape reads a file that holds one area.
func Shape(form *page.Form, file []byte) geo.Shape {
	fs := Areas(form, file)
	if len(fs) > 1 {
		form.Fail("boundary", "geo.one")
	}
	if len(fs) != 1 {
		return nil
	}
	return fs[0].Shape
}

// What files call the properties by which an area is told from others.
var (
	numberProperty  = regexp.MustCompile(`(?i)^(number|no|grid_?no|编号|序号|网格编号|网格序号)$`)
	nameProperty    = regexp.MustCompile(`(?i)^(name|grid|grid_?name|名称|网格|网格名称|网格名)$`)
	villageProperty = regexp.MustCompile(`(?i)^(village|village_?name|村|村名|所属村|行政村|社区)$`)
)

// property returns the value of the first property, in the order of names, whose name form matches.
func property(f geo.Feature, form *regexp.Regexp) string {
	var names []string
	for name := range f.Properties {
		if form.MatchString(name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return strings.TrimSpace(f.Properties[slices.Min(names)])
}

// GridOf finds the grid that an area of a file is meant for: by number, else by village and name. Two grids of one
// name without a village are none. label is what the file calls the area.
func GridOf(dir *org.Directory, f geo.Feature) (g org.Grid, label string, ok bool) {
	number, name, village := property(f, numberProperty), property(f, nameProperty), property(f, villageProperty)
	label = strings.TrimSpace(number + " " + village + " " + name)
	var found []org.Grid
	for _, one := range dir.Grids() {
		if number != "" && strconv.FormatInt(one.Number, 10) == number ||
			number == "" && name != "" && (one.Name == name || town.GridName(dir, one) == name || dir.Village(one.Village).Name+one.Name == name) &&
				(village == "" || dir.Village(one.Village).Name == village) {
			found = append(found, one)
		}
	}
	if len(found) != 1 {
		return g, label, false
	}
	return found[0], label, true
}

package geo

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"yanming/internal/errs"
	"yanming/internal/i18n"
)

const square = `[[113.9,34.5],[113.92,34.5],[113.92,34.52],[113.9,34.52],[113.9,34.5]]`
const hole = `[[113.905,34.505],[113.905,34.51],[113.91,34.51],[113.91,34.505],[113.905,34.505]]`

func polygon(rings ...string) string {
	return `{"type":"Polygon","coordinates":[` + strings.Join(rings, ",") + `]}`
}

func TestAreasAreReadFromEveryKindOfFile(t *testing.T) {
	feature := `{"type":"Feature","properties":{"name":"第1网格","no":7,"ok":true,"none":null},"geometry":` + polygon(square, hole) + `}`
	multi := `{"type":"MultiPolygon","coordinates":[[` + square + `],[[[114,34.5],[114.01,34.5],[114.01,34.51],[114,34.5]]]]}`
	for name, tt := range map[string]struct {
		text            string
		features, parts int
		points          int
	}{
		"polygon":    {polygon(square), 1, 1, 4},
		"feature":    {feature, 1, 1, 8},
		"multi":      {multi, 1, 2, 7},
		"collection": {`{"type":"FeatureCollection","features":[` + feature + `,` + feature + `]}`, 2, 1, 8},
		"with heights and doubled corners": {polygon(
			`[[113.9,34.5,12],[113.9,34.5,12],[113.92,34.5,1],[113.92,34.52,0],[113.9,34.5,12]]`), 1, 1, 3},
	} {
		fs, err := Parse([]byte(tt.text), CGCS2000)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(fs) != tt.features || len(fs[0].Shape) != tt.parts || fs[0].Shape.Points() != tt.points {
			t.Errorf("%s: got %d features, %d parts, %d points", name, len(fs), len(fs[0].Shape), fs[0].Shape.Points())
		}
		if fs[0].From != CGCS2000 {
			t.Errorf("%s: came from %s", name, fs[0].From)
		}
	}
	fs, _ := Parse([]byte(feature), WGS84)
	if want := map[string]string{"name": "第1网格", "no": "7", "ok": "true"}; !reflect.DeepEqual(fs[0].Properties, want) {
		t.Errorf("properties %v, want %v", fs[0].Properties, want)
	}
	if got, want := fs[0].Shape.Area(), int64(3823000); got < want-9000 || got > want+9000 {
		t.Errorf("square with hole has %d m², want about %d", got, want)
	}
}

func TestTheFilesOwnSystemWinsAndGCJ02IsConverted(t *testing.T) {
	at := func(crs string, declared System) Feature {
		t.Helper()
		text := strings.Replace(polygon(square), `{`, `{"crs":{"type":"name","properties":{"name":"`+crs+`"}},`, 1)
		fs, err := Parse([]byte(text), declared)
		if err != nil {
			t.Fatal(err)
		}
		return fs[0]
	}
	plain, shifted := at("urn:ogc:def:crs:OGC:1.3:CRS84", GCJ02), at("GCJ-02", WGS84)
	if plain.From != WGS84 || shifted.From != GCJ02 {
		t.Errorf("got %s and %s", plain.From, shifted.From)
	}
	if d := distance(plain.Shape.Centroid(), shifted.Shape.Centroid()); d < 300 || d > 800 {
		t.Errorf("conversion moved the area by %d m", d)
	}
	if f := at("urn:ogc:def:crs:EPSG::4490", WGS84); f.From != CGCS2000 {
		t.Errorf("got %s", f.From)
	}
}

func TestBrokenAreasAreRefusedWithTheirReason(t *testing.T) {
	many := make([]string, MaxPoints+2)
	for i := range many {
		many[i] = fmt.Sprintf("[113.%05d,%f]", i, 34.5+float64(i*i)*1e-9)
	}
	many = append(many, many[0])
	for name, tt := range map[string]struct{ text, key string }{
		"not JSON":          {`{"type":`, "geo.not_geojson"},
		"another JSON":      {`{"type":"Topology"}`, "geo.not_geojson"},
		"a list":            {`[1,2]`, "geo.not_geojson"},
		"no areas":          {`{"type":"FeatureCollection","features":[]}`, "geo.none"},
		"a point":           {`{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]}}`, "geo.no_area"},
		"no geometry":       {`{"type":"Feature","geometry":null}`, "geo.no_area"},
		"flat coordinates":  {`{"type":"Polygon","coordinates":[1,2]}`, "geo.coordinates"},
		"half a coordinate": {polygon(`[[113.9],[113.9],[113.9],[113.9]]`), "geo.coordinates"},
		"no rings":          {polygon(), "geo.few_points"},
		"no polygons":       {`{"type":"MultiPolygon","coordinates":[]}`, "geo.empty"},
		"open":              {polygon(`[[113.9,34.5],[113.92,34.5],[113.92,34.52],[113.9,34.52]]`), "geo.open_ring"},
		"two corners":       {polygon(`[[113.9,34.5],[113.92,34.5],[113.9,34.5]]`), "geo.few_points"},
		"a line":            {polygon(`[[113.9,34.5],[113.91,34.51],[113.92,34.52],[113.9,34.5]]`), "geo.zero_area"},
		"a bow":             {polygon(`[[113.9,34.5],[113.92,34.52],[113.92,34.5],[113.9,34.53],[113.9,34.5]]`), "geo.crossing"},
		"touching itself":   {polygon(`[[113.9,34.5],[113.92,34.5],[113.91,34.51],[113.92,34.52],[113.9,34.52],[113.91,34.51],[113.9,34.5]]`), "geo.crossing"},
		"a spike":           {polygon(`[[113.9,34.5],[113.92,34.5],[113.94,34.5],[113.92,34.5],[113.92,34.52],[113.9,34.5]]`), "geo.crossing"},
		"hole outside":      {polygon(hole, square), "geo.hole"},
		"hole crossing":     {polygon(square, `[[113.91,34.51],[113.93,34.51],[113.91,34.515],[113.91,34.51]]`), "geo.crossing"},
		"hole twice":        {polygon(square, hole, hole), "geo.crossing"},
		"hole in a hole":    {polygon(square, hole, `[[113.906,34.506],[113.907,34.506],[113.907,34.507],[113.906,34.506]]`), "geo.hole"},
		"part in a part":    {`{"type":"MultiPolygon","coordinates":[[` + square + `],[` + hole + `]]}`, "geo.overlap"},
		"swapped":           {polygon(`[[34.5,113.9],[34.5,113.92],[34.52,113.92],[34.5,113.9]]`), "geo.area_outside"},
		"projected":         {`{"type":"Polygon","crs":{"properties":{"name":"EPSG:4547"}},"coordinates":[` + square + `]}`, "geo.system"},
		"too many corners":  {polygon(`[` + strings.Join(many, ",") + `]`), "geo.many_points"},
		"too large":         {strings.Repeat(" ", MaxBytes+1), "geo.too_large"},
	} {
		_, err := Parse([]byte(tt.text), WGS84)
		if es := errs.All(err); len(es) != 1 || es[0].Kind != errs.Invalid || es[0].Key != tt.key {
			t.Errorf("%s: got %v, want %s", name, err, tt.key)
		}
	}
	if _, err := Parse([]byte(polygon(square)), ""); err == nil {
		t.Error("a file that names no system was read without one being declared")
	}
}

func TestEveryReasonIsInTheCatalogue(t *testing.T) {
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	_, err = Parse([]byte(`{"type":"Feature","geometry":null}`), WGS84)
	e := errs.All(err)[0]
	if got := c.T(i18n.ZH, e.Key, e.Args...); got != "第 1 块不是区域（面），可能是点或线。" {
		t.Errorf("got %q", got)
	}
	for _, key := range []string{"geo.outside", "geo.area_outside", "geo.system", "geo.not_geojson", "geo.too_large", "geo.none",
		"geo.one", "geo.many_features", "geo.many_corners", "geo.no_area", "geo.coordinates", "geo.empty", "geo.open_ring",
		"geo.few_points", "geo.many_points", "geo.zero_area", "geo.crossing", "geo.hole", "geo.overlap", "geo.jagged"} {
		if !c.Has(key) {
			t.Errorf("%s is not written", key)
		}
	}
}

func TestShapesComeBackFromJSONExactly(t *testing.T) {
	made := town(t, 4)
	shapes := []Shape{made.Shape, made.Villages[3].Shape, made.Villages[3].Grids[1]}
	fs, err := Parse([]byte(`{"type":"MultiPolygon","coordinates":[[`+square+`,`+hole+`],[[[114,34.5],[114.01,34.5],[114.01,34.51],[114,34.5]]]]}`), WGS84)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range append(shapes, fs[0].Shape) {
		b, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var back Shape
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(s, back) {
			t.Errorf("shape %d came back changed", i)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(polygon(square, hole)))
	f.Add([]byte(`{"type":"FeatureCollection","crs":{"properties":{"name":"GCJ02"}},"features":[{"type":"Feature","geometry":` + polygon(square) + `}]}`))
	f.Add([]byte(`{"type":"MultiPolygon","coordinates":[[` + square + `],[` + hole + `]]}`))
	f.Add([]byte(polygon(`[[113.9,34.5],[113.92,34.52],[113.92,34.5],[113.9,34.53],[113.9,34.5]]`)))
	f.Fuzz(func(t *testing.T, data []byte) {
		fs, err := Parse(data, CGCS2000)
		if err != nil {
			if !errs.Is(err, errs.Invalid) {
				t.Fatalf("%v is not Invalid", err)
			}
			return
		}
		for _, x := range fs {
			if key := x.Shape.fault(); key != "" {
				t.Fatalf("read a faulty area: %s", key)
			}
			b, err := json.Marshal(x.Shape)
			if err != nil {
				t.Fatal(err)
			}
			back, err := ParseShape(b)
			if err != nil || !reflect.DeepEqual(back, x.Shape) {
				t.Fatalf("came back changed: %v", err)
			}
			if p, ok := x.Shape.LabelPoint(); ok && !x.Shape.Contains(p) {
				t.Fatalf("label %s outside", p)
			}
			Simplify(50, x.Shape)
		}
	})
}

package geo

import (
	"encoding/json"
	"errors"
	"strings"

	"yanming/internal/errs"
)

// Limits of one GeoJSON file.
const (
	MaxBytes    = 8 << 20 // of text
	MaxFeatures = 2000    // areas
	MaxCorners  = 100_000 // corners of all areas together
)

// Feature is one area of a file with its properties as they stood there; numbers keep their text.
type Feature struct {
	Properties map[string]string
	From       System // what the file's coordinates were before they became WGS84
	Shape      Shape
}

// file is any of the GeoJSON objects that Parse reads (RFC 7946), and the old crs member (GeoJSON 2008).
type file struct {
	Type        string                     `json:"type"`
	Features    []file                     `json:"features"`
	Geometry    *file                      `json:"geometry"`
	Properties  map[string]json.RawMessage `json:"properties"`
	Coordinates json.RawMessage            `json:"coordinates"`
	CRS         json.RawMessage            `json:"crs"`
}

// Parse reads the areas of a GeoJSON text: a FeatureCollection, a Feature, or a bare Polygon or MultiPolygon. The
// coordinate system is the one the file's crs member names, else declared. GCJ-02 is converted and kept in From.
// Heights are dropped, corners that repeat the one before are joined, ring directions are put right.
// Errors: Invalid, naming the area by its place in the file, from 1.
func Parse(data []byte, declared System) ([]Feature, error) {
	if len(data) > MaxBytes {
		return nil, errs.New(errs.Invalid, "geo.too_large", MaxBytes>>20)
	}
	var top file
	if err := json.Unmarshal(data, &top); err != nil {
		return nil, errs.New(errs.Invalid, "geo.not_geojson")
	}
	sys, err := top.system(declared)
	if err != nil {
		return nil, err
	}
	list := top.Features
	switch top.Type {
	case "FeatureCollection":
	case "Feature":
		list = []file{top}
	case "Polygon", "MultiPolygon":
		list = []file{{Type: "Feature", Geometry: &top}}
	default:
		return nil, errs.New(errs.Invalid, "geo.not_geojson")
	}
	switch {
	case len(list) == 0:
		return nil, errs.New(errs.Invalid, "geo.none")
	case len(list) > MaxFeatures:
		return nil, errs.New(errs.Invalid, "geo.many_features", MaxFeatures)
	}
	out := make([]Feature, 0, len(list))
	corners := 0
	for i, f := range list {
		shape, err := f.shape(sys, i+1)
		if err != nil {
			return nil, err
		}
		if corners += shape.Points(); corners > MaxCorners {
			return nil, errs.New(errs.Invalid, "geo.many_corners", MaxCorners)
		}
		out = append(out, Feature{Properties: f.texts(), From: sys, Shape: shape})
	}
	return out, nil
}

// ParseShape reads a GeoJSON text that holds exactly one area in WGS84, such as the one Shape.MarshalJSON writes.
func ParseShape(data []byte) (Shape, error) {
	fs, err := Parse(data, WGS84)
	if err != nil {
		return nil, err
	}
	if len(fs) != 1 {
		return nil, errs.New(errs.Invalid, "geo.one")
	}
	return fs[0].Shape, nil
}

// system reads the crs member: {"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4490"}}.
func (f file) system(declared System) (System, error) {
	if len(f.CRS) == 0 || string(f.CRS) == "null" {
		switch declared {
		case WGS84, CGCS2000, GCJ02:
			return declared, nil
		}
		return "", errs.New(errs.Invalid, "geo.system", string(declared))
	}
	var crs struct {
		Properties struct{ Name string } `json:"properties"`
	}
	if err := json.Unmarshal(f.CRS, &crs); err != nil {
		return "", errs.New(errs.Invalid, "geo.not_geojson")
	}
	name := strings.ToUpper(crs.Properties.Name)
	code := name[strings.LastIndex(name, ":")+1:]
	switch code {
	case "CRS84", "4326", "WGS84":
		return WGS84, nil
	case "4490", "CGCS2000":
		return CGCS2000, nil
	case "GCJ02", "GCJ-02":
		return GCJ02, nil
	}
	return "", errs.New(errs.Invalid, "geo.system", crs.Properties.Name)
}

// shape reads the geometry of feature n.
func (f file) shape(sys System, n int) (Shape, error) {
	if f.Type != "Feature" || f.Geometry == nil {
		return nil, errs.New(errs.Invalid, "geo.no_area", n)
	}
	var polygons [][][][]float64
	var err error
	switch f.Geometry.Type {
	case "Polygon":
		polygons = make([][][][]float64, 1)
		err = json.Unmarshal(f.Geometry.Coordinates, &polygons[0])
	case "MultiPolygon":
		err = json.Unmarshal(f.Geometry.Coordinates, &polygons)
	default:
		return nil, errs.New(errs.Invalid, "geo.no_area", n)
	}
	if err != nil {
		return nil, errs.New(errs.Invalid, "geo.coordinates", n)
	}
	var s Shape
	for _, rings := range polygons {
		var p Polygon
		for i, raw := range rings {
			r, err := ring(raw, sys, n)
			if err != nil {
				return nil, err
			}
			if i == 0 {
				p.Outer = r
			} else {
				p.Holes = append(p.Holes, r)
			}
		}
		s = append(s, p)
	}
	if key := s.fault(); key != "" {
		return nil, errs.New(errs.Invalid, key, n, MaxPoints)
	}
	s.straight()
	return s, nil
}

// ring reads one closed ring of feature n.
func ring(raw [][]float64, sys System, n int) (Ring, error) {
	if len(raw) > MaxPoints+1 {
		return nil, errs.New(errs.Invalid, "geo.many_points", n, MaxPoints)
	}
	r := make(Ring, 0, len(raw))
	for _, c := range raw {
		if len(c) < 2 {
			return nil, errs.New(errs.Invalid, "geo.coordinates", n)
		}
		p, err := At(sys, c[0], c[1])
		if err != nil {
			var e *errs.Error
			if errors.As(err, &e) && e.Key == "geo.outside" {
				return nil, errs.New(errs.Invalid, "geo.area_outside", append([]any{n}, e.Args...)...)
			}
			return nil, err
		}
		if len(r) == 0 || r[len(r)-1] != p {
			r = append(r, p)
		}
	}
	if len(r) < 2 {
		return nil, errs.New(errs.Invalid, "geo.few_points", n)
	}
	if r[0] != r[len(r)-1] {
		return nil, errs.New(errs.Invalid, "geo.open_ring", n)
	}
	return r[:len(r)-1], nil
}

// texts returns the properties as text: strings as they are, other values as their JSON; null is left out.
func (f file) texts() map[string]string {
	m := map[string]string{}
	for k, raw := range f.Properties {
		var s string
		if json.Unmarshal(raw, &s) != nil {
			s = string(raw)
		} else if string(raw) == "null" {
			continue
		}
		m[k] = s
	}
	return m
}

// MarshalJSON writes s as a GeoJSON Polygon or MultiPolygon with seven digits: exactly what is stored.
func (s Shape) MarshalJSON() ([]byte, error) {
	var b strings.Builder
	kind := "Polygon"
	if len(s) != 1 {
		kind = "MultiPolygon"
	}
	b.WriteString(`{"type":"` + kind + `","coordinates":`)
	parts := make([]string, len(s))
	for i, p := range s {
		rings := make([]string, 0, 1+len(p.Holes))
		(Shape{p}).rings(func(r Ring) { rings = append(rings, r.json()) })
		parts[i] = "[" + strings.Join(rings, ",") + "]"
	}
	if len(s) == 1 {
		b.WriteString(parts[0])
	} else {
		b.WriteString("[" + strings.Join(parts, ",") + "]")
	}
	b.WriteString("}")
	return []byte(b.String()), nil
}

func (r Ring) json() string {
	var b strings.Builder
	b.WriteByte('[')
	for i := range len(r) + 1 {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("[" + r[i%len(r)].String() + "]")
	}
	b.WriteByte(']')
	return b.String()
}

// UnmarshalJSON reads what MarshalJSON writes, with the checks of Parse.
func (s *Shape) UnmarshalJSON(data []byte) error {
	got, err := ParseShape(data)
	if err != nil {
		return err
	}
	*s = got
	return nil
}

package geo

import (
	"math"
	"testing"

	"yanming/internal/errs"

	"pgregory.net/rapid"
)

// distance is the great-circle distance in metres, rounded.
func distance(a, b Point) int64 {
	aLon, aLat := a.radians()
	bLon, bLat := b.radians()
	s, t := math.Sin((bLat-aLat)/2), math.Sin((bLon-aLon)/2)
	return int64(math.Round(2 * earth * math.Asin(math.Sqrt(s*s+math.Cos(aLat)*math.Cos(bLat)*t*t))))
}

func TestGCJ02MatchesAPublishedPair(t *testing.T) {
	p, err := At(WGS84, 116.404, 39.915)
	if err != nil {
		t.Fatal(err)
	}
	lon, lat := p.GCJ02()
	if math.Abs(lon-116.41024449916938) > 1e-9 || math.Abs(lat-39.91640428150164) > 1e-9 {
		t.Errorf("got %.12f, %.12f", lon, lat)
	}
}

func TestGCJ02ComesBackWithinACentimetre(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Point{rapid.Int64Range(73.7e7, 135e7).Draw(t, "lon"), rapid.Int64Range(3.9e7, 53.5e7).Draw(t, "lat")}
		lon, lat := p.GCJ02()
		back, err := At(GCJ02, lon, lat)
		if err != nil {
			t.Fatal(err)
		}
		if max(back.Lon-p.Lon, p.Lon-back.Lon, back.Lat-p.Lat, p.Lat-back.Lat) > 1 {
			t.Fatalf("%s came back as %s", p, back)
		}
		moved, err := At(WGS84, lon, lat)
		if err != nil {
			t.Fatal(err)
		}
		if d := distance(p, moved); d < 1 || d > 1500 {
			t.Fatalf("the shift at %s is %d m", p, d)
		}
	})
}

func TestPlacesOutsideChinaAndUnknownSystemsAreRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		sys      System
		lon, lat float64
		key      string
	}{
		"swapped":     {WGS84, 34.5, 113.9, "geo.outside"},
		"nothing":     {WGS84, 0, 0, "geo.outside"},
		"NaN":         {CGCS2000, math.NaN(), 34, "geo.outside"},
		"infinite":    {GCJ02, math.Inf(1), 34, "geo.outside"},
		"no system":   {"", 113.9, 34.5, "geo.system"},
		"BD-09":       {"BD-09", 113.9, 34.5, "geo.system"},
		"metres":      {WGS84, 38500000, 3820000, "geo.outside"},
		"border GCJ2": {GCJ02, 72.0041, 0.8294, "geo.outside"},
	} {
		_, err := At(tt.sys, tt.lon, tt.lat)
		if es := errs.All(err); len(es) != 1 || es[0].Kind != errs.Invalid || es[0].Key != tt.key {
			t.Errorf("%s: got %v, want %s", name, err, tt.key)
		}
	}
}

func TestAPointAsText(t *testing.T) {
	a := Point{1164040000, 399150000}
	if s := a.String(); s != "116.4040000,39.9150000" {
		t.Errorf("got %s", s)
	}
	if s := (Point{-5, 10000001}).String(); s != "-0.0000005,1.0000001" {
		t.Errorf("got %s", s)
	}
	if (Point{}).Valid() || !a.Valid() {
		t.Error("the zero point must be no place, Beijing one")
	}
}

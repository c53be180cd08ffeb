// Package geo holds the little geometry a town needs: points, the polygons of towns, villages and grids, reading them
// from GeoJSON, asking which grid a point lies in, and making up a town for the demo.
//
// Coordinates are whole numbers of 1e-7 degree (about 1 cm) in WGS84, which for this purpose equals CGCS2000. With
// whole numbers every test of sides is exact, so a point on a border shared by two grids lies in exactly one of them.
// It refuses coordinates outside China's frame, unnamed coordinate systems, broken polygons, and anything that would
// need a map service: there are no tiles, no addresses, and no tracks of people.
package geo

import (
	"fmt"
	"math"

	"yanming/internal/errs"
)

// unit is the number of stored units in a degree.
const unit = 1e7

// earth is the mean radius of the earth in metres (IUGG).
const earth = 6371008.8

// China's frame in degrees; outside it the GCJ-02 shift is not defined either.
const (
	minLon, maxLon = 72.004, 137.8347
	minLat, maxLat = 0.8293, 55.8271
)

// Point is a place in WGS84, in units of 1e-7 degree. The zero Point is no place.
type Point struct{ Lon, Lat int64 }

// System names the coordinate system of a pair of numbers. There is no default: who hands in a place says what it is.
type System string

// The systems. GCJ02 is the shifted system of Chinese map services and WeChat; it is converted on the way in.
const (
	WGS84    System = "WGS84"
	CGCS2000 System = "CGCS2000"
	GCJ02    System = "GCJ-02"
)

// At returns the point at lon and lat degrees of system sys. Errors: Invalid when the numbers lie outside China's
// frame (most often longitude and latitude were swapped) or sys is not one of the three.
func At(sys System, lon, lat float64) (Point, error) {
	if !inFrame(lon, lat) {
		return Point{}, errs.New(errs.Invalid, "geo.outside", fmt.Sprintf("%.5f", lon), fmt.Sprintf("%.5f", lat))
	}
	switch sys {
	case WGS84, CGCS2000:
	case GCJ02:
		if lon, lat = unshift(lon, lat); !inFrame(lon, lat) {
			return Point{}, errs.New(errs.Invalid, "geo.outside", fmt.Sprintf("%.5f", lon), fmt.Sprintf("%.5f", lat))
		}
	default:
		return Point{}, errs.New(errs.Invalid, "geo.system", string(sys))
	}
	return Point{Lon: int64(math.Round(lon * unit)), Lat: int64(math.Round(lat * unit))}, nil
}

// inFrame is false for NaN too.
func inFrame(lon, lat float64) bool {
	return lon >= minLon && lon <= maxLon && lat >= minLat && lat <= maxLat
}

// Degrees returns the point's longitude and latitude in WGS84 degrees.
func (p Point) Degrees() (lon, lat float64) { return float64(p.Lon) / unit, float64(p.Lat) / unit }

// GCJ02 returns the point as Chinese map services expect it in a link.
func (p Point) GCJ02() (lon, lat float64) {
	lon, lat = p.Degrees()
	dLon, dLat := shift(lon, lat)
	return lon + dLon, lat + dLat
}

// String returns "longitude,latitude" in degrees with all seven digits.
func (p Point) String() string { return decimal(p.Lon) + "," + decimal(p.Lat) }

// Valid reports whether p lies in China's frame.
func (p Point) Valid() bool { return inFrame(p.Degrees()) }

func (p Point) radians() (lon, lat float64) {
	return float64(p.Lon) / unit * math.Pi / 180, float64(p.Lat) / unit * math.Pi / 180
}

// decimal writes units as degrees without going through a float.
func decimal(v int64) string {
	sign := ""
	if v < 0 {
		sign, v = "-", -v
	}
	return fmt.Sprintf("%s%d.%07d", sign, v/1e7, v%1e7)
}

// Krasovsky's ellipsoid, on which the GCJ-02 shift is defined.
const (
	krasovskyA = 6378245.0
	krasovskyE = 0.00669342162296594323
)

// shift returns what GCJ-02 adds to a WGS84 place, in degrees. It is at most about 700 m.
func shift(lon, lat float64) (dLon, dLat float64) {
	x, y := lon-105, lat-35
	wave := func(v float64, amp ...float64) (s float64) { // amp: amplitude, divisor of π·v, …
		for i := 0; i < len(amp); i += 2 {
			s += amp[i] * math.Sin(v*math.Pi/amp[i+1])
		}
		return s * 2 / 3
	}
	root := math.Sqrt(math.Abs(x))
	common := wave(x, 20, 1./6, 20, 1./2)
	dy := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*root + common + wave(y, 20, 1, 40, 3, 160, 12, 320, 30)
	dx := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*root + common + wave(x, 20, 1, 40, 3, 150, 12, 300, 30)
	rad := lat * math.Pi / 180
	m := 1 - krasovskyE*math.Sin(rad)*math.Sin(rad)
	dLat = dy * 180 / (krasovskyA * (1 - krasovskyE) / (m * math.Sqrt(m)) * math.Pi)
	dLon = dx * 180 / (krasovskyA / math.Sqrt(m) * math.Cos(rad) * math.Pi)
	return dLon, dLat
}

// unshift undoes shift by fixed-point steps: the shift changes so slowly that each step gains two to three digits.
func unshift(lon, lat float64) (float64, float64) {
	gLon, gLat := lon, lat
	for range 12 {
		dLon, dLat := shift(gLon, gLat)
		nLon, nLat := lon-dLon, lat-dLat
		done := math.Abs(nLon-gLon) < 1e-10 && math.Abs(nLat-gLat) < 1e-10
		gLon, gLat = nLon, nLat
		if done {
			break
		}
	}
	return gLon, gLat
}

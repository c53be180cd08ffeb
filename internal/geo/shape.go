package geo

import (
	"math"
	"sort"
)

// Ring is a simple closed line; the last point joins the first, which is not repeated.
type Ring []Point

// Polygon is an outer ring (anticlockwise) with holes (clockwise).
type Polygon struct {
	Outer Ring
	Holes []Ring
}

// Shape is the area of one town, village or grid: one polygon, or several that do not overlap.
type Shape []Polygon

// Box is a frame in units of 1e-7 degree, borders included.
type Box struct{ Min, Max Point }

// rings calls fn with each ring of s.
func (s Shape) rings(fn func(Ring)) {
	for _, p := range s {
		fn(p.Outer)
		for _, h := range p.Holes {
			fn(h)
		}
	}
}

// Points returns the number of corners.
func (s Shape) Points() (n int) {
	s.rings(func(r Ring) { n += len(r) })
	return n
}

// Box returns the smallest frame around s; the zero Box for an empty shape.
func (s Shape) Box() Box {
	var b Box
	first := true
	s.rings(func(r Ring) {
		for _, p := range r {
			if first {
				b, first = Box{p, p}, false
			}
			b.Min.Lon, b.Min.Lat = min(b.Min.Lon, p.Lon), min(b.Min.Lat, p.Lat)
			b.Max.Lon, b.Max.Lat = max(b.Max.Lon, p.Lon), max(b.Max.Lat, p.Lat)
		}
	})
	return b
}

// Join returns the smallest frame around both.
func (b Box) Join(o Box) Box {
	if b == (Box{}) {
		return o
	}
	if o == (Box{}) {
		return b
	}
	return Box{
		Min: Point{min(b.Min.Lon, o.Min.Lon), min(b.Min.Lat, o.Min.Lat)},
		Max: Point{max(b.Max.Lon, o.Max.Lon), max(b.Max.Lat, o.Max.Lat)},
	}
}

// Contains reports whether p lies in s. A point on the border of two shapes that share their corners lies in exactly
// one of them; a point on the outer border may lie in none.
func (s Shape) Contains(p Point) bool {
	in := false
	s.rings(func(r Ring) { in = in != r.Contains(p) })
	return in
}

// Contains counts, exactly, the sides that a ray from p to the east crosses.
func (r Ring) Contains(p Point) bool {
	in := false
	for i, a := range r {
		b := r[(i+1)%len(r)]
		if a.Lat > b.Lat {
			a, b = b, a
		}
		if a.Lat <= p.Lat && p.Lat < b.Lat && cross(a, b, p) > 0 {
			in = !in
		}
	}
	return in
}

// cross is twice the signed area of the triangle a, b, c: positive when c lies to the left of a→b. Within China's
// frame the products stay below 2^59.
func cross(a, b, c Point) int64 {
	return (b.Lon-a.Lon)*(c.Lat-a.Lat) - (b.Lat-a.Lat)*(c.Lon-a.Lon)
}

// doubled returns twice the signed planar area in square units: positive when anticlockwise.
func (r Ring) doubled() (sum int64) {
	for i := 1; i+1 < len(r); i++ {
		sum += cross(r[0], r[i], r[i+1])
	}
	return sum
}

// Area returns the area on the sphere in square metres, rounded; good to about half a percent.
func (s Shape) Area() int64 {
	var sum float64
	s.rings(func(r Ring) { sum += r.area() }) // holes run the other way and count negative
	return int64(math.Round(math.Abs(sum)))
}

func (r Ring) area() (sum float64) {
	for i, a := range r {
		aLon, aLat := a.radians()
		bLon, bLat := r[(i+1)%len(r)].radians()
		sum += (bLon - aLon) * (math.Sin(aLat) + math.Sin(bLat))
	}
	return -sum / 2 * earth * earth
}

// Centroid returns the centre of area. It may lie outside a bent shape; see LabelPoint.
func (s Shape) Centroid() Point {
	b := s.Box()
	var x, y, sum float64
	s.rings(func(r Ring) {
		for i, p := range r {
			q := r[(i+1)%len(r)]
			px, py := float64(p.Lon-b.Min.Lon), float64(p.Lat-b.Min.Lat)
			qx, qy := float64(q.Lon-b.Min.Lon), float64(q.Lat-b.Min.Lat)
			c := px*qy - qx*py
			x, y, sum = x+(px+qx)*c, y+(py+qy)*c, sum+c
		}
	})
	if sum == 0 {
		return b.Min
	}
	return Point{b.Min.Lon + int64(math.Round(x/(3*sum))), b.Min.Lat + int64(math.Round(y/(3*sum)))}
}

// LabelPoint returns a point inside s, far from its border, where a label can stand: the best of the centroid and the
// middles of the pieces that fifteen lines across the shape cut out of it. Not ok for a shape without room for a point.
func (s Shape) LabelPoint() (p Point, ok bool) {
	b := s.Box()
	best := -1.0
	try := func(c Point) {
		if s.Contains(c) {
			if d := s.clearance(c); d > best {
				p, best, ok = c, d, true
			}
		}
	}
	try(s.Centroid())
	const lines = 16
	for i := int64(1); i < lines; i++ {
		lat := b.Min.Lat + (b.Max.Lat-b.Min.Lat)*i/lines
		xs := s.cuts(lat)
		for j := 0; j+1 < len(xs); j += 2 {
			try(Point{int64(math.Round((xs[j] + xs[j+1]) / 2)), lat})
		}
	}
	return p, ok
}

// cuts returns, in order, the longitudes at which the parallel of lat crosses the border.
func (s Shape) cuts(lat int64) []float64 {
	var xs []float64
	s.rings(func(r Ring) {
		for i, a := range r {
			c := r[(i+1)%len(r)]
			if (a.Lat <= lat) != (c.Lat <= lat) {
				xs = append(xs, float64(a.Lon)+float64(lat-a.Lat)*float64(c.Lon-a.Lon)/float64(c.Lat-a.Lat))
			}
		}
	})
	sort.Float64s(xs)
	return xs
}

// clearance is the distance from p to the nearest side, in units of latitude.
func (s Shape) clearance(p Point) float64 {
	_, lat := p.radians()
	k := math.Cos(lat)
	best := math.Inf(1)
	s.rings(func(r Ring) {
		for i, a := range r {
			best = min(best, toSegment(p, a, r[(i+1)%len(r)], k))
		}
	})
	return best
}

// toSegment is the distance from p to the segment ab in units of latitude, k being the cosine of the latitude.
func toSegment(p, a, b Point, k float64) float64 {
	px, py := float64(p.Lon-a.Lon)*k, float64(p.Lat-a.Lat)
	dx, dy := float64(b.Lon-a.Lon)*k, float64(b.Lat-a.Lat)
	t := 0.0
	if d := dx*dx + dy*dy; d > 0 {
		t = max(0, min(1, (px*dx+py*dy)/d))
	}
	return math.Hypot(px-t*dx, py-t*dy)
}

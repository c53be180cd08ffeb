package geo

import "sort"

// MaxPoints is the most corners one area may have.
const MaxPoints = 2000

// fault checks s and returns the catalogue key of the first fault, or "". It checks number of corners, area, that no
// ring touches itself, that rings do not cross, that holes lie within their outer ring and that polygons do not overlap.
func (s Shape) fault() string {
	if len(s) == 0 {
		return "geo.empty"
	}
	if s.Points() > MaxPoints {
		return "geo.many_points"
	}
	key := ""
	s.rings(func(r Ring) {
		switch {
		case key != "":
		case len(r) < 3:
			key = "geo.few_points"
		case r.doubled() == 0:
			key = "geo.zero_area"
		}
	})
	switch {
	case key != "":
		return key
	case s.crosses():
		return "geo.crossing"
	case s.strayHole():
		return "geo.hole"
	case s.overlaps():
		return "geo.overlap"
	}
	return ""
}

// straight turns outer rings anticlockwise and holes clockwise, as RFC 7946 asks; readers must accept both.
func (s Shape) straight() {
	for _, p := range s {
		turn(p.Outer, true)
		for _, h := range p.Holes {
			turn(h, false)
		}
	}
}

func turn(r Ring, anticlockwise bool) {
	if (r.doubled() > 0) == anticlockwise {
		return
	}
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
}

// side is one side of a ring: n is its place in the ring of size of.
type side struct {
	a, b        Point
	ring, n, of int
}

// crosses sweeps over the sides from west to east and compares those that overlap in longitude.
func (s Shape) crosses() bool {
	var sides []side
	ring := 0
	s.rings(func(r Ring) {
		for i, a := range r {
			b := r[(i+1)%len(r)]
			sides = append(sides, side{a, b, ring, i, len(r)})
		}
		ring++
	})
	sort.Slice(sides, func(i, j int) bool {
		return min(sides[i].a.Lon, sides[i].b.Lon) < min(sides[j].a.Lon, sides[j].b.Lon)
	})
	for i, x := range sides {
		east := max(x.a.Lon, x.b.Lon)
		for _, y := range sides[i+1:] {
			if min(y.a.Lon, y.b.Lon) > east {
				break
			}
			if x.clashes(y) {
				return true
			}
		}
	}
	return false
}

// clashes reports whether two sides of one shape may not meet as they do. Neighbours in a ring share one corner and no
// more; other sides of one ring do not even touch; sides of different rings may touch in a point.
func (x side) clashes(y side) bool {
	switch m := meet(x.a, x.b, y.a, y.b); {
	case m == apart:
		return false
	case m == crossing || x.ring != y.ring:
		return m == crossing
	default:
		gap := (x.n - y.n + x.of) % x.of
		return gap != 1 && gap != x.of-1
	}
}

// meeting says how two segments meet: not at all, in one end point, or across or along each other.
type meeting int

const (
	apart meeting = iota
	touching
	crossing
)

func meet(a, b, c, d Point) meeting {
	if max(a.Lat, b.Lat) < min(c.Lat, d.Lat) || max(c.Lat, d.Lat) < min(a.Lat, b.Lat) ||
		max(a.Lon, b.Lon) < min(c.Lon, d.Lon) || max(c.Lon, d.Lon) < min(a.Lon, b.Lon) {
		return apart
	}
	c1, d1, a1, b1 := sign(cross(a, b, c)), sign(cross(a, b, d)), sign(cross(c, d, a)), sign(cross(c, d, b))
	switch {
	case c1 == 0 && d1 == 0: // on one line, frames overlapping
		lon := min(max(a.Lon, b.Lon), max(c.Lon, d.Lon)) - max(min(a.Lon, b.Lon), min(c.Lon, d.Lon))
		lat := min(max(a.Lat, b.Lat), max(c.Lat, d.Lat)) - max(min(a.Lat, b.Lat), min(c.Lat, d.Lat))
		if lon > 0 || lat > 0 {
			return crossing
		}
		return touching
	case c1*d1 < 0 && a1*b1 < 0:
		return crossing
	case c1*d1 <= 0 && a1*b1 <= 0:
		return touching
	}
	return apart
}

func sign(v int64) int {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}

// on reports whether p lies on the border of r.
func (r Ring) on(p Point) bool {
	for i, a := range r {
		if meet(a, r[(i+1)%len(r)], p, p) != apart {
			return true
		}
	}
	return false
}

// strayHole reports a hole with a corner outside its polygon's outer ring, or within another hole.
func (s Shape) strayHole() bool {
	for _, p := range s {
		holes := make(Shape, len(p.Holes))
		for i, h := range p.Holes {
			for _, c := range h {
				if !p.Outer.Contains(c) && !p.Outer.on(c) {
					return true
				}
			}
			holes[i] = Polygon{Outer: h}
		}
		if holes.overlaps() {
			return true
		}
	}
	return false
}

// overlaps reports two polygons of which one has a corner or its middle inside the other. Crossing sides are found
// before.
func (s Shape) overlaps() bool {
	for i, p := range s {
		probes := p.Outer[:len(p.Outer):len(p.Outer)]
		if len(s) > 1 {
			if m, ok := (Shape{p}).LabelPoint(); ok {
				probes = append(probes, m)
			}
		}
		for j, q := range s {
			if i == j {
				continue
			}
			for _, c := range probes {
				if (Shape{q}).Contains(c) && !q.on(c) {
					return true
				}
			}
		}
	}
	return false
}

func (p Polygon) on(c Point) bool {
	if p.Outer.on(c) {
		return true
	}
	for _, h := range p.Holes {
		if h.on(c) {
			return true
		}
	}
	return false
}

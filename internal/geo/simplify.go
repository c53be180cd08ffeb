package geo

import "math"

// Simplify returns the shapes with fewer corners, none of which moves and none of whose lines strays more than metres
// from the old one (Douglas–Peucker). Borders that shapes share stay shared: each line between two junctions is
// thinned once, whichever shape it is read from. A ring that would lose its form is kept as it is, so that its
// neighbours may show a hairline gap there. The result is for drawing; Contains wants the full shapes.
func Simplify(metres float64, shapes ...Shape) []Shape {
	next := map[Point]map[Point]bool{}
	for _, s := range shapes {
		s.rings(func(r Ring) {
			for i, a := range r {
				b := r[(i+1)%len(r)]
				for _, e := range [2][2]Point{{a, b}, {b, a}} {
					if next[e[0]] == nil {
						next[e[0]] = map[Point]bool{}
					}
					next[e[0]][e[1]] = true
				}
			}
		})
	}
	junction := func(p Point) bool { return len(next[p]) > 2 }
	out := make([]Shape, len(shapes))
	for i, s := range shapes {
		for _, p := range s {
			q := Polygon{Outer: p.Outer.thin(metres, junction)}
			for _, h := range p.Holes {
				q.Holes = append(q.Holes, h.thin(metres, junction))
			}
			if (Shape{q}).fault() != "" {
				q = p
			}
			out[i] = append(out[i], q)
		}
	}
	return out
}

// thin cuts r at its junctions and thins each line between two of them. A ring without any is cut at its most western
// corner and the one farthest from it, so that neighbours sharing the whole ring (a hole and its filling) agree.
func (r Ring) thin(metres float64, junction func(Point) bool) Ring {
	if len(r) <= 4 {
		return r
	}
	_, lat := r[0].radians()
	tol, k := metres/(earth*degree/unit), math.Cos(lat)
	cut := map[int]bool{}
	for i, p := range r {
		if junction(p) {
			cut[i] = true
		}
	}
	if len(cut) < 2 {
		west := 0
		for i, p := range r {
			if less(p, r[west]) {
				west = i
			}
		}
		if len(cut) == 1 { // one junction: everybody starts from it
			for i := range cut {
				west = i
			}
		}
		far := west
		for i, p := range r {
			d, best := toSegment(p, r[west], r[west], k), toSegment(r[far], r[west], r[west], k)
			if d > best || d == best && less(p, r[far]) {
				far = i
			}
		}
		cut[west], cut[far] = true, true
	}
	start := 0
	for !cut[start] {
		start++
	}
	var out Ring
	line := Ring{r[start]}
	for i := 1; i <= len(r); i++ {
		at := (start + i) % len(r)
		line = append(line, r[at])
		if cut[at] {
			out = append(out, thinLine(line, tol, k)...)
			line = Ring{r[at]}
		}
	}
	return out
}

// thinLine returns the corners of line to keep, without the last. It works from the smaller end, so that both
// neighbours of a border keep the same corners.
func thinLine(line Ring, tol, k float64) Ring {
	n := len(line)
	flip := less(line[n-1], line[0])
	if flip {
		line = reversed(line)
	}
	keep := make([]bool, n)
	keep[0], keep[n-1] = true, true
	var walk func(i, j int)
	walk = func(i, j int) {
		far, best := 0, tol
		for m := i + 1; m < j; m++ {
			if d := toSegment(line[m], line[i], line[j], k); d > best {
				far, best = m, d
			}
		}
		if far > 0 {
			keep[far] = true
			walk(i, far)
			walk(far, j)
		}
	}
	walk(0, n-1)
	var out Ring
	for i, p := range line {
		if keep[i] {
			out = append(out, p)
		}
	}
	if flip {
		out = reversed(out)
	}
	return out[:len(out)-1]
}

func reversed(r Ring) Ring {
	out := make(Ring, len(r))
	for i, p := range r {
		out[len(r)-1-i] = p
	}
	return out
}

func less(a, b Point) bool { return a.Lon < b.Lon || a.Lon == b.Lon && a.Lat < b.Lat }

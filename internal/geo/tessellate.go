package geo

import (
	"math"
	"sort"

	"yanming/internal/errs"
)

// Village is a made-up village: its border and the grids that fill it.
type Village struct {
	Shape Shape
	Grids []Shape
}

// Town is a made-up town. Its villages fill it, and their grids fill them, without gap or overlap: neighbours share
// their corners, so that the areas add up exactly. Shape is the outline it was made from with the corners at which
// borders meet it; those lie within half a metre of the old line.
type Town struct {
	Shape    Shape
	Villages []Village
}

// Outline returns a made-up town outline: an irregular ring of 24 corners around centre, about a third wider than
// high, on average radius metres away. The same arguments give the same ring.
func Outline(centre Point, radius int64, seed uint64) Ring {
	const corners = 24
	rnd := dice(seed)
	_, lat := centre.radians()
	r := make(Ring, corners)
	for i := range r {
		angle := (float64(i) + 0.5*rnd.float()) / corners * 2 * math.Pi
		d := float64(radius) / (earth * degree / unit) * (0.84 + 0.3*rnd.float())
		r[i] = Point{
			centre.Lon + int64(math.Round(1.15*d*math.Cos(angle)/math.Cos(lat))),
			centre.Lat + int64(math.Round(0.87*d*math.Sin(angle))),
		}
	}
	return r
}

// Parts returns n numbers between low and high that add up to total, in an order that depends on seed: the grids of
// each village. It returns nil when there are no such numbers.
func Parts(total, n, low, high int, seed uint64) []int {
	if n <= 0 || total < n*low || total > n*high {
		return nil
	}
	rnd := dice(seed)
	parts := make([]int, n)
	for i := range parts {
		parts[i] = low
	}
	for left := total - n*low; left > 0; {
		if i := rnd.below(n); parts[i] < high {
			parts[i]++
			left--
		}
	}
	return parts
}

// Tessellate divides the area within outline into len(parts) villages, the i-th of parts[i] grids, more grids standing
// for more land. It is for demos and tests: real borders come from the town. The same arguments give the same town.
// Errors: Invalid when the outline is broken or too jagged to be divided.
func Tessellate(outline Ring, parts []int, seed uint64) (Town, error) {
	outline = append(Ring(nil), outline...)
	if key := (Shape{{Outer: outline}}).fault(); key != "" {
		return Town{}, errs.New(errs.Invalid, key, 1, MaxPoints)
	}
	turn(outline, true)
	total := 0
	for _, n := range parts {
		if n < 1 {
			return Town{}, errs.New(errs.Invalid, "geo.jagged", n)
		}
		total += n
	}
	if total == 0 {
		return Town{}, errs.New(errs.Invalid, "geo.jagged", 0)
	}
	rnd := dice(seed)
	const attempts = 60
	for range attempts {
		if t, ok := divide(outline, parts, &rnd); ok {
			return t, nil
		}
	}
	return Town{}, errs.New(errs.Invalid, "geo.jagged", total)
}

// divide makes one attempt. It fails, rather than mend, when a village would fall apart or the cells would not fit.
func divide(outline Ring, parts []int, rnd *dice) (Town, bool) {
	pl := newPlane(outline)
	border := pl.line(outline)
	regions := cells(border, spread(border, len(parts), 14, rnd))

	// The village with most grids gets the largest region.
	bySize, byCount := order(len(parts)), order(len(parts))
	sort.SliceStable(bySize, func(i, j int) bool { return area(regions[bySize[i]]) > area(regions[bySize[j]]) })
	sort.SliceStable(byCount, func(i, j int) bool { return parts[byCount[i]] > parts[byCount[j]] })
	region := make([]poly, len(parts))
	for i, v := range byCount {
		region[v] = regions[bySize[i]]
	}

	var seeds []xy
	for v, n := range parts {
		if len(region[v]) < 3 {
			return Town{}, false
		}
		seeds = append(seeds, spread(region[v], n, 8, rnd)...)
	}
	rings, ok := snap(pl, outline, cells(border, seeds))
	if !ok {
		return Town{}, false
	}
	whole, ok := union(rings)
	if !ok {
		return Town{}, false
	}
	town := Town{Shape: Shape{{Outer: whole}}}
	for _, n := range parts {
		around, ok := union(rings[:n])
		if !ok {
			return Town{}, false
		}
		v := Village{Shape: Shape{{Outer: around}}}
		for _, r := range rings[:n] {
			v.Grids = append(v.Grids, Shape{{Outer: r}})
		}
		town.Villages = append(town.Villages, v)
		rings = rings[n:]
	}
	return town, true
}

func order(n int) []int {
	o := make([]int, n)
	for i := range o {
		o[i] = i
	}
	return o
}

// snapTo is how near, in units, a corner must be to another or to a side to become part of it: half a metre.
const snapTo = 45

// snap turns cells into rings of whole units that fit together: corners that mean the same place become one, and a
// corner on a neighbour's side becomes a corner of the neighbour too.
func snap(pl plane, outline Ring, ps []poly) ([]Ring, bool) {
	corners := append([]Point(nil), outline...)
	same := func(p Point) Point {
		for _, c := range corners {
			if max(c.Lon-p.Lon, p.Lon-c.Lon) <= snapTo && max(c.Lat-p.Lat, p.Lat-c.Lat) <= snapTo {
				return c
			}
		}
		corners = append(corners, p)
		return p
	}
	rings := make([]Ring, len(ps))
	for i, q := range ps {
		for _, c := range q {
			rings[i] = append(rings[i], same(pl.point(c)))
		}
	}
	for i, r := range rings {
		var full Ring
		for j, a := range r {
			b := r[(j+1)%len(r)]
			full = append(full, a)
			full = append(full, between(corners, a, b, pl.k)...)
		}
		if rings[i] = despike(full); (Shape{{Outer: rings[i]}}).fault() != "" || rings[i].doubled() <= 0 {
			return nil, false
		}
	}
	return rings, true
}

// between returns the corners that lie on the side ab, in its order.
func between(corners []Point, a, b Point, k float64) []Point {
	var on []Point
	along := func(p Point) float64 {
		return float64(p.Lon-a.Lon)*float64(b.Lon-a.Lon)*k*k + float64(p.Lat-a.Lat)*float64(b.Lat-a.Lat)
	}
	for _, c := range corners {
		if c != a && c != b && toSegment(c, a, b, k) <= snapTo {
			on = append(on, c)
		}
	}
	sort.Slice(on, func(i, j int) bool { return along(on[i]) < along(on[j]) })
	return on
}

// despike removes repeated corners and lines that go out and back.
func despike(r Ring) Ring {
	var s Ring
	for _, p := range r {
		switch n := len(s); {
		case n > 0 && s[n-1] == p:
		case n > 1 && s[n-2] == p:
			s = s[:n-1]
		default:
			s = append(s, p)
		}
	}
	for len(s) > 2 {
		n := len(s)
		switch {
		case s[0] == s[n-1] || s[1] == s[n-1]:
			if s[1] == s[n-1] {
				s = s[1:]
				continue
			}
			s = s[:n-1]
		case s[0] == s[n-2]:
			s = s[:n-2]
		default:
			return s
		}
	}
	return s
}

// union returns the ring around anticlockwise rings that share their corners. It is not ok when two of them have a
// side in common in the same direction (they overlap), or when what remains is not one ring. Together with each ring
// being simple this proves that they neither overlap nor leave a gap.
func union(rings []Ring) (Ring, bool) {
	type edge struct{ a, b Point }
	all := map[edge]bool{}
	for _, r := range rings {
		for i, a := range r {
			e := edge{a, r[(i+1)%len(r)]}
			if all[e] {
				return nil, false
			}
			all[e] = true
		}
	}
	next := map[Point]Point{}
	var start Point
	for e := range all {
		if all[edge{e.b, e.a}] {
			continue
		}
		if _, fork := next[e.a]; fork {
			return nil, false
		}
		next[e.a] = e.b
		if start == (Point{}) || less(e.a, start) {
			start = e.a
		}
	}
	if len(next) < 3 {
		return nil, false
	}
	out := Ring{start}
	for p := next[start]; p != start; p = next[p] {
		if out = append(out, p); len(out) > len(next) {
			return nil, false
		}
	}
	return out, len(out) == len(next) && (Shape{{Outer: out}}).fault() == "" && out.doubled() > 0
}

// dice is SplitMix64: small, and the same for ever, which the standard generators do not promise.
type dice uint64

func (d *dice) next() uint64 {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// float is in [0, 1).
func (d *dice) float() float64 { return float64(d.next()>>11) / (1 << 53) }

func (d *dice) below(n int) int { return int(d.next() % uint64(n)) }

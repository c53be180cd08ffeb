package geo

import "math"

// xy is a place in a flat drawing whose unit is 1e-7 degree of latitude; poly a polygon in it.
type (
	xy   struct{ x, y float64 }
	poly []xy
)

// plane flattens the surroundings of a town; over 20 km the error is a few metres, and points come back where they
// were.
type plane struct {
	origin Point
	k      float64 // cosine of the latitude
}

func newPlane(r Ring) plane {
	b := (Shape{{Outer: r}}).Box()
	return plane{b.Min, math.Cos(float64(b.Min.Lat+b.Max.Lat) / 2 / unit * degree)}
}

func (pl plane) line(r Ring) poly {
	out := make(poly, len(r))
	for i, p := range r {
		out[i] = xy{float64(p.Lon-pl.origin.Lon) * pl.k, float64(p.Lat - pl.origin.Lat)}
	}
	return out
}

func (pl plane) point(c xy) Point {
	return Point{pl.origin.Lon + int64(math.Round(c.x/pl.k)), pl.origin.Lat + int64(math.Round(c.y))}
}

// cells returns, for each seed, the part of border that is nearer to it than to any other seed. In a bent border a
// cell may fall into pieces joined by lines without width; the caller checks.
func cells(border poly, seeds []xy) []poly {
	out := make([]poly, len(seeds))
	for i, s := range seeds {
		c := border
		for j, o := range seeds {
			if i != j {
				c = nearer(c, s, o)
			}
		}
		out[i] = c
	}
	return out
}

// nearer keeps the part of p that is nearer to s than to o (Sutherland–Hodgman against their bisector).
func nearer(p poly, s, o xy) poly {
	nx, ny := o.x-s.x, o.y-s.y
	mid := nx*(s.x+o.x)/2 + ny*(s.y+o.y)/2
	var out poly
	for i, a := range p {
		b := p[(i+1)%len(p)]
		da, db := nx*a.x+ny*a.y-mid, nx*b.x+ny*b.y-mid
		if da <= 0 {
			out = append(out, a)
		}
		if (da < 0) != (db < 0) && da != 0 && db != 0 {
			t := da / (da - db)
			out = append(out, xy{a.x + t*(b.x-a.x), a.y + t*(b.y-a.y)})
		}
	}
	return out
}

// spread returns n places within p, random at first and then moved to the middle of their cells rounds times (Lloyd),
// which makes the cells of like size.
func spread(p poly, n, rounds int, rnd *dice) []xy {
	lo, hi := p[0], p[0]
	for _, c := range p {
		lo, hi = xy{min(lo.x, c.x), min(lo.y, c.y)}, xy{max(hi.x, c.x), max(hi.y, c.y)}
	}
	var seeds []xy
	for len(seeds) < n {
		if c := (xy{lo.x + rnd.float()*(hi.x-lo.x), lo.y + rnd.float()*(hi.y-lo.y)}); inside(p, c) {
			seeds = append(seeds, c)
		}
	}
	for range rounds {
		for i, c := range cells(p, seeds) {
			if m := middle(c); inside(c, m) {
				seeds[i] = m
			}
		}
	}
	return seeds
}

func inside(p poly, c xy) bool {
	in := false
	for i, a := range p {
		b := p[(i+1)%len(p)]
		if (a.y > c.y) != (b.y > c.y) && c.x < a.x+(c.y-a.y)*(b.x-a.x)/(b.y-a.y) {
			in = !in
		}
	}
	return in
}

func area(p poly) (sum float64) {
	for i, a := range p {
		b := p[(i+1)%len(p)]
		sum += a.x*b.y - b.x*a.y
	}
	return sum / 2
}

func middle(p poly) xy {
	var x, y float64
	for i, a := range p {
		b := p[(i+1)%len(p)]
		c := a.x*b.y - b.x*a.y
		x, y = x+(a.x+b.x)*c, y+(a.y+b.y)*c
	}
	s := 6 * area(p)
	return xy{x / s, y / s}
}

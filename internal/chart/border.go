package chart

import (
	"math"
	"sort"
)

// corner is a corner in tenths of a unit; loop a ring of them, or a line.
type (
	corner [2]int
	loop   []corner
)

// loops rounds rings to tenths, joins corners that become the same and drops what is no longer a ring.
func loops(rings [][][2]float64) []loop {
	var out []loop
	for _, r := range rings {
		var l loop
		for _, c := range r {
			k := corner{int(math.Round(c[0] * 10)), int(math.Round(c[1] * 10))}
			if len(l) == 0 || l[len(l)-1] != k {
				l = append(l, k)
			}
		}
		for len(l) > 1 && l[0] == l[len(l)-1] {
			l = l[:len(l)-1]
		}
		if len(l) > 2 {
			out = append(out, l)
		}
	}
	return out
}

// closed repeats the first corner at the end, as lines wants rings.
func closed(ls []loop) []loop {
	for i, l := range ls {
		ls[i] = append(l[:len(l):len(l)], l[0])
	}
	return ls
}

// borders returns the lines between areas of different villages, and those that only one area has: the outline.
func borders(areas [][]loop, village []string) (between, around []loop) {
	type edge struct{ a, b corner }
	type owner struct{ first, n int }
	owners := map[edge]owner{}
	var order []edge
	other := map[edge]bool{} // edges whose two areas are of different villages
	for i, ls := range areas {
		for _, l := range ls {
			for j, a := range l {
				b := l[(j+1)%len(l)]
				if b[0] < a[0] || b[0] == a[0] && b[1] < a[1] {
					a, b = b, a
				}
				e := edge{a, b}
				o, seen := owners[e]
				if !seen {
					o.first = i
					order = append(order, e)
				} else if village[o.first] != village[i] {
					other[e] = true
				}
				o.n++
				owners[e] = o
			}
		}
	}
	var in, out [][2]corner
	for _, e := range order {
		switch {
		case owners[e].n == 1:
			out = append(out, [2]corner{e.a, e.b})
		case other[e]:
			in = append(in, [2]corner{e.a, e.b})
		}
	}
	return chain(in), chain(out)
}

// chain joins edges to as few lines as a simple walk finds: first from ends and junctions, then around rings.
func chain(edges [][2]corner) []loop {
	at := map[corner][]int{}
	for i, e := range edges {
		at[e[0]] = append(at[e[0]], i)
		at[e[1]] = append(at[e[1]], i)
	}
	used := make([]bool, len(edges))
	var out []loop
	walk := func(c corner) {
		l := loop{c}
		for {
			moved := false
			for _, i := range at[c] {
				if used[i] {
					continue
				}
				used[i], moved = true, true
				if c == edges[i][0] {
					c = edges[i][1]
				} else {
					c = edges[i][0]
				}
				l = append(l, c)
				break
			}
			if !moved {
				break
			}
		}
		if len(l) > 1 {
			out = append(out, l)
		}
	}
	for _, odd := range []bool{true, false} {
		for _, e := range edges {
			for _, c := range e {
				if !odd || len(at[c])%2 == 1 {
					walk(c)
				}
			}
		}
	}
	return out
}

// middle returns a place for a label inside the loops, by the even-odd rule: the centre of the largest loop where it
// lies inside and free, else the middle of the widest piece that seven lines across it meet.
func middle(ls []loop) (x, y float64) {
	big, most := ls[0], 0.0
	var cx, cy float64
	for _, l := range ls {
		var sx, sy, sum float64
		for i, a := range l {
			b := l[(i+1)%len(l)]
			c := float64(a[0]*b[1] - b[0]*a[1])
			sx, sy, sum = sx+float64(a[0]+b[0])*c, sy+float64(a[1]+b[1])*c, sum+c
		}
		if math.Abs(sum) > most {
			big, most, cx, cy = l, math.Abs(sum), sx/(3*sum), sy/(3*sum)
		}
	}
	if most == 0 {
		return float64(big[0][0]) / 10, float64(big[0][1]) / 10
	}
	const free = 60 // six units each side: room for the digit
	xs := cuts(ls, cy)
	for i := 0; i+1 < len(xs); i += 2 {
		if xs[i]+free < cx && cx < xs[i+1]-free {
			return cx / 10, cy / 10
		}
	}
	top, bottom := big[0][1], big[0][1]
	for _, c := range big {
		top, bottom = min(top, c[1]), max(bottom, c[1])
	}
	best := -1.0
	for i := 1; i < 8; i++ {
		at := float64(top) + float64(bottom-top)*float64(i)/8 + .01 // never through a corner
		xs := cuts(ls, at)
		for j := 0; j+1 < len(xs); j += 2 {
			if d := xs[j+1] - xs[j]; d > best {
				best, x, y = d, (xs[j]+xs[j+1])/2, at
			}
		}
	}
	return x / 10, y / 10
}

// cuts returns where the line at height y crosses the loops, from left to right.
func cuts(ls []loop, y float64) []float64 {
	var xs []float64
	for _, l := range ls {
		for i, a := range l {
			b := l[(i+1)%len(l)]
			if (float64(a[1]) <= y) != (float64(b[1]) <= y) {
				xs = append(xs, float64(a[0])+(y-float64(a[1]))*float64(b[0]-a[0])/float64(b[1]-a[1]))
			}
		}
	}
	sort.Float64s(xs)
	return xs
}

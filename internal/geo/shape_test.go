package geo

import (
	"testing"
)

// horseshoe is open to the north; its centroid lies in the opening.
var horseshoe = Shape{{Outer: Ring{
	{1139000000, 345000000}, {1139100000, 345000000}, {1139100000, 345100000}, {1139090000, 345100000},
	{1139090000, 345010000}, {1139010000, 345010000}, {1139010000, 345100000}, {1139000000, 345100000},
}}}

func TestLabelsStandInsideTheirShape(t *testing.T) {
	if horseshoe.Contains(horseshoe.Centroid()) {
		t.Fatal("the horseshoe's centroid should lie outside, or it tests nothing")
	}
	made := town(t, 6)
	shapes := []Shape{horseshoe, made.Shape}
	for _, v := range made.Villages {
		shapes = append(append(shapes, v.Shape), v.Grids...)
	}
	for i, s := range shapes {
		p, ok := s.LabelPoint()
		if !ok || !s.Contains(p) {
			t.Errorf("shape %d: label at %s, ok %v", i, p, ok)
		}
	}
	if _, ok := (Shape{}).LabelPoint(); ok {
		t.Error("nothing has a label point")
	}
}

func TestHolesAreOutside(t *testing.T) {
	s, err := ParseShape([]byte(polygon(square, hole)))
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		p    Point
		want bool
	}{
		"in the body": {Point{1139150000, 345150000}, true},
		"in the hole": {Point{1139070000, 345070000}, false},
		"far away":    {Point{1149150000, 345150000}, false},
	} {
		if got := s.Contains(tt.p); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if b := s.Box(); b != (Box{Point{1139000000, 345000000}, Point{1139200000, 345200000}}) {
		t.Errorf("box %v", b)
	}
	if b := (Box{}).Join(s.Box()).Join(horseshoe.Box()); b != s.Box() {
		t.Errorf("joined box %v", b)
	}
}

func TestAreaOfOneDegreeCell(t *testing.T) {
	s := Shape{{Outer: Ring{{1130000000, 340000000}, {1140000000, 340000000}, {1140000000, 350000000}, {1130000000, 350000000}}}}
	// R²·Δλ·(sin 35° − sin 34°)
	if got := s.Area() / 1e6; got != 10189 {
		t.Errorf("got %d km², want 10189", got)
	}
}

func TestSimplifiedBordersStayShared(t *testing.T) {
	// Two squares share a wavy border; a third ring fills the hole of the first.
	var wave Ring
	for i := range int64(50) {
		wave = append(wave, Point{1139000000 + (i*7919)%900, 345000000 + i*2000})
	}
	west := Ring{{1138900000, 345098000}, {1138900000, 345000000}}
	east := Ring{{1139100000, 345000000}, {1139100000, 345098000}}
	a := Shape{{Outer: append(append(Ring{}, west...), wave...)}}
	b := Shape{{Outer: append(append(Ring{}, east...), reversed(wave)...)}}
	if a.fault()+b.fault() != "" {
		t.Fatal(a.fault(), b.fault())
	}
	thin := Simplify(20, a, b)
	if n, m := thin[0].Points(), thin[1].Points(); n != 4 || m != 4 {
		t.Errorf("%d and %d corners, want 4 and 4", n, m)
	}
	if _, ok := union([]Ring{thin[0][0].Outer, thin[1][0].Outer}); !ok {
		t.Error("the border is no longer shared")
	}
	fine := Simplify(0.5, a, b)
	if n := fine[0].Points(); n <= 4 {
		t.Errorf("half a metre left %d corners", n)
	}
	if _, ok := union([]Ring{fine[0][0].Outer, fine[1][0].Outer}); !ok {
		t.Error("the finer border is no longer shared")
	}
}

func TestSimplifyingATownLeavesNoGap(t *testing.T) {
	made := town(t, 7)
	var shapes []Shape
	for _, v := range made.Villages {
		shapes = append(shapes, v.Grids...)
	}
	var rings []Ring
	before, after := 0, 0
	for i, s := range Simplify(5, shapes...) {
		rings = append(rings, s[0].Outer)
		before, after = before+shapes[i].Points(), after+s.Points()
	}
	if after > before {
		t.Errorf("%d corners became %d", before, after)
	}
	if _, ok := union(rings); !ok {
		t.Error("the grids no longer fit together")
	}
}

func TestFramePutsShapesIntoTheDrawing(t *testing.T) {
	made := town(t, 8)
	f := Fit(made.Shape.Box(), 500, 360, 6)
	for _, ring := range f.Rings(made.Shape) {
		for _, c := range ring {
			if c[0] < 5.99 || c[0] > 494.01 || c[1] < 5.99 || c[1] > 354.01 {
				t.Fatalf("corner at %v", c)
			}
		}
	}
	b := made.Shape.Box()
	if nw := f.XY(Point{b.Min.Lon, b.Max.Lat}); nw[1] > 180 || nw[0] > 250 {
		t.Errorf("the north-west stands at %v", nw)
	}
	if at := Fit(Box{yannan, yannan}, 100, 50, 4).XY(yannan); at != [2]float64{50, 25} {
		t.Errorf("a single place stands at %v", at)
	}
}

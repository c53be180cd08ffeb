package geo

import (
	"reflect"
	"testing"

	"yanming/internal/errs"

	"pgregory.net/rapid"
)

var yannan = Point{1139000000, 345000000}

// town makes the demo's town.
func town(t testing.TB, seed uint64) Town {
	t.Helper()
	made, err := Tessellate(Outline(yannan, 6000, seed), Parts(88, 19, 3, 6, seed), seed)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestDemoTownHasNineteenVillagesAndEightyEightGrids(t *testing.T) {
	made := town(t, 1)
	grids := 0
	for i, v := range made.Villages {
		if n := len(v.Grids); n < 3 || n > 6 {
			t.Errorf("village %d has %d grids, want 3 to 6", i, n)
		}
		grids += len(v.Grids)
	}
	if len(made.Villages) != 19 || grids != 88 {
		t.Errorf("%d villages and %d grids, want 19 and 88", len(made.Villages), grids)
	}
	if km2 := made.Shape.Area() / 1e6; km2 < 70 || km2 > 150 {
		t.Errorf("the town has %d km², want about 110", km2)
	}
	if again := town(t, 1); !reflect.DeepEqual(made, again) {
		t.Error("the same seed made another town")
	}
	if other := town(t, 2); reflect.DeepEqual(made, other) {
		t.Error("another seed made the same town")
	}
}

func TestGridsFillVillagesAndVillagesFillTheTownExactly(t *testing.T) {
	for seed := range uint64(12) {
		made := town(t, seed)
		var villages int64
		for i, v := range made.Villages {
			var grids int64
			for _, g := range v.Grids {
				if key := g.fault(); key != "" {
					t.Errorf("seed %d: a grid of village %d: %s", seed, i, key)
				}
				grids += g[0].Outer.doubled()
			}
			if own := v.Shape[0].Outer.doubled(); own != grids {
				t.Errorf("seed %d: village %d has area %d, its grids %d", seed, i, own, grids)
			}
			villages += v.Shape[0].Outer.doubled()
		}
		if own := made.Shape[0].Outer.doubled(); own != villages {
			t.Errorf("seed %d: the town has area %d, its villages %d", seed, own, villages)
		}
	}
}

func TestEveryPlaceOfTheTownLiesInOneGridOfItsVillage(t *testing.T) {
	made := town(t, 3)
	b := made.Shape.Box()
	corners := made.Villages[4].Grids[1][0].Outer
	rapid.Check(t, func(t *rapid.T) {
		p := Point{rapid.Int64Range(b.Min.Lon, b.Max.Lon).Draw(t, "lon"), rapid.Int64Range(b.Min.Lat, b.Max.Lat).Draw(t, "lat")}
		if rapid.Bool().Draw(t, "on a corner") {
			p = rapid.SampledFrom(corners).Draw(t, "corner")
		}
		want := 0
		if made.Shape.Contains(p) {
			want = 1
		}
		villages, grids := 0, 0
		for _, v := range made.Villages {
			here := 0
			for _, g := range v.Grids {
				if g.Contains(p) {
					here++
				}
			}
			if v.Shape.Contains(p) {
				villages++
				if here != 1 {
					t.Fatalf("%s lies in a village and in %d of its grids", p, here)
				}
			}
			grids += here
		}
		if villages != want || grids != want {
			t.Fatalf("%s lies in %d villages and %d grids, want %d", p, villages, grids, want)
		}
	})
}

func TestSmallTownsAndSquaresCanBeDivided(t *testing.T) {
	square := Ring{{1139000000, 345000000}, {1139100000, 345000000}, {1139100000, 345100000}, {1139000000, 345100000}}
	for _, parts := range [][]int{{1}, {2}, {1, 1}, {3, 4, 3}, {8}} {
		made, err := Tessellate(square, parts, 5)
		if err != nil {
			t.Errorf("%v: %v", parts, err)
			continue
		}
		for i, v := range made.Villages {
			if len(v.Grids) != parts[i] {
				t.Errorf("%v: village %d has %d grids", parts, i, len(v.Grids))
			}
		}
	}
}

func TestOutlinesThatCannotBeDividedAreRefused(t *testing.T) {
	bow := Ring{{1139000000, 345000000}, {1139100000, 345100000}, {1139100000, 345000000}, {1139000000, 345100000}}
	for name, tt := range map[string]struct {
		outline Ring
		parts   []int
	}{
		"crossing itself": {bow, []int{2}},
		"two corners":     {bow[:2], []int{2}},
		"no villages":     {Outline(yannan, 6000, 1), nil},
		"empty village":   {Outline(yannan, 6000, 1), []int{3, 0}},
		"too small":       {Ring{{1139000000, 345000000}, {1139000090, 345000000}, {1139000000, 345000090}}, []int{40}},
	} {
		if _, err := Tessellate(tt.outline, tt.parts, 1); !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: got %v, want Invalid", name, err)
		}
	}
}

func TestPartsAddUpWithinTheirBounds(t *testing.T) {
	for _, tt := range []struct{ total, n, low, high int }{{88, 19, 3, 6}, {3, 3, 1, 1}, {10, 2, 1, 9}} {
		sum := 0
		for _, p := range Parts(tt.total, tt.n, tt.low, tt.high, 9) {
			if p < tt.low || p > tt.high {
				t.Errorf("%v: a part of %d", tt, p)
			}
			sum += p
		}
		if sum != tt.total {
			t.Errorf("%v: parts add up to %d", tt, sum)
		}
	}
	if p := Parts(7, 2, 1, 3, 1); p != nil {
		t.Errorf("7 in 2 parts of at most 3: %v, want none", p)
	}
}

package chart

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
)

// town is 8 × 11 grids with crooked corners that neighbours share; a village is a column of about 4 or 5.
func town() Map {
	at := func(i, j int) [2]float64 {
		wiggle := func(k int) float64 { return float64((i*7+j*13+k*5)%11) - 5 }
		return [2]float64{8 + float64(i)*60 + wiggle(1), 8 + float64(j)*31 + wiggle(2)}
	}
	m := Map{Title: "88 个网格正在协调落实的意见", Names: "网格", Count: "件", Note: "示意图"}
	for i := range 8 {
		for j := range 11 {
			no := len(m.Areas) + 1
			var v int64
			if no%3 == 0 {
				v = int64(no % 7)
			}
			if no == 88 {
				v = 12
			}
			m.Areas = append(m.Areas, Area{
				Label: "第" + strconv.Itoa(no) + "网格", Village: fmt.Sprint(i, j/6),
				Rings: [][][2]float64{{at(i, j), at(i+1, j), at(i+1, j+1), at(i, j+1)}},
				Mark: Mark{Value: v, Href: "/office/cases?grid=419900101" + strconv.Itoa(100+no),
					Title: fmt.Sprintf("第%d网格，正在协调落实 %d 件", no, v)},
			})
		}
	}
	return m
}

func TestAMapOfEightyEightGridsIsSmall(t *testing.T) {
	svg, err := town().SVG()
	if err != nil {
		t.Fatal(err)
	}
	if len(svg) > 25_000 {
		t.Errorf("%d bytes, want at most 25,000", len(svg))
	}
}

func TestGridsAreShadedAndLabelledByTheirNumber(t *testing.T) {
	m := town()
	svg, err := m.SVG()
	if err != nil {
		t.Fatal(err)
	}
	var sum int64
	for i, a := range parse(t, svg).all("a") {
		v := m.Areas[i].Value
		if want := "k" + strconv.FormatInt(min(v, 4), 10); !strings.HasSuffix(a.all("path")[0].attrs["class"], want) {
			t.Errorf("%d cases are shaded %s", v, a.all("path")[0].attrs["class"])
		}
		words := a.all("text")
		if (v > 0) != (len(words) == 1) {
			t.Errorf("%d cases have %d labels", v, len(words))
			continue
		}
		if v > 0 {
			n, err := strconv.ParseInt(words[0].text, 10, 64)
			if err != nil {
				t.Error(err)
			}
			sum += n
			x, y := words[0].num("x"), words[0].num("y")-3.7
			if !within(m.Areas[i].Rings[0], x, y) {
				t.Errorf("the label of %s stands outside, at %g, %g", m.Areas[i].Label, x, y)
			}
		}
	}
	if sum != m.Total() {
		t.Errorf("labels add up to %d, want %d", sum, m.Total())
	}
}

func within(r [][2]float64, x, y float64) bool {
	in := false
	for i, a := range r {
		b := r[(i+1)%len(r)]
		if (a[1] > y) != (b[1] > y) && x < a[0]+(y-a[1])*(b[0]-a[0])/(b[1]-a[1]) {
			in = !in
		}
	}
	return in
}

func TestBordersAreFoundFromSharedCorners(t *testing.T) {
	// Four squares; the left two are one village.
	square := func(x, y float64) [][][2]float64 {
		return [][][2]float64{{{x, y}, {x + 10, y}, {x + 10, y + 10}, {x, y + 10}}}
	}
	areas := [][]loop{loops(square(0, 0)), loops(square(0, 10)), loops(square(10, 0)), loops(square(10, 10))}
	between, around := borders(areas, []string{"a", "a", "b", "c"})
	if got := length(between); got != 30 {
		t.Errorf("borders between villages are %g long, want 30", got)
	}
	if got := length(around); got != 80 {
		t.Errorf("the outline is %g long, want 80", got)
	}
	if len(around) != 1 || around[0][0] != around[0][len(around[0])-1] {
		t.Errorf("the outline is not one ring: %v", around)
	}
	if got := lines(around); !strings.HasSuffix(got, "z") || strings.Count(got, "M") != 1 {
		t.Errorf("the outline is written %s", got)
	}
}

func length(ls []loop) (sum float64) {
	for _, l := range ls {
		for i := 1; i < len(l); i++ {
			sum += math.Hypot(float64(l[i][0]-l[i-1][0]), float64(l[i][1]-l[i-1][1])) / 10
		}
	}
	return sum
}

func TestGivenBordersAreDrawnInstead(t *testing.T) {
	m := town()
	m.Town = [][][2]float64{{{1, 1}, {499, 1}, {499, 359}, {1, 359}}}
	m.Villages = [][][2]float64{{{1, 1}, {250, 1}, {250, 359}, {1, 359}}}
	svg, err := m.SVG()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"M1 1l498 0 0 358-498 0z", "M1 1l249 0 0 358-249 0z"} {
		if !strings.Contains(string(svg), want) {
			t.Errorf("%s is not drawn", want)
		}
	}
}

func TestPathsReadBackAsTheirCorners(t *testing.T) {
	l := loop{{5, -5}, {-120, 33}, {-120, 40}, {999, 41}}
	if got, want := paths([]loop{l}), "M.5 -.5l-12.5 3.8 0 .7 111.9 .1z"; strings.ReplaceAll(got, "M.5-.5", "M.5 -.5") != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestLegendNamesTheShades(t *testing.T) {
	for _, tt := range []struct {
		m    Map
		want [4]string
	}{
		{Map{}, [4]string{"1", "2", "3", "4+"}},
		{Map{Steps: [4]int64{1, 5, 10, 11}}, [4]string{"1–4", "5–9", "10", "11+"}},
		{Map{Legend: [4]string{3: "4 件以上"}}, [4]string{"1", "2", "3", "4 件以上"}},
	} {
		if got := tt.m.names(); got != tt.want {
			t.Errorf("got %v, want %v", got, tt.want)
		}
	}
}

func TestLabelsOfBentGridsStandInside(t *testing.T) {
	horseshoe := [][2]float64{{0, 0}, {100, 0}, {100, 100}, {80, 100}, {80, 20}, {20, 20}, {20, 100}, {0, 100}}
	x, y := middle(loops([][][2]float64{horseshoe}))
	if !within(horseshoe, x, y) {
		t.Errorf("the label stands at %g, %g", x, y)
	}
}

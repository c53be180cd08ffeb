package chart

import (
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"
)

// node is a parsed element of a drawing.
type node struct {
	name  string
	attrs map[string]string
	text  string
	kids  []*node
}

// parse reads a drawing as XML, strictly.
func parse(t *testing.T, svg template.HTML) *node {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(svg)))
	root := &node{}
	stack := []*node{root}
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, svg)
		}
		top := stack[len(stack)-1]
		switch tok := tok.(type) {
		case xml.StartElement:
			n := &node{name: tok.Name.Local, attrs: map[string]string{}}
			for _, a := range tok.Attr {
				n.attrs[a.Name.Local] = a.Value
			}
			top.kids = append(top.kids, n)
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.text += string(tok)
		}
	}
	if len(root.kids) != 1 || root.kids[0].name != "svg" {
		t.Fatalf("not one svg: %s", svg)
	}
	return root.kids[0]
}

// all returns every element called name.
func (n *node) all(name string) (out []*node) {
	if n.name == name {
		out = append(out, n)
	}
	for _, k := range n.kids {
		out = append(out, k.all(name)...)
	}
	return out
}

func (n *node) num(attr string) float64 {
	v, err := strconv.ParseFloat(n.attrs[attr], 64)
	if err != nil {
		return math.NaN()
	}
	return v
}

// drawing is what every kind of drawing offers.
type drawing interface {
	SVG() (template.HTML, error)
	Table() Table
}

func weeks() Bars {
	b := Bars{Title: "每周收到与解决", Axis: "第几周", Series: []Series{{"收到", LakeM}, {"已解决", Lake}}}
	for i, v := range [][2]int64{{2, 0}, {9, 4}, {0, 0}, {107, 12}} {
		w := strconv.Itoa(40 + i)
		b.Groups = append(b.Groups, Group{w, []Mark{{Value: v[0], Href: "/f/case.received?period=" + w}, {Value: v[1], Href: "/f/case.resolved?period=" + w}}})
	}
	return b
}

func channels() Strips {
	return Strips{Title: "按渠道", Names: "渠道", Count: "件", Class: LakeM, Rows: []Row{
		{"扫码", Mark{Value: 31, Href: "/f/case.received?channel=scan"}},
		{"来信", Mark{Value: 0, Href: "/f/case.received?channel=letter"}},
		{"其他渠道，名字特别特别特别特别特别特别特别特别特别长", Mark{Value: 7, Href: "/f/case.received?channel=other"}},
	}}
}

// all kinds, with the number of marks and their sum.
func kinds() map[string]struct {
	d     drawing
	marks int
	sum   int64
} {
	return map[string]struct {
		d     drawing
		marks int
		sum   int64
	}{
		"bars":       {weeks(), 8, 134},
		"strips":     {channels(), 3, 38},
		"map":        {town(), 88, 99},
		"zeros":      {Bars{Title: "零", Series: weeks().Series, Groups: []Group{{"47", []Mark{{Href: "#a"}, {Href: "#b"}}}}}, 2, 0},
		"one value":  {Bars{Title: "一", Series: weeks().Series[:1], Groups: []Group{{"47", []Mark{{Value: 1, Href: "?x=1"}}}}}, 1, 1},
		"zero strip": {Strips{Title: "零", Class: Lake, Rows: []Row{{"来信", Mark{Href: "/x"}}}}, 1, 0},
		"narrow":     {Bars{Title: "窄", Axis: "周", Series: weeks().Series, Groups: weeks().Groups, W: 120, H: 120}, 8, 134},
	}
}

func TestEveryMarkIsOneLinkWithItsWords(t *testing.T) {
	for name, tt := range kinds() {
		svg, err := tt.d.SVG()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		root := parse(t, svg)
		links := root.all("a")
		if len(links) != tt.marks {
			t.Errorf("%s: %d links, want %d", name, len(links), tt.marks)
		}
		seen := map[string]bool{}
		for _, a := range links {
			if a.attrs["href"] == "" || len(a.kids) == 0 || a.kids[0].name != "title" || a.kids[0].text == "" {
				t.Errorf("%s: a link without address or title: %v", name, a.attrs)
			}
			seen[a.attrs["href"]] = true
		}
		if len(seen) != tt.marks {
			t.Errorf("%s: %d different addresses, want %d", name, len(seen), tt.marks)
		}
		if root.attrs["role"] != "group" || root.attrs["aria-label"] == "" {
			t.Errorf("%s: role %q, label %q", name, root.attrs["role"], root.attrs["aria-label"])
		}
	}
}

func TestTableHoldsTheSameNumbersAndLinks(t *testing.T) {
	for name, tt := range kinds() {
		svg, err := tt.d.SVG()
		if err != nil {
			t.Fatal(err)
		}
		hrefs := map[string]bool{}
		for _, a := range parse(t, svg).all("a") {
			hrefs[a.attrs["href"]] = true
		}
		var sum int64
		table := tt.d.Table()
		for _, row := range table.Rows {
			if len(row) != len(table.Head) {
				t.Errorf("%s: row %v does not fit %v", name, row, table.Head)
			}
			for _, c := range row[1:] {
				v, err := strconv.ParseInt(c.Text, 10, 64)
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				if sum += v; !hrefs[c.Href] {
					t.Errorf("%s: the table links to %q, the drawing does not", name, c.Href)
				}
			}
		}
		if sum != tt.sum {
			t.Errorf("%s: the table adds up to %d, want %d", name, sum, tt.sum)
		}
	}
}

func TestWordsStayInsideTheDrawing(t *testing.T) {
	for name, tt := range kinds() {
		svg, err := tt.d.SVG()
		if err != nil {
			t.Fatal(err)
		}
		root := parse(t, svg)
		w, h := root.num("width"), root.num("height")
		if root.attrs["viewBox"] != fmt.Sprintf("0 0 %s %s", root.attrs["width"], root.attrs["height"]) {
			t.Errorf("%s: viewBox %s", name, root.attrs["viewBox"])
		}
		anchor := "start"
		if name == "map" {
			anchor = "middle"
		}
		for _, x := range root.all("text") {
			a := x.attrs["text-anchor"]
			if a == "" {
				a = "start"
				if x.attrs["fill"] != quiet {
					a = anchor
				}
			}
			long := width(x.text, 10.5)
			from := x.num("x") - map[string]float64{"start": 0, "middle": long / 2, "end": long}[a]
			if y := x.num("y"); from < -.1 || from+long > w+.1 || y < 8 || y > h-1 {
				t.Errorf("%s: %q runs from %.1f to %.1f at %.1f in %g × %g", name, x.text, from, from+long, y, w, h)
			}
		}
		for _, r := range root.all("rect") {
			if x, y := r.num("x"), r.num("y"); x < 0 || y < 0 || x+r.num("width") > w+.1 || y+r.num("height") > h+.1 {
				t.Errorf("%s: rectangle %v leaves the drawing", name, r.attrs)
			}
		}
	}
}

func TestBarsAreAsHighAsTheirValues(t *testing.T) {
	svg, err := weeks().SVG()
	if err != nil {
		t.Fatal(err)
	}
	var unit float64
	for i, a := range parse(t, svg).all("a") {
		v := weeks().Groups[i/2].Values[i%2].Value
		var bar *node
		for _, r := range a.all("rect") {
			if strings.HasPrefix(r.attrs["class"], "ch-m") {
				bar = r
			}
		}
		switch {
		case v == 0 && bar != nil:
			t.Error("a zero has a bar")
		case v == 0:
		case unit == 0:
			unit = bar.num("height") / float64(v)
		case math.Abs(bar.num("height")-unit*float64(v)) > unit*float64(v)*.06+.2:
			t.Errorf("value %d is %g high, want %g", v, bar.num("height"), unit*float64(v))
		}
		if got := a.all("text")[0].text; got != strconv.FormatInt(v, 10) {
			t.Errorf("value %d is written %q", v, got)
		}
	}
}

func TestWhateverIsTypedIsEscaped(t *testing.T) {
	evil := "<script>alert(1)</script>\"'&\x00]]>"
	href := `/f?a=1&b="><script>`
	for name, d := range map[string]drawing{
		"bars":   Bars{Title: evil, Axis: evil, Series: []Series{{evil, Lake}, {evil, LakeM}}, Groups: []Group{{evil, []Mark{{1, href, evil}, {2, href, ""}}}}},
		"strips": Strips{Title: evil, Class: LakeM, Rows: []Row{{evil, Mark{3, href, ""}}}},
		"map":    Map{Title: evil, Note: evil, Legend: [4]string{evil}, Areas: []Area{{Label: evil, Rings: [][][2]float64{{{0, 0}, {50, 0}, {50, 50}}}, Mark: Mark{2, href, ""}}}},
	} {
		svg, err := d.SVG()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		root := parse(t, svg)
		if strings.Contains(string(svg), "<script") || len(root.all("script")) > 0 {
			t.Errorf("%s: a script came through", name)
		}
		if got := root.all("a")[0].attrs["href"]; got != href {
			t.Errorf("%s: address became %q", name, got)
		}
	}
}

func TestWrongInputIsRefused(t *testing.T) {
	row := func(m Mark) drawing { return Strips{Class: Lake, Rows: []Row{{"x", m}}} }
	ring := [][][2]float64{{{0, 0}, {50, 0}, {50, 50}}}
	for name, d := range map[string]drawing{
		"a script address":      row(Mark{Href: "javascript:alert(1)"}),
		"a hidden script":       row(Mark{Href: "java\nscript:x"}),
		"data":                  row(Mark{Href: "data:text/html,x"}),
		"another host":          row(Mark{Href: "//example.org/x"}),
		"another host, slashed": row(Mark{Href: `/\example.org`}),
		"a negative value":      row(Mark{Value: -1}),
		"an unknown tone":       Strips{Class: "pink", Rows: []Row{{"x", Mark{Value: 1}}}},
		"a missing value":       Bars{Series: []Series{{"a", Lake}, {"b", LakeM}}, Groups: []Group{{"1", []Mark{{}}}}},
		"a grid without ring":   Map{Areas: []Area{{Label: "x"}}},
		"falling steps":         Map{Steps: [4]int64{1, 1, 2, 3}, Areas: []Area{{Rings: ring}}},
	} {
		if svg, err := d.SVG(); err == nil || svg != "" {
			t.Errorf("%s: drawn", name)
		}
	}
	for _, ok := range []string{"/f/x?a=1", "?a=1", "#x", "https://yan.example/f"} {
		if _, err := row(Mark{Href: ok}).SVG(); err != nil {
			t.Errorf("%s: %v", ok, err)
		}
	}
}

func TestADrawingWithoutLinksIsOneImage(t *testing.T) {
	svg, err := (Strips{Title: "按渠道", Class: Lake, Rows: []Row{{"来信", Mark{Value: 2}}}}).SVG()
	if err != nil {
		t.Fatal(err)
	}
	root := parse(t, svg)
	if root.attrs["role"] != "img" || root.attrs["aria-label"] != "按渠道" || len(root.all("a")) != 0 {
		t.Errorf("role %q, label %q", root.attrs["role"], root.attrs["aria-label"])
	}
}

func TestWordsHaveContrast(t *testing.T) {
	check := func(name, text, ground string) {
		t.Helper()
		if c := contrast(t, text, ground); c < 4.5 {
			t.Errorf("%s: %s on %s is %.2f, want 4.5", name, text, ground, c)
		}
	}
	for tone, c := range tones {
		if r := contrast(t, c.edge, "#fff"); r < 3 {
			t.Errorf("%s: the edge stands out %.2f, want 3", tone, r)
		}
		if !strings.Contains(Style, ".ch-"+string(tone)+"{") {
			t.Errorf("%s is not in Style", tone)
		}
	}
	for _, s := range shades {
		check(s.class, s.text, s.fill)
	}
	for _, ground := range []string{"#fff", "#f6f4ee"} {
		check("words", ink, ground)
		check("axis", quiet, ground)
	}
}

// contrast is the WCAG contrast ratio of two colours.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	lum := func(s string) float64 {
		s = s[1:]
		if len(s) == 3 {
			s = string([]byte{s[0], s[0], s[1], s[1], s[2], s[2]})
		}
		v, err := strconv.ParseUint(s, 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		part := func(c uint64) float64 {
			x := float64(c&255) / 255
			if x <= .04045 {
				return x / 12.92
			}
			return math.Pow((x+.055)/1.055, 2.4)
		}
		return .2126*part(v>>16) + .7152*part(v>>8) + .0722*part(v)
	}
	x, y := lum(a), lum(b)
	return (max(x, y) + .05) / (min(x, y) + .05)
}

func TestAxesAreWholeNumbersWithFewLines(t *testing.T) {
	for _, tt := range []struct{ most, top, step int64 }{
		{0, 1, 1}, {1, 1, 1}, {4, 4, 1}, {5, 5, 1}, {6, 6, 2}, {9, 10, 2}, {11, 15, 5}, {107, 150, 50}, {1234, 1500, 500}, {4326, 5000, 1000},
	} {
		if top, step := scale(tt.most); top != tt.top || step != tt.step {
			t.Errorf("%d: top %d step %d, want %d and %d", tt.most, top, step, tt.top, tt.step)
		}
	}
}

func TestNumbersAreWrittenShort(t *testing.T) {
	for v, want := range map[float64]string{0: "0", .04: "0", -.04: "0", .5: ".5", -.5: "-.5", 12: "12", 12.34: "12.3", -7.96: "-8"} {
		if got := n(v); got != want {
			t.Errorf("%g is written %s, want %s", v, got, want)
		}
	}
}

package page_test

import (
	"bytes"
	"compress/gzip"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"yanming/internal/calendar"
	"yanming/internal/web/page"
	"yanming/internal/web/page/pagetest"
)

func source(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("static", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestContrast holds the text colours of the style sheet to WCAG 1.4.3: 4.5 to 1 on every ground they stand on.
func TestContrast(t *testing.T) {
	token := map[string]string{"white": "#ffffff"}
	for _, m := range regexp.MustCompile(`--([a-z0-9-]+):(#[0-9a-f]{3,6})`).FindAllStringSubmatch(source(t, "core.css"), -1) {
		token[m[1]] = m[2]
	}
	for text, grounds := range map[string]string{
		"ink": "paper card grey-w lake-w warn-w ok-w", "ink-2": "paper card grey-w warn-w lake-w", "lake": "paper card lake-w", "lake-d": "card lake-w paper",
		"ok": "ok-w card", "ok-d": "ok-w", "warn": "warn-w card", "bad": "bad-w card paper", "white": "lake lake-d bad-m", "mark-ink": "mark",
	} {
		for ground := range strings.FieldsSeq(grounds) {
			if token[text] == "" || token[ground] == "" {
				t.Errorf("no token %s or %s", text, ground)
				continue
			}
			if c := contrast(token[text], token[ground]); c < 4.5 {
				t.Errorf("%s on %s: contrast %.2f", text, ground, c)
			}
		}
	}
	if c := contrast(token["field"], token["card"]); c < 3 { // the edge of a field: WCAG 1.4.11
		t.Errorf("the edge of a field: contrast %.2f", c)
	}
	if c := contrast("#777777", "#ffffff"); math.Abs(c-4.48) > 0.01 {
		t.Errorf("the measure itself is wrong: %.2f", c)
	}
}

func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(hex string) float64 {
	hex = strings.TrimPrefix(hex, "#")
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, _ := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

// TestStyleSheetSuitsOldPhones holds the sheet to the browsers of 2020: Chromium 86 and iOS 14.1.
func TestStyleSheetSuitsOldPhones(t *testing.T) {
	for _, name := range []string{"core.css", "staff.css", "print.css"} {
		css := source(t, name)
		for _, bad := range []string{":has(", "color-mix(", "@layer", "@container", "!important", "@import", "aspect-ratio", "inset:", "oklch(",
			":where(", ":is(", "dvh", "url(", "@font-face", "subgrid"} {
			if strings.Contains(css, bad) {
				t.Errorf("%s holds %s", name, bad)
			}
		}
		depth := 0
		plain := regexp.MustCompile(`@(media|page)[^{]*`).ReplaceAllString(css, "@")
		for i, c := range plain {
			switch c {
			case '{':
				if i > 0 && plain[i-1] != '@' {
					depth++
				}
				if depth > 1 {
					t.Fatalf("%s nests rules near %q", name, plain[max(0, i-60):i])
				}
			case '}':
				depth = max(0, depth-1)
			}
		}
	}
}

func TestStaticFilesAreSmallAndKeptForEver(t *testing.T) {
	w := newWorld(t)
	for name, most := range map[string]int{"app.css": 8 << 10, "office.js": 4 << 10, "resident.js": 3 << 10, "icon.svg": 1 << 10} {
		got := w.do("GET", w.Asset(name), "", "Accept-Encoding", "gzip")
		if got.Code != 200 || got.Body.Len() > most || got.Header().Get("Content-Encoding") != "gzip" {
			t.Errorf("%s: %d, %d bytes, at most %d", name, got.Code, got.Body.Len(), most)
		}
		t.Logf("%s: %d bytes", name, got.Body.Len())
		if cc := got.Header().Get("Cache-Control"); cc != "public, max-age=31536000, immutable" {
			t.Errorf("%s: %s", name, cc)
		}
		if plain := w.do("GET", w.Asset(name), ""); plain.Header().Get("Content-Encoding") != "" || plain.Body.Len() < got.Body.Len() {
			t.Errorf("%s: without gzip %v", name, plain.Header())
		}
	}
}

// TestResidentsFirstPageIsLight holds a resident's page to 20 KB and one blocking request, compressed.
func TestResidentsFirstPageIsLight(t *testing.T) {
	site := pagetest.Site(t, "https://yn.example", nil)
	set := sinkSet(t, site)
	w := newWorld(t)
	w.mux.Handle("GET /say", w.Handle(func(rw http.ResponseWriter, r *http.Request) error {
		data := full(false)
		data.Head = w.Head(r, "page.ledger")
		data.Inline = true
		return set.Show(rw, r, 200, "say", data)
	}))
	got := w.do("GET", "/say", "", "Accept-Encoding", "gzip")
	sum := got.Body.Len() + w.do("GET", w.Asset("resident.js"), "", "Accept-Encoding", "gzip").Body.Len()
	t.Logf("page %d bytes, with its script %d", got.Body.Len(), sum)
	if got.Code != 200 || sum > 20<<10 {
		t.Errorf("%d, %d bytes", got.Code, sum)
	}
	z, err := gzip.NewReader(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	b.ReadFrom(z)
	if strings.Contains(b.String(), `rel="stylesheet"`) {
		t.Error("the style sheet is linked as well")
	}
}

func TestQR(t *testing.T) {
	svg, err := page.QR("https://yn.example/r/100400752891", `二维码"<x>`)
	if err != nil {
		t.Fatal(err)
	}
	s := string(svg)
	if !strings.Contains(s, `role="img" aria-label="二维码&#34;&lt;x&gt;"`) || !strings.Contains(s, `<path d="M4 4h7v1h-7z`) {
		t.Errorf("svg %.300s", s)
	}
	for _, bad := range []string{"https://yn.example/r/1?k=730612", "https://yn.example/r/1#730612", "/r/1", "https://yn.example/r/1?", "https://k@yn.example/"} {
		if _, err := page.QR(bad, "x"); err == nil {
			t.Errorf("a code is drawn for %s", bad)
		}
	}
}

func TestDue(t *testing.T) {
	for _, c := range []struct {
		day, today calendar.Day
		want       page.Due
		class      string
	}{
		{"2026-11-20", "2026-11-23", page.Due{State: page.DueOver, Day: "2026-11-20", Left: 3}, "r"},
		{"2026-11-23", "2026-11-23", page.Due{State: page.DueSoon, Day: "2026-11-23"}, "y"},
		{"2026-11-26", "2026-11-23", page.Due{State: page.DueSoon, Day: "2026-11-26", Left: 3}, "y"},
		{"2026-11-27", "2026-11-23", page.Due{State: page.DueOK, Day: "2026-11-27", Left: 4}, "g"},
	} {
		if got := page.DueOn(c.day, c.today, 3); got != c.want || got.Class() != c.class {
			t.Errorf("%s on %s: %+v %s", c.day, c.today, got, got.Class())
		}
	}
}

// TestWordsOfATemplate executes the functions of a template in both languages.
func TestWordsOfATemplate(t *testing.T) {
	at := time.Date(2026, 11, 22, 17, 5, 0, 0, time.UTC) // 01:05 of Monday the 23rd in UTC+8
	for _, c := range []struct {
		expr   string
		data   any
		zh, en string
	}{
		{`{{date .}}`, at, "2026年11月23日", "23 November 2026"},
		{`{{day .}}`, calendar.Day("2026-01-02"), "1月2日", "2 January"},
		{`{{md .}} {{clock .}}`, at.UnixMilli(), "11-23 01:05", "23 Nov 01:05"},
		{`{{datetime .}} {{weekday .}}`, at, "2026年11月23日 01:05 星期一", "23 November 2026, 01:05 Monday"},
		{`{{iso .}}`, calendar.Day("2026-01-02"), "2026-01-02", "2026-01-02"},
		{`{{date .At}}`, struct{ At time.Time }{}, "—", "—"},
		{`{{number 1507}} {{number 999}} {{number .}}`, -1234567, "1 507 999 −1 234 567", "1 507 999 −1 234 567"},
		{`{{receipt .}}`, "100400752891", "1004 0075 2891", "1004 0075 2891"},
		{`{{url "/a" "b" . "c" "" "n" 0}}`, "南 渠", "/a?b=%E5%8D%97&#43;%E6%B8%A0", "/a?b=%E5%8D%97&#43;%E6%B8%A0"},
		{`{{keep .Q "after" "x" "view" ""}}`, struct{ Q map[string][]string }{map[string][]string{"view": {"mine"}, "v": {"1"}}}, "?after=x&amp;v=1", "?after=x&amp;v=1"},
		{`{{template "due" .}}`, page.Due{State: page.DueOver, Day: "2026-11-20", Left: 1}, `<span class="due r">11月20日到期 · 超期 1 天</span>`, `<span class="due r">due 20 November · days overdue: 1</span>`},
		{`{{template "dueshort" .}}`, page.Due{State: page.DueSoon, Day: "2026-11-25", Left: 2, Work: true}, `<span class="due y">11-25 · 剩 2 个工作日</span>`, `<span class="due y">25 Nov · working days left: 2</span>`},
	} {
		for lang, want := range map[string]string{"zh-CN": c.zh, "en": c.en} {
			got := say(t, lang, c.expr, c.data)
			if got = strings.ReplaceAll(got, "\u00a0", " "); got != want {
				t.Errorf("%s in %s: %q, want %q", c.expr, lang, got, want)
			}
		}
	}
}

// say executes a piece of a template with data as its dot.
func say(t *testing.T, lang, expr string, data any) string {
	t.Helper()
	w := newWorld(t)
	set, err := w.Templates(fstest.MapFS{"x.html": {Data: []byte(`{{define "main"}}{{with .D}}@@` + expr + `@@{{end}}{{end}}`)}}, page.Bare)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.AddCookie(&http.Cookie{Name: "lang", Value: lang})
	rec := httptest.NewRecorder()
	if err := set.Show(rec, r, 200, "x", struct {
		page.Head
		D any
	}{w.Head(r, ""), data}); err != nil {
		t.Fatal(err)
	}
	return strings.Split(rec.Body.String(), "@@")[1]
}

package desk

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"yanming/internal/web/page/pagetest"
)

// slips are the numbers on a run's sheets.
func (a answer) slips() (ns []string) {
	for _, n := range a.find("article") {
		if pagetest.Attr(n, "class") != "slip" {
			continue
		}
		for x := range n.Descendants() {
			if x.Type == html.ElementNode && pagetest.Attr(x, "class") == "code" {
				ns = append(ns, strings.Join(strings.Fields(x.FirstChild.Data), ""))
			}
		}
	}
	return ns
}

func TestSlipsAreNumberedOnceEach(t *testing.T) {
	w := newWorld(t)
	v := w.as("intake")
	run := v.post("/office/slips", "n", "8")
	ns := run.slips()
	if !strings.HasPrefix(run.path, "/office/slips/") || len(ns) != 8 {
		t.Fatalf("%d slips at %s", len(ns), run.path)
	}
	slices.Sort(ns)
	if len(slices.Compact(slices.Clone(ns))) != 8 {
		t.Error("a number stands on two slips")
	}
	if n := len(run.find("section")); n != 2 {
		t.Errorf("%d sheets, want 2 of six slips", n)
	}
	// The picture leads to the page of the number and holds no code; codes are for paper only.
	run.has(t, 200, `class="onpaper"`, "沿虚线向上折")
	v.get(run.path).has(t, 200)
	w.as("petition").get(run.path).has(t, 404) // another person
	list := v.get("/office/slips")
	if n := len(list.find("[name=numbers]")); n != 8 {
		t.Errorf("%d wait, want 8", n)
	}
	list.lacks(t, "查询码（6 位")
	list.has(t, 200, `<a href="/office/slips" aria-current="page">`)
	v.get("/office/cases/new").has(t, 200, `<a href="/office/cases" aria-current="page">`)

	if n := v.post("/office/cases/new", w.letter("slip", ns[0])...); string(n.number()) != ns[0] || !strings.Contains(n.path, "slip=1") {
		t.Errorf("the case is %s, the slip %s", n.number(), ns[0])
	}
	v.post("/office/cases/new", w.letter("slip", ns[0])...).has(t, 422, `href="#f-slip"`)
	v.post("/office/cases/new", w.letter("slip", "123")...).has(t, 422, `href="#f-slip"`)
	v.post("/office/slips/void", "numbers", ns[1]).has(t, 422, `href="#f-reason"`)
	v.post("/office/slips/void", "numbers", ns[1], "numbers", ns[2], "reason", "打坏了").has(t, 200)
	v.post("/office/slips/void", "numbers", ns[1], "reason", "打坏了").has(t, 422, "已经用过或作废")
	if n := len(v.get("/office/slips").find("[name=numbers]")); n != 5 {
		t.Errorf("%d wait, want 5", n)
	}
	if n := len(v.get(run.path).slips()); n != 5 {
		t.Errorf("printed again: %d slips, want the 5 that wait", n)
	}
	for _, n := range []string{"0", "201", "x", ""} {
		v.post("/office/slips", "n", n).has(t, 422, `href="#f-n"`)
	}
	w.Clock.Add(31 * 60e9)
	v.get(run.path).has(t, 404)
}

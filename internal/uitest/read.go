package uitest

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

// quote returns s as a JavaScript string.
func quote(s string) string {
	b, _ := json.Marshal(s) // a string always has a JSON form
	return string(b)
}

// eval runs an expression in the page and returns its value, waiting for it when it is a promise. It works where
// NoScript holds as well, as long as the expression waits for nothing.
func eval[T any](p *Page, step, expr string) T {
	p.t.Helper()
	return do(p, step, chromedp.Evaluate[T](expr, chromedp.EvalAwaitPromise))
}

// Eval runs a JavaScript expression in the page and returns its value. It is for what no other method reads.
func Eval[T any](p *Page, expr string) T { p.t.Helper(); return eval[T](p, "run a script", expr) }

// ask evaluates expr, in which e is the first element that matches sel, and returns its text. It asks again until
// there is such an element and the answer is not null; the test fails when that takes too long.
func (p *Page) ask(sel, expr string) string {
	p.t.Helper()
	script := `(e => e && ` + expr + `)(document.querySelector(` + quote(sel) + `))`
	for end := time.Now().Add(p.limit); ; time.Sleep(30 * time.Millisecond) {
		if got := eval[*string](p, "look at "+sel, script); got != nil {
			return *got
		}
		if time.Now().After(end) {
			p.fail("look at "+sel, errors.New("no such element"))
		}
	}
}

// find brings an element into view and returns the point where a finger would press it. What cannot be seen, or lies
// under something else, cannot be pressed.
func (p *Page) find(sel string) (x, y float64) {
	p.t.Helper()
	var why string
	for end := time.Now().Add(p.limit); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
		got := strings.SplitN(p.ask(sel, `(() => {
			e.scrollIntoView({block: "center", inline: "center", behavior: "instant"});
			const r = e.getClientRects()[0];
			if (!r || !r.width || !r.height || getComputedStyle(e).visibility !== "visible") return "- it cannot be seen";
			const x = r.left + r.width / 2, y = r.top + r.height / 2, h = document.elementFromPoint(x, y);
			if (!h) return "- it lies outside of the page";
			if (!e.contains(h) && h.closest("label")?.control !== e) return "- it lies under " + h.outerHTML.slice(0, 80);
			return x + " " + y })()`), " ", 2)
		if got[0] != "-" {
			x, errX := strconv.ParseFloat(got[0], 64)
			y, errY := strconv.ParseFloat(got[1], 64)
			if err := errors.Join(errX, errY); err != nil {
				p.fail("find "+sel, err)
			}
			return x, y
		}
		why = got[1]
	}
	p.fail("find "+sel, errors.New(why))
	return 0, 0
}

// Wait waits until an element is to be seen.
func (p *Page) Wait(sel string) { p.t.Helper(); p.find(sel) }

// URL returns the page's address, with query and fragment.
func (p *Page) URL() string {
	p.t.Helper()
	return eval[string](p, "read the address", `location.href`)
}

// Status returns the HTTP status of the page's document.
func (p *Page) Status() int { return int(p.status) }

// Title returns the page's title.
func (p *Page) Title() string {
	p.t.Helper()
	return eval[string](p, "read the title", `document.title`)
}

// HTML returns the page's markup as it stands now.
func (p *Page) HTML() string {
	p.t.Helper()
	return eval[string](p, "read the markup", `document.documentElement.outerHTML`)
}

// Text returns the text to be seen in the first element that matches, and waits for one.
func (p *Page) Text(sel string) string { p.t.Helper(); return p.ask(sel, `e.innerText`) }

// Texts returns the text to be seen in every element that matches now; none is no failure.
func (p *Page) Texts(sel string) []string {
	p.t.Helper()
	return eval[[]string](p, "read all "+sel, `[...document.querySelectorAll(`+quote(sel)+`)].map(e => e.innerText)`)
}

// Count returns how many elements match now.
func (p *Page) Count(sel string) int {
	p.t.Helper()
	return eval[int](p, "count "+sel, `document.querySelectorAll(`+quote(sel)+`).length`)
}

// Value returns what a field holds.
func (p *Page) Value(sel string) string { p.t.Helper(); return p.ask(sel, `e.value`) }

// Focused returns a short selector of the element that has the focus, such as "a#skip" or "input[name=text]", so that
// a test can walk a page by keyboard.
func (p *Page) Focused() string {
	p.t.Helper()
	return eval[string](p, "ask for the focus", `(e => e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") +
		(e.name ? "[name=" + e.name + "]" : ""))(document.activeElement)`)
}

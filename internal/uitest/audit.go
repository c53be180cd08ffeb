package uitest

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/chromedp/chromedp"
)

// axeScript is axe-core 4.14.1, unchanged (MPL-2.0; its licences lie beside it). It is linked into tests only.
//
//go:embed testdata/axe/axe.min.js
var axeScript string

// Violation is one rule of axe-core that one element breaks.
type Violation struct {
	Rule     string `json:"rule"`     // such as "image-alt"
	Impact   string `json:"impact"`   // minor, moderate, serious, critical
	Help     string `json:"help"`     // what to do, in one line
	Selector string `json:"selector"` // the element
	HTML     string `json:"html"`     // its markup
	Why      string `json:"why"`      // what was found
}

// String says the violation on one line.
func (v Violation) String() string {
	return fmt.Sprintf("%s (%s) at %s: %s [%s] %s", v.Rule, v.Impact, v.Selector, v.Help, v.HTML, v.Why)
}

// Axe returns every violation of WCAG 2.0, 2.1 and 2.2 level A and AA and of axe's best practice on the page as it
// stands. Where NoScript holds, scripts are on for the check alone; the page has long been drawn without them.
func (p *Page) Axe() []Violation {
	p.t.Helper()
	if p.noScript {
		p.scripts(true)
		defer p.scripts(false)
	}
	do(p, "load axe", chromedp.Evaluate[chromedp.Void](axeScript))
	return eval[[]Violation](p, "run axe", `axe.run(document, {
		runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
		resultTypes: ["violations"],
	}).then(r => r.violations.flatMap(v => v.nodes.map(n => ({
		rule: v.id, impact: v.impact || "", help: v.help, selector: n.target.flat().join(" "),
		html: n.html.slice(0, 200), why: (n.failureSummary || "").replace(/\s+/g, " "),
	}))))`)
}

// ReflowsAt320 returns the elements that make the page scroll sideways when it is 320 CSS pixels wide with the text
// spacing of WCAG 1.4.12, as selectors with their right edge; empty when it reflows (WCAG 1.4.10). What lies in a
// scroll box of its own does not count. The viewport is put back afterwards.
func (p *Page) ReflowsAt320() []string {
	p.t.Helper()
	w, h := p.width, p.height
	defer func() { p.Viewport(int(w), int(h)) }()
	// A plain window and not a phone, because a phone zooms out on a wide page and would hide the fault.
	do(p, "narrow the page", chromedp.EmulateViewport(320, 800))
	// A constructed sheet is not stopped by the page's content security policy.
	eval[bool](p, "space the text", `(() => {
		const s = new CSSStyleSheet();
		s.replaceSync("* {line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important}" +
			" p {margin-bottom: 2em !important}");
		document.adoptedStyleSheets = [...document.adoptedStyleSheets, s];
		return true })()`)
	defer eval[bool](p, "put the spacing back",
		`(document.adoptedStyleSheets = document.adoptedStyleSheets.slice(0, -1), true)`)
	return eval[[]string](p, "measure the page", `(() => {
		const root = document.scrollingElement;
		if (root.scrollWidth <= 320) return [];
		const boxed = e => { for (let a = e.parentElement; a && a !== document.body; a = a.parentElement)
			if (getComputedStyle(a).overflowX !== "visible") return true; return false };
		const wide = [...document.body.querySelectorAll("*")].filter(e =>
			e.getBoundingClientRect().right > 320.5 && !boxed(e)).slice(0, 10).map(e =>
			e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + [...e.classList].map(c => "." + c).join("") +
			" ends at " + Math.round(e.getBoundingClientRect().right) + " px");
		return wide.length ? wide : ["the page is " + root.scrollWidth + " px wide"];
	})()`)
}

// onPhone is Axe on a telephone of 390 × 844, where boxes scroll that had room and targets stand closer. The viewport is
// put back afterwards.
func (p *Page) onPhone() []Violation {
	p.t.Helper()
	w, h := p.width, p.height
	defer func() { p.Viewport(int(w), int(h)) }()
	p.Viewport(390, 844)
	return p.Axe()
}

// MustBeSound reports, without ending the test, everything that a page of Yanming may never have: violations of
// Axe, as the page stands and on a telephone, sideways scrolling at 320 px, errors on the console, and messages that the catalogue lacks.
func (p *Page) MustBeSound() {
	p.t.Helper()
	at := p.URL()
	for _, v := range p.Axe() {
		p.t.Errorf("%s: axe: %s", at, v)
	}
	if p.width > 480 {
		for _, v := range p.onPhone() {
			p.t.Errorf("%s: axe on a telephone: %s", at, v)
		}
	}
	for _, s := range p.ReflowsAt320() {
		p.t.Errorf("%s: scrolls sideways at 320 px: %s", at, s)
	}
	for _, s := range p.Problems() {
		p.t.Errorf("%s: console: %s", at, s)
	}
	for _, s := range bare.FindAllString(strings.Join(p.Texts("body"), " "), -1) {
		p.t.Errorf("%s: the catalogue lacks %s", at, s)
	}
}

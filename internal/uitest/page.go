package uitest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Page is one tab. Each step ends the test when it cannot be done within 30 seconds. It belongs to one goroutine.
type Page struct {
	t             testing.TB
	ctx           context.Context
	limit         time.Duration // for one step
	width, height int64
	noScript      bool
	status        int64

	mu       sync.Mutex // below: written by the browser's events
	traffic  traffic
	problems []string
}

// hear notes what the browser reports of the tab: its traffic, and what went wrong on the page.
func (p *Page) hear(ev any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.traffic.hear(ev)
	switch ev := ev.(type) {
	case *log.EventEntryAdded:
		// Browsers ask for an icon whenever they like, so its absence would fail tests by chance.
		own := ev.Entry.Source == log.EntrySourceNetwork &&
			(p.traffic.isDocument(ev.Entry.NetworkRequestID) || strings.HasSuffix(ev.Entry.URL, "/favicon.ico"))
		if ev.Entry.Level == log.EntryLevelError && !own {
			p.problems = append(p.problems, strings.TrimSpace(ev.Entry.Text+" "+ev.Entry.URL))
		}
	case *runtime.EventExceptionThrown:
		text := ev.ExceptionDetails.Text
		if e := ev.ExceptionDetails.Exception; e != nil {
			text += " " + e.Description
		}
		p.problems = append(p.problems, text)
	}
}

// Problems returns what the browser's console calls an error since the last Open: exceptions of scripts, refusals of
// the content security policy, files that were not found. The page's own status is no problem: read Status.
func (p *Page) Problems() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.problems...)
}

// fail ends the test with the step that could not be done and the address where it was tried.
func (p *Page) fail(step string, err error) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, p.limit)
	defer cancel()
	at, _ := chromedp.Run(ctx, chromedp.Location())
	p.t.Fatalf("%s at %s: %v", step, at, err)
}

// do runs one step of the page within the limit.
func do[T any](p *Page, step string, a chromedp.Action[T]) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, p.limit)
	defer cancel()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		p.fail(step, err)
	}
	return v
}

// call sends one command of the browser's protocol to the tab.
func call[P, R any](p *Page, step string, cmd cdp.Command[P, R], params P) R {
	p.t.Helper()
	return do(p, step, func(ctx context.Context, t *chromedp.Target) (R, error) { return cdp.Call(ctx, t, cmd, params) })
}

// load runs steps that must lead to a new document, and waits until it is loaded.
func (p *Page) load(step string, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	p.mu.Lock()
	p.traffic, p.problems = traffic{}, nil
	p.mu.Unlock()
	ctx, cancel := context.WithTimeout(p.ctx, p.limit)
	defer cancel()
	res, err := chromedp.RunResponse(ctx, steps...)
	if err != nil {
		p.fail(step+" and wait for the next page", err)
	}
	p.status = 0
	if res != nil {
		p.status = res.Status
	}
}

// Open goes to an address and waits until it is loaded, whatever its status.
func (p *Page) Open(url string) { p.t.Helper(); p.load("open "+url, chromedp.Navigate(url)) }

// Follow clicks an element that leads to a new page, and waits until that is loaded.
func (p *Page) Follow(sel string) {
	p.t.Helper()
	x, y := p.find(sel)
	p.load("follow "+sel, chromedp.MouseClickXY(x, y))
}

// Submit sends a form as a person does, by its button, and waits for the next page. sel is the button, or the form,
// whose first submit button is then pressed. A field that the browser itself refuses fails the test.
func (p *Page) Submit(sel string) {
	p.t.Helper()
	if p.ask(sel, `e.tagName`) == "FORM" {
		sel += ` :is(button:not([type=button],[type=reset]), input[type=submit])`
	}
	p.Follow(sel)
}

// Click presses an element that changes this page or nothing at all; use Follow where a new page comes.
func (p *Page) Click(sel string) {
	p.t.Helper()
	x, y := p.find(sel)
	do(p, "click "+sel, chromedp.MouseClickXY(x, y))
}

// Type empties a text field and writes text into it, as one input.
func (p *Page) Type(sel, text string) {
	p.t.Helper()
	p.Focus(sel)
	p.ask(sel, `(e.select(), "")`)
	if text == "" {
		p.Press(kb.Delete)
		return
	}
	call(p, "type into "+sel, input.InsertText, input.InsertTextParams{Text: text})
}

// Focus gives an element the focus, and fails when it cannot have it.
func (p *Page) Focus(sel string) {
	p.t.Helper()
	if p.ask(sel, `(e.focus(), document.activeElement === e ? "yes" : "no")`) != "yes" {
		p.t.Fatalf("focus %s: it cannot have the focus", sel)
	}
}

// Set gives a field a value directly and tells the page so: for dates, times and ranges, which nobody types alike.
func (p *Page) Set(sel, value string) {
	p.t.Helper()
	got := p.ask(sel, `(e.value = `+quote(value)+`,
		["input", "change"].forEach(n => e.dispatchEvent(new Event(n, {bubbles: true}))), e.value)`)
	if got != value {
		p.t.Fatalf("set %s to %q: it holds %q", sel, value, got)
	}
}

// Select chooses the option of a select that has this value, and fails when there is none.
func (p *Page) Select(sel, value string) { p.t.Helper(); p.Set(sel, value) }

// Upload puts files into a file field.
func (p *Page) Upload(sel string, files ...string) {
	p.t.Helper()
	paths := make([]string, len(files))
	for i, f := range files {
		path, err := filepath.Abs(f) // the browser kills the tab over a path that is not
		if err == nil {
			_, err = os.Stat(path)
		}
		if err != nil {
			p.t.Fatalf("upload %s: %v", f, err)
		}
		paths[i] = path
	}
	p.ask(sel, `e.type`) // waits for the field
	field := do(p, "find "+sel, chromedp.Evaluate[*runtime.RemoteObject](`document.querySelector(`+quote(sel)+`)`))
	call(p, "upload into "+sel, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: paths, ObjectID: field.ObjectID})
}

// Press sends keys to whatever has the focus, such as "\t" for the Tab key, "\r" for Enter, or "j".
func (p *Page) Press(keys string) { p.t.Helper(); do(p, "press keys", chromedp.KeyEvent(keys)) }

// Viewport sets the page's size in CSS pixels. Below 600 the page believes to be on a phone with touch.
func (p *Page) Viewport(w, h int) {
	p.t.Helper()
	p.width, p.height = int64(w), int64(h)
	var opts []chromedp.EmulateViewportOption
	if w < 600 {
		opts = []chromedp.EmulateViewportOption{chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait}
	}
	do(p, "set the viewport", chromedp.EmulateViewport(p.width, p.height, opts...))
}

// NoScript turns JavaScript off for the pages opened from now on.
func (p *Page) NoScript() { p.t.Helper(); p.scripts(false) }

func (p *Page) scripts(on bool) {
	p.t.Helper()
	p.noScript = !on
	call(p, "turn scripts off or on", emulation.SetScriptExecutionDisabled,
		emulation.SetScriptExecutionDisabledParams{Value: !on})
}

// Language sets the language that the pages opened from now on are asked for, such as "en".
func (p *Page) Language(tag string) {
	p.t.Helper()
	call(p, "set the language", network.SetExtraHTTPHeaders,
		network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": tag}})
}

// conditions are those of the network, with what Chromium up to 148 asks for besides; newer ones pass over it.
type conditions struct {
	network.EmulateNetworkConditionsByRuleParams
	Offline bool `json:"offline"`
}

var slowNetwork = cdp.Command[conditions, network.EmulateNetworkConditionsByRuleResult]{Method: network.CommandEmulateNetworkConditionsByRule}

// EmulateSlow makes the tab a cheap phone on a poor network: 400 kbit/s, 400 ms to the server, a processor six times
// slower.
func (p *Page) EmulateSlow() {
	p.t.Helper()
	call(p, "slow the network", slowNetwork, conditions{network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{Latency: 400, DownloadThroughput: 50_000, UploadThroughput: 50_000}}}, false})
	call(p, "slow the processor", emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: 6})
}

// Screenshot writes the whole page as a PNG named name, with the viewport's size before it, into the folder
// YANMING_SHOTS, else into the test's artefacts, and returns its path.
func (p *Page) Screenshot(name string) string {
	p.t.Helper()
	dir := os.Getenv("YANMING_SHOTS")
	if dir == "" {
		dir = p.t.ArtifactDir()
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		p.t.Fatalf("screenshot %s: %v", name, err)
	}
	file := filepath.Join(dir, strings.TrimSuffix(name, ".png")+".png")
	if err := os.WriteFile(file, do(p, "screenshot", chromedp.FullScreenshot(100)), 0o644); err != nil {
		p.t.Fatalf("screenshot %s: %v", name, err)
	}
	return file
}

// Back is the browser's own key for the page before. It waits until that is shown: anew, as it was held ready, or the
// browser's word that it cannot show it.
func (p *Page) Back() { p.t.Helper(); p.travel(-1) }

// Forward is the key that undoes Back.
func (p *Page) Forward() { p.t.Helper(); p.travel(1) }

func (p *Page) travel(by int64) {
	p.t.Helper()
	h := call(p, "read the history", page.GetNavigationHistory, cdp.Empty{})
	to := h.CurrentIndex + by
	if to < 0 || to >= int64(len(h.Entries)) {
		p.t.Fatalf("go by %d in the history: there is no such page", by)
	}
	p.mu.Lock()
	p.traffic, p.problems = traffic{}, nil
	p.mu.Unlock()
	p.status = 0
	call(p, "go in the history", page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: h.Entries[to].ID})
	shown := func(ctx context.Context, t *chromedp.Target) (bool, error) {
		now, err := cdp.Call(ctx, t, page.GetNavigationHistory, cdp.Empty{})
		if err != nil || now.CurrentIndex != to {
			return false, err
		}
		return chromedp.Evaluate[bool](`document.readyState === "complete"`)(ctx, t)
	}
	var err error
	for end := time.Now().Add(p.limit); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(p.ctx, time.Second)
		var there bool
		there, err = chromedp.Run(ctx, shown) // fails while one page takes the other's place
		if cancel(); there {
			return
		}
	}
	p.fail("wait for the page in the history", err)
}

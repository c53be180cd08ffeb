package uitest

import (
	"regexp"
	"strings"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
)

// bare matches a message key that the catalogue did not know and showed in brackets.
var bare = regexp.MustCompile(`\[[a-z0-9_]+(\.[a-z0-9_]+)+\]`)

// Weight is what a page cost to load, from its Open to its load event.
type Weight struct {
	Bytes    int // received in all, as sent over the wire: compressed bodies and headers; from the cache counts 0
	Requests int // sent before the load event, redirects each
	Blocking int // of them, those the first paint waits for: the document, style sheets and scripts in its head
	JS       int // bytes of scripts
	CSS      int // bytes of style sheets
	Image    int // bytes of pictures
}

// traffic gathers the network events of one document.
type traffic struct {
	requests map[network.RequestID]*request
	order    []*request
	loaded   bool
}

type request struct {
	url      string
	kind     network.ResourceType
	bytes    float64
	blocking bool
}

// hear takes one event of the tab. Requests after the load event are another matter: a later fetch, or an icon.
func (f *traffic) hear(ev any) {
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		if u := ev.Request.URL; f.loaded || strings.HasPrefix(u, "data:") || strings.HasPrefix(u, "blob:") ||
			strings.HasSuffix(u, "/favicon.ico") {
			return
		}
		if f.requests == nil {
			f.requests = map[network.RequestID]*request{}
		}
		if old := f.requests[ev.RequestID]; old != nil && ev.RedirectResponse != nil {
			old.bytes = ev.RedirectResponse.EncodedDataLength
		}
		r := &request{url: ev.Request.URL, kind: ev.Type}
		r.blocking = ev.Type == network.ResourceTypeDocument ||
			ev.RenderBlockingBehavior == network.RenderBlockingBehaviorBlocking
		f.requests[ev.RequestID] = r
		f.order = append(f.order, r)
	case *network.EventLoadingFinished:
		if r := f.requests[ev.RequestID]; r != nil {
			r.bytes = ev.EncodedDataLength
		}
	case *page.EventLoadEventFired:
		f.loaded = true
	}
}

// isDocument reports whether the request was for the page itself.
func (f *traffic) isDocument(id network.RequestID) bool {
	r := f.requests[id]
	return r != nil && r.kind == network.ResourceTypeDocument
}

// Weight returns what the page cost since it was opened. The first page of a new Browser is a first visit; later
// pages find in the cache what may be kept.
func (p *Page) Weight() Weight {
	p.mu.Lock()
	defer p.mu.Unlock()
	var w Weight
	for _, r := range p.traffic.order {
		w.Requests++
		w.Bytes += int(r.bytes)
		if r.blocking {
			w.Blocking++
		}
		switch r.kind {
		case network.ResourceTypeScript:
			w.JS += int(r.bytes)
		case network.ResourceTypeStylesheet:
			w.CSS += int(r.bytes)
		case network.ResourceTypeImage:
			w.Image += int(r.bytes)
		}
	}
	return w
}

// Timing returns how long after the start of the navigation something was first painted, and how long until the page
// could be used (its document read and its deferred scripts run).
func (p *Page) Timing() (painted, usable time.Duration) {
	p.t.Helper()
	for end := time.Now().Add(p.limit); ; time.Sleep(30 * time.Millisecond) { // the paint may come after the load event
		ms := eval[[]float64](p, "read the timing", `[
			...performance.getEntriesByType("paint").filter(e => e.name === "first-contentful-paint").map(e => e.startTime),
			performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd]`)
		if len(ms) == 2 {
			return time.Duration(ms[0] * float64(time.Millisecond)), time.Duration(ms[1] * float64(time.Millisecond))
		}
		if time.Now().After(end) {
			p.t.Fatalf("read the timing: nothing was painted on %s", p.URL())
		}
	}
}

// Package uitest drives a real browser in tests: it opens pages as a resident's phone or an office screen would, and
// says what axe-core, the 320 px reflow rule and the page budgets make of them.
//
// It is for tests only, and it wraps chromedp so that no other package meets that library's changing interface. Every
// method fails the test by itself, so a test reads as the steps of a person. A package that uses it needs
//
//	func TestMain(m *testing.M) { uitest.Main(m) }
//
// It refuses to reach anything but the pages under test, and it never skips when CI or ./check runs it.
package uitest

import (
	"context"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// patience is how long one step may take on a slow and busy machine before the test fails.
const patience = 30 * time.Second

// shared is the one browser of a test binary. Main opens and closes its life; the first New starts it.
var shared struct {
	sync.Mutex
	ready bool            // Main runs
	ctx   context.Context // of the started browser, nil before
	stop  func()
}

// Main runs a package's tests and closes the browser they shared. Call it from TestMain and nothing after it.
func Main(m *testing.M) {
	shared.Lock()
	shared.ready = true
	shared.Unlock()
	m.Run()
	shared.Lock()
	defer shared.Unlock()
	if shared.ctx != nil {
		shared.stop()
	}
	shared.ready, shared.ctx, shared.stop = false, nil, nil
}

// Find returns the path of Chromium or Chrome, or "" where there is none. YANMING_CHROMIUM names another program.
func Find() string {
	for _, name := range []string{os.Getenv("YANMING_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if name == "" {
			continue
		}
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// mustRun reports whether a missing browser is a failure: in CI and in ./check, where a skipped test would hide a gap.
func mustRun() bool { return os.Getenv("CI") == "true" || os.Getenv("YANMING_CHECK") != "" }

// start returns the context of the shared browser, starting it on the first call.
func start(t testing.TB) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser test does not run with -short")
	}
	path := Find()
	if path == "" {
		if mustRun() {
			t.Fatal("no browser: apt-get install chromium fonts-noto-cjk")
		}
		t.Skip("no browser: apt-get install chromium fonts-noto-cjk")
	}
	shared.Lock()
	defer shared.Unlock()
	if !shared.ready {
		t.Fatal("the package lacks func TestMain(m *testing.M) { uitest.Main(m) }")
	}
	if shared.ctx != nil {
		return shared.ctx
	}
	// New flags, not chromedp's defaults: those enable features that reach for the network at every start.
	var flags []chromedp.ExecAllocatorOption
	for _, f := range []string{"headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run",
		"no-default-browser-check", "disable-background-networking", "disable-component-update", "disable-sync",
		"disable-default-apps", "disable-extensions", "disable-dev-shm-usage", "disable-breakpad",
		"disable-background-timer-throttling", "disable-renderer-backgrounding", "disable-popup-blocking",
		"hide-scrollbars", "mute-audio"} {
		flags = append(flags, chromedp.Flag(f, true))
	}
	flags = append(flags, chromedp.ExecPath(path), chromedp.Flag("lang", "zh-CN"), chromedp.Env("TZ=Asia/Shanghai"),
		chromedp.Flag("disable-features", "Translate,OptimizationHints,MediaRouter"))
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), flags...)
	ctx, stop := chromedp.NewContext(alloc)
	if err := chromedp.Do(ctx); err != nil {
		stop()
		stopAlloc()
		t.Fatalf("start %s: %v", path, err)
	}
	shared.ctx = ctx
	shared.stop = func() {
		end, done := context.WithTimeout(ctx, patience)
		defer done()
		_ = chromedp.Cancel(end) // closes the browser and removes its folder; at the end of the run nobody is left to tell
		stop()
		stopAlloc()
	}
	return ctx
}

// Browser is one visitor's browser: cookies and storage of its own, as many tabs as wanted. Two people in one test
// are two Browsers.
type Browser struct {
	t   testing.TB
	ctx context.Context
	id  cdp.BrowserContextID
}

// New returns a fresh browser without cookies, and clears it away when the test ends. Without Chromium it skips the
// test, but fails it in CI and in ./check.
func New(t testing.TB) *Browser {
	t.Helper()
	ctx := start(t)
	made, err := chromedp.CallBrowser(ctx, target.CreateBrowserContext, target.CreateBrowserContextParams{})
	if err != nil {
		t.Fatalf("open a private window: %v", err)
	}
	b := &Browser{t: t, ctx: ctx, id: made.BrowserContextID}
	t.Cleanup(func() {
		gone := target.DisposeBrowserContextParams{BrowserContextID: b.id}
		if _, err := chromedp.CallBrowser(ctx, target.DisposeBrowserContext, gone); err != nil {
			t.Errorf("close the private window: %v", err)
		}
	})
	return b
}

// Page opens a new tab of 1366 by 768 that asks for Chinese.
func (b *Browser) Page() *Page {
	b.t.Helper()
	p := &Page{t: b.t, limit: patience}
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithExistingBrowserContext(b.id), chromedp.WithListener(p.hear))
	b.t.Cleanup(cancel)
	p.ctx = ctx
	if err := chromedp.Do(ctx); err != nil { // without a limit: the tab lives as long as this first call's context
		b.t.Fatalf("open a tab: %v", err)
	}
	p.Viewport(1366, 768)
	p.Language("zh-CN")
	return p
}

// Cookie is a cookie as a test reads or sets it.
type Cookie struct {
	Name, Value, Path string
	HTTPOnly, Secure  bool
	SameSite          string
}

// Cookies returns the cookies that the page's own address would be sent.
func (p *Page) Cookies() []Cookie {
	p.t.Helper()
	got := call(p, "read cookies", network.GetCookies, network.GetCookiesParams{})
	list := make([]Cookie, 0, len(got.Cookies))
	for _, c := range got.Cookies {
		list = append(list, Cookie{c.Name, c.Value, c.Path, c.HTTPOnly, c.Secure, string(c.SameSite)})
	}
	return list
}

// SetCookie sets a cookie for url's host before the page is opened.
func (p *Page) SetCookie(url, name, value string) {
	p.t.Helper()
	call(p, "set cookie "+name, network.SetCookies, network.SetCookiesParams{
		Cookies: []*network.CookieParam{{Name: name, Value: value, URL: url}}})
}

package resident_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"yanming/internal/uitest"
)

// upToCheckByHand goes to the last page as a person on a phone does.
func upToCheckByHand(p *uitest.Page, at, who string) {
	p.Open(at + "/say/what")
	p.Click(who)
	p.Type("#f-text", "南渠堵了，水往院里倒。")
	p.Submit("form")
	p.Select("#f-where", "u")
	p.Type("#f-place", "桥东第二家")
	p.Submit("form")
	if p.Count("#f-reply-3") > 0 {
		p.Click("#f-reply-3")
	}
	p.Type("#f-name", "赵一")
	p.Submit("form")
}

// said are the words on the page, in sight or in fields.
func said(p *uitest.Page) bool {
	return strings.Contains(p.HTML(), "南渠") || uitest.Eval[bool](p, `[...document.querySelectorAll("textarea,input")].some(e => e.value.includes("南渠"))`)
}

func TestTheBackKeyShowsThePageBeforeWithWhatWasTyped(t *testing.T) {
	for _, scripts := range []string{"with scripts", "without scripts"} {
		t.Run(scripts, func(t *testing.T) {
			w, p := sqlite(t), uitest.New(t).Page()
			if scripts == "without scripts" {
				p.NoScript()
			}
			p.Viewport(390, 844)
			upToCheckByHand(p, w.url, "#f-who")
			p.Back()
			if at := p.URL(); at != w.url+"/say/reply" || !uitest.Eval[bool](p, `document.getElementById("f-reply-3").checked`) || p.Value("#f-name") != "赵一" {
				t.Fatalf("back from the last page: at %s\n%s", at, p.HTML())
			}
			p.Back()
			if at := p.URL(); at != w.url+"/say/where" || p.Value("#f-where") != "u" || p.Value("#f-place") != "桥东第二家" {
				t.Fatalf("back from the third page: at %s, %q %q", at, p.Value("#f-where"), p.Value("#f-place"))
			}
			p.Back()
			if at := p.URL(); at != w.url+"/say/what" || p.Value("#f-text") != "南渠堵了，水往院里倒。" {
				t.Fatalf("back from the second page: at %s, %q", at, p.Value("#f-text"))
			}
			p.Forward()
			p.Forward()
			p.Forward()
			p.Submit(`form[action="/say/send"]`)
			p.Wait("#number")
			for range 4 {
				p.Back()
				if said(p) {
					t.Fatalf("after the receipt the back key shows the word at %s", p.URL())
				}
			}
		})
	}
}

// Some browsers know no Clear-Site-Data. Where scripts run, the word does not come back there either, and the next one is
// not hindered.
func TestABrowserThatForgetsNothingShowsNoWordThatWasSent(t *testing.T) {
	w := sqlite(t)
	to, err := url.Parse(w.url)
	if err != nil {
		t.Fatal(err)
	}
	deaf := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) },
		ModifyResponse: func(res *http.Response) error { res.Header.Del("Clear-Site-Data"); return nil }}
	srv := httptest.NewServer(deaf)
	t.Cleanup(srv.Close)
	p := uitest.New(t).Page()
	upToCheckByHand(p, srv.URL, "#f-who")
	p.Submit(`form[action="/say/send"]`)
	p.Wait("#number")
	p.Back()
	p.Wait("#f-who")
	if said(p) {
		t.Errorf("the word is shown at %s", p.URL())
	}
	upToCheckByHand(p, srv.URL, "#f-who")
	p.Back()
	if !said(p) {
		t.Errorf("the next word is gone at %s", p.URL())
	}
}

// A word in confidence leaves nothing in the browser, not even for the back key, whichever page asks for confidence: the page
// on which it was typed is forgotten with the next but one.
func TestAWordInConfidenceIsNotKeptForTheBackKey(t *testing.T) {
	w := sqlite(t)
	w.openCounty()
	p := uitest.New(t).Page()
	p.NoScript()
	upToCheckByHand(p, w.url, "#f-who-1")
	for range 3 {
		p.Back()
		if said(p) {
			t.Errorf("the word is kept at %s", p.URL())
		}
	}
	v := w.visitor(t).get("/say/what")
	v.send("/say/where", "text", "会计的事。", "category", "conduct")
	if got := v.header.Get("Cache-Control"); got != "private, no-cache" {
		t.Errorf("an open word: %q", got)
	}
	v.send("/say/reply", "where", "u", "hush", "1")
	if v.header.Get("Cache-Control") != "no-store" || v.header.Get("Clear-Site-Data") != `"cache"` {
		t.Errorf("turned to confidence: %v", v.header)
	}
}

// In clear and from elsewhere a browser does not obey Clear-Site-Data: there the pages are not kept at all.
func TestAPageInClearIsNotKept(t *testing.T) {
	w := sqlite(t)
	req, err := http.NewRequest("GET", w.url+"/say/what", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "yanming.example.com"
	if got := w.visitor(t).do(req).header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("kept in clear: %q", got)
	}
}

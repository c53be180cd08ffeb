package page_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"yanming/internal/actor"
	"yanming/internal/uitest"
	"yanming/internal/web/page"
	"yanming/internal/web/page/pagetest"
)

// serve serves the sink's pages as a real site would, and returns its address.
func serve(t testing.TB) string {
	t.Helper()
	var h http.Handler
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r) }))
	t.Cleanup(srv.Close)
	site := pagetest.Site(t, srv.URL, nil)
	set := sinkSet(t, site)
	mux := http.NewServeMux()
	site.Register(mux)
	for _, name := range set.Names() {
		mux.Handle("/"+name, site.Handle(func(w http.ResponseWriter, r *http.Request) error {
			r = page.WithActor(page.InTown(r, page.Town{ID: "t", Name: "雁南镇", English: true}), actor.Actor{Account: "a", Name: "林月"})
			wrong := r.URL.Query().Get("wrong") != "" || r.Method == http.MethodPost
			if wrong && r.URL.Query().Get("taken") != "" {
				return page.SeeOther(w, r, "/inbox")
			}
			if wrong && r.URL.Query().Get("ended") != "" {
				return page.SeeOther(w, r, "/login")
			}
			data := full(wrong)
			if r.Method == http.MethodPost {
				form, err := page.ReadForm(r, nil)
				if err != nil {
					return err
				}
				form.Need("day")
				data.Form = form
			}
			h := site.Head(r, "page.ledger")
			h.Back, h.Step, h.Steps, h.Nav, h.Post, h.Inline, h.Wrong = "/say", 1, 3, data.Nav, "便民服务中心", name == "say", wrong
			if name == "inbox" || name == "receipt" {
				h.Step = 0
			}
			if r.URL.Query().Has("second") { // the second item of the menu is the current one
				h.Nav[0].Current, h.Nav[1].Current = false, true
			}
			data.Head = h
			return set.Show(w, r, http.StatusOK, name, data)
		}))
	}
	mux.Handle("/login", site.Handle(func(w http.ResponseWriter, r *http.Request) error { // stands for the sign-in
		data := full(false)
		data.Head = site.Head(r, "page.ledger")
		data.Head.Drafts = true
		return set.Show(w, r, http.StatusOK, "say", data)
	}))
	h = site.Wrap(mux)
	return srv.URL
}

// TestTheMenuOfAPhoneShowsWhereOneIs: the menu is wider than the window and has moved by itself to what is current, the
// last item stays in sight, and the page has not moved.
func TestTheMenuOfAPhoneShowsWhereOneIs(t *testing.T) {
	url, p := serve(t), uitest.New(t).Page()
	p.Viewport(290, 600)
	p.Open(url + "/inbox?second=1")
	if got := uitest.Eval[string](p, `(() => {
		const of = s => document.querySelector(".menu " + s).getBoundingClientRect(), box = document.querySelector(".menu");
		const on = of("[aria-current]"), last = of("a:last-child");
		if (box.scrollWidth <= box.clientWidth) return "the menu does not scroll";
		if (on.left < 0 || on.right > last.left + 1 || last.right > innerWidth) return [on.left, on.right, last.left, last.right].join(" ");
		return scrollY ? "the page has moved" : "";
	})()`); got != "" {
		t.Error(got)
	}
}

// TestWordsThatBelongTogetherStayOnALine, in large letters on a phone too.
func TestWordsThatBelongTogetherStayOnALine(t *testing.T) {
	url, p := serve(t), uitest.New(t).Page()
	p.Viewport(340, 740)
	for _, size := range []string{"normal", "xl"} {
		p.SetCookie(url, "size", size)
		p.Open(url + "/say")
		if got := uitest.Eval[int](p, `document.querySelector(".step span").getClientRects().length === 1 &&
			document.querySelector(".step span").offsetHeight < 2 * parseFloat(getComputedStyle(document.querySelector(".step")).fontSize) ? 1 : 2`); got != 1 {
			t.Errorf("%s: the number of the step takes two lines", size)
		}
	}
}

// TestPagesAreSound looks at every layout in the browser: axe, reflow at 320 px, the console.
func TestPagesAreSound(t *testing.T) {
	url := serve(t)
	p := uitest.New(t).Page()
	for _, lang := range []string{"zh-CN", "en"} {
		p.SetCookie(url, "lang", lang)
		for _, size := range []string{"normal", "xl", "xxl"} {
			p.SetCookie(url, "size", size)
			for _, path := range []string{"/say", "/say?wrong=1", "/receipt", "/inbox", "/form?wrong=1", "/slip", "/none"} {
				if size == "xxl" && path != "/say" && path != "/receipt" && path != "/inbox" {
					continue
				}
				for _, v := range [][2]int{{390, 844}, {1366, 768}} {
					if size != "normal" && v[0] > 600 || lang == "en" && size != "normal" {
						continue
					}
					p.Viewport(v[0], v[1])
					p.Open(url + path)
					p.MustBeSound()
					p.Screenshot(fmt.Sprint(path[1:4], len(path), "-", lang, "-", size, "-", v[0]))
				}
			}
		}
	}
}

package page_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"yanming/internal/actor"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/web/page"
)

// world is a site with its log, whose session "good" is a clerk's and "broken" fails.
type world struct {
	*page.Site
	log bytes.Buffer
	h   http.Handler
	mux *http.ServeMux
}

func newWorld(t *testing.T) *world {
	t.Helper()
	cat, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{mux: http.NewServeMux()}
	nav := func(r *http.Request) []page.NavItem {
		return []page.NavItem{{Key: "nav.account", Icon: "person", Href: "/account", Current: r.URL.Path == "/account/x"}}
	}
	w.Site, err = page.New(page.Config{Catalogue: cat, Base: "https://yn.example", Nav: nav,
		Log: slog.New(slog.NewJSONHandler(&w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Sessions: page.SessionFunc(func(_ context.Context, token string) (actor.Actor, error) {
			switch token {
			case "good":
				return actor.Actor{Town: "t", Account: "a1", Name: "林月"}, nil
			case "broken":
				return actor.Actor{}, errors.New("disk full")
			}
			return actor.Actor{}, errs.Missing()
		})})
	if err != nil {
		t.Fatal(err)
	}
	w.Register(w.mux)
	w.h = w.Wrap(w.mux)
	return w
}

// do sends a request; headers come as name, value.
func (w *world) do(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.h.ServeHTTP(rec, r)
	return rec
}

func TestStaffKeepTheirFrameWhereThereIsNothing(t *testing.T) {
	w := newWorld(t)
	signed := []string{"Cookie", "ym=good"}
	got := w.do("GET", "/office/nothing", "", signed...)
	for _, want := range []string{`href="/account"`, `href="/office"`, "林月", "/logout"} {
		if got.Code != http.StatusNotFound || !strings.Contains(got.Body.String(), want) {
			t.Errorf("%d, without %s: %s", got.Code, want, got.Body)
		}
	}
	if other := w.do("GET", "/account/x", "", signed...); other.Body.String() != got.Body.String() {
		t.Error("what is not there looks otherwise elsewhere")
	}
	if stranger := w.do("GET", "/office/nothing", "").Body.String(); strings.Contains(stranger, "/logout") || strings.Contains(stranger, "/account") {
		t.Error("a stranger is shown the frame of staff")
	}
}

func TestErrorsBecomeAnswers(t *testing.T) {
	for _, c := range []struct {
		name   string
		err    error
		status int
		says   string
	}{
		{"invalid", fmt.Errorf("answer case 1: %w", errs.Field("text", "error.required")), 400, "这一项要填"},
		{"denied", errs.New(errs.Denied, "error.denied"), 403, "您的岗位不能做这一步"},
		{"not found", fmt.Errorf("case 7 of village 3: %w", errs.Missing()), 404, "没有找到"},
		{"conflict", errs.New(errs.Conflict, "error.changed"), 409, "刚被别人改过"},
		{"internal", errors.New("connect to 10.0.0.1"), 500, "编号"},
		{"too large", &http.MaxBytesError{Limit: 1 << 20}, 413, "1 MB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.mux.Handle("GET /x/{secret}", w.Handle(func(rw http.ResponseWriter, r *http.Request) error {
				rw.Header().Set("Content-Disposition", "attachment")
				return c.err
			}))
			got := w.do("GET", "/x/zhangsan?phone=13800000000", "")
			if got.Code != c.status || !strings.Contains(got.Body.String(), c.says) {
				t.Errorf("status %d, want %d and %q on the page", got.Code, c.status, c.says)
			}
			if got.Header().Get("Content-Disposition") != "" || got.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("the error page keeps the failed answer's headers: %v", got.Header())
			}
			if strings.Contains(got.Body.String(), "10.0.0.1") || strings.Contains(got.Body.String(), "zhangsan") {
				t.Error("the page shows what was asked or what broke")
			}
			lines := strings.Split(strings.TrimSpace(w.log.String()), "\n")
			var l map[string]any
			if len(lines) != 1 || json.Unmarshal([]byte(lines[0]), &l) != nil {
				t.Fatalf("%d log lines, want one:\n%s", len(lines), w.log.String())
			}
			if l["route"] != "GET /x/{secret}" || l["method"] != "GET" || l["kind"] == nil || l["took"] == nil {
				t.Errorf("the log line lacks something: %v", l)
			}
			if strings.Contains(lines[0], "zhangsan") || strings.Contains(lines[0], "138000") {
				t.Errorf("the log names what was asked: %s", lines[0])
			}
			if n, _ := l["number"].(string); c.status == 500 && (len(n) != 6 || !strings.Contains(got.Body.String(), n)) {
				t.Errorf("number %q is not on the page", n)
			}
		})
	}
}

func TestPanicIsInternalAndLoggedOnce(t *testing.T) {
	w := newWorld(t)
	w.mux.Handle("GET /p", w.Handle(func(http.ResponseWriter, *http.Request) error { panic("boom") }))
	if got := w.do("GET", "/p", ""); got.Code != 500 || strings.Contains(got.Body.String(), "boom") {
		t.Errorf("status %d", got.Code)
	}
	if n := strings.Count(w.log.String(), "boom"); n != 1 {
		t.Errorf("the panic is in the log %d times", n)
	}
}

func TestFailureAfterTheAnswerBeganCutsTheConnection(t *testing.T) {
	w := newWorld(t)
	w.mux.Handle("GET /csv", w.Handle(func(rw http.ResponseWriter, r *http.Request) error {
		page.Download(rw, "台账.csv", "text/csv")
		io.WriteString(rw, strings.Repeat("a,b\n", 10000))
		return errors.New("row 10001 unreadable")
	}))
	srv := httptest.NewServer(w.h)
	defer srv.Close()
	res, err := http.Get(srv.URL + "/csv") // asks for gzip
	if err == nil {
		_, err = io.ReadAll(res.Body)
		res.Body.Close()
	}
	if err == nil {
		t.Error("a torn download looks whole")
	}
}

func TestNotFoundIsTheSameWhateverWasAsked(t *testing.T) {
	w := newWorld(t)
	w.mux.Handle("GET /g/{grid}", w.Handle(func(rw http.ResponseWriter, r *http.Request) error {
		return fmt.Errorf("grid of another town: %w", errs.New(errs.NotFound, "page.home", 7))
	}))
	w.mux.Handle("GET /town", http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		r = page.InTown(r, page.Town{ID: "t", Name: "雁南镇", English: true})
		w.Handle(func(http.ResponseWriter, *http.Request) error { return errs.Missing() }).ServeHTTP(rw, r)
	}))
	want := w.do("GET", "/nothing", "")
	for _, path := range []string{"/g/1", "/g/2?x=<script>", "/static/none.css", "/static/", "/r/100400752891", "/town", "/g/%00", "/g/%ff", "/prefs?lang=%ff", "/prefs?back=a%00"} {
		got := w.do("GET", path, "")
		if got.Code != 404 || got.Body.String() != want.Body.String() || fmt.Sprint(got.Header()) != fmt.Sprint(want.Header()) {
			t.Errorf("%s: %d, header %v\n%s", path, got.Code, got.Header(), got.Body)
		}
	}
	if got := w.do("PUT", "/prefs", ""); got.Code != 404 {
		t.Errorf("another method: %d", got.Code)
	}
}

func TestHeadersAreOnEveryAnswer(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/", "/robots.txt", w.Asset("app.css")} {
		h := w.do("GET", path, "").Header()
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
			"Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex, nofollow", "Cross-Origin-Opener-Policy": "same-origin"} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q", path, name, h.Get(name))
			}
		}
		csp := h.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'self'") || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", path, csp)
		}
		if h.Get("Strict-Transport-Security") == "" || h.Get("Permissions-Policy") == "" {
			t.Errorf("%s: %v", path, h)
		}
	}
}

func TestWritesFromOtherSitesAreRefused(t *testing.T) {
	w := newWorld(t)
	w.mux.Handle("POST /do", w.Handle(func(rw http.ResponseWriter, r *http.Request) error { return page.SeeOther(rw, r, "/") }))
	for _, c := range []struct {
		name    string
		headers []string
		want    int
	}{
		{"same origin", []string{"Sec-Fetch-Site", "same-origin"}, 303},
		{"cross site", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"same site, other host", []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"old browser, own origin", []string{"Origin", "https://yn.example"}, 303},
		{"old browser, other origin", []string{"Origin", "https://evil.example"}, 403},
		{"old browser, hidden origin", []string{"Origin", "null"}, 403},
		{"no browser", nil, 303},
	} {
		if got := w.do("POST", "https://yn.example/do", "", c.headers...); got.Code != c.want {
			t.Errorf("%s: %d, want %d", c.name, got.Code, c.want)
		}
	}
}

func TestBodiesAreBounded(t *testing.T) {
	w := newWorld(t)
	read := func(rw http.ResponseWriter, r *http.Request) error {
		_, err := page.ReadForm(r, nil)
		return err
	}
	w.mux.Handle("POST /small", w.Handle(read))
	w.mux.Handle("POST /large", w.Handle(read, page.Body(3<<20)))
	body := "text=" + strings.Repeat("a", 2<<20)
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	if got := w.do("POST", "/small", body, form...); got.Code != 413 {
		t.Errorf("2 MB where 1 is allowed: %d", got.Code)
	}
	if got := w.do("POST", "/large", body, form...); got.Code != 200 {
		t.Errorf("2 MB where 3 are allowed: %d %s", got.Code, got.Body)
	}
}

func TestTextsAreCompressed(t *testing.T) {
	w := newWorld(t)
	got := w.do("GET", "/none", "", "Accept-Encoding", "br, gzip")
	if got.Header().Get("Content-Encoding") != "gzip" || got.Header().Get("Content-Length") != "" {
		t.Fatalf("header %v", got.Header())
	}
	z, err := gzip.NewReader(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(z); err != nil || !strings.Contains(string(b), "没有找到") {
		t.Errorf("%v %s", err, b)
	}
	for _, enc := range []string{"", "gzip;q=0", "br"} {
		if got := w.do("GET", "/none", "", "Accept-Encoding", enc); got.Header().Get("Content-Encoding") != "" {
			t.Errorf("%q is answered with gzip", enc)
		}
	}
}

func TestSessions(t *testing.T) {
	w := newWorld(t)
	w.mux.Handle("/office", w.Staff(func(rw http.ResponseWriter, r *http.Request) error {
		fmt.Fprint(rw, page.Actor(r).Name)
		return nil
	}))
	if got := w.do("GET", "/office", "", "Cookie", "ym=good"); got.Body.String() != "林月" {
		t.Errorf("signed in: %d %s", got.Code, got.Body)
	}
	got := w.do("GET", "/office?view=mine", "", "Cookie", "ym=old")
	if got.Code != 303 || got.Header().Get("Location") != "/login?back=%2Foffice%3Fview%3Dmine" {
		t.Errorf("old session: %d %s", got.Code, got.Header().Get("Location"))
	}
	if c := got.Header().Get("Set-Cookie"); !strings.HasPrefix(c, "ym=;") || !strings.Contains(c, "Max-Age=0") {
		t.Errorf("the old session's cookie stays: %s", c)
	}
	if got := w.do("POST", "/office?view=mine", ""); got.Header().Get("Location") != "/login?ended=1&back=%2Foffice" {
		t.Errorf("a form without a session leads to %s", got.Header().Get("Location"))
	}
	for from, back := range map[string]string{"http://example.com/office/cases/1/answer?x=1": "%2Foffice%2Fcases%2F1%2Fanswer%3Fx%3D1",
		"http://elsewhere.example/office/cases": "%2Foffice", "http://example.com//elsewhere": "%2Foffice", "::": "%2Foffice"} {
		if got := w.do("POST", "/office", "", "Referer", from).Header().Get("Location"); got != "/login?ended=1&back="+back {
			t.Errorf("a form sent from %s leads to %s", from, got)
		}
	}
	long := "/office?q=" + strings.Repeat("%E4%BA%95", 150) // escaped once more it is longer than an address may be
	if got := w.do("GET", long, ""); got.Code != 303 || got.Header().Get("Location") != "/login" {
		t.Errorf("a long address without a session: %d %s", got.Code, got.Header().Get("Location"))
	}
	if got := w.do("POST", "/office", "", "Referer", "http://example.com"+long); got.Code != 303 || got.Header().Get("Location") != "/login?ended=1" {
		t.Errorf("a form sent from a long address: %d %s", got.Code, got.Header().Get("Location"))
	}
	if got := w.do("GET", "/office", "", "Cookie", "ym=broken"); got.Code != 500 {
		t.Errorf("a failing store of sessions: %d", got.Code)
	}
	rec := httptest.NewRecorder()
	w.SignIn(rec, "tok")
	if c := rec.Header().Get("Set-Cookie"); c != "ym=tok; Path=/; HttpOnly; Secure; SameSite=Lax" {
		t.Errorf("cookie %q", c)
	}
}

func TestOnlySafeRedirects(t *testing.T) {
	w := newWorld(t)
	for back, want := range map[string]string{
		"/office?x=1":                   "/office?x=1",
		"//evil.example":                "/",
		`/\evil.example`:                "/",
		"https://evil.example/":         "/",
		"/\t/evil.example":              "/",
		"javascript:alert(1)":           "/",
		"":                              "/",
		"/" + strings.Repeat("a", 3000): "/",
	} {
		r := httptest.NewRequest("GET", "/prefs?size=xl", nil)
		q := r.URL.Query()
		q.Set("back", back)
		got := w.do("GET", "/prefs?"+q.Encode(), "")
		if got.Code != 303 || got.Header().Get("Location") != want {
			t.Errorf("back %q leads to %q (%d), want %q", back, got.Header().Get("Location"), got.Code, want)
		}
		if !strings.HasPrefix(got.Header().Get("Set-Cookie"), "size=xl; Path=/; Max-Age=31536000") {
			t.Errorf("cookie %q", got.Header().Get("Set-Cookie"))
		}
	}
	if err := page.SeeOther(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil), "//evil.example"); err == nil {
		t.Error("SeeOther leads to another site")
	}
}

func TestLanguage(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		cookie, accept string
		english        bool
		want           i18n.Lang
	}{
		{"", "", false, i18n.ZH},
		{"", "en-GB,en", false, i18n.ZH}, // the town shows no English
		{"", "en-GB,en", true, i18n.EN},
		{"", "fr, zh;q=0.9, en", true, i18n.ZH},
		{"en", "zh", false, i18n.EN},
		{"zh-CN", "en", true, i18n.ZH},
		{"xx", "", false, i18n.ZH},
	} {
		r := page.InTown(httptest.NewRequest("GET", "/", nil), page.Town{English: c.english})
		r.Header.Set("Accept-Language", c.accept)
		if c.cookie != "" {
			r.AddCookie(&http.Cookie{Name: "lang", Value: c.cookie})
		}
		if got := w.Lang(r); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

func TestLinksNeverAskTheRequest(t *testing.T) {
	w := newWorld(t)
	if got := w.Link("/g/3"); got != "https://yn.example/g/3" {
		t.Error(got)
	}
	for _, base := range []string{"", "yn.example", "ftp://yn.example", "https://yn.example/app", "https://u@yn.example"} {
		cat, _ := i18n.Load()
		if _, err := page.New(page.Config{Catalogue: cat, Base: base, Log: slog.Default()}); err == nil {
			t.Errorf("base %q is taken", base)
		}
	}
}

package uitest

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestMain(m *testing.M) { Main(m) }

const head = `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>雁南镇</title>
<meta name="viewport" content="width=device-width"></head><body>`

// site serves the pages that the tests look at, under the policy that Yanming's own pages have.
func site(t *testing.T) string {
	mux := http.NewServeMux()
	show := func(path, body string) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			io.WriteString(w, body)
		})
	}
	show("/sound", head+`<main><h1>意见</h1><p>都写在这里。</p></main></body></html>`)
	show("/nameless", head+`<main><h1>意见</h1><img src="/dot.png"><form><input name="q"></form></main></body></html>`)
	show("/pale", head+`<main><h1>意见</h1><p style="color:#bbb;background:#fff">看不清</p></main></body></html>`)
	show("/wide", head+`<main><h1>意见</h1><div id="sheet" style="width:700px">一行很宽</div></main></body></html>`)
	show("/boxed", head+`<main><h1>意见</h1><div style="overflow-x:auto" tabindex="0"><div style="width:700px">宽</div></div></main></body></html>`)
	show("/spaced", head+`<main><h1>意见</h1><div id="tight" style="width:300px;white-space:nowrap;display:inline-block">
		<span>`+strings.Repeat("字", 18)+`</span></div></main></body></html>`)
	show("/covered", head+`<main><h1>意见</h1><button>按</button><i></i><div style="position:fixed;inset:0"></div></main></body></html>`)
	show("/key", head+`<main><h1>[case.accept]</h1></main></body></html>`)
	show("/script", head+`<main><h1 id="h">无脚本</h1></main><script>document.getElementById("h").textContent = "有脚本"</script></body></html>`)
	show("/broken", head+`<main><h1>意见</h1></main><script>null.x()</script><img alt="" src="/gone.png"></body></html>`)
	show("/form", head+`<main><h1>意见</h1><form method="post" action="/say"><label>内容 <textarea name="text">旧的</textarea></label>
		<label>哪天 <input type="date" name="day"></label><label>村 <select name="village"><option value="">未选</option><option value="v2">二村</option></select></label>
		<label><input type="checkbox" name="quiet" value="1"> 保密</label><label>照片 <input type="file" name="photo"></label>
		<button type="button">别的</button><button>提交</button></form></main></body></html>`)
	mux.HandleFunc("POST /say", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "receipt", Value: "r1", Path: "/", HttpOnly: true})
		r.ParseForm()
		http.Redirect(w, r, "/told?"+r.PostForm.Encode(), http.StatusSeeOther)
	})
	mux.HandleFunc("GET /told", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, head, `<main><h1>收到</h1><p id="told">`, r.FormValue("text"), r.FormValue("day"), r.FormValue("village"), r.FormValue("quiet"), `</p><p id="lang">`, r.Header.Get("Accept-Language"), `</p></main></body></html>`)
	})
	mux.HandleFunc("GET /refused", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusUnprocessableEntity)
		io.WriteString(w, head+`<main><h1>没有填</h1></main></body></html>`)
	})
	show("/heavy", `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>重</title><link rel="stylesheet" href="/a.css">
		<script defer src="/a.js"></script></head><body><main><h1>重</h1></main></body></html>`)
	noise := make([]byte, 40_000) // does not compress: each byte differs from what came before it
	for i, x := 0, uint32(1); i < len(noise); i++ {
		x = x*1664525 + 1013904223
		noise[i] = "abcdefghijklmnopqrstuvwxyz0123456789_$ABCDEFGHIJKLMNOPQRSTUVWXYZ"[x>>26]
	}
	mux.HandleFunc("GET /a.js", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		io.WriteString(w, "// "+string(noise))
	})
	mux.HandleFunc("GET /a.css", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		io.WriteString(z, strings.Repeat("main { color: #111 }\n", 5000))
		z.Close()
	})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'")
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestAxe(t *testing.T) {
	url, p := site(t), New(t).Page()
	for path, want := range map[string][]string{
		"/sound":    nil,
		"/nameless": {"image-alt", "label"},
		"/pale":     {"color-contrast"},
	} {
		p.Open(url + path)
		var got []string
		for _, v := range p.Axe() {
			if v.Selector == "" || v.Help == "" || v.HTML == "" {
				t.Errorf("%s: a violation lacks where or what: %+v", path, v)
			}
			got = append(got, v.Rule)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: violations (-want +got):\n%s", path, diff)
		}
	}
	p.NoScript()
	p.Open(url + "/nameless")
	if n := len(p.Axe()); n != 2 {
		t.Errorf("without scripts axe finds %d violations, want 2", n)
	}
	p.Open(url + "/script")
	if got := p.Text("h1"); got != "无脚本" {
		t.Errorf("after Axe scripts are on again: %q", got)
	}
}

func TestReflow(t *testing.T) {
	url, p := site(t), New(t).Page()
	p.Viewport(390, 844)
	for path, want := range map[string]string{"/sound": "", "/boxed": "", "/wide": "div#sheet ends at", "/spaced": "span ends at"} {
		p.Open(url + path)
		got := strings.Join(p.ReflowsAt320(), "\n")
		if (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
		if w := Eval[int](p, "innerWidth"); path == "/sound" && w != 390 {
			t.Errorf("the viewport is %d wide afterwards, want 390", w)
		}
		if got := Eval[string](p, "getComputedStyle(document.querySelector('h1')).letterSpacing"); got != "normal" {
			t.Errorf("%s: the text stays spaced: %s", path, got)
		}
	}
}

func TestWeight(t *testing.T) {
	url, b := site(t), New(t)
	p := b.Page()
	p.Open(url + "/sound")
	if w := p.Weight(); w.Requests != 1 || w.Blocking != 1 || w.JS != 0 || w.Bytes < 150 || w.Bytes > 1500 {
		t.Errorf("a page of one request: %+v", w)
	}
	p.Open(url + "/heavy")
	w := p.Weight()
	if w.Requests != 3 || w.Blocking != 2 {
		t.Errorf("a page with a sheet and a deferred script: %+v", w)
	}
	if w.JS < 40_000 || w.JS > 41_000 || w.CSS < 100 || w.CSS > 2_000 || w.Bytes < w.JS+w.CSS {
		t.Errorf("bytes as sent: %+v", w)
	}
	if painted, usable := p.Timing(); painted <= 0 || usable <= 0 {
		t.Errorf("painted after %s, usable after %s", painted, usable)
	}
}

func TestSlow(t *testing.T) {
	url, p := site(t), New(t).Page()
	p.EmulateSlow()
	p.Open(url + "/heavy")
	// 400 ms to the server for the page, 400 ms and 40 kB at 50 kB/s for its script
	if _, usable := p.Timing(); usable.Milliseconds() < 1500 {
		t.Errorf("usable after %s on a slow line", usable)
	}
}

func TestForm(t *testing.T) {
	for _, scripts := range []bool{true, false} {
		url, b := site(t), New(t)
		p := b.Page()
		p.Viewport(390, 844)
		if !scripts {
			p.NoScript()
		}
		p.Language("en")
		p.Open(url + "/form")
		p.Type("textarea", "路灯坏了")
		p.Set("[name=day]", "2026-11-23")
		p.Select("select", "v2")
		p.Click("[name=quiet]")
		p.Upload("[name=photo]", filepath.Join("testdata", "axe", "LICENSE"))
		if got := p.Value("textarea"); got != "路灯坏了" {
			t.Errorf("scripts %v: the field holds %q", scripts, got)
		}
		p.Submit("form")
		if got, want := p.Status(), 200; got != want || !strings.HasPrefix(p.URL(), url+"/told?") {
			t.Errorf("scripts %v: status %d at %s", scripts, got, p.URL())
		}
		if w := p.Weight(); w.Requests != 2 {
			t.Errorf("a redirect is not counted: %+v", w)
		}
		if got, want := p.Text("#told"), "路灯坏了2026-11-23v21"; got != want {
			t.Errorf("scripts %v: sent %q, want %q", scripts, got, want)
		}
		if got := p.Text("#lang"); got != "en" {
			t.Errorf("asked for language %q", got)
		}
		if got := p.Cookies(); len(got) != 1 || got[0].Name != "receipt" || !got[0].HTTPOnly {
			t.Errorf("cookies: %+v", got)
		}
		other := New(t).Page()
		other.SetCookie(url, "mine", "1")
		other.Open(url + "/sound")
		if got := other.Cookies(); len(got) != 1 || got[0].Name != "mine" {
			t.Errorf("another visitor's cookies: %+v", got)
		}
		again := b.Page()
		again.Open(url + "/sound")
		if got := again.Cookies(); len(got) != 1 || got[0].Name != "receipt" {
			t.Errorf("the same visitor's other tab: %+v", got)
		}
	}
}

func TestProblems(t *testing.T) {
	url, p := site(t), New(t).Page()
	p.Open(url + "/refused")
	if got := p.Problems(); p.Status() != 422 || len(got) != 0 {
		t.Errorf("status %d, problems %q", p.Status(), got)
	}
	p.Open(url + "/broken")
	if got := strings.Join(p.Problems(), "\n"); !strings.Contains(got, "TypeError") || !strings.Contains(got, "/gone.png") {
		t.Errorf("problems: %q", got)
	}
	p.Open(url + "/key")
	if got := bare.FindString(p.Text("body")); got != "[case.accept]" {
		t.Errorf("a missing message is not seen: %q", got)
	}
	p.Open(url + "/sound")
	p.MustBeSound()
	p.Press("\t")
	if got := p.Focused(); got != "body" {
		t.Errorf("focus on %q", got)
	}
}

// recorder is a test that notes its failures instead of failing, to show that a check can fail.
type recorder struct {
	testing.TB
	said []string
}

func (r *recorder) Helper() {}
func (r *recorder) Errorf(format string, a ...any) {
	r.said = append(r.said, fmt.Sprintf(format, a...))
}
func (r *recorder) Fatalf(format string, a ...any) {
	r.Errorf(format, a...)
	runtime.Goexit()
}

// failures runs steps that should fail on a page, and returns what they said.
func failures(t *testing.T, p *Page, steps func()) string {
	r := &recorder{TB: t}
	p.t, p.limit = r, time.Second
	defer func() { p.t, p.limit = t, patience }()
	done := make(chan struct{})
	go func() { defer close(done); steps() }()
	<-done
	return strings.Join(r.said, "\n")
}

func TestStepsFail(t *testing.T) {
	url, p := site(t), New(t).Page()
	for _, c := range []struct {
		path, want string
		steps      func()
	}{
		{"/nameless", "axe: image-alt", p.MustBeSound},
		{"/wide", "scrolls sideways at 320 px: div#sheet", p.MustBeSound},
		{"/broken", "console: Uncaught TypeError", p.MustBeSound},
		{"/key", "the catalogue lacks [case.accept]", p.MustBeSound},
		{"/sound", "", p.MustBeSound},
		{"/sound", "no such element", func() { p.Click("button") }},
		{"/sound", "it cannot have the focus", func() { p.Type("h1", "x") }},
		{"/covered", "it lies under <div", func() { p.Click("button") }},
		{"/covered", "it cannot be seen", func() { p.Wait("i") }},
		{"/form", `it holds ""`, func() { p.Select("select", "v9") }},
		{"/form", "wait for the next page", func() { p.Follow("button[type=button]") }},
		{"/form", "no such file", func() { p.Upload("[type=file]", "testdata/none") }},
		{"/sound", "ERR_", func() { p.Open("http://127.0.0.1:1/") }},
	} {
		p.Open(url + c.path)
		if got := failures(t, p, c.steps); !strings.Contains(got, c.want) || (c.want == "" && got != "") {
			t.Errorf("%s: said %q, want %q", c.path, got, c.want)
		}
	}
}

func TestScreenshot(t *testing.T) {
	t.Setenv("YANMING_SHOTS", t.TempDir())
	url, p := site(t), New(t).Page()
	p.Viewport(390, 844)
	p.Open(url + "/sound")
	b, err := os.ReadFile(p.Screenshot("sound.390x844"))
	if err != nil || !strings.HasPrefix(string(b), "\x89PNG") || len(b) < 2000 {
		t.Errorf("screenshot: %d bytes, %v", len(b), err)
	}
}

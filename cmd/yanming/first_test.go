package main

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"yanming/internal/i18n"
	"yanming/internal/web/page/pagetest"
)

// visitor is somebody with a browser without scripts: pages, links and forms.
type visitor struct {
	*testing.T
	client *http.Client
	base   string
	at     *url.URL
	doc    *html.Node
	text   string
}

func newVisitor(t *testing.T, base string) *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{T: t, client: &http.Client{Jar: jar, Timeout: time.Minute}, base: base}
}

func (v *visitor) open(r *http.Request) {
	v.Helper()
	resp, err := v.client.Do(r)
	if err != nil {
		v.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		v.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		v.Fatalf("%s %s: %d\n%s", r.Method, r.URL, resp.StatusCode, b)
	}
	v.at, v.text = resp.Request.URL, string(b)
	if v.doc, err = html.Parse(bytes.NewReader(b)); err != nil {
		v.Fatal(err)
	}
}

func (v *visitor) get(path string) {
	v.Helper()
	r, err := http.NewRequestWithContext(v.Context(), http.MethodGet, v.base+path, nil)
	if err != nil {
		v.Fatal(err)
	}
	v.open(r)
}

// send fills the form of the page that leads to action, and sends it as a browser would.
func (v *visitor) send(action string, pairs ...string) {
	v.Helper()
	form := v.form(action)
	if form == nil {
		v.Fatalf("%s has no form to %s", v.at, action)
	}
	values := url.Values{}
	fields(form, values)
	for i := 0; i < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	var body bytes.Buffer
	kind := "application/x-www-form-urlencoded"
	if pagetest.Attr(form, "enctype") == "multipart/form-data" {
		w := multipart.NewWriter(&body)
		for k, vs := range values {
			for _, x := range vs {
				w.WriteField(k, x)
			}
		}
		w.Close()
		kind = w.FormDataContentType()
	} else {
		body.WriteString(values.Encode())
	}
	r, err := http.NewRequestWithContext(v.Context(), http.MethodPost, v.base+action, &body)
	if err != nil {
		v.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Origin", v.base)
	v.open(r)
}

func (v *visitor) form(action string) (found *html.Node) {
	walk(v.doc, func(n *html.Node) {
		to, _, _ := strings.Cut(pagetest.Attr(n, "action"), "?")
		if n.Data == "form" && found == nil && strings.EqualFold(pagetest.Attr(n, "method"), "post") && (to == action || to == "" && v.at.Path == action) {
			found = n
		}
	})
	return found
}

// fields collects what a browser sends of an untouched form.
func fields(form *html.Node, values url.Values) {
	walk(form, func(n *html.Node) {
		name := pagetest.Attr(n, "name")
		if name == "" {
			return
		}
		switch kind := pagetest.Attr(n, "type"); {
		case n.Data == "input" && (kind == "radio" || kind == "checkbox"):
			if pagetest.Has(n, "checked") {
				values.Add(name, pagetest.Attr(n, "value"))
			}
		case n.Data == "input" && kind != "file" && kind != "submit":
			values.Add(name, pagetest.Attr(n, "value"))
		case n.Data == "textarea" && n.FirstChild != nil:
			values.Add(name, n.FirstChild.Data)
		}
	})
}

func walk(n *html.Node, see func(*html.Node)) {
	if n.Type == html.ElementNode {
		see(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, see)
	}
}

// words is the text of the page without its marks.
func (v *visitor) words() string {
	var b strings.Builder
	var read func(*html.Node)
	read = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data + " ")
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			read(c)
		}
	}
	read(v.doc)
	return strings.Join(strings.Fields(b.String()), " ")
}

// TestFromAnEmptyFolderToTheFirstReceipt is a newcomer's first five minutes, by script: serve, set up one town, and a
// resident's first receipt, which opens again by number and code.
func TestFromAnEmptyFolderToTheFirstReceipt(t *testing.T) {
	began := time.Now()
	cat, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	lines, out := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		cmd := serveCmd{place: place{Data: t.TempDir()}, listening: listening{Listen: "127.0.0.1:0"}}
		ended <- cmd.Run(ctx, shell{out: out, err: io.Discard, cat: cat, lang: i18n.ZH})
	}()
	said, link := make([]byte, 0, 4096), regexp.MustCompile(`(http://[^/\s]+)(/setup\?token=\S+)`)
	var m [][]byte
	for m == nil {
		b := make([]byte, 512)
		n, err := lines.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		said = append(said, b[:n]...)
		m = link.FindSubmatch(said)
	}
	go io.Copy(io.Discard, lines)
	base := string(m[1])

	boss := newVisitor(t, base)
	boss.get(string(m[2]))
	boss.get("/setup/admin?code=419901101&name=" + url.QueryEscape("试验镇"))
	boss.send("/setup/admin", "person", "管理员", "login", "guanli", "password", "four geese carry letters", "again", "four geese carry letters")
	boss.get("/admin/villages")
	boss.send("/admin/villages", "villages", "柳岸村\n东坡村")

	who := newVisitor(t, base)
	who.get("/say/what?town=419901101")
	who.send("/say/where", "text", "村东的沟堵了，一下雨就往家里倒灌。", "category", "water")
	who.send("/say/reply", "where", "u")
	who.send("/say/check", "reply", "none")
	who.send("/say/send")
	receipt := regexp.MustCompile(`(\d{4} \d{4} \d{4})\D+(\d{6})\b`).FindStringSubmatch(who.words())
	if receipt == nil || !strings.HasPrefix(who.at.Path, "/r/") {
		t.Fatalf("no receipt at %s: %s", who.at, who.words())
	}
	if strings.Contains(who.at.String(), receipt[2]) {
		t.Error("the code stands in the address")
	}
	if took := time.Since(began); took > 5*time.Minute {
		t.Errorf("the first receipt took %s", took)
	}

	later := newVisitor(t, base)
	later.get("/r")
	later.send("/r", "number", receipt[1], "code", receipt[2])
	if !strings.Contains(later.words(), "沟堵了") {
		t.Errorf("number and code do not open it: %s", later.words())
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("serve ended with %v", err)
	}
}

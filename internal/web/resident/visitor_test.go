package resident_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"yanming/internal/seal"
	"yanming/internal/web/page/pagetest"
)

// visitor is a browser without scripts: it keeps cookies, follows redirects, and sends forms as they stand.
type visitor struct {
	t      testing.TB
	c      *http.Client
	base   string
	at     string // path of the page
	status int
	header http.Header
	body   string
	doc    *html.Node
}

func (w *town) visitor(t testing.TB) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t: t, c: &http.Client{Jar: jar}, base: w.url}
}

func (v *visitor) do(req *http.Request) *visitor {
	v.t.Helper()
	res, err := v.c.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	v.at, v.status, v.header, v.body = res.Request.URL.RequestURI(), res.StatusCode, res.Header, string(b)
	if v.doc, err = html.Parse(strings.NewReader(v.body)); err != nil {
		v.t.Fatal(err)
	}
	return v
}

func (v *visitor) get(path string) *visitor {
	v.t.Helper()
	req, err := http.NewRequest("GET", v.base+path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.do(req)
}

func (v *visitor) post(path string, vs url.Values) *visitor {
	v.t.Helper()
	req, err := http.NewRequest("POST", v.base+path, strings.NewReader(vs.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.do(req)
}

// form returns the fields of the page's form that goes to action, as a browser would send them untouched.
func (v *visitor) form(action string) url.Values {
	v.t.Helper()
	vs := url.Values{}
	f := v.find(func(n *html.Node) bool { return n.Data == "form" && pagetest.Attr(n, "action") == action })
	if f == nil {
		v.t.Fatalf("%s (%d) has no form to %s:\n%s", v.at, v.status, action, v.body)
	}
	for n := range f.Descendants() {
		name := pagetest.Attr(n, "name")
		switch {
		case n.Type != html.ElementNode || name == "":
		case n.Data == "textarea":
			vs.Add(name, strings.TrimPrefix(text(n), "\n"))
		case n.Data == "option":
		case n.Data == "select":
			first, chosen, some := "", "", false
			for o := range n.Descendants() {
				if o.Data != "option" {
					continue
				}
				if !some {
					first, some = pagetest.Attr(o, "value"), true
				}
				if pagetest.Has(o, "selected") {
					chosen = pagetest.Attr(o, "value")
				}
			}
			if chosen == "" {
				chosen = first
			}
			vs.Add(name, chosen)
		case n.Data == "input":
			typ := pagetest.Attr(n, "type")
			if typ == "file" || (typ == "radio" || typ == "checkbox") && !pagetest.Has(n, "checked") {
				continue
			}
			vs.Add(name, pagetest.Attr(n, "value"))
		}
	}
	return vs
}

// send sends the form to action with some fields changed: name, value, name, value …
func (v *visitor) send(action string, changed ...string) *visitor {
	v.t.Helper()
	vs := v.form(action)
	for i := 0; i < len(changed); i += 2 {
		vs.Set(changed[i], changed[i+1])
	}
	return v.post(action, vs)
}

// upload is send with files in the field photos.
func (v *visitor) upload(action string, vs url.Values, photos ...[]byte) *visitor {
	v.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for name, values := range vs {
		for _, value := range values {
			m.WriteField(name, value)
		}
	}
	for _, p := range photos {
		f, err := m.CreateFormFile("photos", "家门口 20261123.jpg")
		if err != nil {
			v.t.Fatal(err)
		}
		f.Write(p)
	}
	m.Close()
	req, err := http.NewRequest("POST", v.base+action, &b)
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Content-Type", m.FormDataContentType())
	return v.do(req)
}

// upToCheck goes through the pages to the last, with what is given and what a hurried resident would choose.
func (v *visitor) upToCheck(start, words string, given ...string) *visitor {
	v.t.Helper()
	g := map[string]string{"reply": "none"}
	for i := 0; i < len(given); i += 2 {
		g[given[i]] = given[i+1]
	}
	pick := func(names ...string) (list []string) {
		for _, n := range names {
			if x, ok := g[n]; ok {
				list = append(list, n, x)
			}
		}
		return list
	}
	v.get(start).send("/say/where", append(pick("who", "kind", "category"), "text", words)...)
	v.send("/say/reply", pick("where", "place", "about", "hush")...)
	return v.send("/say/check", pick("reply", "name", "phone", "address", "consent", "follow")...)
}

// say says a word and returns the number in the address of the receipt that comes back.
func (v *visitor) say(start, words string, given ...string) seal.Number {
	v.t.Helper()
	v.upToCheck(start, words, given...)
	v.upload("/say/send", v.form("/say/send"))
	return v.number()
}

func (v *visitor) number() seal.Number {
	v.t.Helper()
	at, _, _ := strings.Cut(strings.TrimPrefix(v.at, "/r/"), "?")
	n, err := seal.ParseNumber(at)
	if err != nil || v.status != 200 {
		v.t.Fatalf("no receipt at %s (%d):\n%s", v.at, v.status, v.body)
	}
	return n
}

func (v *visitor) find(is func(*html.Node) bool) *html.Node {
	for n := range v.doc.Descendants() {
		if n.Type == html.ElementNode && is(n) {
			return n
		}
	}
	return nil
}

// id returns the text of an element, "" where there is none.
func (v *visitor) id(id string) string {
	if n := v.find(func(n *html.Node) bool { return pagetest.Attr(n, "id") == id }); n != nil {
		return strings.TrimSpace(text(n))
	}
	return ""
}

// links returns where the page leads.
func (v *visitor) links() (list []string) {
	for n := range v.doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "a" {
			list = append(list, pagetest.Attr(n, "href"))
		}
	}
	return list
}

func (v *visitor) title() string {
	return text(v.find(func(n *html.Node) bool { return n.Data == "title" }))
}

// offers reports whether a group of choices holds a value.
func (v *visitor) offers(name, value string) bool {
	return v.find(func(n *html.Node) bool { return pagetest.Attr(n, "name") == name && pagetest.Attr(n, "value") == value }) != nil
}

func (v *visitor) shows(words ...string) {
	v.t.Helper()
	all := text(v.doc)
	for _, s := range words {
		if !strings.Contains(all, s) {
			v.t.Errorf("%s (%d) does not show %q:\n%s", v.at, v.status, s, squeeze(all))
		}
	}
}

func (v *visitor) hides(words ...string) {
	v.t.Helper()
	for _, s := range words {
		if s == "" || strings.Contains(v.body, s) {
			v.t.Errorf("%s (%d) shows %q", v.at, v.status, s)
		}
	}
}

func (v *visitor) is(status int) {
	v.t.Helper()
	if v.status != status {
		v.t.Fatalf("%s: status %d, want %d\n%s", v.at, v.status, status, squeeze(text(v.doc)))
	}
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func text(n *html.Node) string {
	if n == nil {
		return ""
	}
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && d.Parent.Data != "style" && d.Parent.Data != "script" {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

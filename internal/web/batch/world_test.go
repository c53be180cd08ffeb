package batch_test

import (
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"yanming/internal/actor"
	"yanming/internal/blob"
	"yanming/internal/db/dbtest"
	"yanming/internal/i18n"
	"yanming/internal/importer"
	"yanming/internal/job"
	"yanming/internal/org"
	"yanming/internal/towntest"
	"yanming/internal/web/batch"
	"yanming/internal/web/page"
	"yanming/internal/web/page/pagetest"
)

var ctx = context.Background()

// world is a town's import pages on a server of their own. The session's token is the role of who is signed in.
type world struct {
	*towntest.Town
	base    string
	imports *importer.Service
	jobs    *job.Runner
	people  map[string]actor.Actor
}

func newWorld(t *testing.T) *world {
	t.Helper()
	clock := &dbtest.Clock{}
	d := dbtest.SQLite(t, clock.Now)
	w := &world{Town: towntest.New(t, d, clock, "柳岸村"), people: map[string]actor.Actor{}}
	blobs, err := blob.Open(t.TempDir())
	w.No(err)
	cat, err := i18n.Load()
	w.No(err)
	hall := w.Unit(org.Department, "便民服务中心")
	for _, role := range []actor.Role{actor.Intake, actor.Admin, actor.Handler, actor.General} {
		w.people[string(role)] = w.Person(string(role), hall, role)
	}
	w.imports = importer.New(importer.Config{Store: d, Cases: w.Cases, Orgs: w.Orgs, Keys: w.Keys, Blobs: blobs, Catalogue: cat, Acting: w.Acting})
	w.jobs = job.NewRunner(d, job.Options{})
	for _, k := range importer.JobKinds() {
		w.jobs.Handle(k, w.imports.Work)
	}
	w.base = pagetest.Serve(t, w.people, func(site *page.Site) (*batch.Server, error) {
		return batch.New(batch.Deps{Site: site, Imports: w.imports, Nav: func(*http.Request) []page.NavItem {
			return []page.NavItem{{Key: "import.title", Icon: "upload", Href: "/office/import", Current: true}}
		}})
	}, func(inner http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			inner.ServeHTTP(rw, page.InTown(r, page.Town{ID: dbtest.Town, Name: "雁南镇", English: true}))
		})
	})
	return w
}

// drain does what waits behind the pages.
func (w *world) drain() {
	w.T.Helper()
	if _, err := w.jobs.Drain(ctx); err != nil {
		w.T.Fatal(err)
	}
}

// got is an answer: where it came from, and its page.
type got struct {
	t      testing.TB
	status int
	path   string
	header http.Header
	body   string
	doc    *html.Node
}

func (w *world) do(who string, req *http.Request) got {
	w.T.Helper()
	req.AddCookie(&http.Cookie{Name: "ym", Value: who})
	req.AddCookie(&http.Cookie{Name: "lang", Value: "zh-CN"})
	client := http.Client{CheckRedirect: func(r *http.Request, via []*http.Request) error {
		for _, c := range req.Cookies() {
			r.AddCookie(c)
		}
		return nil
	}}
	resp, err := client.Do(req)
	if err != nil {
		w.T.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		w.T.Fatal(err)
	}
	doc, err := html.Parse(strings.NewReader(string(b)))
	if err != nil {
		w.T.Fatal(err)
	}
	return got{w.T, resp.StatusCode, resp.Request.URL.Path, resp.Header, string(b), doc}
}

func (w *world) get(who, path string) got {
	w.T.Helper()
	req, err := http.NewRequest(http.MethodGet, w.base+path, nil)
	if err != nil {
		w.T.Fatal(err)
	}
	return w.do(who, req)
}

func (w *world) post(who, path string, form url.Values) got {
	w.T.Helper()
	req, err := http.NewRequest(http.MethodPost, w.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		w.T.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return w.do(who, req)
}

func (w *world) upload(who, name, content string) got {
	w.T.Helper()
	var b strings.Builder
	m := multipart.NewWriter(&b)
	part, err := m.CreateFormFile("file", name)
	if err == nil {
		_, err = io.WriteString(part, content)
	}
	if err == nil {
		err = m.Close()
	}
	if err != nil {
		w.T.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, w.base+"/office/import", strings.NewReader(b.String()))
	if err != nil {
		w.T.Fatal(err)
	}
	req.Header.Set("Content-Type", m.FormDataContentType())
	return w.do(who, req)
}

// all returns the elements of a tag that have an attribute with a value, or the attribute at all where value is "".
func (g got) all(tag, attr, value string) (out []*html.Node) {
	for n := range g.doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == tag {
			if v, ok := attribute(n, attr); attr == "" || ok && (value == "" || v == value) {
				out = append(out, n)
			}
		}
	}
	return out
}

func attribute(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// form returns what a form would send as it stands.
func (g got) form(id string) url.Values {
	g.t.Helper()
	forms := g.all("form", "id", id)
	if len(forms) != 1 {
		g.t.Fatalf("%s has %d forms %q: %d %.300s", g.path, len(forms), id, g.status, g.body)
	}
	v := url.Values{}
	for n := range forms[0].Descendants() {
		name, named := attribute(n, "name")
		if n.Type != html.ElementNode || !named {
			continue
		}
		switch n.Data {
		case "input":
			kind, _ := attribute(n, "type")
			if _, checked := attribute(n, "checked"); kind != "checkbox" || checked {
				value, _ := attribute(n, "value")
				v.Add(name, value)
			}
		case "select":
			for o := range n.Descendants() {
				if _, selected := attribute(o, "selected"); o.Data == "option" && selected {
					value, _ := attribute(o, "value")
					v.Set(name, value)
				}
			}
		}
	}
	return v
}

// counts returns the figures of a report: read, accepted, returned, known, cases, skipped.
func (g got) counts() string {
	g.t.Helper()
	box := g.all("div", "id", "counts")
	if len(box) != 1 {
		g.t.Fatalf("%s shows no counts: %d %.400s", g.path, g.status, g.body)
	}
	var ns []string
	for n := range box[0].Descendants() {
		if n.Type == html.ElementNode && n.Data == "b" {
			ns = append(ns, pagetest.Text(n))
		}
	}
	return fmt.Sprint(ns)
}

package batch_test

import (
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"yanming/internal/actor"
	"yanming/internal/blob"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/importer"
	"yanming/internal/job"
	"yanming/internal/org"
	"yanming/internal/seal"
	"yanming/internal/web/batch"
	"yanming/internal/web/page"
	"yanming/internal/web/page/pagetest"
)

var ctx = context.Background()

// world is a town's import pages on a server of their own. The session's token is the name of who is signed in.
type world struct {
	t       *testing.T
	base    string
	imports *importer.Service
	cases   *casework.Service
	store   *db.DB
	jobs    *job.Runner
	clock   *dbtest.Clock
	people  map[string]actor.Actor
}

func newWorld(t *testing.T) *world {
	t.Helper()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	clock := &dbtest.Clock{}
	d := dbtest.SQLite(t, clock.Now)
	keys, err := seal.Open(t.TempDir())
	ok(err)
	orgs, err := org.New(d)
	ok(err)
	blobs, err := blob.Open(t.TempDir())
	ok(err)
	cat, err := i18n.Load()
	ok(err)
	w := &world{t: t, store: d, clock: clock, cases: casework.New(d, keys, orgs), people: map[string]actor.Actor{}}
	for _, town := range []org.OpenTown{{ID: "419900", Name: "雁县", Demo: true}, {ID: dbtest.Town, Name: "雁南镇", Demo: true}} {
		_, err = orgs.OpenTown(ctx, actor.Actor{Town: town.ID, System: true}, town)
		ok(err)
	}
	sys := actor.Actor{Town: dbtest.Town, System: true}
	_, err = orgs.AddVillages(ctx, sys, org.AddVillages{Villages: []org.VillageLine{{Name: "柳岸村"}}})
	ok(err)
	hall, err := orgs.SaveUnit(ctx, sys, org.SaveUnit{Kind: org.Department, Name: "便民服务中心"})
	ok(err)
	acting := func(ctx context.Context, town, person string) (a actor.Actor, err error) {
		err = d.Across(ctx, func(x *db.Wide) (err error) { a, err = org.Acting(ctx, x, town, person); return err })
		return a, err
	}
	for _, role := range []actor.Role{actor.Intake, actor.Admin, actor.Handler} {
		p, err := orgs.SavePerson(ctx, sys, org.SavePerson{Name: string(role)})
		ok(err)
		_, err = orgs.Appoint(ctx, sys, org.Appoint{Person: p, Unit: hall, Role: role})
		ok(err)
		a, err := acting(ctx, dbtest.Town, p)
		ok(err)
		a.Account = "account of " + string(role)
		w.people[string(role)] = a
	}
	w.imports = importer.New(importer.Config{Store: d, Cases: w.cases, Orgs: orgs, Keys: keys, Blobs: blobs, Catalogue: cat, Acting: acting})
	w.jobs = job.NewRunner(d, job.Options{})
	for _, k := range importer.JobKinds() {
		w.jobs.Handle(k, w.imports.Work)
	}
	var h http.Handler
	srv := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) { h.ServeHTTP(out, r) }))
	t.Cleanup(srv.Close)
	w.base = srv.URL
	site := pagetest.Site(t, srv.URL, page.SessionFunc(func(_ context.Context, token string) (actor.Actor, error) {
		if a, ok := w.people[token]; ok {
			return a, nil
		}
		return actor.Actor{}, errs.Missing()
	}))
	pages, err := batch.New(batch.Deps{Site: site, Imports: w.imports, Nav: func(*http.Request) []page.NavItem {
		return []page.NavItem{{Key: "import.title", Icon: "upload", Href: "/office/import", Current: true}}
	}})
	ok(err)
	mux := http.NewServeMux()
	site.Register(mux)
	pages.Register(mux)
	inner := site.Wrap(mux)
	h = http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		inner.ServeHTTP(out, page.InTown(r, page.Town{ID: dbtest.Town, Name: "雁南镇", English: true}))
	})
	return w
}

// drain does what waits behind the pages.
func (w *world) drain() {
	w.t.Helper()
	if _, err := w.jobs.Drain(ctx); err != nil {
		w.t.Fatal(err)
	}
}

// got is an answer: where it came from, and its page.
type got struct {
	t      *testing.T
	status int
	path   string
	header http.Header
	body   string
	doc    *html.Node
}

func (w *world) do(who string, req *http.Request) got {
	w.t.Helper()
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
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	doc, err := html.Parse(strings.NewReader(string(b)))
	if err != nil {
		w.t.Fatal(err)
	}
	return got{w.t, resp.StatusCode, resp.Request.URL.Path, resp.Header, string(b), doc}
}

func (w *world) get(who, path string) got {
	w.t.Helper()
	req, err := http.NewRequest(http.MethodGet, w.base+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.do(who, req)
}

func (w *world) post(who, path string, form url.Values) got {
	w.t.Helper()
	req, err := http.NewRequest(http.MethodPost, w.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return w.do(who, req)
}

func (w *world) upload(who, name, content string) got {
	w.t.Helper()
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
		w.t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, w.base+"/office/import", strings.NewReader(b.String()))
	if err != nil {
		w.t.Fatal(err)
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

func text(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
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
			ns = append(ns, text(n))
		}
	}
	return fmt.Sprint(ns)
}

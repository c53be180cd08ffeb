package desk

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"yanming/internal/actor"
	"yanming/internal/blob"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/org"
	"yanming/internal/seal"
	"yanming/internal/uitest"
	"yanming/internal/web/page"
	"yanming/internal/web/page/pagetest"
	"yanming/internal/web/town"
)

func TestMain(m *testing.M) { uitest.Main(m) }

var ctx = context.Background()

// world is a small town behind a real server; every colleague signs in with a session named after their role.
type world struct {
	t      *testing.T
	url    string
	clock  *dbtest.Clock
	db     *db.DB
	orgs   *org.Service
	cases  *casework.Service
	people map[string]actor.Actor

	water, hall, committee string
	willow, grid           string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	clock := &dbtest.Clock{}
	d := dbtest.SQLite(t, clock.Now)
	keys, err := seal.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	orgs, err := org.New(d)
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, clock: clock, db: d, orgs: orgs, cases: casework.New(d, keys, orgs), people: map[string]actor.Actor{}}
	w.found()
	var h http.Handler
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { h.ServeHTTP(rw, r) }))
	t.Cleanup(srv.Close)
	w.url = srv.URL
	site := pagetest.Site(t, srv.URL, page.SessionFunc(func(_ context.Context, token string) (actor.Actor, error) {
		a, ok := w.people[token]
		if !ok {
			return a, errs.Missing()
		}
		return a, nil
	}))
	nav := func(*http.Request) []page.NavItem {
		return []page.NavItem{{Key: "page.ledger", Icon: "inbox", Href: "/office/cases"}, {Key: "nav.slips", Icon: "print", Href: "/office/slips"}}
	}
	s, err := New(Deps{Staff: town.Staff{Site: site, Store: d, Orgs: orgs, Nav: nav}, Cases: w.cases, Keys: keys, Blobs: blobs})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	site.Register(mux)
	s.Register(mux)
	h = site.Wrap(mux)
	return w
}

func (w *world) found() {
	sys := actor.Actor{Town: "419900", System: true}
	w.must(w.orgs.OpenTown(ctx, sys, org.OpenTown{ID: "419900", Name: "雁县", Demo: true}))
	sys.Town = dbtest.Town
	w.must(w.orgs.OpenTown(ctx, sys, org.OpenTown{ID: dbtest.Town, Name: "雁南镇", Demo: true}))
	w.must(w.orgs.AddVillages(ctx, sys, org.AddVillages{Villages: []org.VillageLine{{Name: "柳岸村"}, {Name: "东坡村"}}}))
	dir := w.dir()
	w.willow = dir.Villages()[0].ID
	w.committee = dir.VillageUnits(w.willow)[0]
	unit := func(kind org.UnitKind, name string) string {
		return w.must(w.orgs.SaveUnit(ctx, sys, org.SaveUnit{Kind: kind, Name: name}))
	}
	w.hall, w.water = unit(org.Department, "便民服务中心"), unit(org.Department, "水利站")
	lead, team := unit(org.Leadership, "领导班子"), unit(org.OfficeTeam, "督查组")
	person := func(key, name, unit string, role actor.Role, villages ...string) {
		p := w.must(w.orgs.SavePerson(ctx, sys, org.SavePerson{Name: name}))
		w.must(w.orgs.Appoint(ctx, sys, org.Appoint{Person: p, Unit: unit, Role: role, Villages: villages}))
		var a actor.Actor
		err := w.db.Across(ctx, func(x *db.Wide) (err error) { a, err = org.Acting(ctx, x, dbtest.Town, p); return err })
		if err != nil {
			w.t.Fatal(err)
		}
		a.Account = "account of " + key
		w.people[key] = a
	}
	person("intake", "林月", w.hall, actor.Intake)
	person("petition", "秦朗", w.hall, actor.Petition)
	person("handler", "陈立", w.water, actor.Handler)
	person("mayor", "许青", lead, actor.Leader)
	person("inspector", "沈竹", team, actor.Inspection)
	person("cadre", "白杨", w.hall, actor.Cadre, w.willow)
	person("secretary", "高原", w.committee, actor.Secretary, w.willow)
	person("auditor", "审计", w.hall, actor.Auditor)
	person("admin", "管理", w.hall, actor.Admin)
	w.must(w.orgs.Set(ctx, sys, org.Set{Name: org.Confidants, Value: []string{w.people["petition"].Person, w.people["inspector"].Person}}))
	w.must(w.orgs.Set(ctx, sys, org.Set{Name: org.OfficePhone, Value: "0999-6000000"}))
	w.grid = w.must(w.orgs.SaveGrid(ctx, sys, org.SaveGrid{Level: org.PartGrid, Village: w.willow, Name: "第1网格", Number: 1}))
}

func (w *world) must(s string, err error) string {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *world) dir() (d *org.Directory) {
	w.t.Helper()
	err := w.db.View(ctx, dbtest.Town, func(tx *db.Tx) (err error) { d, err = w.orgs.Load(ctx, tx); return err })
	if err != nil {
		w.t.Fatal(err)
	}
	return d
}

// do carries a command out that must succeed.
func (w *world) do(who string, cmd casework.Command) casework.Case {
	w.t.Helper()
	c, err := w.cases.Do(ctx, w.people[who], cmd)
	if err != nil {
		w.t.Fatalf("%T: %v", cmd, err)
	}
	return c
}

// say registers a word that did not come through the pages.
func (w *world) say(r casework.Register) casework.Receipt {
	w.t.Helper()
	if r.Kind == "" {
		r.Kind = casework.Opinion
	}
	r.Channel = casework.Letter
	if r.Grid == "" {
		r.Grid = w.grid
	}
	rc, err := w.cases.Register(ctx, w.people["intake"], r)
	if err != nil {
		w.t.Fatal(err)
	}
	return rc
}

// answered gives a registered word its way to an answer.
func (w *world) answered(n seal.Number, a casework.Answer) {
	w.t.Helper()
	on := casework.On{Case: n}
	w.do("petition", casework.Accept{On: on})
	w.do("petition", casework.Dispatch{On: on, Unit: w.water, Leader: w.people["mayor"].Person, Handler: w.people["handler"].Person, Note: "请到现场看。"})
	w.do("handler", casework.Sign{On: on})
	a.On = on
	w.do("handler", a)
}

func (w *world) sheet(who string, n seal.Number) (sh casework.Sheet) {
	w.t.Helper()
	err := w.db.View(ctx, dbtest.Town, func(tx *db.Tx) (err error) { sh, err = w.cases.Get(ctx, tx, w.people[who], n); return err })
	if err != nil {
		w.t.Fatal(err)
	}
	return sh
}

// all lists every case that somebody sees.
func (w *world) all(who string) (cs []casework.Case) {
	w.t.Helper()
	err := w.db.View(ctx, dbtest.Town, func(tx *db.Tx) error {
		p, err := w.cases.List(ctx, tx, w.people[who], casework.Filter{View: casework.Every, Newest: true})
		cs = p.Cases
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return cs
}

// visitor is a browser in which somebody is signed in.
type visitor struct {
	*world
	client *http.Client
}

func (w *world) as(who string) *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	u, err := url.Parse(w.url)
	if err != nil {
		w.t.Fatal(err)
	}
	jar.SetCookies(u, []*http.Cookie{{Name: "ym", Value: who, Path: "/"}})
	return &visitor{w, &http.Client{Jar: jar}}
}

// answer is a page as it came.
type answer struct {
	t      *testing.T
	status int
	path   string
	body   string
	header http.Header
	doc    *html.Node
}

func (v *visitor) take(r *http.Response, err error) answer {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	a := answer{t: v.t, status: r.StatusCode, path: r.Request.URL.RequestURI(), body: string(b), header: r.Header}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
		if a.doc, err = html.Parse(bytes.NewReader(b)); err != nil {
			v.t.Fatal(err)
		}
		for _, f := range pagetest.Faults(a.body) {
			v.t.Errorf("%s: %s", a.path, f)
		}
	}
	return a
}

func (v *visitor) get(path string) answer {
	v.t.Helper()
	return v.take(v.client.Get(v.url + path))
}

// post sends a form with a token of its own, unless it holds one.
func (v *visitor) post(path string, kv ...string) answer {
	v.t.Helper()
	f := url.Values{}
	for i := 0; i < len(kv); i += 2 {
		f.Add(kv[i], kv[i+1])
	}
	if f.Get("key") == "" {
		f.Set("key", string(page.NewForm().Key))
	}
	return v.take(v.client.PostForm(v.url+path, f))
}

// upload sends a form with a file.
func (v *visitor) upload(path, field, name string, content []byte, kv ...string) answer {
	v.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for i := 0; i < len(kv); i += 2 {
		m.WriteField(kv[i], kv[i+1])
	}
	p, err := m.CreateFormFile(field, name)
	if err != nil {
		v.t.Fatal(err)
	}
	p.Write(content)
	m.Close()
	return v.take(v.client.Post(v.url+path, m.FormDataContentType(), &b))
}

// find returns the elements with the given id, name or tag: "#number", "[name=text]", "h1".
func (a answer) find(sel string) (list []*html.Node) {
	a.t.Helper()
	if a.doc == nil {
		a.t.Fatalf("%s is no page but %s", a.path, a.header.Get("Content-Type"))
	}
	for n := range a.doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		id, byID := strings.CutPrefix(sel, "#")
		name := strings.TrimSuffix(strings.TrimPrefix(sel, "[name="), "]")
		switch {
		case byID && attr(n, "id") == id, strings.HasPrefix(sel, "[") && attr(n, "name") == name, n.Data == sel:
			list = append(list, n)
		}
	}
	return list
}

// text is what the first element says.
func (a answer) text(sel string) string {
	a.t.Helper()
	list := a.find(sel)
	if len(list) == 0 {
		a.t.Fatalf("%s (%d): no %s\n%s", a.path, a.status, sel, a.body)
	}
	var b strings.Builder
	for n := range list[0].Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func (a answer) has(t *testing.T, status int, parts ...string) {
	t.Helper()
	if a.status != status {
		t.Errorf("%s: status %d, want %d", a.path, a.status, status)
	}
	for _, p := range parts {
		if !strings.Contains(a.body, p) {
			t.Errorf("%s: does not say %q", a.path, p)
		}
	}
}

func (a answer) lacks(t *testing.T, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if strings.Contains(a.body, p) {
			t.Errorf("%s: says %q", a.path, p)
		}
	}
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

var receiptPath = regexp.MustCompile(`^/office/cases/(\d{12})/receipt`)

// number is the number of the receipt on which a registration ended.
func (a answer) number() seal.Number {
	a.t.Helper()
	m := receiptPath.FindStringSubmatch(a.path)
	if m == nil || a.status != 200 {
		a.t.Fatalf("no receipt but %s (%d)\n%s", a.path, a.status, a.body)
	}
	return seal.Number(m[1])
}

package office_test

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"yanming/internal/actor"
	"yanming/internal/blob"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/id"
	"yanming/internal/journal"
	"yanming/internal/org"
	"yanming/internal/seal"
	"yanming/internal/uitest"
	"yanming/internal/web/office"
	"yanming/internal/web/page"
	"yanming/internal/web/page/pagetest"
	"yanming/internal/web/town"
)

var ctx = context.Background()

func TestMain(m *testing.M) { uitest.Main(m) }

// world is a small town with everybody whom a case needs, behind the office's pages.
type world struct {
	t     *testing.T
	db    *db.DB
	clock *dbtest.Clock
	org   *org.Service
	cases *casework.Service
	blobs *blob.Store
	base  string

	water, roads, committee, other string // units; other is the committee of the other village
	willow, east, grid             string
	people                         map[string]actor.Actor // by what they do
}

func newWorld(t *testing.T, d *db.DB, c *dbtest.Clock) *world {
	t.Helper()
	keys, err := seal.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	orgs, err := org.New(d)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, db: d, clock: c, org: orgs, cases: casework.New(d, keys, orgs), people: map[string]actor.Actor{}}
	if w.blobs, err = blob.Open(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	sys := actor.Actor{Town: "419900", System: true}
	w.must(orgs.OpenTown(ctx, sys, org.OpenTown{ID: "419900", Name: "雁县", Demo: true}))
	sys.Town = dbtest.Town
	w.must(orgs.OpenTown(ctx, sys, org.OpenTown{ID: dbtest.Town, Name: "雁南镇", Demo: true}))
	w.must(orgs.AddVillages(ctx, sys, org.AddVillages{Villages: []org.VillageLine{{Name: "柳岸村"}, {Name: "东坡村"}}}))
	dir := w.dir()
	w.willow, w.east = dir.Villages()[0].ID, dir.Villages()[1].ID
	w.committee, w.other = dir.VillageUnits(w.willow)[0], dir.VillageUnits(w.east)[0]
	unit := func(kind org.UnitKind, name string) string {
		return w.must(orgs.SaveUnit(ctx, sys, org.SaveUnit{Kind: kind, Name: name}))
	}
	hall := unit(org.Department, "便民服务中心")
	w.water, w.roads = unit(org.Department, "水利站"), unit(org.Department, "交管办")
	lead, team := unit(org.Leadership, "领导班子"), unit(org.OfficeTeam, "督查组")
	person := func(what, name, unit string, role actor.Role, villages ...string) {
		p := w.must(orgs.SavePerson(ctx, sys, org.SavePerson{Name: name}))
		w.must(orgs.Appoint(ctx, sys, org.Appoint{Person: p, Unit: unit, Role: role, Villages: villages}))
		w.people[what] = w.actor(p)
	}
	person("intake", "林月", hall, actor.Intake)
	person("petition", "秦朗", hall, actor.Petition)
	person("handler", "陈立", w.water, actor.Handler)
	person("roads", "吴桐", w.roads, actor.Handler)
	person("leader", "许青", lead, actor.Leader)
	person("inspector", "沈竹", team, actor.Inspection)
	person("caller", "罗安", w.other, actor.Caller, w.east)
	person("secretary", "高原", w.committee, actor.Secretary, w.willow)
	person("cadre", "白杨", hall, actor.Cadre, w.willow)
	person("worker", "田野", w.committee, actor.Worker, w.willow)
	person("admin", "管理", hall, actor.Admin)
	person("auditor", "审计", hall, actor.Auditor)
	w.must(orgs.Set(ctx, sys, org.Set{Name: org.Confidants, Value: []string{w.people["petition"].Person, w.people["inspector"].Person}}))
	w.grid = w.must(orgs.SaveGrid(ctx, sys, org.SaveGrid{Level: org.PartGrid, Village: w.willow, Name: "第1网格", Number: 1}))
	w.serve()
	return w
}

// serve puts the pages on a loopback address. A session's token is the name of what its owner does.
func (w *world) serve() {
	var h http.Handler
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { h.ServeHTTP(rw, r) }))
	w.t.Cleanup(srv.Close)
	w.base = srv.URL
	site := pagetest.Site(w.t, srv.URL, page.SessionFunc(func(_ context.Context, token string) (actor.Actor, error) {
		a, ok := w.people[token]
		if !ok {
			return a, errs.Missing()
		}
		return a, nil
	}))
	var s *office.Server
	nav := func(r *http.Request) []page.NavItem {
		item, ok, err := s.Item(r)
		if err != nil {
			w.t.Error(err)
		}
		if !ok {
			return nil
		}
		return []page.NavItem{item}
	}
	s, err := office.New(office.Deps{Staff: town.Staff{Site: site, Store: w.db, Orgs: w.org, Nav: nav}, Cases: w.cases, Blobs: w.blobs})
	if err != nil {
		w.t.Fatal(err)
	}
	mux := http.NewServeMux()
	site.Register(mux)
	s.Register(mux)
	h = site.Wrap(mux)
}

// must returns what a service made, and lets a moment pass, so that what is made later sorts later.
func (w *world) must(s string, err error) string {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	w.clock.Add(time.Millisecond)
	return s
}

func (w *world) dir() (d *org.Directory) {
	w.t.Helper()
	if err := w.db.View(ctx, dbtest.Town, func(tx *db.Tx) (err error) { d, err = w.org.Load(ctx, tx); return err }); err != nil {
		w.t.Fatal(err)
	}
	return d
}

func (w *world) actor(person string) (a actor.Actor) {
	w.t.Helper()
	err := w.db.Across(ctx, func(x *db.Wide) (err error) { a, err = org.Acting(ctx, x, dbtest.Town, person); return err })
	if err != nil {
		w.t.Fatal(err)
	}
	a.Account = "account"
	return a
}

// say registers a word of a resident.
func (w *world) say(text string, more ...func(*casework.Register)) seal.Number {
	w.t.Helper()
	r := casework.Register{Key: journal.Key(id.Token()), Kind: casework.Opinion, Channel: casework.Web, Text: text, Grid: w.grid,
		Category: "water", Person: casework.Person{Name: "赵一", Phone: "13900000000"}}
	for _, m := range more {
		m(&r)
	}
	got, err := w.cases.Register(ctx, actor.Actor{Town: dbtest.Town, Resident: true}, r)
	if err != nil {
		w.t.Fatal(err)
	}
	w.clock.Add(time.Millisecond)
	return got.Number
}

func confide(r *casework.Register) { r.Confide = true }

// do carries a command out, which must succeed.
func (w *world) do(who string, cmd casework.Command) {
	w.t.Helper()
	if _, err := w.cases.Do(ctx, w.people[who], cmd); err != nil {
		w.t.Fatalf("%T: %v", cmd, err)
	}
	w.clock.Add(time.Millisecond)
}

func on(n seal.Number) casework.On { return casework.On{Case: n} }

// dispatched is a case that the water station has.
func (w *world) dispatched(text string) seal.Number {
	n := w.say(text)
	w.do("intake", casework.Accept{On: on(n)})
	w.do("intake", casework.Dispatch{On: on(n), Unit: w.water, Leader: w.people["leader"].Person})
	return n
}

func (w *world) signed(text string) seal.Number {
	n := w.dispatched(text)
	w.do("handler", casework.Sign{On: on(n)})
	return n
}

func (w *world) answered(text string) seal.Number {
	n := w.signed(text)
	w.do("handler", casework.Answer{On: on(n), Outcome: casework.Resolved, Text: "已清淤 40 米。"})
	return n
}

func (w *world) state(n seal.Number) (c casework.Case) {
	w.t.Helper()
	err := w.db.View(ctx, dbtest.Town, func(tx *db.Tx) error {
		sh, err := w.cases.Get(ctx, tx, actor.Actor{Town: dbtest.Town, System: true}, n)
		c = sh.Case
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// reply is an answer of the pages.
type reply struct {
	t      *testing.T
	status int
	header http.Header
	body   string
	doc    *html.Node
}

func (w *world) send(who string, r *http.Request) reply {
	w.t.Helper()
	if who != "" {
		r.AddCookie(&http.Cookie{Name: "ym", Value: who})
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	out := reply{t: w.t, status: res.StatusCode, header: res.Header, body: string(b)}
	if out.doc, err = html.Parse(bytes.NewReader(b)); err != nil {
		w.t.Fatal(err)
	}
	return out
}

func (w *world) get(who, path string) reply {
	w.t.Helper()
	r, err := http.NewRequestWithContext(ctx, "GET", w.base+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.send(who, r)
}

// upload is a file of a form.
type upload struct{ field, name, content string }

// post opens a form as a person does, fills it in and sends it.
func (w *world) post(who, path string, fields url.Values, files ...upload) reply {
	w.t.Helper()
	form := w.get(who, path)
	if form.status != 200 {
		w.t.Fatalf("GET %s as %s: %d\n%s", path, who, form.status, form.text("main"))
	}
	return w.again(who, path, form, fields, files...)
}

// again sends a form that was opened before.
func (w *world) again(who, path string, form reply, fields url.Values, files ...upload) reply {
	w.t.Helper()
	sent := url.Values{}
	for k, v := range form.filled() {
		sent[k] = v
	}
	for k, v := range fields {
		sent[k] = v
	}
	body, kind := io.Reader(strings.NewReader(sent.Encode())), "application/x-www-form-urlencoded"
	if form.attr("form[method=post]:not([action=/logout])", "enctype") != "" {
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		for k, vs := range sent {
			for _, v := range vs {
				m.WriteField(k, v)
			}
		}
		for _, f := range files {
			p, err := m.CreateFormFile(f.field, f.name)
			if err != nil {
				w.t.Fatal(err)
			}
			io.WriteString(p, f.content)
		}
		m.Close()
		body, kind = &b, m.FormDataContentType()
	}
	r, err := http.NewRequestWithContext(ctx, "POST", w.base+path, body)
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	return w.send(who, r)
}

// all returns the elements that a plain selector matches: tag, .class, [attr], [attr=value], :not([attr=value]) on one
// element.
func (r reply) all(selector string) (out []*html.Node) {
	for n := range r.doc.Descendants() {
		if n.Type == html.ElementNode && matches(n, selector) {
			out = append(out, n)
		}
	}
	return out
}

func matches(n *html.Node, selector string) bool {
	if i := strings.Index(selector, ":not("); i >= 0 {
		return matches(n, selector[:i]) && !matches(n, strings.TrimSuffix(selector[i+5:], ")"))
	}
	head, attrs, _ := strings.Cut(selector, "[")
	tag, class, _ := strings.Cut(head, ".")
	if tag != "" && n.Data != tag || class != "" && !slices.Contains(strings.Fields(attrOf(n, "class")), class) {
		return false
	}
	for a := range strings.SplitSeq(attrs, "[") {
		if a = strings.TrimSuffix(a, "]"); a == "" {
			continue
		}
		name, value, given := strings.Cut(a, "=")
		if !slices.ContainsFunc(n.Attr, func(x html.Attribute) bool { return x.Key == name && (!given || x.Val == value) }) {
			return false
		}
	}
	return true
}

func attrOf(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func (r reply) attr(selector, name string) string {
	for _, n := range r.all(selector) {
		return attrOf(n, name)
	}
	return ""
}

// text is what stands in every element that matches.
func (r reply) text(selector string) string {
	var b strings.Builder
	for _, n := range r.all(selector) {
		for d := range n.Descendants() {
			if d.Type == html.TextNode {
				b.WriteString(d.Data)
			}
		}
	}
	return b.String()
}

// filled are the hidden fields and what a browser would send untouched.
func (r reply) filled() url.Values {
	v := url.Values{}
	for _, n := range r.all("input[type=hidden]") {
		v.Add(attrOf(n, "name"), attrOf(n, "value"))
	}
	for _, n := range r.all("select") {
		for o := range n.Descendants() {
			if o.Data == "option" && slices.ContainsFunc(o.Attr, func(a html.Attribute) bool { return a.Key == "selected" }) {
				v.Set(attrOf(n, "name"), attrOf(o, "value"))
			}
		}
	}
	for _, n := range r.all("input[type=text]") {
		v.Add(attrOf(n, "name"), attrOf(n, "value"))
	}
	return v
}

// wants fails unless the answer has the status.
func (r reply) wants(status int) reply {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("status %d, want %d: %s", r.status, status, r.text("main"))
	}
	return r
}

func each(t *testing.T, body func(t *testing.T, w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) { body(t, newWorld(t, d, c)) })
}

package office_test

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"yanming/internal/actor"
	"yanming/internal/blob"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/org"
	"yanming/internal/seal"
	"yanming/internal/towntest"
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
	*towntest.Town
	blobs *blob.Store
	base  string

	water, roads, committee, other string // units; other is the committee of the other village
	willow, east, grid             string
	people                         map[string]actor.Actor // by what they do, which is their session's token
}

func newWorld(t *testing.T, d *db.DB, c *dbtest.Clock) *world {
	t.Helper()
	w := &world{Town: towntest.New(t, d, c, "柳岸村", "东坡村"), people: map[string]actor.Actor{}}
	blobs, err := blob.Open(t.TempDir())
	w.No(err)
	w.blobs = blobs
	w.willow, w.committee = w.Village(0)
	w.east, w.other = w.Village(1)
	hall := w.Unit(org.Department, "便民服务中心")
	w.water, w.roads = w.Unit(org.Department, "水利站"), w.Unit(org.Department, "交管办")
	lead, team := w.Unit(org.Leadership, "领导班子"), w.Unit(org.OfficeTeam, "督查组")
	person := func(what, name, unit string, role actor.Role, villages ...string) {
		w.people[what] = w.Person(name, unit, role, villages...)
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
	w.Confide(w.people["petition"], w.people["inspector"])
	w.grid = w.Grid(w.willow)
	w.base = pagetest.Serve(t, w.people, func(site *page.Site) (s *office.Server, err error) {
		nav := func(r *http.Request) []page.NavItem {
			item, ok, err := s.Item(r)
			if err != nil {
				t.Error(err)
			}
			if !ok {
				return nil
			}
			return []page.NavItem{item}
		}
		s, err = office.New(office.Deps{Staff: town.Staff{Site: site, Store: d, Orgs: w.Orgs, Nav: nav}, Cases: w.Cases, Blobs: w.blobs})
		return s, err
	})
	return w
}

// say registers a word of a resident.
func (w *world) say(text string, more ...func(*casework.Register)) seal.Number {
	w.T.Helper()
	r := casework.Register{Channel: casework.Web, Text: text, Grid: w.grid, Category: "water", Person: casework.Person{Name: "赵一", Phone: "13900000000"}}
	for _, m := range more {
		m(&r)
	}
	return w.Register(towntest.Resident(), r).Number
}

func confide(r *casework.Register) { r.Confide = true }

// do carries a command out, which must succeed.
func (w *world) do(who string, cmd casework.Command) { w.T.Helper(); w.Do(w.people[who], cmd) }

// dispatched is a case that the water station has.
func (w *world) dispatched(text string) seal.Number {
	n := w.say(text)
	w.do("intake", casework.Accept{On: towntest.On(n)})
	w.do("intake", casework.Dispatch{On: towntest.On(n), Unit: w.water, Leader: w.people["leader"].Person})
	return n
}

func (w *world) signed(text string) seal.Number {
	n := w.dispatched(text)
	w.do("handler", casework.Sign{On: towntest.On(n)})
	return n
}

func (w *world) answered(text string) seal.Number {
	n := w.signed(text)
	w.do("handler", casework.Answer{On: towntest.On(n), Outcome: casework.Resolved, Text: "已清淤 40 米。"})
	return n
}

func (w *world) state(n seal.Number) casework.Case {
	w.T.Helper()
	return w.Sheet(w.System, n).Case
}

// reply is an answer of the pages.
type reply struct {
	t      testing.TB
	status int
	header http.Header
	body   string
	doc    *html.Node
}

func (w *world) send(who string, r *http.Request) reply {
	w.T.Helper()
	if who != "" {
		r.AddCookie(&http.Cookie{Name: "ym", Value: who})
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	if err != nil {
		w.T.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		w.T.Fatal(err)
	}
	out := reply{t: w.T, status: res.StatusCode, header: res.Header, body: string(b)}
	if out.doc, err = html.Parse(bytes.NewReader(b)); err != nil {
		w.T.Fatal(err)
	}
	return out
}

func (w *world) get(who, path string) reply {
	w.T.Helper()
	r, err := http.NewRequestWithContext(ctx, "GET", w.base+path, nil)
	if err != nil {
		w.T.Fatal(err)
	}
	return w.send(who, r)
}

// upload is a file of a form.
type upload struct{ field, name, content string }

// post opens a form as a person does, fills it in and sends it.
func (w *world) post(who, path string, fields url.Values, files ...upload) reply {
	w.T.Helper()
	form := w.get(who, path)
	if form.status != 200 {
		w.T.Fatalf("GET %s as %s: %d\n%s", path, who, form.status, form.text("main"))
	}
	return w.again(who, path, form, fields, files...)
}

// again sends a form that was opened before.
func (w *world) again(who, path string, form reply, fields url.Values, files ...upload) reply {
	w.T.Helper()
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
				w.T.Fatal(err)
			}
			io.WriteString(p, f.content)
		}
		m.Close()
		body, kind = &b, m.FormDataContentType()
	}
	r, err := http.NewRequestWithContext(ctx, "POST", w.base+path, body)
	if err != nil {
		w.T.Fatal(err)
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
	if tag != "" && n.Data != tag || class != "" && !slices.Contains(strings.Fields(pagetest.Attr(n, "class")), class) {
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

func (r reply) attr(selector, name string) string {
	for _, n := range r.all(selector) {
		return pagetest.Attr(n, name)
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
		v.Add(pagetest.Attr(n, "name"), pagetest.Attr(n, "value"))
	}
	for _, n := range r.all("select") {
		for o := range n.Descendants() {
			if o.Data == "option" && slices.ContainsFunc(o.Attr, func(a html.Attribute) bool { return a.Key == "selected" }) {
				v.Set(pagetest.Attr(n, "name"), pagetest.Attr(o, "value"))
			}
		}
	}
	for _, n := range r.all("input[type=text]") {
		v.Add(pagetest.Attr(n, "name"), pagetest.Attr(n, "value"))
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

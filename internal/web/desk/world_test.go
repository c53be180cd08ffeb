package desk

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"yanming/internal/actor"
	"yanming/internal/blob"
	"yanming/internal/casework"
	"yanming/internal/db/dbtest"
	"yanming/internal/org"
	"yanming/internal/seal"
	"yanming/internal/towntest"
	"yanming/internal/uitest"
	"yanming/internal/web/page"
	"yanming/internal/web/page/pagetest"
	"yanming/internal/web/town"
)

func TestMain(m *testing.M) { uitest.Main(m) }

// world is a small town behind a real server; every colleague signs in with a session named after their role.
type world struct {
	*towntest.Town
	url    string
	people map[string]actor.Actor

	water, hall, committee string
	willow, grid           string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	clock := &dbtest.Clock{}
	d := dbtest.SQLite(t, clock.Now)
	w := &world{Town: towntest.New(t, d, clock, "柳岸村", "东坡村"), people: map[string]actor.Actor{}}
	blobs, err := blob.Open(t.TempDir())
	w.No(err)
	w.found()
	w.url = pagetest.Serve(t, w.people, func(site *page.Site) (*Server, error) {
		nav := func(*http.Request) []page.NavItem {
			return []page.NavItem{{Key: "page.ledger", Icon: "inbox", Href: "/office/cases"}, {Key: "nav.slips", Icon: "print", Href: "/office/slips"}}
		}
		return New(Deps{Staff: town.Staff{Site: site, Store: d, Orgs: w.Orgs, Nav: nav}, Cases: w.Cases, Keys: w.Keys, Blobs: blobs})
	})
	return w
}

func (w *world) found() {
	w.willow, w.committee = w.Village(0)
	w.hall, w.water = w.Unit(org.Department, "便民服务中心"), w.Unit(org.Department, "水利站")
	lead, team := w.Unit(org.Leadership, "领导班子"), w.Unit(org.OfficeTeam, "督查组")
	person := func(key, name, unit string, role actor.Role, villages ...string) {
		w.people[key] = w.Person(name, unit, role, villages...)
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
	w.Confide(w.people["petition"], w.people["inspector"])
	w.Set(org.OfficePhone, "0999-6000000")
	w.grid = w.Grid(w.willow)
}

// do carries a command out that must succeed.
func (w *world) do(who string, cmd casework.Command) casework.Case {
	w.T.Helper()
	return w.Do(w.people[who], cmd)
}

// say registers a word that did not come through the pages.
func (w *world) say(r casework.Register) casework.Receipt {
	w.T.Helper()
	r.Channel = casework.Letter
	if r.Grid == "" {
		r.Grid = w.grid
	}
	return w.Register(w.people["intake"], r)
}

// answered gives a registered word its way to an answer.
func (w *world) answered(n seal.Number, a casework.Answer) {
	w.T.Helper()
	on := casework.On{Case: n}
	w.do("petition", casework.Accept{On: on})
	w.do("petition", casework.Dispatch{On: on, Unit: w.water, Leader: w.people["mayor"].Person, Handler: w.people["handler"].Person, Note: "请到现场看。"})
	w.do("handler", casework.Sign{On: on})
	a.On = on
	w.do("handler", a)
}

func (w *world) sheet(who string, n seal.Number) casework.Sheet {
	w.T.Helper()
	return w.Sheet(w.people[who], n)
}

// all lists every case that somebody sees.
func (w *world) all(who string) []casework.Case {
	w.T.Helper()
	return w.List(w.people[who], casework.Filter{View: casework.Every, Newest: true})
}

// visitor is a browser in which somebody is signed in.
type visitor struct {
	*world
	client *http.Client
}

func (w *world) as(who string) *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.T.Fatal(err)
	}
	u, err := url.Parse(w.url)
	if err != nil {
		w.T.Fatal(err)
	}
	jar.SetCookies(u, []*http.Cookie{{Name: "ym", Value: who, Path: "/"}})
	return &visitor{w, &http.Client{Jar: jar}}
}

// answer is a page as it came.
type answer struct {
	t      testing.TB
	status int
	path   string
	body   string
	header http.Header
	doc    *html.Node
}

func (v *visitor) take(r *http.Response, err error) answer {
	v.T.Helper()
	if err != nil {
		v.T.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		v.T.Fatal(err)
	}
	a := answer{t: v.T, status: r.StatusCode, path: r.Request.URL.RequestURI(), body: string(b), header: r.Header}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
		if a.doc, err = html.Parse(bytes.NewReader(b)); err != nil {
			v.T.Fatal(err)
		}
		for _, f := range pagetest.Faults(a.body) {
			v.T.Errorf("%s: %s", a.path, f)
		}
	}
	return a
}

func (v *visitor) get(path string) answer {
	v.T.Helper()
	return v.take(v.client.Get(v.url + path))
}

// post sends a form with a token of its own, unless it holds one.
func (v *visitor) post(path string, kv ...string) answer {
	v.T.Helper()
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
	v.T.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for i := 0; i < len(kv); i += 2 {
		m.WriteField(kv[i], kv[i+1])
	}
	p, err := m.CreateFormFile(field, name)
	if err != nil {
		v.T.Fatal(err)
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
		case byID && pagetest.Attr(n, "id") == id, strings.HasPrefix(sel, "[") && pagetest.Attr(n, "name") == name, n.Data == sel:
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
	return pagetest.Text(list[0])
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

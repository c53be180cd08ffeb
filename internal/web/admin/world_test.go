package admin_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/backup"
	"yanming/internal/blob"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/division"
	"yanming/internal/doctor"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/seal"
	"yanming/internal/web/admin"
	"yanming/internal/web/door"
	"yanming/internal/web/page"
	"yanming/internal/web/page/pagetest"
	"yanming/internal/web/town"
)

var ctx = context.Background()

const (
	county = "419900"
	phrase = "大雁往南飞，一行又一行"
)

// world is an installation as it is served, still empty.
type world struct {
	t       *testing.T
	d       *db.DB
	orgs    *org.Service
	auth    *auth.Service
	keys    *seal.Keyring
	cases   *casework.Service
	backups *backup.Service
	site    *page.Site
	admin   *admin.Server
	served  http.Handler
}

func newWorld(t *testing.T, d *db.DB, base string) *world {
	t.Helper()
	orgs, err := org.New(d)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := seal.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, d: d, orgs: orgs, auth: auth.New(d, orgs), keys: keys, cases: casework.New(d, keys, orgs)}
	blobs, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w.backups = backup.New(backup.Config{Store: d, Blobs: blobs, Keys: keys, Program: "test", Dir: t.TempDir()})
	cat, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	sessions := page.SessionFunc(func(ctx context.Context, token string) (actor.Actor, error) {
		a, _, err := w.auth.Session(ctx, token)
		return a, err
	})
	faults := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	if w.site, err = page.New(page.Config{Catalogue: cat, Base: base, Demo: true, Sessions: sessions, Log: faults}); err != nil {
		t.Fatal(err)
	}
	nav := func(*http.Request) []page.NavItem {
		return []page.NavItem{{Key: "admin.settings", Icon: "gear", Href: "/admin/"}, {Key: "admin.account", Icon: "person", Href: "/account"}}
	}
	places := &division.Table{}
	enter, err := door.New(door.Deps{Site: w.site, Auth: w.auth, Places: places, Now: d.Now})
	if err != nil {
		t.Fatal(err)
	}
	if w.admin, err = admin.New(admin.Deps{Staff: town.Staff{Site: w.site, Store: d, Orgs: orgs, Nav: nav}, Auth: w.auth, Keys: keys, Places: places, Backups: w.backups, Data: "yanming-data",
		Health: func(context.Context) []doctor.Finding {
			return []doctor.Finding{{Check: "disk", State: doctor.Well, Key: "doctor.disk.well", Args: []any{"12.0 GB"}},
				{Check: "backup", State: doctor.Todo, Key: "doctor.backup.never"}, {Check: "address", State: doctor.Look, Key: "doctor.address.inside", Args: []any{"http://127.0.0.1:8080"}},
				{Check: "keys", State: doctor.Todo, Key: "doctor.keys.unsaved", Args: []any{"2026-11-20"}}, {Check: "database", State: doctor.Todo, Key: "doctor.database.settings", Args: []any{"fsync = off, synchronous_commit = off, full_page_writes = off"}}}
		}}); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	w.site.Register(mux)
	enter.Register(mux)
	w.admin.Register(mux)
	w.served = w.site.Wrap(enter.MustChange(mux))
	return w
}

// founded is a world with one town and its administrator, signed in.
func founded(t *testing.T, d *db.DB) (*world, *browser) {
	t.Helper()
	w := newWorld(t, d, "https://yn.example")
	return w, w.foundAs(dbtest.Town, "雁南镇")
}

func (w *world) foundAs(code, name string) *browser {
	w.t.Helper()
	token, err := w.auth.NewSetupToken(ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	session, _, err := w.auth.SetUp(ctx, token, auth.Founding{Town: org.OpenTown{ID: code, Name: name}, Office: "党政办公室", Name: "管理员", Login: "guanli"}, phrase, "")
	if err != nil {
		w.t.Fatal(err)
	}
	b := w.browser()
	b.cookies["ym"] = session
	return b
}

// browser is one visitor with his cookies.
type browser struct {
	w       *world
	cookies map[string]string
	status  int
	header  http.Header
	body    string
	at      string // the address behind redirects
	from    string // its address, where that matters
	doc     *html.Node
}

func (w *world) browser() *browser { return &browser{w: w, cookies: map[string]string{}} }

func (b *browser) send(r *http.Request) {
	b.w.t.Helper()
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	if b.from != "" {
		r.RemoteAddr = b.from
	}
	rec := httptest.NewRecorder()
	b.w.served.ServeHTTP(rec, r)
	for _, c := range rec.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
	b.status, b.header, b.body, b.at = rec.Code, rec.Header(), rec.Body.String(), r.URL.RequestURI()
	doc, err := html.Parse(strings.NewReader(b.body))
	if err != nil {
		b.w.t.Fatal(err)
	}
	b.doc = doc
	if rec.Code == http.StatusOK && strings.HasPrefix(rec.Header().Get("Content-Type"), "text/html") {
		for _, fault := range pagetest.Faults(b.body) {
			b.w.t.Errorf("%s: %s", b.at, fault)
		}
	}
}

// get opens a page and follows redirects.
func (b *browser) get(path string) *browser {
	b.w.t.Helper()
	b.send(httptest.NewRequest("GET", path, nil))
	return b.follow()
}

func (b *browser) follow() *browser {
	b.w.t.Helper()
	for range 5 {
		if b.status != http.StatusSeeOther {
			return b
		}
		b.send(httptest.NewRequest("GET", b.header.Get("Location"), nil))
	}
	b.w.t.Fatal("redirects without end")
	return b
}

// post sends values without following.
func (b *browser) post(path string, values url.Values) *browser {
	b.w.t.Helper()
	r := httptest.NewRequest("POST", path, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	b.send(r)
	return b
}

// form returns the fields of the form that goes to action as the page has them filled in.
func (b *browser) form(action string) url.Values {
	b.w.t.Helper()
	for n := range b.doc.Descendants() {
		if n.Data == "form" && (pagetest.Attr(n, "action") == action || pagetest.Attr(n, "action") == "" && strings.Split(b.at, "?")[0] == action) {
			return fields(n)
		}
	}
	b.w.t.Fatalf("%s (%d) has no form to %s:\n%s", b.at, b.status, action, pagetest.Text(b.doc))
	return nil
}

func fields(form *html.Node) url.Values {
	out := url.Values{}
	for n := range form.Descendants() {
		name := pagetest.Attr(n, "name")
		switch {
		case n.Data == "input" && pagetest.Attr(n, "type") == "checkbox" || pagetest.Attr(n, "type") == "radio":
			if pagetest.Has(n, "checked") {
				out.Add(name, pagetest.Attr(n, "value"))
			}
		case n.Data == "input" && pagetest.Attr(n, "type") != "file":
			out.Add(name, pagetest.Attr(n, "value"))
		case n.Data == "textarea":
			out.Add(name, pagetest.Text(n))
		case n.Data == "select":
			for o := range n.Descendants() {
				if o.Data == "option" && pagetest.Has(o, "selected") {
					out.Set(name, pagetest.Attr(o, "value"))
				}
			}
		}
	}
	return out
}

// fill sends the form of the page at hand with some fields changed, name and value in turn, and follows.
func (b *browser) fill(action string, pairs ...string) *browser {
	b.w.t.Helper()
	values := b.form(action)
	for i := 0; i < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return b.post(action, values).follow()
}

// upload sends the form of the page at hand with a file.
func (b *browser) upload(action, field, content string, pairs ...string) *browser {
	b.w.t.Helper()
	values := b.form(action)
	for i := 0; i < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	var buf bytes.Buffer
	m := multipart.NewWriter(&buf)
	for name, vs := range values {
		for _, v := range vs {
			m.WriteField(name, v)
		}
	}
	f, err := m.CreateFormFile(field, "x.geojson")
	if err != nil {
		b.w.t.Fatal(err)
	}
	io.WriteString(f, content)
	m.Close()
	r := httptest.NewRequest("POST", action, &buf)
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	b.send(r)
	return b.follow()
}

// must fails unless the page at hand has this status and says all of these.
func (b *browser) must(status int, says ...string) *browser {
	b.w.t.Helper()
	if b.status != status {
		b.w.t.Fatalf("%s: %d, want %d:\n%s", b.at, b.status, status, pagetest.Text(b.doc))
	}
	said := pagetest.Text(b.doc)
	for _, s := range says {
		if !strings.Contains(said, s) {
			b.w.t.Errorf("%s does not say %q:\n%s", b.at, s, said)
		}
	}
	return b
}

// texts returns what every element with a class says, in order.
func (b *browser) texts(tag, class string) (out []string) {
	for n := range b.doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == tag && (class == "" || strings.Contains(" "+pagetest.Attr(n, "class")+" ", " "+class+" ")) {
			out = append(out, pagetest.Text(n))
		}
	}
	return out
}

func (w *world) dir(town string) (dir *org.Directory) {
	w.t.Helper()
	err := w.d.View(ctx, town, func(tx *db.Tx) (err error) { dir, err = w.orgs.Load(ctx, tx); return err })
	if err != nil {
		w.t.Fatal(err)
	}
	return dir
}

// login signs somebody in with a first password and changes it, as he has to.
func (w *world) login(login, password string) *browser {
	w.t.Helper()
	b := w.browser()
	b.get("/login").fill("/login", "login", login, "password", password)
	if b.at == "/account/password" {
		b.fill("/account/password", "old", password, "password", phrase+login, "again", phrase+login)
	}
	return b
}

// member enrols one person through the pages and signs him in.
func (w *world) member(by *browser, name, unit, role string) *browser {
	w.t.Helper()
	by.get("/admin/people/list").fill("/admin/people/list", "people", name+"\t"+unit+"\t"+role).must(200)
	slips := by.texts("b", "num")
	if len(slips) != 1 {
		w.t.Fatalf("%d passwords for one person", len(slips))
	}
	return w.login(name, slips[0])
}

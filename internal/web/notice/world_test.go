package notice_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/i18n"
	"yanming/internal/journal"
	"yanming/internal/notice"
	"yanming/internal/notice/noticetest"
	"yanming/internal/org"
	"yanming/internal/seal"
	"yanming/internal/towntest"
	webnotice "yanming/internal/web/notice"
	"yanming/internal/web/page"
	"yanming/internal/web/page/pagetest"
	"yanming/internal/web/town"
)

var ctx = context.Background()

const phrase = "大雁往南飞，一行又一行"

// world is a town with three people, served.
type world struct {
	*towntest.Town
	auth     *auth.Service
	told     *notice.Service
	mail     *noticetest.Server
	served   http.Handler
	sessions map[string]string
	people   map[string]string
	water    string
}

func newWorld(t *testing.T, base string, mails bool) *world {
	t.Helper()
	d := dbtest.SQLite(t, nil)
	words, err := i18n.Load()
	must(t, err)
	w := &world{Town: towntest.New(t, d, nil, "柳岸村"), mail: noticetest.Start(t, false), sessions: map[string]string{}, people: map[string]string{}}
	w.auth = auth.New(d, w.Orgs)
	w.told, err = notice.New(notice.Config{Store: d, Orgs: w.Orgs, Auth: w.auth, Cases: w.Cases, Keys: w.Keys, Words: words})
	must(t, err)
	out := notice.Outside{Base: base, Calls: mails}
	if mails {
		out.Mail, err = notice.NewMailer(notice.MailOptions{Host: "127.0.0.1", Port: w.mail.Port, User: noticetest.Login, Password: noticetest.Password,
			From: "yanming@yn.example", Roots: w.mail.Roots})
		must(t, err)
	}
	w.told = w.told.With(out)
	w.water = w.Unit(org.Department, "水利站")
	secret, err := w.auth.Prepare(ctx, "", phrase)
	must(t, err)
	for login, role := range map[string]actor.Role{"intake": actor.Intake, "handler": actor.Handler, "admin": actor.Admin, "second": actor.Admin} {
		p := w.Person(login, w.water, role).Person
		w.people[login] = p
		must(t, d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
			_, err := w.auth.CreateAccountIn(ctx, tx, w.System, auth.CreateAccount{Login: login, Person: p, Keep: true}, secret)
			return err
		}))
		w.sessions[login], _, err = w.auth.Login(ctx, login, phrase, "")
		must(t, err)
	}
	site, err := page.New(page.Config{Catalogue: words, Base: base, Demo: true, Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError})),
		Sessions: page.SessionFunc(func(ctx context.Context, token string) (actor.Actor, error) {
			a, _, err := w.auth.Session(ctx, token)
			return a, err
		})})
	must(t, err)
	nav := func(*http.Request) []page.NavItem {
		return []page.NavItem{{Key: "nav.account", Icon: "person", Href: "/account"}}
	}
	s, err := webnotice.New(webnotice.Deps{Staff: town.Staff{Site: site, Store: d, Orgs: w.Orgs, Nav: nav}, Auth: w.auth, Notices: w.told})
	must(t, err)
	mux := http.NewServeMux()
	site.Register(mux)
	s.Register(mux)
	w.served = site.Wrap(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if a := page.Actor(r); a.Person != "" {
			var n int64
			must(t, d.View(r.Context(), a.Town, func(tx *db.Tx) (err error) { n, err = notice.Unread(r.Context(), tx, a.Person); return err }))
			r = page.WithBell(page.InTown(r, page.Town{ID: a.Town, Name: "雁南镇", English: true}), n)
		}
		mux.ServeHTTP(rw, r)
	}))
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) actor(login string) actor.Actor {
	w.T.Helper()
	a, _, err := w.auth.Session(ctx, w.sessions[login])
	must(w.T, err)
	return a
}

// dispatched gives a case to the water station and tells of it.
func (w *world) dispatched() seal.Number {
	w.T.Helper()
	village, _ := w.Village(0)
	r := w.Register(towntest.Resident(), casework.Register{Channel: casework.Web, Text: "南渠堵了。", Village: village})
	w.Do(w.actor("intake"), casework.Accept{On: towntest.On(r.Number)})
	w.Do(w.actor("intake"), casework.Dispatch{On: towntest.On(r.Number), Unit: w.water, Leader: w.people["admin"]})
	w.derive()
	return r.Number
}

func (w *world) derive() {
	w.T.Helper()
	_, err := journal.CatchUp(ctx, w.DB, dbtest.Town, w.told)
	must(w.T, err)
}

// answer is what a visitor got.
type answer struct {
	status int
	body   string
	to     string
}

func (w *world) get(login, path string) answer {
	w.T.Helper()
	return w.send(login, httptest.NewRequest("GET", path, nil))
}

func (w *world) post(login, path string, pairs ...string) answer {
	w.T.Helper()
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest("POST", path, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return w.send(login, r)
}

func (w *world) send(login string, r *http.Request) answer {
	w.T.Helper()
	if login != "" {
		r.AddCookie(&http.Cookie{Name: "ym", Value: w.sessions[login]})
	}
	rec := httptest.NewRecorder()
	w.served.ServeHTTP(rec, r)
	a := answer{rec.Code, rec.Body.String(), rec.Header().Get("Location")}
	if strings.HasPrefix(rec.Header().Get("Content-Type"), "text/html") && a.to == "" {
		for _, fault := range pagetest.Faults(a.body) {
			w.T.Errorf("%s: %s", r.URL, fault)
		}
	}
	return a
}

func (a answer) says(t *testing.T, status int, words ...string) answer {
	t.Helper()
	if a.status != status {
		t.Errorf("status %d, want %d: %s", a.status, status, plain(a.body))
	}
	for _, word := range words {
		if !strings.Contains(plain(a.body), word) {
			t.Errorf("%q is not said: %s", word, plain(a.body))
		}
	}
	return a
}

var markup = regexp.MustCompile(`(?s)<style.*?</style>|<[^>]*>`)

func plain(body string) string {
	return strings.Join(strings.Fields(markup.ReplaceAllString(body, " ")), " ")
}

// hidden is the value of a hidden field.
func (a answer) hidden(t *testing.T, name string) string {
	t.Helper()
	m := regexp.MustCompile(fmt.Sprintf(`name="%s" value="([^"]+)"`, name)).FindStringSubmatch(a.body)
	if m == nil {
		t.Fatalf("no field %s: %s", name, plain(a.body))
	}
	return m[1]
}

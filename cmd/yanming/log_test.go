package main

import (
	"bytes"
	"database/sql"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"yanming/internal/db"
	"yanming/internal/demo"
)

// paper is where the log of a test goes.
type paper struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (p *paper) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.b.Write(b)
}

func (p *paper) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.b.String()
}

// private are the words that no line of a log may hold: who the people of the demo are, what was said, every number,
// code, secret, password and session.
func private(t *testing.T, w *week, sessions map[string]string) (list []string) {
	t.Helper()
	for _, l := range w.guide.Logins {
		list = append(list, l.Name, l.Login, l.Password)
	}
	for _, r := range w.guide.Receipts {
		list = append(list, string(r.Number), r.Number.Grouped(), r.Code, string(r.Secret), r.Secret.Grouped())
	}
	for _, s := range sessions {
		list = append(list, s)
	}
	w.view(func(tx *db.Tx) error {
		for _, text := range []string{"SELECT name, phone FROM people WHERE town_id = $1", "SELECT number, title FROM cases WHERE town_id = $1",
			"SELECT text, rest FROM cases WHERE town_id = $1", "SELECT name, '' FROM villages WHERE town_id = $1"} {
			err := tx.Each(w.ctx, func(r *sql.Rows) error {
				var a, b string
				err := r.Scan(&a, &b)
				list = append(list, a, b)
				return err
			}, text)
			if err != nil {
				return err
			}
		}
		return nil
	})
	var long []string
	for _, s := range list {
		if utf8.RuneCountInString(s) >= 2 && s != "{}" { // one character would be found in anything
			long = append(long, s)
		}
	}
	if len(long) < 200 {
		t.Fatalf("only %d private words: the test would look for nothing", len(long))
	}
	return long
}

// TestNoLineOfTheLogIsPersonal walks through every page of the demo as everybody, says a word, mistypes, searches,
// breaks the database under it all, and then looks into the log for whatever names a person or a case.
func TestNoLineOfTheLogIsPersonal(t *testing.T) {
	w := newWeek(t)
	out := &paper{}
	w.seen = observing{LogLevel: "debug", LogFormat: "json", LogRequests: true}
	log := w.seen.logger(out)
	before := slog.Default()
	slog.SetDefault(log)
	t.Cleanup(func() { slog.SetDefault(before) })
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { handler.ServeHTTP(rw, r) }))
	defer server.Close()
	handler, err := w.site(w.ctx, siteConfig{base: server.URL, log: log})
	if err != nil {
		t.Fatal(err)
	}
	w.alive.started.Store(true)

	sessions := map[string]string{"": ""}
	for _, login := range []string{"nan.shouli", "nan.xinfang", "nan.guanli", "nan.cunzhishu", "xian.chakan"} {
		for _, l := range w.guide.Logins {
			if l.Login != login {
				continue
			}
			token, _, err := w.auth.Login(w.ctx, l.Login, l.Password, "test")
			if err != nil {
				t.Fatal(err)
			}
			sessions[login] = token
		}
	}
	at := world{home: w.home, handler: handler, number: string(w.guide.Cases["water"])}
	paths := routes(t, at, at, w.guide)
	for _, session := range sessions {
		for _, p := range paths {
			at.ask(strings.ReplaceAll(p, "{confided}", at.number), session)
		}
	}

	const text, name, phone = "鱼塘边的路灯坏了三个月", "欧阳试笔", "100 0000 7654"
	who := newVisitor(t, server.URL)
	who.get("/say/what?town=" + demo.Town)
	who.send("/say/where", "text", text, "category", "water")
	who.send("/say/reply", "where", "u")
	who.send("/say/check", "reply", "phone", "name", name, "phone", phone)
	who.send("/say/send")
	if !strings.HasPrefix(who.at.Path, "/r/") {
		t.Fatalf("no receipt: %s", who.words())
	}
	post := func(path string, values url.Values) {
		r := httptest.NewRequest(http.MethodPost, server.URL+path, strings.NewReader(values.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", server.URL)
		r.AddCookie(&http.Cookie{Name: "ym", Value: sessions["nan.shouli"]})
		handler.ServeHTTP(httptest.NewRecorder(), r)
	}
	broken := func() {
		post("/r", url.Values{"number": {at.number}, "code": {"918273"}})
		post("/login", url.Values{"login": {"nan.mistyped"}, "password": {"a wrong password"}})
		post("/office/cases/"+at.number+"/answer", url.Values{"text": {text}, "outcome": {"resolved"}})
		post("/say/send", url.Values{"text": {text}, "name": {name}, "phone": {phone}})
		at.ask("/office/cases?view=all&q="+url.QueryEscape(name), sessions["nan.shouli"])
		at.ask("/nowhere/"+url.PathEscape(name)+"?phone="+url.QueryEscape(phone), "")
	}
	broken()
	words := append(private(t, w, sessions), text, name, phone, strings.ReplaceAll(phone, " ", ""), who.at.Path, "918273", "nan.mistyped", "a wrong password")
	w.db.Close()
	broken()
	for _, p := range paths[:40] {
		at.ask(strings.ReplaceAll(p, "{confided}", at.number), sessions["nan.shouli"])
	}

	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) < 500 || !strings.Contains(out.String(), `"level":"ERROR"`) || !strings.Contains(out.String(), `"route":"GET /r/{number}"`) {
		t.Fatalf("%d lines: the walk did not reach what it should", len(lines))
	}
	told := map[string]bool{}
	for _, line := range lines {
		for _, word := range words {
			if strings.Contains(line, word) && !told[word] {
				told[word] = true
				t.Errorf("%q stands in the log: %s", word, clip(line))
			}
		}
	}
	t.Logf("%d lines, %d private words", len(lines), len(words))
}

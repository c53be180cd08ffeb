package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"log/slog"

	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/figures"
	"yanming/internal/i18n"
)

// site0 is an empty installation's pages, without a listener.
func site0(t *testing.T, base string, seen observing) (*home, http.Handler) {
	t.Helper()
	h, err := place{Data: t.TempDir()}.open(t.Context(), shell{out: io.Discard}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.close() })
	h.seen = seen
	handler, err := h.site(t.Context(), siteConfig{base: base, log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	h.alive.started.Store(true)
	return h, handler
}

func ask(handler http.Handler, path string, change func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:1"+path, nil)
	r.RemoteAddr = "127.0.0.1:4000"
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

func TestHealthSaysWhyItIsNotReady(t *testing.T) {
	h, handler := site0(t, "http://127.0.0.1:1", observing{})
	check := func(path string, status int, body string) {
		t.Helper()
		if w := ask(handler, path, nil); w.Code != status || strings.TrimSpace(w.Body.String()) != body {
			t.Errorf("%s: %d %s; want %d %s", path, w.Code, w.Body, status, body)
		}
	}
	for _, path := range []string{"/healthz", "/healthz/ready"} {
		check(path, 200, `{"live":true,"ready":true}`)
	}
	h.alive.started.Store(false)
	check("/healthz", 503, `{"live":true,"ready":false,"why":"starting"}`)
	check("/healthz?live", 200, `{"live":true}`)
	check("/healthz/live", 200, `{"live":true}`)
	h.alive.started.Store(true)

	full := func(tx *db.Tx) error { // the disk is full
		if _, err := tx.Exec(t.Context(), "PRAGMA max_page_count = 1"); err != nil {
			return err
		}
		_, err := tx.Exec(t.Context(), "INSERT INTO marks (town_id, name, seq) VALUES ($1, $2, 1)", strings.Repeat("x", 1<<20))
		return err
	}
	if err := h.db.Update(t.Context(), "1", full); err == nil {
		t.Fatal("a full disk took a write")
	}
	check("/healthz/ready", 503, `{"live":true,"ready":false,"why":"storage","do":"`+h.words.T(i18n.EN, "error.store.full.do")+`"}`)
	err := h.db.Update(t.Context(), "1", func(tx *db.Tx) error {
		if _, err := tx.Exec(t.Context(), "PRAGMA max_page_count = 1000000"); err != nil {
			return err
		}
		_, err := tx.Exec(t.Context(), "INSERT INTO marks (town_id, name, seq) VALUES ($1, 'a', 1)")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	check("/healthz/ready", 200, `{"live":true,"ready":true}`)

	release := make(chan struct{})
	for range h.db.Load().Readers { // nobody can read any more
		began := make(chan struct{})
		go h.db.View(context.Background(), "1", func(*db.Tx) error { close(began); <-release; return nil })
		<-began
	}
	check("/healthz", 503, `{"live":true,"ready":false,"why":"database"}`)
	check("/healthz/live", 200, `{"live":true}`)
	close(release)

	h.alive.draining.Store(true)
	check("/healthz", 503, `{"live":true,"ready":false,"why":"stopping"}`)
}

func TestMetricsAreNotThereForTheOutside(t *testing.T) {
	h, inside := site0(t, "http://127.0.0.1:1", observing{})
	outside, err := h.site(t.Context(), siteConfig{base: "https://yijian.example", log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	token := func(s string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+s) }
	}
	for _, c := range []struct {
		name    string
		handler http.Handler
		token   string // that is set
		change  func(*http.Request)
		want    int
	}{
		{"this machine, nobody else is meant to come", inside, "", nil, 200},
		{"another machine", inside, "", func(r *http.Request) { r.RemoteAddr = "192.0.2.1:9" }, 404},
		{"through a proxy on this machine", inside, "", func(r *http.Request) { r.Header.Set("X-Forwarded-For", "192.0.2.1") }, 404},
		{"this machine may be a proxy", outside, "", nil, 404},
		{"the right token", outside, "geese", token("geese"), 200},
		{"a wrong token", outside, "geese", token("goose"), 404},
		{"no token", inside, "geese", nil, 404},
		{"an empty token", inside, "", token(""), 200},
	} {
		h.seen.MetricsToken = c.token
		w := ask(c.handler, "/metrics", c.change)
		if w.Code != c.want {
			t.Errorf("%s: %d, want %d", c.name, w.Code, c.want)
		}
		if c.want == 404 && w.Body.String() != ask(c.handler, "/nothing/here", c.change).Body.String() {
			t.Errorf("%s: the refusal differs from what is not there", c.name)
		}
	}
}

// line is a line of the text format: a name, labels, a number.
var metricLine = regexp.MustCompile(`^([a-z_][a-z0-9_]*)(\{([A-Za-z]+="[^"\\]*"(, ?[A-Za-z]+="[^"\\]*")*)\})? (\+Inf|NaN|-?[0-9.e+-]+)$`)

func TestMetricsAreReadableAndNameNobody(t *testing.T) {
	w := newWeek(t)
	handler, err := w.site(t.Context(), siteConfig{base: "http://127.0.0.1:1", log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	w.alive.started.Store(true)
	ask(handler, "/r/"+string(w.guide.Receipts[0].Number), nil)
	ask(handler, "/nothing", nil)
	ask(handler, "/", nil)
	if _, err := w.jobs.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.view(func(tx *db.Tx) error {
		_, err := w.home.figures.Compute(t.Context(), tx, []string{"case.received"}, figures.Scope{}, calendar.Period{})
		return err
	})
	text := ask(handler, "/metrics", nil).Body.String()
	seen := map[string]bool{}
	labels := map[string]bool{}
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		m := metricLine.FindStringSubmatch(line)
		if m == nil {
			t.Errorf("not readable: %s", line)
			continue
		}
		seen[m[1]] = true
		if strings.HasPrefix(m[1], "yanming_") {
			for _, l := range regexp.MustCompile(`([a-z]+)="`).FindAllStringSubmatch(m[3], -1) {
				labels[l[1]] = true
			}
		}
	}
	for _, want := range []string{"yanming_info", "yanming_ready", "yanming_http_requests_total", "yanming_http_seconds_bucket", "yanming_http_in_flight",
		"yanming_commit_seconds_count", "yanming_commit_requests_bucket", "yanming_commit_retries_total", "yanming_commits_failed_total", "yanming_writes_total",
		"yanming_write_queue", "yanming_write_wait_seconds_sum", "yanming_read_wait_seconds_sum", "yanming_readers_busy", "yanming_deriver_lag_events",
		"yanming_deriver_lag_seconds", "yanming_figure_questions_total", "yanming_figure_seconds_total", "yanming_database_bytes", "yanming_database_wal_bytes",
		"go_goroutines", "process_resident_memory_bytes"} {
		if !seen[want] {
			t.Errorf("%s is missing", want)
		}
	}
	for l := range labels {
		if !slices.Contains([]string{"version", "commit", "route", "class", "le", "kind", "end", "state", "figure", "deriver", "town"}, l) {
			t.Errorf("label %q: say in metric's comment why it names nobody", l)
		}
	}
	for _, want := range []string{`yanming_http_requests_total{route="GET /r/{number}",class="`, `yanming_http_requests_total{route="/",class="4xx"} 1`,
		fmt.Sprintf(`yanming_deriver_lag_events{deriver="case_search",town="%s"}`, w.dir.Town.ID)} {
		if !strings.Contains(text, want) {
			t.Errorf("no line with %s in\n%s", want, text)
		}
	}
	if strings.Contains(text, string(w.guide.Receipts[0].Number)) {
		t.Error("a number of a case stands in the metrics")
	}
}

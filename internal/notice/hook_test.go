package notice_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/notice"
	"yanming/internal/towntest"
)

// called is a request as a unit's system got it.
type called struct {
	body   string
	header http.Header
}

// hooked gives a unit a system that keeps what it is told, and returns what it got since it was last asked.
func (w *town) hooked(unit string) (calls func() []called) {
	got, _ := w.system(unit, http.StatusNoContent)
	return got
}

func (w *town) system(unit string, status int) (calls func() []called, secret string) {
	w.T.Helper()
	var mu sync.Mutex
	var list []called
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		list = append(list, called{string(body), r.Header})
		rw.Header().Set("Location", "/elsewhere")
		rw.WriteHeader(status)
	}))
	w.T.Cleanup(server.Close)
	secret, err := w.told.SetHook(ctx, w.admin, unit, server.URL+"/x")
	must(w.T, err)
	return func() []called {
		mu.Lock()
		defer mu.Unlock()
		out := list
		list = nil
		return out
	}, secret
}

// unnamed takes what is made anew in each town out of a text.
func unnamed(s string, names ...string) string {
	for _, n := range names {
		s = strings.ReplaceAll(s, n, "*")
	}
	var out []string
	for _, line := range strings.Split(s, "\n") {
		if i := strings.Index(line, `"delivery":"msg_`); i >= 0 {
			line = line[:i] + line[i+len(`"delivery":"msg_`)+26:]
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

func TestAUnitsSystemIsToldWithASignature(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		calls, secret := w.system(w.water, http.StatusOK)
		n := w.dispatched()
		w.derive()
		w.drain()
		got := calls()
		if len(got) != 1 {
			t.Fatalf("%d calls", len(got))
		}
		var body struct {
			Type string
			Data struct{ Number, State, Due, Unit, Delivery string }
		}
		must(t, json.Unmarshal([]byte(got[0].body), &body))
		if body.Type != "case.dispatched" || body.Data.Number != string(n) || body.Data.State != "dispatched" || body.Data.Unit != w.water || body.Data.Due == "" {
			t.Errorf("told %s", got[0].body)
		}
		for _, word := range []string{"渠", "赵", "13900000", "139*", "柳岸"} {
			if strings.Contains(got[0].body, word) {
				t.Errorf("content leaves the program: %s", got[0].body)
			}
		}
		h := got[0].header
		at, err := strconv.ParseInt(h.Get("webhook-timestamp"), 10, 64)
		must(t, err)
		raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
		must(t, err)
		if h.Get("webhook-id") != body.Data.Delivery || h.Get("webhook-signature") != notice.Sign(raw, h.Get("webhook-id"), time.Unix(at, 0), []byte(got[0].body)) {
			t.Errorf("signature %v", h)
		}
		w.Do(w.handler, casework.Sign{On: towntest.On(n)})
		must(t, w.told.EndHook(ctx, w.admin, w.water))
		w.derive()
		w.drain()
		if got := calls(); len(got) != 0 {
			t.Errorf("called after its end: %v", got)
		}
	})
}

// The signature of the specification's own example (Standard Webhooks, Verifying signatures), by a secret of 24 bytes.
func TestTheSignatureIsThatOfTheSpecification(t *testing.T) {
	raw, err := base64.StdEncoding.DecodeString("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	must(t, err)
	got := notice.Sign(raw, "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Error(got)
	}
}

func TestASecretIsShownOnceAndStandsNowhere(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		_, secret := w.system(w.water, http.StatusOK)
		raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
		must(t, err)
		must(t, w.DB.View(ctx, dbtest.Town, func(tx *db.Tx) error {
			var box []byte
			if err := tx.Row(ctx, `SELECT secret FROM unit_hooks WHERE town_id = $1`).Scan(&box); err != nil {
				return err
			}
			if strings.Contains(string(box), string(raw)) {
				t.Error("the secret lies in the database in clear")
			}
			hs, err := w.told.Hooks(ctx, tx, w.admin)
			if b, _ := json.Marshal(hs); len(hs) != 1 || strings.Contains(string(b), secret[6:]) {
				t.Errorf("shown again: %s", b)
			}
			if _, err := w.told.Hooks(ctx, tx, w.mayor); !errs.Is(err, errs.NotFound) {
				t.Errorf("to others: %v", err)
			}
			return err
		}))
		if _, err := w.told.SetHook(ctx, w.mayor, w.water, "https://oa.example/"); !errs.Is(err, errs.NotFound) {
			t.Errorf("set by others: %v", err)
		}
	})
}

func TestAFailedCallIsTriedForADayAndThenDead(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		broken, _ := w.system(w.water, http.StatusInternalServerError)
		w.dispatched()
		w.derive()
		tries := 0
		start := w.clock.Now()
		for w.clock.Now().Sub(start) < 30*time.Hour {
			w.drain()
			tries += len(broken())
			w.clock.Add(15 * time.Second)
		}
		waiting, dead, err := w.told.Counts(ctx)
		must(t, err)
		if tries < 12 || tries > 17 || waiting != 0 || dead != 1 {
			t.Fatalf("%d tries, %d wait, %d dead", tries, waiting, dead)
		}
		var list []notice.Delivery
		look := func() {
			must(t, w.DB.View(ctx, dbtest.Town, func(tx *db.Tx) (err error) { list, _, err = w.told.Dead(ctx, tx, w.admin, ""); return err }))
		}
		look()
		if list[0].Failure != "notice.fail.answer" || list[0].Target != w.water {
			t.Errorf("dead letter %+v", list[0])
		}
		if err := w.told.Retry(ctx, w.mayor, list[0].ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("retried by others: %v", err)
		}
		must(t, w.told.Retry(ctx, w.admin, list[0].ID))
		w.drain()
		if len(broken()) != 1 {
			t.Error("not tried again")
		}
		w.clock.Add(25 * time.Hour)
		w.drain()
		look()
		must(t, w.told.Drop(ctx, w.admin, list[0].ID))
		if err := w.told.Drop(ctx, w.admin, list[0].ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("dropped twice: %v", err)
		}
	})
}

func TestOneThatDoesNotAnswerHoldsUpNobody(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t, time.Now), &dbtest.Clock{})
	release := make(chan struct{})
	stuck := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	t.Cleanup(stuck.Close)
	t.Cleanup(func() { close(release) })
	_, err := w.told.SetHook(ctx, w.admin, w.roads, stuck.URL)
	must(t, err)
	calls := w.hooked(w.water)
	for range 40 {
		n := w.say(false)
		w.Do(w.intake, casework.Accept{On: towntest.On(n)})
		w.Do(w.intake, casework.Dispatch{On: towntest.On(n), Unit: w.roads, Leader: w.mayor.Person})
	}
	w.dispatched()
	w.derive()
	live, stop := contextFor(t)
	done := make(chan struct{})
	go func() { defer close(done); w.told.Send(live, discard()) }()
	defer func() { stop(); <-done }()
	for end := time.Now().Add(8 * time.Second); ; time.Sleep(20 * time.Millisecond) { // less than a call may take
		if len(calls()) == 1 {
			return
		}
		if time.Now().After(end) {
			t.Fatal("the other unit waits")
		}
	}
}

func TestWhereNobodyMayBeCalled(t *testing.T) {
	none, err := notice.ParseAllowlist(nil)
	must(t, err)
	for _, bad := range []string{"", "oa.example", "ftp://oa.example/", "http://oa.example/", "https://u:p@oa.example/", "https:///x",
		"https://127.0.0.1/", "http://127.0.0.1:8080/", "http://localhost/", "https://localhost/", "https://10.0.0.8/", "https://172.16.0.1/", "https://192.168.1.1/",
		"https://169.254.169.254/latest/meta-data/", "https://100.100.100.200/", "https://0.0.0.0/", "https://[::1]/", "https://[::]/", "https://[fe80::1]/",
		"https://[fd00:ec2::254]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:10.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/",
		"https://224.0.0.1/", "https://255.255.255.255/", "javascript:alert(1)", "file:///etc/passwd", "https://oa.example/#x"} {
		if got, err := none.ParseURL(bad); !errs.Is(err, errs.Invalid) {
			t.Errorf("%s passes as %q, %v", bad, got, err)
		}
	}
	some, err := notice.ParseAllowlist([]string{"10.2.0.0/16", " oa.inner ", "127.0.0.1"})
	must(t, err)
	for _, good := range []string{"https://oa.example/hook?x=1", "https://10.2.3.4/", "http://127.0.0.1:99/", "https://oa.inner/"} {
		if _, err := some.ParseURL(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	if _, err := some.ParseURL("https://10.3.0.1/"); err == nil {
		t.Error("a neighbour network passes")
	}
	if _, err := notice.ParseAllowlist([]string{"https://oa.example/"}); !errs.Is(err, errs.Invalid) {
		t.Errorf("an address as a host: %v", err)
	}
}

// A name that resolves to this machine is refused when it is called, whatever it resolved to when it was typed; and a
// redirect is an answer like any other.
func TestCallsGoNowhereElse(t *testing.T) {
	hit := 0
	server := httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		hit++
		http.Redirect(rw, r, "/elsewhere", http.StatusFound)
	}))
	defer server.Close()
	address := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	for says, tt := range map[string]struct {
		allow []string
		want  string
		hits  int
	}{
		"by its name":             {nil, "notice.fail.within", 0},
		"a redirect":              {[]string{"localhost"}, "notice.fail.redirect", 1},
		"allowed by its network":  {[]string{"127.0.0.0/8", "::1"}, "notice.fail.redirect", 1},
		"another host is allowed": {[]string{"oa.inner"}, "notice.fail.within", 0},
	} {
		hit = 0
		allow, err := notice.ParseAllowlist(tt.allow)
		must(t, err)
		if key := notice.CallFails(t, allow, address, server.Client()); key != tt.want || hit != tt.hits {
			t.Errorf("%s: %s after %d hits, want %s after %d", says, key, hit, tt.want, tt.hits)
		}
	}
}

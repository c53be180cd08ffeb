package resident_test

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"yanming/internal/db/dbtest"
	"yanming/internal/id"
)

// through sends every request as a proxy on this machine would for somebody elsewhere.
type through string

func (t through) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-Forwarded-For", string(t))
	return http.DefaultTransport.RoundTrip(r)
}

func (w *town) from(t testing.TB, address string) *visitor {
	v := w.visitor(t)
	v.c.Transport = through(address)
	return v
}

func TestAFloodOfWordsIsSlowedDownByNetworkAndKeepsWhatWasTyped(t *testing.T) {
	w := sqlite(t)
	v := w.from(t, "203.0.113.7").upToCheck("/say/what", "路灯不亮。", "where", "u")
	form := v.form("/say/send")
	for i := range 60 {
		form.Set("key", id.Token())
		if v.upload("/say/send", form); v.status != http.StatusOK {
			t.Fatalf("word %d: %d", i, v.status)
		}
	}
	before := w.held(dbtest.Town)
	neighbour := w.from(t, "203.0.113.99")
	for _, lang := range []string{"中文", "English"} {
		if lang == "English" {
			neighbour.get("/prefs?lang=en&back=/")
		}
		form.Set("key", id.Token())
		neighbour.upload("/say/send", form, jpegWithPlace(t))
		neighbour.is(http.StatusTooManyRequests)
		neighbour.shows(map[string]string{"中文": "请过 10 秒再试", "English": "try again in 10 seconds"}[lang], "路灯不亮。")
		if got := neighbour.header.Get("Retry-After"); got != "10" {
			t.Errorf("Retry-After %q", got)
		}
		if f := neighbour.form("/say/send"); f.Get("text") != "路灯不亮。" || f.Get("key") != form.Get("key") {
			t.Errorf("lost: %v", f)
		}
	}
	if got := w.held(dbtest.Town); got != before {
		t.Errorf("%d words were taken down", got-before)
	}
	w.from(t, "198.51.100.1").say("/say/what", "桥断了。", "where", "u")
	w.Clock.Add(10 * time.Second)
	if neighbour.form("/say/send").Get("bare") == "" {
		t.Error("who never saw the first pages is not answered with the receipt itself")
	}
	neighbour.upload("/say/send", neighbour.form("/say/send"))
	if neighbour.id("number") == "" {
		t.Errorf("no receipt:\n%s", neighbour.body)
	}
	local := w.visitor(t) // behind a proxy that names nobody, all would share one limit: there is none
	for range 70 {
		form.Set("key", id.Token())
		local.upload("/say/send", form)
	}
	local.number()
	for _, a := range []string{"203.0.113", "198.51.100"} {
		if strings.Contains(w.log.String(), a) {
			t.Errorf("the log holds an address: %s", a)
		}
	}
}

func TestWrongCodesAreCountedOverAllNumbers(t *testing.T) {
	w := sqlite(t)
	v := w.visitor(t)
	n := v.say("/say/what", "路灯不亮。", "where", "u")
	code := v.id("code")
	guest := w.from(t, "203.0.113.7")
	guest.get("/r")
	for i := range 30 {
		guest.send("/r", "number", string(n)[:3]+strconv.Itoa(100000000+i), "code", "000000")
		guest.is(http.StatusUnprocessableEntity)
	}
	guest.send("/r", "number", string(n), "code", code)
	guest.is(http.StatusTooManyRequests)
	guest.shows("请过 10 秒再试")
	other := w.from(t, "198.51.100.1")
	for range 40 { // right codes do not count
		other.get("/r").send("/r", "number", string(n), "code", code)
		other.is(http.StatusOK)
	}
	w.Clock.Add(10 * time.Second)
	guest.send("/r", "number", string(n), "code", code)
	guest.is(http.StatusOK)
}

func TestAFormIsGivenBackWhereTheDatabaseFails(t *testing.T) {
	w := sqlite(t)
	v := w.visitor(t)
	n := v.say("/say/what", "路灯不亮。", "where", "u")
	v.get("/r/" + string(n) + "/words")
	act := v.form("/r/" + string(n) + "/words")
	act.Set("text", "今天又灭了两盏。")
	check := w.visitor(t).upToCheck("/say/what", "桥断了。", "where", "u").form("/say/send")

	if err := w.DB.Close(); err != nil {
		t.Fatal(err)
	}
	for path, form := range map[string]map[string][]string{"/say/send": check, "/r/" + string(n) + "/words": act} {
		v.upload(path, form)
		if v.status != http.StatusServiceUnavailable {
			t.Errorf("%s: %d", path, v.status)
		}
		for name, values := range form {
			if values[0] != "" && name != "photos" && !bytes.Contains([]byte(v.body), []byte(values[0])) {
				t.Errorf("%s: the page does not hold what was typed into %s", path, name)
			}
		}
		v.form(path)
	}
}

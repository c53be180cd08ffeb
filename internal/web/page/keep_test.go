package page_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"yanming/internal/errs"
	"yanming/internal/web/page"
	"yanming/internal/web/page/pagetest"
)

// TestWhatCannotBeTakenNowIsGivenBack fails a form for a reason that is nobody's fault.
func TestWhatCannotBeTakenNowIsGivenBack(t *testing.T) {
	site := pagetest.Site(t, "https://yn.example", nil)
	for _, c := range []struct {
		name string
		read bool // the handler reads the form before it fails
		form url.Values
		back bool
	}{
		{"read before", true, url.Values{"text": {`a "quoted" <word>`}, "place": {"bridge"}}, true},
		{"not read before", false, url.Values{"text": {`a "quoted" <word>`}, "place": {"bridge"}}, true},
		{"with a password", true, url.Values{"login": {"lin"}, "password": {"four geese carry"}}, false},
	} {
		h := site.Handle(func(w http.ResponseWriter, r *http.Request) error {
			if c.read {
				if _, err := page.ReadForm(r, nil); err != nil {
					return err
				}
			}
			return errs.New(errs.Unavailable, "error.store.full")
		})
		r := httptest.NewRequest("POST", "/say/send?x=1", strings.NewReader(c.form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		body := w.Body.String()
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") != "60" {
			t.Errorf("%s: %d %v", c.name, w.Code, w.Header())
		}
		if got := strings.Contains(body, `action="/say/send?x=1"`) && strings.Contains(body, `value="a &#34;quoted&#34; &lt;word&gt;"`) && strings.Contains(body, `name="key"`); got != c.back {
			t.Errorf("%s: given back: %v\n%s", c.name, got, body)
		}
		if strings.Contains(body, "geese") {
			t.Errorf("%s: a password is sent back", c.name)
		}
	}
}

func TestABodyThatMustNotBeReadIsRefusedUnread(t *testing.T) {
	site := pagetest.Site(t, "https://yn.example", nil)
	h := site.Handle(func(w http.ResponseWriter, r *http.Request) error { t.Error("handled"); return nil }, page.Body(1000))
	for _, c := range []struct {
		name   string
		length int64
		coding string
		want   int
	}{{"too long", 1001, "", http.StatusRequestEntityTooLarge}, {"compressed", 10, "gzip", http.StatusUnsupportedMediaType}, {"compressed twice", 10, "br, gzip", http.StatusUnsupportedMediaType}} {
		r := httptest.NewRequest("POST", "/", unread{t})
		r.ContentLength = c.length
		r.Header.Set("Content-Encoding", c.coding)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.want || w.Header().Get("Connection") != "close" {
			t.Errorf("%s: %d %v", c.name, w.Code, w.Header())
		}
	}
}

// unread fails the test that reads it.
type unread struct{ *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.Error("the body was read")
	return 0, http.ErrBodyNotAllowed
}

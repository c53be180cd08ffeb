package page_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"yanming/internal/actor"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/web/page"
)

func TestARefusalIsShownWithItsStatus(t *testing.T) {
	for _, c := range []struct {
		name   string
		err    error
		status int
	}{
		{"none", nil, 0},
		{"of the form", errs.Field("text", "error.required"), 422},
		{"a list", errs.List{{Kind: errs.Invalid, Field: "a", Key: "error.required"}}, 422},
		{"not allowed", errs.New(errs.Denied, "error.denied"), 403},
		{"changed meanwhile", errs.New(errs.Conflict, "error.changed"), 409},
		{"not there", errs.Missing(), 0},
		{"a fault", errors.New("disk"), 0},
	} {
		form := page.NewForm()
		status, ok := form.Turned(c.err)
		if status != c.status || ok != (c.status != 0) || len(form.Errs) > 0 != ok {
			t.Errorf("%s: %d %v with %d faults, want %d", c.name, status, ok, len(form.Errs), c.status)
		}
	}
}

func TestARevisionThatIsNoNumberNeverWas(t *testing.T) {
	for value, want := range map[string]int64{"7": 7, "0": 0, "": -1, "7x": -1} {
		form := page.NewForm()
		form.Set("rev", value)
		if got := form.Rev(); got != want {
			t.Errorf("revision %q is %d, want %d", value, got, want)
		}
	}
}

func TestNoneComesBeforeTheChoices(t *testing.T) {
	one := func(s string) (string, any) { return s, strings.ToUpper(s) }
	if got := page.Choices(nil, []string{"a", "b"}, one); len(got) != 2 || got[1].Value != "b" || got[1].Label != "B" {
		t.Errorf("choices without none: %v", got)
	}
	if got := page.Choices(i18n.Key("x.none"), []string{"a"}, one); len(got) != 2 || got[0].Value != "" || got[0].Label != i18n.Key("x.none") {
		t.Errorf("choices with none: %v", got)
	}
}

func TestAPageIsNotThereForWhomItDoesNotAdmit(t *testing.T) {
	fn := page.Only(func(a actor.Actor) bool { return a.Account == "mine" }, page.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error { return nil }))
	r := httptest.NewRequest("GET", "/", nil)
	if err := fn(nil, page.WithActor(r, actor.Actor{Account: "theirs"})); !errs.Is(err, errs.NotFound) {
		t.Errorf("somebody else gets %v", err)
	}
	if err := fn(nil, page.WithActor(r, actor.Actor{Account: "mine"})); err != nil {
		t.Errorf("who is admitted gets %v", err)
	}
}

package door

import (
	"testing"

	"yanming/internal/i18n"
	"yanming/internal/web/page"
	"yanming/internal/web/page/pagetest"
)

func TestPagesAreSoundInBothLanguages(t *testing.T) {
	set, err := pagetest.Site(t, "https://yn.example", nil).Pages(templates, page.Bare)
	if err != nil {
		t.Fatal(err)
	}
	form := func(wrong ...string) *page.Form {
		f := page.NewForm()
		for _, name := range wrong {
			f.Fail(name, "error.required")
		}
		return f
	}
	pick := []page.Choice{{Label: i18n.Key("admin.choose")}, {Value: "a", Label: "甲"}}
	start := func(f *page.Form) setupPage { return setupPage{Form: f, Steps: firstSteps()} }
	pagetest.Check(t, set, map[string]any{
		"login":       pagetest.Samples{loginPage{Form: form()}, loginPage{Form: form("login")}},
		"setup/token": pagetest.Samples{start(form()), start(form("token"))},
		"setup/begin": start(form()),
		"setup/place": pagetest.Samples{placePage{setupPage: start(form()), Ask: &level{"p", "admin.place.p", "", pick}},
			placePage{setupPage: start(form()), County: true, Path: []level{{"p", "admin.place.p", "河南省", nil}}, Ask: &level{"c", "admin.place.c", "", pick}}},
		"setup/admin": pagetest.Samples{start(form()), start(form("code", "login", "again"))},
	})
}

func TestServicesMustBeGiven(t *testing.T) {
	if _, err := New(Deps{}); err == nil {
		t.Error("pages without services are built")
	}
}

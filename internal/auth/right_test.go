package auth_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/org"
)

var update = flag.Bool("update", false, "write golden files anew")

// The matrix as a text that documentation can take over.
func TestTheMatrixOfRights(t *testing.T) {
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, r := range auth.Rights() {
		if !c.Has("auth.right." + string(r)) {
			t.Errorf("%s has no name", r)
		}
		var roles []string
		for _, role := range actor.Roles() {
			if auth.Can(actor.Actor{Posts: []actor.Post{{Role: role}}}, r) {
				roles = append(roles, string(role))
			}
		}
		fmt.Fprintf(&b, "%-14s %s\n", r, strings.Join(roles, " "))
	}
	for _, role := range actor.Roles() {
		if !c.Has("auth.role." + string(role)) {
			t.Errorf("%s has no name", role)
		}
	}
	const golden = "testdata/rights.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("the matrix changed; look at it and run with -update:\n%s", b.String())
	}
}

func TestWhatNoRoleMay(t *testing.T) {
	holds := func(role actor.Role) (out []auth.Right) {
		for _, r := range auth.Rights() {
			if auth.Can(actor.Actor{Posts: []actor.Post{{Role: role}}}, r) {
				out = append(out, r)
			}
		}
		return out
	}
	for _, tt := range []struct {
		role actor.Role
		want []auth.Right
	}{
		{actor.Admin, []auth.Right{auth.RightImport, auth.RightAdmin}}, // no content of cases
		{actor.Auditor, []auth.Right{auth.RightAudit}},
		{actor.CountyViewer, []auth.Right{auth.RightFigures, auth.RightCounty}},
		{actor.Caller, []auth.Right{auth.RightCallBack, auth.RightFigures}},
	} {
		if got := holds(tt.role); !slices.Equal(got, tt.want) {
			t.Errorf("%s holds %v, want %v", tt.role, got, tt.want)
		}
	}
	for says, a := range map[string]actor.Actor{
		"nobody": {}, "a resident": {Town: dbtest.Town, Resident: true}, "the system": {Town: dbtest.Town, System: true},
		"a role of no kind": {Posts: []actor.Post{{Role: "king"}}},
	} {
		for _, r := range append(auth.Rights(), "everything", "") {
			if auth.Can(a, r) {
				t.Errorf("%s holds %s", says, r)
			}
		}
	}
}

func TestPasswords(t *testing.T) {
	d := dbtest.SQLite(t, (&dbtest.Clock{}).Now)
	o, err := org.New(d)
	if err != nil {
		t.Fatal(err)
	}
	s := auth.New(d, o)
	for _, tt := range []struct{ says, login, password, key string }{
		{"nine characters", "wang", "x7#kPm2qa", "auth.password.short"},
		{"ten", "wang", "x7#kPm2qaZ", ""},
		{"a sentence", "wang", "门前柳树今年又发芽了", ""},
		{"nine characters of Chinese", "wang", "门前柳树今年又发芽", "auth.password.short"},
		{"the login", "wang.jianguo", "wang.jianguo", "auth.password.login"},
		{"the login in capitals with digits", "wangjianguo", "WangJianguo1", "auth.password.login"},
		{"one character", "wang", "aaaaaaaaaaaa", "auth.password.common"},
		{"digits in a row", "wang", "1234567890", "auth.password.common"},
		{"letters in a row", "wang", "abcdefghijkl", "auth.password.common"},
		{"the keyboard", "wang", "qwertyuiop", "auth.password.common"},
		{"a common one with a year", "wang", "Password2026", "auth.password.common"},
		{"a common one twice", "wang", "abc123abc123", "auth.password.common"},
		{"full-width digits in a row", "wang", "１２３４５６７８９０", "auth.password.common"},
		{"too long", "wang", strings.Repeat("柳岸石桥东", 30), "error.too_long"},
	} {
		_, err := s.Prepare(ctx, tt.login, tt.password)
		if tt.key == "" {
			if err != nil {
				t.Errorf("%s: %v", tt.says, err)
			}
			continue
		}
		refused(t, tt.says, err, errs.Invalid, tt.key)
	}
	a, err := s.Prepare(ctx, "wang", "")
	if err != nil {
		t.Fatal(err)
	}
	b, err := s.Prepare(ctx, "wang", "")
	if err != nil || a.Plain == b.Plain || len(a.Plain) != 14 || strings.Count(a.Plain, "-") != 2 {
		t.Errorf("random passwords: %s, %s, %v", a.Plain, b.Plain, err)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, _, err := s.Login(gone, "wang", "x", ""); err == nil {
		t.Error("signed in after the client went away")
	}
}

func TestDevicesAreNamedWithoutVersions(t *testing.T) {
	for ua, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                           "Firefox, Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0":        "Edge, Windows",
		"Mozilla/5.0 (Linux; Android 12; ABC-123) AppleWebKit/537.36 Chrome/110.0 Mobile Safari/537.36 MicroMessenger/8.0.42":              "WeChat, Android",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile Safari/604.1": "Safari, iPhone",
		"curl/8.0": "",
		"":         "",
	} {
		if got := auth.Device(ua); got != want {
			t.Errorf("%s: got %q, want %q", ua, got, want)
		}
	}
}

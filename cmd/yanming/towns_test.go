package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestSeveralTownsLiveInOneInstallation opens two counties and two towns while the server runs, and lets a resident of
// each town speak: one address for all receipts, and neither town sees the other.
func TestSeveralTownsLiveInOneInstallation(t *testing.T) {
	p := place{Data: filepath.Join(t.TempDir(), "d")}
	if err := os.MkdirAll(p.Data, 0o700); err != nil {
		t.Fatal(err)
	}
	base := serving(t, serveCmd{place: p, listening: listening{Listen: "127.0.0.1:0"}})
	passwords := map[string]string{}
	for _, c := range []struct{ code, name, login string }{{"419901", "雁县", "county"}, {"419901101", "一镇", "one"}, {"419901102", "二镇", "two"}, {"419902", "另县", "other"}} {
		sh, said := newShell(t)
		if err := sh.through(t.Context(), "town open", openTownCmd{place: p, Name: c.name, Admin: "管理员", Login: c.login, Office: "党政办公室", Code: c.code}); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		m := regexp.MustCompile(`password (\S+)`).FindStringSubmatch(said.String())
		if m == nil {
			t.Fatalf("%s: said %s", c.name, said)
		}
		passwords[c.login] = m[1]
	}
	home := newVisitor(t, base)
	home.get("/")
	for name, shown := range map[string]bool{"一镇": true, "二镇": true, "雁县": false, "另县": false} {
		if strings.Contains(home.words(), name) != shown {
			t.Errorf("the first page shows %s: %v", name, !shown)
		}
	}
	texts := map[string]string{"419901101": "一镇的路灯不亮", "419901102": "二镇的水渠堵了"}
	towns := map[string]string{"419901101": "one", "419901102": "two"}
	numbers := map[string]string{}
	for town, text := range texts {
		who := newVisitor(t, base)
		who.get("/say/what?town=" + town)
		who.send("/say/where", "text", text, "category", "water")
		who.send("/say/reply", "where", "u")
		who.send("/say/check", "reply", "none")
		who.send("/say/send")
		receipt := regexp.MustCompile(`(\d{4} \d{4} \d{4})\D+(\d{6})\b`).FindStringSubmatch(who.words())
		if receipt == nil {
			t.Fatalf("no receipt of %s: %s", town, who.words())
		}
		numbers[town] = receipt[1]
		later := newVisitor(t, base) // the number itself names its town
		later.get("/r")
		later.send("/r", "number", receipt[1], "code", receipt[2])
		if !strings.Contains(later.words(), text) {
			t.Errorf("%s: number and code open %s", town, later.words())
		}
	}
	for town, login := range towns {
		v := newVisitor(t, base)
		v.get("/login")
		v.send("/login", "login", login, "password", passwords[login])
		v.send("/account/password", "old", passwords[login], "password", "four geese carry letters", "again", "four geese carry letters")
		v.get("/admin/villages")
		v.send("/admin/villages", "villages", "柳岸村"+login)
		for other := range towns {
			path := "/say/what?town=" + other
			who := newVisitor(t, base)
			who.get(path)
			who.send("/say/where", "text", "x", "category", "water")
			if shown := strings.Contains(who.words(), "柳岸村"+login); shown != (other == town) {
				t.Errorf("the village of %s is offered in %s: %v", town, other, shown)
			}
		}
	}
	if numbers["419901101"][:3] == numbers["419901102"][:3] {
		t.Errorf("both towns count under %s", numbers["419901101"][:3])
	}
}

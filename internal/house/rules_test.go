package house

import (
	"slices"
	"strings"
	"testing"
)

// TestRulesCanFail shows each rule a file that breaks it, and one that does not.
func TestRulesCanFail(t *testing.T) {
	hostRule := func(f *file) []string { return machine(f, []string{"packages.example"}) }
	long := strings.Repeat("// line\n", longest+1)
	for _, c := range []struct {
		name string
		rule func(*file) []string
		path string
		text string
		want string // part of the one complaint, or ""
	}{
		{"up", ranks, "internal/journal/a.go", `import "yanming/internal/org"`, "journal (floor 4) imports org"},
		{"sideways", ranks, "internal/blob/a.go", `import "yanming/internal/job"`, "imports job"},
		{"down", ranks, "internal/org/a.go", `import ("fmt"; "yanming/internal/db")`, ""},
		{"within", ranks, "internal/search/x/a.go", `import "yanming/internal/search"`, ""},
		{"test support", ranks, "internal/org/a.go", `import "yanming/internal/db/dbtest"`, "for tests only"},
		{"in a test", ranks, "internal/org/a_test.go", `import "yanming/internal/db/dbtest"`, ""},
		{"homeless", ranks, "internal/misc/a.go", ``, "has no rank"},
		{"to nowhere", ranks, "internal/org/a.go", `import "yanming/internal/misc"`, "which has no rank"},
		{"long", length, "internal/org/a.go", long, "602 lines"},
		{"long migration", length, "internal/db/migration/1.sql", long, ""},
		{"vague", named, "internal/utils/a.go", ``, "no subject"},
		{"open", unfinished, "internal/org/a.go", "// " + "TODO: later", "without an issue"},
		{"open with an issue", unfinished, "internal/org/a.go", "// " + "TODO(#3): later", ""},
		{"init", state, "internal/org/a.go", `func init() {}`, "init function"},
		{"exported variable", state, "internal/org/a.go", `var Limit = 3`, "exported variable Limit"},
		{"exported error", state, "internal/org/a.go", `var ErrGone = fmt.Errorf("x")`, ""},
		{"a place's time", state, "internal/org/a.go", `var China = time.FixedZone("UTC+8", 8*3600)`, ""},
		{"embedded", state, "internal/org/a.go", "//go:embed x\nvar Files embed.FS", ""},
		{"written", state, "internal/org/a.go", `var seen = map[string]int{}; func f() { seen["a"] = 1 }`, "writes to the package variable seen"},
		{"counted", state, "internal/org/a.go", `var n int; func f() { n++ }`, "writes to the package variable n"},
		{"shadowed", state, "internal/org/a.go", `var n = 1; func f() { n := 2; n++ }`, ""},
		{"read", state, "internal/org/a.go", `var table = map[string]int{"a": 1}; func f() int { return table["a"] }`, ""},
		{"skip", skips, "internal/org/a_test.go", `func TestX(t *testing.T) { t.Skip("no") }`, "skip itself"},
		{"skip when short", skips, "internal/org/a_test.go", `func TestX(t *testing.T) { if testing.Short() { t.Skip("no") } }`, ""},
		{"skip without data", skips, "internal/org/a_test.go", `func TestX(t *testing.T) { if os.Getenv("CI") != "true" { t.Skip("no") } }`, ""},
		{"refused input", skips, "internal/org/a_test.go", `func FuzzX(f *testing.F) { f.Fuzz(func(t *testing.T, s string) { t.Skip() }) }`, ""},
		{"SQL in a page", sqlPlace, "internal/web/office/store.go", "var q = `SELECT id FROM x`", "outside of a store"},
		{"SQL in a rule", sqlPlace, "internal/casework/unit.go", "var q = `INSERT INTO x VALUES ($1)`", "outside of a store"},
		{"SQL in a store", sqlPlace, "internal/task/store.go", "var q = `DELETE FROM x`", ""},
		{"no SQL", sqlPlace, "internal/task/unit.go", `var q = "please select one from the list"`, ""},
		{"cases", behindVeil, "internal/report/store.go", "var q = `SELECT id FROM cases WHERE 1`", "names the table cases"},
		{"open cases", behindVeil, "internal/report/store.go", "var q = `SELECT id FROM open_cases WHERE 1`", ""},
		{"cases in its store", behindVeil, "internal/casework/store_side.go", "var q = `UPDATE cases SET x = 1`", ""},
		{"like", unportable, "internal/org/store.go", "var q = `SELECT 1 FROM x WHERE a LIKE $2`", "LIKE differs"},
		{"question mark", unportable, "internal/org/store.go", "var q = `SELECT 1 FROM x WHERE a = ?`", "placeholder"},
		{"writing CTE", unportable, "internal/org/store.go", "var q = `WITH a AS (DELETE FROM x RETURNING id) SELECT 1`", "writing CTE"},
		{"plain", unportable, "internal/org/store.go", "var q = `SELECT 1 FROM x WHERE a = $2`", ""},
		{"Chinese", sentences, "internal/org/a.go", `var s = "村"`, "Chinese in Go code"},
		{"a pair", sentences, "internal/org/a.go", `var s = []i18n.Pair{{ZH: "村", EN: "village"}}`, ""},
		{"Chinese data", sentences, "internal/demo/a.go", `var s = "村"`, ""},
		{"handler", markup, "internal/web/a.html", `<a onclick="x()">`, "event handler"},
		{"style", markup, "internal/web/a.html", `<p class="a" style="color:red">`, "inline style"},
		{"script", markup, "internal/web/a.html", `<script>x()</script>`, "without a nonce"},
		{"script of ours", markup, "internal/web/a.html", `<script defer src="/a.js"></script><style nonce="{{.Nonce}}"></style>`, ""},
		{"far script", markup, "internal/web/a.html", `<script src="https://x.example/a.js"></script>`, "another host"},
		{"javascript address", markup, "internal/web/a.html", `<a href="javascript:x()">`, "javascript:"},
		{"Chinese in a template", markup, "internal/web/a.html", `<p>村</p>`, "Chinese in a template"},
		{"the language's name", markup, "internal/web/a.html", `<a lang="zh-CN" href="/">中文</a>`, ""},
		{"Chinese in a comment", markup, "internal/web/a.html", `{{/* 村 */}}<p>{{if gt .N 1}}{{.T "a.b"}}{{end}}</p>`, ""},
		{"broken template", markup, "internal/web/a.html", `{{if .X}}`, "unexpected EOF"},
		{"path", hostRule, "README.md", "see /home/me/x", "a path of one machine"},
		{"host", hostRule, "README.md", "from packages.example", "belongs to one machine"},
		{"no host", hostRule, "README.md", "under /run/yanming", ""},
	} {
		f := &file{path: c.path, dir: "web", text: c.text}
		if strings.HasSuffix(c.path, ".go") {
			parts := strings.Split(c.path, "/")
			var err error
			if f, err = parseFile(c.path, "package "+parts[len(parts)-2]+"\n"+c.text); err != nil {
				t.Fatal(err)
			}
		}
		got := c.rule(f)
		switch {
		case c.want == "" && len(got) != 0:
			t.Errorf("%s: complains of a sound file: %q", c.name, got)
		case c.want != "" && (len(got) != 1 || !strings.Contains(got[0], c.want)):
			t.Errorf("%s: said %q, want one about %q", c.name, got, c.want)
		}
	}
}

func TestMessageRulesCanFail(t *testing.T) {
	f, err := parseFile("internal/org/a.go", `package org
func f() {
	_ = errs.New(errs.Denied, "org.a")
	_ = errs.Field("name", "org.b", 3)
	l.Add("name", "org.c")
	say(c.T(lang, "org.d"), i18n.Key("org.e"))
	_ = &errs.Error{Kind: errs.Invalid, Key: "org.f"}
	_ = Def{Code: "case.received"}
	_ = x.New("case.resolved")
}`)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range saidKeys(f) {
		got = append(got, l.value)
	}
	if want := []string{"org.a", "org.b", "org.c", "org.d", "org.e", "org.f"}; !slices.Equal(got, want) {
		t.Errorf("keys of Go: %q, want %q", got, want)
	}
	page := &file{path: "a.html", text: `{{.T "page.a"}} {{t . "page.b" .N}} {{template "case/row" .}} {{$.T "page.c"}} T "page.d"
		{{with field .Form "area" "text" "page.e" "hint" "page.f"}}{{asset "page.js"}}{{fig "page.received"}}{{.T (printf "page.state.%s" .State)}}`}
	if got, want := saidInTemplate(page), []string{"page.a", "page.b", "page.c", "page.e", "page.f"}; !slices.Equal(got, want) {
		t.Errorf("keys of a template: %q, want %q", got, want)
	}
	keys := []string{"page.a", "page.state.open", "page.lost", "case.kind.help"}
	if got, want := unused(keys, append(templateStrings(page), "case.kind.")), []string{"page.lost"}; !slices.Equal(got, want) {
		t.Errorf("unused: %q, want %q", got, want)
	}
}

func TestSchemaRulesCanFail(t *testing.T) {
	key := column{"town_id", "TEXT", 1}
	for _, c := range []struct {
		tab  table
		want string
	}{
		{table{"visits", true, []column{key, {"id", "TEXT", 2}, {"made_at", "INTEGER", 0}}}, ""},
		{table{"visits", false, []column{key}}, "not STRICT"},
		{table{"visits", true, []column{{"id", "TEXT", 1}, {"town_id", "TEXT", 2}}}, "leads with id"},
		{table{"visits", true, []column{{"id", "TEXT", 1}}}, "belongs to no town"},
		{table{"visits", true, []column{{"town_id", "TEXT", 0}}}, "no primary key"},
		{table{"visits", true, []column{key, {"made_at", "TEXT", 0}}}, "is a time"},
		{table{"people", true, []column{key, {"points", "INTEGER", 0}}}, `"points"`},
		{table{"people", true, []column{key, {"login_count", "INTEGER", 0}}}, `"login_count"`},
		{table{"people", true, []column{key, {"rank", "INTEGER", 0}}}, `"rank"`},
		{table{"people", true, []column{key, {"online_ms", "INTEGER", 0}}}, `"online_ms"`},
		{table{"tracks", true, []column{key}}, `"tracks"`},
		{table{"units", true, []column{key, {"rank_unit", "INTEGER", 0}, {"pointer", "TEXT", 0}}}, ""},
	} {
		got := append(mayNotStore(c.tab), built(c.tab)...)
		if (c.want == "") != (len(got) == 0) || c.want != "" && !strings.Contains(got[0], c.want) {
			t.Errorf("%+v: said %q, want %q", c.tab, got, c.want)
		}
	}
}

func TestHosts(t *testing.T) {
	if got, want := hosts("https://a.example,direct|http://b.example:8080/x\n"), []string{"a.example", "b.example"}; !slices.Equal(got, want) {
		t.Errorf("hosts: %q, want %q", got, want)
	}
}

func TestPaperRulesCanFail(t *testing.T) {
	listed := "| github.com/jackc/pgx/v5 | x |"
	f, err := parseFile("internal/org/a.go", `package org
import ("fmt"; "yanming/internal/db"; "github.com/jackc/pgx/v5/stdlib"; "example.org/new/thing")`)
	if err != nil {
		t.Fatal(err)
	}
	if got := unlisted(f, listed); len(got) != 1 || !strings.Contains(got[0], "example.org/new/thing") {
		t.Errorf("imports without a line: %q", got)
	}
}

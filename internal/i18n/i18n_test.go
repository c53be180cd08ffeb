package i18n

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestTheCatalogueIsCompleteAndItsPlacesAgree(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range c.Keys() {
		p := c.messages[key]
		if strings.HasPrefix(key, "calendar.") || strings.HasSuffix(key, ".date") { // the parts of a date differ by language
			continue
		}
		for _, hole := range []string{"{0}", "{1}", "{2}", "{3}", "{4}"} {
			if strings.Contains(p.ZH, hole) != strings.Contains(p.EN, hole) {
				t.Errorf("%s: %s stands in one language only: %q, %q", key, hole, p.ZH, p.EN)
			}
		}
	}
}

func TestABrokenCatalogueIsRefused(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"a key twice":     {"a.json": `{"k": {"zh": "一", "en": "one"}}`, "b.json": `{"k": {"zh": "一", "en": "one"}}`},
		"a language less": {"a.json": `{"k": {"zh": "一", "en": ""}}`},
		"no JSON":         {"a.json": `{`},
	} {
		fsys := fstest.MapFS{}
		for f, text := range files {
			fsys["catalogue/"+f] = &fstest.MapFile{Data: []byte(text)}
		}
		if _, err := load(fsys); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestAMessageIsSaidInTheReadersLanguage(t *testing.T) {
	c, err := load(fstest.MapFS{"catalogue/a.json": &fstest.MapFile{Data: []byte(`{"due": {"zh": "{1}前答复{0}", "en": "Answer {0} by {1}"}, "you": {"zh": "您", "en": "you"}}`)}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		lang Lang
		args []any
		want string
	}{
		{ZH, []any{Key("you"), "11 月 30 日"}, "11 月 30 日前答复您"},
		{EN, []any{Key("you"), 30}, "Answer you by 30"},
		{EN, []any{Pair{ZH: "水利站"}, Pair{ZH: "一", EN: "one"}}, "Answer 水利站 by one"},
		{EN, []any{"{1}", "x"}, "Answer {1} by x"}, // an argument is no template
	} {
		if got := c.T(tt.lang, "due", tt.args...); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
	if got := c.T(ZH, "none"); got != "[none]" {
		t.Errorf("got %q", got)
	}
	for tag, want := range map[string]Lang{"zh": ZH, "zh-TW": ZH, "en-GB": EN, "EN": EN} {
		if got, ok := Parse(tag); !ok || got != want {
			t.Errorf("%s: %s", tag, got)
		}
	}
	if _, ok := Parse("fr"); ok {
		t.Error("fr is spoken")
	}
}

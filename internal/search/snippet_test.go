package search_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"yanming/internal/search"
)

func render(parts []search.Part) string {
	var b strings.Builder
	for _, p := range parts {
		if p.Hit {
			b.WriteString("[" + p.Text + "]")
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

func TestASnippetMarksWhatWasFoundInTheTextAsWritten(t *testing.T) {
	for _, c := range []struct{ text, q, want string }{
		{"九堡村路灯坏了", "路灯", "九堡村[路灯]坏了"},
		{"ＡＢＣ路", "abc", "[ＡＢＣ]路"},
		{"路灯路灯", "路 灯", "[路][灯][路][灯]"},
		{"路灯亮", "路灯 灯亮", "[路灯亮]"},
		{"没有", "路灯", "没有"},
		{"没有", "", "没有"},
		{"㎏ and ㎏", "kg", "[㎏] and [㎏]"},
		{"", "路", ""},
		{"一二三四五六七八九十路灯一二三四五六七八九十", "路灯", "…八九十[路灯]一二三四五六…"},
		{"路灯一二三四五六七八九十一二三四", "路灯", "[路灯]一二三四五六七八九…"},
		{"一二三四五六七八九十一二三四路灯", "路灯", "…六七八九十一二三四[路灯]"},
	} {
		if got := render(search.Snippet(c.text, c.q, 11)); got != c.want {
			t.Errorf("%q in %q: got %q, want %q", c.q, c.text, got, c.want)
		}
	}
}

func FuzzSnippet(f *testing.F) {
	f.Add("九堡村路灯坏了\x00", "路灯 \"x", 5)
	f.Add("e\u0301e\u0301\xff", "é", 2)
	f.Fuzz(func(t *testing.T, text, q string, width int) {
		if width < 1 || width > 1000 || len(text) > 5000 {
			t.Skip()
		}
		var all string
		for _, p := range search.Snippet(text, q, width) {
			all += p.Text
		}
		if n := utf8.RuneCountInString(all); n > width+2 {
			t.Fatalf("%d characters, width %d", n, width)
		}
		if !strings.Contains(strings.ToValidUTF8(text, "\uFFFD"), strings.TrimSuffix(strings.TrimPrefix(all, "…"), "…")) {
			t.Fatalf("%q is not of %q", all, text)
		}
	})
}

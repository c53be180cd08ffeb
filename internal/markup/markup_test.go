package markup_test

import (
	"testing"

	"yanming/internal/markup"
)

func TestATextStaysText(t *testing.T) {
	for s, want := range map[string]string{
		"南渠":             "南渠",
		`<a b="c">&'`:    "&lt;a b=&#34;c&#34;&gt;&amp;&#39;",
		"bell\x07 \xff.": "bell\ufffd \ufffd.",
	} {
		if got := markup.Escape(s); got != want {
			t.Errorf("%q stands in XML as %q, want %q", s, got, want)
		}
	}
}

package page

import (
	"strings"
	"testing"

	"yanming/internal/i18n"
)

// What is written by hand must be escaped by hand: nothing that somebody typed becomes markup.
func TestAListWrittenByHandShowsWordsAsWords(t *testing.T) {
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	p := speaker{&Site{cat: words}, i18n.EN}
	bad := `"><script>x</script>&`
	due := Due{State: DueOver, Day: "2026-11-23", Left: 2}
	list, err := p.items([]Item{{Href: "/x?a=1&b=" + bad, Title: bad, Class: bad, Due: &due, Current: true,
		Notes: []Note{{Text: bad}, {Tag: true, Tone: bad, Icon: "lock", Text: bad}}}, {Href: "/y", Class: "n"}})
	if err != nil {
		t.Fatal(err)
	}
	choices := p.options([]Choice{{Value: bad, Label: bad}, {Value: "b", Label: i18n.Pair{ZH: "乙", EN: "B&"}}}, bad)
	for _, got := range []string{string(list), string(choices)} {
		if strings.Contains(got, "<script") || strings.Contains(got, `"">`) || strings.Contains(got, "&x") {
			t.Errorf("not escaped: %s", got)
		}
	}
	for _, want := range []string{`aria-current="true"`, `class="due r"`, `class="item n"`, `</svg>`} {
		if !strings.Contains(string(list), want) {
			t.Errorf("%s is missing in %s", want, list)
		}
	}
	if n := strings.Count(string(choices), " selected"); n != 1 || !strings.Contains(string(choices), ">B&amp;</option>") {
		t.Errorf("%d selected: %s", n, choices)
	}
	if _, err := p.items([]Item{{Notes: []Note{{Icon: "none"}}}}); err == nil {
		t.Error("an icon that is not there")
	}
}

package house

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template/parse"
	"unicode"
)

var (
	handler  = regexp.MustCompile(`(?i)<[^>]*\son[a-z]+\s*=`)
	styled   = regexp.MustCompile(`(?i)<[^>]*\sstyle\s*=`)
	codeTag  = regexp.MustCompile(`(?i)<(script|style)\b[^>]*>`)
	foreign  = regexp.MustCompile(`(?i)(src|srcset|href|action)\s*=\s*["']?(https?:)?//`)
	scripted = regexp.MustCompile(`(?i)["'=]\s*javascript:`)
	comments = regexp.MustCompile(`(?s)\{\{-?\s*/\*.*?\*/\s*-?\}\}|<!--.*?-->`)
)

// markup complains of what the content security policy forbids, of what would load from another host, and of
// sentences that should be in the catalogue.
func markup(f *file) (bad []string) {
	if !isTemplate(f) {
		return nil
	}
	tree := parse.New(f.path)
	tree.Mode = parse.SkipFuncCheck
	if _, err := tree.Parse(f.text, "", "", map[string]*parse.Tree{}); err != nil {
		bad = append(bad, err.Error())
	}
	// Actions may hold > and quotes: they are taken out before the tags are looked at.
	text := action.ReplaceAllString(comments.ReplaceAllString(f.text, ""), "x")
	text = strings.ReplaceAll(text, ">中文<", "><") // a language is called what its speakers call it
	if handler.MatchString(text) {
		bad = append(bad, f.path+": an inline event handler")
	}
	if styled.MatchString(text) {
		bad = append(bad, f.path+": an inline style; give it a class")
	}
	if scripted.MatchString(text) {
		bad = append(bad, f.path+": a javascript: address")
	}
	if foreign.MatchString(text) {
		bad = append(bad, f.path+": an address on another host")
	}
	for _, tag := range codeTag.FindAllString(text, -1) {
		if !strings.Contains(tag, "nonce=") && !strings.Contains(tag, "src=") {
			bad = append(bad, f.path+": "+tag+" without a nonce")
		}
	}
	if i := strings.IndexFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }); i >= 0 {
		bad = append(bad, f.path+": Chinese in a template; put it into the catalogue: "+strings.SplitN(text[i:], "\n", 2)[0])
	}
	return bad
}

// TestTemplatesAreSafe looks at every template. The type check against its page is the page's own test.
func TestTemplatesAreSafe(t *testing.T) {
	obey(t, tree(t), markup)
	for _, f := range goFiles(t) {
		for _, l := range f.literals() {
			if handler.MatchString(l.value) {
				t.Errorf("%s: an inline event handler", f.line(l.node))
			}
		}
	}
}

func TestTemplatesAreSeen(t *testing.T) {
	var pages, views int
	for _, f := range tree(t) {
		if strings.HasPrefix(f.dir, "web/") && f.syntax != nil && !f.test {
			pages++
		}
		if isTemplate(f) {
			views++
		}
	}
	if pages > 20 && views == 0 {
		t.Error("there are pages but no template was found: the rules look at the wrong files")
	}
	if slices.ContainsFunc(tree(t), func(f *file) bool { return strings.Contains(f.path, "/testdata/") }) {
		t.Error("testdata is looked at")
	}
}

// Package pagetest checks an audience's pages in tests: types, both languages, and what no page may hold.
package pagetest

import (
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jba/templatecheck"
	"golang.org/x/net/html"

	"yanming/internal/i18n"
	"yanming/internal/web/page"
)

// Samples are several values for one page, each executed: empty and full, right and wrong.
type Samples []any

// Site returns a site for tests under base, marked as a demo. Its log goes nowhere.
func Site(t testing.TB, base string, sessions page.Sessions) *page.Site {
	t.Helper()
	cat, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	s, err := page.New(page.Config{Catalogue: cat, Base: base, Demo: true, Sessions: sessions,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Head returns a full frame in a language.
func Head(site *page.Site, lang i18n.Lang) page.Head {
	r := page.InTown(httptest.NewRequest("GET", "/page?x=1", nil), page.Town{ID: "t", Name: "雁南镇", English: true})
	h := site.Head(r, "")
	h.Lang, h.Title, h.User, h.Post = lang, "题目", "林月", "便民服务中心"
	return h
}

// Check type-checks every page of the set against its struct, executes it in every language, and looks at what comes
// out. pages holds a sample, or Samples, for every page of the set; each is a struct that embeds page.Head, whose
// unset fields Check fills.
func Check(t *testing.T, set *page.Set, pages map[string]any) {
	t.Helper()
	for name := range pages {
		if !slices.Contains(set.Names(), name) {
			t.Errorf("%s: the set has no such page", name)
		}
	}
	for _, name := range set.Names() {
		samples, many := pages[name].(Samples)
		if !many {
			if pages[name] == nil {
				t.Errorf("%s: no sample", name)
				continue
			}
			samples = Samples{pages[name]}
		}
		for i, sample := range samples {
			for _, lang := range i18n.Langs() {
				t.Run(fmt.Sprintf("%s/%d/%s", name, i, lang), func(t *testing.T) { one(t, set, name, lang, sample) })
			}
		}
	}
}

// asShown executes a page as visitors get it, which must be the same.
func asShown(set *page.Set, name string, lang i18n.Lang, sample any, want string) error {
	ready, err := set.Ready(lang, name)
	if err != nil {
		return err
	}
	var b strings.Builder
	if err := ready.Execute(&b, sample); err != nil {
		return fmt.Errorf("execute as shown: %w", err)
	}
	if got := b.String(); got != want {
		return fmt.Errorf("as shown it differs: %s", cmp.Diff(want, got))
	}
	return nil
}

func one(t *testing.T, set *page.Set, name string, lang i18n.Lang, sample any) {
	t.Helper()
	sample, err := withHead(set.Site(), lang, sample)
	if err != nil {
		t.Fatal(err)
	}
	tmpl, err := set.Fresh(lang, name)
	if err != nil {
		t.Fatal(err)
	}
	if err := templatecheck.CheckHTML(tmpl, sample); err != nil {
		t.Errorf("types: %v", err)
	}
	var b strings.Builder
	if err := tmpl.Execute(&b, sample); err != nil {
		t.Fatalf("execute: %v", err)
	}
	if err := asShown(set, name, lang, sample, b.String()); err != nil {
		t.Error(err)
	}
	for _, fault := range Faults(b.String()) {
		t.Error(fault)
	}
}

// withHead fills the unset fields of the sample's Head.
func withHead(site *page.Site, lang i18n.Lang, sample any) (any, error) {
	v := reflect.ValueOf(sample)
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct || !v.FieldByName("Head").IsValid() || v.FieldByName("Head").Type() != reflect.TypeFor[page.Head]() {
		return nil, fmt.Errorf("the sample %T embeds no page.Head", sample)
	}
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	head := Head(site, lang)
	full, given := reflect.ValueOf(&head).Elem(), v.FieldByName("Head")
	for i := range given.NumField() {
		if !given.Field(i).IsZero() {
			full.Field(i).Set(given.Field(i))
		}
	}
	head.Lang = lang
	out.FieldByName("Head").Set(full)
	if reflect.ValueOf(sample).Kind() == reflect.Pointer {
		return out.Addr().Interface(), nil
	}
	return out.Interface(), nil
}

var bare = regexp.MustCompile(`\[[a-z0-9_]+(\.[a-z0-9_]+)+\]`)

// Faults returns what is wrong with a page's markup: unknown messages, values that were refused or missing, scripts,
// styles and handlers that the content security policy would drop, ids written twice or pointed to in vain, fields
// without a label, posts without a one-time token, and headings that are not exactly one h1.
func Faults(markup string) []string {
	var faults []string
	add := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	for _, s := range bare.FindAllString(markup, -1) {
		add("the catalogue lacks %s", s)
	}
	for _, s := range []string{"ZgotmplZ", "<no value>", "%!", "&lt;nil&gt;"} {
		if strings.Contains(markup, s) {
			add("the page holds %q", s)
		}
	}
	doc, err := html.Parse(strings.NewReader(markup))
	if err != nil {
		return append(faults, err.Error())
	}
	ids, refs, labelled := map[string]int{}, map[string]string{}, map[string]bool{}
	h1 := 0
	var fields []*html.Node
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		for _, a := range n.Attr {
			switch {
			case a.Key == "style" || strings.HasPrefix(a.Key, "on"):
				add("<%s %s=%q>: the content security policy drops it", n.Data, a.Key, a.Val)
			case a.Key == "id":
				ids[a.Val]++
			case n.Data == "label" && a.Key == "for":
				labelled[a.Val] = true
				refs[a.Val] = "label"
			case a.Key == "aria-describedby" || a.Key == "aria-labelledby":
				for _, id := range strings.Fields(a.Val) {
					refs[id] = a.Key
				}
			case n.Data == "a" && a.Key == "href" && strings.HasPrefix(a.Val, "#") && len(a.Val) > 1:
				refs[a.Val[1:]] = "link"
			}
		}
		switch n.Data {
		case "h1":
			h1++
		case "script":
			if Attr(n, "src") == "" && Attr(n, "type") != "application/json" {
				add("an inline script: the content security policy drops it")
			}
		case "input", "select", "textarea":
			if typ := Attr(n, "type"); typ != "hidden" && typ != "submit" {
				fields = append(fields, n)
			}
		case "form":
			if strings.EqualFold(Attr(n, "method"), "post") && !keyed(n) && Attr(n, "action") != "/logout" && Attr(n, "action") != "/login" {
				add("the form to %q has no one-time token", Attr(n, "action"))
			}
		}
	}
	for id, n := range ids {
		if n > 1 {
			add("id %q is there %d times", id, n)
		}
	}
	for id, by := range refs {
		if ids[id] == 0 {
			add("a %s points to #%s, which is not there", by, id)
		}
	}
	for _, n := range fields {
		if !labelled[Attr(n, "id")] && Attr(n, "aria-label") == "" && Attr(n, "aria-labelledby") == "" && !inLabel(n) {
			add("the field %q has no label", Attr(n, "name"))
		}
	}
	if h1 != 1 {
		add("the page has %d h1, not one", h1)
	}
	slices.Sort(faults)
	return faults
}

// keyed reports whether a form holds the hidden one-time token.
func keyed(form *html.Node) bool {
	for n := range form.Descendants() {
		if n.Data == "input" && Attr(n, "name") == "key" && Attr(n, "value") != "" {
			return true
		}
	}
	return false
}

func inLabel(n *html.Node) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Data == "label" {
			return true
		}
	}
	return false
}

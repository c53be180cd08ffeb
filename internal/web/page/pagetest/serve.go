package pagetest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"yanming/internal/actor"
	"yanming/internal/errs"
	"yanming/internal/web/page"
)

// People signs everybody in whose name in the map is their session's token.
func People(people map[string]actor.Actor) page.Sessions {
	return page.SessionFunc(func(_ context.Context, token string) (actor.Actor, error) {
		if a, ok := people[token]; ok {
			return a, nil
		}
		return actor.Actor{}, errs.Missing()
	})
}

// Serve puts pages on a loopback address until the test ends, and returns it. open makes them for their site, which
// those of people enter who are signed in. around stand about the whole, the first one nearest to the pages.
func Serve[P interface{ Register(mux *http.ServeMux) }](t testing.TB, people map[string]actor.Actor, open func(site *page.Site) (P, error), around ...func(http.Handler) http.Handler) (base string) {
	t.Helper()
	var h http.Handler
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r) }))
	t.Cleanup(srv.Close)
	site := Site(t, srv.URL, People(people))
	pages, err := open(site)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	site.Register(mux)
	pages.Register(mux)
	h = site.Wrap(mux)
	for _, f := range around {
		h = f(h)
	}
	return srv.URL
}

// Attr is an attribute of an element; "" where it has none.
func Attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// Has reports whether an element has an attribute.
func Has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// Text is what stands in an element, with single spaces.
func Text(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode && c.Parent.Data != "script" && c.Parent.Data != "style" {
			b.WriteString(c.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

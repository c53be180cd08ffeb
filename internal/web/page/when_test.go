package page_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"yanming/internal/uitest"
	"yanming/internal/web/page/pagetest"
)

// TestFieldsOfOneAnswerAreShownWithIt looks at data-when and data-check in the browser.
func TestFieldsOfOneAnswerAreShownWithIt(t *testing.T) {
	var h http.Handler
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r) }))
	t.Cleanup(srv.Close)
	site := pagetest.Site(t, srv.URL, nil)
	mux := http.NewServeMux()
	site.Register(mux)
	mux.HandleFunc("GET /form", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><html lang="en"><title>x</title><script defer src="%s"></script><form>
			<select id="kind" name="kind"><option value="a">a<option value="b">b</select><p id="own" data-when="kind=b,c">own</p>
			<label><input type="checkbox" id="tick" name="tick" value="1">t</label><p id="ticked" data-when="tick=1">ticked</p>
			<div data-check="/known"><input id="number" name="number" aria-label="n"><p id="says" role="status"></p></div></form></html>`, site.Asset("office.js"))
	})
	mux.HandleFunc("GET /known", func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Query().Get("number"), "7") {
			fmt.Fprint(w, `{"says":"known","href":"/form#there","linked":"<b>go</b>"}`)
			return
		}
		fmt.Fprint(w, `{}`)
	})
	h = site.Wrap(mux)
	p := uitest.New(t).Page()
	p.Open(srv.URL + "/form")
	seen := func(id string) bool {
		return uitest.Eval[bool](p, `document.getElementById("`+id+`").offsetParent !== null`)
	}
	if seen("own") || seen("ticked") {
		t.Error("fields of answers that were not given are shown")
	}
	p.Select("#kind", "b")
	p.Click("#tick")
	if !seen("own") || !seen("ticked") {
		t.Error("fields of the given answers are hidden")
	}
	p.Set("#number", "71")
	p.Wait("#says a")
	if got := p.Text("#says"); got != "known <b>go</b>" {
		t.Errorf("says %q", got)
	}
	p.Set("#number", "8")
	for range 50 {
		if p.Count("#says a") == 0 {
			return
		}
	}
	t.Error("the warning stays when the number is another")
}

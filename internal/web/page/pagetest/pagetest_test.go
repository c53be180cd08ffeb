package pagetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFaultsAreFound(t *testing.T) {
	const sound = `<!doctype html><title>x</title><h1>x</h1><form method="post"><input type="hidden" name="key" value="k">
		<label for="a">a</label><input id="a" name="a" aria-describedby="h"><p id="h">h</p><label>b <input name="b"></label></form>`
	if got := Faults(sound); got != nil {
		t.Errorf("a sound page: %v", got)
	}
	for markup, want := range map[string]string{
		`<h1>[case.accept]</h1>`:                            "the catalogue lacks [case.accept]",
		`<h1>x</h1><p style="color:red">x</p>`:              `<p style="color:red">: the content security policy drops it`,
		`<h1 onclick="x()">x</h1>`:                          `<h1 onclick="x()">: the content security policy drops it`,
		`<h1>x</h1><script>x()</script>`:                    "an inline script: the content security policy drops it",
		`<h1>x</h1><p id="a"></p><p id="a"></p>`:            `id "a" is there 2 times`,
		`<h1>x</h1><a href="#f-a">a</a>`:                    `a link points to #f-a, which is not there`,
		`<h1>x</h1><input name="q">`:                        `the field "q" has no label`,
		`<h1>x</h1><form method="post" action="/a"></form>`: `the form to "/a" has no one-time token`,
		`<p>x</p>`:             "the page has 0 h1, not one",
		`<h1>&lt;nil&gt;</h1>`: `the page holds "&lt;nil&gt;"`,
	} {
		if diff := cmp.Diff([]string{want}, Faults(markup)); diff != "" {
			t.Errorf("%s: %s", markup, diff)
		}
	}
}

package report_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/geo"
	"yanming/internal/org"
	core "yanming/internal/report"
	"yanming/internal/report/reporttest"
	"yanming/internal/towntest"
	"yanming/internal/uitest"
	"yanming/internal/web/page"
)

func server() string { return os.Getenv("YANMING_TEST_POSTGRES") }

func weekOf(t *testing.T) calendar.Period {
	t.Helper()
	p, err := calendar.ParsePeriod("2026-W47")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestPagesInABrowser looks at the pages of a town of 19 villages and 88 grids as the general team sees them.
func TestPagesInABrowser(t *testing.T) {
	c := &dbtest.Clock{}
	town := reporttest.New(t, dbtest.SQLite(t, c.Now), c, geo.Parts(88, 19, 3, 7, 3)...)
	town.Play()
	town.Confide(town.Villages[0])
	town.Done(town.Orgs.Set(t.Context(), town.Mayor, org.Set{Name: org.CompareVillages, Value: true}))
	var h http.Handler
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := town.General
		if r.URL.Path == "/county/" || r.URL.Query().Has("town") {
			a = town.County
		}
		h.ServeHTTP(w, page.WithActor(r, a))
	}))
	defer srv.Close()
	o := newOffice(t, town, srv.URL)
	h = o.site.Wrap(o.mux)
	p := uitest.New(t).Page()
	p.Viewport(1366, 768)
	p.Open(srv.URL + week47)
	if n := p.Count(`.ch-map a`); n != 88 {
		t.Errorf("%d grids on the map", n)
	}
	if w := p.Weight(); w.Bytes > 60<<10 {
		t.Errorf("the report weighs %d bytes", w.Bytes)
	}
	if got := p.Text(`.kpis .fig`); got != "70" {
		t.Errorf("received: %s", got)
	}
	p.Follow(`.ch-bars a:nth-of-type(23)`)
	if p.Status() != 200 || p.Count(`table tbody tr`) == 0 {
		t.Error("a column of the chart does not open its evidence")
	}
	for _, x := range []struct{ name, path string }{
		{"weekly", week47}, {"figure", "/f/case.resolved?period=2026-08-31..2026-11-22&by=village"}, {"rate", "/f/case.resolution_rate?period=2026-W47"},
		{"list", "/office/reports"}, {"figures", "/f/"}, {"county", "/county/?period=2026"}, {"comparison", "/office/reports/comparison"}, {"print", week47 + "/print"},
	} {
		for _, v := range [][2]int{{1366, 768}, {390, 844}} {
			p.Viewport(v[0], v[1])
			p.Open(srv.URL + x.path)
			p.MustBeSound()
			p.Screenshot(fmt.Sprint(x.name, "-", v[0]))
			if x.name == "figure" && v[0] == 390 { // a record is read without scrolling sideways, and its dates say what they are
				if !uitest.Eval[bool](p, `[...document.querySelectorAll(".stacked tbody td")].every(e => e.getBoundingClientRect().right <= innerWidth)`) ||
					uitest.Eval[string](p, `getComputedStyle(document.querySelector(".stacked [data-head]"), "::before").content`) == "none" {
					t.Error("a record does not fit a phone")
				}
			}
		}
	}
	// The way of a report, by hand.
	p.Viewport(1366, 768)
	p.Open(srv.URL + week47)
	p.Submit(`form[action$="/open"] button`)
	if got := p.Text(`.slots`); !strings.Contains(got, "未署名") || !strings.Contains(got, "{case.received@week}") { // printed or not
		t.Errorf("the figures to use: %s", got)
	}
	p.Type(`#f-narrative`, "本周共件。")
	uitest.Eval[bool](p, `(e => (e.setSelectionRange(3, 3), true))(document.getElementById("f-narrative"))`)
	p.Click(`[data-insert="{case.received@week}"]`)
	if got := p.Value(`#f-narrative`); got != "本周共{case.received@week}件。" || p.Focused() != "textarea#f-narrative[name=narrative]" {
		t.Errorf("a figure is put into the text: %q, the focus is on %s", got, p.Focused())
	}
	for _, v := range [][2]int{{390, 844}, {1366, 768}} {
		p.Viewport(v[0], v[1])
		p.MustBeSound()
		p.Screenshot(fmt.Sprint("slots-", v[0]))
	}
	p.Type(`#f-narrative`, "本周共 9 件。")
	p.Submit(`form[action$="/text"] button`)
	if p.Status() != http.StatusUnprocessableEntity || p.Count(`.errsum`) != 1 {
		t.Error("a typed number was taken")
	}
	p.MustBeSound()
	p.Screenshot("text")
	var rec core.Record
	town.No(town.View(func(tx *db.Tx) error {
		rs, err := core.Of(t.Context(), tx, weekOf(t))
		rec = rs[0]
		return err
	}))
	on := func() core.On { return core.On{Key: towntest.Key(), ID: rec.ID} }
	for _, s := range []struct {
		a core.Type
	}{{core.Sent}, {core.Approved}} {
		who := town.General
		if s.a == core.Approved {
			who = town.Inspector
		}
		_, err := town.Reports.Do(t.Context(), who, core.Step{On: on(), Type: s.a})
		town.No(err)
	}
	_, err := town.Reports.Issue(t.Context(), town.Mayor, core.Issue{On: on()})
	town.No(err)
	town.Say(town.Grids[0], "web", "water", "又有一件。")
	p.Open(srv.URL + week47)
	p.MustBeSound()
	p.Screenshot("issued")
}

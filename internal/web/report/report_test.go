package report_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/docx"
	"yanming/internal/org"
	core "yanming/internal/report"
	"yanming/internal/report/reporttest"
	"yanming/internal/sheet"
	"yanming/internal/towntest"
	"yanming/internal/web/page"
	"yanming/internal/web/page/pagetest"
	web "yanming/internal/web/report"
	"yanming/internal/web/town"
)

// office is a town with its report pages.
type office struct {
	*reporttest.Town
	mux  *http.ServeMux
	site *page.Site
}

func newOffice(t *testing.T, w *reporttest.Town, base string) *office {
	t.Helper()
	site := pagetest.Site(t, base, nil)
	nav := func(*http.Request) []page.NavItem {
		return []page.NavItem{{Key: "report.page.list", Icon: "chart", Href: "/office/reports", Current: true}}
	}
	s, err := web.New(web.Deps{Staff: town.Staff{Site: site, Store: w.DB, Orgs: w.Orgs, Nav: nav}, Figures: w.Figures, Reports: w.Reports, Words: w.Words})
	if err != nil {
		t.Fatal(err)
	}
	o := &office{w, http.NewServeMux(), site}
	s.Register(o.mux)
	site.Register(o.mux)
	return o
}

func each(t *testing.T, body func(t *testing.T, o *office)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		body(t, newOffice(t, reporttest.New(t, d, c, 3, 2, 2), "https://yn.example"))
	})
}

// get asks for a page as an actor.
func (o *office) get(a actor.Actor, path string) *httptest.ResponseRecorder {
	return o.send(a, httptest.NewRequest("GET", path, nil))
}

// post sends a form with a token of its own.
func (o *office) post(a actor.Actor, path string, kv ...string) *httptest.ResponseRecorder {
	form := url.Values{"key": {string(towntest.Key())}}
	for i := 0; i < len(kv); i += 2 {
		form.Set(kv[i], kv[i+1])
	}
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return o.send(a, r)
}

func (o *office) send(a actor.Actor, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	o.mux.ServeHTTP(w, page.WithActor(r, a))
	return w
}

// open asks for a page that must be there and sound.
func (o *office) open(a actor.Actor, path string) string {
	o.T.Helper()
	w := o.get(a, path)
	if w.Code != http.StatusOK {
		o.T.Fatalf("%s for %s: %d", path, a.Name, w.Code)
	}
	for _, f := range pagetest.Faults(w.Body.String()) {
		o.T.Errorf("%s: %s", path, f)
	}
	return html.UnescapeString(w.Body.String())
}

// links returns the addresses and words of all links that begin with prefix.
func links(markup, prefix string) (out [][2]string) {
	doc, _ := html.Parse(strings.NewReader(markup))
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || n.Data != "a" {
			continue
		}
		for _, a := range n.Attr {
			if a.Key == "href" && strings.HasPrefix(a.Val, prefix) {
				out = append(out, [2]string{a.Val, words(n)})
			}
		}
	}
	return out
}

// words is the text of an element, without titles of drawings.
func words(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode && c.Parent.Data != "title" {
			b.WriteString(c.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

var value = regexp.MustCompile(`<b class="code">([^<]*)</b>`)

const week47 = "/office/reports/weekly/2026-W47"

func TestEveryNumberOpensItsEvidence(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.Play()
		o.Confide(o.Villages[0])
		o.Done(o.Orgs.Set(t.Context(), o.Mayor, org.Set{Name: org.CompareVillages, Value: true}))
		markup := o.open(o.General, week47)
		seen := map[string]bool{}
		for _, l := range links(markup, "/f/") {
			if seen[l[0]] || l[0] == "/f/" {
				continue
			}
			seen[l[0]] = true
			if !strings.Contains(l[0], "period=") {
				t.Errorf("%s has no period", l[0])
			}
			w := o.get(o.General, l[0])
			m := value.FindStringSubmatch(w.Body.String())
			if w.Code != 200 || m == nil {
				t.Errorf("%s: %d", l[0], w.Code)
				continue
			}
			if strings.ContainsAny(l[1], "0123456789—") && len(l[1]) < 8 && m[1] != l[1] {
				t.Errorf("%s is printed as %s and opens as %s", l[0], l[1], m[1])
			}
			if len(seen) > 60 && !strings.Contains(l[0], "grid=") { // the rest is of the same kind
				break
			}
		}
		if len(seen) < 60 {
			t.Errorf("only %d numbers lead to evidence", len(seen))
		}
		for _, want := range []string{"另有 1 件保密，只计入全镇总数", "责任领导分布", "群众确认解决", "70"} {
			if !strings.Contains(markup, want) {
				t.Errorf("the page lacks %s", want)
			}
		}
	})
}

func TestEvidenceIsListedAsFarAsOneMaySee(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		total := o.Play()
		o.Confide(o.Villages[0])
		const path = "/f/case.received?period=2026-08-31..2026-11-22"
		count := func(a actor.Actor) (n int) {
			for next := path; next != ""; {
				markup := o.open(a, next)
				if m := value.FindStringSubmatch(markup); m[1] != "70" {
					t.Fatalf("%s sees %s", a.Name, m[1])
				}
				if !strings.Contains(markup, "另有 1 件保密") {
					t.Fatalf("%s is not told of the one in confidence", a.Name)
				}
				n += len(links(markup, "/office/cases/"))
				next = ""
				for _, l := range links(markup, "/f/case.received") {
					if strings.Contains(l[0], "after=") {
						next = l[0]
					}
				}
			}
			return n
		}
		if n := count(o.General); n != total {
			t.Errorf("the general team lists %d of %d", n, total)
		}
		n := count(o.Secretary)
		if n == 0 || n >= total {
			t.Errorf("the secretary lists %d of %d", n, total)
		}
		if m := count(o.Worker); m == 0 || m > n {
			t.Errorf("the worker lists %d, the secretary %d", m, n)
		}
		markup := o.open(o.General, path+"&by=village")
		var sum int
		for _, l := range links(markup, "/f/case.received") {
			if strings.Contains(l[0], "village=") {
				var v int
				fmt.Sscan(l[1], &v)
				sum += v
			}
		}
		if sum != total || !strings.Contains(markup, "不分列") {
			t.Errorf("villages add up to %d of %d", sum, total)
		}
		if w := o.get(o.General, "/f/case.received?by=person"); w.Code != http.StatusNotFound {
			t.Errorf("by person: %d", w.Code)
		}
		for _, bad := range []string{"/f/case.nothing", "/f/case.received?frozen=x", "/office/reports/weekly/2026-11", "/f/case.on_time_rate/rows/csv", "/f/case.received/rows/pdf"} {
			if w := o.get(o.General, bad); w.Code != http.StatusNotFound {
				t.Errorf("%s: %d", bad, w.Code)
			}
		}
		rate := o.open(o.General, "/f/case.resolution_rate?period=2026-08-31..2026-11-22")
		if len(links(rate, "/f/case.resolved?")) != 1 || len(links(rate, "/f/case.collected?")) != 1 {
			t.Error("a rate lacks its numerator or denominator")
		}
	})
}

func TestFiguresStandInTheOrderOfTheirWay(t *testing.T) {
	o := newOffice(t, reporttest.New(t, dbtest.SQLite(t, nil), nil, 3, 2, 2), "https://yn.example")
	markup, last := o.open(o.General, "/f/"), 0
	for _, want := range []string{">群众意见<", ">收到意见<", ">已解决（单位认定）<", ">办得怎么样<", ">已答复<", ">已回访<", ">期内办了什么<"} {
		at := strings.Index(markup, want)
		if at < last {
			t.Errorf("%s stands at %d, what comes before it at %d", want, at, last)
		}
		last = at
	}
	if strings.Contains(html.UnescapeString(markup), ">case.received") {
		t.Error("a code of the program is printed")
	}
	listed := links(markup, "/f/")
	n := 0
	o.No(o.View(func(tx *db.Tx) error {
		all, err := o.Figures.List(t.Context(), tx)
		n = len(all)
		return err
	}))
	if len(listed) < n {
		t.Errorf("%d of %d figures are listed", len(listed), n)
	}
}

func TestWhoMaySeeFigures(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.Say(o.Grids[0], casework.Web, "water", "路灯不亮。")
		for _, path := range []string{"/f/", "/f/case.received", "/office/reports", "/office/reports/weekly/2026-W48", "/office/reports/comparison"} {
			for _, a := range []actor.Actor{o.Intake, o.Handler, o.Petition, o.General, o.Publicity, o.Inspector, o.Mayor, o.Caller, o.Secretary, o.Cadre, o.Worker} {
				o.open(a, path)
			}
			for _, a := range []actor.Actor{o.Auditor, o.Admin} {
				if w := o.get(a, path); w.Code != http.StatusForbidden {
					t.Errorf("%s for %s: %d", path, a.Name, w.Code)
				}
			}
			if w := o.get(actor.Actor{}, path); w.Code != http.StatusSeeOther {
				t.Errorf("%s for nobody: %d", path, w.Code)
			}
		}
	})
}

func TestTheCountySeesItsTownsAndNothingElse(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.Play()
		markup := o.open(o.County, "/county/?period=2026")
		ls := links(markup, "/f/")
		if len(ls) != 16 || !strings.Contains(markup, "雁南镇") || !strings.Contains(markup, "雁北镇") {
			t.Fatalf("%d numbers", len(ls))
		}
		if ls[0][1] != "69" || ls[8][1] != "0" {
			t.Errorf("received: %v %v", ls[0], ls[8])
		}
		evidence := o.open(o.County, ls[0][0])
		if value.FindStringSubmatch(evidence)[1] != "69" || len(links(evidence, "/office/cases/")) != 0 || !strings.Contains(evidence, "另有 69 条") {
			t.Error("the county lists a town's cases")
		}
		if csv := o.get(o.County, strings.Replace(ls[0][0], "?", "/rows/csv?", 1)).Body.String(); strings.Count(csv, "\n") != 1 {
			t.Errorf("the county downloads rows: %q", csv)
		}
		for _, path := range []string{"/county/", "/f/case.received?town=" + reporttest.Second} {
			if w := o.get(o.Mayor, path); w.Code != 404 {
				t.Errorf("%s for a town's leader: %d", path, w.Code)
			}
		}
		if w := o.get(o.County, "/f/case.received?town=110101001"); w.Code != 404 {
			t.Errorf("a town of nobody: %d", w.Code)
		}
	})
}

func TestTheWayFromDraftToIssueOnPages(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.Play()
		record := func() (rec core.Record) {
			o.No(o.View(func(tx *db.Tx) error {
				p, _ := core.Of(t.Context(), tx, weekOf(t))
				rec = p[0]
				return nil
			}))
			return rec
		}
		step := func(a actor.Actor, name string, kv ...string) *httptest.ResponseRecorder {
			rec := record()
			return o.post(a, week47+"/step/"+name, append(kv, "id", rec.ID, "rev", fmt.Sprint(rec.Rev))...)
		}
		must := func(w *httptest.ResponseRecorder) {
			t.Helper()
			if w.Code != http.StatusSeeOther {
				t.Fatalf("got %d: %.300s", w.Code, w.Body)
			}
		}
		if w := o.post(o.Handler, week47+"/open"); w.Code != http.StatusForbidden {
			t.Errorf("a handler begins a report: %d", w.Code)
		}
		if n := strings.Count(o.open(o.Secretary, week47), `method="post"`); n != 1 { // signing out
			t.Errorf("a secretary has %d forms", n)
		}
		shows := func(a actor.Actor, wants ...string) {
			t.Helper()
			markup := o.open(a, week47)
			for _, want := range wants {
				if !strings.Contains(markup, want) {
					t.Errorf("%s is not shown %q", a.Name, want)
				}
			}
		}
		shows(o.General, "下一步：起草。", week47+"/open")
		must(o.post(o.General, week47+"/open"))
		o.open(o.General, week47+"/text")
		shows(o.General, "下一步：送审。", "/step/submitted")
		_, composed, found := strings.Cut(o.open(o.General, week47+"/text"), "写出来是这样")
		composed, _, _ = strings.Cut(composed, "</section>")
		if !found || strings.Contains(composed, "{") || !strings.Contains(composed, "/f/case.received") {
			t.Error("the writer does not see how the text reads")
		}
		rec := record()
		w := o.post(o.General, week47+"/text", "id", rec.ID, "rev", fmt.Sprint(rec.Rev), "narrative", "本周很好。\n收到 69 件。")
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "收到 69 件”") || !strings.Contains(w.Body.String(), "本周很好。") {
			t.Errorf("a typed number: %d", w.Code)
		}
		must(o.post(o.General, week47+"/text", "id", rec.ID, "rev", fmt.Sprint(rec.Rev), "narrative", "截至11月22日，收到 {case.received} 件。"))
		must(step(o.General, "submitted"))
		shows(o.General, "可以审核的：", "撤回修改", "撤回的理由")
		shows(o.Inspector, "下一步：审核。", "退回修改", "退回的理由")
		if markup := o.open(o.General, week47); strings.Contains(markup, "下一步") || strings.Contains(markup, "退回的理由") {
			t.Error("who sent it up is asked to return it")
		}
		if w := step(o.General, "reviewed"); w.Code != http.StatusForbidden {
			t.Errorf("reviews what it wrote: %d", w.Code)
		}
		if w := step(o.Inspector, "returned"); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("returned without a reason: %d", w.Code)
		}
		must(step(o.Inspector, "reviewed"))
		shows(o.Mayor, "下一步：签发。", "可以签发的：")
		if markup := o.open(o.Mayor, week47); !strings.Contains(markup, "/step/issued") || !strings.Contains(markup, "沈石 已审核") {
			t.Error("the leader cannot issue")
		}
		must(step(o.Mayor, "issued"))
		o.Say(o.Grids[0], casework.Web, "water", "又有一件。")
		markup := o.open(o.General, week47)
		for _, want := range []string{"2026年第 1 期", "拟稿：方舟", "现在 70（印发后+1）", "防改校验码"} {
			if !strings.Contains(markup, want) {
				t.Errorf("the issue lacks %s", want)
			}
		}
		var frozen string
		for _, l := range links(markup, "/f/case.received?frozen=") {
			if l[1] == "69" {
				frozen = l[0]
			}
		}
		evidence := o.open(o.General, frozen)
		if value.FindStringSubmatch(evidence)[1] != "69" || !strings.Contains(evidence, "现在是 70（印发后+1）") || !strings.Contains(evidence, "固定了 69 条记录") {
			t.Error("the frozen figure does not say what changed")
		}
		short := o.open(o.General, regexp.MustCompile(`frozen=[^&]+`).FindString(frozen)[:0]+"/f/case.received?"+regexp.MustCompile(`frozen=[^&]+`).FindString(frozen))
		if value.FindStringSubmatch(short)[1] != "69" {
			t.Error("a frozen figure by its set alone")
		}
		if csv := o.get(o.General, strings.Replace(frozen, "?", "/rows/csv?", 1)).Body.String(); strings.Count(csv, "\n") != 70 {
			t.Errorf("%d lines of the frozen figure", strings.Count(csv, "\n"))
		}
		if live := o.open(o.General, week47+"?live=1"); !strings.Contains(live, "按现在的记录") {
			t.Error("the values of now are not marked")
		}
		if list := o.open(o.General, "/office/reports?to=2026-W48"); !strings.Contains(list, "第 1 期") {
			t.Error("the list lacks the issue")
		}
		o.open(o.General, "/office/reports/weekly/2026-W46")
	})
}

func TestWeeksAreListedFromTheFirstDayThatCounts(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		listed := func(query string) (weeks []string, older bool) {
			t.Helper()
			markup := o.open(o.Secretary, "/office/reports"+query)
			for _, l := range links(markup, "/office/reports/weekly/") {
				weeks = append(weeks, strings.TrimPrefix(l[0], "/office/reports/weekly/"))
			}
			return slices.Compact(weeks), len(links(markup, "/office/reports?to=")) > 0
		}
		want := func(what, query string, n int, last string, more bool) {
			t.Helper()
			if weeks, older := listed(query); len(weeks) != n || weeks[len(weeks)-1] != last || older != more {
				t.Errorf("%s: %v, older %v; want %d down to %s, %v", what, weeks, older, n, last, more)
			}
		}
		o.Clock.Set(time.Date(2026, 8, 25, 1, 0, 0, 0, time.UTC))
		want("before the first opinion", "", 1, "2026-W35", false)
		o.Play()
		want("from the first opinion", "", 12, "2026-W36", false)
		want("a week before it that is asked for", "?to=2026-W30", 1, "2026-W30", false)
		o.No(o.Reports.SetStart(t.Context(), o.General, core.SetStart{Key: towntest.Key(), Day: "2026-10-07"}))
		want("from the day that was settled", "", 7, "2026-W41", false)
		if w := o.post(o.General, "/office/reports/weekly/2026-W38/open"); w.Code != http.StatusSeeOther {
			t.Fatalf("begin a report: %d", w.Code)
		}
		want("from the earliest report", "", 10, "2026-W38", false)
		o.Clock.Set(time.Date(2027, 1, 11, 1, 0, 0, 0, time.UTC))
		want("as many as a page holds", "", 16, "2026-W40", true)
	})
}

func TestDownloads(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.Play()
		o.Confide(o.Villages[0])
		file := func(a actor.Actor, path string) []byte {
			t.Helper()
			w := o.get(a, path)
			if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
				t.Fatalf("%s: %d %s", path, w.Code, w.Header())
			}
			return w.Body.Bytes()
		}
		for _, form := range []string{"", "?form=letter"} {
			text, err := docx.Text(file(o.General, week47+"/download/docx"+form))
			o.No(err)
			if !strings.HasPrefix(text, "演示") || !strings.Contains(text, "收到意见 70 件") {
				t.Errorf("docx %s: %.80s", form, text)
			}
		}
		book := func(path string) *sheet.Book {
			b := file(o.General, path)
			x, err := sheet.Open("a.xlsx", bytes.NewReader(b), int64(len(b)), sheet.Limits{})
			o.No(err)
			return x
		}
		if n := len(book(week47 + "/download/xlsx").Sheets()); n != 12 {
			t.Errorf("%d sheets", n)
		}
		if n := len(book("/f/case.received/rows/xlsx?period=2026-W47").Sheets()); n != 1 {
			t.Errorf("%d sheets", n)
		}
		csv := file(o.General, "/f/case.received/rows/csv?period=2026-08-31..2026-11-22")
		if !bytes.HasPrefix(csv, []byte("\ufeff回执编号,登记,村,类别,承办单位,环节,结果\r\n")) || bytes.Count(csv, []byte("\n")) != 70 {
			t.Errorf("csv: %.120s", csv)
		}
		if !bytes.Contains(file(o.General, week47+"/download/json"), []byte(`"code": "case.received"`)) {
			t.Error("json")
		}
		o.open(o.General, week47+"/print")
	})
}

func TestComparisonIsALeadersDecision(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.Say(o.Grids[0], casework.Web, "water", "路灯不亮。")
		const week, path = "/office/reports/weekly/2026-W48", "/office/reports/comparison"
		if strings.Contains(o.open(o.General, week), "case.resolution_rate?period=2026-11-23..2026-11-29&amp;village=") {
			t.Error("compared without a decision")
		}
		if w := o.post(o.General, path, "on", "yes"); w.Code != http.StatusForbidden {
			t.Errorf("the office switches it on: %d", w.Code)
		}
		if w := o.post(o.Mayor, path, "on", "yes"); w.Code != http.StatusSeeOther {
			t.Fatalf("the leader cannot: %d", w.Code)
		}
		if !strings.Contains(o.open(o.General, path), "唐越") {
			t.Error("the decision is not recorded")
		}
		if !strings.Contains(o.open(o.General, week), "village=") {
			t.Error("villages are not listed")
		}
	})
}

// TestTheSecretarySeesOneWorld builds two towns with one case in confidence each, about the secretary's village or
// about another, and compares what the secretary's pages say.
func TestTheSecretarySeesOneWorld(t *testing.T) {
	paths := []string{week47, week47 + "/print", week47 + "/download/json", "/f/case.received?period=2026-W47", "/f/case.received?period=2026-W47&by=village", "/f/case.received?period=2026-W47&by=grid",
		"/f/case.in_progress?period=all&by=unit", "/f/case.open?period=2026-W47", "/f/case.did_accept?period=2026-W47", "/f/case.received/rows/csv?period=all", "/f/case.resolution_rate?period=all&by=leader", "/office/reports", "/f/"}
	world := func(t *testing.T, d *db.DB, c *dbtest.Clock, about int) []string {
		o := newOffice(t, reporttest.New(t, d, c, 3, 2, 2), "https://yn.example")
		o.Done(o.Orgs.Set(t.Context(), o.Mayor, org.Set{Name: org.CompareVillages, Value: true}))
		o.Play()
		n := o.Confide(o.Villages[about])
		o.Do(o.Petition, casework.Accept{On: casework.On{Case: n}})
		out := make([]string, len(paths))
		same := o.plain()
		for i, path := range paths {
			out[i] = same(o.get(o.Secretary, path).Body.String())
		}
		return out
	}
	worlds := func(t *testing.T, make func() (*db.DB, *dbtest.Clock)) {
		d1, c1 := make()
		d2, c2 := make()
		mine, other := world(t, d1, c1, 0), world(t, d2, c2, 1)
		for i, path := range paths {
			if mine[i] != other[i] {
				a, b := mine[i], other[i]
				at := 0
				for at < min(len(a), len(b)) && a[at] == b[at] {
					at++
				}
				t.Errorf("%s differs: %.200q %.200q", path, a[max(0, at-60):], b[max(0, at-60):])
			}
		}
		if !strings.Contains(mine[0], "另有 1 件保密") {
			t.Error("the page does not count the one in confidence")
		}
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		first := true
		worlds(t, func() (*db.DB, *dbtest.Clock) {
			if first {
				first = false
				return d, c
			}
			c := &dbtest.Clock{}
			if d.Engine() == db.Postgres {
				return dbtest.Postgres(t, server(), c.Now), c
			}
			return dbtest.SQLite(t, c.Now), c
		})
	})
}

// plain returns a function that replaces the ids which were drawn at random, each by its place in the town.
func (o *office) plain() func(string) string {
	dir := o.Dir()
	var pairs []string
	add := func(kind string, ids []string) {
		for i, id := range ids {
			pairs = append(pairs, id, fmt.Sprint(kind, i, "."))
		}
	}
	var units, people []string
	for _, u := range dir.Units() {
		units = append(units, u.ID)
	}
	for _, p := range dir.Leaders() {
		people = append(people, p.ID)
	}
	add("unit", units)
	add("leader", people)
	add("grid", o.Grids)
	add("village", o.Villages)
	r := strings.NewReplacer(pairs...)
	number := regexp.MustCompile(`\b[0-9]{4}\x{a0}?[0-9]{4}\x{a0}?[0-9]{4}\b`)
	rows := regexp.MustCompile(`(?s)<tr><td class="num">.*?</tr>|<tr><td>N</td>.*?</tr>`)
	return func(s string) string {
		s = number.ReplaceAllString(r.Replace(s), "N")
		// Records of one moment are in the order of their ids.
		found := rows.FindAllString(s, -1)
		slices.Sort(found)
		return rows.ReplaceAllString(s, "") + strings.Join(found, "\n")
	}
}

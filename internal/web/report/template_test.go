package report

import (
	"testing"
	"time"

	"yanming/internal/calendar"
	"yanming/internal/figures"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/report"
	"yanming/internal/uitest"
	"yanming/internal/web/page"
	"yanming/internal/web/page/pagetest"
	"yanming/internal/web/town"
)

func TestMain(m *testing.M) { uitest.Main(m) }

// TestTemplates checks the types of every page and shows each empty and full, in both languages.
func TestTemplates(t *testing.T) {
	site := pagetest.Site(t, "https://yn.example", nil)
	s := &Server{Deps: Deps{Staff: town.Staff{Site: site}}}
	var err error
	if s.pages, err = site.Pages(templates, page.Staff); err != nil {
		t.Fatal(err)
	}
	p := calendar.WeekOf("2026-11-16")
	cell := report.Cell{Item: figures.Item{Code: "case.received", Period: p}, Value: figures.Value{Code: "case.received", Version: 1, Name: i18n.Pair{ZH: "收到", EN: "Received"}, Value: 7}}
	table := report.Table{Dim: "village", Rows: []report.Row{{Name: i18n.Pair{ZH: "柳岸村"}, Cells: []report.Cell{cell}}}}
	rec := report.Record{ID: "r1", Period: p, State: report.Issued, Year: 2026, No: 3, Replaces: "r0"}
	refused := func(field string) *page.Form {
		f := page.NewForm()
		f.Need(field)
		return f
	}
	rep := report.Report{Period: p, Whole: p, Villages: &table, Units: table, Leaders: table, Channels: table, Narrative: "收到 {case.received} 件。",
		Late: figures.Page{Columns: []figures.Column{{Name: "registered", Kind: "time", Head: i18n.Pair{ZH: "登记", EN: "Registered"}}}}}
	issue := rep
	issue.Issue = &rec
	var steps []button
	for _, typ := range report.Types() {
		steps = append(steps, button{typ, refused("reason")})
	}
	rows := []evidenceRow{{Number: "100400752891", Href: "/office/cases/100400752891", Cells: []string{"a"}}, {Number: "100400752892", Cells: []string{"b"}}}
	states := func(st report.State, next report.Type) weeklyPage {
		waits := ""
		if st == report.Submitted || st == report.Reviewed {
			waits = "唐越"
		}
		return weeklyPage{Main: &button{next, refused("reason")}, Recalls: st == report.Submitted, Waits: waits, Others: 2, Report: rep, Live: true, Way: &report.Record{State: st, Period: p, Reason: "x", Replaces: "r0"}, Buttons: steps, LateRows: rows, From: source{Region: "report.late"}}
	}
	full := figurePage{Region: "report.page.rows", About: figures.About{Kind: figures.Cohort, Own: true}, Item: cell.Item, Value: cell.Value, Columns: []figures.Column{{Name: "village", Kind: "dim"}}, Rows: rows,
		Parts: []partRow{{Name: i18n.Pair{ZH: "柳岸村"}, Cell: cell, Href: "/f/x"}}, Dims: []dimLink{{Href: "/f/x", Current: true}}, Other: "雁北镇", CSV: "/a", XLSX: "/b", Pager: page.Pager{Next: "/n"}}
	formula := figurePage{About: figures.About{Formula: &figures.Formula{}}, Op: "report.page.op.median", A: &partRow{Name: i18n.Pair{ZH: "收到"}, Cell: cell}, B: &partRow{Name: i18n.Pair{ZH: "收集"}, Cell: cell}}
	frozen := full
	frozen.Frozen = &frozenNote{Set: figures.FrozenSet{AsOf: time.Unix(1, 0)}, Gained: 1, Change: figures.Change{Added: []string{"x"}}}
	pagetest.Check(t, s.pages, map[string]any{
		"list": pagetest.Samples{listPage{Form: page.NewForm()}, listPage{Weeks: []weekRow{{Period: p, Label: "47", Records: []report.Record{rec}}}, Start: "2026-08-31", Settled: true, MayStart: true, Form: refused("day"), Older: "/x"}},
		"weekly": pagetest.Samples{weeklyPage{}, weeklyPage{Report: issue, Issues: []report.Record{rec}, MayOpen: page.NewForm(), Prev: "/a", Next: "/b", Query: "?issue=r1"},
			states(report.Draft, report.Sent), states(report.Submitted, report.Approved), states(report.Reviewed, report.Published),
			weeklyPage{Report: rep, Main: &button{report.Drafted, page.NewForm()}}},
		"print":      printPage{Head: page.Head{Back: "/x"}, Sheet: "<h1>x</h1>"},
		"text":       pagetest.Samples{textPage{Report: rep, Form: page.NewForm()}, textPage{Report: rep, Form: refused("narrative"), Slots: []report.Group{{Key: "report.group.opinions", Lines: []report.Line{{Total: cell, Week: cell}}}}}},
		"figure":     pagetest.Samples{figurePage{}, full, formula, frozen},
		"figures":    pagetest.Samples{figuresPage{}, figuresPage{Groups: []figuresGroup{{Key: "report.group.more", Figures: []definition{{About: figures.About{Code: "own.x", Own: true, Kind: figures.Flow}, Href: "/f/x"}}}}}},
		"county":     pagetest.Samples{countyPage{}, countyPage{Heads: []i18n.Pair{{ZH: "收到"}}, Says: []i18n.Pair{{ZH: "x"}}, Rows: []countyRow{{Name: "雁南镇", Cells: []partRow{{Cell: cell, Href: "/f/x"}}}}}},
		"comparison": pagetest.Samples{comparisonPage{Form: page.NewForm()}, comparisonPage{Form: page.NewForm(), May: true, By: "唐越", Comparison: org.Comparison{On: true, DecidedBy: "p", At: time.Unix(1, 0)}}},
	})
}

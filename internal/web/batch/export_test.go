package batch

import (
	"net/http"
	"testing"
	"time"

	"yanming/internal/i18n"
	"yanming/internal/importer"
	"yanming/internal/job"
	"yanming/internal/journal"
	"yanming/internal/register"
	"yanming/internal/sheet"
	"yanming/internal/web/page"
	"yanming/internal/web/page/pagetest"
)

func noNav(*http.Request) []page.NavItem { return nil }

// Samples returns the pages with something for each to show: empty and full, right and wrong.
func Samples(t *testing.T, site *page.Site) (*page.Set, map[string]any) {
	t.Helper()
	s, err := New(Deps{Site: site, Imports: &importer.Service{}, Nav: noNav})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, sheet.China)
	b := journal.Batch{ID: "b", Kind: "import", Source: "台账.xlsx", At: at, Counts: journal.Counts{Read: 6, Accepted: 4, Rejected: 1, Duplicate: 1}}
	undone := b
	undone.Undone = at
	rep := importer.Report{Counts: b.Counts, Sheet: "台账", Cases: 5, Skipped: 1, Header: 4, Left: []importer.Left{{Sheet: "旧", Rows: 2, Why: register.Copy}},
		Groups: []importer.Group{{Fate: importer.Rejected, Reason: register.Reason{Key: "import.reject.text"}, Rows: importer.Rows{{5, 5}}},
			{Fate: importer.Duplicate, Reason: register.Reason{Key: "import.duplicate.in_file", Args: []any{2}}, Rows: importer.Rows{{7, 9}}},
			{Fate: importer.Warned, Reason: register.Reason{Key: "import.warn.village", Args: []any{"村"}}, Rows: importer.Rows{{6, 6}}}}}
	wrong := func(field, key string) *page.Form {
		f := page.NewForm()
		f.Fail(field, key)
		return f
	}
	fields := []page.Choice{{Value: "", Label: i18n.Key("import.plan.skip")}, {Value: "text", Label: i18n.Key("import.field.text")}}
	plan := planPage{Form: wrong("columns", "import.map.text"), File: "f", Samples: true, Fields: fields, Systems: fields, Channels: fields,
		Sheets: []page.Choice{{Value: "台账", Label: "台账"}, {Value: "旧", Label: "旧"}},
		Plan: register.Plan{Name: "台账.xlsx", Sheet: "台账", Kept: true, Sheets: []register.SheetPlan{{SheetInfo: sheet.SheetInfo{Name: "台账", Rows: 6}, Why: register.Ready},
			{SheetInfo: sheet.SheetInfo{Name: "旧", Rows: 2}, Why: register.Copy}}},
		Columns: []column{{ColumnPlan: register.ColumnPlan{Name: "意见内容", Dated: true, Samples: []string{"路灯不亮", "水渠堵了"}}, Input: "c0", Title: "意见内容", Value: "text"},
			{ColumnPlan: register.ColumnPlan{Identity: true}, Input: "c1", Title: i18n.Key("import.plan.no_name")}}}
	admin := plan
	admin.Before = []journal.Batch{b}
	admin.Samples, admin.Sheets, admin.Form = false, nil, page.NewForm()
	im := func(st importer.State) importer.Import {
		return importer.Import{Batch: b, State: st, File: "f", Report: rep, Voided: 4, Left: 1}
	}
	return s.pages, map[string]any{
		"list": pagetest.Samples{listPage{Form: page.NewForm()}, listPage{Form: wrong("file", "sheet.bomb"), Batches: []journal.Batch{b, undone, {ID: "c", Source: "新.xlsx", At: at}}, Export: true}},
		"plan": pagetest.Samples{plan, admin},
		"progress": pagetest.Samples{progressPage{Form: page.NewForm(), State: job.Queued}, progressPage{Form: page.NewForm(), State: job.Queued, Retry: true, File: "f"}, progressPage{Form: page.NewForm(), State: job.Running, Done: 500, Total: 4327},
			progressPage{Form: page.NewForm(), State: job.Done, File: "f", Report: rep, Again: []again{{"c0", "text"}}},
			progressPage{Form: page.NewForm(), State: job.Done, File: "f", Before: []journal.Batch{b}}, progressPage{Form: wrong("", "import.no_header"), State: job.Failed, File: "f"}},
		"result": pagetest.Samples{resultPage{Import: im(importer.Finished), Report: rep, Kept: true, Returned: true}, resultPage{Import: im(importer.Running)}, resultPage{Import: im(importer.Undone), Report: rep}},
		"undo":   pagetest.Samples{resultPage{Import: im(importer.Finished), Report: rep, Form: page.NewForm()}, resultPage{Import: im(importer.Finished), Form: wrong("reason", "error.required")}},
	}
}

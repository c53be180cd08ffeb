package report_test

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"yanming/internal/actor"
	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/docx"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/report"
	"yanming/internal/report/reporttest"
	"yanming/internal/seal"
	"yanming/internal/sheet"
	"yanming/internal/towntest"
)

var ctx = context.Background()

func each(t *testing.T, body func(t *testing.T, w *reporttest.Town)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) { body(t, reporttest.New(t, d, c, 3, 2, 2)) })
}

func week(t testing.TB, s string) calendar.Period {
	t.Helper()
	p, err := calendar.ParsePeriod(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// live returns the report as of now, as an actor sees it.
func live(w *reporttest.Town, a actor.Actor, p calendar.Period) (r report.Report) {
	w.T.Helper()
	w.No(w.View(func(tx *db.Tx) (err error) {
		r, err = w.Reports.Show(ctx, tx, p, true, i18n.ZH, report.SightOf(w.Figures, a))
		return err
	}))
	return r
}

// all lists every case that the general team sees.
func all(w *reporttest.Town) (cs []casework.Case) {
	w.T.Helper()
	w.No(w.View(func(tx *db.Tx) error {
		f := casework.Filter{View: casework.Every, Newest: true}
		for {
			p, err := w.Cases.List(ctx, tx, w.General, f)
			if err != nil {
				return err
			}
			cs = append(cs, p.Cases...)
			if f.After = p.Next; f.After == "" {
				return nil
			}
		}
	}))
	return cs
}

func TestTheReportEqualsACountByHand(t *testing.T) {
	each(t, func(t *testing.T, w *reporttest.Town) {
		total := w.Play()
		w.Done(w.Orgs.Set(ctx, w.Mayor, org.Set{Name: org.CompareVillages, Value: true}))
		p := week(t, "2026-W47")
		r := live(w, w.General, p)
		if r.Whole.String() != "2026-08-31..2026-11-22" {
			t.Errorf("counts %s", r.Whole)
		}
		want, thisWeek := map[string]int64{}, map[string]int64{}
		leaders, villages, channels, grids := map[string]int64{}, map[string]int64{}, map[string]int64{}, map[string]int64{}
		for _, c := range all(w) {
			codes := []string{"case.received"}
			var class string
			switch {
			case c.State == casework.Declined, c.State == casework.Forwarded, c.State == casework.Linked, c.State == casework.Withdrawn:
				codes = append(codes, "case."+string(c.State))
			case c.State == casework.Answered || c.State == casework.FollowUp || c.State == casework.Closed:
				class = "case.concluded_otherwise"
				if c.Outcome == casework.Resolved {
					class = "case.resolved"
					if c.Solved == casework.SolvedYes {
						codes = append(codes, "case.confirmed")
					}
				}
			default:
				class = "case.in_progress"
				leaders[c.Leader]++
				grids[c.Grid]++
				if c.Due.At.Before(w.Clock.Now()) {
					codes = append(codes, "case.overdue")
				}
			}
			if class != "" {
				codes = append(codes, "case.collected", class)
				villages[c.Village]++
				channels[string(c.Channel)]++
			}
			for _, code := range codes {
				want[code]++
				if p.Contains(c.Registered) {
					thisWeek[code]++
				}
			}
		}
		if want["case.received"] != int64(total) {
			t.Fatalf("%d cases were listed of %d", want["case.received"], total)
		}
		for _, code := range []string{"case.received", "case.collected", "case.resolved", "case.concluded_otherwise", "case.in_progress", "case.confirmed",
			"case.overdue", "case.declined", "case.forwarded", "case.linked", "case.withdrawn"} {
			l := r.Line(code)
			if want[code] == 0 || l.Total.Value.Value != want[code] || l.Week.Value.Value != thisWeek[code] {
				t.Errorf("%s is %d, %d in the week; by hand %d and %d", code, l.Total.Value.Value, l.Week.Value.Value, want[code], thisWeek[code])
			}
		}
		for _, q := range r.Partitions() {
			if !q.Holds() {
				t.Errorf("%s is not the sum of its parts", q.Whole.Code)
			}
		}
		same := func(what string, table report.Table, want map[string]int64) {
			t.Helper()
			got := map[string]int64{}
			for _, row := range table.Rows {
				if v := row.Cells[0].Value.Value; v > 0 {
					got[row.Cells[0].Scope.Dims[table.Dim][0]] = v
				}
			}
			if len(got) != len(want) {
				t.Errorf("%s: %v, by hand %v", what, got, want)
			}
			for k, v := range want {
				if got[k] != v {
					t.Errorf("%s %q: %d, by hand %d", what, k, got[k], v)
				}
			}
		}
		same("leaders", r.Leaders, leaders)
		same("channels", r.Channels, channels)
		same("villages", *r.Villages, villages)
		areas := report.Table{Dim: "grid"}
		for _, a := range r.Areas {
			areas.Rows = append(areas.Rows, report.Row{Name: a.Name, Cells: []report.Cell{a.Cell}})
		}
		same("grids", areas, grids)
		var names []string
		for _, row := range r.Leaders.Rows {
			names = append(names, row.Name.ZH)
		}
		if got := strings.Join(names[:6], " "); got != "党委书记 何远 镇长 唐越 党委副书记 林岚 副镇长 许青 组织委员 罗安 宣传委员 沈竹" {
			t.Errorf("leaders are not in order of rank: %s", got)
		}
		var series []int64
		for _, x := range r.Weeks {
			series = append(series, x.Received.Value.Value)
		}
		if !slices.Equal(series, []int64{2, 3, 4, 5, 6, 7, 9, 8, 8, 7, 6, 4}) {
			t.Errorf("weeks %v", series)
		}
	})
}

func TestVillagesAreComparedOnlyWhenALeaderDecided(t *testing.T) {
	each(t, func(t *testing.T, w *reporttest.Town) {
		w.Say(w.Grids[0], casework.Web, "water", "路灯不亮。")
		if r := live(w, w.General, week(t, "2026-W48")); r.Villages != nil {
			t.Error("compared without a decision")
		}
		w.Done(w.Orgs.Set(ctx, w.Mayor, org.Set{Name: org.CompareVillages, Value: true}))
		r := live(w, w.General, week(t, "2026-W48"))
		if r.Villages == nil || len(r.Villages.Rows) != 3 || r.Villages.Rows[2].Cells[2].Text() != "—" {
			t.Errorf("villages: %+v", r.Villages)
		}
	})
}

func TestAWeekThatHasNotBegunHasNoReport(t *testing.T) {
	each(t, func(t *testing.T, w *reporttest.Town) {
		for _, p := range []string{"2026-W49", "2026-11", "all"} {
			err := w.View(func(tx *db.Tx) error {
				_, err := report.Weekly(ctx, tx, w.Figures, w.DirIn(tx), week(t, p), report.WholeSight())
				return err
			})
			wantKey(t, err, "report.period")
		}
		r := live(w, w.General, week(t, "2026-W48")) // a town without a single opinion
		if r.Line("case.received").Total.Text() != "0" || r.Whole.String() != "2026-11-23..2026-11-29" {
			t.Errorf("an empty town: %s %s", r.Line("case.received").Total.Text(), r.Whole)
		}
	})
}

func TestTheFirstDayCanBeSettled(t *testing.T) {
	each(t, func(t *testing.T, w *reporttest.Town) {
		w.Play()
		wantKey(t, w.Reports.SetStart(ctx, w.Intake, report.SetStart{Day: "2026-09-07"}), "error.denied")
		wantKey(t, w.Reports.SetStart(ctx, w.General, report.SetStart{Day: "2027-09-07"}), "report.start.day")
		w.No(w.Reports.SetStart(ctx, w.General, report.SetStart{Key: towntest.Key(), Day: "2026-09-07"}))
		r := live(w, w.General, week(t, "2026-W47"))
		if r.Whole.String() != "2026-09-07..2026-11-22" || r.Line("case.received").Total.Value.Value != 67 {
			t.Errorf("%s: %s", r.Whole, r.Line("case.received").Total.Text())
		}
	})
}

func TestPapersSayWhatTheReportSays(t *testing.T) {
	each(t, func(t *testing.T, w *reporttest.Town) {
		w.Play()
		w.Confide(w.Villages[0])
		w.Done(w.Orgs.Set(ctx, w.Mayor, org.Set{Name: org.CompareVillages, Value: true}))
		r := live(w, w.General, week(t, "2026-W47"))
		for _, form := range []report.Form{report.Bulletin, report.Letter} {
			file, err := w.Reports.Paper(r, i18n.ZH, form)
			w.No(err)
			text, err := docx.Text(file)
			w.No(err)
			for _, row := range r.Late.Rows {
				if n := seal.Number(row.Label).Grouped(); !strings.Contains(text, n) {
					t.Errorf("%s lacks the receipt %s of an overdue case", form, n)
				}
			}
			if len(r.Late.Rows) == 0 {
				t.Error("nothing is overdue")
			}
			for _, want := range []string{"演示", "雁南镇2026年第47周群众意见办理情况", "收到意见 70 件 = 收集意见 64 件", "另有 1 件保密", "责任领导分布", "各村意见办理情况", "超期"} {
				if !strings.Contains(text, want) {
					t.Errorf("%s lacks %q", form, want)
				}
			}
		}
		var page bytes.Buffer
		w.No(w.Reports.HTML(&page, r, i18n.ZH, "https://yn.example"))
		for _, want := range []string{`<b>演示</b>`, `href="https://yn.example/f/case.received?period=2026-08-31..2026-11-22">70</a>`, "<svg", "另有 1 件保密"} {
			if !strings.Contains(page.String(), want) {
				t.Errorf("the page lacks %q", want)
			}
		}
		if strings.Contains(page.String(), "[report.") || strings.Contains(page.String(), "<script") {
			t.Error("the page holds a bare key or a script")
		}
		b, err := json.Marshal(w.Reports.Data(r, i18n.ZH))
		w.No(err)
		if !bytes.Contains(b, []byte(`{"code":"case.received","version":1,"name":"收到意见","period":"2026-08-31..2026-11-22","value":70,"text":"70","unit":"件","evidence":69,"in_confidence":1}`)) {
			t.Errorf("data: %.400s", b[bytes.Index(b, []byte("figures")):])
		}
	})
}

func TestTheWorkbookHoldsTheEvidence(t *testing.T) {
	each(t, func(t *testing.T, w *reporttest.Town) {
		w.Play()
		w.Confide(w.Villages[0])
		p := week(t, "2026-W47")
		for _, x := range []struct {
			who    actor.Actor
			listed func(casework.Case) bool
		}{{w.General, func(casework.Case) bool { return true }}, {w.Secretary, func(c casework.Case) bool { return c.Village == w.Villages[0] }}} {
			var file bytes.Buffer
			w.No(w.View(func(tx *db.Tx) error {
				sight := report.SightOf(w.Figures, x.who)
				r, err := w.Reports.Show(ctx, tx, p, true, i18n.ZH, sight)
				if err != nil {
					return err
				}
				return w.Reports.Book(ctx, tx, &file, r, i18n.ZH, sight)
			}))
			book, err := sheet.Open("a.xlsx", bytes.NewReader(file.Bytes()), int64(file.Len()), sheet.Limits{})
			w.No(err)
			rows := func(name string) (out [][]string) {
				for r, err := range book.Rows(name) {
					w.No(err)
					out = append(out, r.Cells)
				}
				return out
			}
			figs := rows("总体情况")
			var found []string
			for _, r := range figs {
				if r[0] == "case.received" && found == nil {
					found = r
				}
			}
			if len(found) < 9 || found[5] != "70" || found[7] != "69" || found[8] != "1" || found[3] == "" || !strings.Contains(figs[1][0], "演示") {
				t.Errorf("received: %v", found)
			}
			var want int
			for _, c := range all(w) {
				if x.listed(c) {
					want++
				}
			}
			got := rows("收到意见")
			if len(got)-3 != want || want == 0 {
				t.Errorf("%s: %d rows, want %d", x.who.Name, len(got)-3, want)
			}
			if !strings.Contains(got[1][0], "1 件保密") || !slices.Equal(got[2][:7], []string{"回执编号", "登记", "村", "类别", "承办单位", "环节", "结果"}) {
				t.Errorf("head: %v", got[:3])
			}
			w.No(book.Close())
		}
	})
}

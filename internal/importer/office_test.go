package importer_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"yanming/internal/casework"
	"yanming/internal/i18n"
	"yanming/internal/importer"
	"yanming/internal/register"
	"yanming/internal/sheet"
)

// opinions is file 1 of the five that every office has: 意见台账(最终3).xlsx.
func opinions(t testing.TB) []byte {
	t.Helper()
	f := excelize.NewFile()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	put := func(tab string, cells map[string]any) {
		for at, v := range cells {
			ok(f.SetCellValue(tab, at, v))
		}
	}
	ok(f.SetSheetName("Sheet1", "台账"))
	put("台账", map[string]any{
		"A1": "雁南镇2014年群众意见台账（最终3）", "A2": "填报单位：雁南镇综合组                单位：条", "A3": "基本情况", "F3": "办理情况",
		"A4": "序号", "B4": "村", "C4": "反映人", "D4": "电话", "E4": "意见内容", "F4": "责任\n领导", "G4": "办理情况", "H4": "完成时限", "I4": "是否销号",
		"A5": 1, "B5": "柳岸村", "C5": "王某", "D5": 13800000001.0, "E5": "1.路灯不亮 2.水渠堵了", "F5": "许青", "G5": "已解决", "H5": "2014.3.5", "I5": "√",
		"A6": 2, "C6": "李某", "D6": "０３７１－６５５５００００", "E6": "道路积水，找我13912345678", "G6": "正在协调", "H6": "3月5日",
		"A7": 3, "C7": "赵某", "E7": "垃圾清运", "H7": 41703,
		"A8": 4, "B8": "荷塘", "C8": "孙某", "E8": "饮水有味", "F8": "张三丰", "H8": 41703, "I8": "√",
		"A9": 5, "B9": "云里村", "C9": "周某", "E9": "桥栏坏了", "G9": "已解决，6月2日修好",
		"A10": 6, "B10": "荷塘村", "C10": "吴某",
		"A11": "合计", "E11": 6,
	})
	for _, m := range []string{"A1:I1", "A2:I2", "A3:E3", "F3:I3", "B5:B7", "F5:F7"} {
		from, to, _ := strings.Cut(m, ":")
		ok(f.MergeCell("台账", from, to))
	}
	ok(f.SetRowVisible("台账", 7, false))
	for _, tab := range []string{"台账 (旧)", "下拉"} {
		_, err := f.NewSheet(tab)
		ok(err)
	}
	put("台账 (旧)", map[string]any{"A1": "序号", "B1": "村", "C1": "意见内容", "A2": 1, "B2": "柳岸村", "C2": "路灯不亮"})
	put("下拉", map[string]any{"A1": "柳岸村"})
	ok(f.SetSheetVisible("下拉", false))
	var buf bytes.Buffer
	ok(f.Write(&buf))
	return buf.Bytes()
}

func TestTheOpinionLedgerIsImportedWhole(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		f := file("意见台账(最终3).xlsx", opinions(t))
		p, err := w.imports.Inspect(ctx, w.intake, f, "")
		if err != nil {
			t.Fatal(err)
		}
		var why []register.SheetWhy
		for _, s := range p.Sheets {
			why = append(why, s.Why)
		}
		if p.Sheet != "台账" || why[1] != register.Copy || why[2] == register.Ready || p.Mapping.Year != 2014 || p.Kept {
			t.Errorf("sheet %q, sheets %v, year %d, kept %v", p.Sheet, why, p.Mapping.Year, p.Kept)
		}
		dry, err := w.imports.Run(ctx, w.intake, f, nil, importer.Options{DryRun: true})
		if err != nil {
			t.Fatal(err)
		}
		if len(w.all()) != 0 {
			t.Error("a rehearsal wrote cases")
		}
		r := w.run(f, nil)
		w.counts(r, 6, 5, 1, 0)
		if r.Counts != dry.Counts || fmt.Sprint(r.Groups) != fmt.Sprint(dry.Groups) || r.Cases != dry.Cases {
			t.Errorf("the rehearsal said %+v %v, it came to %+v %v", dry.Counts, dry.Groups, r.Counts, r.Groups)
		}
		if r.Cases != 6 || r.Skipped != 1 || len(r.Left) != 2 {
			t.Errorf("%d cases, %d skipped, left %v", r.Cases, r.Skipped, r.Left)
		}

		light := w.told("路灯不亮")
		if c := light.Case; c.State != casework.Closed || c.Outcome != casework.Resolved || c.OnTime != nil || !c.Backfilled || w.dir.Person(c.Leader).Name != "许青" {
			t.Errorf("first of two: %+v", c)
		}
		if light.Source == nil || light.Source.Row != 5 || light.Source.Sheet != "台账" || light.Source.Batch != r.Batch {
			t.Errorf("source %+v", light.Source)
		}
		if w.told("水渠堵了").Source.Row != 5 {
			t.Error("the second opinion of the cell lost its row")
		}
		road := w.told("道路积水，找我" + sheet.PhoneMark)
		if c := road.Case; c.State != casework.Accepted || w.dir.Village(c.Village).Name != "柳岸村" {
			t.Errorf("in hand: %s in %s", c.State, c.Village)
		}
		if due := road.Case.Due.At.In(sheet.China).Format("2006-01-02 15:04"); due != "2014-03-05 23:59" {
			t.Errorf("due %s", due)
		}
		who, err := w.cases.Identify(ctx, w.intake, casework.Identify{On: casework.On{Case: road.Case.Number}, Reason: "核对"})
		if err != nil || who.Phone != "0371-65550000、13912345678" || who.Name != "李某" {
			t.Errorf("person %+v, %v", who, err)
		}
		if n := w.found("13912345678"); n != 0 {
			t.Errorf("a telephone is found %d times", n)
		}
		if water := w.told("饮水有味"); water.Case.State != casework.Closed || w.dir.Village(water.Case.Village).Name != "荷塘村" || !strings.Contains(notes(water), "张三丰") {
			t.Errorf("%s %s, notes %q", water.Case.State, water.Case.Village, notes(water))
		}
		if bridge := w.told("桥栏坏了"); bridge.Case.State != casework.Answered || bridge.Case.Words.Place != "云里村" {
			t.Errorf("%s at %q", bridge.Case.State, bridge.Case.Words.Place)
		}
		w.check()

		back := returned(t, w, f, r)
		if got := back[10]; len(got) != 10 || !strings.Contains(got[9], "没有意见内容") {
			t.Errorf("returned row %q", got)
		}
		if len(back[5]) > 9 {
			t.Errorf("a row that was taken has a reason: %q", back[5])
		}
		if p, err := w.imports.Inspect(ctx, w.intake, f, ""); err != nil || !p.Kept {
			t.Errorf("the mapping was not remembered: %v", err)
		}
		again := w.run(f, nil)
		w.counts(again, 6, 0, 1, 5)
	})
}

func notes(sh casework.Sheet) string {
	var b strings.Builder
	for _, s := range sh.Steps {
		b.WriteString(s.Words.Text + "\n")
	}
	return b.String()
}

// returned reads the returned file: the cells by row.
func returned(t *testing.T, w *town, f importer.File, r importer.Report) map[int][]string {
	t.Helper()
	var buf bytes.Buffer
	if err := w.imports.Return(&buf, f, i18n.ZH, r); err != nil {
		t.Fatal(err)
	}
	b, err := sheet.Open("back.xlsx", bytes.NewReader(buf.Bytes()), int64(buf.Len()), sheet.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	rows := map[int][]string{}
	for row, err := range b.Rows(r.Sheet) {
		if err != nil {
			t.Fatal(err)
		}
		rows[row.Number] = row.Cells
	}
	return rows
}

// tickets is file 2: an HTML table named .xls, in GBK.
func tickets(t testing.TB) []byte {
	t.Helper()
	rows := [][]string{
		{"工单编号", "来电人", "联系电话", "诉求内容", "登记时间", "承办单位", "办结时限", "回单"},
		{"20261101000001", "刘某", "'13800000007", "夜里施工<br>睡不着<br>身份证110105199003078210", "2026-11-02 09:10", "水利站", "5个工作日", ""},
		{"2.02611E+13", "马某", "'13800000008", "路口没有灯", "2026-11-03 10:00", "水利站", "5个工作日", ""},
		{"20261101000003", "朱某", "", "=cmd|' /C calc'!A0", "2026-11-03 11:00", "云水局", "2026-11-20", "已派人查看"},
		{"20261101000001", "刘某", "'13800000007", "夜里施工<br>睡不着<br>身份证110105199003078210", "2026-11-02 09:10", "水利站", "5个工作日", "已与施工方约定夜间停工"},
		{"20261101000005", "", "", "", "2026-11-04 08:00", "水利站", "", ""},
	}
	var b strings.Builder
	b.WriteString(`<html><head><meta charset="gbk"></head><body><table border="1">`)
	for _, r := range rows {
		b.WriteString("<tr>")
		for _, c := range r {
			b.WriteString("<td>" + c + "</td>")
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</table></body></html>")
	out, err := simplifiedchinese.GBK.NewEncoder().String(b.String())
	if err != nil {
		t.Fatal(err)
	}
	return []byte(out)
}

func TestTheHotlinesExportIsImportedWhole(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		f := file("12345工单导出.xls", tickets(t))
		dry, err := w.imports.Run(ctx, w.intake, f, nil, importer.Options{DryRun: true})
		if err != nil {
			t.Fatal(err)
		}
		r := w.run(f, nil)
		w.counts(r, 5, 2, 2, 1)
		if dry.Counts != r.Counts {
			t.Errorf("the rehearsal said %+v", dry.Counts)
		}
		night := w.told("夜里施工\n睡不着\n身份证" + sheet.IdentityMark)
		if c := night.Case; c.Channel != casework.Hotline || c.State != casework.InProgress || w.dir.Unit(c.Unit).Name != "水利站" {
			t.Errorf("%s over %s", c.State, c.Channel)
		}
		if d := night.Case.Due.At.In(sheet.China).Format("2006-01-02"); d != "2026-11-09" {
			t.Errorf("five working days end on %s", d)
		}
		if !slices.Equal(night.Externals, []casework.External{{System: "hotline", Number: "20261101000001"}}) {
			t.Errorf("externals %v", night.Externals)
		}
		if x := w.told("=cmd|' /C calc'!A0"); x.Case.Outcome != casework.Explained || !strings.Contains(notes(x), "云水局") {
			t.Errorf("%s, %q", x.Case.Outcome, notes(x))
		}
		back := returned(t, w, f, r)
		if got := back[3]; !strings.Contains(got[len(got)-1], "末几位") || got[1] != "马某" {
			t.Errorf("lost digits: %q", got)
		}
		if got := back[5]; !strings.Contains(got[len(got)-1], "第 2 行") || !strings.Contains(strings.Join(got, "|"), "夜间停工") {
			t.Errorf("second answer of one ticket: %q", got)
		}
		w.check()
	})
}

func TestFormulasInAReturnedSheetStayText(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		f := file("a.csv", []byte("村,意见内容,备注\n柳岸村,,\"=HYPERLINK(\"\"http://x.example\"\")\"\n"))
		r := w.run(f, nil)
		w.counts(r, 1, 0, 1, 0)
		var buf bytes.Buffer
		if err := w.imports.Return(&buf, f, i18n.EN, r); err != nil {
			t.Fatal(err)
		}
		x, err := excelize.OpenReader(&buf)
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		tab := x.GetSheetList()[0]
		if formula, err := x.GetCellFormula(tab, "C2"); err != nil || formula != "" {
			t.Errorf("formula %q, %v", formula, err)
		}
		if v, err := x.GetCellValue(tab, "D2"); err != nil || !strings.Contains(v, "Nothing was said") {
			t.Errorf("reason %q, %v", v, err)
		}
	})
}

// TestALedgerSaysNoMoreThanItSays: whose telephone stands in a note is not the resident's, what is done in part is not
// resolved, and a name that begins like a leader's is not the leader's.
func TestALedgerSaysNoMoreThanItSays(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		leader := w.dir.Leaders()[0]
		rows := "序号,意见内容,反映人,电话,责任领导,办理情况,答复\n" +
			"1,东桥塌了一角,,,,已通知村支书王某13900000009,\n" +
			"2,西坝渗水，请打13900000008,,,,已完成测量，手续在办,\n" +
			"3,北渠漏水,,,,已完成100%,\n" +
			"4,南门没有路灯,张三,1.38E+10," + leader.Name + "东,已解决，已将电线接通,\n" +
			"5,广场太吵,李四,,镇长" + leader.Name + ",正在协调,\n"
		r := w.run(file("台账.csv", []byte(rows)), nil)
		w.counts(r, 5, 5, 0, 0)
		bridge, dam, canal := w.told("东桥塌了一角"), w.told("西坝渗水，请打［电话］"), w.told("北渠漏水")
		if bridge.Person.Given() || bridge.Case.Anonymity != casework.Anonymous {
			t.Errorf("a telephone out of what the office wrote became the resident's: %+v", bridge.Person)
		}
		if !strings.HasSuffix(dam.Person.Phone, "08") || dam.Case.State.Final() || dam.Case.Outcome != "" {
			t.Errorf("measured is not resolved: %s %s, %+v", dam.Case.State, dam.Case.Outcome, dam.Person)
		}
		if canal.Case.Outcome != casework.Resolved {
			t.Errorf("done to the last: %q", canal.Case.Outcome)
		}
		lamp, noise := w.told("南门没有路灯"), w.told("广场太吵")
		if lamp.Person.Phone != "" || lamp.Case.Leader == leader.ID || lamp.Case.Outcome != casework.Resolved {
			t.Errorf("telephone %q, leader %q, %q", lamp.Person.Phone, lamp.Case.Leader, lamp.Case.Outcome)
		}
		if noise.Case.State.Final() {
			t.Errorf("%s", noise.Case.State)
		}
	})
}

// TestRowsUnderOneMergedOpinionAreOneCase: what was done about it is put together, and another name or another text is
// another case.
func TestRowsUnderOneMergedOpinionAreOneCase(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		table := `<html><table><tr><td>序号</td><td>反映人</td><td>意见内容</td><td>办理情况</td></tr>
			<tr><td>1</td><td rowspan=3>张三</td><td rowspan=3>东桥塌了一角</td><td>正在协调施工队</td></tr>
			<tr><td>2</td><td>县里派人看过</td></tr><tr><td>3</td><td>围挡已经立起来</td></tr>
			<tr><td>4</td><td>李四</td><td rowspan=2>广场太吵</td><td>正在劝导</td></tr>
			<tr><td>5</td><td>王五</td><td>正在劝导</td></tr></table></html>`
		r := w.run(file("台账.xls", []byte(table)), nil)
		w.counts(r, 3, 3, 0, 0)
		if len(w.all()) != 3 || r.Skipped != 2 {
			t.Errorf("%d cases, %d rows joined", len(w.all()), r.Skipped)
		}
		said := ""
		for _, s := range w.told("东桥塌了一角").Steps {
			said += s.Words.Text + s.Words.Reason + "\n"
		}
		for _, want := range []string{"正在协调施工队", "县里派人看过", "围挡已经立起来"} {
			if !strings.Contains(said, want) {
				t.Errorf("%q is lost: %s", want, said)
			}
		}
	})
}

func TestADateWithoutItsFormatCountsFromTheDayOfItsWorkbook(t *testing.T) {
	dbtestSQLite(t, func(w *town) {
		f, old := excelize.NewFile(), true
		var buf bytes.Buffer
		for _, err := range []error{f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &old}),
			f.SetSheetRow("Sheet1", "A1", &[]any{"村", "意见内容", "登记时间"}),
			f.SetSheetRow("Sheet1", "A2", &[]any{"柳岸村", "路灯不亮", 40241}), f.Write(&buf)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		w.counts(w.run(file("旧.xlsx", buf.Bytes()), nil), 1, 1, 0, 0)
		if got := w.all()[0].Registered.In(sheet.China).Format("2006-01-02"); got != "2014-03-05" {
			t.Errorf("registered on %s", got)
		}
	})
}

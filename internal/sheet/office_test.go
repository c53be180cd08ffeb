package sheet

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// The five files that every office has, generated: see the tests below for what each is to survive.

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, name string, data []byte) *Book {
	t.Helper()
	b, err := Open(name, bytes.NewReader(data), int64(len(data)), Limits{})
	must(t, err)
	t.Cleanup(func() { must(t, b.Close()) })
	return b
}

func all(t *testing.T, b *Book, sheet string) []Row {
	t.Helper()
	var rows []Row
	for r, err := range b.Rows(sheet) {
		must(t, err)
		rows = append(rows, r)
	}
	return rows
}

func saved(t *testing.T, f *excelize.File) []byte {
	t.Helper()
	var buf bytes.Buffer
	must(t, f.Write(&buf))
	return buf.Bytes()
}

func put(t *testing.T, f *excelize.File, sheet string, cells map[string]any) {
	t.Helper()
	for at, v := range cells {
		must(t, f.SetCellValue(sheet, at, v))
	}
}

// opinionLedger is file 1: 意见台账(最终3).xlsx.
func opinionLedger(t *testing.T) []byte {
	f := excelize.NewFile()
	must(t, f.SetSheetName("Sheet1", "台账"))
	put(t, f, "台账", map[string]any{
		"A1": "雁南镇群众意见台账（最终3）", "A2": "填报单位：雁南镇综合组                单位：条",
		"A3": "基本情况", "F3": "办理情况",
		"A4": "序号", "B4": "村", "C4": "反映人", "D4": "电话", "E4": "意见内容", "F4": "责任\n领导", "G4": "办理情况", "H4": "完成时限", "I4": "是否销号",
		"A5": 1, "B5": "柳岸村", "C5": "王某", "D5": 13800000001.0, "E5": "1.路灯不亮 2.水渠堵了", "F5": "张某", "G5": "已解决", "H5": "2014.3.5", "I5": "√",
		"A6": 2, "C6": "李某", "D6": "０３７１－６５５５００００", "E6": "道路积水", "G6": "正在协调", "H6": "3月5日",
		"A7": 3, "C7": "赵某", "E7": "垃圾清运", "H7": 41703,
		"A8": 4, "B8": "荷塘村", "C8": "孙某", "E8": "饮水", "H8": 41703, "I8": "√",
		"A9": "合计", "E9": 4,
	})
	must(t, f.SetCellStr("台账", "D7", "138 0000 0002"))
	for _, m := range []string{"A1:I1", "A2:I2", "A3:E3", "F3:I3", "B5:B7", "F5:F8"} {
		from, to, _ := strings.Cut(m, ":")
		must(t, f.MergeCell("台账", from, to))
	}
	format := "m\"月\"d\"日\""
	day, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
	must(t, err)
	must(t, f.SetCellStyle("台账", "H8", "H8", day))
	must(t, f.SetRowVisible("台账", 7, false))
	_, err = f.NewSheet("台账 (旧)")
	must(t, err)
	put(t, f, "台账 (旧)", map[string]any{"A1": "序号", "B1": "村", "C1": "意见内容", "A2": 1, "B2": "柳岸村", "C2": "路灯不亮"})
	_, err = f.NewSheet("下拉")
	must(t, err)
	put(t, f, "下拉", map[string]any{"A1": "柳岸村"})
	must(t, f.SetSheetVisible("下拉", false))
	return saved(t, f)
}

var ledgerColumns = []Column{
	{Field: "number", Synonyms: []string{"序号"}},
	{Field: "village", Synonyms: []string{"村", "行政村", "所属村"}},
	{Field: "name", Synonyms: []string{"反映人", "姓名", "户主", "被访人"}},
	{Field: "phone", Synonyms: []string{"电话", "联系电话", "手机"}},
	{Field: "text", Synonyms: []string{"意见内容", "诉求内容", "内容"}},
	{Field: "leader", Synonyms: []string{"责任领导"}},
	{Field: "handling", Synonyms: []string{"办理情况", "办理结果"}},
	{Field: "due", Synonyms: []string{"完成时限", "办结时限"}},
	{Field: "closed", Synonyms: []string{"是否销号", "销号"}},
}

func TestTheOpinionLedgerIsReadWhole(t *testing.T) {
	b := open(t, "意见台账(最终3).xlsx", opinionLedger(t))
	want := []SheetInfo{{"台账", false, 9, 9}, {"台账 (旧)", false, 2, 3}, {"下拉", true, 1, 1}}
	if d := cmp.Diff(want, b.Sheets()); d != "" {
		t.Fatal(d)
	}
	rows := all(t, b, "台账")
	if rows[0].Span(0) != 9 || rows[0].Span(1) != 0 || rows[4].Span(0) != 1 {
		t.Errorf("spans of title %v, of data %v", rows[0].Spans, rows[4].Spans)
	}
	for _, known := range [][]Column{ledgerColumns, nil} {
		h, ok := FindHeader(rows, known...)
		wantNames := []string{"基本情况/序号", "基本情况/村", "基本情况/反映人", "基本情况/电话", "基本情况/意见内容", "办理情况/责任领导", "办理情况", "办理情况/完成时限", "办理情况/是否销号"}
		if d := cmp.Diff(Header{3, 2, 4, wantNames}, h); d != "" || !ok {
			t.Errorf("header with %d known columns: %s", len(known), d)
		}
	}
	h, _ := FindHeader(rows, ledgerColumns...)
	m := propose(h, ledgerColumns)
	for i, c := range ledgerColumns {
		if at, ok := m[c.Field]; !ok || at != i {
			t.Errorf("%s is mapped to %d %v, want %d", c.Field, at, ok, i)
		}
	}
	var got [][]string
	kinds := map[Kind]int{}
	for _, r := range rows {
		if r.Number <= h.Last {
			continue
		}
		kind := h.KindOf(r)
		if kinds[kind]++; kind == Data {
			got = append(got, []string{m.value(r, "number"), m.value(r, "village"), m.value(r, "phone"), m.value(r, "leader"), m.value(r, "due"), m.value(r, "closed")})
		}
		if r.Hidden != (r.Number == 7) {
			t.Errorf("row %d: hidden is %v", r.Number, r.Hidden)
		}
	}
	wantRows := [][]string{
		{"1", "柳岸村", "13800000001", "张某", "2014.3.5", "√"},
		{"2", "柳岸村", "０３７１－６５５５００００", "张某", "3月5日", ""},
		{"3", "柳岸村", "138 0000 0002", "张某", "41703", ""},
		{"4", "荷塘村", "", "张某", "2014-03-05", "√"},
	}
	if d := cmp.Diff(wantRows, got); d != "" {
		t.Error(d)
	}
	if kinds[Data] != 4 || kinds[Total] != 1 {
		t.Errorf("kinds of rows %v", kinds)
	}
	if !rows[5].IsFilled(1) || rows[4].IsFilled(1) || rows[7].RawCell(7) != "41703" {
		t.Error("a filled cell or the raw serial is not recognisable")
	}
	for _, r := range wantRows {
		if day, ok := Date(r[4], 2014); !ok || day.Format("2006-01-02") != "2014-03-05" {
			t.Errorf("date %s is read as %v %v", r[4], day, ok)
		}
	}
	if d := cmp.Diff([]string{"路灯不亮", "水渠堵了"}, SplitNumbered(m.value(rows[4], "text"))); d != "" {
		t.Error(d)
	}
}

// hotlineExport is file 2: 12345工单导出.xls, an HTML table in GBK.
func hotlineExport(t *testing.T) []byte {
	const page = `<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="gbk"><style>td{mso-number-format:"\@"}</style></head><body>
<table border=1><tr><td colspan=5 align=center>工单列表</td></tr>
<tr><th>工单编号</th><th>联系电话</th><th>诉求内容</th><th>办结时限</th><th>回单</th></tr>
<tr><td>2.02611E+13</td><td>'13800000001</td><td>村口井盖破损<br>身份证 11010519491231002X<br/>请尽快处理</td><td>5个工作日</td><td>已转办</td></tr>
<tr><td x:num="20261100012345">2.02611E+13</td><td>'03716555000</td><td>夜间施工&nbsp;噪声 &lt;严重&gt;</td><td>5个工作日</td><td>已处理</td></tr>
<tr><td rowspan=2>20261100012346</td><td>'13800000003</td><td>同一工单</td><td rowspan="2">5个工作日</td><td>第一次回单</td></tr>
<tr><td>'13800000003</td><td>同一工单</td><td><s>第二次回单</s></td></tr>
<tr style="display: none"><td>20261100012347</td><td></td><td>隐藏的一行</td><td>5个工作日</td><td></td></tr>
</table></body></html>`
	b, err := simplifiedchinese.GBK.NewEncoder().String(page)
	must(t, err)
	return []byte(b)
}

func TestTheHotlineExportIsReadThoughItCallsItselfXLS(t *testing.T) {
	b := open(t, "12345工单导出.xls", hotlineExport(t))
	if b.Format() != HTML || b.Sheets()[0].Name != "12345工单导出" {
		t.Fatalf("format %s, sheets %v", b.Format(), b.Sheets())
	}
	rows := all(t, b, b.Sheets()[0].Name)
	h, ok := FindHeader(rows)
	if !ok || h.Row != 2 || h.Rows != 1 {
		t.Fatalf("header %+v", h)
	}
	var got [][]string
	for _, r := range rows[2:] {
		got = append(got, r.Cells)
	}
	want := [][]string{
		{"20261100000000", "13800000001", "村口井盖破损\n身份证 11010519491231002X\n请尽快处理", "5个工作日", "已转办"},
		{"20261100012345", "03716555000", "夜间施工\u00a0噪声 <严重>", "5个工作日", "已处理"},
		{"20261100012346", "13800000003", "同一工单", "5个工作日", "第一次回单"},
		{"20261100012346", "13800000003", "同一工单", "5个工作日", "第二次回单"},
		{"20261100012347", "", "隐藏的一行", "5个工作日"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if !rows[2].IsLossy(0) || rows[3].IsLossy(0) || rows[2].RawCell(0) != "2.02611E+13" {
		t.Errorf("lost digits are marked %v and %v, raw %q", rows[2].Lossy, rows[3].Lossy, rows[2].RawCell(0))
	}
	if !rows[5].IsStruck(4) || rows[4].IsStruck(4) || !rows[6].Hidden || rows[5].Hidden || !rows[5].IsFilled(0) {
		t.Error("struck, hidden or filled is lost")
	}
	if s, found := RedactContacts(rows[2].Cell(2)); !found || s != "村口井盖破损\n身份证 ［身份证号］\n请尽快处理" {
		t.Errorf("redacted: %q", s)
	}
}

// visitRegister is file 3: one sheet for each of 19 villages, with differing headers.
func TestVisitSheetsWithDifferingHeadersMapToTheSameFields(t *testing.T) {
	f := excelize.NewFile()
	names := []string{"户主", "姓名", "被访人"}
	for i := range 19 {
		sheet := "第" + hanNumber(i+1) + "村"
		_, err := f.NewSheet(sheet)
		must(t, err)
		must(t, f.SetSheetRow(sheet, "A1", &[]any{"走访时间", names[i%3], "走访人", "身份证号", "家庭人口"}))
		must(t, f.SetSheetRow(sheet, "A2", &[]any{"上周三", "周某", "张、李", "11010519491231002X", "4口(外出2)"}))
		must(t, f.SetSheetRow(sheet, "A3", &[]any{"上周三", "周某", "张、李", "11010519491231002X", "4口(外出2)"}))
	}
	must(t, f.DeleteSheet("Sheet1"))
	b := open(t, "走访登记.xlsx", saved(t, f))
	columns := []Column{{Field: "name", Synonyms: names}, {Field: "day", Synonyms: []string{"走访时间"}}, {Field: "visitors", Synonyms: []string{"走访人"}}}
	if len(b.Sheets()) != 19 {
		t.Fatalf("%d sheets", len(b.Sheets()))
	}
	prints := map[string]bool{}
	for _, s := range b.Sheets() {
		rows := all(t, b, s.Name)
		h, ok := FindHeader(rows, columns...)
		m := propose(h, columns)
		if !ok || m.value(rows[1], "name") != "周某" || m.value(rows[1], "visitors") != "张、李" || len(m) != 3 {
			t.Errorf("%s: %v", s.Name, m)
		}
		if _, ok := Date(m.value(rows[1], "day"), 2026); ok {
			t.Error("上周三 was taken for a date")
		}
		prints[h.Fingerprint()] = true
	}
	if len(prints) != 3 {
		t.Errorf("%d fingerprints for 3 headers", len(prints))
	}
}

// attendance is file 4: months across, marks in cells, a rare character.
func TestAttendanceMarksAndRareCharactersStay(t *testing.T) {
	f := excelize.NewFile()
	must(t, f.SetSheetRow("Sheet1", "A1", &[]any{"姓名", "1月", "2月", "3月", "应到", "实到"}))
	must(t, f.SetSheetRow("Sheet1", "A2", &[]any{"王𠀋", "√", "○", "请假", 3, 3}))
	must(t, f.SetSheetRow("Sheet1", "A3", &[]any{"王某", "事", nil, "〃", 3, 1}))
	must(t, f.SetSheetRow("Sheet1", "A4", &[]any{"王某", "√", "√", "√", 3, 3}))
	rows := all(t, open(t, "支部学习签到汇总.xlsx", saved(t, f)), "Sheet1")
	want := [][]string{{"姓名", "1月", "2月", "3月", "应到", "实到"}, {"王𠀋", "√", "○", "请假", "3", "3"}, {"王某", "事", "", "〃", "3", "1"}, {"王某", "√", "√", "√", "3", "3"}}
	for i, r := range rows {
		if d := cmp.Diff(want[i], r.Cells); d != "" {
			t.Error(d)
		}
	}
	if h, ok := FindHeader(rows); !ok || h.Row != 1 || h.Names[1] != "1月" {
		t.Errorf("header %+v", h)
	}
}

// roster is file 5: a csv with a byte order mark, both commas, numbers in every width.
func TestTheRosterWithBothCommasIsReadByCell(t *testing.T) {
	const roster = "\ufeff网格,村,网格员,电话,网格长\r\n" +
		"\"柳岸1、2格\",柳岸村,王某,138 0000 0001,村支书\r\n" +
		"荷塘1格，荷塘村，李某，１３８００００００２２，村主任\r\n" +
		"\r\n" +
		"荷塘2格,荷塘村，李某,13800000022,待定\r\n" +
		"荷塘3格,荷塘村,\"李某，代\",'13800000022,待定\r\n"
	b := open(t, "网格员花名册.csv", []byte(roster))
	rows := all(t, b, "网格员花名册")
	var got [][]string
	var numbers []int
	for _, r := range rows {
		got = append(got, r.Cells)
		numbers = append(numbers, r.Number)
	}
	want := [][]string{
		{"网格", "村", "网格员", "电话", "网格长"},
		{"柳岸1、2格", "柳岸村", "王某", "138 0000 0001", "村支书"},
		{"荷塘1格", "荷塘村", "李某", "１３８００００００２２", "村主任"},
		{"荷塘2格", "荷塘村", "李某", "13800000022", "待定"},
		{"荷塘3格", "荷塘村", "李某，代", "13800000022", "待定"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]int{1, 2, 3, 5, 6}, numbers); d != "" {
		t.Error(d)
	}
	for i, phone := range []string{"13800000001", "13800000022", "13800000022", "13800000022"} {
		if got, ok := Phone(rows[i+1].Cell(3)); !ok || got != phone {
			t.Errorf("phone %q is read as %q", rows[i+1].Cell(3), got)
		}
	}
}

func TestAStruckCellIsSeen(t *testing.T) {
	f := excelize.NewFile()
	struck, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Strike: true}})
	must(t, err)
	must(t, f.SetSheetRow("Sheet1", "A1", &[]any{"王某", "李某"}))
	must(t, f.SetCellStyle("Sheet1", "B1", "B1", struck))
	r := all(t, open(t, "x", saved(t, f)), "Sheet1")[0]
	if r.IsStruck(0) || !r.IsStruck(1) {
		t.Errorf("struck: %v", r.Struck)
	}
}

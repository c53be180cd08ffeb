package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"yanming/internal/errs"
)

func report() Workbook {
	at := time.Date(2026, 11, 23, 8, 5, 59, 0, China)
	return Workbook{Title: "周报", Created: at, Sheets: []Page{
		{Name: "意见/台账", Title: "群众意见台账", Subtitle: "2026年第47周", Columns: []Heading{{Name: "村"}, {Name: "意见内容", Width: 40, Wrap: true}, {Name: "意见数", Unit: "条"}, {Name: "办结率", Unit: "%"}, {Name: "登记日期"}, {Name: "登记时间"}, {Name: "回执编号"}},
			Rows: Cells([][]Cell{
				{String("柳岸村"), String("=1+1"), Int(69), Float(46.376), Day(at), Minute(at), String("301234567890")},
				{String("荷塘村"), String("第一行\n第二行 _x000D_ <b>&"), Int(0), {}, {}, {}, Int(1234567890123456789)},
			})},
		{Name: "意见/台账", Columns: []Heading{{Name: "村"}}},
	}}
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	var buf bytes.Buffer
	must(t, Write(&buf, report()))
	b := open(t, "x.xlsx", buf.Bytes())
	if d := cmp.Diff([]SheetInfo{{"意见_台账", false, 5, 7}, {"意见_台账 2", false, 1, 1}}, b.Sheets()); d != "" {
		t.Fatal(d)
	}
	rows := all(t, b, "意见_台账")
	h, ok := FindHeader(rows)
	if d := cmp.Diff(Header{3, 1, 3, []string{"村", "意见内容", "意见数（条）", "办结率（%）", "登记日期", "登记时间", "回执编号"}}, h); d != "" || !ok {
		t.Error(d)
	}
	want := [][]string{
		{"柳岸村", "=1+1", "69", "46.376", "2026-11-23", "2026-11-23 08:05", "301234567890"},
		{"荷塘村", "第一行\n第二行 _x000D_ <b>&", "0", "", "", "", "1234567890123456789"},
	}
	for i, w := range want {
		if d := cmp.Diff(w, rows[3+i].Cells); d != "" {
			t.Error(d)
		}
	}
}

func TestAWrittenSheetIsTypedFrozenAndPrintsLandscape(t *testing.T) {
	var buf bytes.Buffer
	must(t, Write(&buf, report()))
	f, err := excelize.OpenReader(&buf)
	must(t, err)
	defer f.Close()
	const sheet = "意见_台账"
	if formula, _ := f.GetCellFormula(sheet, "B4"); formula != "" {
		t.Errorf("text became the formula %q", formula)
	}
	if v, _ := f.GetCellValue(sheet, "E4"); v != "2026-11-23" {
		t.Errorf("day shows as %q", v)
	}
	if kind, _ := f.GetCellType(sheet, "C4"); kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber {
		t.Errorf("number has the type %v", kind)
	}
	if p, _ := f.GetPanes(sheet); !p.Freeze || p.YSplit != 3 {
		t.Errorf("panes %+v", p)
	}
	layout, err := f.GetPageLayout(sheet)
	must(t, err)
	if *layout.Orientation != "landscape" || *layout.Size != 9 || *layout.FitToWidth != 1 {
		t.Errorf("page layout %+v", layout)
	}
	if w, _ := f.GetColWidth(sheet, "B"); w != 40 {
		t.Errorf("width %v", w)
	}
	if names := f.GetDefinedName(); len(names) != 2 || names[0].RefersTo != "'意见_台账'!$3:$3" {
		t.Errorf("print titles %+v", names)
	}
	if props, _ := f.GetDocProps(); props.Creator != "Yanming" || props.Created != "2026-11-23T00:05:59Z" {
		t.Errorf("properties %+v", props)
	}
}

func TestWriteRefusesWhatItCannotKeep(t *testing.T) {
	page := func(c Cell) Workbook {
		return Workbook{Sheets: []Page{{Name: "x", Columns: []Heading{{Name: "a"}}, Rows: Cells([][]Cell{{c}})}}}
	}
	if err := Write(io.Discard, page(String(strings.Repeat("字", 32768)))); !errs.Is(err, errs.Invalid) {
		t.Errorf("a text beyond the format's limit: %v", err)
	}
}

func TestCSVQuotesFormulasAndComesBackUnchanged(t *testing.T) {
	texts := []string{"=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "＝1", "＋1", "－1", "＠x", "一、\"引号\"，逗号,\n第二行", "柳岸村"}
	page := Page{Columns: []Heading{{Name: "内容"}, {Name: "数", Unit: "条"}, {Name: "村"}}}
	var rows [][]Cell
	for _, s := range texts {
		rows = append(rows, []Cell{String(s), Int(-5), String("柳岸村")})
	}
	page.Rows = Cells(rows)
	var buf bytes.Buffer
	must(t, WriteCSV(&buf, page))
	if !bytes.HasPrefix(buf.Bytes(), []byte("\xEF\xBB\xBF")) {
		t.Error("no byte order mark")
	}
	raw, err := csv.NewReader(bytes.NewReader(buf.Bytes()[3:])).ReadAll()
	must(t, err)
	for i := range 8 {
		if !strings.HasPrefix(raw[i+1][0], "'") {
			t.Errorf("%q is not quoted", raw[i+1][0])
		}
	}
	got := all(t, open(t, "x.csv", buf.Bytes()), "x")
	for i, s := range texts {
		if d := cmp.Diff([]string{s, "-5", "柳岸村"}, got[i+1].Cells); d != "" {
			t.Error(d)
		}
	}
}

func TestAnXLSXComesBackWithReasonsAndNothingElseChanged(t *testing.T) {
	data := opinionLedger(t)
	b := open(t, "x.xlsx", data)
	var buf bytes.Buffer
	must(t, Return(&buf, b, "差错", map[string]Marks{"台账": {Header: 4, Reasons: map[int]string{5: "电话 <不对> & 看不清", 8: "日期看不懂"}}}))
	f, err := excelize.OpenReader(bytes.NewReader(buf.Bytes()))
	must(t, err)
	defer f.Close()
	for at, want := range map[string]string{"J4": "差错", "J5": "电话 <不对> & 看不清", "J6": "", "J8": "日期看不懂", "H8": "3月5日", "E5": "1.路灯不亮 2.水渠堵了"} {
		if got, _ := f.GetCellValue("台账", at); got != want {
			t.Errorf("%s is %q, want %q", at, got, want)
		}
	}
	runs, err := f.GetCellRichText("台账", "J5")
	must(t, err)
	if len(runs) != 1 || runs[0].Font == nil || !strings.HasSuffix(runs[0].Font.Color, "C00000") {
		t.Errorf("the reason is not red: %+v", runs)
	}
	if merges, _ := f.GetMergeCells("台账"); len(merges) != 6 {
		t.Errorf("%d merges are left of 6", len(merges))
	}
	before, after := all(t, b, "台账"), all(t, open(t, "y", buf.Bytes()), "台账")
	for i := range before {
		n := min(len(before[i].Cells), 9)
		if d := cmp.Diff(before[i].Cells, after[i].Cells[:n]); d != "" || before[i].Hidden != after[i].Hidden {
			t.Errorf("row %d changed: %s", before[i].Number, d)
		}
	}
	if d := cmp.Diff(parts(t, data, "xl/worksheets/sheet1.xml"), parts(t, buf.Bytes(), "xl/worksheets/sheet1.xml")); d != "" {
		t.Error(d)
	}
	if err := Return(io.Discard, b, "差错", map[string]Marks{"台账": {Reasons: map[int]string{99: "x"}}}); err == nil {
		t.Error("a reason without its row was lost silently")
	}
}

// parts returns every part of an archive but one.
func parts(t *testing.T, data []byte, except string) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	must(t, err)
	out := map[string]string{}
	for _, f := range z.File {
		if f.Name == except {
			continue
		}
		r, err := f.Open()
		must(t, err)
		content, err := io.ReadAll(r)
		must(t, err)
		out[f.Name] = string(content)
	}
	return out
}

func TestAnXLSXWithADamagedPartOfNoImportComesBackToo(t *testing.T) {
	f := excelize.NewFile()
	put(t, f, "Sheet1", map[string]any{"A1": "村", "B1": "意见内容", "A2": "柳岸村"})
	data := saved(t, f)
	at := bytes.Index(data, []byte("docProps/app.xml"))
	data[at-30] = 'X' // the signature of the part's own header
	var buf bytes.Buffer
	must(t, Return(&buf, open(t, "x.xlsx", data), "差错", map[string]Marks{"Sheet1": {Header: 1, Reasons: map[int]string{2: "没有意见内容"}}}))
	rows := all(t, open(t, "back.xlsx", buf.Bytes()), "Sheet1")
	if len(rows) != 2 || rows[1].Cell(0) != "柳岸村" || rows[1].Cell(2) != "没有意见内容" {
		t.Errorf("%v", rows)
	}
}

func TestTheNewColumnStandsLeftOfEmptyFormattedCells(t *testing.T) {
	const sheet = `<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:dimension ref="A1:F2"/><x:sheetData>` +
		`<x:row r="1" spans="1:6"><x:c r="A1" t="inlineStr"><x:is><x:t>村</x:t></x:is></x:c><x:c r="C1"/><x:c r="F1"/></x:row>` +
		`<x:row r="2" spans="1:6"><x:c r="A2" t="inlineStr"><x:is><x:t>柳岸村</x:t></x:is></x:c><x:c r="B2" s="0"><x:v></x:v></x:c><x:c r="F2"/></x:row>` +
		`</x:sheetData></x:worksheet>`
	data := rawXLSX(t, sheet, "")
	var buf bytes.Buffer
	must(t, Return(&buf, open(t, "x", data), "差错", map[string]Marks{"s": {Header: 1, Reasons: map[int]string{2: "不在名单里"}}}))
	got := parts(t, buf.Bytes(), "")["xl/worksheets/sheet1.xml"]
	const cell = `t="inlineStr"><x:is><x:r><x:rPr><x:sz val="11"/><x:color rgb="FFC00000"/></x:rPr><x:t xml:space="preserve">`
	want := `<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>` +
		`<x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>村</x:t></x:is></x:c><x:c r="B1" ` + cell + `差错</x:t></x:r></x:is></x:c><x:c r="C1"/><x:c r="F1"/></x:row>` +
		`<x:row r="2"><x:c r="A2" t="inlineStr"><x:is><x:t>柳岸村</x:t></x:is></x:c><x:c r="B2" ` + cell + `不在名单里</x:t></x:r></x:is></x:c><x:c r="F2"/></x:row>` +
		`</x:sheetData></x:worksheet>`
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestTextAndHTMLComeBackAsXLSXWithTheSameCells(t *testing.T) {
	for name, data := range map[string][]byte{"a.xls": hotlineExport(t), "b.csv": []byte("村,电话,内容\n柳岸村,=1+1,路灯\n\n荷塘村,'13800000001,水渠\n")} {
		b := open(t, name, data)
		sheet := b.Sheets()[0].Name
		rows := all(t, b, sheet)
		last := rows[len(rows)-1].Number
		var buf bytes.Buffer
		must(t, Return(&buf, b, "差错", map[string]Marks{sheet: {Header: 1, Reasons: map[int]string{last: "查无此村"}}}))
		back := open(t, "y.xlsx", buf.Bytes())
		got := all(t, back, sheet)
		for i, r := range rows {
			for j := range r.Cells {
				if got[i].Number != r.Number || got[i].Cell(j) != r.Cell(j) && got[i].Cell(j) != r.RawCell(j) {
					t.Errorf("%s row %d: %q became %q", name, r.Number, r.Cells, got[i].Cells)
				}
			}
		}
		width := b.Sheets()[0].Columns
		if got[0].Cell(width) != "差错" || got[len(got)-1].Cell(width) != "查无此村" {
			t.Errorf("%s: the reasons are not in column %d", name, width)
		}
	}
}

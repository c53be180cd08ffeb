package sheet

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

func TestDatesAreReadAsOfficesWriteThem(t *testing.T) {
	for s, want := range map[string]string{
		"2014.3.5": "2014-03-05 00:00:00", "2014-3-5": "2014-03-05 00:00:00", "2014/3/5 8:05": "2014-03-05 08:05:00",
		"2014年3月5日": "2014-03-05 00:00:00", "2014年03月05号 8时5分": "2014-03-05 08:05:00", "3月5日": "2026-03-05 00:00:00", "3月5号下午3点": "2026-03-05 15:00:00",
		"41703": "2014-03-05 00:00:00", "41703.337": "2014-03-05 08:05:17", "20140305": "2014-03-05 00:00:00", "20140305080510": "2014-03-05 08:05:10",
		"2019-02-28 11:25:05": "2019-02-28 11:25:05", "2019-02-28 11:25:05.0": "2019-02-28 11:25:05", "2019/2/14 20:00": "2019-02-14 20:00:00",
		"２０１４．３．５": "2014-03-05 00:00:00", " 2014.3.5\u200b ": "", "2014年3月5日（星期三）": "2014-03-05 00:00:00", "2014-03-05 周三 下午2:30": "2014-03-05 14:30:00",
		"2019-02-28T03:25:05Z": "2019-02-28 11:25:05", "2019-02-28T11:25:05+08:00": "2019-02-28 11:25:05", "2014-03-05 12:05 AM": "2014-03-05 00:05:00",
		"2014年3月5日08时05分": "2014-03-05 08:05:00", "2014.3.5早8点": "2014-03-05 08:00:00", "2014.3.5上午9:30": "2014-03-05 09:30:00", "2014.3.5.": "2014-03-05 00:00:00",
		"3月5日9:30": "2026-03-05 09:30:00", "14年3月5日": "2014-03-05 00:00:00", "98年12月1日": "1998-12-01 00:00:00", "2014 03 05": "2014-03-05 00:00:00", "2014-3-5\n9:30": "2014-03-05 09:30:00",
		"二〇一四年三月五日": "2014-03-05 00:00:00", "二零一四年十二月三十一日": "2014-12-31 00:00:00", "三月二十日": "2026-03-20 00:00:00", "元月十日下午3点": "2026-01-10 15:00:00",
		"2014年3月5日上午": "", "2014年3月5日、6日": "", "2014.3.5-3.7": "", "正月初五": "", "十三月一日": "", "3月上旬": "",
		"": "", "上周三": "", "5个工作日": "", "2014.3": "", "14.3.5": "", "2014.2.30": "", "2014.13.1": "", "2014-3-5 25:00": "", "13800000001": "", "3.5": "",
		"2014.3.5前": "", "长期": "", "99999": "", "1": "", "18991231": "", "2014-3-5 8:61": "",
	} {
		got := ""
		if d, ok := Date(s, 2026); ok {
			got = d.Format("2006-01-02 15:04:05")
		}
		if got != want && !(s == " 2014.3.5\u200b " && got == "") {
			t.Errorf("Date(%q) = %q, want %q", s, got, want)
		}
	}
}

func TestADateIsReadAtTheHeadOfALongerText(t *testing.T) {
	for s, want := range map[string]string{
		"2014年3月5日上午": "2014-03-05", "2014.3.5-3.7": "2014-03-05", "3月5日晚上在村部": "2026-03-05", "2014年3月5日、6日": "2014-03-05",
		"2014-3-5（农历二月初五）": "2014-03-05", "三月五日晚饭后": "2026-03-05", "2014.3.55": "", "2014年3月": "", "上周三": "", "5个工作日": "", "2014.2.30前": "",
	} {
		got := ""
		if d, ok := LeadingDate(s, 2026); ok {
			got = d.Format("2006-01-02")
		}
		if got != want {
			t.Errorf("LeadingDate(%q) = %q, want %q", s, got, want)
		}
	}
}

func TestStoredNumbersKeepTheirDigitsOrSaySo(t *testing.T) {
	for _, c := range []struct {
		raw   string
		id    int
		code  string
		want  string
		lossy bool
	}{
		{raw: "69", want: "69"}, {raw: "0.30000000000000004", want: "0.3"}, {raw: "-5", want: "-5"}, {raw: "12.0", want: "12"},
		{raw: "13800000001", want: "13800000001"}, {raw: "20261100012345", want: "20261100012345"},
		{raw: "2.0261100012345E+13", want: "20261100012345"}, {raw: "2.02611E+13", want: "20261100000000", lossy: true},
		{raw: "411122199001010000", want: "411122199001010000", lossy: true}, {raw: "411122199001011234", want: "411122199001011234"},
		{raw: "4.1112219900101101E+17", want: "411122199001011010", lossy: true}, {raw: "1E+3", want: "1000"},
		{raw: "41703", id: 14, want: "2014-03-05"}, {raw: "41703.336805555555", id: 22, want: "2014-03-05 08:05"}, {raw: "41703.5", id: 14, want: "2014-03-05 12:00"},
		{raw: "43237.355601851901", code: `yyyy\-mm\-dd\ hh:mm:ss`, want: "2018-05-17 08:32:04"}, {raw: "41703", code: `[$-804]yyyy"年"m"月"d"日";@`, want: "2014-03-05"},
		{raw: "41703", code: `m"月"d"日"`, want: "2014-03-05"}, {raw: "0.5", id: 20, want: "12:00"}, {raw: "41703", code: "0.00_);[Red]\\(0.00\\)", want: "41703"},
		{raw: "41703", code: "G/通用格式", want: "41703"}, {raw: "41703", code: `#,##0"元/月"`, want: "41703"}, {raw: "12", code: "000000", want: "000012"},
		{raw: "0.85", id: 9, want: "85%"}, {raw: "1", code: "0.0%", want: "100%"}, {raw: "0.12345", id: 10, want: "12.345%"},
		{raw: "60", id: 14, want: "1900-02-28"}, {raw: "61", id: 14, want: "1900-03-01"}, {raw: "1", id: 14, want: "1900-01-01"},
	} {
		got, lossy := numberCell(c.raw, formatOf(c.id, c.code, c.code != ""), epoch1900)
		if got != c.want || lossy != c.lossy {
			t.Errorf("%s as %d %s: %q lossy %v, want %q %v", c.raw, c.id, c.code, got, lossy, c.want, c.lossy)
		}
	}
	if got, _ := numberCell("40241", formatOf(14, "", false), epoch1904); got != "2014-03-05" {
		t.Errorf("the count from 1904 gives %s", got)
	}
}

// TestAWorkbookOfTheOldMacCountsFrom1904: its cells say the same days whether their format shows a date or a bare number.
func TestAWorkbookOfTheOldMacCountsFrom1904(t *testing.T) {
	for old, serial := range map[bool]int{true: 40241, false: 41703} {
		f := excelize.NewFile()
		must(t, f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &old}))
		day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		must(t, err)
		must(t, f.SetSheetRow("Sheet1", "A1", &[]any{"日期", "时间"}))
		must(t, f.SetSheetRow("Sheet1", "A2", &[]any{serial, float64(serial) + 0.5}))
		must(t, f.SetCellStyle("Sheet1", "A2", "A2", day))
		b := open(t, "a.xlsx", saved(t, f))
		row := all(t, b, "Sheet1")[1]
		if row.Cell(0) != "2014-03-05" {
			t.Errorf("from 1904 %t: a date shows as %q", old, row.Cell(0))
		}
		for i, want := range []string{"2014-03-05 00:00", "2014-03-05 12:00"} {
			if at, ok := b.Date(row.Cell(i), 2026); !ok || at.Format("2006-01-02 15:04") != want {
				t.Errorf("from 1904 %t: %q is %v, want %s", old, row.Cell(i), at, want)
			}
		}
	}
}

func TestPhonesTakeOneForm(t *testing.T) {
	for s, want := range map[string]string{
		"13800000001": "13800000001", "１３８００００００２２": "13800000022", "138 0000 0001": "13800000001", "138-0000-0001": "13800000001",
		"'13800000001": "13800000001", "’13800000001": "13800000001", "+86 13800000001": "13800000001", "13800000001.0": "13800000001",
		"0371-65550000": "0371-65550000", "037165550000": "0371-65550000", "（0371）65550000": "0371-65550000", "０３７１－６５５５０００": "0371-6555000", "010-65550000-801": "010-65550000-801",
		"65550000": "65550000", "400-800-1234": "400-800-1234",
		"": "", "待定": "", "1.38E+10": "", "1380000000": "", "138000000011": "", "13800000001/13800000002": "", "12345": "", "23800000001": "",
	} {
		if got, ok := Phone(s); got != want || ok != (want != "") {
			t.Errorf("Phone(%q) = %q %v, want %q", s, got, ok, want)
		}
	}
}

func TestNumbersAreWholeOrNone(t *testing.T) {
	for s, want := range map[string]int64{"0": 0, "１２": 12, " 1,234 ": 1234, "1，234,567": 1234567, "12.0": 12, "-3": -3, "'7": 7} {
		if got, ok := Number(s); got != want || !ok {
			t.Errorf("Number(%q) = %d %v", s, got, ok)
		}
	}
	for _, s := range []string{"", "3户", "1.5", "1,2", "4口(外出2)", "+3", "99999999999999999999", "一"} {
		if got, ok := Number(s); ok {
			t.Errorf("Number(%q) = %d", s, got)
		}
	}
}

func TestTextLosesWhatHidesAndKeepsWhatIsSaid(t *testing.T) {
	for s, want := range map[string]string{
		"\n\t\t路灯不亮\r\n\r\n\r\n　水渠堵了\t\n":    "路灯不亮\n\n水渠堵了",
		"a\u200bb\u202ec\u2066d\ufeffe\x00f": "abcdef",
		"e\u0301":                            "é",
		"王𠀋":                                 "王𠀋",
		"a" + strings.Repeat("\u0316", 1000): "a" + strings.Repeat("\u0316", 4),
		"\xff好":                              "\uFFFD好",
	} {
		if got := Text(s); got != want {
			t.Errorf("Text(%q) = %q, want %q", s, got, want)
		}
	}
	if got := Line(" 一\n\t二　三 "); got != "一 二 三" {
		t.Errorf("Line gives %q", got)
	}
	if got := Text("a" + strings.Repeat("\u0301", 1_000_000)); len(got) > 20 {
		t.Errorf("a million marks leave %d bytes", len(got))
	}
}

func TestNumberedItemsBecomeSeveralOpinions(t *testing.T) {
	for s, want := range map[string][]string{
		"1.路灯不亮 2.水渠堵了":         {"路灯不亮", "水渠堵了"},
		"1、路灯不亮；2、水渠堵了；3、道路积水。": {"路灯不亮", "水渠堵了", "道路积水。"},
		"1.路灯不亮2.水渠堵了":          {"路灯不亮", "水渠堵了"},
		"①路灯不亮②水渠堵了":            {"路灯不亮", "水渠堵了"},
		"一、路灯不亮\n二、水渠堵了":        {"路灯不亮", "水渠堵了"},
		"（1）路灯不亮（2）水渠堵了":        {"路灯不亮", "水渠堵了"},
		"（一）路灯不亮；（二）水渠堵了":       {"路灯不亮", "水渠堵了"},
		"１．路灯不亮 ２．水渠堵了":         {"路灯不亮", "水渠堵了"},
		"村民反映：1.路灯不亮 2.水渠堵了":    {"村民反映：路灯不亮", "水渠堵了"},
		"路灯不亮":                 {"路灯不亮"},
		"1.路灯不亮":               {"1.路灯不亮"},
		"柳岸1、2格":               {"柳岸1、2格"},
		"水深1.5米，宽2.5米":         {"水深1.5米，宽2.5米"},
		"1.路灯不亮 3.水渠堵了":        {"1.路灯不亮 3.水渠堵了"},
		"三年级一、二班":              {"三年级一、二班"},
		"第1、张家门口，第2、李家门口":      {"第1、张家门口，第2、李家门口"},
		"电话13800000001.水渠2.路灯": {"电话13800000001.水渠2.路灯"},
		"":                     nil,
	} {
		if d := cmp.Diff(want, SplitNumbered(s)); d != "" {
			t.Errorf("%q: %s", s, d)
		}
	}
}

func TestContactsAreRedactedAndNothingElse(t *testing.T) {
	for s, want := range map[string]string{
		"请打13800000001找我": "请打［电话］找我",
		"138 0000 0001，138-0000-0002、１３８００００００３３": "［电话］，［电话］、［电话］",
		"138.0000.0001":          "［电话］",
		"1 3 8 0 0 0 0 0 0 0 1":  "［电话］",
		"13800\u200b000001":      "［电话］",
		"+86-13800000001":        "［电话］",
		"（13800000001）":          "（［电话］）",
		"1.13800000001":          "1.［电话］",
		"1380000000113800000002": "［电话］",
		"0371-65550000、037165550000、(0371)65550000": "［电话］、［电话］、［电话］",
		"010 6555 0000":                        "［电话］",
		"座机：6555000，电话是 6555-0000":             "座机：［电话］，电话是 ［电话］",
		"身份证11010519491231002X住址":              "身份证［身份证号］住址",
		"１１０１０５１９４９１２３１００２ｘ":                   "［身份证号］",
		"110105 19491231 002x。":                "［身份证号］。",
		"110105491231002":                      "［身份证号］",
		"身份证号码：110105194912310021":             "身份证号码：［身份证号］", // the check digit is wrong, the text is plain
		"张三13800000001身份证11010519491231002X李四": "张三［电话］身份证［身份证号］李四",
		// and nothing else
		"单号110105194912310021":         "单号110105194912310021",
		"工单20261113800000001234":       "工单20261113800000001234",
		"热线12345，监督12388，报警110":        "热线12345，监督12388，报警110",
		"2014.3.5至2014.12.31，共 1380 元": "2014.3.5至2014.12.31，共 1380 元",
		"2019-02-28 11:25:05":          "2019-02-28 11:25:05",
		"面积6555000平方米":                 "面积6555000平方米",
		"柳岸1、2格":                       "柳岸1、2格",
		"回执301234567890":               "回执301234567890",
		"":                             "",
	} {
		got, found := RedactContacts(s)
		if got != want || found != (s != want) {
			t.Errorf("RedactContacts(%q) = %q %v, want %q", s, got, found, want)
		}
	}
}

func TestTheCheckDigitOfAnIdentityNumberCounts(t *testing.T) {
	valid := 0
	for _, c := range "0123456789X" {
		if isIdentity("11010519491231002" + string(c)) {
			valid++
		}
	}
	if valid != 1 || !isIdentity("11010519491231002X") || isIdentity("11010519491331002X") || isIdentity("990105194912310021") {
		t.Errorf("%d of 11 check digits are valid", valid)
	}
}

func TestFormulasAreQuotedAndTextIsNot(t *testing.T) {
	for _, s := range []string{"=1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "＝1", "＋1", "－1", "＠x", "\u200b=1", "\n1"} {
		if Quote(s) != "'"+s {
			t.Errorf("%q is not quoted", s)
		}
	}
	for _, s := range []string{"", "柳岸村", "1-2", "a=b", "'x"} {
		if Quote(s) != s {
			t.Errorf("%q became %q", s, Quote(s))
		}
	}
}

func TestWhatIsPlainNeedsNoCleaning(t *testing.T) {
	for r := rune(0); r <= 0x1FFFF; r++ {
		if s := "一" + string(r) + "a"; isPlain(s) && normal(s) != s {
			t.Errorf("%U becomes %q", r, normal(s))
		}
	}
	if !isPlain("村口（北侧）第3盏路灯不亮，\n请修! ~") || isPlain("a\u200b") || isPlain("e\u0301") || isPlain("\xff") {
		t.Error("plain text is not told from other text")
	}
}

func TestCellsAcrossTheReadersBufferStayWhole(t *testing.T) {
	for _, quote := range []string{"", `"`} {
		for pad := range 5 { // characters of three bytes lie across the buffer's end in every way
			cell := strings.Repeat("x", pad) + strings.Repeat("渠", 30_000)
			b, err := Paste("a,b\n"+quote+cell+quote+",1\n2,"+quote+cell+quote, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			rows, err := b.Head(b.Sheets()[0].Name, 9)
			if err != nil || len(rows) != 3 || rows[1].Cell(0) != cell || rows[1].Cell(1) != "1" || rows[2].Cell(1) != cell {
				t.Errorf("pad %d, quote %q: %d rows, %v", pad, quote, len(rows), err)
			}
		}
	}
	if _, err := Paste("a,b\n"+strings.Repeat("渠", 40_000)+",1", Limits{}); err == nil {
		t.Error("a cell that is too long was read")
	}
}

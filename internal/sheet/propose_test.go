package sheet

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

func textRows(t *testing.T, s string) []Row {
	t.Helper()
	b, err := Paste(s, Limits{})
	must(t, err)
	return all(t, b, b.Sheets()[0].Name)
}

// mapped is where Propose found each field.
type mapped map[string]int

func propose(h Header, columns []Column) mapped {
	m := mapped{}
	for _, x := range Propose(h, columns) {
		m[x.Field] = x.Source
	}
	return m
}

// value is the row's cell for field, "" where no column holds it.
func (m mapped) value(r Row, field string) string {
	if i, ok := m[field]; ok {
		return r.Cell(i)
	}
	return ""
}

func TestTheHeaderIsFoundBelowTitles(t *testing.T) {
	for name, c := range map[string]struct {
		text  string
		names string // joined by |, "" for none
		row   int
	}{
		"at once":              {"序号,村,意见内容\n1,柳岸村,路灯不亮\n", "序号|村|意见内容", 1},
		"below title":          {"雁南镇意见台账,,\n填报单位：雁南镇,,单位：条\n序号,村,意见内容\n1,柳岸村,路灯\n", "序号|村|意见内容", 3},
		"two rows":             {"台账,,,\n基本情况,,办理情况,\n序号,村,责任领导,是否销号\n1,柳岸村,张某,√\n2,柳岸村,张某,\n", "基本情况/序号|基本情况/村|办理情况/责任领导|办理情况/是否销号", 2},
		"only text below":      {"村,户主,诉求\n柳岸村,王某,路灯\n荷塘村,李某,水渠\n", "村|户主|诉求", 1},
		"numbers only":         {"1,2,3\n4,5,6\n", "", 0},
		"lines of a chat":      {"张三：路灯不亮\n李四：水渠堵了\n", "", 0},
		"one line":             {"路灯坏了，没人修，快来", "", 0},
		"broken inside a name": {"序号\t村\t\"责任\n领导\"\n1\t柳岸村\t张某\n", "序号|村|责任领导", 1},
	} {
		h, ok := FindHeader(textRows(t, c.text))
		if got := strings.Join(h.Names, "|"); got != c.names || ok != (c.names != "") || h.Row != c.row {
			t.Errorf("%s: %v %+v", name, ok, h)
		}
	}
	h, ok := FindHeader(textRows(t, "意见内容\n路灯不亮\n水渠堵了\n"), ledgerColumns...)
	if !ok || h.Row != 1 || h.Names[0] != "意见内容" {
		t.Errorf("a single known column: %+v", h)
	}
}

func TestPastedTextIsCellsOrLines(t *testing.T) {
	for s, want := range map[string][][]string{
		"柳岸村\t路灯不亮\t13800000001\n":    {{"柳岸村", "路灯不亮", "13800000001"}},
		"路灯不亮，一直没修,快来\n水渠堵了\n\n请镇里看看": {{"路灯不亮，一直没修,快来"}, {"水渠堵了"}, {"请镇里看看"}},
		"他说\"不管\"\n我说\"要管\"":          {{"他说\"不管\""}, {"我说\"要管\""}},
		"村;内容;数\n柳岸;路灯;1\n":           {{"村", "内容", "数"}, {"柳岸", "路灯", "1"}},
		"sep=;\n村;内容\n柳岸;路灯,水渠\n":     {{"村", "内容"}, {"柳岸", "路灯,水渠"}},
		"台账\n序号,村,姓名,意见,时间,\n1,柳岸,王,路灯\n2,荷塘,李,水渠,堵,3月5日\n合计,,,2,\n": {{"台账"}, {"序号", "村", "姓名", "意见", "时间"}, {"1", "柳岸", "王", "路灯"}, {"2", "荷塘", "李", "水渠", "堵", "3月5日"}, {"合计", "", "", "2"}},
		"a,b\n\"路灯,1\n水渠,2\n桥,3\n":                     {{"a", "b"}, {"\"路灯", "1"}, {"水渠", "2"}, {"桥", "3"}},
		"a,b\n\"路灯,1\n\"水,渠\",2\n\"桥\n\"\"坏\"\"\",3\n": {{"a", "b"}, {"\"路灯", "1"}, {"水,渠", "2"}, {"桥\n\"坏\"", "3"}},
		"a,b\n=\"0138\",\"=\"\"2026\"\"\"\n":           {{"a", "b"}, {"0138", "2026"}},
		"大家好,请接龙,谢谢,收到\n王某\n路灯不亮\n水渠,堵了\n":             {{"大家好,请接龙,谢谢,收到"}, {"王某"}, {"路灯不亮"}, {"水渠,堵了"}},
		"a,b,c\r1,2,3\r": {{"a", "b", "c"}, {"1", "2", "3"}},
		"a\tb\n\"两行\n一格\"\t\"引\"\"号\"\n": {{"a", "b"}, {"两行\n一格", "引\"号"}},
	} {
		var got [][]string
		for _, r := range textRows(t, s) {
			got = append(got, r.Cells)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%q: %s", s, d)
		}
	}
}

func TestEveryUsualEncodingReadsTheSame(t *testing.T) {
	want := []string{"村", "内容", "王𠀋"}
	utf16 := []byte{0xFF, 0xFE}
	for _, u := range []uint16{'村', '\t', '内', '容', '\t', '王', 0xD840, 0xDC0B, '\n'} {
		utf16 = append(utf16, byte(u), byte(u>>8))
	}
	for name, data := range map[string][]byte{
		"utf-8": []byte("村,内容,王𠀋\n"), "utf-8 with mark": []byte("\ufeff村,内容,王𠀋\n"), "utf-16 with tabs": utf16,
		"gb18030": {0xB4, 0xE5, ',', 0xC4, 0xDA, 0xC8, 0xDD, ',', 0xCD, 0xF5, 0x95, 0x32, 0x83, 0x37, '\n'},
	} {
		rows := all(t, open(t, "x.csv", data), "x")
		if d := cmp.Diff(want, rows[0].Cells); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	broken := []byte(strings.Repeat("柳岸村,路灯不亮,张某\n", 50))
	broken = append(broken[:len(broken)-3], '\n')
	rows := all(t, open(t, "x.csv", broken), "x")
	if rows[0].Cell(0) != "柳岸村" || !strings.Contains(rows[49].Cell(2), "\uFFFD") {
		t.Errorf("one broken character spoils the file: %q", rows[49].Cells)
	}
}

func TestRowsBelowTheHeaderAreToldApart(t *testing.T) {
	rows := textRows(t, "序号,村,意见内容,反映人,电话\n1,柳岸村,合计三处路灯不亮,王某,1\n小 计,,1,,\n,柳岸村小计,1,,\n序号,村,意见内容,反映人,电话\n2,荷塘村,水渠,李某,2\n合计：,,2,,\n填表人：张某,,审核人：李某,,\n注：数据截至周五,,,,\n")
	h, _ := FindHeader(rows)
	want := []Kind{Data, Total, Total, Repeat, Data, Total, Note, Note}
	for i, r := range rows[1:] {
		if got := h.KindOf(r); got != want[i] {
			t.Errorf("row %d %q is %s, want %s", r.Number, r.Cells, got, want[i])
		}
	}
}

func TestAColumnIsProposedBestFirstAndUsedOnce(t *testing.T) {
	h := Header{Names: []string{"序号", "所属村（社区）", "联系电话(手机)", "责任人电话", "诉求 内容", "备注", "办理情况/内容"}}
	columns := []Column{
		{Field: "phone", Synonyms: []string{"电话", "联系电话"}, Except: []string{"责任人"}},
		{Field: "village", Synonyms: []string{"村", "所属村"}},
		{Field: "text", Synonyms: []string{"诉求内容", "内容"}},
		{Field: "answer", Synonyms: []string{"办理情况/内容"}},
		{Field: "leader", Synonyms: []string{"责任领导"}},
	}
	want := []Match{{"village", 1, "所属村（社区）", 90}, {"phone", 2, "联系电话(手机)", 90}, {"text", 4, "诉求 内容", 95}, {"answer", 6, "办理情况/内容", 100}}
	if d := cmp.Diff(want, Propose(h, columns)); d != "" {
		t.Error(d)
	}
}

func TestAHeaderIsKnownAgainByItsNames(t *testing.T) {
	h := Header{Names: []string{"序号", "所属村（社区）", "联系电话(手机)", "责任人电话", "诉求 内容", "备注", "办理情况/内容"}}
	same := Header{Names: []string{"序号", "所属村(社区)", "联系电话（手机）", "责任人电话", "诉求内容 ", "备注", "办理情况/内容", ""}}
	other := Header{Names: append([]string{"村"}, h.Names...)}
	if h.Fingerprint() != same.Fingerprint() || h.Fingerprint() == other.Fingerprint() {
		t.Error("the fingerprint minds layout, or does not mind names")
	}
}

func TestAThirdRowOfTheHeaderIsNoOpinion(t *testing.T) {
	f := excelize.NewFile()
	put(t, f, "Sheet1", map[string]any{
		"A1": "序号", "B1": "基本情况", "D1": "办理情况", "G1": "备注",
		"B2": "村", "C2": "反映人", "D2": "责任单位", "E2": "答复",
		"C3": "（姓名）", "D3": "（牵头）", "E3": "时间", "F3": "内容",
		"A4": 1, "B4": "柳岸村", "C4": "王某", "D4": "水利站", "E4": "2026-03-05", "F4": "已修好",
	})
	for _, m := range []string{"A1:A3", "B1:C1", "D1:F1", "B2:B3", "E2:F2", "G1:G3"} {
		from, to, _ := strings.Cut(m, ":")
		must(t, f.MergeCell("Sheet1", from, to))
	}
	h, ok := FindHeader(all(t, open(t, "x.xlsx", saved(t, f)), "Sheet1"), ledgerColumns...)
	if got := strings.Join(h.Names, "|"); !ok || h.Row != 1 || h.Last != 3 || h.Rows != 3 || got != "序号|基本情况/村|基本情况/反映人|办理情况/责任单位|办理情况/答复/时间|办理情况/答复/内容|备注" {
		t.Errorf("%v %+v", ok, h)
	}
	for text, last := range map[string]int{
		"序号,村,反映人,意见内容\n,（行政村）,（姓名）,（简述）\n1,柳岸村,王某,路灯不亮\n": 2,
		"序号,村,反映人,意见内容\n序号,村,（姓名）,意见内容\n1,柳岸村,王某,路灯\n":     2,
		"序号,村,反映人,意见内容\n1,柳岸村,（匿名）,路灯不亮\n2,荷塘村,,（见附件）\n":   1,
	} {
		if h, ok := FindHeader(textRows(t, text), ledgerColumns...); !ok || h.Last != last {
			t.Errorf("%q: %+v", text, h)
		}
	}
}

func TestTheFirstOfTwoTablesIsTheTable(t *testing.T) {
	for text, row := range map[string]int{
		"序号,村,反映人\n1,柳岸,王某\n,,\n序号,村,反映人,电话,意见内容\n1,荷塘,李某,2,水渠\n": 1,
		"村,反映人,办理情况\n序号,村,反映人,电话,意见内容\n1,荷塘,李某,2,水渠\n":            2,
		"\n,,,\n村,反映人,意见内容\n柳岸,王某,路灯\n\x1a":                       3,
	} {
		if h, ok := FindHeader(textRows(t, text), ledgerColumns...); !ok || h.Last != row {
			t.Errorf("%q: %+v", text, h)
		}
	}
}

func TestTheExampleOfAFormIsNoOpinion(t *testing.T) {
	rows := textRows(t, "序号,村,意见内容\n示例,某某村,例：路灯不亮\n例：,某某村,路灯不亮\n1,柳岸村,例如水渠\n")
	h, _ := FindHeader(rows)
	for i, want := range []Kind{Note, Note, Data} {
		if got := h.KindOf(rows[i+1]); got != want {
			t.Errorf("row %q is %s, want %s", rows[i+1].Cells, got, want)
		}
	}
}

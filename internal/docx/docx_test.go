package docx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files")

func letter() Document {
	return Document{
		Head: Letter{
			Marks: []string{"特急"}, Agency: "雁南镇人民政府文件", Number: "雁南政函〔2026〕12号",
			Title: "雁南镇人民政府\n关于村口路灯问题的答复", To: "某某同志",
		},
		Body: []Block{
			Paragraph{Text: "您反映的“村口路灯不亮”一事（回执编号 001234567897）收悉，现答复如下："},
			Heading{Level: 1, Text: "办理情况"},
			Paragraph{Text: "11月17日派人到场，更换灯具3盏。"},
			Heading{Level: 2, Text: "现场核实"},
			Heading{Level: 3, Text: "更换灯具"},
			Heading{Level: 4, Text: "验收"},
			Heading{Level: 1, Text: "不服的途径"},
			Paragraph{Runs: []Run{{Text: "一是", Bold: true}, {Text: "可在30日内申请复查。"}}},
			Signature{Unit: "雁南镇人民政府", Date: "2026年11月23日"},
			Imprint{Copies: "抄送：县信访局。", Unit: "雁南镇党政办公室", Date: "2026年11月23日印发"},
		},
		Mark: "演示",
	}
}

func bulletin() Document {
	return Document{
		Head: Bulletin{Name: "群众意见办理简报", Issue: "第 12 期", Unit: "雁南镇综合组", Date: "2026年11月23日", Title: "第47周群众意见办理情况"},
		Body: []Block{
			Paragraph{Text: "本周收集意见69条，已解决32条，正在协调落实37条。"},
			Table{
				Caption: "各村意见办理情况", Header: []string{"村", "收到", "已解决", "超期"},
				Rows:   [][]string{{"柳园村", "6", "4", "0"}, {"东堤村", "9", "6", "1"}},
				Widths: []int{4, 2, 2, 2}, Align: []Align{Left, Right, Right, Right},
			},
			Heading{Level: 1, Text: "下周安排"},
			Table{Header: []string{"事项"}, Rows: [][]string{{"回访"}}, Small: true},
		},
	}
}

func form() Document {
	return Document{
		Head: Form{Title: "群众意见交办单", Left: "编号：雁南交〔2026〕47号", Right: "2026年11月23日"},
		Body: []Block{Fields{
			{{Label: "回执编号", Value: "001234567897"}, {Label: "来源", Value: "扫码"}},
			{{Label: "反映内容", Value: "村口路灯不亮。\n共三盏。", Lines: 6}},
			{{Label: "主办单位", Value: "建设办"}, {Label: "办理期限", Value: "2026年11月30日"}},
			{{Label: "责任领导", Lines: 3, Sign: "签字：　　　　年　　月　　日"}},
		}},
		Mark: "演示",
	}
}

// files unzips a document.
func files(t *testing.T, d Document) map[string]string {
	t.Helper()
	b, err := d.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		m[f.Name] = string(data)
	}
	return m
}

func samples() map[string]Document {
	return map[string]Document{"letter": letter(), "bulletin": bulletin(), "form": form(), "empty": {}}
}

func TestGoldens(t *testing.T) {
	for _, name := range []string{"letter", "bulletin", "form"} {
		got := strings.ReplaceAll(files(t, samples()[name])["word/document.xml"], "<w:p>", "\n<w:p>")
		path := filepath.Join("testdata", name+".xml")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s differs from %s; look at it and run with -update", name, path)
		}
	}
}

func TestEveryPartIsWellFormedTypedAndReachable(t *testing.T) {
	for name, d := range samples() {
		parts := files(t, d)
		for _, want := range []string{"[Content_Types].xml", "_rels/.rels", "docProps/core.xml", "word/document.xml",
			"word/_rels/document.xml.rels", "word/styles.xml", "word/settings.xml", "word/fontTable.xml", "word/footer1.xml", "word/footer2.xml"} {
			if parts[want] == "" {
				t.Errorf("%s: %s is missing", name, want)
			}
		}
		types, rels := parts["[Content_Types].xml"], parts["word/_rels/document.xml.rels"]
		for path, data := range parts {
			dec := xml.NewDecoder(strings.NewReader(data))
			for {
				_, err := dec.Token()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatalf("%s: %s: %v", name, path, err)
				}
			}
			if strings.HasPrefix(path, "word/") && !strings.Contains(path, "_rels") {
				if !strings.Contains(types, `PartName="/`+path+`"`) {
					t.Errorf("%s: %s has no type", name, path)
				}
				if path != "word/document.xml" && !strings.Contains(rels, `Target="`+strings.TrimPrefix(path, "word/")+`"`) {
					t.Errorf("%s: nothing points to %s", name, path)
				}
			}
		}
		for _, id := range between(parts["word/document.xml"], `r:id="`, `"`) {
			if !strings.Contains(rels, `Id="`+id+`"`) {
				t.Errorf("%s: %s points nowhere", name, id)
			}
		}
		for _, id := range between(parts["word/document.xml"], `<w:pStyle w:val="`, `"`) {
			if !strings.Contains(parts["word/styles.xml"], `w:styleId="`+id+`"`) {
				t.Errorf("%s: style %s is not defined", name, id)
			}
		}
	}
}

func between(s, from, to string) (out []string) {
	for {
		_, rest, ok := strings.Cut(s, from)
		if !ok {
			return out
		}
		var v string
		v, s, _ = strings.Cut(rest, to)
		out = append(out, v)
	}
}

// Word refuses or repairs files whose properties stand in another order than the schema's.
func TestPropertiesStandInTheOrderOfTheSchema(t *testing.T) {
	orders := map[string]string{
		"pPr":      "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr pBdr shd tabs snapToGrid spacing ind jc outlineLvl rPr",
		"rPr":      "rStyle rFonts b bCs i color spacing sz szCs u lang",
		"tblPr":    "tblStyle tblW jc tblInd tblBorders shd tblLayout tblCellMar tblLook",
		"tcPr":     "tcW gridSpan vMerge tcBorders shd vAlign",
		"sectPr":   "headerReference footerReference type pgSz pgMar cols titlePg docGrid",
		"style":    "name basedOn next qFormat pPr rPr",
		"settings": "zoom mirrorMargins defaultTabStop evenAndOddHeaders characterSpacingControl compat",
		"font":     "altName charset family pitch",
		"tbl":      "tblPr tblGrid tr",
		"tc":       "tcPr p",
		"pBdr":     "top left bottom right",
	}
	for name, d := range samples() {
		for path, data := range files(t, d) {
			if !strings.HasSuffix(path, ".xml") {
				continue
			}
			dec := xml.NewDecoder(strings.NewReader(data))
			type open struct {
				name string
				at   int
			}
			stack := []open{{}}
			for {
				tok, err := dec.Token()
				if err != nil {
					break
				}
				switch tok := tok.(type) {
				case xml.StartElement:
					top := &stack[len(stack)-1]
					if order, ok := orders[top.name]; ok {
						at := slices.Index(strings.Fields(order), tok.Name.Local)
						if at < top.at {
							t.Errorf("%s: %s: %s stands in the wrong place of %s", name, path, tok.Name.Local, top.name)
						}
						top.at = at
					}
					stack = append(stack, open{name: tok.Name.Local})
				case xml.EndElement:
					stack = stack[:len(stack)-1]
				}
			}
		}
	}
}

func TestPageIsThatOfTheStandard(t *testing.T) {
	parts := files(t, letter())
	for _, want := range []string{
		`<w:pgSz w:w="11906" w:h="16838"/>`, `w:top="2098" w:right="1474" w:bottom="1984" w:left="1588"`,
		`<w:docGrid w:type="lines" w:linePitch="579"/>`,
	} {
		if !strings.Contains(parts["word/document.xml"], want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if lines := (pageH - marginTop - marginBottom) / pitch; lines != 22 {
		t.Errorf("%d lines on a page, want 22", lines)
	}
	if !strings.Contains(parts["word/footer1.xml"], `<w:jc w:val="right"/>`) || !strings.Contains(parts["word/footer2.xml"], `<w:jc w:val="left"/>`) ||
		!strings.Contains(parts["word/settings.xml"], "evenAndOddHeaders") {
		t.Error("page numbers must stand right on odd and left on even pages")
	}
	for _, font := range []string{fangsong, kaiti, heiti, biaosong, songti} {
		if !strings.Contains(parts["word/fontTable.xml"], `w:name="`+font+`"><w:altName`) {
			t.Errorf("%s has no substitutes", font)
		}
	}
	if n := strings.Count(parts["word/styles.xml"], `w:firstLineChars="200" w:firstLine="640"`); n != 5 {
		t.Errorf("%d styles are indented by two characters, want body and four headings", n)
	}
}

func TestWordsComeOutInReadingOrder(t *testing.T) {
	for name, want := range map[string][]string{
		"letter": {"演示", "特急", "雁南镇人民政府文件", "雁南政函〔2026〕12号", "雁南镇人民政府", "关于村口路灯问题的答复", "某某同志：",
			"您反映的“村口路灯不亮”一事（回执编号 001234567897）收悉，现答复如下：", "一、办理情况", "11月17日派人到场，更换灯具3盏。",
			"（一）现场核实", "1. 更换灯具", "（1）验收", "二、不服的途径", "一是可在30日内申请复查。",
			"雁南镇人民政府", "2026年11月23日", "抄送：县信访局。", "雁南镇党政办公室\t2026年11月23日印发", ""},
		"form": {"演示", "群众意见交办单", "编号：雁南交〔2026〕47号\t2026年11月23日", "回执编号", "001234567897", "来源", "扫码",
			"反映内容", "村口路灯不亮。", "共三盏。", "主办单位", "建设办", "办理期限", "2026年11月30日", "责任领导", "",
			"签字：　　　　年　　月　　日", ""},
	} {
		b, err := samples()[name].Bytes()
		if err != nil {
			t.Fatal(err)
		}
		got, err := Text(b)
		if err != nil {
			t.Fatal(err)
		}
		if want := strings.Join(want, "\n") + "\n"; got != want {
			t.Errorf("%s: got\n%q, want\n%q", name, got, want)
		}
	}
	if _, err := Text([]byte("not a document")); err == nil {
		t.Error("read words from what is no document")
	}
}

func TestTheMarkStandsOnOddAndEvenPages(t *testing.T) {
	marked, bare := files(t, letter()), files(t, bulletin())
	for _, h := range []string{"word/header1.xml", "word/header2.xml"} {
		if !strings.Contains(marked[h], "演示") {
			t.Errorf("%s lacks the mark", h)
		}
		if bare[h] != "" {
			t.Errorf("an unmarked document has %s", h)
		}
	}
	for _, kind := range []string{"default", "even"} {
		if !strings.Contains(marked["word/document.xml"], `<w:headerReference w:type="`+kind+`"`) {
			t.Errorf("no header for %s pages", kind)
		}
	}
}

func TestTheSameDocumentGivesTheSameBytes(t *testing.T) {
	a, err := letter().Bytes()
	if err != nil {
		t.Fatal(err)
	}
	b, err := letter().Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		t.Error("two writings differ")
	}
}

func TestWhateverIsTypedIsEscaped(t *testing.T) {
	evil := "</w:t><w:evil/>&\"'\x00\x0b]]>"
	d := Document{
		Head: Letter{Marks: []string{evil}, Agency: evil, Number: evil, Title: evil, To: evil},
		Body: []Block{
			Paragraph{Text: evil}, Heading{Level: 1, Text: evil}, Table{Caption: evil, Header: []string{evil}, Rows: [][]string{{evil}}},
			Fields{{{Label: evil, Value: evil, Sign: evil}}}, Signature{evil, evil},
			Imprint{evil, evil, evil},
		},
		Mark: evil,
	}
	for path, data := range files(t, d) {
		if strings.Contains(data, "<w:evil") {
			t.Errorf("%s: a tag came through", path)
		}
		dec := xml.NewDecoder(strings.NewReader(data))
		for {
			if _, err := dec.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
		}
	}
	b, err := Document{Body: []Block{Paragraph{Text: evil + "\r\n第二行\t止"}}}.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	got, err := Text(b)
	if want := "</w:t><w:evil/>&\"'\ufffd\ufffd]]>\n第二行\t止\n"; got != want || err != nil {
		t.Errorf("got %q, want %q (%v)", got, want, err)
	}
}

func TestBlocksThatCannotBeSetAreRefused(t *testing.T) {
	for name, b := range map[string]Block{
		"a short row":    Table{Header: []string{"a", "b"}, Rows: [][]string{{"1"}}},
		"no columns":     Table{},
		"missing widths": Table{Header: []string{"a", "b"}, Widths: []int{1}},
		"no width":       Table{Header: []string{"a", "b"}, Widths: []int{1, 0}},
		"missing align":  Table{Header: []string{"a", "b"}, Align: []Align{Left}},
		"level 0":        Heading{Text: "x"},
		"level 5":        Heading{Level: 5, Text: "x"},
		"three fields":   Fields{{{}, {}, {}}},
		"no fields":      Fields{{}},
		"early imprint":  Imprint{Unit: "x"},
	} {
		if out, err := (Document{Body: []Block{b, Paragraph{Text: "y"}}}).Bytes(); err == nil || out != nil {
			t.Errorf("%s: set", name)
		}
	}
}

func TestHeadingsCountInChinese(t *testing.T) {
	for n, want := range map[int]string{1: "一", 9: "九", 10: "十", 11: "十一", 20: "二十", 35: "三十五", 99: "九十九", 100: "100"} {
		if got := chinese(n); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
	b, err := Document{Body: []Block{
		Heading{Level: 1, Text: "甲"}, Heading{Level: 2, Text: "子"}, Heading{Level: 2, Text: "丑"}, Heading{Level: 1, Text: "乙"},
		Heading{Level: 2, Text: "寅"}, Heading{Level: 1, Text: "附", Bare: true}, Heading{Level: 2, Text: "卯"},
	}}.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	got, err := Text(b)
	if want := "一、甲\n（一）子\n（二）丑\n二、乙\n（一）寅\n附\n（一）卯\n"; got != want || err != nil {
		t.Errorf("got %q, want %q (%v)", got, want, err)
	}
}

func TestTablesStayApartAndNeverEndTheBody(t *testing.T) {
	one := Table{Header: []string{"a"}, Rows: [][]string{{"1"}}}
	for name, body := range map[string][]Block{
		"two tables":         {one, one},
		"a form and a table": {Fields{{{Label: "x"}}}, one},
	} {
		doc := files(t, Document{Body: body})["word/document.xml"]
		if strings.Contains(doc, "</w:tbl><w:tbl>") || strings.Contains(doc, "</w:tbl><w:sectPr>") || strings.Count(doc, "<w:tbl>") != 2 {
			t.Errorf("%s: a table without a paragraph after it", name)
		}
	}
}

func TestLinesOfAParagraphAreParagraphs(t *testing.T) {
	doc := files(t, Document{Body: []Block{Paragraph{Text: "甲\r\n乙\n丙"}, Signature{"单位", "2026年11月23日"}}})["word/document.xml"]
	if n := strings.Count(doc, `<w:pStyle w:val="Body"/>`); n != 3 {
		t.Errorf("%d paragraphs, want 3", n)
	}
	if !strings.Contains(doc, `<w:pStyle w:val="Body"/><w:keepNext/></w:pPr><w:r><w:t xml:space="preserve">丙`) {
		t.Error("the last line does not stay with the signature")
	}
}

func TestTheUnitStandsOverTheDate(t *testing.T) {
	for unit, right := range map[string]string{"雁南镇政府": "1600", "雁南镇人民政府": "1280", "雁南镇走访听民声活动领导小组办公室": "640"} {
		doc := files(t, Document{Body: []Block{Signature{unit, "2026年11月23日"}}})["word/document.xml"]
		if got := between(doc, `w:right="`, `"`); got[0] != right || got[1] != "1280" {
			t.Errorf("%s stands %s and the date %s from the right, want %s and 1280", unit, got[0], got[1], right)
		}
	}
}

func TestColumnsFillTheLine(t *testing.T) {
	for _, rel := range [][]int{nil, {1, 1, 1, 1, 1, 1, 1}, {4, 2, 2, 3, 3, 3, 3}, {99, 1, 1, 1, 1, 1, 1}} {
		cols, ok := columns(rel, 7)
		sum := 0
		for _, c := range cols {
			sum += c
		}
		if !ok || sum != textW {
			t.Errorf("%v: %v add up to %d, want %d", rel, cols, sum, textW)
		}
	}
}

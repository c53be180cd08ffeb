package sheet

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"runtime"
	"strings"
	"testing"

	"yanming/internal/errs"
	"yanming/internal/i18n"
)

// rawXLSX packs one worksheet, and shared strings if any, without a library's help.
func rawXLSX(t testing.TB, sheet, strings string) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	add := func(name, body string) {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	add("_rels/.rels", `<Relationships><Relationship Id="a" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>`)
	add("xl/workbook.xml", `<workbook xmlns:r="r"><sheets><sheet name="s" sheetId="1" r:id="a"/></sheets></workbook>`)
	add("xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="a" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="b" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>`)
	add("xl/worksheets/sheet1.xml", sheet)
	if strings != "" {
		add("xl/sharedStrings.xml", strings)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func sheetXML(rows string) string {
	return "<worksheet><sheetData>" + rows + "</sheetData></worksheet>"
}

func cellXML(at, text string) string {
	return `<c r="` + at + `" t="inlineStr"><is><t>` + text + `</t></is></c>`
}

func zipOf(t *testing.T, names ...string) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, n := range names {
		w, err := z.Create(n)
		must(t, err)
		_, err = io.WriteString(w, "<x/>")
		must(t, err)
	}
	must(t, z.Close())
	return buf.Bytes()
}

// moved returns data with so many bytes more, or fewer, behind the first ones.
func moved(data []byte, more, fewer int) []byte {
	return append(append(bytes.Clone(data[:50]), make([]byte, more)...), data[50+fewer:]...)
}

func wordDocument(t *testing.T) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for name, body := range map[string]string{"_rels/.rels": `<Relationships><Relationship Id="a" Type="x/officeDocument" Target="word/document.xml"/></Relationships>`, "word/document.xml": "<document/>"} {
		w, err := z.Create(name)
		must(t, err)
		_, err = io.WriteString(w, body)
		must(t, err)
	}
	must(t, z.Close())
	return buf.Bytes()
}

func TestWhatCannotOrMustNotBeReadIsRefusedWithItsReason(t *testing.T) {
	cat, err := i18n.Load()
	must(t, err)
	ole := append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), make([]byte, 4096)...)
	good := rawXLSX(t, sheetXML(`<row r="1">`+cellXML("A1", "x")+`</row>`), "")
	manyMerges := strings.Repeat(`<mergeCell ref="A1:C9"/>`, 2000)
	for name, c := range map[string]struct {
		data   []byte
		limits Limits
		key    string
	}{
		"true binary .xls":              {data: ole, key: "sheet.binary_xls"},
		"bare BIFF":                     {data: []byte{9, 8, 8, 0, 0, 5, 16, 0, 1, 2, 3}, key: "sheet.binary_xls"},
		"password":                      {data: append(bytes.Clone(ole), utf16le("EncryptedPackage")...), key: "sheet.encrypted"},
		"larger than the limit":         {data: good, limits: Limits{File: 100}, key: "sheet.too_large"},
		"nothing":                       {data: nil, key: "sheet.empty"},
		"blanks":                        {data: []byte(" \r\n\t"), key: "sheet.empty"},
		"picture":                       {data: []byte("\x89PNG\r\n\x1a\n0000"), key: "sheet.picture"},
		"PDF":                           {data: []byte("%PDF-1.4\n%\xE2\xE3\n"), key: "sheet.picture"},
		"photograph of a telephone":     {data: []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), key: "sheet.picture"},
		"Word":                          {data: wordDocument(t), key: "sheet.word"},
		"old Word":                      {data: append(bytes.Clone(ole), utf16le("WordDocument")...), key: "sheet.word"},
		"rich text":                     {data: []byte("{\\rtf1\\ansi}"), key: "sheet.word"},
		"packed sheets":                 {data: zipOf(t, "台账/柳岸村.xlsx", "台账/荷塘村.xls"), key: "sheet.zipped"},
		"packed otherwise":              {data: []byte("7z\xBC\xAF\x27\x1C\x00\x04"), key: "sheet.zipped"},
		"web archive of Excel":          {data: []byte("From: <Saved by Microsoft Excel>\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n<table>"), key: "sheet.other_format"},
		"bytes":                         {data: bytes.Repeat([]byte{0, 1, 2, 3, 200, 5, 6}, 100), key: "sheet.not_a_table"},
		"zip of other things":           {data: zipOf(t, "a.bin"), key: "sheet.not_a_table"},
		"OpenDocument":                  {data: zipOf(t, "mimetype", "content.xml"), key: "sheet.other_format"},
		"XML of Excel 2003":             {data: []byte(`<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>`), key: "sheet.other_format"},
		"name that climbs out":          {data: zipOf(t, "xl/workbook.xml", "../../etc/passwd"), key: "sheet.damaged"},
		"one name twice":                {data: zipOf(t, "xl/workbook.xml", "XL/workbook.xml"), key: "sheet.damaged"},
		"cut short":                     {data: good[:len(good)-30], key: "sheet.damaged"},
		"bytes that were put before":    {data: moved(good, 40, 0), key: "sheet.damaged"},
		"bytes that are missing":        {data: moved(good, 0, 40), key: "sheet.damaged"},
		"unclosed":                      {data: rawXLSX(t, "<worksheet><sheetData>", ""), key: "sheet.damaged"},
		"rows out of order":             {data: rawXLSX(t, sheetXML(`<row r="2"/><row r="2"/>`), ""), key: "sheet.damaged"},
		"shared string that is missing": {data: rawXLSX(t, sheetXML(`<row r="1"><c r="A1" t="s"><v>7</v></c></row>`), "<sst/>"), key: "sheet.damaged"},
		"merges upon merges":            {data: rawXLSX(t, `<worksheet><sheetData><row r="1">`+cellXML("A1", "x")+`</row></sheetData><mergeCells>`+manyMerges+`</mergeCells></worksheet>`, ""), key: "sheet.damaged"},
		"entities": {data: rawXLSX(t, `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>`+sheetXML(`<row r="1">`+cellXML("A1", "&b;")+`</row>`), ""),
			key: "sheet.xml_entity"},
		"document type":         {data: rawXLSX(t, `<!DOCTYPE x SYSTEM "http://example.org/x">`+sheetXML(`<row r="1">`+cellXML("A1", "x")+`</row>`), ""), key: "sheet.xml_entity"},
		"entity without a type": {data: rawXLSX(t, sheetXML(`<row r="1">`+cellXML("A1", "&b;")+`</row>`), ""), key: "sheet.xml_entity"},
		"ratio":                 {data: rawXLSX(t, "<worksheet>"+strings.Repeat(" ", 12<<20)+"</worksheet>", ""), key: "sheet.bomb"},
		"unpacked size":         {data: good, limits: Limits{Unzipped: 300}, key: "sheet.bomb"},
		"cells":                 {data: rawXLSX(t, sheetXML(`<row r="1">`+strings.Repeat("<c/>", 101)+`</row>`), ""), limits: Limits{Cells: 100}, key: "sheet.too_many_cells"},
		"cells filled down by HTML": {data: []byte("<table><tr>" + strings.Repeat("<td rowspan=9999>a", 500) + strings.Repeat("<tr><td>b", 400)),
			limits: Limits{Cells: 100_000}, key: "sheet.too_many_cells"},
		"column":                    {data: rawXLSX(t, sheetXML(`<row r="1">`+cellXML("XFD1", "x")+`</row>`), ""), key: "sheet.too_many_columns"},
		"column of text":            {data: []byte(strings.Repeat("a,", 600) + "b\n"), key: "sheet.too_many_columns"},
		"long cell":                 {data: rawXLSX(t, sheetXML(`<row r="1">`+cellXML("A1", strings.Repeat("字", 32769))+`</row>`), ""), key: "sheet.cell_too_long"},
		"long shared string":        {data: rawXLSX(t, sheetXML(""), "<sst><si><t>"+strings.Repeat("x", 300_000)+"</t></si></sst>"), key: "sheet.text_too_long"},
		"long text without a quote": {data: []byte("村,内容,数\n柳岸,路灯,1\n柳岸,\"" + strings.Repeat("字", 40_000) + "\n"), key: "sheet.cell_too_long"},
		"long HTML cell":            {data: []byte("<table><tr><td>" + strings.Repeat("字", 40_000) + "</table>"), key: "sheet.cell_too_long"},
		"unknown encoding":          {data: bytes.Repeat([]byte{0x80, 0xFF, 0x41, 0xFF, 0xA0, 0x0A}, 500), key: "sheet.encoding"},
	} {
		b, err := Open(name, bytes.NewReader(c.data), int64(len(c.data)), c.limits)
		if err == nil { // some things show only when the rows are read
			for _, e := range b.Rows(b.Sheets()[0].Name) {
				if e != nil {
					err = e
				}
			}
		}
		all := errs.All(err)
		if len(all) != 1 || all[0].Key != c.key || all[0].Kind != errs.Invalid {
			t.Errorf("%s: %v, want %s", name, err, c.key)
			continue
		}
		if s := cat.T(i18n.ZH, all[0].Key, all[0].Args...); !cat.Has(c.key) || strings.ContainsAny(s, "{}") {
			t.Errorf("%s is said as %q", name, s)
		}
	}
}

func TestABlankFormattedTailBeyondTheColumnLimitIsNoHarm(t *testing.T) {
	rows := all(t, open(t, "x", rawXLSX(t, sheetXML(`<row r="1">`+cellXML("A1", "x")+`<c r="XFD1" s="3"/></row>`), "")), "s")
	if len(rows) != 1 || len(rows[0].Cells) != 1 {
		t.Errorf("%+v", rows)
	}
}

// A directory that lies about a part's size must not make us unpack more than it says.
func TestAPartThatIsLongerThanStatedIsDamage(t *testing.T) {
	data := rawXLSX(t, sheetXML(`<row r="1">`+cellXML("A1", strings.Repeat("x", 5000))+`</row>`), "")
	at := bytes.LastIndex(data, []byte("xl/worksheets/sheet1.xml"))
	binary.LittleEndian.PutUint32(data[at-46+24:], 100)
	_, err := Open("x", bytes.NewReader(data), int64(len(data)), Limits{})
	if got := errs.All(err); len(got) != 1 || got[0].Key != "sheet.damaged" {
		t.Errorf("%v", err)
	}
}

func TestSharedStringsOfManyMegabytesStayOutOfMemory(t *testing.T) {
	var b strings.Builder
	b.WriteString("<sst>")
	body := strings.Repeat("字", 10_000)
	for i := range 3000 { // 90 MB of text
		fmt.Fprintf(&b, "<si><t>%d %s %d</t></si>", i, body, crc32.ChecksumIEEE([]byte{byte(i), byte(i >> 8)}))
	}
	b.WriteString("</sst>")
	data := rawXLSX(t, sheetXML(`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>2999</v></c></row>`), b.String())
	b.Reset()
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	book, err := Open("x", bytes.NewReader(data), int64(len(data)), Limits{Ratio: 1 << 30})
	must(t, err)
	rows := all(t, book, "s")
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 60<<20 {
		t.Errorf("an open book holds %d MB", grown>>20)
	}
	if !strings.HasPrefix(rows[0].Cell(0), "0 字") || !strings.HasPrefix(rows[0].Cell(1), "2999 字") {
		t.Error("strings beyond memory come back wrong")
	}
	if len(book.src.(*xlsx).strings.head) > poolInMemory {
		t.Error("the pool holds more than its share")
	}
	must(t, book.Close())
}

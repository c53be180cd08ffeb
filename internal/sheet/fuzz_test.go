package sheet

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"yanming/internal/errs"
)

var small = Limits{File: 1 << 20, Unzipped: 8 << 20, Cells: 100_000, Columns: 64, Cell: 1000}

// FuzzOpen holds that any bytes are either refused as Invalid or read within the limits, and that what was read can be
// returned with a reason.
func FuzzOpen(f *testing.F) {
	f.Add([]byte("序号,村,内容\n1,柳岸村,路灯\n"))
	f.Add([]byte("<table><tr><td rowspan=2 colspan=3>a<td>b<tr><td>c</table>"))
	f.Add([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"))
	f.Add([]byte("\xFF\xFEa\x00\t\x00b\x00"))
	// A worksheet is packed by the harness, so that the fuzzer need not invent checksums.
	f.Add([]byte(`<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c t="inlineStr"><is><t>x&amp;</t></is></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells></worksheet>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		tryBook(t, data)
		if bytes.Contains(data, []byte("sheetData")) && len(data) < 1<<16 {
			tryBook(t, rawXLSX(t, string(data), "<sst><si><t>a</t></si></sst>"))
		}
	})
}

func tryBook(t *testing.T, data []byte) {
	b, err := Open("x", bytes.NewReader(data), int64(len(data)), small)
	if err != nil {
		if !errs.Is(err, errs.Invalid) {
			t.Fatalf("an error that is not the file's: %v", err)
		}
		return
	}
	defer b.Close()
	for _, s := range b.Sheets() {
		last, width, failed := 0, 0, false
		for r, err := range b.Rows(s.Name) {
			if err != nil {
				if !errs.Is(err, errs.Invalid) {
					t.Fatal(err)
				}
				failed = true
				break
			}
			if r.Number <= last || len(r.Cells) > small.Columns || r.own() == 0 {
				t.Fatalf("row %+v after %d", r, last)
			}
			for i, c := range r.Cells {
				if utf8.RuneCountInString(c) > small.Cell {
					t.Fatalf("a cell of %d characters", utf8.RuneCountInString(c))
				}
				r.RawCell(i)
			}
			last, width = r.Number, max(width, len(r.Cells))
		}
		head, err := b.Head(s.Name, 40)
		if err == nil {
			if h, ok := FindHeader(head, ledgerColumns...); ok {
				Propose(h, ledgerColumns)
			}
		}
		if failed || last == 0 || last > 1_000_000 || len(b.Sheets()) > 1 {
			continue
		}
		var buf bytes.Buffer
		if err := Return(&buf, b, "差错", map[string]Marks{s.Name: {Reasons: map[int]string{last: "看不懂"}}}); err != nil {
			t.Fatalf("return: %v", err)
		}
		back, err := Open("y", bytes.NewReader(buf.Bytes()), int64(buf.Len()), Limits{Columns: small.Columns + 1})
		if err != nil {
			t.Fatalf("open what was returned: %v", err)
		}
		found := false
		for r, err := range back.Rows(back.Sheets()[0].Name) {
			if err != nil {
				t.Fatal(err)
			}
			found = found || r.Number == last && r.Cells[len(r.Cells)-1] == "看不懂"
		}
		if !found {
			t.Fatal("the reason is gone")
		}
		back.Close()
	}
}

// FuzzDate holds that a date read is one of the supported years and reads back as itself.
func FuzzDate(f *testing.F) {
	for _, s := range []string{"2014.3.5", "3月5日", "41703", "20140305", "2019-02-28 11:25:05", "2014年3月5日（周三）下午3点20分", "2019-02-28T03:25:05Z"} {
		f.Add(s, 2026)
	}
	f.Fuzz(func(t *testing.T, s string, year int) {
		d, ok := Date(s, year)
		if !ok {
			return
		}
		again, ok := Date(d.Format("2006-01-02 15:04:05"), year)
		if !ok || !again.Equal(d) || d.Year() < 1949 || d.Year() > 2149 {
			t.Fatalf("%q is %v, again %v", s, d, again)
		}
	})
}

// FuzzPhone holds that a number read is in the one form and reads back as itself.
func FuzzPhone(f *testing.F) {
	for _, s := range []string{"13800000001", "+86 138-0000-0001", "（0371）6555000转8", "400-800-1234"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, ok := Phone(s)
		if !ok {
			return
		}
		again, ok := Phone(p)
		if !ok || again != p || strings.Trim(p, "0123456789-") != "" || len(p) > 25 {
			t.Fatalf("%q is %q, again %q", s, p, again)
		}
	})
}

// FuzzRedact holds that nothing is left to redact, and that only contacts go.
func FuzzRedact(f *testing.F) {
	for _, s := range []string{"电话13800000001", "身份证11010519491231002X", "0371-65550000 138 0000 0001", "电话：6555000 1.13800000001x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, found := RedactContacts(s)
		if !found && got != s {
			t.Fatalf("%q changed to %q without a find", s, got)
		}
		if again, more := RedactContacts(got); more {
			t.Fatalf("%q leaves %q, which still gives %q", s, got, again)
		}
	})
}

// FuzzText holds that cleaning twice changes nothing more.
func FuzzText(f *testing.F) {
	f.Add("a\u0301\u0316\u0316\u0316\u0316\u0316b\r\n\u202e一\t二")
	f.Fuzz(func(t *testing.T, s string) {
		once := Text(s)
		if twice := Text(once); twice != once || !utf8.ValidString(once) {
			t.Fatalf("%q: %q, then %q", s, once, twice)
		}
		for _, item := range SplitNumbered(s) {
			if item == "" {
				t.Fatalf("%q has an empty item", s)
			}
		}
	})
}

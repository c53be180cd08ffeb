package sheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"yanming/internal/errs"
)

// Workbook is what Write makes an .xlsx of. Created, if set, becomes the file's date; nothing else tells when or by
// whom it was made.
type Workbook struct {
	Title   string
	Created time.Time
	Sheets  []Page
}

// Page is one sheet to be written: a title, a line below it, named columns, and rows that are asked for once.
type Page struct {
	Name     string // made fit for a tab: 31 characters, none of :\/?*[]
	Title    string // merged over all columns; "" for none
	Subtitle string // period, source, who made it; "" for none
	Columns  []Heading
	Rows     iter.Seq2[[]Cell, error]
}

// Heading names a column. The unit stands in brackets behind the name, so that numbers stay numbers.
type Heading struct {
	Name  string
	Unit  string
	Width float64 // in characters; 0 is 12
	Wrap  bool    // long text: wrapped
}

// Label is the header as it is written: 意见数（条）.
func (h Heading) Label() string {
	if h.Unit == "" {
		return h.Name
	}
	return h.Name + "（" + h.Unit + "）"
}

// WriteCSV writes one page as UTF-8 with byte order mark and CRLF, so that every spreadsheet program opens it right.
// Title and subtitle are left out; text that a program would take for a formula is quoted.
func WriteCSV(w io.Writer, p Page) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	record := make([]string, len(p.Columns))
	for i, h := range p.Columns {
		record[i] = Quote(h.Label())
	}
	if err := out.Write(record); err != nil {
		return err
	}
	for row, err := range p.rows() {
		if err != nil {
			return err
		}
		record = record[:0]
		for _, c := range row {
			s := c.String()
			if c.kind == cellText {
				s = Quote(s)
			}
			record = append(record, s)
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func (p Page) rows() iter.Seq2[[]Cell, error] {
	if p.Rows == nil {
		return Cells(nil)
	}
	return p.Rows
}

// Write writes an .xlsx: title, header in bold that stays in view and is printed on each page, A4 landscape fitted to
// its width, text as text, numbers as numbers, dates as dates. Links beyond 20,000 in a sheet are refused.
// Errors: Invalid for a text that .xlsx cannot hold (32,767 UTF-16 units).
func Write(w io.Writer, book Workbook) error {
	f := excelize.NewFile()
	defer f.Close()
	x := &xlsxWriter{file: f}
	if err := x.makeStyles(); err != nil {
		return fmt.Errorf("make styles: %w", err)
	}
	made := ""
	if !book.Created.IsZero() {
		made = book.Created.UTC().Format(time.RFC3339)
	}
	if err := f.SetDocProps(&excelize.DocProperties{Title: book.Title, Creator: "Yanming", LastModifiedBy: "Yanming", Created: made, Modified: made}); err != nil {
		return fmt.Errorf("set properties: %w", err)
	}
	used := map[string]bool{}
	for i, p := range book.Sheets {
		name := tabName(p.Name, used)
		var err error
		if i == 0 {
			err = f.SetSheetName("Sheet1", name)
		} else {
			_, err = f.NewSheet(name)
		}
		if err == nil {
			err = x.page(name, p)
		}
		if err != nil {
			return fmt.Errorf("write sheet %s: %w", name, err)
		}
	}
	return f.Write(w)
}

// tabName makes a name fit for a tab and unlike the others, case aside.
func tabName(name string, used map[string]bool) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]`, r) || r < ' ' || r == utf8.RuneError {
			return '_'
		}
		return r
	}, Line(name))
	if name = strings.Trim(name, "'"); name == "" {
		name = "Sheet"
	}
	for n := 1; ; n++ {
		tail := ""
		if n > 1 {
			tail = " " + strconv.Itoa(n)
		}
		u := []rune(name)
		for len(utf16.Encode(u))+len(tail) > 31 {
			u = u[:len(u)-1]
		}
		fit := strings.TrimRight(string(u), "' ") + tail
		if key := strings.ToLower(fit); !used[key] {
			used[key] = true
			return fit
		}
	}
}

type xlsxWriter struct {
	file                                                                      *excelize.File
	title, subtitle, header, text, wrap, number, ratio, day, minute, complain int
}

func (x *xlsxWriter) makeStyles() error {
	top := &excelize.Alignment{Vertical: "top"}
	dayFormat, minuteFormat, ratioFormat := "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "0.##"
	for _, s := range []struct {
		id    *int
		style excelize.Style
	}{
		{&x.title, excelize.Style{Font: &excelize.Font{Bold: true, Size: 16}, Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center"}}},
		{&x.subtitle, excelize.Style{Font: &excelize.Font{Color: "595959"}, Alignment: &excelize.Alignment{Vertical: "center"}}},
		{&x.header, excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"EDEDED"}},
			Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}}},
		{&x.text, excelize.Style{Alignment: top, NumFmt: 49}},
		{&x.wrap, excelize.Style{Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}, NumFmt: 49}},
		{&x.number, excelize.Style{Alignment: top, NumFmt: 1}},
		{&x.ratio, excelize.Style{Alignment: top, CustomNumFmt: &ratioFormat}},
		{&x.day, excelize.Style{Alignment: top, CustomNumFmt: &dayFormat}},
		{&x.minute, excelize.Style{Alignment: top, CustomNumFmt: &minuteFormat}},
		{&x.complain, excelize.Style{Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}, Font: &excelize.Font{Color: "C00000"}}},
	} {
		id, err := x.file.NewStyle(&s.style)
		if err != nil {
			return err
		}
		*s.id = id
	}
	return nil
}

// stream begins a sheet with its page set-up. What stands before the rows in the file must be set before them.
func (x *xlsxWriter) stream(name string, widths []float64, frozen, headerRow int) (*excelize.StreamWriter, error) {
	fit, paper, landscape, one, endless := true, 9, "landscape", 1, 0
	if err := x.file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return nil, err
	}
	err := x.file.SetPageLayout(name, &excelize.PageLayoutOptions{Size: &paper, Orientation: &landscape, FitToWidth: &one, FitToHeight: &endless})
	if err != nil {
		return nil, err
	}
	if headerRow > 0 {
		err = x.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: name,
			RefersTo: fmt.Sprintf("'%s'!$%d:$%d", strings.ReplaceAll(name, "'", "''"), headerRow, headerRow)})
		if err != nil {
			return nil, err
		}
	}
	sw, err := x.file.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	for i, width := range widths {
		if width <= 0 {
			width = 12
		}
		if err := sw.SetColWidth(i+1, i+1, min(width, 120)); err != nil {
			return nil, err
		}
	}
	if frozen > 0 {
		err = sw.SetPanes(&excelize.Panes{Freeze: true, YSplit: frozen, TopLeftCell: "A" + strconv.Itoa(frozen+1), ActivePane: "bottomLeft"})
	}
	return sw, err
}

func (x *xlsxWriter) page(name string, p Page) error {
	widths := make([]float64, len(p.Columns))
	for i, h := range p.Columns {
		widths[i] = h.Width
	}
	head := 1
	for _, line := range []string{p.Title, p.Subtitle} {
		if line != "" {
			head++
		}
	}
	sw, err := x.stream(name, widths, head, head)
	if err != nil {
		return err
	}
	n := 0
	for i, line := range []string{p.Title, p.Subtitle} {
		if line == "" {
			continue
		}
		n++
		style := []int{x.title, x.subtitle}[i]
		if err := sw.SetRow("A"+strconv.Itoa(n), []any{excelize.Cell{StyleID: style, Value: line}}, excelize.RowOpts{Height: []float64{30, 20}[i]}); err != nil {
			return err
		}
		if len(p.Columns) > 1 {
			if err := sw.MergeCell("A"+strconv.Itoa(n), columnName(len(p.Columns)-1)+strconv.Itoa(n)); err != nil {
				return err
			}
		}
	}
	values := make([]any, len(p.Columns))
	for i, h := range p.Columns {
		values[i] = excelize.Cell{StyleID: x.header, Value: h.Label()}
	}
	if n++; len(values) > 0 {
		if err := sw.SetRow("A"+strconv.Itoa(n), values); err != nil {
			return err
		}
	}
	for row, err := range p.rows() {
		if err != nil {
			return err
		}
		n++
		values = values[:0]
		for i, c := range row {
			v, err := x.cell(c, i < len(p.Columns) && p.Columns[i].Wrap)
			if err != nil {
				return err
			}
			values = append(values, v)
		}
		if err := sw.SetRow("A"+strconv.Itoa(n), values); err != nil {
			return err
		}
	}
	return sw.Flush()
}

func (x *xlsxWriter) cell(c Cell, wrap bool) (any, error) {
	switch c.kind {
	case cellText:
		style := x.text
		if wrap || strings.Contains(c.text, "\n") {
			style = x.wrap
		}
		s, err := fits(c.text)
		return excelize.Cell{StyleID: style, Value: s}, err
	case cellInt:
		if c.whole > 999_999_999_999_999 || c.whole < -999_999_999_999_999 {
			return excelize.Cell{StyleID: x.text, Value: c.String()}, nil // a number would lose its last digits
		}
		return excelize.Cell{StyleID: x.number, Value: c.whole}, nil
	case cellFloat:
		return excelize.Cell{StyleID: x.ratio, Value: c.number}, nil
	case cellDay:
		return excelize.Cell{StyleID: x.day, Value: float64(int64(toSerial(c.time)))}, nil
	case cellMinute:
		return excelize.Cell{StyleID: x.minute, Value: toSerial(c.time.Truncate(time.Minute))}, nil
	}
	return nil, nil
}

// fits returns s without the characters that XML cannot hold, and refuses what .xlsx would cut off.
func fits(s string) (string, error) {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n"))
	if len(s) > excelize.TotalCellChars && len(utf16.Encode([]rune(s))) > excelize.TotalCellChars {
		return "", errs.New(errs.Invalid, "sheet.text_too_long", excelize.TotalCellChars)
	}
	return s, nil
}

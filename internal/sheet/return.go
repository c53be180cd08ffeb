package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// Marks is what one sheet gets back: the row whose cell names the new column (0 for none) and a reason for each row
// that could not be taken, by the row's number.
type Marks struct {
	Header  int
	Reasons map[int]string
}

// Return writes the book back as .xlsx with one column more, named column, to the right of everything, saying in red
// what is wrong with a row; marks go by sheet name. Of an .xlsx every byte but the marked rows stays as it was, formats
// and merges included. Other files, and .xlsx with macros or a damaged part that none of its cells need, come back as a plain .xlsx of the same cells, all as text.
// A reason for a row that the sheet does not have is an error, so that none is lost.
func Return(w io.Writer, b *Book, column string, marks map[string]Marks) error {
	known := map[string]bool{}
	for _, s := range b.Sheets() {
		known[s.Name] = true
	}
	for name := range marks {
		if !known[name] {
			return fmt.Errorf("return book: no sheet %q", name)
		}
	}
	if x, ok := b.src.(*xlsx); ok && !x.macros && x.archive.whole() {
		return x.mark(w, column, marks)
	}
	return b.rewrite(w, column, marks)
}

// rewrite makes a plain .xlsx of the book's cells, each row at its number.
func (b *Book) rewrite(w io.Writer, column string, marks map[string]Marks) error {
	f := excelize.NewFile()
	defer f.Close()
	x := &xlsxWriter{file: f}
	if err := x.makeStyles(); err != nil {
		return err
	}
	used := map[string]bool{}
	for i, info := range b.Sheets() {
		name, m := tabName(info.Name, used), marks[info.Name]
		var err error
		if i == 0 {
			err = f.SetSheetName("Sheet1", name)
		} else {
			_, err = f.NewSheet(name)
		}
		if err != nil {
			return err
		}
		sw, err := x.stream(name, nil, 0, m.Header)
		if err != nil {
			return err
		}
		if err := sw.SetColWidth(info.Columns+1, info.Columns+1, 40); err != nil {
			return err
		}
		placed := 0
		for r, err := range b.Rows(info.Name) {
			if err != nil {
				return err
			}
			values := make([]any, info.Columns, info.Columns+1)
			for j := range r.Cells {
				text := r.RawCell(j)
				if b.format == XLSX {
					text = r.Cell(j)
				}
				if text == "" {
					continue
				}
				if text, err = fits(text); err != nil {
					return err
				}
				values[j] = excelize.Cell{StyleID: x.text, Value: text}
			}
			reason, bad := m.Reasons[r.Number]
			if bad {
				placed++
			}
			if r.Number == m.Header {
				reason, bad = column, true
			}
			if bad {
				if reason, err = fits(reason); err != nil {
					return err
				}
				values = append(values, excelize.Cell{StyleID: x.complain, Value: reason})
			}
			if err := sw.SetRow("A"+strconv.Itoa(r.Number), values, excelize.RowOpts{Hidden: r.Hidden}); err != nil {
				return err
			}
		}
		if placed != len(m.Reasons) {
			return fmt.Errorf("return sheet %s: %d of %d reasons name no row", info.Name, len(m.Reasons)-placed, len(m.Reasons))
		}
		if err := sw.Flush(); err != nil {
			return err
		}
	}
	return f.Write(w)
}

// mark copies the archive and rewrites only the sheets that have marks.
func (x *xlsx) mark(w io.Writer, column string, marks map[string]Marks) error {
	parts := map[*zip.File]*xlsxTab{}
	for i := range x.tabs {
		if _, ok := marks[x.tabs[i].info.Name]; ok {
			parts[x.archive.part(x.tabs[i].part)] = &x.tabs[i]
		}
	}
	out := zip.NewWriter(w)
	for _, f := range x.archive.zip.File {
		tab := parts[f]
		if tab == nil {
			if err := out.Copy(f); err != nil {
				return fmt.Errorf("copy part %s: %w", f.Name, err)
			}
			continue
		}
		to, err := out.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: f.Modified})
		if err != nil {
			return err
		}
		r, err := f.Open()
		if err != nil {
			return readFailed(err)
		}
		m := marker{tab: tab, column: column, marks: marks[tab.info.Name], out: to}
		err = errors.Join(m.run(newScanner(r, 4*x.limits.Cell+maxTag)), r.Close())
		if err != nil {
			return fmt.Errorf("mark sheet %s: %w", tab.info.Name, err)
		}
	}
	return out.Close()
}

// marker copies a worksheet's XML token by token and puts the new column's cells in their places.
type marker struct {
	tab     *xlsxTab
	column  string
	marks   Marks
	out     io.Writer
	row     int
	col     int
	prefix  string
	pending string // the cell still to be placed in this row
	placed  int
	drop    int // depth of the cell being left out, or 0
}

var spansAttr = regexp.MustCompile(`\sspans=("[^"]*"|'[^']*')`)

func (m *marker) run(s *scanner) error {
	s.keep = true
	for {
		t, err := s.next()
		if err != nil {
			return err
		}
		raw := s.raw
		switch {
		case t == tokenEOF:
			if _, err := m.out.Write(raw); err != nil {
				return err
			}
			if m.placed != len(m.marks.Reasons) {
				return fmt.Errorf("%d of %d reasons name no row", len(m.marks.Reasons)-m.placed, len(m.marks.Reasons))
			}
			return nil
		case m.drop > 0:
			if t == tokenClose && s.depth < m.drop {
				m.drop = 0
			}
			continue
		case t == tokenOpen && string(s.name) == "dimension" && s.empty:
			continue // optional, and no longer true
		case t == tokenOpen && string(s.name) == "row":
			raw = m.openRow(s, raw)
		case t == tokenOpen && string(s.name) == "c":
			m.col, _ = cellColumn(s, m.col)
			if m.pending == "" || m.col < m.tab.width {
				break
			}
			if err := m.place(); err != nil {
				return err
			}
			if m.col == m.tab.width { // an empty cell that only had a border
				if !s.empty {
					m.drop = s.depth
				}
				continue
			}
		case t == tokenClose && string(s.name) == "row" && m.pending != "":
			if err := m.place(); err != nil {
				return err
			}
		}
		if _, err := m.out.Write(raw); err != nil {
			return err
		}
	}
}

// openRow notes what the row gets. Its spans attribute, a hint that would no longer hold, goes.
func (m *marker) openRow(s *scanner, raw []byte) []byte {
	if m.row++; s.attr("r") != "" {
		m.row = atoi(s.attr("r"))
	}
	m.col, m.pending, m.prefix = -1, "", s.prefix()
	if s.empty {
		return raw
	}
	reason, bad := m.marks.Reasons[m.row]
	if bad {
		m.placed++
		m.pending = reason
	}
	if m.row == m.marks.Header {
		m.pending = m.column
	}
	if m.pending == "" {
		return raw
	}
	return spansAttr.ReplaceAll(raw, nil)
}

func (m *marker) place() error {
	text, err := fits(m.pending)
	if err != nil {
		return err
	}
	m.pending = ""
	var safe bytes.Buffer
	if err := xml.EscapeText(&safe, []byte(text)); err != nil {
		return err
	}
	p := m.prefix
	_, err = fmt.Fprintf(m.out, `<%[1]sc r="%[2]s%[3]d" t="inlineStr"><%[1]sis><%[1]sr><%[1]srPr><%[1]ssz val="11"/><%[1]scolor rgb="FFC00000"/></%[1]srPr><%[1]st xml:space="preserve">%[4]s</%[1]st></%[1]sr></%[1]sis></%[1]sc>`,
		p, columnName(m.tab.width), m.row, safe.String())
	return err
}

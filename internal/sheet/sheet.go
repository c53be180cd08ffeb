// Package sheet reads the tables that offices really have and writes the tables they get back.
//
// It reads .xlsx, comma- and tab-separated text in any usual Chinese encoding, HTML tables that call themselves .xls,
// and a pasted block of text or cells. The content decides what a file is, never its name. Cells come as text: dates
// as 2014-03-05 08:05, numbers with all their digits, and a mark where digits were lost before the file reached us.
//
// It refuses what could harm: archives that unpack to far more than they hold, XML with entities, tables beyond the
// Limits; and what it cannot read whole: true binary .xls, encrypted and foreign formats. It knows nothing of towns,
// cases or databases, and never decides what a column means: register does, with the person who confirms.
package sheet

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"path"
	"strings"

	"yanming/internal/errs"
)

// Limits bounds what one file may cost. A zero field means its default.
type Limits struct {
	File     int64 // bytes of the file as it came; default 64 MB
	Unzipped int64 // bytes of an .xlsx after unpacking; default 512 MB
	Ratio    int64 // unpacked bytes for each packed byte, once more than 10 MB unpack; default 200
	Cells    int64 // cells of one sheet, filled-down ones included; default 30 million
	Columns  int   // columns that hold anything; default 512
	Cell     int   // characters of one cell; default 32768
}

func (l Limits) withDefaults() Limits {
	d := Limits{File: 64 << 20, Unzipped: 512 << 20, Ratio: 200, Cells: 30_000_000, Columns: 512, Cell: 32 << 10}
	pick := func(v *int64, def int64) {
		if *v <= 0 {
			*v = def
		}
	}
	pick(&l.File, d.File)
	pick(&l.Unzipped, d.Unzipped)
	pick(&l.Ratio, d.Ratio)
	pick(&l.Cells, d.Cells)
	if l.Columns <= 0 {
		l.Columns = d.Columns
	}
	if l.Cell <= 0 {
		l.Cell = d.Cell
	}
	return l
}

// Format is what a file turned out to be.
type Format string

// The formats that can be read.
const (
	XLSX  Format = "xlsx"
	HTML  Format = "html" // an HTML table, whatever its name says
	Plain Format = "text" // csv, tsv, or lines
)

// SheetInfo describes one sheet. Rows counts the rows that hold anything; Columns reaches to the last one that does.
type SheetInfo struct {
	Name    string
	Hidden  bool
	Rows    int
	Columns int
}

// source is one kind of file. rows calls yield for each row that holds anything, in order, and stops at its first error.
type source interface {
	sheets() []SheetInfo
	rows(i int, yield func(Row) error) error
	Close() error
}

// Book is one opened file. It reads from the file as long as it is open. It is not safe for concurrent use.
type Book struct {
	name   string
	format Format
	sum    string
	size   int64
	file   io.ReaderAt
	limits Limits
	src    source
}

// Open sniffs and checks a file of size bytes. name serves only to name the sheet of a file that names none. The
// whole file is read once: limits, damage and encoding are known when Open returns, and nothing need be stored of a
// file that is refused. Errors: Invalid with a key of catalogue/sheet.json.
func Open(name string, file io.ReaderAt, size int64, l Limits) (*Book, error) {
	l = l.withDefaults()
	if size > l.File {
		return nil, errs.New(errs.Invalid, "sheet.too_large", l.File>>20)
	}
	head := make([]byte, min(size, 8<<10))
	if _, err := file.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read head of %s: %w", name, err)
	}
	b := &Book{name: name, size: size, file: file, limits: l}
	scan, err := survey(io.NewSectionReader(file, 0, size))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	b.sum = scan.sum
	base := strings.TrimSuffix(path.Base(strings.ReplaceAll(name, `\`, "/")), path.Ext(name))
	if b.format, err = sniff(head, scan); err != nil {
		return nil, err
	}
	if b.format != XLSX {
		bad, err := scan.unreadable(scan.reader(file, size)())
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		if bad {
			return nil, fmt.Errorf("open %s: %w", name, errs.New(errs.Invalid, "sheet.encoding"))
		}
	}
	switch b.format {
	case XLSX:
		b.src, err = openXLSX(file, size, l)
	case HTML:
		b.src, err = openHTML(base, scan.reader(file, size), l)
	default:
		b.src, err = openText(base, scan.reader(file, size), l)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	return b, nil
}

// Paste opens a block that was pasted from a chat or a sheet: cells divided by tabs or commas, or plain lines, each a
// row of one cell.
func Paste(text string, l Limits) (*Book, error) {
	r := strings.NewReader(text)
	return Open("", r, r.Size(), l)
}

// Name returns the name the book was opened with.
func (b *Book) Name() string { return b.name }

// Format returns what the content turned out to be.
func (b *Book) Format() Format { return b.format }

// Sum returns the SHA-256 of the file's bytes in lower-case hex.
func (b *Book) Sum() string { return b.sum }

// Sheets lists the sheets in the file's order. A text file has one; an HTML file one for each table.
func (b *Book) Sheets() []SheetInfo { return b.src.sheets() }

// Close frees what reading took. The file itself stays the caller's.
func (b *Book) Close() error { return b.src.Close() }

// errStop ends a walk whose consumer has seen enough.
var errStop = errors.New("stop")

// Rows walks the rows of a sheet that hold anything, one by one, in bounded memory. It may be walked again. An error
// ends the walk: Invalid where the file is at fault or has no such sheet.
func (b *Book) Rows(sheet string) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for i, s := range b.src.sheets() {
			if s.Name != sheet {
				continue
			}
			err := b.src.rows(i, func(r Row) error {
				if !yield(r, nil) {
					return errStop
				}
				return nil
			})
			if err != nil && !errors.Is(err, errStop) {
				yield(Row{}, fmt.Errorf("read sheet %s: %w", sheet, err))
			}
			return
		}
		yield(Row{}, errs.New(errs.Invalid, "sheet.no_sheet", sheet))
	}
}

// Head returns the first n rows of a sheet that hold anything, for FindHeader and previews.
func (b *Book) Head(sheet string, n int) ([]Row, error) {
	var rows []Row
	for r, err := range b.Rows(sheet) {
		if err != nil {
			return nil, err
		}
		if rows = append(rows, r); len(rows) >= n {
			break
		}
	}
	return rows, nil
}

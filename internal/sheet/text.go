package sheet

import (
	"bufio"
	"errors"
	"io"
	"strings"

	"yanming/internal/errs"
)

// noDelimiter reads each line as a row of one cell.
const noDelimiter rune = -1

const wideComma = '，'

// textTable is a delimited text file or a pasted block. Quotes work as in RFC 4180; rows may differ in length.
type textTable struct {
	open   func() *bufio.Reader
	limits Limits
	info   SheetInfo
	delim  rune
	width  int  // usual number of cells
	hint   bool // the first line is Excel's "sep=;"
}

func openText(name string, open func() *bufio.Reader, l Limits) (*textTable, error) {
	t := &textTable{open: open, limits: l, info: SheetInfo{Name: name}}
	if err := t.guess(); err != nil {
		return nil, err
	}
	err := t.rows(0, func(r Row) error {
		t.info.Rows++
		t.info.Columns = max(t.info.Columns, len(r.Cells))
		return nil
	})
	if err != nil {
		return nil, err
	}
	if t.info.Rows == 0 {
		return nil, errs.New(errs.Invalid, "sheet.empty")
	}
	return t, nil
}

func (t *textTable) Close() error { return nil }

func (t *textTable) sheets() []SheetInfo { return []SheetInfo{t.info} }

func (t *textTable) rows(_ int, yield func(Row) error) error {
	in := records{r: t.open(), delim: t.delim, limit: t.limits.Cell, columns: t.limits.Columns}
	var cells int64
	b := rowBuilder{sheet: t.info.Name, limits: t.limits, cells: &cells}
	if t.hint {
		if _, err := in.next(); err != nil {
			return err
		}
	}
	for n := 1; ; n++ {
		fields, err := in.next()
		b.start(n)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, errLongText):
			return b.tooLong()
		case errors.Is(err, errWide):
			return errs.New(errs.Invalid, "sheet.too_many_columns", t.info.Name, n, t.limits.Columns)
		case err != nil:
			return err
		}
		if t.delim == ',' && len(fields) < t.width {
			fields = alsoWide(fields, t.width)
		}
		for i, f := range fields {
			cell, lossy := textCell(f.text)
			if err := b.add(i, cell, f.text, lossy, false, false); err != nil {
				return err
			}
		}
		if row, ok := b.done(); ok {
			if err := yield(row); err != nil {
				return err
			}
		}
	}
}

// alsoWide divides unquoted cells at full-width commas too, if exactly width cells come of it.
func alsoWide(fields []field, width int) []field {
	var out []field
	for _, f := range fields {
		if f.quoted {
			out = append(out, f)
			continue
		}
		for part := range strings.SplitSeq(f.text, string(wideComma)) {
			out = append(out, field{text: part})
		}
	}
	if len(out) != width {
		return fields
	}
	return out
}

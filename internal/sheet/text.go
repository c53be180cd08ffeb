package sheet

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

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

// guess finds the delimiter by which most lines of the beginning have the same number of cells.
func (t *textTable) guess() error {
	sample, err := io.ReadAll(io.LimitReader(t.open(), 128<<10))
	if err != nil {
		return err
	}
	whole := len(sample) < 128<<10
	t.delim, t.width = noDelimiter, 1
	line, _, _ := strings.Cut(string(sample), "\n")
	if hint := strings.TrimSpace(line); len(hint) == 5 && strings.HasPrefix(strings.ToLower(hint), "sep=") {
		t.hint, t.delim = true, rune(hint[4])
		return nil
	}
	best := 0
	for _, d := range []rune{'\t', ',', ';', '|', wideComma} {
		count, lines, short := map[int]int{}, 0, true
		in := records{r: bufio.NewReader(strings.NewReader(string(sample))), delim: d, limit: t.limits.Cell, columns: maxTag}
		for lines < 200 {
			fields, err := in.next()
			if err != nil {
				break
			}
			if !whole && in.atEnd() {
				break // the sample may end inside this record
			}
			if len(fields) == 1 && strings.TrimSpace(fields[0].text) == "" {
				continue
			}
			lines++
			count[len(fields)]++
			for _, f := range fields {
				short = short && utf8.RuneCountInString(f.text) <= 20
			}
		}
		width, agree := 1, 0
		for w, n := range count {
			if w > 1 && (n > agree || n == agree && w > width) {
				width, agree = w, n
			}
		}
		// Prose has commas too: they divide cells only where the lines agree.
		ok := agree*10 >= lines*6 && (lines > 1 || short && width > 2)
		switch d {
		case '\t':
			ok = agree*2 >= lines && agree > 0
		case wideComma:
			ok = agree*10 >= lines*9 && lines > 1 && short && width > 2
		}
		if score := agree*64 + min(width, 63); ok && agree > 0 && score > best {
			best, t.delim, t.width = score, d, width
		}
	}
	return nil
}

// field is one cell of a record.
type field struct {
	text   string
	quoted bool
}

var errWide = errors.New("too many columns")

// records reads delimited records. Other than encoding/csv it counts blank lines as rows, as spreadsheet programs do,
// takes a stray quote as text, and bounds what it holds.
type records struct {
	r       *bufio.Reader
	delim   rune
	limit   int // runes of a cell
	columns int
	buf     strings.Builder
}

func (in *records) atEnd() bool {
	_, err := in.r.Peek(1)
	return err != nil
}

// next returns the next record or io.EOF.
func (in *records) next() ([]field, error) {
	var out []field
	var f field
	in.buf.Reset()
	runes, inQuote, any := 0, false, false
	end := func() error {
		f.text = in.buf.String()
		in.buf.Reset()
		runes = 0
		if len(out) < in.columns {
			out = append(out, f)
		} else if strings.TrimSpace(f.text) != "" {
			return errWide
		}
		f = field{}
		return nil
	}
	for {
		if run := in.run(inQuote); len(run) > 0 {
			if runes += utf8.RuneCount(run); runes > in.limit {
				return nil, errLongText
			}
			any = true
			in.buf.Write(run)
			if _, err := in.r.Discard(len(run)); err != nil {
				return nil, err
			}
			continue
		}
		c, _, err := in.r.ReadRune()
		if errors.Is(err, io.EOF) {
			if !any {
				return nil, io.EOF
			}
			return out, end()
		}
		if err != nil {
			return nil, err
		}
		any = true
		switch {
		case inQuote:
			if c == '"' {
				if next, err := in.r.Peek(1); err == nil && next[0] == '"' {
					if _, err := in.r.Discard(1); err != nil {
						return nil, err
					}
				} else {
					inQuote = false
					continue
				}
			}
		case c == '"' && !f.quoted && in.buf.Len() == 0 && in.delim != noDelimiter:
			inQuote, f.quoted = true, true
			continue
		case c == in.delim:
			if err := end(); err != nil {
				return nil, err
			}
			continue
		case c == '\n' || c == '\r':
			if c == '\r' {
				if next, err := in.r.Peek(1); err == nil && next[0] == '\n' {
					if _, err := in.r.Discard(1); err != nil {
						return nil, err
					}
				}
			}
			return out, end()
		}
		if runes++; runes > in.limit {
			return nil, errLongText
		}
		in.buf.WriteRune(c)
	}
}

// run returns what is buffered up to the next character that may end or quote something: the most of every cell. It is
// empty where the next character is such a one, or the delimiter is none of ASCII.
func (in *records) run(inQuote bool) []byte {
	if in.delim >= utf8.RuneSelf {
		return nil
	}
	if in.r.Buffered() == 0 {
		if _, err := in.r.Peek(1); err != nil {
			return nil // ReadRune meets it again
		}
	}
	b, err := in.r.Peek(in.r.Buffered())
	if err != nil {
		return nil
	}
	for i, c := range b {
		if c == '"' || !inQuote && (c == '\n' || c == '\r' || rune(c) == in.delim) {
			return b[:i]
		}
	}
	for i := len(b) - 1; i >= max(0, len(b)-utf8.UTFMax); i-- { // the buffer may end within a character
		if utf8.RuneStart(b[i]) {
			if !utf8.FullRune(b[i:]) {
				return b[:i]
			}
			break
		}
	}
	return b
}

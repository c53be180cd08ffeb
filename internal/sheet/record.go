package sheet

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// field is one cell of a record.
type field struct {
	text   string
	quoted bool
}

var errWide = errors.New("too many columns")

// records reads delimited records. Other than encoding/csv it counts blank lines as rows, as spreadsheet programs do,
// takes a stray quote as text, a quote that nothing closes included, and bounds what it holds.
type records struct {
	r       *bufio.Reader
	delim   rune
	limit   int // runes of a cell
	columns int
	buf     strings.Builder
	raw     strings.Builder // what was read behind the quote that is open
	stray   int             // quotes that nothing closed
}

// maxStray is how many quotes of a file may be left open: each leaves a reader before the others.
const maxStray = 100

// unquote takes the quote that is open for text and reads what stood behind it again.
func (in *records) unquote() bool {
	if in.stray++; in.stray > maxStray {
		return false
	}
	in.r = bufio.NewReader(io.MultiReader(strings.NewReader(in.raw.String()), in.r))
	in.buf.Reset()
	in.buf.WriteByte('"')
	return true
}

// closes reports whether a quote may end a cell where it stands: before the end of the cell, or a space.
func (in *records) closes() bool {
	next, err := in.r.Peek(1)
	return err != nil || next[0] == '\n' || next[0] == '\r' || next[0] == ' ' || in.delim >= utf8.RuneSelf || rune(next[0]) == in.delim
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
			if inQuote {
				in.raw.Write(run)
			}
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
			if inQuote && in.unquote() {
				inQuote, f.quoted, runes = false, false, 1
				continue
			}
			return out, end()
		}
		if err != nil {
			return nil, err
		}
		any = true
		switch {
		case inQuote:
			in.raw.WriteRune(c)
			if c == '"' {
				if next, err := in.r.Peek(1); err == nil && next[0] == '"' {
					if _, err := in.r.Discard(1); err != nil {
						return nil, err
					}
					in.raw.WriteByte('"')
				} else {
					inQuote = false
					if !in.closes() && strings.ContainsAny(in.buf.String(), "\r\n") && in.unquote() { // it opens the next cell, of another row
						f.quoted, runes = false, 1
					}
					continue
				}
			}
		case c == '"' && !f.quoted && in.buf.Len() == 0 && in.delim != noDelimiter:
			inQuote, f.quoted = true, true
			in.raw.Reset()
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

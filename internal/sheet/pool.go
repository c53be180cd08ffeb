package sheet

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"yanming/internal/errs"
)

const (
	poolInMemory = 32 << 20
	poolStrings  = 8 << 20
)

// pool holds the shared strings of an .xlsx: the first 32 MB in memory, the rest in a temporary file.
type pool struct {
	ends  []uint64 // where each string ends
	head  []byte
	file  *os.File
	out   *bufio.Writer
	total uint64
}

func (p *pool) add(s string) error {
	if len(p.ends) >= poolStrings {
		return errs.New(errs.Invalid, "sheet.bomb")
	}
	if p.file == nil && len(p.head)+len(s) <= poolInMemory {
		p.head = append(p.head, s...)
	} else {
		if p.file == nil {
			f, err := os.CreateTemp("", "yanming-sheet-*")
			if err != nil {
				return fmt.Errorf("create file for shared strings: %w", err)
			}
			p.file, p.out = f, bufio.NewWriterSize(f, 256<<10)
		}
		if _, err := p.out.WriteString(s); err != nil {
			return fmt.Errorf("keep shared strings: %w", err)
		}
	}
	p.total += uint64(len(s))
	p.ends = append(p.ends, p.total)
	return nil
}

// flush ends the adding.
func (p *pool) flush() error {
	if p.out == nil {
		return nil
	}
	return p.out.Flush()
}

// get returns string i and whether there is one.
func (p *pool) get(i int) (string, bool, error) {
	if i < 0 || i >= len(p.ends) {
		return "", false, nil
	}
	var from uint64
	if i > 0 {
		from = p.ends[i-1]
	}
	to := p.ends[i]
	if to <= uint64(len(p.head)) {
		return string(p.head[from:to]), true, nil
	}
	b := make([]byte, to-from)
	if _, err := p.file.ReadAt(b, int64(from)-int64(len(p.head))); err != nil && !errors.Is(err, io.EOF) {
		return "", false, fmt.Errorf("read shared string: %w", err)
	}
	return string(b), true, nil
}

// Close removes the temporary file.
func (p *pool) Close() error {
	if p.file == nil {
		return nil
	}
	f := p.file
	p.file = nil
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// load reads the shared strings part. Phonetic guides are left out, as the spreadsheet program shows them apart.
func (p *pool) load(a *archive, name string) error {
	if a.part(name) == nil {
		return nil
	}
	r, err := a.open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	s := newScanner(r, 4*a.limits.Cell+maxTag)
	var item richText
	for {
		t, err := s.next()
		if errors.Is(err, errLongText) {
			return errs.New(errs.Invalid, "sheet.text_too_long", a.limits.Cell)
		}
		if err != nil {
			return err
		}
		if t == tokenEOF {
			return p.flush()
		}
		switch {
		case t == tokenOpen && string(s.name) == "si":
			item.reset()
			if s.empty {
				err = p.add("")
			}
		case t == tokenClose && string(s.name) == "si":
			err = p.add(item.String())
		default:
			if !item.take(s, t, 4*a.limits.Cell) {
				err = errs.New(errs.Invalid, "sheet.text_too_long", a.limits.Cell)
			}
		}
		if err != nil {
			return err
		}
	}
}

// richText joins the runs of one string.
type richText struct {
	b        strings.Builder
	inText   bool
	phonetic bool
}

func (t *richText) reset() { *t = richText{} }

// take follows one token; it reports false once the text is longer than limit bytes.
func (t *richText) take(s *scanner, tok token, limit int) bool {
	switch tok {
	case tokenText:
		if t.inText && !t.phonetic {
			t.b.Write(s.text)
		}
	case tokenOpen, tokenClose:
		switch string(s.name) {
		case "t":
			t.inText = tok == tokenOpen && !s.empty
		case "rPh":
			t.phonetic = tok == tokenOpen && !s.empty
		}
	}
	return t.b.Len() <= limit
}

// String returns the text with Excel's own escapes (_x000D_) resolved.
func (t *richText) String() string { return unescapeExcel(t.b.String()) }

// unescapeExcel resolves _xHHHH_, by which .xlsx writes characters that XML cannot hold.
func unescapeExcel(s string) string {
	i := strings.Index(s, "_x")
	if i < 0 {
		return s
	}
	var b strings.Builder
	for ; i >= 0; i = strings.Index(s, "_x") {
		b.WriteString(s[:i])
		s = s[i:]
		if len(s) >= 7 && s[6] == '_' {
			if n, err := strconv.ParseUint(s[2:6], 16, 16); err == nil {
				if c := rune(n); utf8.ValidRune(c) {
					b.WriteRune(c)
				}
				s = s[7:]
				continue
			}
		}
		b.WriteString("_x")
		s = s[2:]
	}
	b.WriteString(s)
	return b.String()
}

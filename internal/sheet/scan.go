package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"

	"yanming/internal/errs"
)

// token is what scanner.next found.
type token int

const (
	tokenEOF token = iota
	tokenOpen
	tokenClose
	tokenText
)

const maxTag = 64 << 10

// scanner reads the XML of an .xlsx part tag by tag. encoding/xml would hold a text of any length in memory and is
// several times slower; this one bounds both tag and text, and refuses document types and unknown entities.
type scanner struct {
	r       *bufio.Reader
	pos     int64 // bytes read so far
	start   int64 // where the current tag begins
	maxText int   // bytes
	inTag   bool
	depth   int
	tag     []byte // the current tag between its angle brackets, without the closing slash
	name    []byte // its local name
	empty   bool   // <a/>
	text    []byte
	keep    bool // keep the verbatim bytes of each token in raw
	raw     []byte
}

func newScanner(r io.Reader, maxText int) *scanner {
	return &scanner{r: bufio.NewReaderSize(r, 64<<10), maxText: maxText}
}

var errLongText = errors.New("text is too long")

func damaged() error { return errs.New(errs.Invalid, "sheet.damaged") }

// next returns the next token. Comments and processing instructions are passed over.
func (s *scanner) next() (token, error) {
	if s.keep {
		s.raw = s.raw[:0]
	}
	for {
		if !s.inTag {
			if err := s.readText(); err != nil {
				return 0, err
			}
			if len(s.text) > 0 {
				return tokenText, nil
			}
			if !s.inTag {
				if s.depth != 0 {
					return 0, damaged()
				}
				return tokenEOF, nil
			}
		}
		s.inTag = false
		t, err := s.readTag()
		if err != nil || t != tokenEOF {
			return t, err
		}
	}
}

// readText reads up to the next tag; s.inTag tells whether there is one.
func (s *scanner) readText() error {
	s.text = s.text[:0]
	for {
		part, err := s.r.ReadSlice('<')
		s.pos += int64(len(part))
		if s.keep {
			s.raw = append(s.raw, part...)
		}
		if err == nil {
			part = part[:len(part)-1]
			s.inTag = true
		}
		if len(s.text)+len(part) > s.maxText {
			return errLongText
		}
		s.text = append(s.text, part...)
		switch {
		case err == nil || errors.Is(err, io.EOF):
			if s.keep && s.inTag {
				s.raw = s.raw[:len(s.raw)-1]
			}
			if !s.inTag && len(bytes.TrimSpace(s.text)) == 0 {
				s.text = s.text[:0]
			}
			s.text, err = unescape(s.text)
			return err
		case !errors.Is(err, bufio.ErrBufferFull):
			return readFailed(err)
		}
	}
}

// readTag reads what follows "<". It returns tokenEOF for what is to be passed over.
func (s *scanner) readTag() (token, error) {
	s.start = s.pos - 1
	s.tag = s.tag[:0]
	for {
		part, err := s.r.ReadSlice('>')
		s.pos += int64(len(part))
		s.tag = append(s.tag, part...)
		switch {
		case errors.Is(err, io.EOF):
			return 0, damaged()
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return 0, readFailed(err)
		}
		if len(s.tag) > maxTag && !bytes.HasPrefix(s.tag, []byte("![CDATA[")) || len(s.tag) > maxTag+s.maxText {
			return 0, damaged()
		}
		if err == nil && s.tagEnds() {
			break
		}
	}
	if s.keep {
		s.raw = append(append(s.raw, '<'), s.tag...)
	}
	t := s.tag[:len(s.tag)-1]
	switch {
	case len(t) == 0:
		return 0, damaged()
	case t[0] == '?', bytes.HasPrefix(t, []byte("!--")):
		return tokenEOF, nil
	case bytes.HasPrefix(t, []byte("![CDATA[")):
		s.text = append(s.text[:0], t[8:len(t)-2]...)
		return tokenText, nil
	case t[0] == '!':
		return 0, errs.New(errs.Invalid, "sheet.xml_entity")
	}
	closing := t[0] == '/'
	if closing {
		t = t[1:]
		s.depth--
		if s.depth < 0 {
			return 0, damaged()
		}
	} else if s.empty = t[len(t)-1] == '/'; s.empty {
		t = t[:len(t)-1]
	} else if s.depth++; s.depth > 64 {
		return 0, damaged()
	}
	s.tag = t
	name := t
	if i := bytes.IndexAny(t, " \t\r\n"); i >= 0 {
		name = t[:i]
	}
	s.name = name[bytes.IndexByte(name, ':')+1:]
	if closing {
		return tokenClose, nil
	}
	return tokenOpen, nil
}

// tagEnds reports whether the '>' just read ends the tag, rather than lying in a value or a comment.
func (s *scanner) tagEnds() bool {
	switch {
	case bytes.HasPrefix(s.tag, []byte("!--")):
		return len(s.tag) >= 6 && bytes.HasSuffix(s.tag, []byte("-->"))
	case bytes.HasPrefix(s.tag, []byte("![CDATA[")):
		return bytes.HasSuffix(s.tag, []byte("]]>"))
	case s.tag[0] == '!' || s.tag[0] == '?':
		return true
	}
	var quote byte
	for _, c := range s.tag {
		if quote != 0 {
			if c == quote {
				quote = 0
			}
		} else if c == '"' || c == '\'' {
			quote = c
		}
	}
	return quote == 0
}

// prefix returns the namespace prefix of the current tag with its colon, or "".
func (s *scanner) prefix() string {
	name := s.tag
	if i := bytes.IndexAny(name, " \t\r\n"); i >= 0 {
		name = name[:i]
	}
	return string(name[:bytes.IndexByte(name, ':')+1])
}

// attr returns an attribute of the current tag. "r" finds only r, ":id" finds id under any prefix.
func (s *scanner) attr(name string) string {
	t := s.tag
	for {
		i := bytes.IndexByte(t, '=')
		if i < 0 {
			return ""
		}
		key := bytes.TrimSpace(t[:i])
		if j := bytes.LastIndexAny(key, " \t\r\n"); j >= 0 {
			key = key[j+1:]
		}
		t = bytes.TrimLeft(t[i+1:], " \t\r\n")
		if len(t) == 0 || t[0] != '"' && t[0] != '\'' {
			return ""
		}
		j := bytes.IndexByte(t[1:], t[0])
		if j < 0 {
			return ""
		}
		value := t[1 : j+1]
		t = t[j+2:]
		if string(key) == name || name[0] == ':' && bytes.HasSuffix(key, []byte(name)) {
			v, err := unescape(bytes.Clone(value))
			if err != nil {
				return ""
			}
			return string(v)
		}
	}
}

// unescape resolves the five entities of XML and character references in place. Any other entity is refused.
func unescape(b []byte) ([]byte, error) {
	i := bytes.IndexByte(b, '&')
	if i < 0 {
		return b, nil
	}
	out := b[:i]
	for i < len(b) {
		if b[i] != '&' {
			out = append(out, b[i])
			i++
			continue
		}
		j := bytes.IndexByte(b[i:], ';')
		if j < 0 || j > 12 {
			return nil, damaged()
		}
		name := string(b[i+1 : i+j])
		i += j + 1
		switch name {
		case "amp":
			out = append(out, '&')
		case "lt":
			out = append(out, '<')
		case "gt":
			out = append(out, '>')
		case "quot":
			out = append(out, '"')
		case "apos":
			out = append(out, '\'')
		default:
			c, ok := charRef(name)
			if !ok {
				return nil, errs.New(errs.Invalid, "sheet.xml_entity")
			}
			out = utf8.AppendRune(out, c) // never longer than its reference
		}
	}
	return out, nil
}

func charRef(name string) (rune, bool) {
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	digits, base := name[1:], 10
	if digits[0] == 'x' || digits[0] == 'X' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 21)
	return rune(n), err == nil
}

// readFailed passes an error of reading on; what the archive itself found broken is the file's fault.
func readFailed(err error) error {
	if archiveBroken(err) {
		return damaged()
	}
	return err
}

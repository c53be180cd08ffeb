package sheet

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// surveyed is what one pass over a file tells: its digest, and its encoding if it is text.
type surveyed struct {
	sum       string
	size      int64
	encoding  string // "utf-8", "utf-16le", "utf-16be", "gb18030", or "" when it is no text
	word      bool   // names the stream of a Word document
	encrypted bool   // names the stream of an encrypted Office file
	wide, bad int64  // characters beyond ASCII as UTF-8, and those of them that are none, or stand for one that was none
	bom       bool   // UTF-8 with a byte order mark
	whole     bool   // every byte is of a UTF-8 character
}

// survey reads a file once. Text is UTF-8 when nearly all of its multi-byte characters are, so that one broken
// character does not turn a whole ledger into gibberish; else it is GB18030, which holds GBK and GB2312.
func survey(r io.Reader) (*surveyed, error) {
	s := &surveyed{}
	h := sha256.New()
	var good, bad, lost, nul, control int64
	var bom []byte
	encrypted, word := utf16le("EncryptedPackage"), utf16le("WordDocument")
	buf := make([]byte, 64<<10)
	carry := 0
	for {
		n, err := io.ReadFull(r, buf[carry:])
		h.Write(buf[carry : carry+n])
		s.size += int64(n)
		chunk := buf[:carry+n]
		last := err != nil
		if last && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, err
		}
		if bom == nil {
			bom = bytes.Clone(chunk[:min(3, len(chunk))])
		}
		s.encrypted = s.encrypted || bytes.Contains(chunk, encrypted)
		s.word = s.word || bytes.Contains(chunk, word)
		i := 0
		for i < len(chunk) {
			c := chunk[i]
			if c < utf8.RuneSelf {
				switch {
				case c == 0:
					nul++
				case c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != '\v' && c != 0x1a:
					control++
				}
				i++
				continue
			}
			if !last && !utf8.FullRune(chunk[i:]) {
				break
			}
			if r, w := utf8.DecodeRune(chunk[i:]); w > 1 {
				good++
				i += w
				if r == utf8.RuneError {
					lost++
				}
			} else {
				bad++
				i++
			}
		}
		carry = copy(buf, chunk[i:])
		if last {
			break
		}
	}
	s.sum = hex.EncodeToString(h.Sum(nil))
	s.wide, s.bad, s.bom = good+bad, bad+lost, bytes.HasPrefix(bom, []byte{0xEF, 0xBB, 0xBF})
	s.whole = bad == 0
	switch {
	case bytes.HasPrefix(bom, []byte{0xFF, 0xFE}):
		s.encoding = "utf-16le"
	case bytes.HasPrefix(bom, []byte{0xFE, 0xFF}):
		s.encoding = "utf-16be"
	case nul > 0 || control*100 > s.size:
	case bytes.HasPrefix(bom, []byte{0xEF, 0xBB, 0xBF}) || bad == 0 || bad*50 < good:
		s.encoding = "utf-8"
	default:
		s.encoding = "gb18030"
	}
	return s, nil
}

func utf16le(s string) []byte {
	var b []byte
	for _, c := range s {
		b = append(b, byte(c), 0)
	}
	return b
}

// decoder returns the transformation of the surveyed encoding into UTF-8 without a byte order mark.
func (s *surveyed) decoder() transform.Transformer {
	switch s.encoding {
	case "utf-16le":
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()
	case "utf-16be":
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder()
	case "gb18030":
		return simplifiedchinese.GB18030.NewDecoder()
	}
	return unicode.UTF8BOM.NewDecoder()
}

// reader returns a function that reads the file as UTF-8 from its beginning, as often as it is called.
func (s *surveyed) reader(file io.ReaderAt, size int64) func() *bufio.Reader {
	return func() *bufio.Reader {
		if s.encoding == "utf-8" && s.whole { // nothing to decode
			from := int64(0)
			if s.bom {
				from = 3
			}
			return bufio.NewReaderSize(io.NewSectionReader(file, from, size-from), 64<<10)
		}
		return bufio.NewReaderSize(transform.NewReader(io.NewSectionReader(file, 0, size), s.decoder()), 64<<10)
	}
}

func (s *surveyed) decodeHead(head []byte) []byte {
	b, _, err := transform.Bytes(s.decoder(), head)
	if err != nil {
		return head // cut inside a character: the ASCII signatures are readable all the same
	}
	return b
}

// unreadable reports whether more than one in fifty of the characters beyond ASCII could not be decoded. Of UTF-8 the
// survey has counted them.
func (s *surveyed) unreadable(r *bufio.Reader) (bool, error) {
	if s.encoding == "utf-8" {
		return s.bad*50 > s.wide, nil
	}
	var bad, wide int64
	for {
		c, _, err := r.ReadRune()
		if errors.Is(err, io.EOF) {
			return bad*50 > wide, nil
		}
		if err != nil {
			return false, err
		}
		if c >= utf8.RuneSelf {
			wide++
			if c == utf8.RuneError {
				bad++
			}
		}
	}
}

package page

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// marksInARow is how many combining marks one letter may carry. Real writing needs fewer; more is a way to paint over
// other lines.
const marksInARow = 6

// clean returns what a person typed, fit for keeping: valid UTF-8 in NFC, line ends as \n, without control
// characters, marks that turn the writing direction, and characters without width, by which a text could look like
// another. Variation selectors stay: rare characters in names need them. It never lengthens a text beyond NFC.
func clean(s string) string {
	if plainly(s) {
		return s
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\ufffd")
	}
	var b strings.Builder
	b.Grow(len(s))
	marks := 0
	for i, r := range s {
		switch {
		case r == '\r':
			if strings.HasPrefix(s[i+1:], "\n") {
				continue
			}
			r = '\n'
		case r == '\n' || r == '\t':
		case r == '\u2028' || r == '\u2029':
			r = '\n'
		case hidden(r):
			continue
		}
		if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r) {
			if marks++; marks > marksInARow {
				continue
			}
		} else {
			marks = 0
		}
		b.WriteRune(r)
	}
	return norm.NFC.String(b.String())
}

// plainly reports whether s holds nothing but what clean leaves as it is: what nearly everybody writes.
func plainly(s string) bool {
	for _, r := range s {
		switch {
		case r >= ' ' && r <= '~', r == '\n', r == '\t':
		case r >= 0x4e00 && r <= 0x9fff: // Chinese characters
		case r >= 0x3001 && r <= 0x3011, r >= 0xff01 && r <= 0xff5e: // their punctuation, and full-width forms
		case r == '“', r == '”', r == '‘', r == '’', r == '—', r == '…', r == '·':
		default:
			return false
		}
	}
	return true
}

// hidden reports whether r cannot be seen but changes what is read.
func hidden(r rune) bool {
	switch {
	case unicode.IsControl(r):
	case r == '\u00ad' || r == '\u034f' || r == '\u061c' || r == '\u180e' || r == '\ufeff': // soft hyphen, joiner, marks, BOM
	case r >= '\u200b' && r <= '\u200f': // without width, and direction marks
	case r >= '\u202a' && r <= '\u202e': // direction
	case r >= '\u2060' && r <= '\u206f': // word joiner, isolates, deprecated
	case r >= '\ufff9' && r <= '\ufffb': // annotation
	case r >= 0xe0000 && r <= 0xe007f: // tags
	default:
		return false
	}
	return true
}

// line makes one line of a text, with single spaces.
func line(s string) string { return strings.Join(strings.Fields(s), " ") }

// lines trims a text of several lines: no blanks at line ends, no lines before or behind it, at most one empty line
// in between.
func lines(s string) string {
	var out []string
	for l := range strings.SplitSeq(strings.TrimSpace(s), "\n") {
		l = strings.TrimRightFunc(l, unicode.IsSpace)
		if l == "" && len(out) > 0 && out[len(out)-1] == "" {
			continue
		}
		out = append(out, l)
	}
	return strings.Join(out, "\n")
}

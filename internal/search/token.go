package search

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Normalise is what text and words become before they are compared: NFKC (full-width becomes half-width), then lower
// case. Bytes that are no UTF-8, and NUL, become U+FFFD.
func Normalise(s string) string {
	if plain, ok := plainly(s); ok {
		return plain
	}
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
	return lower(norm.NFKC.String(s))
}

// plainly is Normalise of what nearly every Chinese text is made of, in one pass: ASCII, common characters and marks, and
// full-width forms. It gives up at any other character, such as one that may join with the one before.
func plainly(s string) (string, bool) {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		switch {
		case r >= 0xFF01 && r <= 0xFF5E:
			r += '!' - 0xFF01
		case r == 0x3000:
			r = ' '
		}
		switch {
		case r >= 'A' && r <= 'Z':
			b = append(b, byte(r)+'a'-'A')
		case r > 0 && r < 0x80:
			b = append(b, byte(r))
		case r >= 0x4E00 && r <= 0x9FFF, r >= 0x3001 && r <= 0x3003, r >= 0x3008 && r <= 0x3011, r >= 0x2018 && r <= 0x201D, r == 0x2014:
			b = utf8.AppendRune(b, r)
		default:
			return "", false
		}
	}
	return string(b), true
}

// lower is strings.ToLower, which asks a table for every Chinese character.
func lower(s string) string {
	for _, r := range s {
		if r >= 'A' && r <= 'Z' || r >= 0x80 && r < 0x2000 || r > 0x206F && r < 0x2E80 || r > 0x9FFF {
			return strings.ToLower(s)
		}
	}
	return s
}

// A term is a character, or a pair of neighbours, as a number of 42 bits. A pair's has one above the 21st.
const runeBits = 21

func pair(a, b rune) int64 { return (int64(a)+1)<<runeBits | int64(b) }

func isPair(term int64) bool { return term>>runeBits != 0 }

// follower is which of eight kinds a character is that follows a pair. With a pair the index keeps which kinds follow it
// in a text, which tells seven in eight of the texts apart that have all pairs of a word, but not the word.
func follower(r rune) uint8 { return uint8(r & 7) }

// sought is a term that is asked for, with the kinds of character that must follow it.
type sought struct {
	term  int64
	kinds uint8
}

// maxTerms is how many terms of one word are asked for. A long word has others, but hardly a text has these and not it.
const maxTerms = 12

// seek returns the terms that a text has if it has the words, pairs first, which are rarer. exact says that every text
// that has them has the words.
func seek(words []string) (terms []sought, exact bool) {
	kinds := map[int64]uint8{}
	exact = true
	for _, w := range words {
		rs := []rune(w)
		if len(rs) == 1 {
			kinds[int64(rs[0])] |= 0
			continue
		}
		pairs := len(rs) - 1
		exact = exact && pairs == 1
		for i := range min(pairs, maxTerms) {
			at := i * pairs / min(pairs, maxTerms)
			term := pair(rs[at], rs[at+1])
			kinds[term] |= 0
			if at+2 < len(rs) {
				kinds[term] |= 1 << follower(rs[at+2])
			}
		}
	}
	for term, k := range kinds {
		terms = append(terms, sought{term, k})
	}
	slices.SortFunc(terms, func(a, b sought) int { return cmp.Compare(b.term, a.term) })
	return terms, exact
}

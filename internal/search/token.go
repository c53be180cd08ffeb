package search

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Normalise is what text and words become before they are compared: NFKC (full-width becomes half-width), then lower
// case. Bytes that are no UTF-8, and NUL, become U+FFFD.
func Normalise(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
	return strings.ToLower(norm.NFKC.String(s))
}

// token appends a character as four digits of base 36, which hold every code point. Tokens are letters and digits
// only, so nothing a person types reaches an engine's query language.
func token(dst []byte, r rune) []byte {
	s := strconv.FormatInt(int64(r), 36)
	return append(append(dst, "0000"[len(s):]...), s...)
}

// ones returns each character of body once.
func ones(body []rune) string {
	rs := slices.Clone(body)
	slices.Sort(rs)
	var b []byte
	for _, r := range slices.Compact(rs) {
		b = append(token(b, r), ' ')
	}
	return string(b)
}

// twos returns each pair of neighbours in order.
func twos(body []rune) string {
	b := make([]byte, 0, 9*len(body))
	for i := 1; i < len(body); i++ {
		b = append(token(token(b, body[i-1]), body[i]), ' ')
	}
	return string(b)
}

// lexemes returns the characters and pairs of body, each beginning with the town's number: the index of one town holds
// nothing that another's query asks for.
func lexemes(number int64, body []rune) []string {
	town := strconv.FormatInt(number, 10)
	out := make([]string, 0, 2*len(body))
	for i, r := range body {
		out = append(out, string(token([]byte(town), r)))
		if i > 0 {
			out = append(out, string(token(token([]byte(town), body[i-1]), r)))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

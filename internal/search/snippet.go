package search

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Part is a piece of a snippet; Hit where a word of the query was found.
type Part struct {
	Text string
	Hit  bool
}

// Snippet returns about width characters of text around the first place where a word of the query occurs, cut into
// parts for highlighting, with "…" where text was left out. A query that Words refuses marks nothing.
func Snippet(text, query string, width int) []Part {
	words, err := Words(query)
	if err != nil {
		words = nil
	}
	text = strings.ToValidUTF8(text, "\uFFFD")
	spans := find(text, words)
	from, to := window(text, spans, width)
	var parts []Part
	add := func(s string, hit bool) {
		if s != "" {
			parts = append(parts, Part{s, hit})
		}
	}
	if from > 0 {
		add("…", false)
	}
	at := from
	for _, s := range spans {
		if s.to <= at || s.from >= to {
			continue
		}
		add(text[at:max(at, s.from)], false)
		add(text[max(at, s.from):min(s.to, to)], true)
		at = min(s.to, to)
	}
	add(text[at:to], false)
	if to < len(text) {
		add("…", false)
	}
	return parts
}

type span struct{ from, to int } // bytes of the text as it was given

// find returns where the words occur, in order and without overlap.
func find(text string, words []string) []span {
	// The normalised text, and for each of its bytes the piece of the text it came from.
	var low []byte
	var pieces []span
	var it norm.Iter
	it.InitString(norm.NFKC, text)
	for from := 0; !it.Done(); {
		s := Normalise(string(it.Next()))
		for range len(s) {
			pieces = append(pieces, span{from, it.Pos()})
		}
		low, from = append(low, s...), it.Pos()
	}
	var spans []span
	for _, w := range words {
		for at := 0; ; {
			i := bytes.Index(low[at:], []byte(w))
			if i < 0 {
				break
			}
			first, last := at+i, at+i+len(w)-1
			spans = append(spans, span{pieces[first].from, pieces[last].to})
			at = first + len(w)
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	var out []span
	for _, s := range spans {
		if n := len(out); n > 0 && s.from < out[n-1].to {
			out[n-1].to = max(out[n-1].to, s.to)
			continue
		}
		out = append(out, s)
	}
	return out
}

// window returns the bytes to show: width characters that begin a third before the first span.
func window(text string, spans []span, width int) (from, to int) {
	if utf8.RuneCountInString(text) <= width {
		return 0, len(text)
	}
	if len(spans) > 0 {
		from = spans[0].from
		for range width / 3 {
			_, n := utf8.DecodeLastRuneInString(text[:from])
			from -= n
		}
	}
	to = from
	for range width {
		_, n := utf8.DecodeRuneInString(text[to:])
		to += n
	}
	for left := width - utf8.RuneCountInString(text[from:to]); left > 0; left-- { // the end came first
		_, n := utf8.DecodeLastRuneInString(text[:from])
		from -= n
	}
	return from, to
}

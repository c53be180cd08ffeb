package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"yanming/internal/errs"
)

// Limits of a query.
const (
	maxQuery = 200 // characters
	maxWords = 10
)

// Words returns the normalised words of a query.
// Errors: Invalid field "q": search.empty, or search.long (200 characters or ten words).
func Words(text string) ([]string, error) {
	if len(text) > 4*maxQuery || utf8.RuneCountInString(text) > maxQuery {
		return nil, errs.Field("q", "search.long", maxQuery, maxWords)
	}
	var words []string
	add := func(w string) {
		if w != "" {
			words = append(words, Normalise(w))
		}
	}
	for text != "" {
		r, n := utf8.DecodeRuneInString(text)
		if close := closing(r); close != "" {
			if i := strings.Index(text[n:], close); i >= 0 {
				add(text[n : n+i])
				text = text[n+i+len(close):]
				continue
			}
		}
		if unicode.IsSpace(r) {
			text = text[n:]
			continue
		}
		end := n // a word ends at a space, or where a phrase begins
		for end < len(text) {
			r, n := utf8.DecodeRuneInString(text[end:])
			if close := closing(r); unicode.IsSpace(r) || close != "" && strings.Contains(text[end+n:], close) {
				break
			}
			end += n
		}
		add(text[:end])
		text = text[end:]
	}
	if len(words) == 0 {
		return nil, errs.Field("q", "search.empty")
	}
	if len(words) > maxWords {
		return nil, errs.Field("q", "search.long", maxQuery, maxWords)
	}
	return words, nil
}

func closing(r rune) string {
	switch r {
	case '"', '＂':
		return string(r)
	case '“':
		return "”"
	}
	return ""
}

package register

import (
	"strings"

	"yanming/internal/sheet"
)

// contacts is what was found in a text and taken out of it.
type contacts struct {
	phones   []string // as they stood; they go under the record's key
	identity bool     // identity numbers are kept nowhere
}

// redact takes telephones and identity numbers out of a text that people will read and search.
func redact(text string) (string, contacts) {
	clean, found := sheet.RedactContacts(text)
	var c contacts
	if !found {
		return text, c
	}
	// What lies in text between the pieces that both have in common is what was taken out.
	rest, from := clean, text
	for {
		mark := sheet.PhoneMark
		i := strings.Index(rest, sheet.PhoneMark)
		if j := strings.Index(rest, sheet.IdentityMark); j >= 0 && (i < 0 || j < i) {
			i, mark = j, sheet.IdentityMark
		}
		if i < 0 || len(from) < i {
			return clean, c
		}
		from, rest = from[i:], rest[i+len(mark):]
		if strings.HasPrefix(from, mark) { // the mark stood in the text already
			from = from[len(mark):]
			continue
		}
		next := rest
		for _, m := range []string{sheet.PhoneMark, sheet.IdentityMark} {
			if k := strings.Index(next, m); k >= 0 {
				next = next[:k]
			}
		}
		end := len(from)
		if next != "" {
			if k := strings.Index(from, next); k >= 0 {
				end = k
			}
		} else if rest != "" { // two numbers side by side: they cannot be told apart
			end = 0
		}
		if mark == sheet.IdentityMark {
			c.identity = true
		} else if s := strings.TrimSpace(from[:end]); s != "" {
			c.phones = append(c.phones, s)
		}
		from = from[end:]
	}
}

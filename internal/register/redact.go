package register

import (
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"

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

var (
	digitRun = regexp.MustCompile(`[0-9]+[xX]?`)
	// identityForm is that of an identity number of a living person, whatever its last digit: one that was typed wrongly
	// says nearly as much.
	identityForm  = regexp.MustCompile(`^[1-9][0-9]{5}(?:19[0-9]{2}|20[0-4][0-9])(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9xX]$`)
	identityLabel = regexp.MustCompile(`[（(]?\s*(?:(?:公民)?身份证?(?:号码|号)?|证件号码?|证号)?\s*[:：]?\s*` + sheet.IdentityMark + `\s*[)）]?`)
)

// withoutIdentity takes the identity numbers out of a cell that holds a name, a telephone or an address, with what calls
// them so, and reports whether there were any. Telephones stay.
func withoutIdentity(v string) (string, bool) {
	out := digitRun.ReplaceAllStringFunc(norm.NFKC.String(v), func(d string) string {
		if identityForm.MatchString(d) {
			return sheet.IdentityMark
		}
		return d
	})
	clean, found := redact(out)
	if !strings.Contains(clean, sheet.IdentityMark) {
		return v, false
	}
	for _, p := range found.phones {
		clean = strings.Replace(clean, sheet.PhoneMark, p, 1)
	}
	return strings.Trim(identityLabel.ReplaceAllString(clean, " "), " 、,，;；:："), true
}

// isIdentity reports whether a cell is an identity number and nothing else. The ticket of a system may be its place, its
// day and a count in as many digits: so nobody is taken for one who was born lately.
func isIdentity(v string) bool {
	v = strings.Trim(narrow(v), "'’ ")
	if identityForm.MatchString(v) {
		return v[6:10] < "2010"
	}
	clean, _ := sheet.RedactContacts(v)
	return clean == sheet.IdentityMark && len(v) == 15
}

// identityColumns finds the columns that hold identity numbers: those that are called so, and those of which nearly all the first
// cells are, whatever they are called.
func identityColumns(h sheet.Header, head []sheet.Row) map[int]bool {
	ids := map[int]bool{}
	for _, x := range named(h) {
		if Field(x.Field) == identity {
			ids[x.Source] = true
		}
	}
	for i := range h.Names {
		cells, found := 0, 0
		for _, r := range head {
			if r.Number <= h.Last || r.Cell(i) == "" || h.KindOf(r) != sheet.Data || alone(r) {
				continue
			}
			if cells++; isIdentity(r.Cell(i)) {
				found++
			}
		}
		if 4*found > 3*cells {
			ids[i] = true
		}
	}
	return ids
}

package casework

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"yanming/internal/journal"
)

// A protected case keeps who spoke from the units that handle it, and these read its words and the names of its files.

// tells reports whether the words, which the unit reads, say who spoke or how to reach them.
func (r Register) tells() bool {
	words := r.Title + "\n" + r.Text + "\n" + r.Place
	for _, v := range r.Extra {
		words += "\n" + v
	}
	digits := func(s string) string {
		return strings.Map(func(c rune) rune {
			switch {
			case c >= '0' && c <= '9':
				return c
			case c == '-' || c == ' ':
				return -1
			}
			return '.'
		}, norm.NFKC.String(s))
	}
	phone := strings.Trim(digits(r.Person.Phone), ".")
	return utf8.RuneCountInString(r.Person.Name) > 1 && strings.Contains(words, r.Person.Name) ||
		len(phone) >= 7 && strings.Contains(digits(words), phone)
}

// nameless gives files names that say nothing: those they come with often name who spoke.
func nameless(fs []journal.File) []journal.File {
	out := slices.Clone(fs)
	for i := range out {
		out[i].Name = fmt.Sprintf("file-%d%s", i+1, strings.ToLower(filepath.Ext(out[i].Name)))
	}
	return out
}

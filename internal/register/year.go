package register

import (
	"regexp"
	"strconv"

	"yanming/internal/sheet"
)

var (
	yearInTitle = regexp.MustCompile(`((?:19|20)[0-9]{2})\s*年`)
	yearInName  = regexp.MustCompile(`(?:^|[^0-9])((?:19|20)[0-9]{2})(?:[^0-9]|$)`)
)

// guessYear finds the year of dates that name none: in the title above the header, in the file's name, or in the first
// whole date of the column that says when it was said. 0 where nothing says it, and where a title or the name says two:
// then a date is of the latest of its days that is not ahead.
func guessYear(name string, head []sheet.Row, h sheet.Header, m Mapping) int {
	for _, r := range head {
		for i, c := range r.Cells {
			if r.Number >= h.Row || c == "" || r.IsFilled(i) {
				continue
			}
			if year, found := theYear(yearInTitle, c); found {
				return year
			}
		}
	}
	if year, found := theYear(yearInName, name); found {
		return year
	}
	at, _, err := m.place(h)
	i, dated := at[Said]
	if err != nil || !dated {
		return 0
	}
	for _, r := range head {
		// Year 4 can only come from a date without one: such a date says nothing here.
		if at, ok := sheet.Date(r.Cell(i), 4); ok && r.Number > h.Last && len(r.Cell(i)) >= 8 {
			return at.Year()
		}
	}
	return 0
}

// theYear returns the year that a text names, 0 where it names several.
func theYear(re *regexp.Regexp, s string) (year int, found bool) {
	for s != "" {
		at := re.FindStringSubmatchIndex(s)
		if at == nil {
			break
		}
		y, err := strconv.Atoi(s[at[2]:at[3]])
		switch {
		case err != nil || y < 1949:
		case found && y != year:
			return 0, true
		default:
			year, found = y, true
		}
		s = s[at[3]:] // what ends one name may begin the next: 2025-2026
	}
	return year, found
}

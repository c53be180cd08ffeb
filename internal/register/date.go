package register

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"yanming/internal/calendar"
	"yanming/internal/sheet"
)

var (
	// bareDay matches the month and day that a column of dates can only mean: 3.5, 3/15, and what may follow in a range:
	// 9.10-9.12. But 3.1 may have been 3.10 before a spreadsheet program took it for a number, and so on up to 3.3.
	bareDay = regexp.MustCompile(`^([0-9]{1,2})([./-])([0-9]{1,2})(?:日|号)?(\s*(?:[-~—–至到]\s*[0-9]{1,2}(?:[./-][0-9]{1,2})?(?:日|号)?)?)$`)
	// shortYear matches a year of two digits, which only the years of a ledger tell from a day: 26.9.5.
	shortYear = regexp.MustCompile(`^([0-9]{2})\s?[./-]\s?([0-9]{1,2})\s?[./-]\s?([0-9]{1,2})$`)
	// foreign matches the way of programs that count in English, where the day cannot be a month: 9/16/2026.
	foreign = regexp.MustCompile(`^([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})(\s.*)?$`)
	// onlyMonth matches what names a month and no day: 2026年9月, 9月份, 9月底前, 2026.9.
	onlyMonth = regexp.MustCompile(`^(?:([0-9]{4})\s?[年.\-/]\s?)?([0-9]{1,2})\s?(月|$)\s?份?\s?(初|上旬|中旬|下旬|末|底)?$`)
	// yearsEnd matches the end of a year: 年底, 2026年底前.
	yearsEnd = regexp.MustCompile(`^(?:([0-9]{4})\s?)?年(?:底|末)$`)
)

func narrow(v string) string { return norm.NFKC.String(strings.TrimSpace(v)) }

// year is that of a date without one which nothing else tells.
func (r *Reader) year() int {
	if r.m.Year != 0 {
		return r.m.Year
	}
	return r.now.In(sheet.China).Year()
}

// fullDate writes a date that lacks its year, or has it elsewhere, as other dates are; what follows the day in a range stays
// away. part is whether there was something.
func (r *Reader) fullDate(v string) (date string, part bool) {
	n := narrow(v)
	if m := shortYear.FindStringSubmatch(n); m != nil {
		if y, err := strconv.Atoi(m[1]); err == nil && (2000+y == r.year() || 2000+y == r.year()-1) {
			return strconv.Itoa(2000+y) + "-" + m[2] + "-" + m[3], false
		}
	}
	if m := bareDay.FindStringSubmatch(n); m != nil && !(m[2] == "." && len(m[3]) == 1 && m[3] < "4" && m[4] == "") {
		return m[1] + "月" + m[3] + "日", m[4] != ""
	}
	if m := foreign.FindStringSubmatch(n); m != nil {
		if day, err := strconv.Atoi(m[2]); err == nil && day > 12 {
			return m[3] + "-" + m[1] + "-" + m[2] + m[4], false
		}
	}
	return v, false
}

// date reads a date as read does; one without a year is of the mapping's year, else the latest that is not ahead. Of a range
// it is none.
func (r *Reader) date(v string, read func(string, int) (time.Time, bool)) (time.Time, bool) {
	v, part := r.fullDate(v)
	if part {
		return time.Time{}, false
	}
	return r.dateOf(v, read)
}

func (r *Reader) dateOf(v string, read func(string, int) (time.Time, bool)) (time.Time, bool) {
	year := r.year()
	if at, ok := read(v, year); ok && r.m.Year == 0 && at.After(r.now) {
		if bare, whole := read(v, year-1); whole && !bare.Equal(at) {
			return bare, true
		}
	}
	return read(v, year)
}

// leadingDate reads the day with which a longer text begins, a range among them.
func (r *Reader) leadingDate(v string) (time.Time, bool) {
	v, _ = r.fullDate(v)
	return r.dateOf(v, sheet.LeadingDate)
}

// month reads a month without a day, as its first.
func (r *Reader) month(v string) (time.Time, bool) {
	m := onlyMonth.FindStringSubmatch(narrow(v))
	if m == nil || m[3] == "" && (m[1] == "" || m[2] == "1") { // 2026.1 may have been 2026.10
		return time.Time{}, false
	}
	if m[1] != "" {
		return r.dateOf(m[1]+"年"+m[2]+"月1日", sheet.Date)
	}
	return r.dateOf(m[2]+"月1日", sheet.Date)
}

// dueDay reads until when something had to be done. A date without a year is the first one not before it was said, where
// that is known; a month is its last day.
func (r *Reader) dueDay(v string, said time.Time) (time.Time, bool) {
	for _, end := range []string{"之前", "以前", "前", "为止", "止", "截止"} {
		v = strings.TrimSuffix(v, end)
	}
	if m := yearsEnd.FindStringSubmatch(narrow(v)); m != nil {
		v = m[1] + "年12月31日"
		if m[1] == "" {
			v = "12月31日"
		}
	}
	v, part := r.fullDate(v)
	if part {
		return time.Time{}, false
	}
	read := func(v string, year int) (time.Time, bool) {
		if m := onlyMonth.FindStringSubmatch(narrow(v)); m != nil && m[3] != "" && (m[4] == "" || m[4] == "底" || m[4] == "末" || m[4] == "下旬") {
			first := m[2] + "月1日"
			if m[1] != "" {
				first = m[1] + "年" + first
			}
			at, ok := sheet.Date(first, year)
			return at.AddDate(0, 1, -1), ok
		}
		return r.book.Date(v, year)
	}
	at, ok := r.dateOf(v, read)
	if !said.IsZero() { // without its year it is not before
		year := said.In(sheet.China).Year()
		if one, fine := read(v, year); fine {
			if next, also := read(v, year+1); also && !next.Equal(one) {
				at, ok = one, true
				if calendar.DayOf(one).End().Before(said) {
					at = next
				}
			}
		}
	}
	if !ok {
		return time.Time{}, false
	}
	return calendar.DayOf(at).End().Add(-time.Millisecond), true
}

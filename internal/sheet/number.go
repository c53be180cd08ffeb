package sheet

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// epoch is the day a workbook counts from.
type epoch int

const (
	epoch1900 epoch = iota // Excel for Windows, WPS
	epoch1904              // old Excel for Mac
)

// numberFormat is what a cell's format makes of its number.
type numberFormat struct {
	date, clock bool
	percent     bool
	digits      int // pad with zeros to so many digits, as 000000 does
}

// style is what is kept of a cell's formatting.
type style struct {
	format numberFormat
	struck bool
}

// formatOf reads a number format. Built-in numbers mean dates as ECMA-376 part 1 §18.8.30 lists them, those of the
// Chinese edition included.
func formatOf(id int, code string, custom bool) numberFormat {
	if !custom {
		switch {
		case id == 9, id == 10:
			return numberFormat{percent: true}
		case id == 22:
			return numberFormat{date: true, clock: true}
		case id >= 14 && id <= 17, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57, id == 58:
			return numberFormat{date: true}
		case id >= 18 && id <= 21, id >= 32 && id <= 35, id >= 45 && id <= 47, id == 55, id == 56:
			return numberFormat{clock: true}
		}
		return numberFormat{}
	}
	code, _, _ = strings.Cut(strings.ToLower(bareFormat(code)), ";")
	if code != "" && strings.Trim(code, "0") == "" {
		return numberFormat{digits: len(code)}
	}
	if strings.Contains(code, "%") && !strings.ContainsAny(code, "ydhs") {
		return numberFormat{percent: true}
	}
	if strings.Contains(code, "general") || strings.ContainsAny(code, "#0?@") && !strings.ContainsAny(code, "yd") {
		if !strings.ContainsAny(code, "hs") {
			return numberFormat{}
		}
	}
	f := numberFormat{date: strings.ContainsAny(code, "yd") || strings.Contains(code, "aaa"), clock: strings.ContainsAny(code, "hs")}
	if !f.date && !f.clock && strings.Contains(code, "m") {
		f.date = true
	}
	return f
}

// bareFormat drops what a format says literally: quoted text, escaped characters, colours and locales. An elapsed time
// such as [h] stays a clock.
func bareFormat(code string) string {
	var b strings.Builder
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '"':
			if j := strings.IndexByte(code[i+1:], '"'); j >= 0 {
				i += j + 1
			}
		case '\\', '_', '*':
			i++
		case '[':
			j := strings.IndexByte(code[i:], ']')
			if j < 0 {
				continue
			}
			if in := code[i+1 : i+j]; in != "" && strings.Trim(strings.ToLower(in), "hms") == "" {
				b.WriteString(in)
			}
			i += j
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// numberCell writes a stored number out: dates as 2014-03-05 or 2014-03-05 08:05(:30), a time of day as 08:05, shares as 85%, whole
// numbers with all their digits, others to the 15 digits that spreadsheet programs keep. It reports lost digits.
func numberCell(raw string, f numberFormat, from epoch) (text string, lossy bool) {
	raw = strings.TrimSpace(raw)
	n, err := strconv.ParseFloat(raw, 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
		return raw, false
	}
	if (f.date || f.clock) && n >= 0 {
		if s, ok := serialText(n, f, from); ok {
			return s, false
		}
	}
	if f.percent && math.Abs(n) < 1e9 {
		return strconv.FormatFloat(math.Round(n*1e8)/1e6, 'f', -1, 64) + "%", false
	}
	if f.digits > 0 && n >= 0 && n < 1e15 && n == math.Trunc(n) {
		s := strconv.FormatFloat(n, 'f', 0, 64)
		return strings.Repeat("0", max(0, f.digits-len(s))) + s, false
	}
	if s, lost, whole := wholeNumber(raw); whole {
		return s, lost
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(n, 'g', 15, 64), 64)
	if err != nil {
		return raw, false
	}
	if a := math.Abs(rounded); a < 1e-9 && a > 0 || a >= 1e21 {
		return strconv.FormatFloat(rounded, 'g', -1, 64), a >= 1e21
	}
	s := strconv.FormatFloat(rounded, 'f', -1, 64)
	return s, math.Abs(n) >= 1e15
}

// wholeNumber writes the whole number that raw stores with all its digits. Spreadsheet programs keep 15 digits: a
// longer number whose further digits are all zero has lost them, and so has one of twelve digits or more whose mantissa
// was cut (2.02611E+13).
func wholeNumber(raw string) (s string, lossy, ok bool) {
	body, sign := raw, ""
	if strings.HasPrefix(body, "-") {
		sign, body = "-", body[1:]
	}
	mantissa, exponent, scientific := strings.Cut(strings.ToUpper(body), "E")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if whole == "" || !digitsOnly(whole) || !digitsOnly(fraction) {
		return "", false, false
	}
	if !scientific {
		if strings.Trim(fraction, "0") != "" || len(whole) > 30 {
			return "", false, false
		}
		return sign + whole, len(whole) > 15 && strings.Trim(whole[15:], "0") == "", true
	}
	e, err := strconv.Atoi(exponent)
	if err != nil || e < 0 || e > 30 || len(fraction) > 30 {
		return "", false, false
	}
	significant := strings.TrimRight(fraction, "0")
	if len(significant) > e {
		return "", false, false
	}
	digits := strings.TrimLeft(whole+significant+strings.Repeat("0", e-len(significant)), "0")
	if digits == "" {
		digits = "0"
	}
	cut := len(digits) > 15 || len(digits) >= 12 && len(whole+fraction) < len(digits)
	return sign + digits, cut, true
}

func digitsOnly(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// textCell reads a cell that is text: the apostrophe by which a spreadsheet keeps digits as text goes, and a number
// that was cut to 2.02611E+13 is written out, and marked, or recovered if all its digits are there.
func textCell(raw string) (text string, lossy bool) {
	text = strings.TrimSpace(strings.ReplaceAll(raw, "\r\n", "\n"))
	if len(text) > 1 && (text[0] == '\'' || strings.HasPrefix(text, "’")) {
		rest := strings.TrimPrefix(strings.TrimPrefix(text, "'"), "’")
		if strings.Trim(rest, "0123456789 -xX") == "" || triggers(rest) {
			text = rest
		}
	}
	if len(text) > 3 && strings.HasPrefix(text, `="`) && strings.HasSuffix(text, `"`) { // by which an export keeps digits as text
		text = strings.ReplaceAll(text[2:len(text)-1], `""`, `"`)
	}
	if len(text) < 24 && strings.ContainsAny(text, "eE") && strings.Contains(text, "+") {
		if s, lost, ok := wholeNumber(text); ok && len(s) >= 6 {
			mantissa, _, _ := strings.Cut(strings.ToUpper(text), "E")
			return s, lost || len(strings.Trim(strings.Replace(mantissa, ".", "", 1), "-")) < len(strings.Trim(s, "-")) // as text it holds no more digits than it shows
		}
	}
	return text, false
}

// serialText writes a date serial. Seconds are rounded, because a serial holds no more.
func serialText(n float64, f numberFormat, from epoch) (string, bool) {
	if n < 1 && !f.date {
		t := time.Unix(int64(math.Round(n*86400)), 0).UTC()
		return clockText(t), true
	}
	t, ok := fromSerial(n, from)
	if !ok {
		return "", false
	}
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 && !f.clock {
		return t.Format("2006-01-02"), true
	}
	return t.Format("2006-01-02 ") + clockText(t), true
}

func clockText(t time.Time) string {
	if t.Second() != 0 {
		return t.Format("15:04:05")
	}
	return t.Format("15:04")
}

// fromSerial returns the wall-clock time of a date serial, as UTC. The 1900 count holds a 29 February 1900 that never
// was, so days before it lie one further.
func fromSerial(n float64, from epoch) (time.Time, bool) {
	if n < 0 || n > 2958466 { // the year 9999
		return time.Time{}, false
	}
	start := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case from == epoch1904:
		start = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case n < 60:
		start = start.AddDate(0, 0, 1)
	}
	days, part := math.Modf(n)
	return start.AddDate(0, 0, int(days)).Add(time.Duration(math.Round(part*86400)) * time.Second), true
}

// toSerial is the inverse of fromSerial for the wall clock of t, on the 1900 count from 1 March 1900 on.
func toSerial(t time.Time) float64 {
	wall := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	return wall.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Seconds() / 86400
}

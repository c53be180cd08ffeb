package sheet

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// China is the zone of every date in a table: UTC+8 without daylight saving.
var China = time.FixedZone("UTC+8", 8*3600)

// Date reads a date as offices write them, with or without a time of day: 2014.3.5, 2014-3-5, 2014/3/5 8:05,
// 2014年3月5日, 14年3月5日, 二〇一四年三月五日, 3月5日 (of year), 20140305, the serial 41703, 2019-02-28 11:25:05. It
// reports false for what does not say a day between 1949 and 2149: 上周三, 5个工作日, 2014.3, 14.3.5. The time is in
// China's zone.
func Date(s string, year int) (time.Time, bool) { return date(s, year, epoch1900) }

// Date is the function Date for what stands in a cell of the book: a serial counts from the day that its workbook counts
// from. A cell whose format shows a date has come as one already.
func (b *Book) Date(s string, year int) (time.Time, bool) {
	from := epoch1900
	if x, ok := b.src.(*xlsx); ok {
		from = x.from
	}
	return date(s, year, from)
}

func date(s string, year int, from epoch) (time.Time, bool) {
	if len(s) > 100 {
		return time.Time{}, false
	}
	s = strings.ToUpper(strings.TrimSpace(strings.Trim(strings.TrimSpace(norm.NFKC.String(s)), "'’")))
	s = weekday.ReplaceAllString(s, " ")
	s = hanDigits(strings.TrimRight(strings.TrimSpace(s), ".。"))
	if offset.MatchString(s) {
		t, err := time.Parse(time.RFC3339, s)
		if err != nil {
			return time.Time{}, false
		}
		return plausible(t.In(China))
	}
	if serial.MatchString(s) {
		n, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return time.Time{}, false
		}
		t, ok := fromSerial(n, from)
		if !ok {
			return time.Time{}, false
		}
		return plausible(time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, China))
	}
	var m []string
	for _, p := range []*regexp.Regexp{dotted, han, compact, monthDay} {
		if m = p.FindStringSubmatch(s); m != nil {
			if p == monthDay {
				m = append([]string{m[0], strconv.Itoa(year)}, m[1:]...)
			}
			break
		}
	}
	if m == nil {
		return time.Time{}, false
	}
	hour, minute, second, ok := clock(m[4])
	if !ok {
		return time.Time{}, false
	}
	y, mo, d := atoi(m[1]), atoi(m[2]), atoi(m[3])
	if len(m[1]) == 2 && m[0] != "" && strings.Contains(m[0], "年") { // 14年 is 2014, 98年 is 1998
		if y += 1900; y < 1950 {
			y += 100
		}
	}
	t := time.Date(y, time.Month(mo), d, hour, minute, second, 0, China)
	if t.Year() != y || int(t.Month()) != mo || t.Day() != d {
		return time.Time{}, false // 31 February
	}
	return plausible(t)
}

func plausible(t time.Time) (time.Time, bool) {
	if t.Year() < 1949 || t.Year() > 2149 {
		return time.Time{}, false
	}
	return t, true
}

// Every date pattern has the groups year, month, day and rest; monthDay lacks the year.
var (
	weekday  = regexp.MustCompile(`\(?(?:星期|周|礼拜)[一二三四五六日天]\)?`)
	offset   = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:Z|[+-][0-9]{2}:[0-9]{2})$`)
	serial   = regexp.MustCompile(`^[1-8][0-9]{4}(?:\.[0-9]+)?$`)
	dotted   = regexp.MustCompile(`^([0-9]{4})\s?[.,\-/、—–\s]\s?([0-9]{1,2})\s?[.,\-/、—–\s]\s?([0-9]{1,2})(?:日|号)?((?:[T\s上早清凌中下傍晚夜].*)?)$`)
	han      = regexp.MustCompile(`^([0-9]{4}|[0-9]{2})\s?年\s?([0-9]{1,2})\s?月\s?([0-9]{1,2})(\s?[日号].*|\s?(?:[^0-9].*)?)$`)
	compact  = regexp.MustCompile(`^([0-9]{4})([0-9]{2})([0-9]{2})((?:[T\s].*|[0-9]{4}|[0-9]{6})?)$`)
	monthDay = regexp.MustCompile(`^([0-9]{1,2})\s?月\s?([0-9]{1,2})\s?(?:日|号)(.*)$`)
	timeText = regexp.MustCompile(`^(上午|早上|早晨|清晨|早|凌晨|中午|下午|傍晚|晚上|晚|夜里|夜)?\s?([0-9]{1,2})\s?[:时点]\s?(?:([0-9]{1,2})\s?分?)?(?:[:]?\s?([0-9]{1,2})(?:\.[0-9]{1,9})?\s?秒?)?\s?(AM|PM)?$`)
	timeRun  = regexp.MustCompile(`^([0-9]{2})([0-9]{2})([0-9]{2})?$`)
)

// LeadingDate reads the day with which a longer text begins, as 2014.3.5-3.7 and 3月5日晚上在村部 do. Text that is a date
// as a whole is Date's.
func LeadingDate(s string, year int) (time.Time, bool) {
	if len(s) > 1000 {
		return time.Time{}, false
	}
	m := leading.FindString(hanDigits(strings.TrimSpace(norm.NFKC.String(s))))
	return Date(m, year)
}

var leading = regexp.MustCompile(`^(?:[0-9]{4}\s?[.\-/]\s?[0-9]{1,2}\s?[.\-/]\s?[0-9]{1,2}\b|(?:[0-9]{4}\s?年\s?)?[0-9]{1,2}\s?月\s?[0-9]{1,2}\s?[日号])`)

// hanDigits writes the numbers of a date that is written in Chinese characters in digits: 二〇一四年三月五日.
func hanDigits(s string) string {
	if !strings.Contains(s, "月") {
		return s
	}
	s = hanYear.ReplaceAllStringFunc(s, func(y string) string { return hanNumerals.Replace(y) })
	return hanCount.ReplaceAllStringFunc(s, func(n string) string {
		unit := n[len(n)-len("月"):]
		n = strings.Replace(strings.TrimSuffix(n, unit), "元", "一", 1)
		tens, ones, ten := strings.Cut(strings.Replace(n, "廿", "二十", 1), "十")
		if ten && tens == "" {
			tens = "一"
		}
		if ten && ones == "" {
			ones = "〇"
		}
		return hanNumerals.Replace(tens+ones) + unit
	})
}

var (
	hanNumerals = strings.NewReplacer("〇", "0", "○", "0", "零", "0", "一", "1", "二", "2", "三", "3", "四", "4", "五", "5", "六", "6", "七", "7", "八", "8", "九", "9")
	hanYear     = regexp.MustCompile(`^[〇○零一二三四五六七八九]{4}年`)
	hanCount    = regexp.MustCompile(`[一二三四五六七八九十廿元]{1,3}[月日号]`)
)

// clock reads what follows the day. Nothing is midnight.
func clock(s string) (hour, minute, second int, ok bool) {
	s = strings.TrimLeft(s, " \t\r\n")
	for _, end := range []string{"日", "号", "T"} {
		s = strings.TrimPrefix(s, end)
	}
	s = strings.TrimSpace(s)
	if s == "" {
		return 0, 0, 0, true
	}
	number := func(s string) int {
		if s == "" {
			return 0
		}
		return atoi(s)
	}
	if m := timeRun.FindStringSubmatch(s); m != nil {
		hour, minute, second = number(m[1]), number(m[2]), number(m[3])
		return hour, minute, second, hour < 24 && minute < 60 && second < 60
	}
	m := timeText.FindStringSubmatch(s)
	if m == nil {
		return 0, 0, 0, false
	}
	hour, minute, second = number(m[2]), number(m[3]), number(m[4])
	switch half := m[1] + m[5]; {
	case hour < 12 && (half == "下午" || half == "晚上" || half == "晚" || half == "傍晚" || half == "夜" || half == "夜里" || half == "PM" || half == "中午" && hour < 3):
		hour += 12
	case hour == 12 && (half == "AM" || half == "凌晨"):
		hour = 0
	}
	return hour, minute, second, hour < 24 && minute < 60 && second < 60
}

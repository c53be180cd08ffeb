package sheet

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// SplitNumbered divides "1.路灯不亮 2.水渠堵了", ①… ②…, 一、… 二、…, （1）… （2）… into its items without their
// numbers. The numbers must run from one without a gap and each item must hold something; else s comes back whole.
// What stands before the first number stays with the first item.
func SplitNumbered(s string) []string {
	s = Text(s)
	for _, style := range numberStyles {
		if items := style.split(s); items != nil {
			return items
		}
	}
	if s == "" {
		return nil
	}
	return []string{s}
}

// itemSign writes the sign before item n.
type itemSign func(n int) string

// numberStyle finds the marker of item n in s from an offset on.
type numberStyle struct {
	markers []itemSign
	digits  bool // the marker must not touch another digit
}

var numberStyles = []numberStyle{
	{markers: []itemSign{around("（", "）", narrowNumber), around("(", ")", narrowNumber), around("（", "）", wideNumber), around("（", ")", narrowNumber), around("(", "）", narrowNumber)}},
	{markers: []itemSign{around("（", "）", hanNumber), around("(", ")", hanNumber)}},
	{markers: []itemSign{circled}},
	{markers: []itemSign{around("", "、", hanNumber), around("", "，", hanNumber)}},
	{digits: true, markers: []itemSign{around("", ".", narrowNumber), around("", "．", narrowNumber), around("", "、", narrowNumber),
		around("", "）", narrowNumber), around("", ")", narrowNumber), around("", "．", wideNumber), around("", "、", wideNumber), around("", ".", wideNumber)}},
}

func around(before, after string, number itemSign) itemSign {
	return func(n int) string { return before + number(n) + after }
}

func narrowNumber(n int) string { return strconv.Itoa(n) }

func wideNumber(n int) string {
	return strings.Map(func(r rune) rune { return r - '0' + '０' }, strconv.Itoa(n))
}

func hanNumber(n int) string {
	const one = "一二三四五六七八九"
	digit := func(i int) string { return string([]rune(one)[i-1]) }
	switch {
	case n < 10:
		return digit(n)
	case n == 10:
		return "十"
	case n < 20:
		return "十" + digit(n-10)
	}
	return "\x00" // no list is longer
}

func circled(n int) string {
	if n > 20 {
		return "\x00"
	}
	return string(rune('①' + n - 1))
}

func (st numberStyle) split(s string) []string {
	for _, mark := range st.markers {
		var cuts, ends []int
		from := 0
		for n := 1; n <= 99; n++ {
			at, end := st.find(s, mark(n), from, n > 1)
			if at < 0 {
				break
			}
			cuts, ends = append(cuts, at), append(ends, end)
			from = end
		}
		if len(cuts) < 2 {
			continue
		}
		items := make([]string, 0, len(cuts))
		lead := strings.TrimSpace(s[:cuts[0]])
		for i := range cuts {
			stop := len(s)
			if i+1 < len(cuts) {
				stop = cuts[i+1]
			}
			item := strings.TrimRight(strings.TrimSpace(s[ends[i]:stop]), "；;，,、 ")
			if item == "" {
				return nil
			}
			items = append(items, item)
		}
		items[0] = lead + items[0]
		return items
	}
	return nil
}

// find returns where the marker begins and ends. The first marker stands at the beginning or after a stop or a space,
// so that "第1、" is none.
func (st numberStyle) find(s, marker string, from int, inside bool) (int, int) {
	for i := from; ; {
		j := strings.Index(s[i:], marker)
		if j < 0 {
			return -1, -1
		}
		at := i + j
		end := at + len(marker)
		ok := true
		if p, size := utf8.DecodeLastRuneInString(s[:at]); size > 0 {
			if st.digits && (unicode.IsDigit(p) || p < unicode.MaxASCII && unicode.IsLetter(p) || strings.ContainsRune(".-．－第", p)) {
				ok = false
			}
			if !inside && !unicode.IsSpace(p) && !strings.ContainsRune("。；;！!？?：:，,、", p) {
				ok = false
			}
		}
		if p, size := utf8.DecodeRuneInString(s[end:]); st.digits && size > 0 && unicode.IsDigit(p) {
			ok = false
		}
		if ok {
			return at, end
		}
		i = end
	}
}

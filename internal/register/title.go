package register

import (
	"regexp"
	"strings"
	"time"

	"yanming/internal/casework"
	"yanming/internal/sheet"
)

// above are the cells above the names of the columns.
func above(head []sheet.Row, h sheet.Header) (out []string) {
	for _, r := range head {
		for i, c := range r.Cells {
			if r.Number < h.Row && c != "" && !r.IsFilled(i) {
				out = append(out, c)
			}
		}
	}
	return out
}

// titleChannels are words of titles that say by which way a whole sheet came in. 走访听民声 is the name of a drive.
var titleChannels = []struct {
	form    *regexp.Regexp
	channel casework.Channel
}{
	{regexp.MustCompile(`座谈会|恳谈会|院坝会|屋场会`), casework.Forum},
	{regexp.MustCompile(`接访|来访登记|来访台账|来访记录`), casework.WalkIn},
	{regexp.MustCompile(`来电登记|来电记录|电话记录`), casework.Phone},
	{regexp.MustCompile(`12345|热线`), casework.Hotline},
	{regexp.MustCompile(`意见箱`), casework.Letter},
	{regexp.MustCompile(`问卷`), casework.Questionnaire},
	{regexp.MustCompile(`入户走访|走访登记|走访记录|走访日志`), casework.Visit},
}

// guessChannel tells by the names of sheet and file, and by the titles, where the rows of a sheet came from that does not
// say it: where they speak of one way only.
func guessChannel(tab, file string, titles []string) casework.Channel {
	found := casework.Referral
	for _, s := range append([]string{tab, file}, titles...) {
		if strings.Contains(s, "来信") { // and visits, and calls
			return casework.Referral
		}
		for _, t := range titleChannels {
			switch {
			case !t.form.MatchString(s), found == t.channel:
			case found != casework.Referral:
				return casework.Referral
			default:
				found = t.channel
			}
		}
	}
	return found
}

// heldOn matches the day of a meeting or a visit above the names of the columns: 时间：2026年10月11日上午. 填报时间 is another,
// and 日期 alone is that on which somebody filled the sheet in.
var heldOn = regexp.MustCompile(`(?:^|[\s\x{3000}])(?:(?:会议|座谈|走访|接访|来访|活动|召开|登记|收集|征集)(?:时间|日期)|时间)\s*[:：]\s*(\S.*)`)

// toDay matches the end of a period behind its first day: 1月1日-3月31日, 9月1日至5日, 2026-9-1~2026-9-5.
var toDay = regexp.MustCompile(`[日号0-9]\s*(?:[—–~～至到]|--)\s*[0-9]|[日号]\s*-\s*[0-9]`)

// dayOfSheet finds the day on which all that a sheet holds was said, where no column says it and the sheet names one day.
func (r *Reader) dayOfSheet(head []sheet.Row) (day time.Time) {
	if _, mapped := r.at[Said]; mapped {
		return day
	}
	for _, t := range above(head, r.plan.Header) {
		m := heldOn.FindStringSubmatch(t)
		if m == nil {
			continue
		}
		at, ok := r.leadingDate(m[1])
		if !ok || toDay.MatchString(m[1]) || at.After(r.now) || !day.IsZero() && !day.Equal(at) {
			return time.Time{}
		}
		day = at
	}
	return day
}

// Day returns the day that the sheet's title gives to all that it holds, zero for none.
func (r *Reader) Day() time.Time { return r.day }

// mostlyNames reports whether more than half of what stands in the row of a header are names of columns, as at the head of
// a list; of a form, 姓名 beside 张三, it is half.
func mostlyNames(head []sheet.Row, h sheet.Header) bool {
	names, all, known := columnNames(), 0, 0
	for _, r := range head {
		for i, c := range r.Cells {
			if r.Number != h.Row || c == "" || r.IsFilled(i) {
				continue
			}
			if all++; names[plain(c)] {
				known++
			}
		}
	}
	return 2*known > all
}

// isForm reports whether a sheet is no list: names of columns stand one below the other, and beside each what somebody
// filled in.
func isForm(head []sheet.Row) bool {
	names, found := columnNames(), map[string]bool{}
	for _, r := range head {
		var own []string
		for i, c := range r.Cells {
			if c != "" && !r.IsFilled(i) {
				own = append(own, plain(c))
			}
		}
		if len(own) > 1 && names[own[0]] && !names[own[1]] {
			found[own[0]] = true
		}
	}
	return len(found) > 2
}

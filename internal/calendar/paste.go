package calendar

import (
	"fmt"
	"strconv"
	"strings"

	"yanming/internal/errs"
)

const (
	maxRows   = 2000 // more than 40 years of notices
	maxErrors = 20   // a person mends no more at a time
)

// kinds are the words an operator may write, besides the table's own.
var kinds = map[string]Kind{
	"holiday": Holiday, "workday_shifted": WorkdayShifted, "in_lieu": InLieu,
	"放假": Holiday, "休": Holiday, "节假日": Holiday, "补休": InLieu,
	"上班": WorkdayShifted, "班": WorkdayShifted, "调休上班": WorkdayShifted, "补班": WorkdayShifted,
}

// ParseDays reads a holiday table as an operator pastes it: one day per line, date and kind, with a comma or a tab
// between them; further columns are ignored, and so are empty lines and a first line with the word date or 日期.
// A date is 2027-01-01 or, from a spreadsheet, 2027/1/1. A day named twice is kept once. The days keep their order.
//
// Errors: Invalid, as an errs.List of field "days" whose first argument is the line counted from 1: calendar.row.date,
// calendar.row.kind, calendar.row.twice (named as worked and as off). Also calendar.rows.none and calendar.rows.many.
func ParseDays(text string) ([]DayKind, error) {
	var bad errs.List
	var days []DayKind
	seen := map[Day]Kind{}
	for i, line := range strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n") {
		row := i + 1
		cells := strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == '，' || r == '\t' || r == ';' })
		for j := range cells {
			cells[j] = strings.Trim(strings.TrimSpace(cells[j]), `"`)
		}
		if strings.TrimSpace(line) == "" || row == 1 && header(cells) {
			continue
		}
		if len(bad) == maxErrors {
			break
		}
		if len(days) == maxRows {
			bad.Add("days", "calendar.rows.many", maxRows)
			break
		}
		cells = append(cells, "", "") // a line may lack either
		day, ok := looseDay(cells[0])
		if !ok {
			bad.Add("days", "calendar.row.date", row, errs.Short(cells[0]))
			continue
		}
		kind, ok := kinds[strings.ToLower(cells[1])]
		if !ok {
			bad.Add("days", "calendar.row.kind", row, errs.Short(cells[1]))
			continue
		}
		if before, twice := seen[day]; twice {
			if (before == WorkdayShifted) != (kind == WorkdayShifted) {
				bad.Add("days", "calendar.row.twice", row, string(day))
			}
			continue
		}
		seen[day] = kind
		days = append(days, DayKind{day, kind})
	}
	if len(bad) == 0 && len(days) == 0 {
		bad.Add("days", "calendar.rows.none")
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	return days, nil
}

func header(cells []string) bool {
	return len(cells) > 0 && (strings.EqualFold(cells[0], "date") || cells[0] == "日期")
}

// looseDay reads 2027-01-01, 2027-1-1, 2027/1/1 and 2027.1.1.
func looseDay(s string) (Day, bool) {
	p := strings.FieldsFunc(s, func(r rune) bool { return r == '-' || r == '/' || r == '.' })
	if len(p) != 3 || len(p[0]) != 4 {
		return "", false
	}
	var v [3]int
	for i, t := range p {
		n, err := strconv.ParseUint(t, 10, 16)
		if err != nil || len(t) > 4 {
			return "", false
		}
		v[i] = int(n)
	}
	d := Day(fmt.Sprintf("%04d-%02d-%02d", v[0], v[1], v[2]))
	return d, d.Valid()
}

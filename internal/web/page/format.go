package page

import (
	"fmt"
	"net/http"
	"time"

	"yanming/internal/calendar"
	"yanming/internal/i18n"
)

// moment reads what a template gives as a time: time.Time, calendar.Day or Unix milliseconds, in UTC+8. The zero of
// each is no time, and is shown as a dash.
func moment(v any) (t time.Time, known bool, err error) {
	switch v := v.(type) {
	case time.Time:
		return v.In(calendar.Zone()), !v.IsZero(), nil
	case calendar.Day:
		if v == "" {
			return t, false, nil
		}
		if !v.Valid() {
			return t, false, fmt.Errorf("date: %q is no day", string(v))
		}
		return v.Start(), true, nil
	case int64:
		return time.UnixMilli(v).In(calendar.Zone()), v != 0, nil
	}
	return t, false, fmt.Errorf("date: %T is no time", v)
}

func (p speaker) format(v any, zh, en string) (string, error) {
	t, known, err := moment(v)
	if err != nil {
		return "", err
	}
	if !known {
		return "—", nil
	}
	if p.lang == i18n.EN {
		return t.Format(en), nil
	}
	return t.Format(zh), nil
}

// date says a day in full: 2026年11月23日, 23 November 2026.
func (p speaker) date(v any) (string, error) { return p.format(v, "2006年1月2日", "2 January 2006") }

// day says a day within the year: 11月23日, 23 November.
func (p speaker) day(v any) (string, error) { return p.format(v, "1月2日", "2 January") }

// md says a day in a dense list: 11-23, 23 Nov.
func (p speaker) md(v any) (string, error) { return p.format(v, "01-02", "2 Jan") }

// MonthDay says a day in the visitor's language as md does.
func (s *Site) MonthDay(r *http.Request, d calendar.Day) string {
	text, err := speaker{s, s.Lang(r)}.md(d)
	if err != nil {
		return string(d) // md reads every calendar.Day
	}
	return text
}

// clock says the time of day: 09:41.
func (p speaker) clock(v any) (string, error) { return p.format(v, "15:04", "15:04") }

// datetime says a moment: 2026年11月23日 09:41, 23 November 2026, 09:41.
func (p speaker) datetime(v any) (string, error) {
	return p.format(v, "2006年1月2日 15:04", "2 January 2006, 15:04")
}

// weekday says the day of the week: 星期一, Monday.
func (p speaker) weekday(v any) (string, error) {
	t, known, err := moment(v)
	if err != nil || !known {
		return "—", err
	}
	return p.t([...]string{"page.sunday", "page.monday", "page.tuesday", "page.wednesday", "page.thursday", "page.friday",
		"page.saturday"}[t.Weekday()]), nil
}

// iso is the machine's form, for the datetime attribute of <time>.
func (p speaker) iso(v any) (string, error) {
	if _, isDay := v.(calendar.Day); isDay {
		return p.format(v, time.DateOnly, time.DateOnly)
	}
	return p.format(v, time.RFC3339, time.RFC3339)
}

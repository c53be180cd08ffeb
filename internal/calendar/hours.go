package calendar

import (
	"fmt"
	"strings"
	"time"

	"yanming/internal/errs"
)

const maxSpells = 4

// Hours are the office hours of a working day, as data that a town may change. The zero Hours are the usual ones,
// 09:00 to 12:00 and 14:00 to 18:00. Hours compare with ==.
type Hours struct {
	n      int
	spells [maxSpells]spell
}

// spell is one stretch of work, in minutes of the day: [from, to).
type spell struct{ from, to int }

// ParseHours reads office hours such as 09:00-12:00,14:00-18:00: one to four stretches, in order, apart, the last one
// at most to 24:00. Chinese punctuation, long dashes and blanks are understood. Errors: Invalid calendar.hours.
func ParseHours(s string) (Hours, error) {
	plain := strings.NewReplacer("，", ",", "、", ",", "；", ",", "：", ":", "–", "-", "—", "-", "－", "-", "～", "-", "~", "-",
		"至", "-", " ", "", "\u3000", "").Replace(s)
	var h Hours
	last := -1
	for _, part := range strings.Split(plain, ",") {
		a, b, ok := strings.Cut(part, "-")
		from, okFrom := minutes(a)
		to, okTo := minutes(b)
		if !ok || !okFrom || !okTo || from >= to || from <= last || h.n == maxSpells {
			return Hours{}, errs.New(errs.Invalid, "calendar.hours")
		}
		h.spells[h.n] = spell{from, to}
		h.n++
		last = to
	}
	if h.String() == (Hours{}).String() {
		return Hours{}, nil // one form only, for ==
	}
	return h, nil
}

// minutes reads 9:00 or 09:00 as minutes of the day; 24:00 is its end.
func minutes(s string) (int, bool) {
	if len(s) == 4 {
		s = "0" + s
	}
	if s == "24:00" {
		return 24 * 60, true
	}
	t, err := time.Parse("15:04", s)
	if err != nil || len(s) != 5 {
		return 0, false
	}
	return t.Hour()*60 + t.Minute(), true
}

// list returns the stretches; the usual ones for the zero Hours.
func (h Hours) list() []spell {
	if h.n == 0 {
		return []spell{{9 * 60, 12 * 60}, {14 * 60, 18 * 60}}
	}
	return h.spells[:h.n]
}

// String returns the hours as ParseHours reads them: 09:00-12:00,14:00-18:00.
func (h Hours) String() string {
	var b strings.Builder
	for i, s := range h.list() {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%02d:%02d-%02d:%02d", s.from/60, s.from%60, s.to/60, s.to%60)
	}
	return b.String()
}

// MarshalText returns String, so that settings and rules keep hours as text.
func (h Hours) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (h *Hours) UnmarshalText(b []byte) error {
	v, err := ParseHours(string(b))
	if err == nil {
		*h = v
	}
	return err
}

// WorkingTime returns how much of the time from one moment to another falls within office hours of working days, to
// the millisecond; 0 where to lies before from.
func (c *Calendar) WorkingTime(from, to time.Time, h Hours) time.Duration {
	a, b := from.UnixMilli(), to.UnixMilli()
	var sum int64
	for n := numberOf(from); n <= numberOf(to); n++ {
		if !c.working(n) {
			continue
		}
		for _, s := range h.list() {
			sum += max(0, min(b, n.startMs()+int64(s.to)*minuteMs)-max(a, n.startMs()+int64(s.from)*minuteMs))
		}
	}
	return time.Duration(sum) * time.Millisecond
}

// afterWork returns the moment at which ms milliseconds of office hours have passed since start. It is the end of a
// stretch rather than the start of the next one. With nothing to pass it is start itself.
func (c *Calendar) afterWork(start, ms int64, h Hours) int64 {
	if ms <= 0 {
		return start
	}
	for n := numberOf(time.UnixMilli(start)); ; n++ {
		if !c.working(n) {
			continue
		}
		for _, s := range h.list() {
			from, to := max(start, n.startMs()+int64(s.from)*minuteMs), n.startMs()+int64(s.to)*minuteMs
			if to <= from {
				continue
			}
			if to-from >= ms {
				return from + ms
			}
			ms -= to - from
		}
	}
}

package sheet

import (
	"iter"
	"strconv"
	"strings"
	"time"
)

type cellKind int

const (
	cellBlank cellKind = iota
	cellText
	cellInt
	cellFloat
	cellDay
	cellMinute
)

// Cell is one value with its type. The zero Cell is blank, which is not the same as 0.
type Cell struct {
	kind   cellKind
	text   string
	number float64
	whole  int64
	time   time.Time
}

// String is a text cell; it is never taken for a formula.
func String(s string) Cell { return Cell{kind: cellText, text: s} }

// Int is a whole number.
func Int(n int64) Cell { return Cell{kind: cellInt, whole: n} }

// Float is a ratio or a median, shown with up to two decimals.
func Float(n float64) Cell { return Cell{kind: cellFloat, number: n} }

// Day is the date of t in China.
func Day(t time.Time) Cell { return Cell{kind: cellDay, time: t.In(China)} }

// Minute is date and time of t in China.
func Minute(t time.Time) Cell { return Cell{kind: cellMinute, time: t.In(China)} }

// String returns the cell as it stands in a text file, before quoting.
func (c Cell) String() string {
	switch c.kind {
	case cellText:
		return c.text
	case cellInt:
		return strconv.FormatInt(c.whole, 10)
	case cellFloat:
		return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(c.number, 'f', 2, 64), "0"), ".")
	case cellDay:
		return c.time.Format("2006-01-02")
	case cellMinute:
		return c.time.Format("2006-01-02 15:04")
	}
	return ""
}

// Cells returns rows that are all at hand as the sequence that Page wants.
func Cells(rows [][]Cell) iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

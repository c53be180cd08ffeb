package register

import (
	"slices"
	"strconv"
	"strings"

	"yanming/internal/sheet"
)

// dayParts are the columns of a date that is kept in several, as in a book of visits: 年, 月, 日. -1 is none.
type dayParts struct{ year, month, day int }

// partsOf finds them among the notes. A sheet that has a column for the whole date, or none for the day or the month, has
// none.
func partsOf(h sheet.Header, at map[Field]int, notes []int) (p dayParts, found bool) {
	if _, mapped := at[Said]; mapped {
		return p, false
	}
	column := func(name string) int {
		if i := slices.IndexFunc(notes, func(i int) bool { return strings.Trim(h.Leaf(i), " 份") == name }); i >= 0 {
			return notes[i]
		}
		return -1
	}
	p = dayParts{column("年"), column("月"), column("日")}
	return p, p.month >= 0 && p.day >= 0
}

// has reports whether a column is one of them.
func (p dayParts) has(i int) bool { return i == p.year || i == p.month || i == p.day }

// carry puts the year and the month above where a row has none of its own, but for one that is no record.
func (r *Reader) carry(row sheet.Row) {
	if r.parts == nil || alone(row) {
		return
	}
	for _, i := range []int{r.parts.year, r.parts.month} {
		if i < 0 || i >= len(row.Cells) {
			continue
		}
		if row.Cells[i] == "" || isDitto(row.Cells[i]) {
			row.Cells[i] = r.beside[i]
		} else {
			r.beside[i] = row.Cells[i]
		}
	}
}

// joined writes the parts of a date as one. What is no number is left as it is, for a person to see.
func (p dayParts) joined(row sheet.Row) string {
	part := func(i int, sign string) string {
		v := strings.TrimSuffix(sheet.Line(row.Cell(i)), sign)
		if n, ok := sheet.Number(v); ok {
			v = strconv.FormatInt(n, 10)
		}
		if v != "" {
			v += sign
		}
		return v
	}
	return part(p.year, "年") + part(p.month, "月") + part(p.day, "日")
}

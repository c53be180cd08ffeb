package register

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"yanming/internal/casework"
	"yanming/internal/sheet"
)

// where finds village and grid; what the town does not have stays in words. under is the village that stands over the
// row, for a sheet that has no column for it.
func (r *Reader) where(row sheet.Row, x *Row, b *casework.Backfill, clean func(string) string, under string) {
	var words []string
	if v := r.line(row, Village); v != "" {
		b.Village = r.places.villageOf(v)
		several := b.Village == "" && r.places.several(v)
		if b.Village == "" {
			words = append(words, v)
		}
		if b.Village == "" && !several {
			b.Village = r.places.villageIn(v, anything)
		}
		switch {
		case several:
			x.warn("villages", r.name(Village))
		case b.Village == "":
			x.warn("village", r.name(Village))
		}
	}
	place := r.line(row, Place)
	if _, mapped := r.at[Village]; !mapped && place != "" {
		follows := near
		if under != "" { // of the sheet's village it is known, and a place near another one, 荷塘村交界处, does not say more
			follows = house
		}
		if b.Village = r.places.villageIn(place, follows); b.Village != "" && r.places.villageIn(place, house) == "" {
			x.warn("village_place", r.name(Place), r.places.dir.Village(b.Village).Name)
		}
	}
	if b.Village == "" && under != "" && r.line(row, Village) == "" {
		b.Village = under
		x.warn("village_over", r.places.dir.Village(under).Name)
	}
	if i, mapped := r.at[Village]; mapped && b.Village == "" && row.Cell(i) == "" && !row.IsBroken(i) {
		x.warn("village_missing", r.name(Village))
	}
	if _, mapped := r.at[Village]; !mapped && b.Village == "" { // of a list of people that has nothing else
		if b.Village = r.places.villageIn(b.Person.Address, near); b.Village != "" {
			x.warn("village_place", r.name(Address), r.places.dir.Village(b.Village).Name)
		}
	}
	if v := r.line(row, Grid); v != "" {
		if b.Grid = r.places.grids[plain(b.Village+"|"+v)]; b.Grid == "" || b.Village == "" {
			b.Grid = ""
			words = append(words, v)
			x.warn("grid", r.name(Grid))
		}
	}
	if place != "" {
		words = append(words, place)
	}
	b.Place = clean(strings.Join(words, " "))
}

// villageOfSheet finds the village of all rows, where no column says it: the one with which the sheet's name, a title
// above the names, what stands there behind a colon, or the file's name begins. Where two are named it is none.
func (r *Reader) villageOfSheet(b *sheet.Book) (id string, err error) {
	if _, mapped := r.at[Village]; mapped {
		r.once, err = r.namesOnce(b)
		return "", err
	}
	if id = r.places.onlyVillage(r.plan.Sheet); id != "" {
		return id, nil
	}
	head, err := b.Head(r.plan.Sheet, headRows)
	if err != nil {
		return "", err
	}
	for _, row := range head {
		if row.Number >= r.plan.Header.Row {
			break
		}
		for _, c := range row.Cells {
			label, value, found := strings.Cut(strings.ReplaceAll(c, ":", "："), "：")
			if !found {
				value = label
			}
			switch v := r.places.onlyVillage(value); {
			case v == "" || v == id:
			case id != "":
				return "", nil
			default:
				id = v
			}
		}
	}
	if id == "" {
		id = r.places.onlyVillage(r.plan.Name)
	}
	return id, nil
}

// namesOnce reports whether each village of a sheet is named in the first of its rows only, as a person writes who would
// have merged the cells: no name comes again, and there are as many rows without one, at least. Where it is not so, that
// shows in the first rows, and no more are read.
func (r *Reader) namesOnce(b *sheet.Book) (bool, error) {
	seen, blank := map[string]bool{}, 0
	for row, err := range b.Rows(r.plan.Sheet) {
		if err != nil {
			return false, err
		}
		row = r.bare(row)
		if row.Number <= r.plan.Header.Last || r.plan.Header.KindOf(row) != sheet.Data || alone(row) {
			continue
		}
		v := r.line(row, Village)
		switch {
		case v == "" && len(seen) == 0, v != "" && seen[v], len(seen) > mostVillages:
			return false, nil
		case v == "":
			blank++
		default:
			seen[v] = true
		}
	}
	return len(seen) > 1 && blank >= len(seen), nil
}

// mostVillages is more than a town has; a column with more names is not one of villages.
const mostVillages = 1000

// numbering matches a number that stands before a name: 1. or （三）.
var numbering = regexp.MustCompile(`^[（(]?[0-9一二三四五六七八九十]{1,3}[)）]?[、.．\s]+|^[（(][0-9一二三四五六七八九十]{1,3}[)）]|^[0-9]{1,3}`)

// counted matches how many there are behind a name: （5条）, 共3件.
var counted = regexp.MustCompile(`(?:[（(][^（()）]*[）)]|[：:]?共?\s*[0-9]+\s*[条件户个])$`)

// heading returns what a row says that may be a heading, and its column: one short cell, outside the column of villages
// unless it lies over several. "" for any other row.
func (r *Reader) heading(row sheet.Row) (says string, column int) {
	column = slices.IndexFunc(row.Cells, func(c string) bool { return c != "" })
	for column > 0 && row.IsFilled(column) && column+1 < len(row.Cells) {
		column++
	}
	if !alone(row) || row.IsFilled(column) || r.is(Village, column) && row.Span(column) < 2 || utf8.RuneCountInString(row.Cells[column]) > 30 {
		return "", 0
	}
	return sheet.Line(row.Cells[column]), column
}

// is reports whether a column holds a field.
func (r *Reader) is(f Field, column int) bool {
	i, ok := r.at[f]
	return ok && i == column
}

// villageOver returns the village that a row is the heading of: it holds nothing but the village's name. One that names
// no village ends the one above where it is numbered as that was: 二、镇直单位 below 一、柳岸村, but not （一）道路.
func (r *Reader) villageOver(row sheet.Row) (id string, ends bool) {
	says, column := r.heading(row)
	if says == "" {
		return "", false
	}
	style := headingStyle(says)
	if id = r.places.villageOf(counted.ReplaceAllString(numbering.ReplaceAllString(says, ""), "")); id != "" {
		r.style = &style
		return id, false
	}
	told := (r.is(Text, column) || r.is(Title, column)) && row.Span(column) < 2
	return "", r.style != nil && *r.style == style && !told
}

// headingStyle writes the number of a heading as such numbers are written: 一、 for 二、, 0. for 12., "" for none.
func headingStyle(s string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case unicode.IsDigit(c):
			return '0'
		case strings.ContainsRune("一二三四五六七八九十", c):
			return '一'
		case unicode.IsSpace(c):
			return -1
		}
		return c
	}, tens.ReplaceAllString(strings.TrimSpace(numbering.FindString(s)), "一"))
}

var tens = regexp.MustCompile(`[一二三四五六七八九十]+`)

package sheet

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Header is where a table's column names stand and what they are. Names joins the rows of a header of several with a
// slash: 基本情况/村. A column without a name has "".
type Header struct {
	Row   int // number of the first header row
	Rows  int // 1 to 3
	Last  int // number of the last header row; data lies beyond
	Names []string
}

// FindHeader finds the header among the first rows of a sheet (40 are looked at). It passes over merged titles and
// lines such as "填报单位：… 单位：条". The columns one knows, where given, help to tell names from values. It reports
// false when there is none: a pasted block of lines, or cells without names.
func FindHeader(rows []Row, known ...Column) (Header, bool) {
	rows = rows[:min(len(rows), 40)]
	width := 0
	for _, r := range rows {
		width = max(width, r.own())
	}
	if width < 2 {
		if len(rows) > 1 && rows[0].own() == 1 && knownNames(rows[0], known) == 1 {
			return joinHeader(Row{}, rows[0], false), true
		}
		return Header{}, false
	}
	main, best := -1, 1
	for i, r := range rows {
		if k := knownNames(r, known); k > best && !isLabels(r) && namesShare(r) >= 7 {
			main, best = i, k
		}
	}
	for i := 0; i < main-1; i++ { // of two tables one below the other, the first
		if k := knownNames(rows[i], known); k > 2 && k+1 >= rows[i].own() && isTable(rows[i+1:main]) {
			main = i
		}
	}
	if main < 0 {
		for i, r := range rows {
			reach := 0
			for j := range r.Cells {
				if r.Cells[j] != "" && !r.IsFilled(j) {
					reach += max(1, r.Span(j))
				}
			}
			if r.own() >= 2 && reach*2 >= width && !isLabels(r) && namesShare(r) >= 9 {
				main = i
				break
			}
		}
	}
	if main < 0 {
		return Header{}, false
	}
	var h Header
	switch {
	case main+1 < len(rows) && groups(rows[main], rows[main+1]) && knownNames(rows[main+1], known) >= knownNames(rows[main], known):
		main++
		h = joinHeader(rows[main-1], rows[main], true)
	case main > 0 && groups(rows[main-1], rows[main]):
		h = joinHeader(rows[main-1], rows[main], true)
	default:
		h = joinHeader(Row{}, rows[main], false)
	}
	if h.Rows == 2 && main > 1 && groups(rows[main-2], rows[main-1]) {
		three := joinHeader(rows[main-2], rows[main-1], true)
		if three.extend(rows[main-1], rows[main]); three.Rows == 3 {
			return three, true
		}
	}
	if main+1 < len(rows) {
		h.extend(rows[main], rows[main+1])
	}
	return h, true
}

// isTable reports whether a row among these holds more than names.
func isTable(rows []Row) bool {
	return slices.ContainsFunc(rows, func(r Row) bool { return r.own() > 1 && namesShare(r) < 9 })
}

// extend takes a row below the names into the header: one in which names come again, mostly merged down from above, or
// that says only in brackets how the columns are filled in. What it calls a column by stands behind the name above.
func (h *Header) extend(last, next Row) {
	if h.Rows > 2 || next.Number != h.Last+1 || next.own() == 0 {
		return
	}
	merged, hints := false, true
	for j, c := range next.Cells {
		if c == "" {
			continue
		}
		if c == last.Cell(j) { // also where a program wrote a merged name into each row
			merged = true
		} else {
			hints = hints && isHint(c)
		}
	}
	if !(hints && next.own() > 1) && !(merged && namesShare(next) >= 9) {
		return
	}
	h.Rows, h.Last = h.Rows+1, next.Number
	above := ""
	for j, c := range next.Cells {
		for len(h.Names) <= j {
			h.Names = append(h.Names, "")
		}
		if h.Names[j] != "" && last.Span(j) > 0 {
			above = h.Names[j]
		} else if last.Span(j) > 0 {
			above = ""
		}
		if name := nameText(c); name != "" && c != last.Cell(j) && !isHint(c) {
			h.Names[j] = strings.TrimPrefix(above+"/"+name, "/")
		}
	}
}

// isHint reports whether a cell stands wholly in brackets: （手机）, （是/否）.
func isHint(s string) bool {
	s = norm.NFKC.String(Line(s))
	return strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")")
}

// knownNames counts the cells whose normal form is a synonym of a known column.
func knownNames(r Row, known []Column) int {
	n := 0
	for _, cell := range r.Cells {
		if cell == "" || utf8.RuneCountInString(cell) > 24 {
			continue
		}
		for _, c := range known {
			if c.score(cell) >= scoreNormal {
				n++
				break
			}
		}
	}
	return n
}

// isLabels reports whether a row holds "label：value" pairs rather than names.
func isLabels(r Row) bool {
	labels, filled := 0, 0
	for i, c := range r.Cells {
		if c == "" || r.IsFilled(i) {
			continue
		}
		filled++
		if _, value, ok := strings.Cut(strings.ReplaceAll(c, ":", "："), "："); ok && strings.TrimSpace(value) != "" {
			labels++
		} else if strings.HasSuffix(c, "：") && filled < 3 {
			labels++
		}
	}
	return labels*2 >= filled && labels > 0
}

// namesShare tells how many tenths of a row's cells could be column names: short, with letters, no date or number.
func namesShare(r Row) int {
	could, filled := 0, 0
	for _, c := range r.Cells {
		if c == "" {
			continue
		}
		filled++
		if couldBeName(c) {
			could++
		}
	}
	if filled == 0 {
		return 0
	}
	return could * 10 / filled
}

func couldBeName(s string) bool {
	if utf8.RuneCountInString(s) > 24 || strings.ContainsAny(s, "。；;！!？") || !strings.ContainsFunc(s, unicode.IsLetter) {
		return false
	}
	if _, ok := Date(s, 2000); ok {
		return false
	}
	digits := 0
	for _, c := range s {
		if unicode.IsDigit(c) {
			digits++
		}
	}
	return digits*2 <= utf8.RuneCountInString(s)
}

// groups reports whether g is the upper row of a two-row header whose names stand in r.
func groups(g, r Row) bool {
	if r.Number != g.Number+1 || isLabels(g) || namesShare(g) < 9 || namesShare(r) < 9 {
		return false
	}
	wide, below, share := false, 0, 0
	for j := 0; j < max(len(g.Cells), len(r.Cells)); j++ {
		wide = wide || g.Cell(j) != "" && g.Span(j) > 1
		if r.Cell(j) != "" && r.IsFilled(j) {
			share++
		} else if r.Cell(j) != "" {
			below++
		}
	}
	if wide || share > 0 {
		return g.own() >= 2 && below >= 2 && (wide || r.own() < g.own())
	}
	// Without merges, as in a text file, a group leaves the columns to its right empty and its names stand below them.
	return g.own() >= 2 && g.own()*2 <= r.own()
}

func joinHeader(g, r Row, two bool) Header {
	h := Header{Row: r.Number, Rows: 1, Last: r.Number}
	if two {
		h.Row, h.Rows = g.Number, 2
	}
	merged := g.Spans != nil
	group := ""
	for j := 0; j < max(len(g.Cells), len(r.Cells)); j++ {
		top, name := nameText(g.Cell(j)), nameText(r.Cell(j))
		switch {
		case top != "":
			group = top
		case merged && g.Span(j) != 0, r.IsFilled(j):
			group = ""
		}
		switch {
		case name == "" || r.IsFilled(j):
			if name = top; name == "" {
				name = nameText(r.Cell(j))
			}
		case two && group != "" && group != name:
			name = group + "/" + name
		}
		h.Names = append(h.Names, name)
	}
	return h
}

// Leaf returns a column's own name without those of the groups above it: 村 of 基本情况/村. A slash in brackets, or in a
// header of one row, is part of the name: 整改情况（完成/未完成）.
func (h Header) Leaf(i int) string {
	if h.Rows == 1 {
		return h.Names[i]
	}
	return leaf(h.Names[i])
}

func leaf(name string) string {
	depth := 0
	for i := len(name) - 1; i >= 0; i-- {
		switch rest := name[i:]; {
		case name[i] == '/' && depth == 0:
			return name[i+1:]
		case name[i] == ')', strings.HasPrefix(rest, "）"):
			depth++
		case name[i] == '(', strings.HasPrefix(rest, "（"):
			depth--
		}
	}
	return name
}

// nameText puts a column name on one line; line breaks and spaces between Chinese characters are only layout.
func nameText(s string) string {
	words := strings.Fields(Text(s))
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			last, _ := utf8.DecodeLastRuneInString(words[i-1])
			first, _ := utf8.DecodeRuneInString(w)
			if last < unicode.MaxLatin1 && first < unicode.MaxLatin1 {
				b.WriteByte(' ')
			}
		}
		b.WriteString(w)
	}
	return b.String()
}

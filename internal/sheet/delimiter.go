package sheet

import (
	"bufio"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// guess finds the delimiter by which most lines of the beginning have the same number of cells.
func (t *textTable) guess() error {
	sample, err := io.ReadAll(io.LimitReader(t.open(), 128<<10))
	if err != nil {
		return err
	}
	whole := len(sample) < 128<<10
	t.delim, t.width = noDelimiter, 1
	line, _, _ := strings.Cut(string(sample), "\n")
	if hint := strings.TrimSpace(line); len(hint) == 5 && strings.HasPrefix(strings.ToLower(hint), "sep=") {
		t.hint, t.delim = true, rune(hint[4])
		return nil
	}
	best := 0
	for _, d := range []rune{'\t', ',', ';', '|', wideComma} {
		count, lines, short := map[int]int{}, 0, true
		in := records{r: bufio.NewReader(strings.NewReader(string(sample))), delim: d, limit: t.limits.Cell, columns: maxTag}
		for lines < 200 {
			fields, err := in.next()
			if err != nil {
				break
			}
			if !whole && in.atEnd() {
				break // the sample may end inside this record
			}
			if !slices.ContainsFunc(fields, func(f field) bool { return strings.Trim(f.text, " \t\u00a0\u3000\x1a") != "" }) {
				continue
			}
			lines++
			count[len(fields)]++
			for _, f := range fields {
				short = short && utf8.RuneCountInString(f.text) <= 20
			}
		}
		width, agree := 1, 0
		for w, n := range count {
			if w > 1 && (n > agree || n == agree && w > width) {
				width, agree = w, n
			}
		}
		// Prose has commas too: they divide cells only where the lines agree.
		ok := agree*10 >= lines*6 && (lines > 1 || short && width > 2)
		switch d {
		case '\t':
			ok = agree*2 >= lines && agree > 0
		case wideComma:
			ok = agree*10 >= lines*9 && lines > 1 && short && width > 2
		}
		if score := agree*64 + min(width, 63); ok && agree > 0 && score > best {
			best, t.delim, t.width = score, d, width
		}
	}
	for _, d := range []rune{'\t', ',', ';', '|'} {
		if best > 0 {
			break
		}
		if width := t.ragged(string(sample), d); width > 0 {
			t.delim, t.width = d, width
			break
		}
	}
	return nil
}

// ragged looks for a table whose rows differ in length: a line of at least four names, and most lines below it reaching
// two thirds as far. It returns how many names there are, or 0.
func (t *textTable) ragged(sample string, delim rune) int {
	in := records{r: bufio.NewReader(strings.NewReader(sample)), delim: delim, limit: t.limits.Cell, columns: maxTag}
	width, lines, reach := 0, 0, 0
	for n := 0; n < 200; n++ {
		fields, err := in.next()
		if err != nil {
			break
		}
		cells := make([]string, len(fields))
		for i, f := range fields {
			cells[i] = f.text
		}
		if strings.TrimSpace(strings.Join(cells, "")) == "" {
			continue
		}
		if width == 0 {
			if n < 10 {
				width = areNames(cells)
			}
			continue
		}
		if lines++; 3*len(cells) >= 2*width {
			reach++
		}
	}
	if lines == 0 || 10*reach < 7*lines {
		return 0
	}
	return width
}

// areNames counts the cells if they are the names of at least four columns, else it returns 0.
func areNames(cells []string) int {
	for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	seen := map[string]bool{}
	for _, c := range cells {
		c = nameText(c)
		if seen[c] || !couldBeName(c) || utf8.RuneCountInString(c) > 12 {
			return 0
		}
		seen[c] = true
	}
	if len(cells) < 4 {
		return 0
	}
	return len(cells)
}

package org

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"yanming/internal/errs"
)

// VillageLine is one village of a pasted list; an empty Code is given by AddVillages.
type VillageLine struct {
	Code string
	Name string
}

const (
	maxVillages = 500
	maxErrors   = 20 // a person mends no more at a time
)

// ParseVillages reads villages as an operator pastes them: one per line, name and, where known, the statistical code
// of 12 digits, in either order, with a tab, comma or blank between them. Further cells, empty lines and a heading are
// ignored; 村委会 and 社区居委会 at the end of a name are left away, because the village is meant, not its committee.
//
// Errors: Invalid, as an errs.List of field "villages" whose first argument is the line counted from 1:
// org.village.code, org.village.name, org.village.twice. Also org.villages.none and org.villages.many.
func ParseVillages(text string) ([]VillageLine, error) {
	var bad errs.List
	var out []VillageLine
	seen := map[string]bool{}
	for i, line := range strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n") {
		row := i + 1
		v, ok := villageLine(&bad, row, line)
		if len(bad) >= maxErrors {
			break
		}
		if !ok {
			continue
		}
		if len(out) == maxVillages {
			bad.Add("villages", "org.villages.many", maxVillages)
			break
		}
		if seen[v.Name] || v.Code != "" && seen[v.Code] {
			bad.Add("villages", "org.village.twice", row, v.Name)
			continue
		}
		seen[v.Name], seen[v.Code] = true, v.Code != ""
		out = append(out, v)
	}
	if len(bad) == 0 && len(out) == 0 {
		bad.Add("villages", "org.villages.none")
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	return out, nil
}

// villageLine reads one line; not ok for nothing to read, or when bad was noted.
func villageLine(bad *errs.List, row int, line string) (v VillageLine, ok bool) {
	for _, cell := range cells(line) {
		digits := norm.NFKC.String(cell)
		switch {
		case cell == "":
		case strings.Trim(digits, "0123456789") == "":
			if v.Code == "" && len(digits) >= 9 {
				v.Code = digits
			} // a shorter number is the list's own, and a second code that of the town
		case v.Name == "":
			v.Name = villageName(cell)
		}
	}
	switch {
	case v.Name == "" && v.Code == "" || heading(v.Name):
		return v, false
	case v.Code != "" && !villageCode.MatchString(v.Code):
		bad.Add("villages", "org.village.code", row, errs.Short(v.Code))
	case v.Name == "" || utf8.RuneCountInString(v.Name) > maxName:
		bad.Add("villages", "org.village.name", row, errs.Short(v.Name))
	default:
		return v, true
	}
	return v, false
}

// cells takes a line apart at commas, tabs and blanks, without the numbering of a list. Single characters with blanks
// between them are one name, set wide.
func cells(line string) (out []string) {
	wide := false // the last cell is made of single characters
	for _, part := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(",，;；\t\r", r) }) {
		first := len(out)
		for _, word := range strings.Fields(clean(part)) {
			word = strings.Trim(word, `"'`)
			if word = numbering.ReplaceAllString(word, ""); word == "" {
				continue
			}
			single := utf8.RuneCountInString(word) == 1 && strings.Trim(word, "0123456789") != ""
			if len(out) > first && single && wide {
				out[len(out)-1] += word
				continue
			}
			out, wide = append(out, word), single
		}
	}
	return out
}

var numbering = regexp.MustCompile(`^[(（]?[0-9]{1,3}[.、．)）]`)

func heading(name string) bool {
	switch strings.ToLower(name) {
	case "code", "name", "代码", "名称", "村名", "村名称", "村", "序号", "编码", "行政村":
		return true
	}
	return false
}

// villageName is the village of a committee's name.
func villageName(s string) string {
	for _, suffix := range []string{"社区居民委员会", "社区居委会"} {
		if name, ok := strings.CutSuffix(s, suffix); ok && name != "" {
			return name + "社区"
		}
	}
	for _, suffix := range []string{"村村民委员会", "村民委员会", "村委会"} {
		if name, ok := strings.CutSuffix(s, suffix); ok && name != "" {
			return name + "村"
		}
	}
	return s
}

// committeeName is the committee of a village's name.
func committeeName(village string) string {
	if strings.HasSuffix(village, "社区") {
		return village + "居民委员会"
	}
	if strings.HasSuffix(village, "委员会") || strings.HasSuffix(village, "居委会") {
		return village
	}
	return strings.TrimSuffix(village, "村") + "村民委员会"
}

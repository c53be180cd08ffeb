package sheet

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Kind is what a row below the header is.
type Kind string

// The kinds of rows.
const (
	Data   Kind = "data"
	Total  Kind = "total"  // 合计, 小计, 总计
	Repeat Kind = "repeat" // the header once more, as on the next printed page
	Note   Kind = "note"   // 注：…, 填表人：… 审核人：…, and the row of a form that shows how to fill it in: 示例
)

// KindOf tells what a row below the header is. When in doubt it is Data.
func (h Header) KindOf(r Row) Kind {
	if isTotal(r) {
		return Total
	}
	same, filled := 0, 0
	for j, c := range r.Cells {
		if c == "" || r.IsFilled(j) {
			continue
		}
		filled++
		if j < len(h.Names) {
			name := h.Names[j]
			if len(c) > 4*len(name)+64 { // no name comes again so spread out
				continue
			}
			if t := nameText(c); t == name || t != "" && (strings.HasSuffix(name, "/"+t) || strings.HasPrefix(name, t+"/")) {
				same++
			}
		}
	}
	switch {
	case filled >= 2 && same == filled:
		return Repeat
	case isExample(r), filled == 1 && isBlankSign(r):
		return Note
	case filled <= 4 && len(h.Names) > filled && isNote(r):
		return Note
	}
	return Data
}

var totalWords = []string{"合计", "小计", "总计", "共计", "累计", "总合计"}

// isExample reports whether the row's first cell says that it only shows how the table is filled in.
func isExample(r Row) bool {
	for j, c := range r.Cells {
		if c != "" && !r.IsFilled(j) {
			return slices.Contains(exampleWords, normalName(c))
		}
	}
	return false
}

// isBlankSign reports whether a row says only that nothing follows.
func isBlankSign(r Row) bool {
	return slices.ContainsFunc(r.Cells, func(c string) bool { return slices.Contains(blankSigns, normalName(c)) })
}

var blankSigns = []string{"以下空白", "以下无内容", "以下无正文", "以下为空白", "此页无正文"}

var exampleWords = []string{"例", "例如", "示例", "样例", "范例", "举例", "填写示例", "填表示例"}

// isTotal looks at the first three cells that hold something: 合 计, 合计：, 柳岸村小计.
func isTotal(r Row) bool {
	seen := 0
	for j, c := range r.Cells {
		if c == "" || r.IsFilled(j) {
			continue
		}
		if seen++; seen > 3 {
			return false
		}
		c = strings.TrimRight(normalName(c), ":：")
		for _, w := range totalWords {
			if c == w || strings.HasSuffix(c, w) && utf8.RuneCountInString(c) <= 10 && r.counts(j) || strings.HasPrefix(c, w+":") && utf8.RuneCountInString(c) <= 14 {
				return true
			}
		}
	}
	return false
}

// counts reports whether the cells of the row beside column j hold nothing but numbers, as a row of totals does.
func (r Row) counts(j int) bool {
	for i, c := range r.Cells {
		if i != j && !r.IsFilled(i) && strings.Trim(c, "0123456789.,，%％-—/ 件户人次个项元") != "" {
			return false
		}
	}
	return true
}

var noteWords = []string{"注", "备注", "说明", "填表说明", "填表人", "制表人", "审核人", "填报人", "单位负责人", "负责人", "填表日期", "填报日期", "制表日期", "联系电话", "分管领导", "领导签字", "填报单位", "填表单位", "报送单位", "填报时间", "填表时间", "报送时间", "统计时间", "单位盖章", "审批人", "复核人", "制表", "审核", "审批", "复核", "填报", "填表", "签发", "校对", "主管", "经办", "经办人", "记录人", "统计人", "联系人", "报送人"}

// isNote reports whether every cell of its own is "label：…" of the kind that stands below tables.
func isNote(r Row) bool {
	found := false
	for j, c := range r.Cells {
		if c == "" || r.IsFilled(j) {
			continue
		}
		label, _, ok := strings.Cut(strings.ReplaceAll(c, ":", "："), "：")
		label = normalName(label)
		known := false
		for _, w := range noteWords {
			known = known || label == w
		}
		known = known || strings.HasSuffix(label, "签字") || strings.HasSuffix(label, "签名") || strings.HasSuffix(label, "盖章")
		if !ok || !known {
			return false
		}
		found = true
	}
	return found
}

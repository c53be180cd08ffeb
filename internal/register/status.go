package register

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"yanming/internal/casework"
	"yanming/internal/sheet"
)

// standing is what a status says.
type standing struct {
	outcome casework.Outcome // "" while it is being handled
	closed  bool
	known   bool // the word is one we know
}

// open are words for a matter that is not settled; they are looked for first, because 未解决 ends in 解决.
var open = []string{"已受理", "已转办", "已交办", "已派单", "已签收", "已上报", "受理中", "处置中", "整改中", "申请延期", "延期", "挂账", "退回", "暂缓", "搁置", "false", "□", "☐", "未", "没有", "没解决", "正在", "办理中", "处理中", "协调中", "推进中", "进行中", "在办", "待", "跟进", "持续", "长期",
	"列入计划", "纳入计划", "否", "×", "✕", "✗", "x", "n", "no", "○", "pending", "inprogress", "open"}

// openAlone are such words only where nothing follows: 逾期办结 and 转办供电所，已修复 are settled.
var openAlone = []string{"逾期", "转办", "转交"}

// settled are words for one that is, and what they say. A tick says that a matter is struck off.
var settled = []struct {
	word     string
	standing standing
}{
	{"部分解决", standing{casework.PartlyResolved, false, true}}, {"基本解决", standing{casework.PartlyResolved, false, true}},
	{"部分完成", standing{casework.PartlyResolved, false, true}}, {"不属实", standing{casework.Unverifiable, false, true}},
	{"无法核实", standing{casework.Unverifiable, false, true}}, {"查无", standing{casework.Unverifiable, false, true}},
	{"解释", standing{casework.Explained, false, true}}, {"已解释", standing{casework.Explained, false, true}},
	{"已答复", standing{casework.Explained, false, true}}, {"已回复", standing{casework.Explained, false, true}},
	{"已销号", standing{casework.Resolved, true, true}}, {"销号", standing{casework.Resolved, true, true}},
	{"已办结", standing{casework.Resolved, true, true}}, {"办结", standing{casework.Resolved, true, true}},
	{"已解决", standing{casework.Resolved, false, true}}, {"解决", standing{casework.Resolved, false, true}},
	{"已完成", standing{casework.Resolved, false, true}}, {"完成", standing{casework.Resolved, false, true}},
	{"已处理", standing{casework.Resolved, false, true}}, {"已落实", standing{casework.Resolved, false, true}},
	{"已整改", standing{casework.Resolved, false, true}}, {"resolved", standing{casework.Resolved, false, true}},
	{"已结案", standing{casework.Resolved, true, true}}, {"结案", standing{casework.Resolved, true, true}},
	{"已归档", standing{casework.Resolved, true, true}}, {"归档", standing{casework.Resolved, true, true}},
	{"已完结", standing{casework.Resolved, true, true}}, {"完结", standing{casework.Resolved, true, true}},
	{"已办毕", standing{casework.Resolved, true, true}}, {"办毕", standing{casework.Resolved, true, true}},
	{"办理完毕", standing{casework.Resolved, true, true}}, {"处理完毕", standing{casework.Resolved, false, true}},
	{"整改完毕", standing{casework.Resolved, false, true}}, {"已化解", standing{casework.Resolved, false, true}},
	{"化解", standing{casework.Resolved, false, true}}, {"查无此人", standing{casework.Unverifiable, false, true}},
	{"查无此事", standing{casework.Unverifiable, false, true}}, {"已销", standing{casework.Resolved, true, true}},
	{"已关闭", standing{casework.Resolved, true, true}}, {"已办理完毕", standing{casework.Resolved, true, true}},
	{"基本办结", standing{casework.PartlyResolved, false, true}}, {"基本完成", standing{casework.PartlyResolved, false, true}},
	{"已完成整改", standing{casework.Resolved, false, true}}, {"整改完成", standing{casework.Resolved, false, true}},
	{"整改到位", standing{casework.Resolved, false, true}}, {"已实现", standing{casework.Resolved, false, true}},
	{"当场办结", standing{casework.Resolved, true, true}}, {"即时办结", standing{casework.Resolved, true, true}},
	{"同意销号", standing{casework.Resolved, true, true}}, {"准予销号", standing{casework.Resolved, true, true}},
	{"调解成功", standing{casework.Resolved, false, true}}, {"已调解成功", standing{casework.Resolved, false, true}},
	{"达成协议", standing{casework.Resolved, false, true}}, {"已达成协议", standing{casework.Resolved, false, true}},
	{"已反馈", standing{casework.Explained, false, true}}, {"已给予答复", standing{casework.Explained, false, true}},
	{"已作答复", standing{casework.Explained, false, true}}, {"当场答复", standing{casework.Explained, false, true}},
	{"待回访", standing{casework.Explained, false, true}}, {"回访中", standing{casework.Explained, false, true}},
	{"待评价", standing{casework.Explained, false, true}}, {"待群众评价", standing{casework.Explained, false, true}},
	{"closed", standing{casework.Resolved, true, true}}, {"done", standing{casework.Resolved, false, true}},
}

// mended are words for what was done about a thing; the matter is resolved where nothing else is said of it.
var mended = []string{"已修复", "已更换", "已修好", "已维修", "已修缮", "已修补", "已安装", "已疏通", "已清理", "已清除", "已清运", "已拆除", "已整治", "已恢复", "已处置", "已办完",
	"已协调解决", "已妥善解决", "已妥善处理", "已全部解决", "已全部完成", "已彻底解决", "已圆满解决", "已当场解决", "已现场解决", "当场解决", "现场解决"}

// ends are the words by which a settled matter is known, and what each says: those of an export among them.
var ends = func() map[string]standing {
	m := map[string]standing{}
	for _, o := range casework.Outcomes() {
		if o != casework.Scheduled && o != casework.NotSupported { // a ledger cannot carry these
			m[spoken(o.Name().ZH)], m[spoken(o.Name().EN)] = standing{o, false, true}, standing{o, false, true}
		}
	}
	for _, w := range settled {
		m[w.word] = w.standing
	}
	for _, w := range mended {
		m[w] = standing{casework.Resolved, false, true}
	}
	return m
}()

// endWords lists them, the longest first.
var endWords = func() []string {
	ws := sortedKeys(ends)
	slices.SortStableFunc(ws, func(a, b string) int { return len(b) - len(a) })
	return ws
}()

// ticks are whole cells that strike a matter off.
var ticks = []string{"√", "✓", "✔", "☑", "🗹", "对号", "打钩", "打勾", "ok", "true", "是", "y", "yes", "1"}

const tickSigns = "√✓✔☑🗹"

// statusOf reads a status. Of a column of its own every word counts, and a tick; of a text about the handling only how
// it begins, and only where it says plainly that the matter is settled or not. A word says that it is settled where it
// stands alone, or before a stop, a bracket or a day: 解决不了 and 办结申请 begin with one and say something else.
func statusOf(s string, own bool) (st standing, more bool) {
	s = ticked(s)
	p := strings.ReplaceAll(plain(s), "\ufe0f", "") // by which a tick is shown in colour
	if p == "" {
		return standing{}, false
	}
	bare := p
	switch {
	case own:
		bare = strings.ReplaceAll(plain(bracketed.ReplaceAllString(s, "")), "\ufe0f", "")
		if slices.Contains(ticks, p) || slices.Contains(ticks, bare) { // 是（3月10日）
			return standing{casework.Resolved, true, true}, !slices.Contains(ticks, p)
		}
		if rest := strings.Trim(p, tickSigns); rest != p { // √已办结
			if p = rest; slices.Contains(tails, p) {
				return standing{casework.Resolved, true, true}, true
			}
		}
		switch done := share.FindStringSubmatch(p); {
		case done != nil && done[1] == "100":
			return standing{casework.Resolved, false, true}, false
		case done != nil, strings.HasSuffix(p, "中") && utf8.RuneCountInString(p) <= 6:
			return standing{known: true}, false
		}
	case strings.Trim(p, tickSigns) == "":
		return standing{casework.Resolved, true, true}, false
	}
	if called(p) {
		return ends[p], false
	}
	if slices.Contains(openAlone, p) || slices.Contains(openAlone, bare) {
		return standing{known: true}, false
	}
	for _, w := range open {
		if p == w || own && bare == w || len([]rune(w)) > 1 && strings.HasPrefix(p, w) || strings.HasPrefix(p, "未") || strings.HasPrefix(p, "待") {
			return standing{known: true}, false
		}
	}
	if strings.ContainsAny(s, "?？") {
		return standing{}, false
	}
	if st, ok := ends[p]; ok {
		return st, false
	}
	text, dated := begun(spoken(s))
	for _, w := range endWords {
		rest, ok := strings.CutPrefix(text, w)
		if !ok || !own && !strings.HasPrefix(w, "已") && !strings.HasPrefix(w, "部分") {
			continue
		}
		st := ends[w]
		rest, st.closed = behind(rest, st.closed)
		if rest == "" {
			return st, own && dated
		}
		if _, day := sheet.LeadingDate(rest, 2000); !day && !stops(rest) {
			continue
		}
		if st.outcome != casework.PartlyResolved && slices.ContainsFunc(pending, func(p string) bool { return strings.Contains(rest, p) }) || strings.HasSuffix(rest, "中") {
			return standing{}, false // a part is done: 已完成，手续在办
		}
		return st, true
	}
	return standing{}, false
}

// share matches how much of a thing is done: 80%, 完成80%.
var share = regexp.MustCompile(`^(?:已?完成|进度)?(?:约)?([0-9]{1,3})%$`)

// called reports whether a status says that a matter is answered and that only whoever spoke is still to be asked.
func called(p string) bool { return ends[p].known && (p == "回访中" || strings.HasPrefix(p, "待")) }

// spoken is the form in which the beginning of a text is compared: as plain, with its stops and spaces.
func spoken(s string) string {
	s = strings.ReplaceAll(strings.ToLower(norm.NFKC.String(s)), "\ufe0f", "")
	return strings.Trim(strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(tickSigns+",.;:。、", r) }), tickSigns)
}

// dayBefore matches the day that stands before what was done: 3月10日已修好, 已于2026.3.10办结; of a month alone only where
// 已 stands beside it, since 12月底完成 is a plan.
var dayBefore = regexp.MustCompile(`^(?:(?:已经?)?于?(?:[0-9]{4}\s?[-./年]\s?)?[0-9]{1,2}\s?[-./月]\s?[0-9]{1,2}\s?[日号]?\s?[,:、]?\s?` +
	`|已经?于?(?:[0-9]{4}\s?[-./年]\s?)?[0-9]{1,2}月(?:份|底|初|中旬)?\s?[,:、]?\s?` +
	`|(?:[0-9]{4}\s?[-./年]\s?)?[0-9]{1,2}月(?:份|底|初|中旬)?\s?[,:、]?\s?已)`)

// begun returns a text about the handling without what may stand before its verb, and whether that was a day.
func begun(s string) (text string, dated bool) {
	if day := dayBefore.FindString(s); day != "" && len(day) < len(s) {
		s, dated = "已"+strings.TrimPrefix(strings.TrimPrefix(s[len(day):], "已经"), "已"), true
	}
	for _, w := range []string{"问题", "该问题", "此问题", "所反映问题", "目前", "现", "经协调", "经处理", "经整改"} {
		if rest, ok := strings.CutPrefix(s, w); ok && strings.HasPrefix(strings.TrimLeft(rest, ", "), "已") {
			s = strings.TrimLeft(rest, ", ")
		}
	}
	if rest, ok := strings.CutPrefix(s, "已经"); ok {
		s = "已" + rest
	}
	return s, dated
}

// tails say no more than the word before them; those behind the seventh say that the matter is closed.
var tails = []string{"100%", "待回访", "已回访", "完毕", "到位", "清楚", "了", "已办结", "办结", "已销号", "销号", "已归档", "归档", "已结案", "结案", "closed"}

// behind leaves out what says no more than the word before it, 办结归档 or 已完成100%, and reports whether it says that
// the matter is closed.
func behind(rest string, closed bool) (string, bool) {
	for cut := true; cut; {
		cut = false
		rest = strings.Trim(rest, " "+tickSigns)
		for i, w := range tails {
			if next, ok := strings.CutPrefix(rest, w); ok {
				rest, cut, closed = next, true, closed || i > 6
			}
		}
	}
	return strings.TrimRight(rest, " ,.;。"), closed
}

// stops reports whether a text begins with what ends the word before it.
func stops(s string) bool {
	c, _ := utf8.DecodeRuneInString(s)
	return unicode.IsPunct(c) && !strings.ContainsRune("%/", c) || unicode.IsSpace(c)
}

// bracketed matches what stands in brackets.
var bracketed = regexp.MustCompile(`[（(][^（()）]*[）)]`)

// pending are words that say that something is still to come, behind others that sound like an end.
var pending = []string{"待", "拟", "将于", "将在", "正在", "在办", "下月", "下周", "下一步", "下步", "明年", "年底前", "计划", "预计", "尚", "还需", "未完", "陆续",
	"开工", "%", "％"}

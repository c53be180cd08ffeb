package register

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"yanming/internal/casework"
)

// plain is the form in which words of a ledger are compared: half-width, lower case, letters, digits and signs only.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsPunct(r) && !strings.ContainsRune("*%", r) {
			return -1
		}
		return r
	}, strings.ToLower(norm.NFKC.String(s)))
}

// standing is what a status says.
type standing struct {
	outcome casework.Outcome // "" while it is being handled
	closed  bool
	known   bool // the word is one we know
}

// open are words for a matter that is not settled; they are looked for first, because 未解决 ends in 解决.
var open = []string{"已受理", "已转办", "已交办", "已派单", "已签收", "已上报", "受理中", "处置中", "整改中", "申请延期", "延期", "挂账", "退回", "false", "□", "☐", "未", "没有", "没解决", "正在", "办理中", "处理中", "协调中", "推进中", "进行中", "在办", "待", "跟进", "持续", "长期",
	"列入计划", "纳入计划", "否", "×", "✕", "✗", "x", "n", "no", "○", "pending", "inprogress", "open"}

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
	{"化解", standing{casework.Resolved, false, true}}, {"closed", standing{casework.Resolved, true, true}}, {"done", standing{casework.Resolved, false, true}},
}

// ticks are whole cells that strike a matter off.
var ticks = []string{"√", "✓", "✔", "☑", "🗹", "对号", "打钩", "打勾", "ok", "true", "是", "y", "yes", "1"}

// statusOf reads a status. Of a column of its own every word counts, and a tick; of a text about the handling only how
// it begins, and only where it says plainly that the matter is settled or not.
func statusOf(s string, own bool) (st standing, more bool) {
	s = ticked(s)
	whole := s
	s = strings.ReplaceAll(plain(s), "\ufe0f", "") // by which a tick is shown in colour
	if s == "" {
		return standing{}, false
	}
	bare := s
	if own {
		bare = strings.ReplaceAll(plain(bracketed.ReplaceAllString(whole, "")), "\ufe0f", "")
		for _, t := range ticks {
			if s == t || bare == t { // 是（3月10日）
				return standing{casework.Resolved, true, true}, s != t
			}
		}
		s = strings.Trim(s, "√✓✔☑") // √已办结
	}
	if own {
		if o, ok := outcomeOf(s); ok {
			return standing{o, strings.Contains(s, plain(casework.Closed.Name().ZH)) || strings.Contains(s, plain(casework.Closed.Name().EN)), true}, false
		}
	}
	for _, w := range open {
		if s == w || own && bare == w || len([]rune(w)) > 1 && strings.HasPrefix(s, w) || strings.HasPrefix(s, "未") || strings.HasPrefix(s, "待") {
			return standing{known: true}, false
		}
	}
	for _, w := range settled {
		if s == w.word {
			return w.standing, false
		}
		if rest, ok := strings.CutPrefix(s, w.word); ok && (own || strings.HasPrefix(w.word, "已") || strings.HasPrefix(w.word, "部分")) {
			rest = strings.NewReplacer("100%", "", "100％", "", "待回访", "").Replace(rest) // the end itself, and what follows it
			if w.standing.outcome != casework.PartlyResolved && slices.ContainsFunc(pending, func(p string) bool { return strings.Contains(rest, p) }) || strings.HasSuffix(rest, "中") {
				return standing{}, false // a part is done: 已完成测量，手续在办
			}
			return w.standing, true
		}
	}
	return standing{}, false
}

// ticked returns what is ticked of the boxes that a form offers, ☑是 □否 or 是☑ 否□, and any other text as it is.
func ticked(s string) string {
	at := strings.IndexAny(s, "☑☒✔✓√■🗹")
	if at < 0 || !strings.ContainsAny(s, boxes) || at != strings.LastIndexAny(s, "☑☒✔✓√■🗹") {
		return s
	}
	first, _ := utf8.DecodeRuneInString(strings.TrimSpace(s))
	_, width := utf8.DecodeRuneInString(s[at:])
	before, behind := s[:at], s[at+width:]
	if i := strings.LastIndexAny(before, boxes); i >= 0 {
		_, width := utf8.DecodeRuneInString(before[i:])
		before = before[i+width:]
	}
	if i := strings.IndexAny(behind, boxes); i >= 0 {
		behind = behind[:i]
	}
	out := before
	if strings.ContainsRune("☑☒✔✓√■🗹"+boxes, first) {
		out = behind
	}
	if out = strings.TrimSpace(out); out == "" {
		return s
	}
	return out
}

const boxes = "□☐◻○"

// bracketed matches what stands in brackets.
var bracketed = regexp.MustCompile(`[（(][^（()）]*[）)]`)

// pending are words that say that something is still to come, behind others that sound like an end.
var pending = []string{"待", "拟", "将于", "将在", "正在", "在办", "下月", "下周", "下一步", "下步", "明年", "年底前", "计划", "预计", "尚", "还需", "未完", "陆续",
	"开工", "%", "％"}

// outcomeOf reads the names under which an export writes outcomes. Those that a ledger cannot carry are none.
func outcomeOf(s string) (out casework.Outcome, ok bool) {
	best := 0
	for _, o := range casework.Outcomes() {
		if o == casework.Scheduled || o == casework.NotSupported {
			continue
		}
		for _, name := range []string{plain(o.Name().ZH), plain(o.Name().EN)} {
			if strings.HasPrefix(s, name) && len(name) > best {
				out, ok, best = o, true, len(name)
			}
		}
	}
	return out, ok
}

var channelWords = []struct {
	word    string
	channel casework.Channel
}{
	{"12345", casework.Hotline}, {"热线", casework.Hotline}, {"座谈", casework.Forum}, {"走访", casework.Visit}, {"入户", casework.Visit},
	{"问卷", casework.Questionnaire}, {"来信", casework.Letter}, {"信件", casework.Letter}, {"来电", casework.Phone}, {"电话", casework.Phone},
	{"来访", casework.WalkIn}, {"现场", casework.WalkIn}, {"窗口", casework.WalkIn}, {"扫码", casework.Web}, {"网", casework.Web},
	{"微信", casework.Message}, {"群", casework.Message}, {"转办", casework.Referral}, {"交办", casework.Referral}, {"上级", casework.Referral},
}

// channelOf reads a channel by its name or by the words that offices use.
func channelOf(s string) casework.Channel {
	p := plain(ticked(s))
	for _, c := range casework.Channels() {
		if p != "" && c != casework.Confidence && (p == string(c) || p == plain(c.Name().ZH) || p == plain(c.Name().EN)) {
			return c
		}
	}
	for _, w := range channelWords {
		if strings.Contains(p, w.word) {
			return w.channel
		}
	}
	return ""
}

var kindWords = []struct {
	word string
	kind casework.Kind
}{
	{"咨询", casework.Enquiry}, {"投诉", casework.Complaint}, {"求助", casework.Help}, {"诉求", casework.Help}, {"举报", casework.Wrongdoing},
	{"检举", casework.Wrongdoing}, {"控告", casework.Wrongdoing}, {"求决", casework.Help},
	{"意见", casework.Opinion}, {"建议", casework.Opinion}, {"表扬", casework.Opinion},
}

// kindOf reads a kind that needs no more than a ledger holds.
func kindOf(s string) casework.Kind {
	p := plain(ticked(s))
	for _, k := range []casework.Kind{casework.Opinion, casework.Complaint, casework.Help, casework.Enquiry, casework.Wrongdoing} {
		if p != "" && (p == plain(string(k)) || p == plain(k.Name().ZH) || p == plain(k.Name().EN)) {
			return k
		}
	}
	for _, w := range kindWords {
		if strings.Contains(p, w.word) {
			return w.kind
		}
	}
	return ""
}

// saysNothing reports whether a cell only says that nothing stands in it: 无, /, ——.
func saysNothing(s string) bool {
	if len(s) > 24 || s == "" {
		return false
	}
	return strings.Trim(s, "/\\-－—–_.。、…~ ") == "" || slices.Contains(nothing, plain(s))
}

// isPicture reports whether a cell is the formula by which WPS shows a picture in a cell.
func isPicture(s string) bool {
	return strings.HasPrefix(strings.Replace(strings.TrimPrefix(s, "="), "_xlfn.", "", 1), "DISPIMG(")
}

var nothing = []string{"无", "暂无", "没有", "空", "未填", "未提供", "未留", "na", "nil", "null", "none"}

// noOpinion are texts by which a list of visits says that somebody had none.
var noOpinion = []string{"无意见", "没意见", "没有意见", "暂无意见", "无建议", "暂无建议", "没有建议", "无意见建议", "无意见和建议", "无意见或建议", "没有意见建议", "暂无意见建议",
	"无诉求", "没有诉求", "暂无诉求", "无问题", "没有问题", "暂无问题", "无反映", "noopinion", "nocomment"}

// nobody are cells that say that no name was given.
var nobody = []string{"匿名", "不详", "无", "未知", "群众", "无名氏", "anonymous", "unknown", "none"}

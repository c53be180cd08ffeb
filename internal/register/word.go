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

// channelWords are what offices call the ways by which a word comes in, the plainest first. They are whole words: 网 and 群
// stand in 网格 and 群众 too.
var channelWords = []struct {
	channel casework.Channel
	words   []string
}{
	{casework.Hotline, []string{"12345", "热线"}},
	{casework.Forum, []string{"座谈", "恳谈", "代表会", "代表大会", "议事会", "院坝会", "坝坝会", "屋场会"}},
	{casework.Visit, []string{"走访", "入户", "网格员", "网格巡查", "网格上报", "网格排查"}},
	{casework.Questionnaire, []string{"问卷"}},
	{casework.Letter, []string{"来信", "信件", "书信", "写信", "意见箱"}},
	{casework.Phone, []string{"来电", "电话"}},
	{casework.WalkIn, []string{"来访", "集体访", "个体访", "个访", "群访", "上访", "接访", "现场", "窗口"}},
	{casework.Web, []string{"网信", "书记信箱", "镇长信箱", "领导信箱", "电子邮件", "邮箱", "app", "随手拍", "扫码", "二维码", "网上", "网络", "网站", "互联网", "官网", "人民网", "网友", "网民", "网页", "小程序", "公众号", "留言板"}},
	{casework.Message, []string{"微信", "短信", "qq", "村群", "工作群", "居民群", "村民群", "业主群", "群聊", "群里"}},
	{casework.Referral, []string{"转办", "交办", "上级"}},
}

// channelOf reads a channel by its name or by the words that offices use.
func channelOf(s string) casework.Channel {
	p := plain(ticked(s))
	for _, c := range casework.Channels() {
		if p != "" && c != casework.Confidence && (p == string(c) || p == plain(c.Name().ZH) || p == plain(c.Name().EN)) {
			return c
		}
	}
	for _, c := range channelWords {
		if slices.ContainsFunc(c.words, func(w string) bool { return strings.Contains(p, w) }) {
			return c.channel
		}
	}
	switch p {
	case "网":
		return casework.Web
	case "群":
		return casework.Message
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
	"无诉求", "没有诉求", "暂无诉求", "无问题", "没有问题", "暂无问题", "无反映", "待定", "待补", "待补充", "略", "noopinion", "nocomment"}

// nobody are cells that say that no name was given.
var nobody = []string{"匿名", "不详", "无", "待定", "待补", "待补充", "略", "未知", "群众", "无名氏", "anonymous", "unknown", "none", "匿名群众", "匿名信", "匿名举报", "不愿透露", "不愿透露姓名", "不愿具名", "不具名", "未署名", "未具名", "未留名", "未留姓名",
	"保密", "某群众", "某村民", "某居民", "某市民", "某人", "群众匿名", "村民", "居民", "市民", "热心市民", "热心群众", "部分群众", "部分村民", "多名群众", "多名村民", "广大群众", "网友", "网民", "路人"}

// somebody are cells that say what kind of person spoke, and not who.
var somebody = []string{"群众代表", "村民代表", "居民代表", "党员代表", "老党员", "党员", "村干部", "家长", "学生家长", "业主", "商户", "贫困户", "人大代表", "政协委员"}

// reports matches words that say themselves that they report wrongdoing: 群众匿名举报某某. What they are about stands behind.
var reports = regexp.MustCompile(`^[^，。；,;\n]{0,8}(?:举报|检举|控告)`)

// noReport are words in which that is only spoken of.
var noReport = regexp.MustCompile(`(?:举报|检举|控告)(?:人|电话|箱|信箱|渠道|方式|平台|奖|中心|热线|有奖|途径|制度|流程)`)

// isReport reports whether a text says that it reports wrongdoing.
func isReport(text string) bool { return reports.MatchString(text) && !noReport.MatchString(text) }

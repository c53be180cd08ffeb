package office

import (
	"yanming/internal/i18n"
	"yanming/internal/web/page"
)

// otherReason is the refusal whose reason is written out.
const otherReason = "other"

// refused are the usual reasons for which a word is not taken up here, each with where the resident can go. They are
// data, because the chosen one becomes part of the letter to the resident.
var refused = []struct {
	code       string
	why, where i18n.Pair
}{
	{"court", i18n.Pair{ZH: "已经或应当通过诉讼、仲裁、行政复议处理", EN: "It is, or must be, decided by a court, an arbitrator or administrative review"},
		i18n.Pair{ZH: "可到人民法院、仲裁机构或复议机关", EN: "to the court, the arbitrator or the review authority"}},
	{"discipline", i18n.Pair{ZH: "属于纪检监察机关受理的检举控告", EN: "It is a charge that the discipline inspection receives"},
		i18n.Pair{ZH: "可打 12388，或到纪检监察机关", EN: "call 12388, or go to the discipline inspection"}},
	{"disclosure", i18n.Pair{ZH: "属于政府信息公开申请", EN: "It is a request for government information"},
		i18n.Pair{ZH: "可向政府信息公开机构提出申请", EN: "apply to the office for government information"}},
	{"petition", i18n.Pair{ZH: "同一事项信访程序正在办理", EN: "The same matter is already under way as a petition"},
		i18n.Pair{ZH: "可向正在办理的信访部门查询", EN: "ask the petition office that handles it"}},
	{"secret", i18n.Pair{ZH: "涉及国家秘密、商业秘密或他人隐私", EN: "It concerns state or business secrets, or somebody else's privacy"},
		i18n.Pair{ZH: "可向有权处理的机关当面反映", EN: "tell the competent authority in person"}},
	{"concluded", i18n.Pair{ZH: "已经依法办结，又没有新的事实和理由", EN: "It was lawfully concluded, and there is nothing new"},
		i18n.Pair{ZH: "对结论不服的，可按原答复写明的途径提出", EN: "use the remedy that the earlier answer names"}},
	{otherReason, i18n.Pair{ZH: "其他原因", EN: "Another reason"}, i18n.Pair{ZH: "请在下面写明", EN: "write it below"}},
}

// refusals offers them in a form.
func refusals() (cs []page.Choice) {
	for _, x := range refused {
		cs = append(cs, page.Choice{Value: x.code, Label: x.why, Hint: x.where})
	}
	return cs
}

// refusal is the reason as the resident reads it, in Chinese as the letter is.
func refusal(code, detail string) string {
	for _, x := range refused {
		switch {
		case x.code != code || code == otherReason:
		case detail == "":
			return x.why.ZH
		default:
			return x.why.ZH + "\n" + detail
		}
	}
	return detail
}

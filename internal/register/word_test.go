package register_test

import (
	"testing"

	"yanming/internal/casework"
)

func TestAChannelIsReadByWholeWords(t *testing.T) {
	table, ways := "意见内容,来源\n", map[string]casework.Channel{
		"网格员上报": casework.Visit, "网格巡查": casework.Visit, "入户走访": casework.Visit, "网格员入户": casework.Visit, "群众意见箱": casework.Letter, "村民代表座谈会": casework.Forum, "群众代表会": casework.Forum,
		"人民网领导留言板": casework.Web, "网上反映": casework.Web, "网": casework.Web, "微信群": casework.Message, "群": casework.Message, "市民热线": casework.Hotline, "群众来电": casework.Phone, "上级交办": casework.Referral,
		"群众反映": "", "群众": "", "包村干部": "",
	}
	for w := range ways {
		table += "听说" + w + "," + w + "\n"
	}
	a := read(t, town(t), "x.csv", table)
	for _, x := range a.rows {
		b := x.Cases[0]
		w := b.Text[len("听说"):]
		if want := ways[w]; want != "" && b.Channel != want || want == "" && (b.Channel != casework.Referral || b.Past.Note != "来源："+w) || (want == "") != (len(x.Warnings) == 1) {
			t.Errorf("%s is %s, %q, %v", w, b.Channel, b.Past.Note, x.Warnings)
		}
	}
}

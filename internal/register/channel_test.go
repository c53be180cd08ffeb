package register_test

import (
	"testing"

	"yanming/internal/casework"
)

func TestWhoIsNotNamedIsNobody(t *testing.T) {
	d := town(t)
	for name, note := range map[string]string{"不愿透露姓名": "", "匿名群众": "", "保密": "", "某村民": "", "居民": "", "村民代表": "反映人：村民代表", "家长": "反映人：家长"} {
		a := read(t, d, "x.csv", "村,反映人,电话,意见内容,登记时间\n柳岸村,"+name+",不愿透露,路灯不亮,2026.3.5\n")
		if b := a.told("路灯不亮"); b.Person != (casework.Person{}) || b.Past.Note != note || len(a.rows[0].Warnings) > 0 {
			t.Errorf("%s: %+v, %q, %v", name, b.Person, b.Past.Note, a.rows[0].Warnings)
		}
	}
}

// TestAReportOfWrongdoingIsNotForTheVillage: where nothing else says the kind, the words do.
func TestAReportOfWrongdoingIsNotForTheVillage(t *testing.T) {
	a := read(t, town(t), "x.csv", "村,反映人,意见内容,登记时间\n柳岸村,王某,举报村干部占地建房,2026.3.5\n柳岸村,李某,群众匿名举报某某倒卖砂石,2026.3.5\n柳岸村,周某,希望公布举报电话,2026.3.5\n柳岸村,吴某,修路的钱不够，有人要举报,2026.3.5\n")
	a.says("wrongdoing", false, 2, 3)
	for _, x := range a.rows {
		b := x.Cases[0]
		if report := x.Number < 4; report != (b.Kind == casework.Wrongdoing) || report != (b.Visibility == casework.Private) {
			t.Errorf("%s: %s, %s", b.Text, b.Kind, b.Visibility)
		}
	}
}

func TestAChannelIsWhatTheLedgerMeans(t *testing.T) {
	d := town(t)
	for says, want := range map[string]casework.Channel{"走访": casework.WalkIn, "书信": casework.Letter, "网信": casework.Web, "集体访": casework.WalkIn, "走访（入户）": casework.Visit} {
		a := read(t, d, "x.csv", "信访件编号,信访人,反映问题,信访日期,信访形式\nXF2026001,王某,路灯不亮,2026.3.5,"+says+"\n")
		if got := a.told("路灯不亮").Channel; got != want {
			t.Errorf("%s is %s", says, got)
		}
	}
	for says, want := range map[string]casework.Channel{"电话": casework.Hotline, "微信": casework.Hotline, "网站": casework.Hotline, "座谈会": casework.Forum} {
		a := read(t, d, "x.csv", "工单编号,诉求内容,受理时间,诉求来源\nG2026001,路灯不亮,2026.3.5,"+says+"\n")
		b := a.told("路灯不亮")
		if b.Channel != want || want == casework.Hotline && b.Past.Note != "诉求来源："+says {
			t.Errorf("%s is %s, note %q", says, b.Channel, b.Past.Note)
		}
	}
}

func TestNoDigitsOfATelephoneAreShown(t *testing.T) {
	a := read(t, town(t), "x.csv", "村,电话,意见内容,村委办公电话\n柳岸村,１３８００００００２,路灯不亮,62170001\n")
	for _, i := range []int{1, 3} {
		if got := a.plan.Columns[i].Samples[0]; got != "［电话］" {
			t.Errorf("%q is shown", got)
		}
	}
}

package register_test

import (
	"slices"
	"strings"
	"testing"

	"yanming/internal/casework"
)

// TestWhatIsFinishedIsNotAlwaysSolved: a tick says that a matter is struck off, and what was done says how it ended.
func TestWhatIsFinishedIsNotAlwaysSolved(t *testing.T) {
	a := read(t, town(t), "x.csv", "村,反映人,意见内容,登记时间,办理结果,是否办结\n"+
		"柳岸村,王某,一事,2026.3.5,经查不属实,是\n柳岸村,李某,二事,2026.3.5,向其解释政策，不符合低保条件,√\n柳岸村,周某,三事,2026.3.5,已修好，并向群众解释,是\n"+
		"柳岸村,吴某,四事,2026.3.5,列入明年计划,已办结\n柳岸村,郑某,五事,2026.3.5,不属于本镇职责,是\n柳岸村,孙某,六事,2026.3.5,疏通了水渠,是\n柳岸村,钱某,七事,2026.3.5,解释了政策,已解决\n")
	for text, want := range map[string]casework.Outcome{"一事": casework.Unverifiable, "二事": casework.Explained, "三事": casework.Resolved, "四事": casework.Explained,
		"五事": casework.NotResponsible, "六事": casework.Resolved, "七事": casework.Resolved} {
		if p := a.told(text).Past; p.Outcome != want || !p.Closed && text != "七事" {
			t.Errorf("%s ended as %q, closed %v", text, p.Outcome, p.Closed)
		}
	}
	a.says("outcome_other", false, 2, 3, 5, 6)
}

func TestAResultBesideTheHandlingSaysHowItStands(t *testing.T) {
	a := read(t, town(t), "x.csv", "村,反映人,反映问题,登记时间,处理情况,处理结果,整改措施\n"+
		"柳岸村,王某,一事,2026.3.5,当场要求搬走,已整改,已解决\n柳岸村,李某,二事,2026.3.5,上报镇社保所,办理中,\n柳岸村,周某,三事,2026.3.5,已解决,,\n柳岸村,吴某,四事,2026.3.5,已派人看过,看天气,\n")
	for text, want := range map[string]casework.State{"一事": casework.Answered, "二事": casework.Accepted, "三事": casework.Answered, "四事": casework.Accepted} {
		if got := stands(a.told(text).Past); got != want {
			t.Errorf("%s stands at %s", text, got)
		}
	}
	if got := a.told("二事").Past.Note; got != "处理结果：办理中" {
		t.Errorf("note %q", got)
	}
	if got := a.told("一事").Past.Answer; got != "当场要求搬走" {
		t.Errorf("answer %q", got)
	}
	a.says("open", false, 5)
}

// TestWordsOfAStateAreUnderstood: what each means, and which are left to a person.
func TestWordsOfAStateAreUnderstood(t *testing.T) {
	d := town(t)
	for want, words := range map[casework.State]string{
		casework.Closed:   "当场办结 √已回访 同意销号 已于10月办结",
		casework.Answered: "待回访 整改完成 已完成整改 100% 完成100% 基本办结 已反馈 已实现",
		casework.Accepted: "完成80% 0% 调解中 暂缓 转办 待办 待回复",
	} {
		for _, w := range strings.Fields(words) {
			a := read(t, d, "x.csv", "村,意见内容,登记时间,办理状态\n柳岸村,路灯不亮,2026.3.5,"+w+"\n")
			if got := stands(a.told("路灯不亮").Past); got != want || len(a.why("status")) > 0 {
				t.Errorf("%s stands at %s, %v", w, got, a.rows[0].Warnings)
			}
		}
	}
	for _, w := range strings.Fields("申请销号 拟销号 无法解决 调解不成 同意 已关注") {
		a := read(t, d, "x.csv", "村,意见内容,登记时间,办理状态\n柳岸村,路灯不亮,2026.3.5,"+w+"\n")
		if got := stands(a.told("路灯不亮").Past); got != casework.Accepted || !slices.Equal(a.why("status"), []int{2}) {
			t.Errorf("%s stands at %s", w, got)
		}
	}
	a := read(t, d, "x.csv", "工单编号,诉求内容,受理时间,工单状态,答复内容\nG1,路灯不亮,2026.3.5,待回访,已修复\nG2,何时通水,2026.3.5,待回访,预计12月通水\n")
	if lamp, water := a.told("路灯不亮").Past, a.told("何时通水").Past; lamp.Outcome != casework.Resolved || water.Outcome != casework.Explained || lamp.Closed || water.Answer != "预计12月通水" {
		t.Errorf("%+v, %+v", lamp, water)
	}
}

package register_test

import (
	"strings"
	"testing"

	"yanming/internal/casework"
)

// What is near to a word that is known, and means something else.

// TestAHeadingOfPeopleNamesNobody: what a group, a satisfaction or a unit is called says who spoke to nobody.
func TestAHeadingOfPeopleNamesNobody(t *testing.T) {
	d := town(t)
	for _, head := range []string{"村民小组", "群众满意度", "群众是否满意", "群众评价", "业主单位"} {
		alone := read(t, d, "x.csv", "村,"+head+",意见内容\n柳岸村,甲乙,路灯不亮\n").told("路灯不亮")
		beside := read(t, d, "x.csv", "村,"+head+",反映人,意见内容\n柳岸村,甲乙,王某,路灯不亮\n").told("路灯不亮")
		if alone.Person.Name != "" || beside.Person.Name != "王某" || !strings.Contains(beside.Past.Note, "甲乙") {
			t.Errorf("%s: %q spoke; beside a name %q, note %q", head, alone.Person.Name, beside.Person.Name, beside.Past.Note)
		}
	}
	if b := read(t, d, "x.csv", "村,征求意见人,反映人,意见内容\n柳岸村,甲乙,王某,路灯不亮\n").told("路灯不亮"); strings.Contains(b.Past.Note, "甲乙") {
		t.Errorf("somebody stands in the note %q", b.Past.Note)
	}
}

// TestAPlanIsNotWhatWasDone: a month before a verb is past only where 已 stands beside it.
func TestAPlanIsNotWhatWasDone(t *testing.T) {
	d := town(t)
	for said, want := range map[string]casework.State{"12月底完成": casework.Accepted, "3月完成": casework.Accepted, "2026年12月底完成整改": casework.Accepted, "9月已修好": casework.Answered,
		"已于10月解决": casework.Answered, "逾期办结": casework.Accepted, "转交村委会，已解决": casework.Accepted, "逾期": casework.Accepted} {
		a := read(t, d, "x.csv", "反映人,意见内容,处理情况\n王某,路灯不亮,"+said+"\n")
		if got := stands(a.told("路灯不亮").Past); got != want {
			t.Errorf("%s is %s", said, got)
		}
		if warned, plain := len(a.why("open")) > 0, said == "逾期"; want == casework.Accepted && warned == plain {
			t.Errorf("%s: said %v", said, warned)
		}
	}
}

// TestWhatIsAlsoExplainedIsSolved where the explaining came beside it.
func TestWhatIsAlsoExplainedIsSolved(t *testing.T) {
	a := read(t, town(t), "x.csv", "意见内容,处理情况,是否办结\n一事,已联系供电所更换灯泡，并做好解释工作,√\n二事,疏通了水渠，并向群众解释,是\n三事,向群众做好解释,是\n")
	for text, want := range map[string]casework.Outcome{"一事": casework.Resolved, "二事": casework.Resolved, "三事": casework.Explained} {
		if got := a.told(text).Past.Outcome; got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
}

// TestHowPeopleTookItIsNoStatus: whether somebody was content or told does not say how a matter stands.
func TestHowPeopleTookItIsNoStatus(t *testing.T) {
	d := town(t)
	for _, head := range []string{"办理结果是否满意", "是否反馈办理结果", "处理结果是否公示"} {
		for _, said := range []string{"是", "否"} {
			p := read(t, d, "x.csv", "意见内容,处理情况,"+head+"\n路灯不亮,已修好,"+said+"\n").told("路灯不亮").Past
			if p.Outcome != casework.Resolved || p.Closed {
				t.Errorf("%s %s: %s, closed %v", head, said, p.Outcome, p.Closed)
			}
		}
	}
}

// TestAListWhoseCellsAreNamesOfColumnsIsNoForm: 意见 and 村民 stand as words in a list too.
func TestAListWhoseCellsAreNamesOfColumnsIsNoForm(t *testing.T) {
	d := town(t)
	for _, table := range []string{"类型,内容,村\n意见,路灯不亮,柳岸村\n建议,修渠,柳岸村\n诉求,补桥,荷塘村\n", "反映人,意见内容,村\n村民,路灯不亮,柳岸村\n群众,修渠,柳岸村\n居民,补桥,荷塘村\n"} {
		if a := read(t, d, "x.csv", table); a.village("路灯不亮") == "" || a.cases() != 3 {
			t.Errorf("%d cases of\n%s", a.cases(), table)
		}
	}
}

// TestAPeriodIsNoDay: of a title that names one, or the day on which the sheet was filled in.
func TestAPeriodIsNoDay(t *testing.T) {
	d := town(t)
	for title, want := range map[string]string{"收集时间：2026年1月1日-3月31日": "", "走访时间：2026年9月1日至5日": "", "收集时间：2026-09-01～2026-09-05": "", "单位：柳岸村　　日期：2026年11月10日": "",
		"走访时间：2026-09-05": "2026-09-05", "会议日期：2026年9月5日上午": "2026-09-05"} {
		b, got := read(t, d, "x.csv", "意见表,,\n"+title+",,\n序号,反映人,意见内容\n1,王某,路灯不亮\n").told("路灯不亮"), ""
		if !b.Said.IsZero() {
			got = day(b.Said)
		}
		if got != want {
			t.Errorf("%s: %q", title, got)
		}
	}
	if b := read(t, d, "x.csv", "反映人,意见内容,填报日期\n王某,路灯不亮,2026.9.5\n").told("路灯不亮"); day(b.Said) != "2026-09-05" {
		t.Errorf("where it is the only day: %s", b.Said)
	}
}

// TestWhatWaitsIsNotNothing: 待定 as a status is a state, as an opinion or a name it is none.
func TestWhatWaitsIsNotNothing(t *testing.T) {
	a := read(t, town(t), "x.csv", "反映人,意见内容,答复内容,办理状态,办结时限\n待定,路灯不亮,正在研究，会后答复,待定,待定\n王某,待定,,,\n")
	b := a.told("路灯不亮")
	if got := stands(b.Past); got != casework.Accepted || b.Person.Name != "" || a.cases() != 1 {
		t.Errorf("%s, of %q, %d cases", got, b.Person.Name, a.cases())
	}
}

// TestThePlaceNearAnotherVillageIsInItsOwn, where the sheet says which one that is.
func TestThePlaceNearAnotherVillageIsInItsOwn(t *testing.T) {
	a := read(t, town(t), "x.csv", "意见内容,地点\n柳岸村,\n水渠堵了,荷塘村交界处水渠\n路灯不亮,村口\n")
	if x, y := a.village("水渠堵了"), a.village("路灯不亮"); x != y || x == "" {
		t.Errorf("in %s; its neighbour in %s", x, y)
	}
}

// TestWhoIsSpokenOfReportsNothing and a remark below a book of days is no record.
func TestWhoIsSpokenOfReportsNothing(t *testing.T) {
	d := town(t)
	if got := read(t, d, "x.csv", "意见内容\n建议对举报人信息保密\n").told("建议对举报人信息保密").Kind; got == casework.Wrongdoing {
		t.Error("a wish about reports is taken for one")
	}
	if a := read(t, d, "x.csv", "月,日,来访人,来访事由\n9,1,王某,路灯不亮\n,2,李某,修渠\n以上共2件,,,\n"); a.cases() != 2 {
		t.Errorf("%d cases", a.cases())
	}
}

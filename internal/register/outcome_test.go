package register_test

import (
	"strings"
	"testing"

	"yanming/internal/casework"
)

func TestADateWithMoreBehindItIsTheDay(t *testing.T) {
	a := read(t, town(t), "x.csv", "反映人,意见内容,登记时间,完成时限\n王某,路灯不亮,2026年3月5日上午,3月20日前\n李某,水渠堵了,2026.3.6-3.8,2026.4.1之前\n周某,桥坏了,三月七日,3月中旬\n")
	a.says("date_part", false, 2, 3)
	a.says("due", false, 4)
	for text, want := range map[string][2]string{"路灯不亮": {"2026-03-05", "2026-03-20"}, "水渠堵了": {"2026-03-06", "2026-04-01"}, "桥坏了": {"2026-03-07", ""}} {
		b := a.told(text)
		if got := day(b.Said); got != want[0] {
			t.Errorf("%s was said on %s", text, got)
		}
		if got := day(b.Past.Due); want[1] != "" && got != want[1] || want[1] == "" && !b.Past.Due.IsZero() {
			t.Errorf("%s is due on %s", text, got)
		}
	}
	if !strings.Contains(a.told("路灯不亮").Past.Note, "2026年3月5日上午") {
		t.Error("the half of the day is lost")
	}
}

func TestMonthAndDayAreADateWhereNothingElseCanBeMeant(t *testing.T) {
	a := read(t, town(t), "x.csv", "2026年台账,,\n反映人,意见内容,时间\n王某,一事,3.5\n王某,二事,3/12\n王某,三事,３．１５\n王某,四事,3.1\n王某,五事,13.5\n")
	a.says("date", false, 6, 7)
	for text, want := range map[string]string{"一事": "2026-03-05", "二事": "2026-03-12", "三事": "2026-03-15"} {
		if got := day(a.told(text).Said); got != want {
			t.Errorf("%s was said on %s", text, got)
		}
	}
}

func TestAnAnswerOlderThanItsMatterStaysAsANote(t *testing.T) {
	a := read(t, town(t), "x.csv", "反映人,意见内容,是否办结,完成时间\n王某,路灯不亮,是,2026.4.1\n")
	a.says("answered_early", false, 2)
	if p := a.told("路灯不亮").Past; p.Note != "完成时间：2026.4.1" || !p.Answered.IsZero() {
		t.Errorf("%+v", p)
	}
}

func TestAnUnansweredMatterKeepsItsSecondDate(t *testing.T) {
	a := read(t, town(t), "x.csv", "反映人,意见内容,时间,时间,完成时间,是否办结\n王　某,路灯不亮,2026.3.5,2026.3.6,2026.3.8,否（等资金）\n")
	b := a.told("路灯不亮")
	if b.Past.Note != "时间：2026.3.6\n是否办结：否（等资金）\n完成时间：2026.3.8" || stands(b.Past) != casework.Accepted || len(a.rows[0].Warnings) != 0 {
		t.Errorf("%+v, %v", b.Past, a.rows[0].Warnings)
	}
	if b.Person.Name != "王某" {
		t.Errorf("%q said it", b.Person.Name)
	}
}

func TestStatusesAreReadAsOfficesWriteThem(t *testing.T) {
	var b strings.Builder
	b.WriteString("意见内容,答复,是否办结\n")
	states := map[string]casework.State{"完结": casework.Closed, "已结案": casework.Closed, "办理完毕": casework.Closed, "√已办结": casework.Closed, "✔️": casework.Closed, "TRUE": casework.Closed,
		"是（3月10日）": casework.Closed, "已化解": casework.Answered, "已受理": casework.Accepted, "已转办": casework.Accepted, "FALSE": casework.Accepted, "□": casework.Accepted}
	for s := range states {
		b.WriteString("事情" + s + "," + map[bool]string{true: "修好了"}[s == "是（3月10日）"] + "," + s + "\n")
	}
	a := read(t, town(t), "x.csv", b.String())
	for s, want := range states {
		if got := stands(a.told("事情" + s).Past); got != want {
			t.Errorf("%s is %s", s, got)
		}
	}
	if !strings.Contains(a.told("事情是（3月10日）").Past.Note, "3月10日") {
		t.Error("what stands beside a tick is lost where there is an answer")
	}
}

func TestOfABoxedChoiceTheTickedOneCounts(t *testing.T) {
	a := read(t, town(t), "x.csv", "意见内容,性质,是否办结\n一事,□咨询 ☑投诉,☑是 □否\n二事,☑咨询 □投诉,□是 ☑否\n三事,咨询□ 投诉√,已办结□ 未办结☑\n四事,,已办结☑ 未办结□\n")
	for text, want := range map[string]casework.State{"一事": casework.Closed, "二事": casework.Accepted, "三事": casework.Accepted, "四事": casework.Closed} {
		if got := stands(a.told(text).Past); got != want {
			t.Errorf("%s is %s", text, got)
		}
	}
	for text, want := range map[string]casework.Kind{"一事": casework.Complaint, "二事": casework.Enquiry, "三事": casework.Complaint} {
		if got := a.told(text).Kind; got != want {
			t.Errorf("%s is a %s", text, got)
		}
	}
}

func TestAColumnForEachStateIsReadByItsTick(t *testing.T) {
	a := read(t, town(t), "x.csv", "反映人,事由,已办结,正在办理,未办结\n王某,一事,√,,\n李某,二事,,√,\n周某,三事,√,,√\n吴某,四事,,,\n")
	if got := a.told("一事").Past.Answer; got != "已办结" {
		t.Errorf("the answer is %q", got)
	}
	for text, want := range map[string]casework.State{"一事": casework.Closed, "二事": casework.Accepted, "三事": casework.Accepted, "四事": casework.Registered} {
		if got := stands(a.told(text).Past); got != want {
			t.Errorf("%s is %s", text, got)
		}
	}
}

package register_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"yanming/internal/casework"
	"yanming/internal/register"
)

func TestAWordThatOnlyBeginsLikeAnEndSettlesNothing(t *testing.T) {
	states := []string{"解决不了", "解决困难", "化解难度大", "解决意见不一致", "完成一半", "完成立项", "已完成前期勘察", "办结申请", "销号申请", "办结率90%", "完成度50", "完成?",
		"已解决一半", "解决了一半", "已答复群众不认可", "解释工作正在做", "已解决，其余明年"}
	table := "反映人,意见内容,办理状态\n"
	for i, s := range states {
		table += fmt.Sprintf("王某,%d号路灯,%s\n", i, s)
	}
	a := read(t, town(t), "x.csv", table)
	for i, s := range states {
		b := a.told(fmt.Sprintf("%d号路灯", i))
		if got := stands(b.Past); got != casework.Accepted || !strings.Contains(b.Past.Note, s) || !slices.Contains(a.why("status"), i+2) {
			t.Errorf("%s is %s, %q, %v", s, got, b.Past.Note, a.rows[i].Warnings)
		}
	}
}

func TestAWordThatIsAnEndSettlesTheMatter(t *testing.T) {
	states := map[string]casework.State{"已办结3月10日": casework.Closed, "办结（不满意）": casework.Closed, "已解决。": casework.Answered, "已解决，群众满意": casework.Answered, "已整改到位": casework.Answered,
		"已解决 已办结": casework.Closed, "已办结归档": casework.Closed, "已销": casework.Closed, "Resolved Closed": casework.Closed, "部分解决": casework.Answered, "2026.3.10已销号": casework.Closed,
		"查无此人": casework.Answered, "已完成100%": casework.Answered, "已经解决": casework.Answered, "无法核实（没有地址）": casework.Answered}
	var b strings.Builder
	b.WriteString("意见内容,办理状态\n")
	for s := range states {
		b.WriteString("事情" + s + "," + s + "\n")
	}
	a := read(t, town(t), "x.csv", b.String())
	a.says("status", false)
	for s, want := range states {
		if got := stands(a.told("事情" + s).Past); got != want {
			t.Errorf("%s is %s", s, got)
		}
	}
}

// TestWhatWasDoneSettlesTheMatterOrIsNamed: where no column says how it stands, the handling does.
func TestWhatWasDoneSettlesTheMatterOrIsNamed(t *testing.T) {
	said := map[string]casework.State{"已修复": casework.Answered, "已更换": casework.Answered, "3月10日已修好": casework.Answered, "问题已解决": casework.Answered, "已协调解决": casework.Answered,
		"已清理。": casework.Answered, "√": casework.Closed, "已于3月10日办结": casework.Closed, "正在协调": casework.Accepted,
		"已更换灯泡两只": "", "已转水利站": "", "经核实已处理到位": "", "已落实专人负责": "", "已完成招标": ""}
	d := town(t)
	for words, want := range said {
		a := read(t, d, "x.csv", "反映人,意见内容,办理情况\n王某,路灯不亮,"+words+"\n")
		state := stands(a.told("路灯不亮").Past)
		if warned := len(a.rows[0].Warnings); want != "" && (state != want || warned > 0) || want == "" && (state != casework.Accepted || warned == 0) {
			t.Errorf("%s is %s, %v", words, state, a.rows[0].Warnings)
		}
		if want == "" {
			a.says("open", false, 2)
		}
	}
	if got := read(t, d, "x.csv", "反映人,意见内容,办理情况\n王某,路灯不亮,√\n").told("路灯不亮").Past.Answer; got != "办理情况：√" {
		t.Errorf("the answer of a tick is %q", got)
	}
	if got := stands(read(t, d, "x.csv", "反映人,意见内容,办理情况,是否办结\n王某,路灯不亮,已解决,解决不了\n").told("路灯不亮").Past); got != casework.Accepted {
		t.Errorf("what the status does not say the handling says: %s", got)
	}
	a := read(t, d, "x.csv", "反映人,意见内容,时间,办结时间\n王某,路灯不亮,2026.3.5,2026.3.8\n")
	if ws := a.rows[0].Warnings; len(ws) != 1 || ws[0].ID() != (register.Reason{Key: "import.warn.open", Args: []any{"办结时间"}}).ID() {
		t.Errorf("a day of the end alone: %v", ws)
	}
}

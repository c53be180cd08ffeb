package register_test

import (
	"testing"

	"yanming/internal/casework"
	"yanming/internal/register"
)

// TestASlashInBracketsIsNoGroup: a column says in its name how it is filled in.
func TestASlashInBracketsIsNoGroup(t *testing.T) {
	a := read(t, town(t), "x.csv", "村,意见内容,整改完成情况（完成/未完成）,村民/代表签收\n柳岸村,路灯不亮,完成,是\n荷塘村,水渠堵了,看情况,否\n")
	if f := a.plan.Columns[2].Field; f != register.Status {
		t.Fatalf("taken for %q", f)
	}
	if got := a.rows[0].Cases[0].Past.Outcome; got != casework.Resolved {
		t.Errorf("it came to %q", got)
	}
	if got := a.rows[1].Cases[0].Past.Note; got != "村民/代表签收：否\n整改完成情况（完成/未完成）：看情况" {
		t.Errorf("a column is called otherwise: %q", got)
	}
}

// TestColumnsAreWhatOfficesMeanByThem: each header with the columns that it must give.
func TestColumnsAreWhatOfficesMeanByThem(t *testing.T) {
	d := town(t)
	for header, want := range map[string]map[string]register.Field{
		"走访日期,走访户,走访内容,发现问题,整改措施,整改进展":                {"走访户": register.Name, "走访内容": register.Note, "发现问题": register.Text, "整改措施": register.Note, "整改进展": register.Handling},
		"走访时间,受访户,走访内容,解决措施":                          {"受访户": register.Name, "走访内容": register.Text, "解决措施": register.Handling},
		"发言人,身份,发言内容（意见建议）,跟进情况":                      {"发言人": register.Name, "身份": register.Skip, "发言内容（意见建议）": register.Text, "跟进情况": register.Handling},
		"回访对象,反映问题,是否解决,回访人":                          {"回访对象": register.Name, "是否解决": register.Status, "回访人": register.Note},
		"提出人,征集方式,意见建议,受助人,认领人":                       {"征集方式": register.Channel, "受助人": register.Skip, "认领人": register.Note},
		"村别,户主姓名,微心愿内容,是否实现,实现时间":                     {"村别": register.Village, "是否实现": register.Status, "实现时间": register.Answered},
		"存在问题,销号时间,销号人签字,当前环节":                        {"销号时间": register.Answered, "销号人签字": register.Skip, "当前环节": register.Status},
		"序号,提交答卷时间,所用时间,来自IP,1、您的姓名,2、您所在的村,3、您的意见建议": {"提交答卷时间": register.Said, "所用时间": register.Note, "来自IP": register.Skip, "1、您的姓名": register.Name, "2、您所在的村": register.Village, "3、您的意见建议": register.Text},
	} {
		a := read(t, d, "x.csv", header+"\n")
		for _, c := range a.plan.Columns {
			if f, said := want[c.Name]; said && c.Field != f {
				t.Errorf("%s: %s is taken for %q, not %q", header, c.Name, c.Field, f)
			}
			if c.Name == "身份" && c.Identity {
				t.Error("who somebody is was taken for an identity number")
			}
		}
	}
}

// TestAVisitWithoutAProblemIsNoOpinion: what was talked about does not stand for what somebody did not say.
func TestAVisitWithoutAProblemIsNoOpinion(t *testing.T) {
	a := read(t, town(t), "x.csv", "走访日期,走访户,走访内容,发现问题\n2026.10.8,王某,了解生活情况,无\n2026.10.8,李某,宣传防火,灶台边堆放柴草\n")
	a.says("nothing", true, 2)
	if b := a.told("灶台边堆放柴草"); b.Person.Name != "李某" || b.Past.Note != "走访内容：宣传防火" {
		t.Errorf("%+v", b)
	}
}

package register_test

import (
	"fmt"
	"strings"
	"testing"

	"yanming/internal/org"
	"yanming/internal/register"
)

// field returns what the first column of a table is taken for.
func field(t *testing.T, d *org.Directory, table string) register.Field {
	t.Helper()
	return read(t, d, "x.csv", table).plan.Columns[0].Field
}

func TestOnlyAWholeNameIsATickets(t *testing.T) {
	d := town(t)
	for name, want := range map[string]register.Field{
		"编号": register.External, "工单号": register.External, "12345工单编号": register.External, "受理编号": register.External, "案件编号": register.External, "*信访件编号": register.External,
		"村编号": register.Note, "网格编号": register.Note, "户编号": register.Note, "人员编号": register.Note, "楼栋编号": register.Note, "门牌编号": register.Note,
		"证件编号": register.Skip, "手机编号": register.Phone,
	} {
		if got := field(t, d, name+",村,反映人,意见内容\nHZ2026110500,柳岸村,王某,路灯不亮\nHZ2026110501,柳岸村,李某,水渠堵了\n"); got != want {
			t.Errorf("%s is taken for %q", name, got)
		}
	}
}

func TestNumbersThatAreNoTicketsAreLeftOut(t *testing.T) {
	d := town(t)
	for what, c := range map[string]struct {
		name, numbers string
		want          register.Field
	}{
		"a gap":                    {"编号", "1 2 4", register.Skip},
		"anew for each village":    {"登记编号", "1 2 1 2 3", register.Skip},
		"zeros before it":          {"编号", "0012 0013 0015", register.Skip},
		"begun anywhere":           {"件号", "4711 4712", register.Skip},
		"the household's":          {"编号", "HZ01 HZ01 HZ01 HZ02 HZ02", register.Skip},
		"rows of the hotline":      {"工单号", "12 18", register.Skip},
		"a ticket twice":           {"编号", "G1 G1 G2 G2", register.External},
		"long numbers":             {"编号", "2026110501 2026110502", register.External},
		"short ones of the system": {"工单编号", "7001 7002", register.External},
	} {
		table := c.name + ",意见内容\n"
		for i, n := range strings.Fields(c.numbers) {
			table += fmt.Sprintf("%s,第%d处路灯不亮\n", n, i)
		}
		if got := field(t, d, table); got != c.want {
			t.Errorf("%s: %s is taken for %q", what, c.name, got)
		}
	}
}

func TestASheetOfNamesOnlyGivesWayToOneWithRows(t *testing.T) {
	f := book(t, "汇总", []any{"村", "反映人", "意见内容"})
	if _, err := f.NewSheet("柳岸村"); err != nil {
		t.Fatal(err)
	}
	for i, row := range [][]any{{"村", "反映人", "意见内容"}, {"柳岸村", "王某", "路灯不亮"}} {
		if err := f.SetSheetRow("柳岸村", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if p := read(t, town(t), "x.xlsx", written(t, f)).plan; p.Sheet != "柳岸村" || p.Sheets[0].Why != register.Bare {
		t.Errorf("%s is read, %v", p.Sheet, p.Sheets)
	}
}

func TestWhatWasSaidStandsBesideWhereItsColumnSaysNothing(t *testing.T) {
	a := read(t, town(t), "x.csv", "村,户主,存在问题,意见建议,备注\n柳岸村,王某,无,修文化广场,\n柳岸村,李某,,通公交,\n柳岸村,周某,自来水浑,换管,\n柳岸村,吴某,没有问题,无意见,急\n柳岸村,郑某,,,\n")
	a.says("nothing", true, 5)
	a.says("text", true, 6)
	for text, note := range map[string]string{"修文化广场": "", "通公交": "", "自来水浑": "意见建议：换管"} {
		if got := a.told(text).Past.Note; got != note {
			t.Errorf("%s is noted with %q", text, got)
		}
	}
}

func TestTheLongColumnIsTheTextAndTheOtherItsTitle(t *testing.T) {
	d := town(t)
	for _, names := range []string{"问题标题,问题详情", "事件标题,事件详情", "诉求标题,诉求内容", "事件名称,事件描述", "标题,详情"} {
		b := read(t, d, "x.csv", "村,"+names+",上报时间\n柳岸村,路灯问题,村东头的路灯三个月不亮,2026-03-01\n").told("村东头的路灯三个月不亮")
		if b.Title != "路灯问题" {
			t.Errorf("%s: the title is %q", names, b.Title)
		}
	}
	for _, name := range []string{"村民意见", "村民反映问题", "个人诉求", "人民群众意见", "群众反映的困难和问题"} {
		read(t, d, "x.csv", "村,姓名,"+name+",登记时间\n柳岸村,王某,路灯不亮,2026-03-01\n").told("路灯不亮")
	}
	for _, name := range []string{"村民意见处理情况", "问题类型", "意见来源", "个人诉求办理结果"} {
		for _, c := range read(t, d, "x.csv", "村,姓名,诉求,"+name+",登记时间\n柳岸村,王某,路灯不亮,某,2026-03-01\n").plan.Columns {
			if c.Name == name && (c.Field == register.Text || c.Field == register.Title) {
				t.Errorf("%s is taken for %s", name, c.Field)
			}
		}
	}
}

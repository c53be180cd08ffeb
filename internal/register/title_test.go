package register_test

import (
	"strings"
	"testing"

	"yanming/internal/casework"
	"yanming/internal/errs"
	"yanming/internal/register"
	"yanming/internal/sheet"
)

// TestATitleSaysTheDayAndTheWay: of a meeting's list, where no column does.
func TestATitleSaysTheDayAndTheWay(t *testing.T) {
	d := town(t)
	for title, want := range map[string]struct {
		day     string
		channel casework.Channel
	}{
		"座谈会意见建议记录表,,\n时间：2026年10月11日上午9:00  地点：荷塘村,,": {"2026-10-11", casework.Forum},
		"镇领导接访登记表,,\n接访日期：2026.10.12,,":                {"2026-10-12", casework.WalkIn},
		"“走访听民声”活动意见台账,,\n填报时间：2026年11月10日,,":          {"", casework.Referral},
		"来信来访和座谈会意见汇总,,\n时间：2027年1月1日,,":               {"", casework.Referral},
	} {
		a := read(t, d, "x.csv", title+"\n序号,反映人,意见内容\n1,王某,路灯不亮\n")
		b, got := a.told("路灯不亮"), ""
		if !b.Said.IsZero() {
			got = day(b.Said)
		}
		if got != want.day || b.Channel != want.channel {
			t.Errorf("%s: %q over %s", title, got, b.Channel)
		}
	}
}

func TestAFormIsNoList(t *testing.T) {
	f := book(t, "张三", []any{"入户走访登记表"}, []any{"户主姓名", "张三", "性别", "男", "联系电话", "13800002222"}, []any{"家庭住址", "柳岸村2组15号"},
		[]any{"走访时间", "2026年10月9日", "走访人", "李明"}, []any{"走访内容", "宣传医保政策"}, []any{"意见建议", "希望修生产路"}, []any{"处理情况", "已报村委会"})
	inspect := func() (register.Plan, error) {
		content := written(t, f)
		b, err := sheet.Open("x.xlsx", strings.NewReader(content), int64(len(content)), sheet.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		return register.Inspect(b, "", true, func(string) (m register.Mapping, found bool, err error) { return m, false, nil })
	}
	if _, err := inspect(); len(errs.All(err)) != 1 || errs.All(err)[0].Key != "import.form" {
		t.Errorf("%v", err)
	}
	if _, err := f.NewSheet("汇总"); err != nil {
		t.Fatal(err)
	}
	for at, v := range map[string]string{"A1": "村", "B1": "意见内容", "A2": "柳岸村", "B2": "路灯不亮"} {
		if err := f.SetCellValue("汇总", at, v); err != nil {
			t.Fatal(err)
		}
	}
	if p, err := inspect(); err != nil || p.Sheet != "汇总" || p.Sheets[0].Why != register.Form {
		t.Errorf("%+v, %v", p.Sheets, err)
	}
}

// TestWhatManyVillagesSayIsNoCopy: lists of visits in which most have no opinion, and the same one is had in two villages.
func TestWhatManyVillagesSayIsNoCopy(t *testing.T) {
	f := book(t, "柳岸村", []any{"户主", "意见建议"}, []any{"王某", "无"}, []any{"李某", "无意见"}, []any{"周某", "路灯不亮"})
	if _, err := f.NewSheet("荷塘村"); err != nil {
		t.Fatal(err)
	}
	for i, r := range [][]any{{"户主", "意见建议"}, {"吴某", "无"}, {"郑某", "无意见"}, {"孙某", "路灯不亮"}} {
		if err := f.SetSheetRow("荷塘村", "A"+string(rune('1'+i)), &r); err != nil {
			t.Fatal(err)
		}
	}
	if p := read(t, town(t), "x.xlsx", written(t, f)).plan; p.Sheets[1].Why != register.Ready {
		t.Errorf("it is %s", p.Sheets[1].Why)
	}
}

func TestWhatResidentsFeedBackIsWhatTheySaid(t *testing.T) {
	a := read(t, town(t), "x.csv", "反馈编号;反馈人;所在村;反馈内容;反馈时间;处理进度\nFK-001;周某;柳岸村;路灯不亮;2026-10-01 08:00;处理中\nFK-002;吴某;荷塘村;水渠堵了;2026-10-02;已完成\n")
	b := a.told("水渠堵了")
	if b.Person.Name != "吴某" || day(b.Said) != "2026-10-02" || b.Past.Outcome != casework.Resolved {
		t.Errorf("%+v", b)
	}
}

package register_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"yanming/internal/casework"
	"yanming/internal/sheet"
)

func TestAFormulaThatCameToNothingIsNoWord(t *testing.T) {
	d := town(t)
	for name, content := range map[string]string{
		"errors.csv": "村,反映人,意见内容,登记时间\n#N/A,王某,水渠堵了,########\n柳岸村,#REF!,#NAME?,2026-03-05\n#N/A,#N/A,#N/A,#N/A\n",
		"never worked out.xlsx": written(t, book(t, "台账", []any{"村", "反映人", "意见内容", "登记时间"},
			[]any{"=A9", "王某", "水渠堵了", "=DATE(2026,3,5)"}, []any{"柳岸村", "李某", `=CONCATENATE("路灯","坏了")`, "2026-03-05"})),
	} {
		a := read(t, d, name, content)
		if len(a.rows) != 2 || a.rows[0].Wrong != nil || a.rows[1].Wrong == nil || len(a.why("broken")) != 2 {
			t.Errorf("%s: %d rows, broken are %v", name, len(a.rows), a.why("broken"))
		}
		if b := a.told("水渠堵了"); b.Village != "" || b.Place != "" {
			t.Errorf("%s: %q %q", name, b.Village, b.Place)
		}
	}
}

func TestWhatStandsRightOfTheNamesIsANote(t *testing.T) {
	a := read(t, town(t), "x.xlsx", written(t, book(t, "台账", []any{"村", "反映人", "意见内容"}, []any{"柳岸村", "王某", "井盖丢了", nil, "已打电话催过"})))
	a.says("beyond", false, 2)
	if got := a.told("井盖丢了").Past.Note; got != "已打电话催过" {
		t.Errorf("%q", got)
	}
}

func TestACellThatSaysNothingIsEmpty(t *testing.T) {
	a := read(t, town(t), "x.csv", "编号,村,反映人,电话,意见内容,承办单位,责任领导,答复,完成时限,备注\n无,/,—,无,路灯不亮,/,无,暂无,——,无\n无,柳岸村,王某,/,水渠堵了,水利站,许青,/,无,\n,柳岸村,李某,,无,,,,,\n,柳岸村,周某,,没有意见。,,,,,\n")
	a.says("nothing", true, 4, 5)
	for _, x := range a.rows {
		if len(x.Warnings) != 0 {
			t.Errorf("row %d: %v", x.Number, x.Warnings)
		}
	}
	if b := a.told("路灯不亮"); b.Person.Given() || b.Place != "" || b.External.Number != "" || stands(b.Past) != casework.Registered {
		t.Errorf("%+v", b)
	}
	if p := a.told("水渠堵了").Past; p.Unit == "" || p.Leader == "" || p.Note != "" {
		t.Errorf("%+v", p)
	}
}

func TestAPictureInACellIsNoWord(t *testing.T) {
	a := read(t, town(t), "x.csv", "反映人,意见内容,现场情况\n王某,路灯不亮,\"=DISPIMG(\"\"ID_1F\"\",1)\"\n")
	a.says("picture", false, 2)
	if got := a.told("路灯不亮").Past; stands(got) != casework.Registered {
		t.Errorf("%+v", got)
	}
}

func TestACommentOnACellIsKept(t *testing.T) {
	f := book(t, "台账", []any{"村", "意见内容"}, []any{"柳岸村", "路灯不亮"}, []any{"柳岸村", "水渠堵了"})
	err := f.AddComment("台账", excelize.Comment{Cell: "B2", Author: "某某", Paragraph: []excelize.RichTextRun{{Text: "已打过两次电话 "}, {Text: "13800001111"}}})
	if err != nil {
		t.Fatal(err)
	}
	a := read(t, town(t), "x.xlsx", written(t, f))
	a.says("comment", false, 2)
	if got := a.told("路灯不亮").Past.Note; !strings.Contains(got, "批注：已打过两次电话 "+sheet.PhoneMark) {
		t.Errorf("%q", got)
	}
}

func TestANameAndATelephoneInOneCellAreToldApart(t *testing.T) {
	d := town(t)
	both := read(t, d, "a.csv", "反映人及联系方式,意见内容\n王某 13800001111,路灯不亮\n李某（13800002222）,水渠堵了\n13800003333,桥坏了\n孙某,井盖没了\n")
	apart := read(t, d, "b.csv", "反映人,电话,意见内容\n周某13800005555,,树倒了\n吴某（13800006666）,0371-65551234,墙歪了\n")
	for _, c := range []struct {
		in   account
		text string
		want casework.Person
	}{
		{both, "路灯不亮", casework.Person{Name: "王某", Phone: "13800001111"}},
		{both, "水渠堵了", casework.Person{Name: "李某", Phone: "13800002222"}},
		{both, "桥坏了", casework.Person{Phone: "13800003333"}},
		{both, "井盖没了", casework.Person{Phone: "孙某"}},
		{apart, "树倒了", casework.Person{Name: "周某", Phone: "13800005555"}},
		{apart, "墙歪了", casework.Person{Name: "吴某", Phone: "0371-65551234、13800006666"}},
	} {
		if got := c.in.told(c.text).Person; got != c.want {
			t.Errorf("%s: %+v", c.text, got)
		}
	}
}

func TestAPetitionsCategorySaysItsKind(t *testing.T) {
	a := read(t, town(t), "x.csv", "信访编号,信访事项,信访类别\nX1,反映优亲厚友,检举控告\nX2,宅基地被占,求决\n")
	if b := a.told("反映优亲厚友"); b.Kind != casework.Wrongdoing || b.Visibility != casework.Private {
		t.Errorf("an accusation is a %s, %s", b.Kind, b.Visibility)
	}
	if b := a.told("宅基地被占"); b.Kind != casework.Help {
		t.Errorf("a plea is a %s", b.Kind)
	}
}

func TestWordsInAColumnWithoutANameAreKeptHoweverFarDown(t *testing.T) {
	rows := [][]any{{"村", "意见内容", nil, "登记时间"}}
	for i := range 60 {
		rows = append(rows, []any{"柳岸村", fmt.Sprintf("第%d盏路灯不亮", i), nil, "2026-03-01"})
	}
	rows[50][2], rows[52][2] = "腿脚不便，请上门，找13800001111", 12
	a := read(t, town(t), "x.xlsx", written(t, book(t, "台账", rows...)))
	a.says("nameless", false, 51)
	if got := a.told("第49盏路灯不亮").Past.Note; got != "腿脚不便，请上门，找"+sheet.PhoneMark {
		t.Errorf("%q", got)
	}
}

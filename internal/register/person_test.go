package register_test

import (
	"strings"
	"testing"

	"yanming/internal/casework"
	"yanming/internal/register"
)

func TestNoOfficialIsTheResident(t *testing.T) {
	d := town(t)
	for _, names := range []string{"支书姓名,支书电话", "村支部书记姓名,支书联系电话", "回访人姓名,回访人电话", "包片民警姓名,包片民警电话", "村联系人,村联系人电话", "督办人姓名,督办电话", "签收人姓名,签收人电话",
		"驻村第一书记姓名,第一书记手机", "包村干部姓名,包村干部手机号", "网格员姓名,网格员联系方式", "网格长姓名,网格长电话", "经办人姓名,经办人电话", "村主任姓名,村主任电话", "接访人姓名,接访电话", "上报人姓名,上报人电话"} {
		a := read(t, d, "x.csv", "村,"+names+",意见内容\n柳岸村,王某,13912340000,路灯不亮\n")
		if b := a.told("路灯不亮"); b.Person.Given() {
			t.Errorf("%s is the resident's: %+v", names, b.Person)
		}
		if name, _, _ := strings.Cut(names, ","); !strings.Contains(a.told("路灯不亮").Past.Note, name+"：王某") {
			t.Errorf("%s is lost", name)
		}
	}
	for _, names := range []string{"反映人姓名,反映人电话", "户主姓名,户主联系电话", "群众姓名,群众电话", "家长姓名,家长手机号", "联系人,联系方式", "被走访人姓名,联系电话", "走访对象姓名,走访对象电话"} {
		a := read(t, d, "x.csv", "村,"+names+",意见内容\n柳岸村,王某,13912340000,路灯不亮\n")
		if got, want := a.told("路灯不亮").Person, (casework.Person{Name: "王某", Phone: "13912340000"}); got != want {
			t.Errorf("%s is %+v", names, got)
		}
	}
}

// TestAnIdentityNumberIsKeptNowhere: nor one whose last digit is not right, as of both here.
func TestAnIdentityNumberIsKeptNowhere(t *testing.T) {
	d := town(t)
	a := read(t, d, "x.csv", "编号,反映人,电话,住址,意见内容\nX2026110501,王某（身份证110105199003078210）,13800001111,,一事\nX2026110502,李某 13800002222 身份证号：110105199003078211,,,二事\n"+
		"X2026110503,周某,110105199003078211,,三事\n110105199003078210,吴某,,3组 110105199003078210,四事\nX2026110505,郑某110105199003078210,１１０１０５１９９００３０７８２１０,,五事\n")
	a.says("identity_cell", false, 2, 3, 4, 5, 6)
	for text, want := range map[string]casework.Person{"一事": {Name: "王某", Phone: "13800001111"}, "二事": {Name: "李某", Phone: "13800002222"}, "三事": {Name: "周某"},
		"四事": {Name: "吴某", Address: "3组"}, "五事": {Name: "郑某"}} {
		if got := a.told(text); got.Person != want || strings.Contains(got.External.Number+got.Past.Note, "19900307") {
			t.Errorf("%s: %+v %q", text, got.Person, got.External.Number)
		}
	}
	for _, name := range []string{"证件编号", "证件号码", "身份编号", "编号", "户主身份", "联系方式", "说明", "#"} {
		a := read(t, d, "x.csv", "村,反映人,意见内容,"+name+"\n柳岸村,王某,一事,110105199003078210\n柳岸村,李某,二事,\n")
		if c := a.plan.Columns[3]; c.Field != register.Skip || !c.Identity || len(c.Samples) > 0 {
			t.Errorf("%s is %+v", name, c)
		}
		if b := a.told("一事"); b.External.Number != "" || b.Person.Phone != "" || b.Past.Note != "" {
			t.Errorf("of %s: %+v", name, b)
		}
	}
	// A ticket may be a place, a day and a count, and its last digit right.
	if got := read(t, d, "x.csv", "编号,意见内容\n110105202611050014,一事\n110105202611050022,二事\n").told("二事").External.Number; got != "110105202611050022" {
		t.Errorf("the ticket is %q", got)
	}
}

func TestANameBelowAHeadingIsOfWhomTheHeadingNames(t *testing.T) {
	f := book(t, "台账", []any{"群众", nil, "村支书", nil, "意见内容"}, []any{"姓名", "电话", "姓名", "电话"}, []any{"王某", "13800001111", "李某", "13800002222", "一事"}, []any{nil, nil, "李某", "13800002222", "二事"})
	for _, m := range [][2]string{{"A1", "B1"}, {"C1", "D1"}, {"E1", "E2"}} {
		if err := f.MergeCell("台账", m[0], m[1]); err != nil {
			t.Fatal(err)
		}
	}
	a := read(t, town(t), "x.xlsx", written(t, f))
	if got := a.told("一事"); got.Person != (casework.Person{Name: "王某", Phone: "13800001111"}) || a.plan.Columns[2].Field != register.Skip {
		t.Errorf("%+v, %q", got.Person, got.Past.Note)
	}
	f = book(t, "台账", []any{"村支书", nil, "意见内容"}, []any{"姓名", "电话"}, []any{"李某", "13800002222", "一事"})
	for _, m := range [][2]string{{"A1", "B1"}, {"C1", "C2"}} {
		if err := f.MergeCell("台账", m[0], m[1]); err != nil {
			t.Fatal(err)
		}
	}
	if got := read(t, town(t), "x.xlsx", written(t, f)).told("一事"); got.Person.Given() {
		t.Errorf("the secretary is the resident: %+v", got.Person)
	}
}

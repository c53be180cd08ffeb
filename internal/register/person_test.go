package register_test

import (
	"strings"
	"testing"

	"yanming/internal/casework"
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

package register_test

import (
	"fmt"
	"strings"
	"testing"

	"yanming/internal/casework"
)

func TestTheVillageStandsOverRowsThatDoNotSayIt(t *testing.T) {
	d := town(t)
	// By the sheet's name: the same words of two villages are two matters.
	sums := map[string]bool{}
	for tab, village := range map[string]string{"1.柳岸村": "柳岸村", "荷塘村台账": "荷塘村"} {
		a := read(t, d, "台账.xlsx", written(t, book(t, tab, []any{"序号", "反映人", "意见内容"}, []any{1, "王某", "路灯不亮"}, []any{2, "李某", "水渠堵了"})))
		a.says("village_over", false, 2, 3)
		if got := a.village("水渠堵了"); got != village {
			t.Errorf("%s: %s", tab, got)
		}
		sums[a.told("路灯不亮").Source.Digest] = true
	}
	if len(sums) != 2 {
		t.Error("the same words of two villages are one matter")
	}
	// By the title, by a heading between the rows, by the place; a cell that says more than the village.
	for text, table := range map[string]string{
		"桥坏了":  "雁南镇柳岸村民情台账,,\n序号,反映人,意见内容\n1,王某,桥坏了\n",
		"井盖没了": "填报单位：柳岸村,,\n序号,反映人,意见内容\n1,王某,井盖没了\n",
		"沟盖碎了": "序号,反映人,意见内容\n一、荷塘村（1条）,,\n1,李某,沟盖没了\n二、柳岸村（1条）,,\n1,王某,沟盖碎了\n",
		"树倒了":  "工单编号,诉求内容,诉求地址\nA1,树倒了,雁南镇柳岸村3组\n",
		"墙歪了":  "村组,反映人,意见内容\n雁南镇柳岸村 三组,王某,墙歪了\n",
	} {
		a := read(t, d, "x.csv", table)
		if got := a.village(text); got != "柳岸村" {
			t.Errorf("%s is of %q", text, got)
		}
		switch text {
		case "沟盖碎了":
			if got := a.village("沟盖没了"); got != "荷塘村" {
				t.Errorf("what stands under the first heading is of %q", got)
			}
		case "墙歪了":
			if got := a.told(text).Place; got != "雁南镇柳岸村 三组" {
				t.Errorf("the place is %q", got)
			}
		}
	}
	// Two villages in a title, and a place that only sounds like one, say nothing.
	for text, table := range map[string]string{
		"灯坏了": "柳岸村、荷塘村意见台账,,\n序号,反映人,意见内容\n1,王某,灯坏了\n",
		"坡滑":  "反映人,意见内容,地点\n王某,坡滑,柳岸村路12号\n",
	} {
		if got := read(t, d, "x.csv", table).village(text); got != "" {
			t.Errorf("%s is of %s", text, got)
		}
	}
}

func TestAnAddressSaysTheVillageWhereNoColumnDoes(t *testing.T) {
	d := town(t)
	for text, table := range map[string]string{
		"树倒了": "工单编号,诉求内容,事发地址\nA1,树倒了,某省某市雁县雁南镇柳岸村东头\n",
		"桥坏了": "信访人,住址,反映问题,信访日期\n王某,柳岸村3组,桥坏了,2026.3.5\n",
	} {
		a := read(t, d, "x.csv", table)
		a.says("village_place", false, 2)
		if got := a.village(text); got != "柳岸村" {
			t.Errorf("%s is of %q", text, got)
		}
	}
	a := read(t, d, "x.csv", "所属村,反映问题,住址\n雁县雁南镇柳岸村,桥坏了,荷塘村\n,树倒了,荷塘村\n")
	if a.village("桥坏了") != "柳岸村" || a.village("树倒了") != "" || len(a.why("village")) > 0 {
		t.Errorf("%q, %q, %v", a.village("桥坏了"), a.village("树倒了"), a.rows[0].Warnings)
	}
}

func TestAVillageThatIsNamedOnceIsThatOfTheRowsBelow(t *testing.T) {
	d := town(t)
	a := read(t, d, "x.csv", "村,反映人,意见内容\n柳岸村,王某,一事\n,李某,二事\n,周某,三事\n荷塘村,吴某,四事\n,郑某,五事\n")
	a.says("village_over", false, 3, 4, 6)
	for text, want := range map[string]string{"三事": "柳岸村", "五事": "荷塘村"} {
		if got := a.village(text); got != want {
			t.Errorf("%s is of %q", text, got)
		}
	}
	a = read(t, d, "y.csv", "村,反映人,意见内容\n柳岸村,王某,六事\n柳岸村,李某,七事\n,周某,八事\n荷塘村,吴某,九事\n,郑某,十事\n,郑某,末事\n")
	for _, text := range []string{"八事", "十事"} {
		if got := a.village(text); got != "" {
			t.Errorf("%s is of %q, though a name comes twice", text, got)
		}
	}
}

func TestWhatStandsBelowTheTableIsNoOpinion(t *testing.T) {
	a := read(t, town(t), "x.csv", "序号,村,意见内容,走访人,办理情况\n1,柳岸村,路灯不亮,张某,已完成80%\n2,荷塘村,其中3条路没灯,〃,\n,,合计：2条,,\n,,其中已办结1条，未办结1条,,\n制表：某某,,审核：某某,,\n")
	a.says("heading", true, 5)
	if len(a.rows) != 3 || a.skipped != 2 {
		t.Errorf("%d rows, %d skipped", len(a.rows), a.skipped)
	}
	if got := stands(a.told("路灯不亮").Past); got != casework.Accepted {
		t.Errorf("four fifths are %s", got)
	}
	if got := a.told("其中3条路没灯").Past.Note; !strings.Contains(got, "走访人：张某") {
		t.Errorf("a ditto mark of a note stands for %q", got)
	}
}

func TestAVillageThatIsNamedOnceMayHaveManyRows(t *testing.T) {
	table := "村,反映人,意见内容\n"
	for _, v := range []string{"柳岸村", "荷塘村"} {
		for i := range 45 {
			table += fmt.Sprintf("%s,王某,%s第%d事\n", map[bool]string{true: v}[i == 0], v, i)
		}
	}
	a := read(t, town(t), "x.csv", table)
	for _, v := range []string{"柳岸村", "荷塘村"} {
		if got := a.village(v + "第44事"); got != v {
			t.Errorf("the last of %s is of %q", v, got)
		}
	}
}

func TestAHeadingThatIsNoVillageEndsTheOneAbove(t *testing.T) {
	d := town(t)
	a := read(t, d, "x.csv", "序号,反映人,意见内容\n一、柳岸村（2条）,,\n1,王某,一事\n（一）道路,,\n2,李某,二事\n二、镇直单位（1条）,,\n3,周某,三事\n三、荷塘村,,\n4,吴某,四事\n十一、其他,,\n5,郑某,五事\n")
	a.says("heading", true, 4, 6, 10)
	for text, want := range map[string]string{"一事": "柳岸村", "二事": "柳岸村", "三事": "", "四事": "荷塘村", "五事": ""} {
		if got := a.village(text); got != want {
			t.Errorf("%s is of %q", text, got)
		}
	}
	// Merged over all columns it is no opinion; and below the heading of another kind a sheet of one village stays its.
	f := book(t, "台账", []any{"序号", "反映人", "意见内容"}, []any{"一、柳岸村"}, []any{1, "王某", "一事"}, []any{"二、镇直单位"}, []any{2, "李某", "二事"})
	for _, m := range []string{"2", "4"} {
		if err := f.MergeCell("台账", "A"+m, "C"+m); err != nil {
			t.Fatal(err)
		}
	}
	a = read(t, d, "x.xlsx", written(t, f))
	a.says("heading", true, 4)
	if got := a.village("二事"); got != "" {
		t.Errorf("below a merged heading it is of %s", got)
	}
	if got := read(t, d, "柳岸村.csv", "序号,反映人,意见内容\n一、道路,,\n1,王某,一事\n二、灯,,\n2,李某,二事\n").village("二事"); got != "柳岸村" {
		t.Errorf("of a sheet of one village it is of %q", got)
	}
}

func TestACellOfSeveralVillagesIsOfNone(t *testing.T) {
	table, cells := "村,反映人,意见内容\n", map[string]string{"柳岸村、荷塘村": "", "柳岸村等3个村": "", "柳岸村和荷塘村交界": "", "柳岸村、云里村": "", "柳岸村3组": "柳岸村", "柳岸": "柳岸村", "雁南镇柳岸村 三组": "柳岸村"}
	for c := range cells {
		table += c + ",王某,事在" + c + "\n"
	}
	a := read(t, town(t), "x.csv", table)
	for _, x := range a.rows {
		b := x.Cases[0]
		c := strings.TrimPrefix(b.Text, "事在")
		if got := a.village(b.Text); got != cells[c] || cells[c] == "" && (b.Place != c || len(a.why("villages")) != 4) {
			t.Errorf("%s is of %q, at %q; %v", c, got, b.Place, x.Warnings)
		}
	}
}

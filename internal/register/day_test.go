package register_test

import (
	"slices"
	"testing"
)

// TestADateInSeveralColumnsIsOne: as a book of visits has it, the month written once.
func TestADateInSeveralColumnsIsOne(t *testing.T) {
	a := read(t, town(t), "x.csv", "来访登记簿（2025年）,,,,\n月,日,来访人,地址,来访事由\n9,1,王某,柳岸村3组,路灯不亮\n,12,李某,荷塘村,水渠堵了\n10月,8日,周某,荷塘村,桥坏了\n,看天,吴某,荷塘村,树倒了\n")
	for text, want := range map[string]string{"路灯不亮": "2025-09-01", "水渠堵了": "2025-09-12", "桥坏了": "2025-10-08"} {
		if b := a.told(text); day(b.Said) != want || b.Past.Note != "" {
			t.Errorf("%s was said on %s, note %q", text, day(b.Said), b.Past.Note)
		}
	}
	if b := a.told("树倒了"); !b.Said.IsZero() || b.Past.Note != "日：10月看天日" {
		t.Errorf("%s, %q", b.Said, b.Past.Note)
	}
	a.says("date", false, 6)
	for i, want := range []bool{true, true, false} {
		if a.plan.Columns[i].Dated != want {
			t.Errorf("the plan says of column %d that it is of the date: %v", i+1, !want)
		}
	}
}

func TestAnEmptyVillageIsSaid(t *testing.T) {
	a := read(t, town(t), "x.csv", "村,反映人,意见内容,登记时间\n柳岸村,王某,路灯不亮,2026.3.5\n,李某,水渠堵了,2026.3.5\n柳岸村,周某,桥坏了,2026.3.5\n,,（以下空白）,\n")
	if got := a.why("village_missing"); !slices.Equal(got, []int{3}) || a.skipped != 1 {
		t.Errorf("said of rows %v, %d skipped", got, a.skipped)
	}
}

package importer_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"yanming/internal/casework"
	"yanming/internal/i18n"
	"yanming/internal/importer"
)

// says reports whether the report has a group of this fate and message for these rows.
func says(r importer.Report, fate importer.Fate, key, rows string) bool {
	for _, g := range r.Groups {
		if g.Fate == fate && g.Reason.Key == key && g.Rows.String() == rows {
			return true
		}
	}
	return false
}

// book makes an .xlsx of one sheet; a cell that begins with = is a formula that nobody worked out.
func book(t testing.TB, tab string, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ok(f.SetSheetName("Sheet1", tab))
	for i, r := range rows {
		for j, v := range r {
			at, err := excelize.CoordinatesToCellName(j+1, i+1)
			ok(err)
			if s, is := v.(string); is && strings.HasPrefix(s, "=") {
				ok(f.SetCellFormula(tab, at, s))
			} else if v != nil {
				ok(f.SetCellValue(tab, at, v))
			}
		}
	}
	var buf bytes.Buffer
	ok(f.Write(&buf))
	return buf.Bytes()
}

func TestNothingRightOfTheNamesIsLost(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		f := file("x.csv", []byte("意见台账\n序号,村,反映人,意见内容,是否办结\n1,柳岸村,王某,路灯不亮\n2,柳岸村,李某,水渠,堵了,浇不上地,否\n3,荷塘村,周某,桥坏了,是,,\n"))
		r := w.run(f, nil)
		w.counts(r, 3, 2, 1, 0)
		var back bytes.Buffer
		if err := w.imports.Return(&back, f, i18n.ZH, r); err != nil {
			t.Fatal(err)
		}
		w.counts(w.run(file("退回的台账.xlsx", back.Bytes()), nil), 3, 0, 1, 2) // nobody has mended it
		if !says(r, importer.Rejected, "import.reject.shifted", "4") || !strings.Contains(returned(t, w, f, r)[4][7], "多出 2 格") {
			t.Errorf("%v", r.Groups)
		}
		r = w.run(file("x.xlsx", book(t, "台账", []any{"村", "反映人", "意见内容"}, []any{"柳岸村", "王某", "井盖丢了", nil, "已打电话催过"})), nil)
		w.counts(r, 1, 1, 0, 0)
		if !says(r, importer.Warned, "import.warn.beyond", "2") || !strings.Contains(notes(w.told("井盖丢了")), "已打电话催过") {
			t.Errorf("%v", r.Groups)
		}
	})
}

func TestTheVillageStandsOverRowsThatDoNotSayIt(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		village := func(text string) string { return w.dir.Village(w.told(text).Case.Village).Name }
		// By the sheet's name: the same words of two villages are two matters.
		for i, tab := range []string{"1.柳岸村", "荷塘村台账"} {
			rows := [][]any{{"序号", "反映人", "意见内容"}, {1, "王某", "路灯不亮"}, {2, "李某", []string{"水渠堵了", "水渠坏了"}[i]}}
			r := w.run(file("台账.xlsx", book(t, tab, rows...)), nil)
			w.counts(r, 2, 2, 0, 0)
			if !says(r, importer.Warned, "import.warn.village_over", "2–3") {
				t.Errorf("%v", r.Groups)
			}
		}
		if village("水渠堵了") != "柳岸村" || village("水渠坏了") != "荷塘村" {
			t.Errorf("%s, %s", village("水渠堵了"), village("水渠坏了"))
		}
		// By the title, by a heading between the rows, by the place; a cell that says more than the village.
		for text, ledger := range map[string]string{
			"桥坏了":  "雁南镇柳岸村民情台账,,\n序号,反映人,意见内容\n1,王某,桥坏了\n",
			"井盖没了": "填报单位：柳岸村,,\n序号,反映人,意见内容\n1,王某,井盖没了\n",
			"沟盖碎了": "序号,反映人,意见内容\n一、荷塘村（1条）,,\n1,李某,沟盖没了\n二、柳岸村（1条）,,\n1,王某,沟盖碎了\n",
			"树倒了":  "工单编号,诉求内容,诉求地址\nA1,树倒了,雁南镇柳岸村3组\n",
			"墙歪了":  "村组,反映人,意见内容\n雁南镇柳岸村 三组,王某,墙歪了\n",
		} {
			r := w.run(file("x.csv", []byte(ledger)), nil)
			if r.Rejected != 0 || village(text) != "柳岸村" {
				t.Errorf("%s is of %q; %v", text, village(text), r.Groups)
			}
		}
		if village("沟盖没了") != "荷塘村" || w.told("墙歪了").Case.Words.Place != "雁南镇柳岸村 三组" {
			t.Errorf("%s, %q", village("沟盖没了"), w.told("墙歪了").Case.Words.Place)
		}
		// Two villages in a title, and a place that only sounds like one, say nothing.
		for text, ledger := range map[string]string{
			"灯坏了": "柳岸村、荷塘村意见台账,,\n序号,反映人,意见内容\n1,王某,灯坏了\n",
			"坡滑":  "反映人,意见内容,地点\n王某,坡滑,柳岸村东头\n",
		} {
			if w.run(file("x.csv", []byte(ledger)), nil); village(text) != "" {
				t.Errorf("%s is of %s", text, village(text))
			}
		}
	})
}

func TestNoColumnIsLostUnseen(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		f := file("x.csv", []byte("序号,村,反映人,户主,性别,意见内容,走访人,网格员电话,,是否满意\n1,柳岸村,王某,王大,男,路灯不亮,张、李,13800001111,已打电话催过,是\n2,荷塘村,,,,,,,,\n"))
		r := w.run(f, nil)
		w.counts(r, 2, 1, 1, 0)
		if got := notes(w.told("路灯不亮")); got != "路灯不亮\n走访人：张、李\n已打电话催过\n是否满意：是\n" {
			t.Errorf("notes %q", got)
		}
		if got := strings.Join(r.Unread, " "); got != "户主 性别 网格员电话" {
			t.Errorf("left out: %s", got)
		}
		// The returned sheet has one column more, which says nothing of the matter.
		var back bytes.Buffer
		if err := w.imports.Return(&back, f, i18n.ZH, r); err != nil {
			t.Fatal(err)
		}
		again := w.run(file("退回的台账.xlsx", back.Bytes()), nil)
		w.counts(again, 2, 0, 1, 1)
		if got := strings.Join(again.Unread, " "); got != "户主 性别 网格员电话" {
			t.Errorf("left out of the returned sheet: %s", got)
		}
	})
}

func TestColumnsAreKnownByTheirUsualNames(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		for header, want := range map[string]string{
			"信访编号,来访日期,来访人姓名,家庭住址,联系电话,信访事项,信访类别,接待人,包案领导,承办单位,办理进展,化解情况": "external said name address phone text category note leader unit handling status",
			"序号,日期,户主姓名,出生日期,电话,反映问题,解决措施,完成情况,网格员":                       " said name  phone text handling status note",
			"编号,诉求,处理意见,办理进展,是否答复,答复时间":                                   "external text note handling note answered",
			"问题来源,村组,群众诉求,责任人,责任人电话,整改时限,派单时间,计划完成时间":                     "channel village text leader  due note note",
		} {
			p, err := w.imports.Inspect(ctx, w.intake, file("x.csv", []byte(header+"\n"+strings.Repeat("某,", strings.Count(header, ","))+"某\n")), "")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range p.Columns {
				got = append(got, string(c.Field))
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%s: %s", header, strings.Join(got, " "))
			}
		}
	})
}

func TestASecondTableBelowTheFirstGoesBack(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		f := file("x.csv", []byte("序号,反映人,意见内容,时间,\n1,王某,路灯不亮,2026.3.5,\n以上均已交办,,,,\n序号,反映人,意见内容,时间,\n2,李某,水渠堵了,2026.3.6,\n序号,反映人,电话,意见内容,时间\n1,周某,13800001111,桥坏了,2026.3.7\n审核人：某某,,填报时间：2026年3月8日,,\n"))
		r := w.run(f, nil)
		w.counts(r, 5, 2, 3, 0)
		var back bytes.Buffer
		if err := w.imports.Return(&back, f, i18n.ZH, r); err != nil {
			t.Fatal(err)
		}
		if again := w.run(file("退回的台账.xlsx", back.Bytes()), nil); again.Accepted != 0 || !says(again, importer.Rejected, "import.reject.other_table", "6–7") || !says(again, importer.Rejected, "import.reject.heading", "3") {
			t.Errorf("the returned sheet reads otherwise: %v", again.Groups)
		}
		if !says(r, importer.Rejected, "import.reject.other_table", "6–7") || !says(r, importer.Rejected, "import.reject.heading", "3") || r.Skipped != 2 {
			t.Errorf("%d skipped, %v", r.Skipped, r.Groups)
		}
	})
}

func TestAMendedReturnedSheetBringsInWhatWasMended(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		f := file("x.csv", []byte("村,谁,说了啥,啥时候\n柳岸村,王某,路灯不亮,2026.3.5\n柳岸村,李某,,2026.3.6\n荷塘村,周某,桥坏了,2026.3.7\n"))
		r := w.run(f, &importer.Mapping{Columns: map[string]importer.Field{"村": importer.Village, "谁": importer.Name, "说了啥": importer.Text, "啥时候": importer.Said}})
		w.counts(r, 3, 2, 1, 0)
		var back bytes.Buffer
		if err := w.imports.Return(&back, f, i18n.ZH, r); err != nil {
			t.Fatal(err)
		}
		x, err := excelize.OpenReader(&back)
		if err != nil {
			t.Fatal(err)
		}
		if err := x.SetCellValue(r.Sheet, "C3", "水渠堵了"); err != nil {
			t.Fatal(err)
		}
		var mended bytes.Buffer
		if err := x.Write(&mended); err != nil {
			t.Fatal(err)
		}
		p, err := w.imports.Inspect(ctx, w.intake, file("退回的台账.xlsx", mended.Bytes()), "")
		if err != nil || !p.Kept {
			t.Errorf("the columns have to be settled again: %v", err)
		}
		w.counts(w.run(file("退回的台账.xlsx", mended.Bytes()), nil), 3, 1, 0, 2)
		if c := w.told("水渠堵了").Case; w.dir.Village(c.Village).Name != "柳岸村" {
			t.Errorf("%+v", c)
		}
	})
}

func TestAVillageThatIsNamedOnceIsThatOfTheRowsBelow(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		r := w.run(file("x.csv", []byte("村,反映人,意见内容\n柳岸村,王某,一事\n,李某,二事\n,周某,三事\n荷塘村,吴某,四事\n,郑某,五事\n")), nil)
		if !says(r, importer.Warned, "import.warn.village_over", "3–4") || !says(r, importer.Warned, "import.warn.village_over", "6") {
			t.Errorf("%v", r.Groups)
		}
		w.run(file("y.csv", []byte("村,反映人,意见内容\n柳岸村,王某,六事\n柳岸村,李某,七事\n,周某,八事\n荷塘村,吴某,九事\n,郑某,十事\n,郑某,末事\n")), nil)
		for text, want := range map[string]string{"三事": "柳岸村", "五事": "荷塘村", "八事": "", "十事": ""} {
			if got := w.dir.Village(w.told(text).Case.Village).Name; got != want {
				t.Errorf("%s is of %q", text, got)
			}
		}
	})
}

func TestWhatStandsBelowTheTableIsNoOpinion(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		r := w.run(file("x.csv", []byte("序号,村,意见内容,走访人,办理情况\n1,柳岸村,路灯不亮,张某,已完成80%\n2,荷塘村,其中3条路没灯,〃,\n,,合计：2条,,\n,,其中已办结1条，未办结1条,,\n制表：某某,,审核：某某,,\n")), nil)
		w.counts(r, 3, 2, 1, 0)
		if !says(r, importer.Rejected, "import.reject.heading", "5") || r.Skipped != 2 {
			t.Errorf("%d skipped, %v", r.Skipped, r.Groups)
		}
		if c := w.told("路灯不亮").Case; c.State != casework.Accepted {
			t.Errorf("four fifths are %s", c.State)
		}
		if got := notes(w.told("其中3条路没灯")); !strings.Contains(got, "走访人：张某") {
			t.Errorf("a ditto mark of a note stands for %q", got)
		}
	})
}

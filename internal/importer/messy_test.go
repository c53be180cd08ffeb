package importer_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"yanming/internal/i18n"
	"yanming/internal/importer"
	"yanming/internal/register"
	"yanming/internal/sheet"
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
		r := w.run(f, &register.Mapping{Columns: map[string]register.Field{"村": register.Village, "谁": register.Name, "说了啥": register.Text, "啥时候": register.Said}})
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

func TestNumbersThatCountRowsAreNoTickets(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		january := w.run(file("1月.csv", []byte("编号,反映人,意见内容\n1,王某,路灯不亮\n2,李某,水渠堵了\n")), nil)
		w.counts(january, 2, 2, 0, 0)
		if len(january.Unread) != 1 || january.Unread[0] != "编号" {
			t.Errorf("left out: %v", january.Unread)
		}
		w.counts(w.run(file("2月.csv", []byte("编号,反映人,意见内容\n1,周某,桥坏了\n2,吴某,井盖没了\n")), nil), 2, 2, 0, 0)
		w.run(file("工单.csv", []byte("工单编号,诉求内容\n7001,树倒了\n7002,墙歪了\n")), nil)
		if x := w.told("树倒了").Externals; len(x) != 1 || x[0].Number != "7001" {
			t.Errorf("%v", x)
		}
	})
}

func TestACommentOnACellIsKept(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		f := excelize.NewFile()
		var buf bytes.Buffer
		for _, err := range []error{f.SetSheetRow("Sheet1", "A1", &[]any{"村", "意见内容"}), f.SetSheetRow("Sheet1", "A2", &[]any{"柳岸村", "路灯不亮"}),
			f.AddComment("Sheet1", excelize.Comment{Cell: "B2", Author: "某某", Paragraph: []excelize.RichTextRun{{Text: "已打过两次电话 "}, {Text: "13800001111"}}}), f.Write(&buf)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		r := w.run(file("x.xlsx", buf.Bytes()), nil)
		if got := notes(w.told("路灯不亮")); !strings.Contains(got, "批注：已打过两次电话 "+sheet.PhoneMark) || !says(r, importer.Warned, "import.warn.comment", "2") {
			t.Errorf("%q, %v", got, r.Groups)
		}
	})
}

func TestASheetWithoutDatesIsToldOnce(t *testing.T) {
	dbtestSQLite(t, func(w *town) {
		r := w.run(file("x.csv", []byte("村,反映人,意见内容\n柳岸村,王某,路灯不亮\n柳岸村,李某,水渠堵了\n")), nil)
		w.counts(r, 2, 2, 0, 0)
		if len(r.Groups) != 1 || !says(r, importer.Warned, "import.warn.undated", "1") {
			t.Errorf("%v", r.Groups)
		}
		if r = w.run(file("y.csv", []byte("村,意见内容,登记时间\n柳岸村,桥坏了,2026.3.5\n")), nil); len(r.Groups) != 0 {
			t.Errorf("of one with dates: %v", r.Groups)
		}
	})
}

func TestASettledHeaderKeepsWordsInAColumnThatWasEmpty(t *testing.T) {
	dbtestSQLite(t, func(w *town) {
		w.run(file("1月.csv", []byte("村,意见内容,,登记时间\n柳岸村,路灯不亮,,2026.1.5\n")), nil)
		f := file("2月.csv", []byte("村,意见内容,,登记时间\n柳岸村,水渠堵了,请上门,2026.2.5\n"))
		r := w.run(f, nil)
		if got := notes(w.told("水渠堵了")); !strings.Contains(got, "请上门") || len(r.Groups) != 0 {
			t.Errorf("%q, %v", got, r.Groups)
		}
		// Whoever leaves it out having seen it, leaves it out.
		f = file("3月.csv", []byte("村,意见内容,,登记时间\n柳岸村,桥坏了,请上门,2026.3.5\n"))
		p, err := w.imports.Inspect(ctx, w.intake, f, "")
		if err != nil || !p.Kept || p.Columns[2].Field != register.Note {
			t.Fatalf("%+v, %v", p.Columns, err)
		}
		p.Mapping.Columns["#3"] = register.Skip
		if w.run(f, &p.Mapping); strings.Contains(notes(w.told("桥坏了")), "请上门") {
			t.Error("it was kept all the same")
		}
	})
}

package importer_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"yanming/internal/importer"
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

func TestAFormulaThatCameToNothingIsNoWord(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		for name, f := range map[string]importer.File{
			"errors": file("x.csv", []byte("村,反映人,意见内容,登记时间\n#N/A,王某,路灯不亮,########\n柳岸村,#REF!,#NAME?,2026-03-05\n#N/A,#N/A,#N/A,#N/A\n")),
			"never worked out": file("x.xlsx", book(t, "台账", []any{"村", "反映人", "意见内容", "登记时间"},
				[]any{"=A9", "王某", "水渠堵了", "=DATE(2026,3,5)"}, []any{"柳岸村", "李某", `=CONCATENATE("路灯","坏了")`, "2026-03-05"})),
		} {
			r := w.run(f, nil)
			w.counts(r, 2, 1, 1, 0)
			if !says(r, importer.Rejected, "import.reject.broken", "3") || !says(r, importer.Warned, "import.warn.broken", "2") {
				t.Errorf("%s: %v", name, r.Groups)
			}
		}
		if c := w.told("路灯不亮"); c.Case.Village != "" || c.Case.Words.Place != "" {
			t.Errorf("%q %q", c.Case.Village, c.Case.Words.Place)
		}
	})
}

func TestADateWithMoreBehindItIsTheDay(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		r := w.run(file("x.csv", []byte("反映人,意见内容,登记时间,完成时限\n王某,路灯不亮,2026年3月5日上午,3月20日前\n李某,水渠堵了,2026.3.6-3.8,2026.4.1之前\n周某,桥坏了,三月七日,3月底\n")), nil)
		w.counts(r, 3, 3, 0, 0)
		if !says(r, importer.Warned, "import.warn.date_part", "2–3") || !says(r, importer.Warned, "import.warn.due", "4") {
			t.Errorf("%v", r.Groups)
		}
		for text, want := range map[string][2]string{"路灯不亮": {"2026-03-05", "2026-03-20"}, "水渠堵了": {"2026-03-06", "2026-04-01"}, "桥坏了": {"2026-03-07", ""}} {
			c := w.told(text)
			if got := c.Case.Registered.In(sheet.China).Format("2006-01-02"); got != want[0] {
				t.Errorf("%s was said on %s", text, got)
			}
			if got := c.Case.Due.At.In(sheet.China).Format("2006-01-02"); want[1] != "" && got != want[1] {
				t.Errorf("%s is due on %s", text, got)
			}
		}
		if !strings.Contains(notes(w.told("路灯不亮")), "2026年3月5日上午") {
			t.Error("the half of the day is lost")
		}
	})
}

func TestNothingRightOfTheNamesIsLost(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		f := file("x.csv", []byte("意见台账\n序号,村,反映人,意见内容,是否办结\n1,柳岸村,王某,路灯不亮\n2,柳岸村,李某,水渠,堵了,浇不上地,否\n3,荷塘村,周某,桥坏了,是,,\n"))
		r := w.run(f, nil)
		w.counts(r, 3, 2, 1, 0)
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

package batch_test

import (
	"bytes"
	"testing"

	"github.com/xuri/excelize/v2"
)

// months is a workbook of two sheets that hold different words.
func months(t *testing.T) string {
	t.Helper()
	f := excelize.NewFile()
	var buf bytes.Buffer
	_, err := f.NewSheet("2月")
	for _, err := range []error{err, f.SetSheetName("Sheet1", "1月"), f.SetSheetRow("1月", "A1", &[]any{"村", "意见内容"}), f.SetSheetRow("1月", "A2", &[]any{"柳岸村", "路灯不亮"}),
		f.SetSheetRow("2月", "A1", &[]any{"村", "意见内容"}), f.SetSheetRow("2月", "A2", &[]any{"柳岸村", "水渠堵了"}), f.Write(&buf)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return buf.String()
}

func TestAnotherSheetOfAWorkbookWasNotImportedBefore(t *testing.T) {
	w := newWorld(t)
	plan := w.upload("intake", "台账.xlsx", months(t))
	form := plan.form("plan")
	form.Set("go", "import")
	w.post("intake", plan.path, form)
	w.drain()
	for sheet, before := range map[string]int{"1月": 1, "2月": 0} {
		if got := w.get("intake", plan.path+"?sheet="+sheet); len(got.all("div", "id", "before")) != before {
			t.Errorf("%s was imported before %d times, it says", sheet, len(got.all("div", "id", "before")))
		}
	}
}

func TestASheetOfNamesOnlySaysSo(t *testing.T) {
	w := newWorld(t)
	plan := w.upload("intake", "空白.csv", "村,反映人,意见内容,登记时间\n")
	if len(plan.all("p", "id", "bare")) != 1 {
		t.Error("the plan does not say that there is nothing below the names")
	}
	form := plan.form("plan")
	form.Set("go", "dry")
	wait := w.post("intake", plan.path, form)
	w.drain()
	dry := w.get("intake", wait.path)
	if len(dry.all("p", "id", "nothing")) != 1 || !bytes.Contains([]byte(dry.body), []byte("只有列名")) {
		t.Errorf("the rehearsal says %s", dry.body)
	}
	if plan := w.upload("intake", "台账.csv", ledger); len(plan.all("p", "id", "bare")) != 0 {
		t.Error("of a ledger with rows it says so too")
	}
}

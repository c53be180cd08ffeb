package importer_test

import (
	"fmt"
	"strings"
	"testing"

	"yanming/internal/importer"
	"yanming/internal/sheet"
)

func TestDittoMarksReachAcrossTransactions(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		var b strings.Builder
		b.WriteString("村,意见内容,登记时间\n荷塘村,第0处路灯不亮,2025-03-01\n")
		for i := 1; i < 700; i++ {
			text := fmt.Sprintf("第%d处路灯不亮", i)
			if i == 300 {
				text = "" // what is returned has a cell above all the same
			}
			fmt.Fprintf(&b, "%s,%s,同上\n", []string{"〃", "同上", " ″ "}[i%3], text)
		}
		w.counts(w.run(file("台账.csv", []byte(b.String())), nil), 700, 699, 1, 0)
		village := w.dir.Villages()[1].ID
		for _, c := range w.all() {
			if c.Village != village || c.Registered.In(sheet.China).Format("2006-01-02") != "2025-03-01" {
				t.Fatalf("%q is of %q, %s", c.Words.Text, c.Village, c.Registered)
			}
		}
		w.check()
	})
}

func TestAReportOfMillionsOfRowsStaysShort(t *testing.T) {
	dbtestSQLite(t, func(w *town) {
		var b strings.Builder
		b.WriteString("编号,意见内容\n")
		for i := range 1500 {
			fmt.Fprintf(&b, "G%d,第%d处路灯不亮\nG%d,第%d处路灯又不亮\n", i, i, i, i)
		}
		r, err := w.imports.Run(ctx, w.intake, file("台账.csv", []byte(b.String())), nil, importer.Options{})
		if err != nil {
			t.Fatal(err)
		}
		w.whole(r)
		w.counts(r, 3000, 1500, 0, 1500)
		named, rest := 0, 0
		for _, g := range r.Groups {
			switch {
			case g.Reason.Key == "import.duplicate.in_file" && g.Rows.Count() == 1 && g.Reason.Args[0] == g.Rows[0][0]-1:
				named++
			case g.Reason.Key == "import.duplicate.in_file_again":
				rest = g.Rows.Count()
			}
		}
		if named != 1000 || rest != 500 {
			t.Errorf("%d rows name the row they repeat, %d do not, in %d groups", named, rest, len(r.Groups))
		}
	})
}

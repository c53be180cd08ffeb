package importer_test

import (
	"testing"

	"yanming/internal/importer"
)

// weekly is the head of a ledger that an office goes on with week by week.
const weekly = "村,反映人,电话,意见内容,登记时间,办理情况,是否办结,备注\n"

func TestNextWeeksCopyOfALedgerDoublesNothing(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		f := file("第1周.csv", []byte(weekly+"柳岸村,甲某,13800000001,村口路灯不亮,2026-11-03,正在协调,否,\n荷塘村,乙某,,水渠堵塞,2026-11-04,正在协调,否,\n柳岸村,匿名,,公厕脏,2026-11-04,,,\n"))
		w.counts(w.run(f, nil), 3, 3, 0, 0)
		if r := w.run(f, nil); !says(r, importer.Duplicate, "import.duplicate.same", "2–4") {
			t.Errorf("the same file again: %v", r.Groups)
		}
		number := w.told("村口路灯不亮").Case.Number.Grouped()
		next := file("第2周.csv", []byte(weekly+"柳岸村,甲某,138 0000 0001,村口路灯不亮。,2026.11.3,已更换灯泡,是,\n荷塘,乙 某,13800000002,水渠堵塞,2026-11-04,已解决,是,请回访\n柳岸村,匿名,,公厕脏,2026-11-04,已清理,,\n"+
			"柳岸村,丙某,,公厕脏,2026-11-04,,,\n柳岸村,甲某,,村口路灯不亮,2026-11-10,,,\n荷塘村,甲某,,村口路灯不亮,2026-11-03,,,\n"))
		dry, err := w.imports.Run(ctx, w.intake, next, nil, importer.Options{DryRun: true})
		if err != nil {
			t.Fatal(err)
		}
		r := w.run(next, nil)
		w.counts(r, 6, 3, 0, 3) // another person, another day and another village are other matters
		if dry.Counts != r.Counts {
			t.Errorf("the rehearsal said %+v", dry.Counts)
		}
		if !says(r, importer.Duplicate, "import.duplicate.told", "2") || r.Groups[0].Reason.Args[0] != number {
			t.Errorf("case %s: %v", number, r.Groups)
		}
		w.check()
		// What was undone is known no more.
		w.clock.Add(1)
		if _, err := w.imports.Undo(ctx, w.intake, r.Batch, "导错了", nil); err != nil {
			t.Fatal(err)
		}
		w.counts(w.run(next, nil), 6, 3, 0, 3)
	})
}

func TestEqualRowsOfOneFileStayMattersOfTheirOwn(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		row := "柳岸村,甲某,,村口路灯不亮,2026-11-03,,,\n"
		w.counts(w.run(file("1.csv", []byte(weekly+row+row)), nil), 2, 2, 0, 0)
		w.counts(w.run(file("2.csv", []byte(weekly+row+row+row)), nil), 3, 1, 0, 2)
		// Without a person and a day the same words may be another matter.
		w.counts(w.run(file("3.csv", []byte("村,意见内容,备注\n柳岸村,路灯不亮,\n")), nil), 1, 1, 0, 0)
		w.counts(w.run(file("4.csv", []byte("村,意见内容,备注\n柳岸村,路灯不亮,急\n")), nil), 1, 1, 0, 0)
	})
}

func TestOfACellOfSeveralOpinionsTheNewOnesAreTaken(t *testing.T) {
	dbtestSQLite(t, func(w *town) {
		w.run(file("1.csv", []byte("村,反映人,意见内容,登记时间\n柳岸村,甲某,路灯不亮,2026-11-03\n")), nil)
		r := w.run(file("2.csv", []byte("村,反映人,意见内容,登记时间\n柳岸村,甲某,1.路灯不亮 2.水渠堵了,2026-11-03\n")), nil)
		w.counts(r, 1, 1, 0, 0)
		if told := r.Groups[len(r.Groups)-1]; r.Cases != 1 || len(w.all()) != 2 || told.Fate != importer.Warned {
			t.Errorf("%d cases, %v", r.Cases, r.Groups)
		}
	})
}

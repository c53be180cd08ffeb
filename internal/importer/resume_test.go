package importer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"yanming/internal/casework"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/importer"
	"yanming/internal/job"
	"yanming/internal/register"
	"yanming/internal/sheet"
)

// long is a plain ledger of n rows without numbers of their own; every tenth repeats the row before it, every
// hundredth says nothing.
func long(n int) []byte {
	var b strings.Builder
	b.WriteString("村,反映人,意见内容,登记时间\n")
	for i := range n {
		text := fmt.Sprintf("第%d处路灯不亮", i)
		switch {
		case i%100 == 99:
			text = ""
		case i%10 == 9:
			text = fmt.Sprintf("第%d处路灯不亮", i-1)
		}
		fmt.Fprintf(&b, "柳岸村,群众%d,%s,2025-03-%02d\n", i/10, text, 1+i/10%28)
	}
	return []byte(b.String())
}

func TestAnImportThatWasCutOffGoesOn(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		f := file("长台账.csv", long(1300))
		cut, stop := context.WithCancel(ctx)
		_, err := w.imports.Run(cut, w.intake, f, nil, importer.Options{Progress: func(int, int) { stop() }})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v", err)
		}
		half := len(w.all())
		if half == 0 || half >= 1287 {
			t.Fatalf("%d cases after the cut", half)
		}
		bs, err := w.imports.Imports(ctx, w.intake, 10)
		if err != nil || len(bs) != 1 {
			t.Fatalf("%d batches, %v", len(bs), err)
		}
		r := w.run(f, nil)
		w.counts(r, 1300, 1287, 13, 0)
		if r.Batch != bs[0].ID || len(w.all()) != 1287 {
			t.Errorf("batch %s after %s, %d cases", r.Batch, bs[0].ID, len(w.all()))
		}
		// The same table saved as another file, with the cells spaced otherwise.
		same := file("另存.tsv", bytes.ReplaceAll(long(1300), []byte(","), []byte("\t ")))
		w.counts(w.run(same, nil), 1300, 0, 13, 1287)
	})
}

func TestAnImportCanBeUndoneAndDoneAgain(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		f := file("长台账.csv", long(1010))
		first := w.run(f, nil)
		if w.found("路灯") == 0 {
			t.Fatal("an imported word is not found")
		}
		touched := w.all()[0]
		if _, err := w.cases.Do(ctx, w.intake, casework.Accept{On: casework.On{Case: touched.Number}}); err != nil {
			t.Fatal(err)
		}
		im, err := w.imports.Undo(ctx, w.admin, first.Batch, "导错了镇", nil)
		if err != nil {
			t.Fatal(err)
		}
		if im.Voided != 999 || im.Left != 1 || im.State != importer.Undone {
			t.Errorf("voided %d, left %d, %s", im.Voided, im.Left, im.State)
		}
		if cs := w.all(); len(cs) != 1 || cs[0].Number != touched.Number {
			t.Errorf("%d cases stand", len(cs))
		}
		if n := w.found("路灯"); n != 1 { // the one that stays
			t.Errorf("undone words are found: %d", n)
		}
		if _, err := w.imports.Undo(ctx, w.intake, first.Batch, "再来", nil); err == nil {
			t.Error("an import was undone twice")
		}
		again := w.run(f, nil)
		w.counts(again, 1010, 999, 10, 1)
		if again.Batch == first.Batch {
			t.Error("the undone batch was used again")
		}
	})
}

func TestOnlyWhoMayImportsAndTheAdministratorReadsNothing(t *testing.T) {
	dbtestSQLite(t, func(w *town) {
		f := file("a.csv", long(12))
		if _, err := w.imports.Inspect(ctx, w.handler, f, ""); !errs.Is(err, errs.Denied) {
			t.Errorf("a handler inspects: %v", err)
		}
		if _, err := w.imports.Run(ctx, w.handler, f, nil, importer.Options{}); !errs.Is(err, errs.Denied) {
			t.Errorf("a handler imports: %v", err)
		}
		for _, seen := range []bool{true, false} {
			who := w.intake
			if !seen {
				who = w.admin
			}
			p, err := w.imports.Inspect(ctx, who, f, "")
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range p.Columns {
				if (len(c.Samples) > 0) != seen {
					t.Errorf("%s sees of %s: %q", who.Name, c.Name, c.Samples)
				}
			}
		}
		p, err := w.imports.Inspect(ctx, w.intake, file("b.csv", []byte("村,意见内容,联系电话\n柳岸村,路灯不亮,65550000\n")), "")
		if err != nil || len(p.Columns) != 3 || !slices.Equal(p.Columns[2].Samples, []string{sheet.PhoneMark}) {
			t.Errorf("of a telephone column: %+v, %v", p.Columns, err)
		}
		r, err := w.imports.Run(ctx, w.admin, f, nil, importer.Options{})
		if err != nil {
			t.Fatal(err)
		}
		w.counts(r, 12, 12, 0, 0)
	})
}

func dbtestSQLite(t *testing.T, body func(w *town)) {
	c := &dbtest.Clock{}
	w := newTown(t, dbtest.SQLite(t, c.Now))
	w.clock = c
	body(w)
}

func TestAnUploadIsImportedByAJobAndForgotten(t *testing.T) {
	dbtestSQLite(t, func(w *town) {
		if _, err := w.imports.Keep(ctx, w.intake, "a.xls", strings.NewReader("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 old")); !errs.Is(err, errs.Invalid) {
			t.Errorf("a binary .xls: %v", err)
		}
		if _, err := w.imports.Keep(ctx, w.intake, "接龙.txt", strings.NewReader("1. 王某 路灯不亮\n2. 李某 水渠堵了\n")); !errs.Is(err, errs.Invalid) {
			t.Errorf("a list without column names was kept: %v", err)
		}
		id, err := w.imports.Keep(ctx, w.intake, "长台账.csv", bytes.NewReader(long(1200)))
		if err != nil {
			t.Fatal(err)
		}
		f, err := w.imports.Kept(ctx, w.intake, id)
		if err != nil {
			t.Fatal(err)
		}
		p, err := w.imports.Inspect(ctx, w.intake, f, "")
		if err != nil {
			t.Fatal(err)
		}
		runner := job.NewRunner(w.db, job.Options{})
		for _, k := range importer.JobKinds() {
			runner.Handle(k, w.imports.Work)
		}
		work := func(key string, err error) importer.Progress {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := runner.Drain(ctx); err != nil {
				t.Fatal(err)
			}
			got, err := w.imports.Progress(ctx, w.intake, key)
			if err != nil || got.Job.State != job.Done {
				t.Fatalf("%s: %v %v", got.Job.State, err, got.Job.Err())
			}
			return got
		}
		dry := work(w.imports.Start(ctx, w.intake, importer.Begin{File: id, Mapping: p.Mapping, Dry: true}))
		w.counts(dry.Report, 1200, 1188, 12, 0)
		done := work(w.imports.Start(ctx, w.intake, importer.Begin{File: id, Mapping: p.Mapping}))
		im, err := w.imports.Import(ctx, w.intake, done.Report.Batch)
		if err != nil {
			t.Fatal(err)
		}
		w.counts(im.Report, 1200, 1188, 12, 0)
		if im.File != id || im.State != importer.Finished || done.Job.Done != 1201 {
			t.Errorf("file %s, %s, %d rows done", im.File, im.State, done.Job.Done)
		}
		work(w.imports.StartUndo(ctx, w.intake, importer.Retract{Batch: im.ID, Reason: "试一试"}))
		if n := len(w.all()); n != 0 {
			t.Errorf("%d cases stand", n)
		}
		w.clock.Add(importer.KeepFor + time.Hour)
		if _, err := runner.Drain(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := w.imports.Kept(ctx, w.intake, id); !errs.Is(err, errs.NotFound) {
			t.Errorf("the file is still there: %v", err)
		}
	})
}

func TestMappingsAreHeldToTheHeader(t *testing.T) {
	dbtestSQLite(t, func(w *town) {
		f := file("a.csv", long(3))
		m, err := register.DecodeMapping([]byte(`{"columns": {"意见内容": "text", "联系人": "name"}}`))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.imports.Run(ctx, w.intake, f, &m, importer.Options{}); !errs.Is(err, errs.Invalid) {
			t.Errorf("a column that is not there: %v", err)
		}
		m, err = register.DecodeMapping([]byte(`{"columns": {"#3": "text"}, "channel": "letter"}`))
		if err != nil {
			t.Fatal(err)
		}
		r := w.run(f, &m)
		w.counts(r, 3, 3, 0, 0)
		if c := w.all()[0]; c.Channel != casework.Letter || c.Village != "" || c.Anonymity != casework.Anonymous {
			t.Errorf("more was taken than was mapped: %+v", c)
		}
	})
}

func TestABombIsRefused(t *testing.T) {
	dbtestSQLite(t, func(w *town) {
		for name, content := range map[string][]byte{"bomb.xlsx": bomb(t), "empty.csv": []byte(" \n"), "note.pdf": []byte("%PDF-1.7 …")} {
			if _, err := w.imports.Run(ctx, w.intake, file(name, content), nil, importer.Options{}); !errs.Is(err, errs.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
			if _, err := w.imports.Keep(ctx, w.intake, name, bytes.NewReader(content)); !errs.Is(err, errs.Invalid) {
				t.Errorf("kept %s: %v", name, err)
			}
		}
	})
}

// TestWhatIsUndoneWhileItRunsStaysUndone: neither the run itself nor its job, when it is tried again, brings it back.
func TestWhatIsUndoneWhileItRunsStaysUndone(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		undo := func() {
			bs, err := w.imports.Imports(ctx, w.intake, 1)
			if err == nil {
				_, err = w.imports.Undo(ctx, w.intake, bs[0].ID, "导错了", nil)
			}
			if err != nil {
				t.Error(err)
			}
		}
		once := false
		_, err := w.imports.Run(ctx, w.intake, file("长台账.csv", long(1300)), nil, importer.Options{Progress: func(done, _ int) {
			if !once {
				once = true
				undo()
			}
		}})
		if !errs.Is(err, errs.Invalid) || errs.All(err)[0].Key != "import.undone_meanwhile" || len(w.all()) != 0 {
			t.Errorf("%v, %d cases stand", err, len(w.all()))
		}
		// A job that is cut off, undone and tried again.
		w.clock.Add(time.Minute)
		kept, err := w.imports.Keep(ctx, w.intake, "另一本.csv", bytes.NewReader(bytes.ReplaceAll(long(900), []byte("路灯"), []byte("水渠"))))
		if err != nil {
			t.Fatal(err)
		}
		f, err := w.imports.Kept(ctx, w.intake, kept)
		if err != nil {
			t.Fatal(err)
		}
		p, err := w.imports.Inspect(ctx, w.intake, f, "")
		if err != nil {
			t.Fatal(err)
		}
		key, err := w.imports.Start(ctx, w.intake, importer.Begin{File: kept, Mapping: p.Mapping})
		if err != nil {
			t.Fatal(err)
		}
		tries := 0
		runner := job.NewRunner(w.db, job.Options{})
		for _, k := range importer.JobKinds() {
			runner.Handle(k, func(ctx context.Context, j job.Job) error {
				err := w.imports.Work(ctx, j)
				if tries++; tries == 1 {
					undo()
					bs, bad := w.imports.Imports(ctx, w.intake, 1)
					if bad == nil { // rows that were on their way when it was undone
						_, bad = w.cases.Backfill(ctx, w.intake, []casework.Backfill{{Register: casework.Register{Key: "late", Kind: casework.Opinion,
							Channel: casework.Visit, Text: "最后一处水渠", Source: &casework.Source{Batch: bs[0].ID, Digest: "late", Sheet: "台账", Row: 901}}}})
					}
					if bad != nil {
						t.Error(bad)
					}
					return errors.New("the machine went down")
				}
				return err
			})
		}
		for range 3 {
			if _, err := runner.Drain(ctx); err != nil {
				t.Fatal(err)
			}
			w.clock.Add(time.Minute)
		}
		got, err := w.imports.Progress(ctx, w.intake, key)
		if err != nil || tries != 2 || got.Job.State != job.Failed || len(w.all()) != 0 {
			t.Errorf("%d tries, %s, %d cases stand, %v", tries, got.Job.State, len(w.all()), err)
		}
	})
}

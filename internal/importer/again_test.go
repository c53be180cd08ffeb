package importer_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"yanming/internal/errs"
	"yanming/internal/importer"
	"yanming/internal/job"
	"yanming/internal/journal"
)

// kept uploads a ledger of n rows and returns what asks for its import.
func (w *town) kept(n int, key journal.Key) importer.Begin {
	w.t.Helper()
	id, err := w.imports.Keep(ctx, w.intake, "长台账.csv", bytes.NewReader(long(n)))
	if err != nil {
		w.t.Fatal(err)
	}
	f, err := w.imports.Kept(ctx, w.intake, id)
	if err != nil {
		w.t.Fatal(err)
	}
	p, err := w.imports.Inspect(ctx, w.intake, f, "")
	if err != nil {
		w.t.Fatal(err)
	}
	return importer.Begin{Key: key, File: id, Mapping: p.Mapping}
}

func (w *town) start(c importer.Begin) string {
	w.t.Helper()
	key, err := w.imports.Start(ctx, w.intake, c)
	if err != nil {
		w.t.Fatal(err)
	}
	return key
}

// batches is how many imports the town has.
func (w *town) batches() int {
	w.t.Helper()
	bs, err := w.imports.Imports(ctx, w.intake, 10)
	if err != nil {
		w.t.Fatal(err)
	}
	return len(bs)
}

func (w *town) works() *job.Runner {
	r := job.NewRunner(w.db, job.Options{})
	for _, k := range importer.JobKinds() {
		r.Handle(k, w.imports.Work)
	}
	return r
}

func TestAnImportThatIsAskedForTwiceIsDoneOnce(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		c := w.kept(30, "form")
		first := w.start(c)
		other := c
		if other.Key = "another page"; w.start(c) != first || w.start(other) != first {
			t.Error("asked for again while it waits, it is another job")
		}
		if _, err := w.works().Drain(ctx); err != nil {
			t.Fatal(err)
		}
		if w.start(c) != first {
			t.Error("the same form, sent again when it is done, is another job")
		}
		other.Key, other.Mapping.Year = "form", 2020
		if _, err := w.imports.Start(ctx, w.intake, other); !errs.Is(err, errs.Conflict) {
			t.Errorf("the same form with another mapping: %v", err)
		}
		dry := c
		if dry.Dry = true; w.start(dry) == first {
			t.Error("a rehearsal comes to the import")
		}
		if n := w.batches(); n != 1 || len(w.all()) != 30 {
			t.Errorf("%d imports, %d cases", n, len(w.all()))
		}
	})
}

func TestAnUndoThatIsAskedForTwiceIsDoneOnce(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		r := w.run(file("长台账.csv", long(30)), nil)
		c := importer.Retract{Key: "form", Batch: r.Batch, Reason: "导错了"}
		first, err := w.imports.StartUndo(ctx, w.intake, c)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range []journal.Key{"form", "another page"} {
			c := c
			c.Key = key
			if got, err := w.imports.StartUndo(ctx, w.intake, c); got != first || err != nil {
				t.Errorf("asked for again by %s: %v", key, err)
			}
		}
		// Somebody at the command line is quicker.
		if _, err := w.imports.Undo(ctx, w.admin, r.Batch, "导错了镇", nil); err != nil {
			t.Fatal(err)
		}
		if _, err := w.works().Drain(ctx); err != nil {
			t.Fatal(err)
		}
		if p, err := w.imports.Progress(ctx, w.intake, first); err != nil || p.Job.State != job.Done || p.Report.Batch != r.Batch {
			t.Errorf("the undo that came second: %s %v", p.Job.State, err)
		}
		if got, err := w.imports.StartUndo(ctx, w.intake, c); got != first || err != nil {
			t.Errorf("the same form, sent again when it is done: %v", err)
		}
		c.Key = "a new page"
		if _, err := w.imports.StartUndo(ctx, w.intake, c); !errs.Is(err, errs.Conflict) {
			t.Errorf("another undo of what is undone: %v", err)
		}
	})
}

func TestAskingAgainDoesNotWaitForTheNextTry(t *testing.T) {
	dbtestSQLite(t, func(w *town) {
		c := w.kept(30, "form")
		key, tries := w.start(c), 0
		runner := job.NewRunner(w.db, job.Options{})
		for _, k := range importer.JobKinds() {
			runner.Handle(k, func(ctx context.Context, j job.Job) error {
				if tries++; tries < 3 {
					return errors.New("the disk was full")
				}
				return w.imports.Work(ctx, j)
			})
		}
		drain := func() {
			t.Helper()
			if _, err := runner.Drain(ctx); err != nil {
				t.Fatal(err)
			}
		}
		drain()
		for _, c.Key = range []journal.Key{"form", "a new page"} {
			if w.start(c) != key {
				t.Errorf("asked for by %s it is another job", c.Key)
			}
			drain()
		}
		if p, err := w.imports.Progress(ctx, w.intake, key); err != nil || p.Job.State != job.Done || tries != 3 || w.batches() != 1 {
			t.Errorf("%d tries, %s, %d imports, %v", tries, p.Job.State, w.batches(), err)
		}
	})
}

// TestTheSameFileAgainWhileItRunsIsTheSameImport: from the command line, or by two copies of the program.
func TestTheSameFileAgainWhileItRunsIsTheSameImport(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		f := file("长台账.csv", long(1300))
		var second importer.Report
		first, err := w.imports.Run(ctx, w.intake, f, nil, importer.Options{Progress: func(int, int) {
			if second.Batch == "" {
				second = w.run(f, nil)
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		w.counts(first, 1300, 1287, 13, 0)
		w.counts(second, 1300, 1287, 13, 0)
		if first.Batch != second.Batch || w.batches() != 1 || len(w.all()) != 1287 {
			t.Errorf("imports %s and %s of %d, %d cases", first.Batch, second.Batch, w.batches(), len(w.all()))
		}
	})
}

func TestAJobThatIsCutOffBehindItsEndDoesNotBeginAnew(t *testing.T) {
	dbtestSQLite(t, func(w *town) {
		key := w.start(w.kept(30, "form"))
		tries := 0
		runner := job.NewRunner(w.db, job.Options{})
		for _, k := range importer.JobKinds() {
			runner.Handle(k, func(ctx context.Context, j job.Job) error {
				err := w.imports.Work(ctx, j)
				if tries++; tries == 1 && err == nil {
					err = errors.New("the machine went down")
				}
				return err
			})
		}
		for range 2 {
			if _, err := runner.Drain(ctx); err != nil {
				t.Fatal(err)
			}
			w.clock.Add(time.Minute)
		}
		p, err := w.imports.Progress(ctx, w.intake, key)
		if err != nil || p.Job.State != job.Done || tries != 2 || w.batches() != 1 {
			t.Errorf("%d tries, %s, %d imports, %v", tries, p.Job.State, w.batches(), err)
		}
		im, err := w.imports.Import(ctx, w.intake, p.Report.Batch)
		if err != nil {
			t.Fatal(err)
		}
		w.counts(im.Report, 30, 30, 0, 0)
	})
}

package importer

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"yanming/internal/actor"
	"yanming/internal/blob"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/id"
	"yanming/internal/job"
	"yanming/internal/journal"
	"yanming/internal/seal"
)

// KeepFor is how long an uploaded file stays, for its rejected rows to be fetched. Then its key is destroyed.
const KeepFor = 30 * 24 * time.Hour

// fileKind is the journal's word for an uploaded file.
const fileKind = "import_file"

// The kinds of the jobs; cmd registers Work for each of them.
const (
	runJob    = "import_run"
	undoJob   = "import_undo"
	forgetJob = "import_forget"
)

// JobKinds lists the kinds of jobs that Work does.
func JobKinds() []string { return []string{runJob, undoJob, forgetJob} }

// Keep stores an uploaded file for the pages that follow, under a key of its own, and returns its id. What is no table
// that can be read, and no column names, is refused before anything is stored.
//
// Errors: Denied, Invalid.
func (s *Service) Keep(ctx context.Context, a actor.Actor, name string, body io.Reader) (string, error) {
	if err := may(a); err != nil {
		return "", err
	}
	plain, err := blob.ReadAll(body, "file", MaxFile)
	if err != nil {
		return "", err
	}
	if _, err := s.Inspect(ctx, a, File{Name: name, Body: bytes.NewReader(plain), Size: int64(len(plain))}, ""); err != nil {
		return "", err
	}
	file := id.New(s.Store.Now())
	var key seal.RecordKey
	err = s.Store.Update(ctx, a.Town, func(tx *db.Tx) error {
		key, err = s.Keys.NewKey(ctx, tx, file) // should it run twice, the last one is the one that is stored
		return err
	})
	if err != nil {
		return "", fmt.Errorf("keep import file: %w", err)
	}
	digest, err := s.Blobs.PutBytes(ctx, key.SealFile(plain))
	if err != nil {
		return "", fmt.Errorf("keep import file: %w", err)
	}
	err = s.Store.Update(ctx, a.Town, func(tx *db.Tx) error {
		e, err := journal.Append(ctx, tx, journal.Event{Kind: fileKind, Record: file, N: 1, Type: "file_received", Actor: by(a), Payload: struct{}{}})
		if err != nil {
			return err
		}
		err = journal.Attach(ctx, tx, e, journal.File{Digest: digest, Name: name, Media: "application/octet-stream", Bytes: int64(len(plain)), Role: "original", Sealed: true})
		if err != nil {
			return err
		}
		_, err = job.Enqueue(ctx, tx, forgetJob, task{File: file}, tx.Now.Add(KeepFor))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("keep import file: %w", err)
	}
	return file, nil
}

// Kept returns a file that Keep stored. Errors: Denied; NotFound when there is none, or its time is over.
func (s *Service) Kept(ctx context.Context, a actor.Actor, file string) (File, error) {
	if err := may(a); err != nil {
		return File{}, err
	}
	var kept journal.File
	var key seal.RecordKey
	err := s.Store.View(ctx, a.Town, func(tx *db.Tx) error {
		fs, err := journal.Files(ctx, tx, file)
		if err != nil {
			return err
		}
		es, err := journal.History(ctx, tx, file)
		if err != nil {
			return err
		}
		if len(fs) != 1 || len(es) == 0 || es[0].Kind != fileKind {
			return errs.Missing()
		}
		kept = fs[0]
		key, err = s.Keys.Key(ctx, tx, file)
		return err
	})
	if err != nil {
		return File{}, fmt.Errorf("open import file %s: %w", file, err)
	}
	box, err := s.Blobs.GetBytes(kept.Digest)
	if err != nil {
		return File{}, fmt.Errorf("open import file %s: %w", file, err)
	}
	plain, err := key.OpenFile(box)
	if err != nil {
		return File{}, fmt.Errorf("open import file %s: %w", file, err)
	}
	return File{Name: kept.Name, Body: bytes.NewReader(plain), Size: int64(len(plain)), id: file}, nil
}

// task is the payload of the jobs: ids and a mapping, which names columns and nothing else.
type task struct {
	File    string   `json:"file,omitempty"`
	Person  string   `json:"person,omitempty"`
	Mapping *Mapping `json:"mapping,omitempty"`
	Dry     bool     `json:"dry,omitempty"`
	Batch   string   `json:"batch,omitempty"`
	Reason  string   `json:"reason,omitempty"`
}

// Start asks for a run over a kept file and returns the id of its job. Errors: Denied, NotFound, Invalid.
func (s *Service) Start(ctx context.Context, a actor.Actor, file string, m Mapping, dry bool) (string, error) {
	f, err := s.Kept(ctx, a, file)
	if err != nil {
		return "", err
	}
	p, err := s.Inspect(ctx, a, f, m.Sheet)
	if err != nil {
		return "", err
	}
	if _, _, err := m.place(p.Header); err != nil {
		return "", err
	}
	return s.enqueue(ctx, a, runJob, task{File: file, Person: a.Person, Mapping: &m, Dry: dry})
}

// StartUndo asks for an undo and returns the id of its job. Errors: Denied, NotFound, Conflict, Invalid.
func (s *Service) StartUndo(ctx context.Context, a actor.Actor, batch, reason string) (string, error) {
	im, err := s.Import(ctx, a, batch)
	if err != nil {
		return "", err
	}
	if im.State == Undone {
		return "", errs.New(errs.Conflict, "import.undone_before")
	}
	if reason == "" {
		return "", errs.Field("reason", "error.required")
	}
	return s.enqueue(ctx, a, undoJob, task{Person: a.Person, Batch: batch, Reason: reason})
}

func (s *Service) enqueue(ctx context.Context, a actor.Actor, kind string, t task) (key string, err error) {
	err = s.Store.Update(ctx, a.Town, func(tx *db.Tx) error {
		key, err = job.Enqueue(ctx, tx, kind, t, time.Time{})
		return err
	})
	return key, err
}

// Work does the jobs of this package. It may be run again after a crash.
func (s *Service) Work(ctx context.Context, j job.Job) error {
	var t task
	if err := j.Decode(&t); err != nil {
		return err
	}
	if j.Kind == forgetJob {
		return s.Store.Update(ctx, j.Town, func(tx *db.Tx) error { return s.Keys.Destroy(ctx, tx, t.File) })
	}
	a, err := s.Acting(ctx, j.Town, t.Person)
	if err != nil {
		return err
	}
	progress := func(done, total int) { job.Progress(ctx, int64(done), int64(total)) }
	if j.Kind == undoJob {
		im, err := s.Undo(ctx, a, t.Batch, t.Reason, progress)
		if err != nil {
			return err
		}
		return job.SetResult(ctx, Report{Batch: im.ID})
	}
	f, err := s.Kept(ctx, a, t.File)
	if err != nil {
		return err
	}
	r, err := s.Run(ctx, a, f, t.Mapping, Options{DryRun: t.Dry, Progress: progress, job: j.ID})
	if err != nil {
		return err
	}
	if !t.Dry { // the journal has it
		r = Report{Batch: r.Batch}
	}
	return job.SetResult(ctx, r)
}

// Progress is work on its way, as a page shows it.
type Progress struct {
	Job     job.Job
	Undo    bool
	File    string // the kept file of a run
	Mapping Mapping
	Report  Report // of a finished rehearsal; else only its Batch
}

// Progress returns how far a job of this package has come. Errors: Denied, NotFound.
func (s *Service) Progress(ctx context.Context, a actor.Actor, key string) (p Progress, err error) {
	if err := may(a); err != nil {
		return p, err
	}
	err = s.Store.View(ctx, a.Town, func(tx *db.Tx) error {
		p.Job, err = job.Get(ctx, tx, key)
		return err
	})
	if err != nil {
		return p, err
	}
	if p.Job.Kind != runJob && p.Job.Kind != undoJob {
		return Progress{}, errs.Missing()
	}
	var t task
	if err := p.Job.Decode(&t); err != nil {
		return p, err
	}
	p.Undo, p.File = p.Job.Kind == undoJob, t.File
	if t.Mapping != nil {
		p.Mapping = *t.Mapping
	}
	_, err = p.Job.Result(&p.Report)
	return p, err
}

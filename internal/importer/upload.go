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
	"yanming/internal/register"
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
	kept, sent, key, err := s.held(ctx, a.Town, file)
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
	return File{Name: kept.Name, Body: bytes.NewReader(plain), Size: int64(len(plain)), id: file, sent: sent}, nil
}

// Keeps reports, without opening it, whether a file that Keep stored can still be opened, and whether the actor may see
// what stands in its cells. Errors: Denied.
func (s *Service) Keeps(ctx context.Context, a actor.Actor, file string) (kept, read bool, err error) {
	if err := may(a); err != nil || file == "" {
		return false, false, err
	}
	_, sent, _, err := s.held(ctx, a.Town, file)
	if errs.Is(err, errs.NotFound) {
		return false, false, nil
	}
	return err == nil, err == nil && reads(a, sent), err
}

// held returns where a kept file lies, who sent it, and its key.
func (s *Service) held(ctx context.Context, town, file string) (kept journal.File, sent string, key seal.RecordKey, err error) {
	err = s.Store.View(ctx, town, func(tx *db.Tx) error {
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
		kept, sent = fs[0], es[0].Actor
		key, err = s.Keys.Key(ctx, tx, file)
		return err
	})
	return kept, sent, key, err
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
		_, err := s.Undo(ctx, a, t.Batch, t.Reason, progress)
		if errs.Is(err, errs.Conflict) { // by somebody else meanwhile, or by this job before it was cut off
			im, bad := s.Import(ctx, a, t.Batch)
			if bad != nil {
				return bad
			}
			if im.State == Undone {
				err = nil
			}
		}
		if err != nil {
			return err
		}
		return job.SetResult(ctx, Report{Batch: t.Batch})
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
	Mapping register.Mapping
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

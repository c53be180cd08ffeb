package importer

import (
	"context"
	"time"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/job"
	"yanming/internal/journal"
	"yanming/internal/register"
)

// task is the payload of the jobs: ids and a mapping, which names columns and nothing else.
type task struct {
	File    string            `json:"file,omitempty"`
	Person  string            `json:"person,omitempty"`
	Mapping *register.Mapping `json:"mapping,omitempty"`
	Dry     bool              `json:"dry,omitempty"`
	Batch   string            `json:"batch,omitempty"`
	Reason  string            `json:"reason,omitempty"`
}

// Begin asks for a run over a kept file.
type Begin struct {
	Key     journal.Key `json:"-"` // not looked at for a rehearsal, which may be asked for as often as one likes
	File    string
	Mapping register.Mapping
	Dry     bool
}

// Retract asks for an undo.
type Retract struct {
	Key    journal.Key `json:"-"`
	Batch  string
	Reason string
}

// Start has a kept file run through and returns the id of the job. The same request again, or another that asks for the
// same while it waits or runs, comes to the same job.
//
// Errors: Denied, NotFound, Invalid; Conflict where the key was used for another request.
func (s *Service) Start(ctx context.Context, a actor.Actor, c Begin) (string, error) {
	f, err := s.Kept(ctx, a, c.File)
	if err != nil {
		return "", err
	}
	p, err := s.Inspect(ctx, a, f, c.Mapping.Sheet)
	if err != nil {
		return "", err
	}
	if err := c.Mapping.Fits(p.Header); err != nil {
		return "", err
	}
	if c.Dry {
		c.Key = ""
	}
	return s.enqueue(ctx, a, runJob, c.Key, task{File: c.File, Person: a.Person, Mapping: &c.Mapping, Dry: c.Dry})
}

// StartUndo has an import undone and returns the id of the job, as Start does.
//
// Errors: Denied, NotFound, Invalid; Conflict where it was undone already, or the key was used for another request.
func (s *Service) StartUndo(ctx context.Context, a actor.Actor, c Retract) (string, error) {
	im, err := s.Import(ctx, a, c.Batch)
	if err != nil {
		return "", err
	}
	if c.Reason == "" {
		return "", errs.Field("reason", "error.required")
	}
	t := task{Person: a.Person, Batch: c.Batch, Reason: c.Reason}
	if im.State == Undone { // by this very request, or before it
		return s.asked(ctx, a, c.Key, t)
	}
	return s.enqueue(ctx, a, undoJob, c.Key, t)
}

// asked returns the job that the same request was answered with. Conflict where there was none.
func (s *Service) asked(ctx context.Context, a actor.Actor, k journal.Key, t task) (key string, err error) {
	digest, err := journal.Digest(t)
	if err != nil {
		return "", err
	}
	err = s.Store.View(ctx, a.Town, func(tx *db.Tx) (err error) {
		seen := false
		if key, seen, err = journal.Once(ctx, tx, k, digest); err == nil && !seen {
			err = errs.New(errs.Conflict, "import.undone_before")
		}
		return err
	})
	return key, err
}

// recent is how many of the newest jobs are looked at for one that does already what is asked for.
const recent = 50

// enqueue asks for a job once.
func (s *Service) enqueue(ctx context.Context, a actor.Actor, kind string, k journal.Key, t task) (key string, err error) {
	digest, err := journal.Digest(t)
	if err != nil {
		return "", err
	}
	err = s.Store.Update(ctx, a.Town, func(tx *db.Tx) error {
		answer, seen, err := journal.Once(ctx, tx, k, digest)
		if err != nil {
			return err
		}
		if seen {
			key = answer
			return job.Hasten(ctx, tx, key)
		}
		js, err := job.Recent(ctx, tx, recent)
		if err != nil {
			return err
		}
		key = ""
		for _, j := range js {
			var other task
			if j.Kind != kind || j.Final() {
				continue
			}
			if err := j.Decode(&other); err != nil {
				return err
			}
			if t.same(other) {
				key = j.ID
			}
		}
		if key != "" { // whoever asks again does not wait for its next try
			err = job.Hasten(ctx, tx, key)
		} else {
			key, err = job.Enqueue(ctx, tx, kind, t, time.Time{})
		}
		if err != nil {
			return err
		}
		return journal.Remember(ctx, tx, k, digest, journal.Entry{}, key)
	})
	return key, err
}

// same reports whether another task comes to the same, whoever asked and whyever.
func (t task) same(other task) bool {
	return t.File == other.File && t.Batch == other.Batch && t.Dry == other.Dry &&
		(t.Mapping == nil) == (other.Mapping == nil) && (t.Mapping == nil || t.Mapping.Equal(*other.Mapping))
}

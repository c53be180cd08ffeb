package importer

import (
	"context"
	"fmt"

	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/journal"
	"yanming/internal/register"
)

// State is where an import stands.
type State string

// The states.
const (
	Running  State = "running" // or cut off: run the same file again to go on
	Finished State = "finished"
	Undone   State = "undone"
)

// Import is a run as it stands.
type Import struct {
	journal.Batch
	State   State
	Mapping register.Mapping
	File    string // the kept upload, "" for a file that was read from disk
	Report  Report
	Voided  int // by the undo
	Left    int // cases that the undo left, because somebody has done something about them since
}

// undoChunk is how many cases one transaction of an undo makes void, each by a step of its own.
const undoChunk = 100

// undone is what the journal keeps of an undo.
type undone struct {
	Voided int `json:"voided"`
	Left   int `json:"left"`
}

// Imports returns the town's newest imports, at most limit, without their reports' groups.
//
// Errors: Denied.
func (s *Service) Imports(ctx context.Context, a actor.Actor, limit int) (bs []journal.Batch, err error) {
	if err := may(a); err != nil {
		return nil, err
	}
	err = s.Store.View(ctx, a.Town, func(tx *db.Tx) error {
		bs, err = journal.Batches(ctx, tx, batchKind, limit)
		return err
	})
	return bs, err
}

// Before returns the imports of the plan's sheet that stand, the newest first. The only sheet of a text file is called as
// the file, which may have been renamed. Errors: Denied.
func (s *Service) Before(ctx context.Context, a actor.Actor, p register.Plan) (out []journal.Batch, err error) {
	if err := may(a); err != nil {
		return nil, err
	}
	err = s.Store.View(ctx, a.Town, func(tx *db.Tx) error {
		bs, err := journal.Batches(ctx, tx, batchKind, 50)
		if err != nil {
			return err
		}
		for _, b := range bs {
			if b.Digest != p.Digest || !b.Undone.IsZero() {
				continue
			}
			im, err := s.get(ctx, tx, b.ID)
			if err != nil {
				return err
			}
			if len(p.Sheets) == 1 || im.Report.Sheet == p.Sheet {
				out = append(out, b)
			}
		}
		return nil
	})
	return out, err
}

// Import returns one run. Errors: Denied, NotFound.
func (s *Service) Import(ctx context.Context, a actor.Actor, batch string) (im Import, err error) {
	if err := may(a); err != nil {
		return im, err
	}
	err = s.Store.View(ctx, a.Town, func(tx *db.Tx) error {
		im, err = s.get(ctx, tx, batch)
		return err
	})
	return im, err
}

func (s *Service) get(ctx context.Context, tx *db.Tx, batch string) (im Import, err error) {
	if im.Batch, err = journal.GetBatch(ctx, tx, batch); err != nil {
		return im, err
	}
	if im.Kind != batchKind {
		return Import{}, errs.Missing()
	}
	im.State = Running
	es, err := journal.History(ctx, tx, batch)
	if err != nil {
		return im, err
	}
	for _, e := range es {
		switch e.Type {
		case "import_begun":
			var b begun
			err = e.Decode(&b)
			im.Mapping, im.File, im.Report.Sheet = b.Mapping, b.File, b.Sheet
		case "import_finished":
			im.State = Finished
			err = e.Decode(&im.Report)
		case "import_undone":
			im.State = Undone
			var u undone
			err = e.Decode(&u)
			im.Voided, im.Left = u.Voided, u.Left
		}
		if err != nil {
			return im, err
		}
	}
	return im, nil
}

// Undo makes every case of an import void, so many to a transaction, and marks the batch. Cases that somebody has done
// something about since stay, and are counted: their voices are being heard already. An undo that was cut off can be
// sent again. The same file can then be imported anew.
//
// Errors: Denied, NotFound; Conflict where it was undone already.
func (s *Service) Undo(ctx context.Context, a actor.Actor, batch, reason string, progress func(done, total int)) (im Import, err error) {
	if im, err = s.Import(ctx, a, batch); err != nil {
		return im, err
	}
	if im.State == Undone {
		return im, errs.New(errs.Conflict, "import.undone_before")
	}
	if reason == "" {
		return im, errs.Field("reason", "error.required")
	}
	u, err := s.takeBack(ctx, a, batch, reason, func(done int) {
		if progress != nil {
			progress(done, max(im.Report.Cases, done))
		}
	})
	if err != nil {
		return im, err
	}
	err = s.Store.Update(ctx, a.Town, func(tx *db.Tx) error {
		if err := journal.MarkUndone(ctx, tx, batch); err != nil {
			return err
		}
		es, err := journal.History(ctx, tx, batch)
		if err != nil {
			return err
		}
		_, err = journal.Append(ctx, tx, journal.Event{Kind: batchKind, Record: batch, N: int64(len(es) + 1), Type: "import_undone", Actor: by(a), Batch: batch, Payload: u})
		return err
	})
	if err != nil {
		return im, fmt.Errorf("undo import %s: %w", batch, err)
	}
	return s.Import(ctx, a, batch)
}

// takeBack makes the cases of a batch void, so many to a transaction, and tells after each how many it has looked at.
func (s *Service) takeBack(ctx context.Context, a actor.Actor, batch, reason string, progress func(done int)) (u undone, err error) {
	for after := casework.ID(""); ; {
		voided, kept, next, err := s.Cases.VoidBatch(ctx, a, batch, reason, after, undoChunk)
		if err != nil {
			return u, fmt.Errorf("undo import %s: %w", batch, err)
		}
		u.Voided, u.Left = u.Voided+voided, u.Left+kept
		if progress != nil {
			progress(u.Voided + u.Left)
		}
		if after = next; next == "" {
			return u, nil
		}
		if err := ctx.Err(); err != nil {
			return u, err
		}
	}
}

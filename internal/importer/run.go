package importer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/id"
	"yanming/internal/journal"
	"yanming/internal/register"
	"yanming/internal/seal"
	"yanming/internal/sheet"
)

// Options of one run.
type Options struct {
	DryRun bool // a rehearsal: says what would happen and writes nothing
	// Progress is told after each transaction how many of the sheet's rows are done; nil for nobody.
	Progress func(done, total int)
	job      string // the job that runs it, "" for none
}

// batchKind is the journal's word for an import, as a batch and as the kind of its own events.
const batchKind = "import"

// begun is what the journal keeps of a run when it begins.
type begun struct {
	Sheet   string           `json:"sheet"`
	Mapping register.Mapping `json:"mapping"`
	File    string           `json:"file,omitempty"` // the kept upload
	Job     string           `json:"job,omitempty"`  // that ran it: when it comes again after an undo, it does not begin anew
}

// Run imports one sheet of a file under a mapping; nil is the proposed one. A run that was cut off goes on where it
// stopped when the same file is given with the same mapping: every row's key says that it was taken already.
//
// A batch that is undone while it runs stops, and what came in behind the undo is taken back too.
//
// Errors: Denied; Invalid where the file or the mapping cannot be used, or the batch was undone meanwhile. What is wrong
// with single rows is in the report.
func (s *Service) Run(ctx context.Context, a actor.Actor, f File, m *register.Mapping, o Options) (Report, error) {
	if err := may(a); err != nil {
		return Report{}, err
	}
	b, err := f.open()
	if err != nil {
		return Report{}, err
	}
	defer b.Close()
	pick := ""
	if m != nil {
		pick = m.Sheet
	}
	p, err := s.inspect(ctx, a, b, pick, f.Reads(a))
	if err != nil {
		return Report{}, err
	}
	if m != nil {
		p.Use(*m)
	}
	dir, err := s.directory(ctx, a.Town)
	if err != nil {
		return Report{}, err
	}
	r, err := register.NewReader(b, p, dir, s.Store.Now(), s.Catalogue.T(i18n.ZH, "import.comment"))
	if err != nil {
		return Report{}, err
	}
	t := newTally()
	t.Sheet, t.Dry, t.Header, t.Unread = p.Sheet, o.DryRun, p.Header.Last, r.Unread()
	for _, sp := range p.Sheets {
		if sp.Name != p.Sheet && sp.Rows > 0 {
			t.Left = append(t.Left, Left{sp.Name, sp.Rows, sp.Why})
		}
	}
	if !o.DryRun {
		over := false
		t.Batch, over, err = s.begin(ctx, a, f, p, o.job)
		if err == nil && over {
			im, err := s.Import(ctx, a, t.Batch)
			return im.Report, err
		}
	}
	if err == nil {
		err = s.walk(ctx, a, p, r, t, o)
	}
	if t.Cases > 0 && !r.Dated() { // once, for the whole sheet
		why := register.Reason{Key: "import.warn.undated"}
		if day := r.Day(); !day.IsZero() {
			why = register.Reason{Key: "import.warn.date_over", Args: []any{day.In(sheet.China).Format(time.DateOnly)}}
		}
		t.note(Warned, p.Header.Last, why)
	}
	report := t.report()
	if err == nil && !o.DryRun {
		report, err = s.finish(ctx, a, report)
	}
	if errors.Is(err, errUndone) {
		if _, bad := s.takeBack(ctx, a, t.Batch, s.Catalogue.T(i18n.ZH, errUndone.Key), nil); bad != nil {
			err = bad
		}
	}
	if err != nil {
		return report, fmt.Errorf("import %s: %w", t.Batch, err)
	}
	return report, nil
}

// errUndone ends the run of a batch that somebody undid meanwhile.
var errUndone = &errs.Error{Kind: errs.Invalid, Key: "import.undone_meanwhile"}

// standing fails where the batch was undone.
func (s *Service) standing(ctx context.Context, town, batch string) error {
	return s.Store.View(ctx, town, func(tx *db.Tx) error {
		b, err := journal.GetBatch(ctx, tx, batch)
		if err == nil && !b.Undone.IsZero() {
			err = errUndone
		}
		return err
	})
}

// settle counts one row. Of several opinions in one cell, one that was taken makes the row accepted.
func (t *tally) settle(x *register.Row, took []casework.Took) {
	taken, fate := 0, casework.Taken
	var refused *register.Reason
	var known []seal.Number // cases that say the same, of other cells
	for _, k := range took {
		switch {
		case k.Err != nil:
			why := refusal(k.Err)
			refused = &why
		case k.Fate == casework.Taken:
			taken++
		default:
			fate = k.Fate
			if k.Fate == casework.Differ && x.External == "" {
				known = append(known, k.Number)
			}
		}
	}
	number := short(x.External)
	earlier, again := t.numbers[number]
	again = again && x.External != "" && earlier != x.Number
	switch {
	case x.Wrong != nil:
		t.Rejected++
		t.note(Rejected, x.Number, *x.Wrong)
		return
	case taken > 0 && !again:
		t.Accepted++
		t.Cases += taken
		for _, w := range x.Warnings {
			t.note(Warned, x.Number, w)
		}
		if refused != nil {
			t.note(Warned, x.Number, *refused)
		}
		for _, n := range known {
			t.note(Warned, x.Number, t.told(n))
		}
	case refused != nil:
		t.Rejected++
		t.note(Rejected, x.Number, *refused)
		return
	case again:
		t.Duplicate++
		t.note(Duplicate, x.Number, t.twice(earlier))
	case len(known) > 0:
		t.Duplicate++
		t.note(Duplicate, x.Number, t.told(known[0]))
	case fate == casework.Differ:
		t.Duplicate++
		t.note(Duplicate, x.Number, register.Reason{Key: twiceKey + "differ"})
	default:
		t.Duplicate++
		t.note(Duplicate, x.Number, register.Reason{Key: twiceKey + "same"})
	}
	if x.External != "" && !again {
		t.numbers[number] = x.Number
	}
}

// refusal is what casework says of a row, for the returned sheet.
func refusal(err error) register.Reason {
	if all := errs.All(err); len(all) > 0 {
		return register.Reason{Key: all[0].Key, Args: all[0].Args}
	}
	return register.Reason{Key: "import.reject.row"}
}

// begin returns the batch of this run: a new one, or the one that was cut off or is running still, and whether it is over:
// finished by this job before that was cut off itself. A job whose batch was undone ends.
func (s *Service) begin(ctx context.Context, a actor.Actor, f File, p register.Plan, job string) (batch string, over bool, err error) {
	fresh := id.New(s.Store.Now())
	err = s.Store.Update(ctx, a.Town, func(tx *db.Tx) error {
		batch, over = fresh, false
		old, err := journal.Batches(ctx, tx, batchKind, 50)
		if err != nil {
			return err
		}
		for _, b := range old {
			if b.Digest != p.Digest || !b.Undone.IsZero() && job == "" {
				continue
			}
			es, err := journal.History(ctx, tx, b.ID)
			if err != nil {
				return err
			}
			var was begun
			if len(es) == 0 {
				continue
			}
			if err := es[0].Decode(&was); err != nil {
				return err
			}
			if len(es) > 1 && b.Undone.IsZero() { // finished
				if over = job != "" && was.Job == job; over {
					batch = b.ID
					return nil
				}
				continue
			}
			if !b.Undone.IsZero() {
				if was.Job == job {
					batch = b.ID
					return errUndone
				}
				continue
			}
			if was.Sheet == p.Sheet && was.Mapping.Equal(p.Mapping) {
				batch = b.ID
				return nil
			}
		}
		if err := journal.SaveBatch(ctx, tx, journal.Batch{ID: batch, Kind: batchKind, Source: f.Name, Digest: p.Digest, Actor: by(a)}); err != nil {
			return err
		}
		_, err = journal.Append(ctx, tx, journal.Event{Kind: batchKind, Record: batch, N: 1, Type: "import_begun", Actor: by(a), Batch: batch,
			Payload: begun{Sheet: p.Sheet, Mapping: p.Mapping, File: f.id, Job: job}})
		if err != nil {
			return err
		}
		return s.remember(ctx, tx, by(a), batch, p.Fingerprint(), p.Mapping)
	})
	if err != nil {
		return batch, false, fmt.Errorf("begin import: %w", err)
	}
	return batch, over, nil
}

// finish writes what the run came to and returns it. Of two that ran the same batch at once the first one's report
// stands: a row that the other has taken is one of the batch's own to both, so they say the same.
func (s *Service) finish(ctx context.Context, a actor.Actor, r Report) (out Report, err error) {
	err = s.Store.Update(ctx, a.Town, func(tx *db.Tx) error {
		im, err := s.get(ctx, tx, r.Batch)
		if out = im.Report; err != nil || im.State == Finished {
			return err
		}
		b := im.Batch
		if !b.Undone.IsZero() {
			return errUndone
		}
		out, b.Counts = r, r.Counts
		if err := journal.SaveBatch(ctx, tx, b); err != nil {
			return err
		}
		_, err = journal.Append(ctx, tx, journal.Event{Kind: batchKind, Record: r.Batch, N: 2, Type: "import_finished", Actor: by(a), Batch: r.Batch, Payload: r})
		return err
	})
	if err != nil {
		return r, fmt.Errorf("finish import %s: %w", r.Batch, err)
	}
	return out, nil
}

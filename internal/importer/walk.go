package importer

import (
	"context"
	"strconv"

	"golang.org/x/sync/errgroup"

	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/journal"
	"yanming/internal/register"
)

// How much one transaction takes: it holds the write lock for some tens of milliseconds, and residents' words come in
// between two of them. ahead is how many lots are read, and how many made ready, while one is written.
const (
	chunk      = 128
	chunkBytes = 256 << 10 // of cells; a lot of long texts has fewer rows
	ahead      = 3
)

// block is some rows of the sheet on their way: made ready, taken.
type block struct {
	done    int // rows of the sheet up to its end, whatever they hold
	skipped int // of them, since the block before
	read    []*register.Row
	made    []*casework.Made
}

// walk reads the sheet and takes its rows, a block in each transaction and in their order. While one block is written,
// the next are read and made ready on the other cores; so many are on their way at most, however long the sheet is.
func (s *Service) walk(ctx context.Context, a actor.Actor, p register.Plan, r *register.Reader, t *tally, o Options) error {
	total := 0
	for _, sp := range p.Sheets {
		if sp.Name == p.Sheet {
			total = sp.Rows
		}
	}
	g, ctx := errgroup.WithContext(ctx)
	reading, making := make(chan chan *block, ahead), make(chan chan *block, ahead)
	g.Go(func() error {
		defer close(reading)
		return r.Blocks(chunk, chunkBytes, func(x *register.Block) error {
			return queued(ctx, g, reading, func() (*block, error) {
				return &block{done: x.Done, skipped: x.Skipped, read: r.Read(x)}, nil
			})
		})
	})
	g.Go(func() error {
		defer close(making)
		for next := range reading {
			x, ok := wait(ctx, next)
			if !ok {
				return ctx.Err()
			}
			r.Settle(x.read)
			cases := claim(p, t.Batch, x.read)
			err := queued(ctx, g, making, func() (*block, error) {
				for len(cases) > 0 { // cells of many opinions make more cases than rows
					n := min(chunk, len(cases))
					m, err := s.Cases.Make(ctx, a, cases[:n])
					if err != nil {
						return nil, err
					}
					x.made, cases = append(x.made, m), cases[n:]
				}
				return x, nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	g.Go(func() error {
		for next := range making {
			x, ok := wait(ctx, next)
			if !ok {
				return ctx.Err()
			}
			if !o.DryRun {
				if err := s.standing(ctx, a.Town, t.Batch); err != nil {
					return err
				}
			}
			if err := s.take(ctx, x, t, o.DryRun); err != nil {
				return err
			}
			if o.Progress != nil {
				o.Progress(x.done, total)
			}
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		return nil
	})
	return g.Wait()
}

// queued begins work on a block and queues its result, so that results come in order whichever is done first.
func queued(ctx context.Context, g *errgroup.Group, queue chan<- chan *block, work func() (*block, error)) error {
	result := make(chan *block, 1)
	select {
	case queue <- result:
	case <-ctx.Done():
		return ctx.Err()
	}
	g.Go(func() error {
		x, err := work()
		if err == nil {
			result <- x
		}
		return err
	})
	return nil
}

func wait(ctx context.Context, result <-chan *block) (*block, bool) {
	select {
	case x := <-result:
		return x, true
	case <-ctx.Done():
		return nil, false
	}
}

// claim gives the cases of settled rows the run's batch and a key of their own, and returns them all.
func claim(p register.Plan, batch string, rows []*register.Row) (all []casework.Backfill) {
	key := "import:" + p.Digest + ":" + batch + ":" + p.Sheet + ":"
	for _, x := range rows {
		for i := range x.Cases {
			x.Cases[i].Key = journal.Key(key + strconv.Itoa(x.Number) + x.Part(i))
			x.Cases[i].Source.Batch = batch
		}
		all = append(all, x.Cases...)
	}
	return all
}

// take hands a block to casework and notes what became of each row.
func (s *Service) take(ctx context.Context, x *block, t *tally, dry bool) error {
	do := s.Cases.Take
	if dry {
		do = s.Cases.Rehearse
	}
	var took []casework.Took
	for _, m := range x.made {
		out, err := do(ctx, m)
		if err != nil {
			return err
		}
		took = append(took, out...)
	}
	t.Read += len(x.read)
	t.Skipped += x.skipped
	for _, row := range x.read {
		t.settle(row, took[:len(row.Cases)])
		took = took[len(row.Cases):]
	}
	return nil
}

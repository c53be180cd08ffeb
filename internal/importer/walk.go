package importer

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/sheet"
)

// How much one transaction takes: it holds the write lock for some tens of milliseconds, and residents' words come in
// between two of them. ahead is how many lots are read, and how many made ready, while one is written.
const (
	chunk      = 128
	chunkBytes = 256 << 10 // of cells; a lot of long texts has fewer rows
	ahead      = 3
)

// block is some rows of the sheet on their way: read, made ready, taken.
type block struct {
	rows    []sheet.Row
	done    int            // rows of the sheet up to its end, whatever they hold
	skipped int            // of them, since the block before
	joined  map[int]bool   // numbers of rows into which those below them went
	other   map[int]int    // numbers of rows that are of another table → where it begins
	under   map[int]string // by number: the village that stands over a row
	read    []*read
	made    []*casework.Made
}

// walk reads the sheet and takes its rows, a block in each transaction and in their order. While one block is written,
// the next are read and made ready on the other cores; so many are on their way at most, however long the sheet is.
func (s *Service) walk(ctx context.Context, a actor.Actor, b *sheet.Book, r *reader, t *tally, o Options) error {
	total := 0
	for _, sp := range r.plan.Sheets {
		if sp.Name == r.plan.Sheet {
			total = sp.Rows
		}
	}
	g, ctx := errgroup.WithContext(ctx)
	reading, making := make(chan chan *block, ahead), make(chan chan *block, ahead)
	g.Go(func() error {
		defer close(reading)
		return r.blocks(b, func(x *block) error {
			return queued(ctx, g, reading, func() (*block, error) {
				for _, row := range x.rows {
					var one *read
					if at := x.other[row.Number]; at > 0 {
						one = (&read{row: row.Number}).reject("other_table", at)
					} else {
						one = r.read(row, x.under[row.Number])
					}
					if x.joined[row.Number] {
						one.warn("joined")
					}
					x.read = append(x.read, one)
				}
				x.rows = nil
				return x, nil
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
			cases := r.settle(x.read)
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

// blocks cuts the sheet's rows into blocks. What a ditto mark stands for is put in its place here, where rows come in
// their order, and a row that continues the one above is joined to it.
func (r *reader) blocks(b *sheet.Book, yield func(*block) error) error {
	x, size, done := &block{}, 0, 0
	var held *sheet.Row // the last one, until it is known that none continues it
	release := func(upTo int) error {
		if held == nil {
			return nil
		}
		x.rows = append(x.rows, *held)
		if r.under != "" {
			if x.under == nil {
				x.under = map[int]string{}
			}
			x.under[held.Number] = r.under
		}
		for _, c := range held.Cells {
			size += len(c)
		}
		held = nil
		if x.done = upTo; len(x.rows) < chunk && size < chunkBytes {
			return nil
		}
		full := x
		x, size = &block{}, 0
		return yield(full)
	}
	for row, err := range b.Rows(r.plan.Sheet) {
		if err != nil {
			return err
		}
		done++
		if row.Number <= r.plan.Header.Last {
			continue
		}
		bare := r.bare(row)
		if kind := r.plan.Header.KindOf(bare); kind != sheet.Data {
			if kind == sheet.Repeat {
				r.other = 0
			}
			x.skipped++
			continue
		}
		if r.isOtherHeader(bare) {
			r.other = row.Number
		}
		if id := r.villageOver(bare); id != "" {
			if err := release(done - 1); err != nil {
				return err
			}
			r.under = id
			x.skipped++
			continue
		}
		if held != nil && r.continues(row) {
			joinRow(held, row)
			if x.joined == nil {
				x.joined = map[int]bool{}
			}
			x.joined[held.Number] = true
			x.skipped++
			continue
		}
		if err := release(done - 1); err != nil {
			return err
		}
		row = r.above(row)
		if r.once && r.line(row, Village) != "" {
			r.under = r.places.villageOf(r.line(row, Village))
		}
		held = &row
		if r.other > 0 {
			if x.other == nil {
				x.other = map[int]int{}
			}
			x.other[row.Number] = r.other
		}
	}
	if err := release(done); err != nil {
		return err
	}
	x.done = done
	return yield(x)
}

// continues reports whether a row is more of the matter above: what was said lies in a cell that is merged with it, and
// nothing of its own says that it is another one.
func (r *reader) continues(row sheet.Row) bool {
	i, ok := r.at[Text]
	if !ok || !row.IsFilled(i) || row.Cell(i) == "" {
		return false
	}
	for _, f := range []Field{Name, Phone, External, Said, Village} {
		if i, ok := r.at[f]; ok && row.Cell(i) != "" && !row.IsFilled(i) {
			return false
		}
	}
	return true
}

// joinRow puts what a row has of its own under the cells of the one that it continues.
func joinRow(above *sheet.Row, row sheet.Row) {
	above.Cells = slices.Clone(above.Cells)
	for i, c := range row.Cells {
		if c == "" || row.IsFilled(i) || c == above.Cell(i) {
			continue
		}
		for len(above.Cells) <= i {
			above.Cells = append(above.Cells, "")
		}
		above.Cells[i] = strings.TrimPrefix(above.Cells[i]+"\n"+c, "\n")
	}
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
		t.settle(row, took[:len(row.cases)])
		took = took[len(row.cases):]
	}
	return nil
}

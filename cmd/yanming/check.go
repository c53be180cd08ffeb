package main

import (
	"cmp"
	"context"
	"fmt"
	"sync"

	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/figures"
	"yanming/internal/journal"
)

// checkCmd folds every case of every town again out of the journal, counts every figure again, and compares.
type checkCmd struct {
	place `embed:""`
	JSON  bool `help:"Print JSON. / 输出 JSON。"`
}

// checked is what Check found in one town.
type checked struct {
	Town   string   `json:"town"`
	Cases  int      `json:"cases"`
	Faults []string `json:"faults"`
}

// checkTown folds and recounts one town.
func (h *home) checkTown(ctx context.Context, sh shell, town string) (checked, error) {
	x := checked{Town: town, Faults: []string{}}
	err := h.db.View(ctx, town, func(tx *db.Tx) error {
		var counts []*figures.Again
		for _, source := range casework.Counted() {
			a, err := h.figures.Again(ctx, tx, source)
			if err != nil {
				return err
			}
			counts = append(counts, a)
		}
		totals := h.totalsBeside(ctx, tx)
		n, faults, err := h.cases.Check(ctx, tx, counts...)
		counted, other := totals()
		if err = cmp.Or(err, other); err != nil {
			return err
		}
		x.Cases = n
		for _, f := range faults {
			x.Faults = append(x.Faults, f.Number+": "+f.What)
		}
		problems, err := h.figures.Recount(ctx, tx, counted, counts...)
		for _, p := range problems {
			x.Faults = append(x.Faults, p.Code+": "+sh.cat.T(sh.lang, p.Key, p.Args...))
		}
		return err
	})
	return x, err
}

// totalsBeside begins to reckon the figures in a transaction beside tx, which folds the cases meanwhile, and returns what
// waits for them. They are nil where the town was written to between the two beginnings, so that they would not see the
// same: then they are left for tx itself.
func (h *home) totalsBeside(ctx context.Context, tx *db.Tx) func() (*figures.Totals, error) {
	var out *figures.Totals
	var err error
	var wg sync.WaitGroup
	head, headErr := journal.Head(ctx, tx)
	wg.Go(func() {
		err = cmp.Or(headErr, h.db.View(ctx, tx.Town, func(other *db.Tx) error {
			other.Now = tx.Now
			if seen, err := journal.Head(ctx, other); err != nil || seen != head {
				return err
			}
			var err error
			out, err = h.figures.Totals(ctx, other)
			return err
		}))
	})
	return func() (*figures.Totals, error) { wg.Wait(); return out, err }
}

func (c checkCmd) Run(ctx context.Context, sh shell) error {
	h, err := c.look(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	towns, err := h.orgs.AllTowns(ctx)
	if err != nil {
		return err
	}
	var all []checked
	bad := 0
	for _, t := range towns {
		x, err := h.checkTown(ctx, sh, t.ID)
		if err != nil {
			return err
		}
		bad += len(x.Faults)
		all = append(all, x)
	}
	if c.JSON {
		if err := printJSON(sh, all); err != nil {
			return err
		}
	} else {
		for _, x := range all {
			sh.say("cli.checked", x.Town, x.Cases, len(x.Faults))
			for _, f := range x.Faults {
				fmt.Fprintln(sh.out, "  "+f)
			}
		}
	}
	if bad > 0 {
		return errCheck
	}
	return nil
}

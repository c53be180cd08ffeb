package main

import (
	"context"
	"fmt"

	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/figures"
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
		n, faults, err := h.cases.Check(ctx, tx, counts...)
		if err != nil {
			return err
		}
		x.Cases = n
		for _, f := range faults {
			x.Faults = append(x.Faults, f.Number+": "+f.What)
		}
		problems, err := h.figures.Recount(ctx, tx, counts...)
		for _, p := range problems {
			x.Faults = append(x.Faults, p.Code+": "+sh.cat.T(sh.lang, p.Key, p.Args...))
		}
		return err
	})
	return x, err
}

func (c checkCmd) Run(ctx context.Context, sh shell) error {
	h, err := c.look(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	towns, err := h.towns(ctx)
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

package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"yanming/internal/backup"
	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/figures"
	"yanming/internal/seal"
)

// copyCmd moves an installation to another database. Keys and files stay in the folder.
type copyCmd struct {
	Data string `option:"" type:"path"`
	From string `help:"Database that is read: path of an SQLite file, or postgres://…. / 来源数据库。" required:""`
	To   string `help:"Empty database that is written: path of a new SQLite file, or postgres://…. / 去处，须为空。" required:""`
	JSON bool   `help:"Print JSON. / 输出 JSON。"`
}

// compared is one line of what a copy is held against.
type compared struct {
	What  string `json:"what"`
	From  int    `json:"from"`
	To    int    `json:"to"`
	Equal bool   `json:"equal"`
}

func (c copyCmd) Run(ctx context.Context, sh shell) error {
	if !seal.Has(keyFolder(c.Data)) {
		return place{Data: c.Data, DB: c.From}.noInstallation()
	}
	held, err := place{Data: c.Data, DB: c.From}.holdAlone(ctx, "copy")
	if err != nil {
		return err
	}
	defer held.Release()
	var rows []compared
	sums, err := backup.Copy{From: c.From, To: c.To, Now: time.Now(), Ready: func(ctx context.Context, from, to *db.DB) (err error) {
		rows, err = c.compare(ctx, sh, from, to)
		return err
	}}.Run(ctx)
	if err == nil {
		err = moved(c.From, c.To)
	}
	if len(rows) > 0 {
		n := 0
		for _, s := range sums {
			n += int(s.Rows)
		}
		if err == nil { // Run itself read them again and compared
			rows = append([]compared{{"rows", n, n, true}, {"tables", len(sums), len(sums), true}}, rows...)
		}
		if c.JSON {
			if e := printJSON(sh, rows); e != nil {
				return e
			}
		} else {
			tellCompared(sh, rows)
		}
	}
	if err == nil && !c.JSON {
		sh.say("cli.copy_done")
	}
	return err
}

func tellCompared(sh shell, rows []compared) {
	for _, r := range rows {
		verdict := "cli.copy_same"
		if !r.Equal {
			verdict = "cli.copy_differs"
		}
		fmt.Fprintf(sh.out, "%-14s %12d %12d  %s\n", sh.cat.T(sh.lang, "cli.copy_"+r.What), r.From, r.To, sh.cat.T(sh.lang, verdict))
	}
}

// compare asks both databases the same and fails where an answer differs.
func (c copyCmd) compare(ctx context.Context, sh shell, from, to *db.DB) ([]compared, error) {
	faults, err := ready(ctx, sh, c.Data, to)
	if err != nil {
		return nil, err
	}
	if len(faults) > 0 {
		return nil, errs.New(errs.Invalid, "backup.copy_differs", len(faults), faults[0])
	}
	a, err := answersOf(ctx, c.Data, from)
	if err != nil {
		return nil, err
	}
	b, err := answersOf(ctx, c.Data, to)
	if err != nil {
		return nil, err
	}
	var out []compared
	for i, x := range a {
		r := compared{x.what, x.n, b[i].n, x.n == b[i].n && x.sum == b[i].sum}
		if !r.Equal && err == nil {
			err = errs.New(errs.Invalid, "backup.copy_differs", 1, x.what)
		}
		out = append(out, r)
	}
	return out, err
}

// answer is how many things of a kind there are, and the SHA-256 over them.
type answer struct {
	what string
	n    int
	sum  string
}

// answersOf asks a database for every figure of every town, what opens every receipt, and every frozen set, verified.
func answersOf(ctx context.Context, data string, d *db.DB) ([]answer, error) {
	h, err := over(ctx, data, d)
	if err != nil {
		return nil, err
	}
	kinds := []string{"figures", "receipts", "freezings"}
	hash, n := map[string][]byte{}, map[string]int{}
	add := func(kind string, v ...any) error {
		b, err := json.Marshal(v)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(append(hash[kind], b...))
		hash[kind] = sum[:]
		n[kind]++
		return nil
	}
	err = h.eachTown(ctx, func(ctx context.Context, town string) error {
		return d.View(ctx, town, func(tx *db.Tx) error {
			if err := h.everyFigure(ctx, tx, func(v figures.Value) error { return add("figures", town, v) }); err != nil {
				return err
			}
			err := h.cases.EachReceipt(ctx, tx, func(number seal.Number, opens string) error { return add("receipts", town, number, opens) })
			if err != nil {
				return err
			}
			sets, err := figures.EverySet(ctx, tx)
			if err != nil {
				return err
			}
			for _, s := range sets {
				problems, err := h.figures.Verify(ctx, tx, s.ID)
				if err != nil {
					return err
				}
				if err := add("freezings", town, s.ID, s.Hash, len(problems)); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("compare: %w", err)
	}
	var out []answer
	for _, k := range kinds {
		out = append(out, answer{k, n[k], hex.EncodeToString(hash[k])})
	}
	return out, nil
}

// everyFigure computes every figure that the town has, over all time.
func (h *home) everyFigure(ctx context.Context, tx *db.Tx, fn func(figures.Value) error) error {
	all, err := h.figures.List(ctx, tx)
	if err != nil {
		return err
	}
	codes := make([]string, len(all))
	for i, a := range all {
		codes[i] = a.Code
	}
	values, err := h.figures.Compute(ctx, tx, codes, figures.Scope{}, calendar.Period{})
	if err != nil {
		return err
	}
	for _, v := range values {
		if err := fn(v); err != nil {
			return err
		}
	}
	return nil
}

package report

import (
	"context"
	"slices"

	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/figures"
	"yanming/internal/web/town"
)

// frozen shows a figure as it was frozen: its members, its hash, and what became of it since.
func (s *Server) frozen(ctx context.Context, tx *db.Tx, d town.Visit, a *asking, data *figurePage) error {
	set, err := figures.LoadSet(ctx, tx, a.set)
	if err != nil {
		return err
	}
	note := &frozenNote{Set: set}
	f, ok := findFrozen(set, a.item)
	if !ok {
		return errs.Missing()
	}
	note.Frozen = f
	a.item, data.Item = f.Item, f.Item
	data.Value = f.Value
	if note.Change, err = s.Figures.Since(ctx, tx, f); err != nil {
		return err
	}
	note.Gained = note.Change.Now.Value - f.Value.Value
	note.NowHref = a.path(f.Item, "")
	data.Frozen = note
	// The definition that is shown is the one that it was reckoned by.
	if def := f.Defs[0]; f.Formula == nil {
		data.About.Version, data.About.Name, data.About.Says, data.About.Unit = def.Version, def.Name, def.Says, def.Unit
	} else {
		data.About.Version, data.About.Name, data.About.Says, data.About.Unit, data.About.Formula = f.Formula.Version, f.Formula.Name, f.Formula.Says, f.Formula.Unit, f.Formula
		return nil
	}
	p, err := s.Figures.FrozenRows(ctx, tx, f, s.sightIn(d, *a, f.Defs[0]), a.after, rowsOnPage)
	if err != nil {
		return err
	}
	if p.Next != "" {
		data.Pager.Next = a.path(a.item, a.set, "after", p.Next)
	}
	data.Listed, data.Unlisted = int64(len(p.Rows)), int64(p.Hidden)
	return s.rows(ctx, tx, d, *a, data, p.Columns, p.Rows)
}

// findFrozen returns the frozen figure of an item; where the address names no period, the first of its code.
func findFrozen(set figures.FrozenSet, i figures.Item) (figures.Frozen, bool) {
	if f, ok := set.Find(i); ok {
		return f, true
	}
	if i.Period.String() != "all" || len(i.Scope.Dims) > 0 {
		return figures.Frozen{}, false
	}
	n := slices.IndexFunc(set.Figures, func(f figures.Frozen) bool { return f.Item.Code == i.Code && len(f.Item.Scope.Dims) == 0 })
	if n < 0 {
		return figures.Frozen{}, false
	}
	return set.Figures[n], true
}

package figures

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/roster"
)

// LoadSet returns a frozen set with its figures. NotFound when the town has none of that id.
func LoadSet(ctx context.Context, tx *db.Tx, set string) (FrozenSet, error) {
	ss, err := sets(ctx, tx, ` AND id = $2`, set)
	if err == nil && len(ss) == 0 {
		err = errs.Missing()
	}
	if err != nil {
		return FrozenSet{}, fmt.Errorf("load frozen set: %w", err)
	}
	s := ss[0]
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var f Frozen
		var body, hash string
		if err := r.Scan(&body, &hash); err != nil {
			return err
		}
		err := json.Unmarshal([]byte(body), &f)
		f.Hash = hash
		s.Figures = append(s.Figures, f)
		return err
	}, `SELECT body, hash FROM frozen_figures WHERE town_id = $1 AND set_id = $2 ORDER BY n`, set)
	if err != nil {
		return FrozenSet{}, fmt.Errorf("load figures of set %s: %w", set, err)
	}
	return s, nil
}

// EverySet returns every frozen set of the town, the oldest first.
func EverySet(ctx context.Context, tx *db.Tx) ([]FrozenSet, error) {
	return sets(ctx, tx, ` ORDER BY id`)
}

func sets(ctx context.Context, tx *db.Tx, where string, args ...any) (ss []FrozenSet, err error) {
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var s FrozenSet
		var asOf, at int64
		err := r.Scan(&s.ID, &s.Purpose, &s.Seq, &asOf, &at, &s.Actor, &s.Hash)
		s.AsOf, s.At = time.UnixMilli(asOf), time.UnixMilli(at)
		ss = append(ss, s)
		return err
	}, `SELECT id, purpose, seq, as_of, at, actor_id, hash FROM frozen_sets WHERE town_id = $1`+where, args...)
	if err != nil {
		return nil, fmt.Errorf("list frozen sets: %w", err)
	}
	return ss, nil
}

// Members returns the rows that were frozen with f, in order of their ids.
func Members(ctx context.Context, tx *db.Tx, f Frozen) (ms []roster.Member, err error) {
	ms, l, err := kept(ctx, tx, f)
	if err == nil && l != nil {
		ms = make([]roster.Member, 0, l.Len())
		err = l.Each(ctx, tx, func(m roster.Member) error {
			ms = append(ms, m)
			return nil
		})
	}
	if err != nil {
		return nil, fmt.Errorf("read members of frozen figure %s: %w", f.Item.Code, err)
	}
	return ms, nil
}

// membersPage returns at most limit members of f behind an id, and whether there are more.
func membersPage(ctx context.Context, tx *db.Tx, f Frozen, after string, limit int) (ms []roster.Member, more bool, err error) {
	ms, l, err := kept(ctx, tx, f)
	if err == nil && l != nil {
		ms, more, err = l.Page(ctx, tx, after, limit)
	}
	if err != nil {
		return nil, false, fmt.Errorf("read members of frozen figure %s: %w", f.Item.Code, err)
	}
	if l != nil {
		return ms, more, nil
	}
	from, found := slices.BinarySearchFunc(ms, after, func(m roster.Member, id string) int { return strings.Compare(m.ID, id) })
	if found {
		from++
	}
	ms = ms[from:]
	return ms[:min(limit, len(ms))], len(ms) > limit, nil
}

// kept returns the members of f where they stand as JSON, as they did before 0057, else the list that has them.
func kept(ctx context.Context, tx *db.Tx, f Frozen) (ms []roster.Member, l *roster.List, err error) {
	var text string
	var ref roster.Ref
	err = tx.Row(ctx, `SELECT members, ids, places FROM frozen_figures WHERE town_id = $1 AND set_id = $2 AND n = $3`, f.Set, f.N).
		Scan(&text, &ref.IDs, &ref.Places)
	switch {
	case err != nil:
	case ref == (roster.Ref{}):
		err = json.Unmarshal([]byte(text), &ms)
	default:
		l, err = roster.Open(ctx, tx, ref)
	}
	return ms, l, err
}

// Change is what became of a frozen figure since: "now 70 (+1 since)" = Now.Value less the frozen value. Added and Gone
// are records that can be listed; one that meanwhile is in confidence is gone from them and still in Now.Value.
type Change struct {
	Now         Value
	Added, Gone []string // record ids in order
}

// Since reckons f again, by the definition it was frozen with, as of now. A ratio or a sum has only Now.
// An error of kind Internal says that this version of the program no longer knows a column of the definition.
func (c *Catalogue) Since(ctx context.Context, tx *db.Tx, f Frozen) (Change, error) {
	then, err := c.then(f)
	if err != nil {
		return Change{}, err
	}
	vs, err := then.Compute(ctx, tx, []string{f.Item.Code}, f.Item.Scope, f.Item.Period)
	if err != nil {
		return Change{}, err
	}
	old, err := Members(ctx, tx, f)
	if err != nil {
		return Change{}, err
	}
	now, err := then.members(ctx, tx, f, windowOf(f.Item.Period, tx.Now))
	if err != nil {
		return Change{}, err
	}
	return Change{Now: vs[0], Added: without(now, old), Gone: without(old, now)}, nil
}

// then returns the catalogue that f was frozen by.
func (c *Catalogue) then(f Frozen) (*Catalogue, error) {
	out := &Catalogue{sources: c.sources, defs: map[string]Def{}, formulas: map[string]Formula{}, memo: c.memo, watch: c.watch, broken: map[string]error{}}
	if len(f.Defs) == 0 {
		return nil, fmt.Errorf("frozen figure %s of set %s has no definition", f.Item.Code, f.Set)
	}
	for _, d := range f.Defs {
		if err := c.checkDef(d); err != nil {
			return nil, fmt.Errorf("read definition %s version %d of frozen set %s: %v", d.Code, d.Version, f.Set, err)
		}
		out.defs[d.Code] = d
	}
	if f.Formula != nil {
		if err := out.checkFormula(*f.Formula); err != nil {
			return nil, fmt.Errorf("read formula %s of frozen set %s: %v", f.Formula.Code, f.Set, err)
		}
		out.formulas[f.Formula.Code] = *f.Formula
	}
	return out, nil
}

// without returns the ids of a that are not in b; both are in order of ids.
func without(a, b []roster.Member) (ids []string) {
	for _, m := range a {
		for len(b) > 0 && b[0].ID < m.ID {
			b = b[1:]
		}
		if len(b) == 0 || b[0].ID != m.ID {
			ids = append(ids, m.ID)
		}
	}
	return ids
}

// FrozenPage is one page of a frozen figure's members, as their records stand now.
type FrozenPage struct {
	Columns []Column
	Rows    []Row  // Amount is what was frozen
	Hidden  int    // members of this page that are not the viewer's to list, or are no more
	Next    string // after of the next page, "" on the last
}

// FrozenRows returns a page of f's members behind the id after, at most limit (1 to 500) of them, in order of ids.
func (c *Catalogue) FrozenRows(ctx context.Context, tx *db.Tx, f Frozen, sight Sight, after string, limit int) (FrozenPage, error) {
	if limit < 1 || limit > maxLimit {
		return FrozenPage{}, errs.Field("limit", "figures.limit", maxLimit)
	}
	then, err := c.then(f)
	if err != nil {
		return FrozenPage{}, err
	}
	ms, more, err := membersPage(ctx, tx, f, after, limit)
	if err != nil {
		return FrozenPage{}, err
	}
	d := f.Defs[0]
	p := FrozenPage{Columns: then.Columns(d)}
	if more {
		p.Next = ms[limit-1].ID
	}
	if len(ms) == 0 {
		return p, nil
	}
	amounts, ids := map[string]int64{}, make([]string, len(ms))
	for i, m := range ms {
		amounts[m.ID], ids[i] = m.Amount, m.ID
	}
	// The records by their ids, whether or not they still belong to the figure.
	all := Def{Code: d.Code, Source: d.Source}
	query, err := then.list(all, List{Sight: sight}, windowOf(calendar.Period{}, tx.Now), 0, ids...)
	if err != nil {
		return FrozenPage{}, err
	}
	err = then.each(ctx, tx, all, p.Columns, query, func(r Row) error {
		r.Amount = amounts[r.ID]
		p.Rows = append(p.Rows, r)
		return nil
	})
	p.Hidden = len(ms) - len(p.Rows)
	return p, err
}

package figures

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/journal"
	"yanming/internal/roster"
)

// Verify checks a frozen set against itself and the journal: every hash, every value against its members, every
// formula against its operands. It returns what does not agree.
func (c *Catalogue) Verify(ctx context.Context, tx *db.Tx, set string) ([]Problem, error) {
	ss, err := sets(ctx, tx, ` AND id = $2`, set)
	if err == nil && len(ss) == 0 {
		err = errs.Missing()
	}
	if err != nil {
		return nil, fmt.Errorf("verify frozen set: %w", err)
	}
	s := ss[0]
	var out []Problem
	wrong := func(code, why string) { out = append(out, Problem{Code: code, Key: why, Args: []any{code, set}}) }
	rows, err := storedFigures(ctx, tx, set)
	if err != nil {
		return nil, fmt.Errorf("verify frozen set %s: %w", set, err)
	}
	for _, r := range rows {
		var f Frozen
		sum, amounts, err := r.sum(ctx, tx, set)
		if err != nil {
			return nil, fmt.Errorf("verify figure %s of frozen set %s: %w", r.code, set, err)
		}
		fails := json.Unmarshal([]byte(r.body), &f) != nil
		if fails || sum != r.hash || f.Set != set || f.N != r.n || f.Item.Code != r.code {
			wrong(r.code, "figures.check.hash")
		} else if f.adds(amounts) != nil {
			wrong(r.code, "figures.check.members")
		}
		f.Hash = r.hash
		s.Figures = append(s.Figures, f)
	}
	for _, f := range s.Figures {
		if !s.follows(f) {
			wrong(f.Item.Code, "figures.check.members")
		}
	}
	events, err := journal.History(ctx, tx, set)
	if err != nil {
		return nil, err
	}
	var noted frozenPayload
	if len(events) > 0 {
		if err := events[0].Decode(&noted); err != nil {
			return nil, err
		}
	}
	if s.hash() != s.Hash || noted.Hash != s.Hash || noted.Figures != len(s.Figures) {
		wrong(s.Purpose, "figures.check.set")
	}
	return out, nil
}

// stored is a frozen figure as it lies in the database, without its members.
type stored struct {
	n                int
	code, body, hash string
	kept             roster.Ref
	more             int // bytes in members beside what is kept: there may be none
}

func storedFigures(ctx context.Context, tx *db.Tx, set string) (rows []stored, err error) {
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var x stored
		err := r.Scan(&x.n, &x.code, &x.body, &x.hash, &x.kept.IDs, &x.kept.Places, &x.more)
		rows = append(rows, x)
		return err
	}, `SELECT n, code, body, hash, ids, places, CASE WHEN ids = '' THEN 0 ELSE length(members) END
		FROM frozen_figures WHERE town_id = $1 AND set_id = $2 ORDER BY n`, set)
	return rows, err
}

// sum returns the hash over the figure as it is stored, and the amounts of its members; no hash where these cannot be
// read, or stand there twice.
func (x stored) sum(ctx context.Context, tx *db.Tx, set string) (hash string, amounts []int64, err error) {
	if x.kept == (roster.Ref{}) {
		return x.sumOfText(ctx, tx, set)
	}
	s := newSum(x.body)
	l, err := roster.Open(ctx, tx, x.kept)
	if err == nil {
		err = l.Each(ctx, tx, func(m roster.Member) error {
			s.add(m)
			return nil
		})
	}
	if errors.Is(err, roster.ErrDamaged) || err == nil && x.more > 0 {
		return "", nil, nil
	}
	return s.hash(), s.amounts, err
}

// sumOfText is sum where the members stand as JSON. They are read figure by figure: each may be some 35 MB.
func (x stored) sumOfText(ctx context.Context, tx *db.Tx, set string) (hash string, amounts []int64, err error) {
	var text string
	err = tx.Row(ctx, `SELECT members FROM frozen_figures WHERE town_id = $1 AND set_id = $2 AND n = $3`, set, x.n).Scan(&text)
	if err != nil {
		return "", nil, err
	}
	var ms []roster.Member
	if json.Unmarshal([]byte(text), &ms) != nil {
		return "", nil, nil
	}
	for _, m := range ms {
		amounts = append(amounts, m.Amount)
	}
	return hashOf(x.body, text), amounts, nil
}

// follows reports whether a frozen formula is what its frozen operands make it.
func (s FrozenSet) follows(f Frozen) bool {
	if f.Formula == nil || f.Formula.Op == Median {
		return true
	}
	a, okA := s.Find(Item{f.Formula.A, f.Item.Scope, f.Item.Period})
	b, okB := s.Find(Item{f.Formula.B, f.Item.Scope, f.Item.Period})
	v := f.Formula.apply(a.Value, b.Value, cell{})
	return okA && okB && v.Value == f.Value.Value && v.None == f.Value.None
}

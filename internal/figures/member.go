package figures

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"

	"yanming/internal/db"
	"yanming/internal/roster"
)

// A member is one row of a frozen figure's evidence: what the record added to the value. Of things counted once
// (Distinct) the first record in order of ids adds 1 and the others 0. Of a median it is the row's quantity.

// members returns the rows behind a figure in order of ids; none for a ratio or a sum of figures, whose operands have
// them.
func (c *Catalogue) members(ctx context.Context, tx *db.Tx, f Frozen, w window) ([]roster.Member, error) {
	if f.Formula != nil && f.Formula.Op != Median {
		return nil, nil
	}
	d := f.Defs[0]
	s := c.sources[d.Source]
	b := &builder{window: w}
	amount, key, where := "e.amount", "''", ""
	var extras []extra
	if f.Formula != nil {
		extras = append(extras, extra{s.Sums[f.Formula.B].SQL, "m"})
		amount, where = "e.m", " WHERE e.m IS NOT NULL"
	} else if d.Distinct != "" {
		extras = append(extras, extra{s.Keys[d.Distinct].SQL, "k"})
		key = "e.k"
	}
	inner, err := c.evidence(b, d, f.Item.Scope, false, extras...)
	if err != nil {
		return nil, err
	}
	type found struct {
		roster.Member
		key string
	}
	var rows []found
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var m found
		err := r.Scan(&m.ID, &m.Amount, &m.key)
		rows = append(rows, m)
		return err
	}, "SELECT e.id, "+amount+", "+key+" FROM ("+inner+") e"+where, b.args...)
	if err != nil {
		return nil, fmt.Errorf("read members of %s: %w", d.Code, err)
	}
	slices.SortFunc(rows, func(a, b found) int { return cmp.Compare(a.ID, b.ID) })
	keys, out := map[string]bool{}, make([]roster.Member, len(rows))
	for i, m := range rows {
		if i > 0 && rows[i-1].ID == m.ID {
			return nil, fmt.Errorf("record %s is twice in figure %s", m.ID, d.Code)
		}
		if f.Formula == nil && d.Distinct != "" {
			if keys[m.key] {
				m.Amount = 0
			}
			keys[m.key] = true
		}
		out[i] = m.Member
	}
	return out, nil
}

// adds returns an error unless members with these amounts are what the value says.
func (f Frozen) adds(amounts []int64) error {
	if f.Members != len(amounts) {
		return fmt.Errorf("figure %s has %d members, not %d", f.Item.Code, len(amounts), f.Members)
	}
	if f.Formula != nil && f.Formula.Op != Median {
		return nil
	}
	want, listed := f.Value.Value, f.Value.Evidence
	got := f.Value.VeiledAmount
	for _, x := range amounts {
		got += x
	}
	if f.Formula != nil {
		if got = 0; len(amounts) > 0 {
			got = middle(amounts)
		}
	}
	if got != want || listed != int64(len(amounts)) {
		return fmt.Errorf("figure %s says %d over %d rows, its members %d over %d", f.Item.Code, want, listed, got, len(amounts))
	}
	return nil
}

// sum adds the members of a figure up and hashes them with its body, as if they stood behind it as a line of JSON. So
// the hash of a figure does not depend on how its members are kept.
type summed struct {
	h       hash.Hash
	line    []byte
	amounts []int64
}

func newSum(body string) *summed {
	s := &summed{h: sha256.New()}
	s.h.Write([]byte(body + "\n["))
	return s
}

func (s *summed) add(m roster.Member) {
	s.line = s.line[:0]
	if len(s.amounts) > 0 {
		s.line = append(s.line, ',')
	}
	s.line = m.AppendJSON(s.line)
	s.h.Write(s.line)
	s.amounts = append(s.amounts, m.Amount)
}

func (s *summed) hash() string {
	s.h.Write([]byte("]\n"))
	return hex.EncodeToString(s.h.Sum(nil))
}

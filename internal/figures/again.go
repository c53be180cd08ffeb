package figures

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"yanming/internal/calendar"
	"yanming/internal/db"
)

// Record is a record as its feature tells it over again, out of its history instead of the tables that figures read.
type Record interface {
	// Confided reports whether it is in confidence.
	Confided() bool
	// Dim returns the code of one of the source's Dims, "" for none.
	Dim(name string) string
	// Time returns one of the source's Times in Unix ms, and whether it is there.
	Time(name string) (int64, bool)
	// Sum returns one of the source's quantities, and whether it is there.
	Sum(name string) (int64, bool)
}

// Again counts the figures of one source over again, of all time, from records that are told one by one: in Go, with
// no statement in common with the figures. One goroutine at a time uses it.
type Again struct {
	source string
	window window
	conds  []Cond
	holds  []bool // of the record at hand, by condition
	defs   []again
}

type again struct {
	def   Def
	conds []int
	x     cell
}

// Again returns an empty count of a source as of now, with the town's own definitions.
func (c *Catalogue) Again(ctx context.Context, tx *db.Tx, source string) (*Again, error) {
	c, err := c.town(ctx, tx)
	if err != nil {
		return nil, err
	}
	a := &Again{source: source, window: windowOf(calendar.Period{}, tx.Now)}
	place := map[string]int{}
	for _, n := range sortedKeys(c.defs) {
		d := c.defs[n]
		if d.Source != source || d.Distinct != "" {
			continue
		}
		x := again{def: d}
		for _, w := range d.Where {
			key, _ := json.Marshal(w) // a condition always marshals
			i, ok := place[string(key)]
			if !ok {
				i = len(a.conds)
				place[string(key)], a.conds = i, append(a.conds, w)
			}
			x.conds = append(x.conds, i)
		}
		a.defs = append(a.defs, x)
	}
	a.holds = make([]bool, len(a.conds))
	return a, nil
}

// Source returns the name of the source.
func (a *Again) Source() string { return a.source }

// Add counts one record. It fails on a condition that it does not know.
func (a *Again) Add(r Record) error {
	for i, w := range a.conds {
		ok, err := a.cond(r, w)
		if err != nil {
			return err
		}
		a.holds[i] = ok
	}
	confided := r.Confided()
next:
	for i := range a.defs {
		x := &a.defs[i]
		for _, c := range x.conds {
			if !a.holds[c] {
				continue next
			}
		}
		if !a.within(r, x.def) {
			continue
		}
		amount := int64(1)
		if x.def.Sum != "" {
			amount, _ = r.Sum(x.def.Sum)
		}
		if confided {
			x.x.veiledAmount, x.x.veiledRows = x.x.veiledAmount+amount, x.x.veiledRows+1
		} else {
			x.x.amount, x.x.rows = x.x.amount+amount, x.x.rows+1
		}
	}
	return nil
}

// within reports whether the definition's times take the record in.
func (a *Again) within(r Record, d Def) bool {
	if d.Time != "" {
		if at, ok := r.Time(d.Time); !ok || at < a.window.from || at >= a.window.to {
			return false
		}
	}
	if d.Since != "" {
		if at, ok := r.Time(d.Since); !ok || at >= a.window.known {
			return false
		}
	}
	if d.Until != "" {
		if at, ok := r.Time(d.Until); ok && at < a.window.known {
			return false
		}
	}
	return true
}

func (a *Again) cond(r Record, w Cond) (bool, error) {
	shift := int64(w.Days) * dayMs
	switch w.Op {
	case In:
		return slices.Contains(w.Values, r.Dim(w.Col)), nil
	case NotIn:
		return !slices.Contains(w.Values, r.Dim(w.Col)), nil
	}
	at, there := r.Time(w.Col)
	switch w.Op {
	case IsNull:
		return !there && r.Dim(w.Col) == "", nil
	case NotNull:
		return there || r.Dim(w.Col) != "", nil
	case BeforeEnd:
		return there && at < a.window.instant+shift, nil
	case NotBeforeEnd:
		return there && at >= a.window.instant+shift, nil
	case InPeriod:
		return there && at >= a.window.from && at < a.window.to, nil
	case Before, NotBefore:
		than, ok := r.Time(w.Than)
		return there && ok && at < than == (w.Op == Before), nil
	}
	return false, fmt.Errorf("count figures again: no condition %q", w.Op)
}

// cell returns what was counted for a definition, and whether it was among those that are.
func (a *Again) cell(d Def, veiled bool) (cell, bool) {
	for _, x := range a.defs {
		if x.def.Code == d.Code && x.def.Version == d.Version {
			if !veiled {
				x.x.veiledAmount, x.x.veiledRows = 0, 0
			}
			return x.x, true
		}
	}
	return cell{}, false
}

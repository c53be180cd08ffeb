package figures

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/i18n"
)

// Catalogue holds every source, definition and formula of the program, and remembers what it counted. It is read-only
// after New and safe for concurrent use. What a town made itself is read from its rows where a code asks for it.
type Catalogue struct {
	sources  map[string]Source
	defs     map[string]Def // the newest version of each code
	formulas map[string]Formula
	memo     *memo            // shared by every copy
	broken   map[string]error // a town's own that this version of the program cannot read; nil before they were looked for
	watch    func(code string, took time.Duration)
}

// Watch lets fn be told how long each question about a definition took. It is set before the catalogue is used, and
// learns no value.
func (c *Catalogue) Watch(fn func(code string, took time.Duration)) { c.watch = fn }

// New checks everything and returns the catalogue. It fails on unknown columns, codes or versions written twice,
// operands that are no definition, and dimensions that are a person, a telephone or a dwelling.
func New(sources []Source, defs []Def, formulas []Formula) (*Catalogue, error) {
	c := &Catalogue{sources: map[string]Source{}, defs: map[string]Def{}, formulas: map[string]Formula{}, memo: newMemo()}
	var bad []error
	note := func(what, name string, err error) {
		if err != nil {
			bad = append(bad, fmt.Errorf("check %s %s: %w", what, name, err))
		}
	}
	for _, s := range sources {
		note("source", s.Name, s.check())
		if _, twice := c.sources[s.Name]; twice {
			note("source", s.Name, errTwice)
		}
		c.sources[s.Name] = s
	}
	versions := map[string]bool{}
	for _, d := range defs {
		note("figure", d.Code, c.checkDef(d))
		id := fmt.Sprint(d.Code, " ", d.Version)
		if versions[id] {
			note("figure", d.Code, errTwice)
		}
		versions[id] = true
		if strings.HasPrefix(d.Code, ownPrefix) {
			note("figure", d.Code, errs.Field("code", "figures.code_own"))
		}
		if old, ok := c.defs[d.Code]; !ok || old.Version < d.Version {
			c.defs[d.Code] = d
		}
	}
	for _, f := range formulas {
		note("formula", f.Code, c.checkFormula(f))
		_, isDef := c.defs[f.Code]
		if _, twice := c.formulas[f.Code]; twice || isDef {
			note("formula", f.Code, errTwice)
		}
		c.formulas[f.Code] = f
	}
	if err := errors.Join(bad...); err != nil {
		return nil, err
	}
	return c, nil
}

// About is what can be said of a figure without reckoning it.
type About struct {
	Code             string
	Version          int
	Name, Says, Unit i18n.Pair
	Source           string    // "" for a formula
	Kind             Kind      // "" for a formula
	Dims             []string  // what it can be broken down and narrowed by, in order
	Formula          *Formula  // nil for a definition
	Op               FormulaOp // "" for a definition
	Own              bool      // made by the town
}

// List returns every figure in order of its code, those of the town included.
func (c *Catalogue) List(ctx context.Context, tx *db.Tx) ([]About, error) {
	c, err := c.town(ctx, tx)
	if err != nil {
		return nil, err
	}
	return c.Shipped(), nil
}

// Shipped returns the figures in order of their code, without those that towns made.
func (c *Catalogue) Shipped() []About {
	var out []About
	for _, d := range c.defs {
		out = append(out, c.about(d))
	}
	for _, f := range c.formulas {
		out = append(out, c.aboutFormula(f))
	}
	slices.SortFunc(out, func(a, b About) int { return cmp.Compare(a.Code, b.Code) })
	return out
}

// About returns one figure. NotFound when the town has none of that code.
func (c *Catalogue) About(ctx context.Context, tx *db.Tx, code string) (About, error) {
	c, err := c.having(ctx, tx, code)
	if err != nil {
		return About{}, err
	}
	if f, ok := c.formulas[code]; ok {
		return c.aboutFormula(f), nil
	}
	return c.about(c.defs[code]), nil
}

func (c *Catalogue) about(d Def) About {
	return About{Code: d.Code, Version: d.Version, Name: d.Name, Says: d.Says, Unit: d.Unit, Source: d.Source, Kind: d.Kind,
		Dims: slices.Sorted(maps.Keys(c.sources[d.Source].Dims)), Own: strings.HasPrefix(d.Code, ownPrefix)}
}

// aboutFormula: a formula can be broken down by what both its operands have.
func (c *Catalogue) aboutFormula(f Formula) About {
	a := About{Code: f.Code, Version: f.Version, Name: f.Name, Says: f.Says, Unit: f.Unit, Formula: &f, Op: f.Op}
	a.Dims = slices.Sorted(maps.Keys(c.sources[c.defs[f.A].Source].Dims))
	if f.Op != Median {
		other := c.sources[c.defs[f.B].Source].Dims
		a.Dims = slices.DeleteFunc(a.Dims, func(d string) bool { _, ok := other[d]; return !ok })
	}
	return a
}

// Def returns the newest version of a definition. NotFound when the code is none, or a formula's.
func (c *Catalogue) Def(ctx context.Context, tx *db.Tx, code string) (Def, error) {
	c, err := c.having(ctx, tx, code)
	if err != nil {
		return Def{}, err
	}
	d, ok := c.defs[code]
	if !ok {
		return Def{}, errs.Missing()
	}
	return d, nil
}

// Source returns a source by its name.
func (c *Catalogue) Source(name string) (Source, bool) { s, ok := c.sources[name]; return s, ok }

// SightOf returns which rows of a definition's source a may list.
func (c *Catalogue) SightOf(d Def, a actor.Actor) Sight {
	if f := c.sources[d.Source].Sight; f != nil {
		return f(a)
	}
	return Sight{}
}

// Names returns what the codes of a source's Dim are called in this town.
func (c *Catalogue) Names(ctx context.Context, tx *db.Tx, source, dim string) (map[string]i18n.Pair, error) {
	col, ok := c.sources[source].Dims[dim]
	if !ok {
		return nil, errs.Field(dim, "figures.dim", dim)
	}
	out := map[string]i18n.Pair{}
	maps.Copy(out, col.Values)
	if col.Names != nil {
		more, err := col.Names(ctx, tx)
		if err != nil {
			return nil, fmt.Errorf("name %s of %s: %w", dim, source, err)
		}
		maps.Copy(out, more)
	}
	return out, nil
}

// having returns the catalogue that holds codes: c itself, or c with the town's own. NotFound for an unknown code.
func (c *Catalogue) having(ctx context.Context, tx *db.Tx, codes ...string) (*Catalogue, error) {
	if c.broken == nil && slices.ContainsFunc(codes, func(s string) bool { return strings.HasPrefix(s, ownPrefix) }) {
		var err error
		if c, err = c.town(ctx, tx); err != nil {
			return nil, err
		}
	}
	for _, code := range codes {
		if err := c.broken[code]; err != nil {
			return nil, err
		}
		_, isDef := c.defs[code]
		if _, isFormula := c.formulas[code]; !isDef && !isFormula {
			return nil, fmt.Errorf("find figure %q: %w", code, errs.Missing())
		}
	}
	return c, nil
}

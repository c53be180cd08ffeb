package figures

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"yanming/internal/calendar"
	"yanming/internal/errs"
)

// Query is a compiled statement. $1 is the town, which the transaction binds; Args are $2 and so on. Nothing that a
// user can give is in Text except as a placeholder.
type Query struct {
	Text string
	Args []any
}

// maxCodes bounds a list of codes, so that a request cannot make a statement without end.
const maxCodes = 1000

const dayMs = 24 * 60 * 60 * 1000

// window is a period as a statement needs it, in Unix ms. What comes after now is not known yet, so a stock or a
// deadline is asked as of now where the period has not ended: known is the first moment that is not known, instant
// the moment against which deadlines are held.
type window struct{ from, to, known, instant int64 }

func windowOf(p calendar.Period, now time.Time) window {
	from, to := p.Bounds()
	ms := now.UnixMilli()
	return window{from: from, to: to, known: min(to, ms+1), instant: min(to, ms)}
}

// builder collects a statement's arguments.
type builder struct {
	args   []any
	window window
}

func (b *builder) bind(v any) string {
	b.args = append(b.args, v)
	return "$" + strconv.Itoa(len(b.args)+1)
}

func (b *builder) from() string    { return b.bind(b.window.from) }
func (b *builder) to() string      { return b.bind(b.window.to) }
func (b *builder) known() string   { return b.bind(b.window.known) }
func (b *builder) instant() string { return b.bind(b.window.instant) }

// codes returns a list of placeholders.
func (b *builder) codes(vs []string) string {
	ps := make([]string, len(vs))
	for i, v := range vs {
		ps[i] = b.bind(v)
	}
	return "(" + strings.Join(ps, ", ") + ")"
}

// text is the expression of a TEXT column, with "" for NULL.
func (c Col) text() string {
	if c.Null {
		return "COALESCE(" + c.SQL + ", '')"
	}
	return c.SQL
}

// extra is a further column of the evidence.
type extra struct{ sql, as string }

// Evidence returns the figure's evidence: one row (id, amount) for each record that belongs to it. Lists and
// frozen members are this text wrapped; values and break-downs come from passes, which take their conditions from the
// same compiler. Records in
// confidence are not in it. Errors: Invalid for a scope that names no Dim of the source, or too many codes.
func (c *Catalogue) Evidence(d Def, s Scope, p calendar.Period, now time.Time) (Query, error) {
	b := &builder{window: windowOf(p, now)}
	text, err := c.evidence(b, d, s, false)
	return Query{text, b.args}, err
}

func (c *Catalogue) evidence(b *builder, d Def, scope Scope, veiled bool, extras ...extra) (string, error) {
	s, ok := c.sources[d.Source]
	if !ok {
		return "", fmt.Errorf("compile figure %s: no source %q", d.Code, d.Source)
	}
	amount := "1"
	if d.Sum != "" {
		amount = "COALESCE(" + s.Sums[d.Sum].SQL + ", 0)"
	}
	var t strings.Builder
	fmt.Fprintf(&t, "SELECT %s AS id, %s AS amount", s.ID, amount)
	for _, x := range extras {
		fmt.Fprintf(&t, ", %s AS %s", x.sql, x.as)
	}
	from := s.From
	if veiled {
		from = s.VeiledFrom
	}
	t.WriteString(" FROM " + from + " WHERE r.town_id = $1")
	and := func(cond string) { t.WriteString(" AND " + cond) }
	if d.Time != "" {
		col := s.Times[d.Time].SQL
		and(col + " >= " + b.from())
		and(col + " < " + b.to())
	}
	if d.Since != "" {
		and(s.Times[d.Since].SQL + " < " + b.known())
	}
	if d.Until != "" {
		col := s.Times[d.Until].SQL
		and("(" + col + " IS NULL OR " + col + " >= " + b.known() + ")")
	}
	b.asOf(s, and)
	for _, w := range d.Where {
		and(b.cond(s, w))
	}
	if d.Distinct != "" {
		and(s.Keys[d.Distinct].SQL + " IS NOT NULL")
	}
	if err := b.scope(s.Dims, nil, scope, and); err != nil {
		return "", err
	}
	return t.String(), nil
}

func (b *builder) asOf(s Source, and func(string)) {
	if s.AsOf != nil {
		and(s.AsOf.Since + " < " + b.known())
		and("(" + s.AsOf.Until + " IS NULL OR " + s.AsOf.Until + " >= " + b.known() + ")")
	}
}

func (b *builder) cond(s Source, w Cond) string {
	col, isTime, _ := s.column(w.Col)
	x := col.SQL
	if !isTime {
		x = col.text()
	}
	switch w.Op {
	case In:
		return x + " IN " + b.codes(w.Values)
	case NotIn:
		return x + " NOT IN " + b.codes(w.Values)
	case IsNull:
		if isTime {
			return x + " IS NULL"
		}
		return x + " = ''"
	case NotNull:
		if isTime {
			return x + " IS NOT NULL"
		}
		return x + " <> ''"
	case BeforeEnd:
		return x + " < " + b.shifted(w.Days)
	case NotBeforeEnd:
		return x + " >= " + b.shifted(w.Days)
	case InPeriod:
		return x + " >= " + b.from() + " AND " + x + " < " + b.to()
	case Before:
		return x + " < " + s.Times[w.Than].SQL
	case NotBefore:
		return x + " >= " + s.Times[w.Than].SQL
	}
	panic("figures: condition " + string(w.Op) + " passed the check") // checkCond knows every Op
}

func (b *builder) shifted(days int) string {
	if days == 0 {
		return b.instant()
	}
	return b.instant() + " + CAST(" + b.bind(int64(days)*dayMs) + " AS BIGINT)"
}

// scope adds one condition for each Dim, in order of their names. more are further columns it may name.
func (b *builder) scope(dims, more map[string]Col, s Scope, and func(string)) error {
	for _, n := range slices.Sorted(maps.Keys(s.Dims)) {
		col, ok := dims[n]
		if !ok {
			if col, ok = more[n]; !ok {
				return errs.Field(n, "figures.dim", n)
			}
		}
		vs := s.Dims[n]
		if len(vs) > maxCodes {
			return errs.Field(n, "figures.many", maxCodes)
		}
		if slices.ContainsFunc(vs, func(v string) bool { return !utf8.ValidString(v) || strings.ContainsRune(v, 0) }) {
			return errs.Field(n, "error.choice") // PostgreSQL holds no such text
		}
		if len(vs) == 0 {
			and("1 = 0")
			continue
		}
		and(col.text() + " IN " + b.codes(vs))
	}
	return nil
}

// countsVeiled reports whether the records in confidence are part of the figure: for the whole town only, and only by
// columns that may be asked of them.
func (c *Catalogue) countsVeiled(d Def, scope Scope) bool {
	s := c.sources[d.Source]
	if s.VeiledFrom == "" || len(scope.Dims) > 0 || d.Sum != "" && !s.Sums[d.Sum].Veilable {
		return false
	}
	for _, w := range d.Where {
		if col, _, _ := s.column(w.Col); !col.Veilable {
			return false
		}
		if w.Than != "" && !s.Times[w.Than].Veilable {
			return false
		}
	}
	return true
}

package figures

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"yanming/internal/db"
	"yanming/internal/errs"
)

// item is one thing that a pass counts: the rows of a definition, or those of them that lie in a sight.
type item struct {
	def   Def
	sight *Sight // nil for every row
}

// passItems bounds how many things one pass counts: each is a bit of a row's mark.
const passItems = 60

// fence keeps an engine from folding a subquery into the one around it, so that what the subquery reckons is reckoned
// once for each row, however often it is used outside.
const fence = " LIMIT 9223372036854775807"

// pass is one statement that reads the rows of a source once for many definitions. It gives each row a mark, whose bit
// i says that the row is evidence of item i by the very condition that its evidence page has, and beside it the codes
// and quantities by which items are broken down and added up. All items share the source and the times that decide
// which rows are looked at.
type pass struct {
	c      *Catalogue
	items  []item
	scope  Scope
	window window
	veiled bool

	turning bool     // the moments are asked at which the counts change by themselves
	dims    []string // columns of codes
	sums    []string // columns of quantities
	turns   int      // columns of such moments; set by compile
}

// base are the columns that decide which rows a pass looks at.
func (d Def) base() string { return strings.Join([]string{d.Source, d.Time, d.Since, d.Until}, "\x00") }

// open reports whether the window has not ended, so that its counts may change while nothing happens.
func (w window) open() bool { return w.instant < w.to }

// layers collects the columns of the pass while its conditions are compiled.
type layers struct {
	b     *builder
	raw   map[string]string // expression → column of the innermost layer
	inner []string
	conds map[string]string // condition → column of the middle layer
	mid   []string
}

// column returns the name under which an expression over the source is reckoned once.
func (l *layers) column(sql string) string {
	if l.raw[sql] == "" {
		l.raw[sql] = fmt.Sprintf("c.c%d", len(l.raw))
		l.inner = append(l.inner, sql+" AS "+l.raw[sql][2:])
	}
	return l.raw[sql]
}

// flag returns the name of a condition, 1 where it holds and 0 where it does not or cannot be told. Equal conditions,
// by their key, are reckoned once.
func (l *layers) flag(key string, cond func() string) string {
	if l.conds[key] == "" {
		l.conds[key] = fmt.Sprintf("k.k%d", len(l.conds))
		l.mid = append(l.mid, "CASE WHEN "+cond()+" THEN 1 ELSE 0 END AS "+l.conds[key][2:])
	}
	return l.conds[key]
}

// seen returns the source as the middle layer sees it: its Times and Dims are columns of the innermost.
func (l *layers) seen(s Source) Source {
	out := s
	out.Times, out.Dims = map[string]Col{}, map[string]Col{}
	for n, c := range s.Times {
		c.SQL = "\x00" + n // replaced where it is used
		out.Times[n] = c
	}
	for n, c := range s.Dims {
		c.SQL = "\x00" + n
		out.Dims[n] = c
	}
	return out
}

// compile returns the statement of the pass. Its columns: mark, number of rows, moments of change, codes, quantities.
// flat gives a row for each record; else equal rows are counted by the engine.
func (p *pass) compile(flat bool) (Query, error) {
	s, ok := p.c.sources[p.items[0].def.Source]
	if !ok {
		return Query{}, fmt.Errorf("compile figure %s: no source %q", p.items[0].def.Code, p.items[0].def.Source)
	}
	d := p.items[0].def
	l := &layers{b: &builder{window: p.window}, raw: map[string]string{}, conds: map[string]string{}}
	b := l.b
	var where, turns []string
	and := func(cond string) { where = append(where, cond) }
	always := p.moments(l, s, d, and, &turns)
	p.narrow(b, s, and)
	if err := b.scope(s.Dims, nil, p.scope, and); err != nil {
		return Query{}, err
	}
	mark, err := p.mark(l, s, always, &turns)
	if err != nil {
		return Query{}, err
	}
	var carried []string // columns that go from the innermost to the outermost layer
	carry := func(sql, as string) {
		carried = append(carried, as)
		l.inner = append(l.inner, sql+" AS "+as)
	}
	for i, t := range turns {
		carry(t, fmt.Sprintf("t%d", i))
	}
	p.turns = len(turns)
	for i, n := range p.dims {
		col, ok := s.Dims[n]
		if !ok {
			return Query{}, errs.Field(n, "figures.dim", n)
		}
		carry(col.text(), fmt.Sprintf("g%d", i))
	}
	for i, n := range p.sums {
		carry(s.Sums[n].SQL, fmt.Sprintf("m%d", i))
	}
	from := s.From
	if p.veiled {
		from = s.VeiledFrom
	}
	if len(l.inner) == 0 {
		l.inner = append(l.inner, "1 AS one")
	}
	text := "SELECT " + strings.Join(l.inner, ", ") + " FROM " + from + " WHERE " + strings.Join(append([]string{"r.town_id = $1"}, where...), " AND ") + fence
	mid := slices.Clone(l.mid)
	for _, as := range carried {
		mid = append(mid, "c."+as)
	}
	if len(mid) == 0 {
		mid = append(mid, "1 AS one")
	}
	text = "SELECT " + strings.Join(mid, ", ") + " FROM (" + text + ") c" + fence
	if flat {
		text = "SELECT " + strings.Join(append([]string{mark, "1"}, prefixed("k.", carried)...), ", ") + " FROM (" + text + ") k"
	} else {
		cols := []string{"x.mark", "count(*)"}
		group := []string{"x.mark"}
		for i, as := range carried {
			if i < p.turns {
				cols = append(cols, "min(x."+as+")")
			} else {
				cols, group = append(cols, "x."+as), append(group, "x."+as)
			}
		}
		text = "SELECT " + strings.Join(cols, ", ") + " FROM (SELECT " + strings.Join(append([]string{mark + " AS mark"}, prefixed("k.", carried)...), ", ") +
			" FROM (" + text + ") k) x GROUP BY " + strings.Join(group, ", ")
	}
	return Query{text, b.args}, nil
}

func prefixed(prefix string, names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = prefix + n
	}
	return out
}

// moments adds the conditions of time that all items share, and returns those that every mark must carry. Where moments of
// change are asked, a row that only the future will count is read as well.
func (p *pass) moments(l *layers, s Source, d Def, and func(string), turns *[]string) (always []string) {
	b := l.b
	if d.Time != "" {
		col := p.unsorted(s.Times[d.Time].SQL)
		and(col + " >= " + b.from())
		and(col + " < " + b.to())
	}
	before := func(col string) {
		if !p.turning {
			and(p.unsorted(col) + " < " + b.known())
			return
		}
		always = append(always, l.flag("before "+col, func() string { return l.column(col) + " < " + b.known() }))
		*turns = append(*turns, fmt.Sprintf("CASE WHEN %s >= %s THEN %s END", col, b.known(), col))
	}
	until := func(col string) {
		and("(" + col + " IS NULL OR " + col + " >= " + b.known() + ")")
		if p.turning {
			*turns = append(*turns, col)
		}
	}
	if d.Since != "" {
		before(s.Times[d.Since].SQL)
	}
	if d.Until != "" {
		until(s.Times[d.Until].SQL)
	}
	if s.AsOf != nil {
		before(s.AsOf.Since)
		until(s.AsOf.Until)
	}
	return always
}

// unsorted is a column of moments as it is asked where nearly every row has a moment that is meant: without an index. To
// walk one would be to look each row up in an order that is not the table's.
func (p *pass) unsorted(col string) string {
	if p.window.from <= 0 && p.window.open() {
		return "+" + col
	}
	return col
}

// narrow adds what each item asks of one Dim, so that an index on it can be used.
func (p *pass) narrow(b *builder, s Source, and func(string)) {
	var in map[string]map[string]bool
	for i, x := range p.items {
		mine := map[string]map[string]bool{}
		for _, w := range x.def.Where {
			if w.Op == In && mine[w.Col] == nil {
				mine[w.Col] = map[string]bool{}
				for _, v := range w.Values {
					mine[w.Col][v] = true
				}
			}
		}
		if i == 0 {
			in = mine
			continue
		}
		for col := range in {
			if mine[col] == nil {
				delete(in, col)
				continue
			}
			maps.Copy(in[col], mine[col])
		}
	}
	for _, col := range slices.Sorted(maps.Keys(in)) {
		if len(in[col]) <= maxCodes {
			and(s.Dims[col].text() + " IN " + b.codes(slices.Sorted(maps.Keys(in[col]))))
		}
	}
}

// mark is the expression whose bit i says whether a row is evidence of item i.
func (p *pass) mark(l *layers, s Source, always []string, turns *[]string) (string, error) {
	seen := l.seen(s)
	changing := map[string]bool{}
	terms := make([]string, len(p.items))
	for i, x := range p.items {
		factors := append([]string{}, always...)
		for _, w := range x.def.Where {
			if p.turning && (w.Op == BeforeEnd || w.Op == NotBeforeEnd) {
				col, shift := s.Times[w.Col].SQL, int64(w.Days)*dayMs
				if t := fmt.Sprintf("%s - %d", col, shift-1); !changing[t] {
					changing[t] = true
					*turns = append(*turns, fmt.Sprintf("CASE WHEN %s >= %s THEN %s - CAST(%s AS BIGINT) END", col, l.b.shifted(w.Days), col, l.b.bind(shift-1)))
				}
			}
			key, err := json.Marshal(w)
			if err != nil {
				return "", err
			}
			factors = append(factors, l.flag(string(key), func() string { return l.named(s, l.b.cond(seen, w)) }))
		}
		if x.sight != nil {
			cond, err := l.b.sight(s, *x.sight)
			if err != nil {
				return "", err
			}
			key, err := json.Marshal(x.sight)
			if err != nil {
				return "", err
			}
			factors = append(factors, l.flag("sight "+string(key), func() string { return l.column("CASE WHEN "+cond+" THEN 1 ELSE 0 END") + " = 1" }))
		}
		terms[i] = strings.Join(append(factors, fmt.Sprint(int64(1)<<i)), " * ")
	}
	return strings.Join(terms, " + "), nil
}

// named puts the columns of the innermost layer for the names that seen left.
func (l *layers) named(s Source, cond string) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(cond, "\x00")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		n := rest
		end := strings.IndexFunc(rest, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9') })
		if end >= 0 {
			n = rest[:end]
		}
		col, _, _ := s.column(n)
		out.WriteString(l.column(col.SQL))
		cond = rest[len(n):]
	}
}

// query is the statement of the pass for the engine: SQLite groups by sorting every row, which costs more than to hand
// the rows out; PostgreSQL groups in memory.
func (p *pass) query(tx *db.Tx) (Query, error) {
	return p.compile(tx.Pick("flat", "grouped") == "flat")
}

// forever is a moment that never comes.
const forever = math.MaxInt64

package figures

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"yanming/internal/errs"
	"yanming/internal/i18n"
)

// ownPrefix begins the code of every figure that a town made, so that no shipped one can ever meet it.
const ownPrefix = "own."

var (
	errTwice = errors.New("written twice")
	name     = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	code     = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$`)
	words    = regexp.MustCompile(`[a-z]+`)
	aliasR   = regexp.MustCompile(`\br\b`)
)

// personal are the words that no dimension may have in its name or its SQL: who a person is, how to reach them, where
// they live. A figure by one of them would be a profile or a ranking.
var personal = []string{"person", "persons", "people", "resident", "residents", "reporter", "reporters", "petitioner",
	"petitioners", "complainant", "applicant", "author", "actor", "account", "accounts", "user", "users", "worker",
	"workers", "identity", "idcard", "birth", "phone", "phones", "telephone", "telephones", "tel", "mobile", "household",
	"households", "house", "dwelling", "dwellings", "door", "address", "addresses", "addr"}

// Personal returns the word that makes a dimension of this name and SQL one of a person, a telephone or a dwelling,
// or "".
func Personal(dim, sql string) string {
	for _, w := range words.FindAllString(strings.ToLower(dim+" "+sql), -1) {
		if slices.Contains(personal, w) {
			return w
		}
	}
	return ""
}

// check returns what is wrong with a source.
func (s Source) check() error {
	var bad errs.List
	if !name.MatchString(s.Name) {
		bad.Add("name", "figures.code")
	}
	for field, text := range map[string]string{"from": s.From, "id": s.ID, "label": s.Label} {
		if !aliasR.MatchString(text) || !plain(text) {
			bad.Add(field, "figures.sql")
		}
	}
	if s.VeiledFrom != "" && (!aliasR.MatchString(s.VeiledFrom) || !plain(s.VeiledFrom)) {
		bad.Add("veiled_from", "figures.sql")
	}
	if s.VeiledFrom != "" && len(s.Keys) > 0 {
		bad.Add("keys", "figures.veiled_key")
	}
	if _, ok := s.Times[s.Order]; !ok {
		bad.Add("order", "figures.column", s.Order)
	}
	if s.AsOf != nil && (s.AsOf.Since == "" || s.AsOf.Until == "" || !plain(s.AsOf.Since) || !plain(s.AsOf.Until)) {
		bad.Add("as_of", "figures.sql")
	}
	seen := map[string]bool{}
	for kind, cols := range map[string]map[string]Col{"times": s.Times, "dims": s.Dims, "keys": s.Keys, "sums": s.Sums, "own": s.Own} {
		for n, col := range cols {
			if !name.MatchString(n) || seen[n] {
				bad.Add(kind+"."+n, "figures.code")
			}
			seen[n] = true
			if col.SQL == "" || !plain(col.SQL) {
				bad.Add(kind+"."+n, "figures.sql")
			}
			if w := Personal(n, col.SQL); w != "" && kind == "dims" {
				bad.Add(kind+"."+n, "figures.personal", w)
			}
			if kind != "keys" && kind != "own" && col.Name.ZH == "" {
				bad.Add(kind+"."+n, "error.required")
			}
		}
	}
	for _, n := range s.Show {
		if _, ok := s.shown(n); !ok {
			bad.Add("show", "figures.column", n)
		}
	}
	return bad.Err()
}

// plain reports whether a feature's SQL holds neither a placeholder nor a second statement.
func plain(sql string) bool { return !strings.ContainsAny(sql, "$;?") && !strings.Contains(sql, "--") }

// column returns a Time or Dim, which a condition may name, and whether it is a Time.
func (s Source) column(n string) (col Col, isTime, ok bool) {
	if col, ok = s.Times[n]; ok {
		return col, true, true
	}
	col, ok = s.Dims[n]
	return col, false, ok
}

// checkDef returns what is wrong with d, field by field, as a form shows it.
func (c *Catalogue) checkDef(d Def) error {
	var bad errs.List
	if !code.MatchString(d.Code) {
		bad.Add("code", "figures.code")
	}
	if d.Version < 1 {
		bad.Add("version", "error.number")
	}
	checkWords(&bad, d.Name, d.Says, d.Unit)
	s, ok := c.sources[d.Source]
	if !ok {
		bad.Add("source", "error.choice")
		return bad.Err()
	}
	time := func(field, n string, must bool) {
		if n == "" && must {
			bad.Add(field, "error.required")
		}
		if _, ok := s.Times[n]; n != "" && !ok {
			bad.Add(field, "figures.column", n)
		}
	}
	switch d.Kind {
	case Cohort, Flow:
		time("time", d.Time, true)
		if d.Since+d.Until != "" {
			bad.Add("since", "figures.kind_time")
		}
	case Stock:
		time("since", d.Since, s.AsOf == nil)
		time("until", d.Until, false)
		if d.Time != "" || d.Until != "" && d.Since == "" {
			bad.Add("time", "figures.kind_time")
		}
	default:
		bad.Add("kind", "error.choice")
	}
	for i, w := range d.Where {
		c.checkCond(&bad, s, fmt.Sprintf("where.%d", i), w)
	}
	if _, ok := s.Keys[d.Distinct]; d.Distinct != "" && !ok {
		bad.Add("distinct", "figures.column", d.Distinct)
	}
	if _, ok := s.Sums[d.Sum]; d.Sum != "" && !ok {
		bad.Add("sum", "figures.column", d.Sum)
	}
	if d.Sum != "" && d.Distinct != "" {
		bad.Add("sum", "figures.sum_or_distinct")
	}
	return bad.Err()
}

func (c *Catalogue) checkCond(bad *errs.List, s Source, field string, w Cond) {
	_, isTime, ok := s.column(w.Col)
	if !ok {
		bad.Add(field, "figures.column", w.Col)
		return
	}
	if _, ok := s.Times[w.Than]; w.Than != "" && !ok {
		bad.Add(field, "figures.column", w.Than)
	}
	var fits bool
	switch w.Op {
	case In, NotIn:
		fits = !isTime && len(w.Values) > 0 && len(w.Values) <= maxCodes && w.Than == "" && w.Days == 0
	case IsNull, NotNull:
		fits = len(w.Values) == 0 && w.Than == "" && w.Days == 0
	case BeforeEnd, NotBeforeEnd:
		fits = isTime && len(w.Values) == 0 && w.Than == "" && w.Days >= -maxDays && w.Days <= maxDays
	case InPeriod:
		fits = isTime && len(w.Values) == 0 && w.Than == "" && w.Days == 0
	case Before, NotBefore:
		fits = isTime && len(w.Values) == 0 && w.Than != "" && w.Days == 0
	}
	if !fits {
		bad.Add(field, "figures.cond")
	}
}

// maxDays bounds the shift of a condition: about a century.
const maxDays = 36600

func checkWords(bad *errs.List, name, says, unit i18n.Pair) {
	for _, f := range []struct {
		field string
		pair  i18n.Pair
		max   int
	}{{"name", name, 60}, {"says", says, 400}, {"unit", unit, 20}} {
		if strings.TrimSpace(f.pair.ZH) == "" {
			bad.Add(f.field, "error.required")
		}
		if len([]rune(f.pair.ZH)) > f.max || len([]rune(f.pair.EN)) > 3*f.max {
			bad.Add(f.field, "error.too_long", f.max)
		}
	}
}

// checkFormula returns what is wrong with f. A ratio of two figures of which only one counts the records in confidence
// would compare unlike things, so it is refused.
func (c *Catalogue) checkFormula(f Formula) error {
	var bad errs.List
	if !code.MatchString(f.Code) || strings.HasPrefix(f.Code, ownPrefix) {
		bad.Add("code", "figures.code")
	}
	if f.Version < 1 {
		bad.Add("version", "error.number")
	}
	checkWords(&bad, f.Name, f.Says, f.Unit)
	a, ok := c.defs[f.A]
	if !ok {
		bad.Add("a", "figures.operand", f.A)
		return bad.Err()
	}
	switch f.Op {
	case Median:
		if _, ok := c.sources[a.Source].Sums[f.B]; !ok {
			bad.Add("b", "figures.column", f.B)
		}
	case Ratio, Total:
		b, ok := c.defs[f.B]
		if !ok {
			bad.Add("b", "figures.operand", f.B)
			break
		}
		if f.Op == Ratio && a.Source == b.Source && c.countsVeiled(a, Scope{}) != c.countsVeiled(b, Scope{}) {
			bad.Add("b", "figures.ratio_veiled")
		}
	default:
		bad.Add("op", "error.choice")
	}
	return bad.Err()
}

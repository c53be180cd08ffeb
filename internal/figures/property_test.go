package figures_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/figures"
)

// moments are where mistakes would show: at, just before and just after every edge of the week.
func moments() []int64 {
	from, to := week.Bounds()
	return []int64{from - 86400000, from - 1, from, from + 1, at(3, 12), to - 1, to, to + 1, to + 86400000}
}

func drawThings(t *rapid.T) []thing {
	when := rapid.SampledFrom(moments())
	maybe := rapid.Ptr(when, true)
	things := make([]thing, rapid.IntRange(0, 14).Draw(t, "things"))
	for i := range things {
		x := open(i, rapid.SampledFrom([]string{"east", "west", ""}).Draw(t, "village"), when.Draw(t, "registered"))
		x.Channel = rapid.Ptr(rapid.SampledFrom([]string{"scan", "letter", ""}), true).Draw(t, "channel")
		x.Household = rapid.Ptr(rapid.SampledFrom([]string{"h1", "h2", "h3"}), true).Draw(t, "household")
		x.Copies = rapid.Ptr(rapid.Int64Range(0, 500), true).Draw(t, "copies")
		x.Due, x.Answered = maybe.Draw(t, "due"), maybe.Draw(t, "answered")
		x.Veiled = rapid.Bool().Draw(t, "veiled")
		if then := when.Draw(t, "changed"); then > x.Registered {
			x = x.became(rapid.SampledFrom([]string{"resolved", "declined"}).Draw(t, "state"), then)
		}
		things[i] = x
	}
	return things
}

func drawDef(t *rapid.T) figures.Def {
	d := figures.Def{Code: "own.drawn", Version: 1, Name: zh("名"), Says: zh("句"), Unit: zh("件"), Source: "thing"}
	d.Kind = rapid.SampledFrom([]figures.Kind{figures.Cohort, figures.Flow, figures.Stock}).Draw(t, "kind")
	visits := rapid.Bool().Draw(t, "visits")
	dims := []string{"village", "channel", "state"}
	if visits {
		d.Source, dims = "visit", []string{"village"}
		d.Distinct = rapid.SampledFrom([]string{"", "household"}).Draw(t, "distinct")
	}
	if d.Distinct == "" {
		d.Sum = rapid.SampledFrom([]string{"", "copies"}).Draw(t, "sum")
	}
	if d.Kind == figures.Stock {
		d.Since = "registered"
		d.Until = rapid.SampledFrom([]string{"", "answered", "due"}).Draw(t, "until")
	} else {
		d.Time = rapid.SampledFrom([]string{"registered", "answered", "due"}).Draw(t, "time")
	}
	times := rapid.SampledFrom([]string{"registered", "answered", "due"})
	for range rapid.IntRange(0, 3).Draw(t, "conditions") {
		w := figures.Cond{Op: rapid.SampledFrom([]figures.Op{figures.In, figures.NotIn, figures.IsNull, figures.NotNull, figures.BeforeEnd,
			figures.NotBeforeEnd, figures.InPeriod, figures.Before, figures.NotBefore}).Draw(t, "op")}
		switch w.Op {
		case figures.In, figures.NotIn:
			w.Col = rapid.SampledFrom(dims).Draw(t, "dim")
			w.Values = rapid.SliceOfN(rapid.SampledFrom([]string{"east", "scan", "open", "resolved", ""}), 1, 3).Draw(t, "values")
		case figures.IsNull, figures.NotNull:
			w.Col = rapid.SampledFrom(append(dims, "due", "answered")).Draw(t, "column")
		default:
			w.Col = times.Draw(t, "column")
		}
		if w.Op == figures.Before || w.Op == figures.NotBefore {
			w.Than = times.Draw(t, "than")
		}
		if w.Op == figures.BeforeEnd || w.Op == figures.NotBeforeEnd {
			w.Days = rapid.IntRange(-1, 1).Draw(t, "days")
		}
		d.Where = append(d.Where, w)
	}
	return d
}

// model is the tests' own idea of a figure: plain Go over plain structs.
type model struct {
	def      figures.Def
	scope    figures.Scope
	from, to int64
	now      int64
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func (m model) dim(x thing, n string) string {
	switch n {
	case "village":
		return x.Village
	case "channel":
		return text(x.Channel)
	}
	return m.state(x)
}

func (m model) state(x thing) string {
	end := min(m.to, m.now+1)
	for _, s := range x.Spans {
		if s.Since < end && (s.Until == nil || *s.Until >= end) {
			return s.State
		}
	}
	return "not yet"
}

func (m model) time(x thing, n string) *int64 {
	return map[string]*int64{"registered": &x.Registered, "due": x.Due, "answered": x.Answered}[n]
}

func (m model) has(x thing) bool {
	known, instant := min(m.to, m.now+1), min(m.to, m.now)
	d := m.def
	if d.Source == "thing" && m.state(x) == "not yet" {
		return false
	}
	if at := m.time(x, d.Time); d.Time != "" && (at == nil || *at < m.from || *at >= m.to) {
		return false
	}
	if at := m.time(x, d.Since); d.Since != "" && (at == nil || *at >= known) {
		return false
	}
	if at := m.time(x, d.Until); d.Until != "" && at != nil && *at < known {
		return false
	}
	if d.Distinct != "" && x.Household == nil {
		return false
	}
	for n, codes := range m.scope.Dims {
		if !slices.Contains(codes, m.dim(x, n)) {
			return false
		}
	}
	for _, w := range d.Where {
		at, isTime := m.time(x, w.Col), slices.Contains([]string{"registered", "due", "answered"}, w.Col)
		none := isTime && at == nil || !isTime && m.dim(x, w.Col) == ""
		var ok bool
		switch w.Op {
		case figures.In:
			ok = slices.Contains(w.Values, m.dim(x, w.Col))
		case figures.NotIn:
			ok = !slices.Contains(w.Values, m.dim(x, w.Col))
		case figures.IsNull:
			ok = none
		case figures.NotNull:
			ok = !none
		case figures.BeforeEnd:
			ok = at != nil && *at < instant+int64(w.Days)*86400000
		case figures.NotBeforeEnd:
			ok = at != nil && *at >= instant+int64(w.Days)*86400000
		case figures.InPeriod:
			ok = at != nil && *at >= m.from && *at < m.to
		case figures.Before:
			than := m.time(x, w.Than)
			ok = at != nil && than != nil && *at < *than
		case figures.NotBefore:
			than := m.time(x, w.Than)
			ok = at != nil && than != nil && *at >= *than
		}
		if !ok {
			return false
		}
	}
	return true
}

// total adds rows up.
func (m model) total(rows []thing) (sum int64) {
	homes := map[string]bool{}
	for _, x := range rows {
		switch {
		case m.def.Distinct != "":
			homes[*x.Household] = true
		case m.def.Sum == "":
			sum++
		case x.Copies != nil:
			sum += *x.Copies
		}
	}
	return sum + int64(len(homes))
}

func (m model) veilable() bool {
	ok := m.def.Source == "thing" && len(m.scope.Dims) == 0
	for _, w := range m.def.Where {
		ok = ok && w.Col != "village" && w.Col != "channel"
	}
	return ok
}

// rows returns what is listed and what is only counted.
func (m model) rows(things []thing) (listed, veiled []thing) {
	for _, x := range things {
		switch {
		case !m.has(x):
		case m.def.Source == "thing" && x.Veiled:
			veiled = append(veiled, x)
		default:
			listed = append(listed, x)
		}
	}
	if !m.veilable() {
		veiled = nil
	}
	return listed, veiled
}

func TestAnyFigureIsTheSumOfItsRows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		build(t, d)
		rapid.Check(t, func(rt *rapid.T) {
			things, def := drawThings(rt), drawDef(rt)
			m := model{def: def, now: rapid.SampledFrom(moments()).Draw(rt, "now")}
			period := rapid.SampledFrom([]calendar.Period{week, {}}).Draw(rt, "period")
			m.from, m.to = period.Bounds()
			if rapid.Bool().Draw(rt, "narrowed") {
				m.scope = m.scope.With("village", rapid.SliceOfN(rapid.SampledFrom([]string{"east", "west", "", "x"}), 0, 3).Draw(rt, "villages")...)
			}
			clock.Set(time.UnixMilli(m.now))
			empty(t, d)
			put(t, d, dbtest.Town, things...)
			c, err := figures.New(sources(), append(defs(), shipped(def)), nil)
			if err != nil {
				rt.Fatal(err)
			}
			view(t, d, dbtest.Town, func(tx *db.Tx) { holds(rt, c, tx, m, period, things) })
		})
	})
}

func shipped(d figures.Def) figures.Def { d.Code = "thing.drawn"; return d }

func holds(t *rapid.T, c *figures.Catalogue, tx *db.Tx, m model, p calendar.Period, things []thing) {
	const code = "thing.drawn"
	listed, veiled := m.rows(things)
	vs, err := c.Compute(ctx, tx, []string{code}, m.scope, p)
	if err != nil {
		t.Fatal(err)
	}
	v := vs[0]
	if v.Value != m.total(listed)+m.total(veiled) || v.Evidence != int64(len(listed)) || v.Veiled != int64(len(veiled)) || v.VeiledAmount != m.total(veiled) {
		t.Fatalf("got %d over %d and %d, want %d over %d and %d", v.Value, v.Evidence, v.Veiled, m.total(listed)+m.total(veiled), len(listed), len(veiled))
	}
	var want []string
	for _, x := range listed {
		want = append(want, x.ID)
	}
	l := figures.List{Code: code, Scope: m.scope, Period: p, Sight: figures.Sight{All: true}, Limit: 1 + len(listed)/3,
		Order: rapid.SampledFrom([]figures.Order{figures.Newest, figures.Oldest, figures.ByLabel}).Draw(t, "order")}
	var paged, walked []string
	var sum int64
	for {
		page, err := c.Rows(ctx, tx, l)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Rows {
			paged = append(paged, r.ID)
			sum += r.Amount
		}
		if page.Value.Value != v.Value || page.Listed != v.Evidence || page.Unlisted != 0 {
			t.Fatalf("page says %d, %d listed, %d not", page.Value.Value, page.Listed, page.Unlisted)
		}
		if l.After = page.Next; l.After == "" {
			break
		}
	}
	if err := c.Walk(ctx, tx, l, func(r figures.Row) error { walked = append(walked, r.ID); return nil }); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(paged, walked) {
		t.Fatalf("pages %v, walk %v", paged, walked)
	}
	if slices.Sort(paged); !slices.Equal(paged, want) {
		t.Fatalf("pages visit %v, want each once of %v", paged, want)
	}
	if m.def.Distinct == "" && sum != v.Value-v.VeiledAmount {
		t.Fatalf("rows add up to %d, value %d less %d", sum, v.Value, v.VeiledAmount)
	}
	parts, whole, err := c.By(ctx, tx, code, "village", m.scope, p)
	if err != nil {
		t.Fatal(err)
	}
	var rows, total int64
	for _, part := range parts {
		rows, total = rows+part.Evidence, total+part.Value
	}
	if whole.Value != v.Value || rows != v.Evidence || m.def.Distinct == "" && total != v.Value-v.VeiledAmount {
		t.Fatalf("parts %v of %d: %d over %d rows", slices.Collect(maps.Keys(parts)), whole.Value, total, rows)
	}
	if ps, err := c.Recount(ctx, tx, nil); err != nil || len(ps) > 0 && !future(things, m.now) {
		t.Fatalf("recount: %v, %v", ps, err)
	}
}

// future reports whether a thing was registered later than now, which no real record is; recount says so.
func future(things []thing, now int64) bool {
	return slices.ContainsFunc(things, func(x thing) bool { return x.Registered > now })
}

var placeholders = regexp.MustCompile(`\$\d+`)

// TestInputNeverChangesTheStatement: whatever a user gives as a code of the scope or of a definition, the text is that
// of any other code.
func TestInputNeverChangesTheStatement(t *testing.T) {
	c := catalogue(t)
	now := time.UnixMilli(at(9, 0))
	compile := func(t *rapid.T, codes, values []string) figures.Query {
		d := defs()[1]
		d.Where = []figures.Cond{{Col: "state", Op: figures.NotIn, Values: values}}
		q, err := c.Evidence(d, figures.Scope{}.With("village", codes...).With("channel", codes...), week, now)
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	rapid.Check(t, func(t *rapid.T) {
		hostile := rapid.OneOf(rapid.SampledFrom([]string{"' OR 1=1 --", "$1", "x'); DROP TABLE things; --", "\\", "村", "\"", "NULL"}),
			rapid.String().Filter(func(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }))
		codes := rapid.SliceOfN(hostile, 1, 4).Draw(t, "codes")
		values := rapid.SliceOfN(hostile, 1, 4).Draw(t, "values")
		plain := slices.Repeat([]string{"a"}, len(codes))
		got, want := compile(t, codes, values), compile(t, plain, slices.Repeat([]string{"a"}, len(values)))
		if got.Text != want.Text {
			t.Fatalf("%q changed the statement:\n%s\n%s", codes, got.Text, want.Text)
		}
		if n := len(placeholders.FindAllString(strings.ReplaceAll(got.Text, "$1 ", " "), -1)); n != len(got.Args) {
			t.Fatalf("%d placeholders, %d arguments", n, len(got.Args))
		}
	})
}

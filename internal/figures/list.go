package figures

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/i18n"
)

// Sight says which rows somebody may list: all of them, or those that lie in at least one of Any, whose Scopes may
// also name the source's Own columns. The zero Sight sees nothing. It never changes a value.
type Sight struct {
	All bool
	Any []Scope
}

// Order is how a list runs.
type Order string

// The orders.
const (
	Newest  Order = ""      // by the definition's Time, the newest first
	Oldest  Order = "time"  // by the definition's Time, the oldest first
	ByLabel Order = "label" // by label
)

// List asks for the rows behind a figure.
type List struct {
	Code   string
	Scope  Scope
	Period calendar.Period
	Sight  Sight
	Order  Order
	After  string // Page.Next of the page before, or ""
	Limit  int    // rows on a page: 1 to 500; 50 when 0
}

// Page is one page of rows with what must be said beside them: Value.Evidence = Listed + Unlisted, and Value.Veiled
// more are counted in confidence.
type Page struct {
	Def      Def
	Value    Value
	Columns  []Column // beside the label
	Rows     []Row
	Listed   int64  // how many rows the viewer may list, on all pages
	Unlisted int64  // how many are not the viewer's to list
	Next     string // After of the next page, "" on the last
}

// Column is a column that a list shows beside the label.
type Column struct {
	Name string    // in the source: times registered, dims village …
	Kind string    // time | dim | sum
	Head i18n.Pair // as a table's head
	Unit i18n.Pair // of a sum
}

// Row is one record of the evidence.
type Row struct {
	ID     string
	Label  string
	At     time.Time // what the list runs by
	Amount int64     // what the row adds to the value; 1 unless the figure adds up quantities
	Cells  []Cell    // as Page.Columns
}

// Cell is one shown value. Code is of a dim, Time of a time (zero for none), Number of a sum.
type Cell struct {
	Code   string
	Time   time.Time
	Number int64
	Empty  bool // NULL
}

const (
	defaultLimit = 50
	maxLimit     = 500
)

// Rows returns a page of the figure's evidence. Errors: NotFound for a code that is no definition's, Invalid for a
// scope, order or place that does not fit.
func (c *Catalogue) Rows(ctx context.Context, tx *db.Tx, l List) (Page, error) {
	d, err := c.Def(ctx, tx, l.Code)
	if err != nil {
		return Page{}, err
	}
	if l.Limit == 0 {
		l.Limit = defaultLimit
	}
	if l.Limit < 1 || l.Limit > maxLimit {
		return Page{}, errs.Field("limit", "figures.limit", maxLimit)
	}
	p := Page{Def: d, Columns: c.Columns(d)}
	w := windowOf(l.Period, tx.Now)
	m, err := c.memoIn(ctx, tx, l.Scope, w)
	if err != nil {
		return Page{}, err
	}
	if p.Value, p.Listed, err = c.counted(ctx, tx, m, d, l.Scope, l.Sight, w); err != nil {
		return Page{}, err
	}
	p.Unlisted = p.Value.Evidence - p.Listed
	rows := l.Limit + 1
	if l.After == "" { // where the last of few has been found, nothing need be looked through for more
		rows = min(rows, int(p.Listed))
	}
	if p.Rows, err = c.page(ctx, tx, m, d, l, w, rows); err != nil {
		return Page{}, err
	}
	if len(p.Rows) > l.Limit {
		p.Rows = p.Rows[:l.Limit]
		p.Next = l.place(p.Rows[l.Limit-1])
	}
	return p, nil
}

// page returns the first rows of a list, remembered or read. They are shared: read them only.
func (c *Catalogue) page(ctx context.Context, tx *db.Tx, m *memoIn, d Def, l List, w window, rows int) (out []Row, err error) {
	q, err := l.question(c.sources[d.Source], rows)
	if err != nil {
		return nil, err
	}
	if out, ok := m.rows(d, q); ok {
		return out, nil
	}
	query, err := c.list(d, l, w, rows)
	if err != nil || rows == 0 {
		return nil, err
	}
	err = c.each(ctx, tx, d, c.Columns(d), query, func(r Row) error { out = append(out, r); return nil })
	if err == nil {
		m.putRows(d, q, out)
	}
	return out, err
}

// question asks for the first rows of a list.
func (l List) question(s Source, rows int) (question, error) {
	b, err := json.Marshal(l.Sight)
	return question{fmt.Sprintf("rows %d %q %q %s", rows, l.Order, l.After, b), slices.Concat(l.Sight.names(), s.Show, []string{s.Order})}, err
}

// Walk calls fn for every row that the viewer may list, in the list's order, in one statement: for a download.
func (c *Catalogue) Walk(ctx context.Context, tx *db.Tx, l List, fn func(Row) error) error {
	d, err := c.Def(ctx, tx, l.Code)
	if err != nil {
		return err
	}
	query, err := c.list(d, l, windowOf(l.Period, tx.Now), 0)
	if err != nil {
		return err
	}
	return c.each(ctx, tx, d, c.Columns(d), query, fn)
}

// Listed returns how many rows the viewer may list: the number on a worklist's badge, always that of its list.
func (c *Catalogue) Listed(ctx context.Context, tx *db.Tx, l List) (int64, error) {
	d, err := c.Def(ctx, tx, l.Code)
	if err != nil {
		return 0, err
	}
	w := windowOf(l.Period, tx.Now)
	m, err := c.memoIn(ctx, tx, l.Scope, w)
	if err != nil {
		return 0, err
	}
	_, n, err := c.counted(ctx, tx, m, d, l.Scope, l.Sight, w)
	return n, err
}

// sight is the condition of what may be listed.
func (b *builder) sight(s Source, sight Sight) (string, error) {
	if sight.All {
		return "1 = 1", nil
	}
	var ways []string
	for _, scope := range sight.Any {
		var all []string
		if err := b.scope(s.Dims, s.Own, scope, func(cond string) { all = append(all, cond) }); err != nil {
			return "", err
		}
		if len(all) == 0 { // a Scope without a Dim would be everything: Sight.All says that in so many words
			continue
		}
		ways = append(ways, "("+strings.Join(all, " AND ")+")")
	}
	if len(ways) == 0 {
		return "1 = 0", nil
	}
	return "(" + strings.Join(ways, " OR ") + ")", nil
}

// Columns returns what a list of d shows beside the label.
func (c *Catalogue) Columns(d Def) []Column {
	s := c.sources[d.Source]
	out := make([]Column, 0, len(s.Show))
	for _, n := range s.Show {
		col, _ := s.shown(n)
		kind := "sum"
		if _, isTime, ok := s.column(n); isTime {
			kind = "time"
		} else if ok {
			kind = "dim"
		}
		out = append(out, Column{Name: n, Kind: kind, Head: col.Name, Unit: col.Unit})
	}
	return out
}

// shown returns a column that a list may show.
func (s Source) shown(n string) (Col, bool) {
	if col, _, ok := s.column(n); ok {
		return col, true
	}
	col, ok := s.Sums[n]
	return col, ok
}

// ordered returns the Time by which a list of d runs, as an expression that is never NULL.
func (s Source) ordered(d Def) string {
	n := d.Time
	if n == "" {
		n = d.Since
	}
	if n != "" {
		return s.Times[n].SQL // the definition asked it for a moment, so it is there
	}
	if col := s.Times[s.Order]; !col.Null {
		return col.SQL
	}
	return "COALESCE(" + s.Times[s.Order].SQL + ", 0)"
}

// list compiles a page of rows: id, label, time, amount, shown columns. A limit of 0 is none; ids, where there are
// any, are the only records it may give, and their order.
func (c *Catalogue) list(d Def, l List, w window, limit int, ids ...string) (Query, error) {
	s := c.sources[d.Source]
	b := &builder{window: w}
	extras := []extra{{s.Label, "label"}, {s.ordered(d), "o"}}
	head := "SELECT e.id, e.label, e.o, e.amount"
	for i, n := range s.Show {
		col, _ := s.shown(n)
		as := "c" + strconv.Itoa(i)
		extras = append(extras, extra{col.SQL, as})
		head += ", e." + as
	}
	inner, err := c.evidence(b, d, l.Scope, false, extras...)
	if err == nil && !l.Sight.All {
		var cond string
		cond, err = b.sight(s, l.Sight)
		inner += " AND " + cond
	}
	if err != nil {
		return Query{}, err
	}
	key, dir, than := "e.o", "DESC", "<"
	switch l.Order {
	case Newest:
	case Oldest:
		dir, than = "ASC", ">"
	case ByLabel:
		key, dir, than = "e.label", "ASC", ">"
	default:
		return Query{}, errs.Field("order", "error.choice")
	}
	if len(ids) > 0 {
		inner += " AND " + s.ID + " IN " + b.codes(ids)
		key, dir = "e.id", "ASC"
	}
	text := head + " FROM (" + inner + ") e"
	if l.After != "" {
		at, id, err := l.after()
		if err != nil {
			return Query{}, err
		}
		text += fmt.Sprintf(" WHERE (%s, e.id) %s (%s, %s)", key, than, b.bind(at), b.bind(id))
	}
	text += fmt.Sprintf(" ORDER BY %s %s, e.id %s", key, dir, dir)
	if limit > 0 {
		text += " LIMIT " + b.bind(limit)
	}
	return Query{text, b.args}, nil
}

// place is the key of the last row of a page, as an address carries it.
func (l List) place(r Row) string {
	key := r.Label
	if l.Order != ByLabel {
		key = strconv.FormatInt(r.At.UnixMilli(), 10)
	}
	b, _ := json.Marshal([2]string{key, r.ID}) // strings always marshal
	return base64.RawURLEncoding.EncodeToString(b)
}

// after reads what place wrote. Errors: Invalid for anything else.
func (l List) after() (key any, id string, err error) {
	var kv [2]string
	b, err := base64.RawURLEncoding.DecodeString(l.After)
	if err == nil {
		err = json.Unmarshal(b, &kv)
	}
	key = kv[0]
	if err == nil && l.Order != ByLabel {
		key, err = strconv.ParseInt(kv[0], 10, 64)
	}
	if err != nil || kv[1] == "" || strings.ContainsRune(kv[0]+kv[1], 0) {
		return nil, "", errs.Field("after", "figures.after")
	}
	return key, kv[1], nil
}

// each reads the rows of a list.
func (c *Catalogue) each(ctx context.Context, tx *db.Tx, d Def, columns []Column, q Query, fn func(Row) error) error {
	codes, numbers := make([]sql.NullString, len(columns)), make([]sql.NullInt64, len(columns))
	var r Row
	var at int64
	dest := []any{&r.ID, &r.Label, &at, &r.Amount}
	for i, col := range columns {
		if col.Kind == "dim" {
			dest = append(dest, &codes[i])
		} else {
			dest = append(dest, &numbers[i])
		}
	}
	err := tx.Each(ctx, func(rows *sql.Rows) error {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		out := r
		out.At, out.Cells = time.UnixMilli(at), make([]Cell, len(columns))
		for i, col := range columns {
			switch {
			case col.Kind == "dim":
				out.Cells[i] = Cell{Code: codes[i].String, Empty: !codes[i].Valid}
			case !numbers[i].Valid:
				out.Cells[i] = Cell{Empty: true}
			case col.Kind == "time":
				out.Cells[i] = Cell{Time: time.UnixMilli(numbers[i].Int64)}
			default:
				out.Cells[i] = Cell{Number: numbers[i].Int64}
			}
		}
		return fn(out)
	}, q.Text, q.Args...)
	if err != nil {
		return fmt.Errorf("list rows of %s: %w", d.Code, err)
	}
	return nil
}

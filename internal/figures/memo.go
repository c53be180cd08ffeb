package figures

import (
	"container/list"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"yanming/internal/db"
	"yanming/internal/journal"
)

// memo remembers what was counted, and pages of evidence. A count is a function of the town's records and of the time;
// the records change only with an event, so the number of the journal's last event stands in the key, and what the clock
// changes is remembered with the moment until which it holds. Of a period that has ended, the rows of a lasting source
// change only where something is told of its days afterwards, and how often that was so stands in the key instead. So
// nothing old is ever shown, and the report of last week is there at once while the town goes on working.
//
// It is bounded, the longest unused go first, and it is safe for concurrent use.
type memo struct {
	mu     sync.Mutex
	index  map[string]*list.Element
	used   *list.List // of *remembered, the latest used first
	weight int        // cells held
	latest int64      // the latest moment that it was asked at
}

type remembered struct {
	key         string
	cells       map[string]cell
	rows        []Row
	from, until int64 // moments between which it holds, from included
}

// memoWeight bounds how many counts are held: some ten megabytes.
const memoWeight = 60_000

func newMemo() *memo { return &memo{index: map[string]*list.Element{}, used: list.New()} }

func (m *memo) get(key string, now int64) (*remembered, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if now < m.latest-settled.Milliseconds() { // the clock was set back: what was over may go on
		m.index, m.weight = map[string]*list.Element{}, 0
		m.used.Init()
	}
	m.latest = now
	e := m.index[key]
	if e == nil {
		return nil, false
	}
	x := e.Value.(*remembered)
	if now < x.from || now >= x.until {
		return nil, false
	}
	m.used.MoveToFront(e)
	return x, true
}

func (m *memo) put(x remembered) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if old := m.index[x.key]; old != nil {
		m.drop(old)
	}
	m.index[x.key] = m.used.PushFront(&x)
	m.weight += x.weight()
	for m.weight > memoWeight {
		m.drop(m.used.Back())
	}
}

func (m *memo) drop(e *list.Element) {
	x := m.used.Remove(e).(*remembered)
	delete(m.index, x.key)
	m.weight -= x.weight()
}

func (x *remembered) weight() int { return 4 + len(x.cells) + rowWeight*len(x.rows) }

// rowWeight is how many cells weigh as much as a row of evidence.
const rowWeight = 4

// memoIn is the memory as one transaction may use it, for one scope and window.
type memoIn struct {
	memo    *memo // nil where nothing may be remembered
	sources map[string]Source
	scope   []string // the Dims that it names
	ask     string   // town, scope and end of the window, as a key begins
	from    string   // of the window
	seq     int64    // of the journal
	marks   map[string]int64
	now     int64
	open    bool // the window has not ended
	over    bool // and it ended so long ago that nothing of today belongs to it
}

// memoIn opens the memory at the journal's position that the transaction sees. A transaction that writes sees what may
// never be committed, so it neither takes from the memory nor leaves anything there.
func (c *Catalogue) memoIn(ctx context.Context, tx *db.Tx, s Scope, w window) (*memoIn, error) {
	if tx.Writes() {
		return &memoIn{}, nil
	}
	m := &memoIn{memo: c.memo, sources: c.sources, scope: sortedKeys(s.Dims), from: fmt.Sprint(w.from), now: tx.Now.UnixMilli(), open: w.open(), over: w.over(tx.Now)}
	scope, err := json.Marshal(s.canonical())
	if err != nil {
		return nil, err
	}
	m.ask = fmt.Sprintf("%s %d %t %s", tx.Town, w.to, m.open, scope)
	if m.seq, err = journal.Head(ctx, tx); err != nil {
		return nil, fmt.Errorf("read position of journal: %w", err)
	}
	if m.over {
		m.marks, err = marks(ctx, tx, w)
	}
	return m, err
}

// question is what is remembered of a definition, and which of its source's columns it asks beside those of the
// definition and the scope.
type question struct {
	text    string
	columns []string
}

// whole asks for a definition's value.
var whole = question{}

func byDim(dim string) question { return question{"by " + dim, []string{dim}} }

func median(column, dim string) question {
	if dim == "" {
		return question{"median " + column, []string{column}}
	}
	return question{"median " + column + " by " + dim, []string{column, dim}}
}

// key names one count of a definition, which stands in it whole: a frozen figure may be reckoned by an older one.
func (m *memoIn) key(d Def, q question) (string, error) {
	b, err := json.Marshal(d)
	from := m.from
	if d.Time == "" && !slices.ContainsFunc(d.Where, func(w Cond) bool { return w.Op == InPeriod }) {
		from = "" // what there is at the end is the same for every period that ends there
	}
	at := fmt.Sprint("at ", m.seq)
	if s := m.sources[d.Source]; m.over && s.Lasting && !s.moves(m.scope) && !s.moves(d.names()) && !s.moves(q.columns) {
		at = fmt.Sprint("since ", m.marks[d.Source])
	}
	return strings.Join([]string{m.ask, at, from, q.text, string(b)}, "\n"), err
}

func (m *memoIn) find(d Def, q question) (*remembered, bool) {
	if m.memo == nil {
		return nil, false
	}
	key, err := m.key(d, q)
	if err != nil {
		return nil, false
	}
	return m.memo.get(key, m.now)
}

func (m *memoIn) get(d Def, q question) (map[string]cell, bool) {
	x, ok := m.find(d, q)
	if !ok {
		return nil, false
	}
	return x.cells, true
}

// rows returns a page of evidence that is remembered. Only those of periods that have ended are.
func (m *memoIn) rows(d Def, q question) ([]Row, bool) {
	x, ok := m.find(d, q)
	if !ok {
		return nil, false
	}
	return x.rows, true
}

func (m *memoIn) put(d Def, q question, cells map[string]cell, until int64) {
	m.keep(d, q, remembered{cells: cells, from: m.now, until: until})
}

func (m *memoIn) putRows(d Def, q question, rows []Row) {
	if !m.open {
		m.keep(d, q, remembered{rows: rows})
	}
}

func (m *memoIn) keep(d Def, q question, x remembered) {
	if m.memo == nil {
		return
	}
	var err error
	if x.key, err = m.key(d, q); err != nil {
		return
	}
	if !m.open {
		x.from, x.until = 0, forever // the key says that the period has ended
	}
	m.memo.put(x)
}

// in asks for the count of what lies in a sight.
func (s Sight) in() (question, error) {
	b, err := json.Marshal(s)
	return question{"listed " + string(b), s.names()}, err
}

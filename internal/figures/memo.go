package figures

import (
	"container/list"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"yanming/internal/db"
	"yanming/internal/journal"
)

// memo remembers what was counted. A count is a function of the town's records and of the time; the records change
// only with an event, so the number of the journal's last event stands in the key, and what the clock changes is
// remembered with the moment until which it holds. So nothing has to be told to forget anything, and nothing old is
// ever shown. It is bounded, the longest unused go first, and it is safe for concurrent use.
type memo struct {
	mu     sync.Mutex
	index  map[string]*list.Element
	used   *list.List // of *remembered, the latest used first
	weight int        // cells held
}

type remembered struct {
	key         string
	cells       map[string]cell
	from, until int64 // moments between which it holds, from included
}

// memoWeight bounds how many counts are held: some ten megabytes.
const memoWeight = 60_000

func newMemo() *memo { return &memo{index: map[string]*list.Element{}, used: list.New()} }

func (m *memo) get(key string, now int64) (map[string]cell, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.index[key]
	if e == nil {
		return nil, false
	}
	x := e.Value.(*remembered)
	if now < x.from || now >= x.until {
		return nil, false
	}
	m.used.MoveToFront(e)
	return x.cells, true
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

func (x *remembered) weight() int { return 4 + len(x.cells) }

// memoIn is the memory as one transaction may use it, for one scope and window.
type memoIn struct {
	memo *memo // nil where nothing may be remembered
	head string
	from string // of the window
	now  int64
	open bool
}

// memoIn opens the memory at the journal's position that the transaction sees. A transaction that writes sees what may
// never be committed, so it neither takes from the memory nor leaves anything there.
func (c *Catalogue) memoIn(ctx context.Context, tx *db.Tx, s Scope, w window) (*memoIn, error) {
	if tx.Writes() {
		return &memoIn{}, nil
	}
	seq, err := journal.Head(ctx, tx)
	if err != nil {
		return nil, fmt.Errorf("read position of journal: %w", err)
	}
	scope, err := json.Marshal(s.canonical())
	if err != nil {
		return nil, err
	}
	head := fmt.Sprintf("%s %d %d %t %s", tx.Town, seq, w.to, w.open(), scope)
	return &memoIn{memo: c.memo, head: head, from: fmt.Sprint(w.from), now: tx.Now.UnixMilli(), open: w.open()}, nil
}

// key names one count of a definition, which stands in it whole: a frozen figure may be reckoned by an older one.
func (m *memoIn) key(d Def, what string) (string, error) {
	b, err := json.Marshal(d)
	from := m.from
	if d.Time == "" && !slices.ContainsFunc(d.Where, func(w Cond) bool { return w.Op == InPeriod }) {
		from = "" // what there is at the end is the same for every period that ends there
	}
	return m.head + "\n" + from + "\n" + what + "\n" + string(b), err
}

func (m *memoIn) get(d Def, what string) (map[string]cell, bool) {
	if m.memo == nil {
		return nil, false
	}
	key, err := m.key(d, what)
	if err != nil {
		return nil, false
	}
	return m.memo.get(key, m.now)
}

func (m *memoIn) put(d Def, what string, cells map[string]cell, until int64) {
	if m.memo == nil {
		return
	}
	key, err := m.key(d, what)
	if err != nil {
		return
	}
	from := m.now
	if !m.open {
		from, until = 0, forever // the key says that the period has ended
	}
	m.memo.put(remembered{key, cells, from, until})
}

// sightKey names the count of what lies in a sight.
func sightKey(s Sight) (string, error) {
	b, err := json.Marshal(s)
	return "listed " + string(b), err
}

package casework

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"time"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/journal"
)

// counted are the worklists that have a badge: what waits for somebody. What is done grows for ever and waits for nobody.
func counted() []View { return []View{Mine, Overdue, DueSoon, ToAccept, ToCallBack, All} }

// tally is how many cases each worklist held, and for how long that is so: until the town's journal moves on, or the
// clock passes the next due moment that makes a difference.
type tally struct {
	seq   int64 // of the journal
	since int64 // Unix ms
	until int64 // inclusive
	n     map[View]int64
}

// tallies keeps the newest tallies in memory, by the question that was asked. It is exact, not nearly so: whatever could
// change an answer changes what it is kept under.
type tallies struct {
	mu   sync.Mutex
	kept map[string]tally
}

// maxTallies is how many are kept; when there are more they are all given up.
const maxTallies = 2000

func (k *tallies) get(question string, seq, now int64) (map[View]int64, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	t, ok := k.kept[question]
	if !ok || t.seq != seq || now < t.since || now > t.until {
		return nil, false
	}
	return t.n, true
}

func (k *tallies) put(question string, t tally) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.kept) >= maxTallies || k.kept == nil {
		k.kept = map[string]tally{}
	}
	k.kept[question] = t
}

// Counts returns the badges: how many cases each worklist of those counted holds for a, under the same filter as the list.
// The map is shared: read it only.
func (s *Service) Counts(ctx context.Context, tx *db.Tx, a actor.Actor, f Filter) (map[View]int64, error) {
	if a.Person == "" || a.Town != tx.Town {
		return nil, errs.Missing()
	}
	seq, err := journal.Head(ctx, tx)
	if err != nil {
		return nil, err
	}
	var asked []string
	for _, x := range f.equals() {
		asked = append(asked, x.value)
	}
	question := fmt.Sprintf("%q %q %t %q %q", tx.Town, a.Person, a.Doubted, a.Posts, asked) // quoted: no two are written alike
	now := tx.Now.UnixMilli()
	if n, ok := s.tallies.get(question, seq, now); ok {
		return n, nil
	}
	// One pass over what is in hand serves them all.
	text, args := relation("r.id, r.live, r.state, r.outcome, r.answer_due, r.unit_id, r.leader_id, r.pending", a, worklist(All, a, tx.Now), "", func(w *where) { w.filter(f) })
	t, err := s.count(ctx, tx, a, text, args)
	if err != nil {
		return nil, fmt.Errorf("count cases: %w", err)
	}
	t.seq = seq
	s.tallies.put(question, t)
	return t.n, nil
}

// count counts the relation text once for every worklist, and finds the next moment that changes a count.
func (s *Service) count(ctx context.Context, tx *db.Tx, a actor.Actor, text string, args []any) (tally, error) {
	w := &where{args: args}
	var sums []string
	views := counted()
	for _, v := range views {
		sums = append(sums, "count(*) FILTER (WHERE "+w.view(v, a, tx.Now)+")")
	}
	soon := tx.Now.Add(Soon)
	for _, from := range []time.Time{tx.Now, soon} {
		sums = append(sums, "min(r.answer_due) FILTER (WHERE r.answer_due >= "+w.bind(from.UnixMilli())+")")
	}
	n := make([]int64, len(views))
	var dest []any
	for i := range n {
		dest = append(dest, &n[i])
	}
	var over, near sql.NullInt64
	err := tx.Row(ctx, "SELECT "+strings.Join(sums, ", ")+" FROM ("+text+") r", w.args...).Scan(append(dest, &over, &near)...)
	if err != nil {
		return tally{}, err
	}
	t := tally{since: tx.Now.UnixMilli(), until: never, n: map[View]int64{}}
	if over.Valid {
		t.until = over.Int64
	}
	if near.Valid {
		t.until = min(t.until, near.Int64-Soon.Milliseconds())
	}
	for i, v := range views {
		t.n[v] = n[i]
	}
	return t, nil
}

// Waiting returns how many cases wait for a: the count of the worklist Mine.
func (s *Service) Waiting(ctx context.Context, tx *db.Tx, a actor.Actor) (int64, error) {
	n, err := s.Counts(ctx, tx, a, Filter{})
	return n[Mine], err
}

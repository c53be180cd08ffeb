package db

import (
	"context"
	"sync"
)

// shelf holds the reading sessions that nobody uses. The one that was put back last is taken first: it has most of its
// statements and pages, and a connection that the load does not need is not opened, or stays cold.
type shelf struct {
	free chan struct{} // one for each session in idle
	mu   sync.Mutex
	idle []*session
	all  int
}

// newShelf returns a shelf with room for n.
func newShelf(n int) *shelf { return &shelf{free: make(chan struct{}, n)} }

// add gives the shelf a session of its own.
func (h *shelf) add(s *session) { h.all++; h.put(s) }

func (h *shelf) put(s *session) {
	h.mu.Lock()
	h.idle = append(h.idle, s)
	h.mu.Unlock()
	h.free <- struct{}{}
}

// take waits for a session until ctx or life ends.
func (h *shelf) take(ctx, life context.Context) (*session, error) {
	select {
	case <-h.free:
		return h.pop(), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-life.Done():
		return nil, errClosed
	}
}

func (h *shelf) pop() *session {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.idle[len(h.idle)-1]
	h.idle = h.idle[:len(h.idle)-1]
	return s
}

// busy is how many are in use.
func (h *shelf) busy() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.all - len(h.idle)
}

// ease gives up the connections of those that nobody uses.
func (h *shelf) ease() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.idle {
		s.drop()
	}
}

// close gives every connection up, as its session comes back.
func (h *shelf) close() {
	for range h.all {
		<-h.free
		h.pop().drop()
	}
}

// Ease gives up the reading connections of SQLite that nobody uses, with what they keep of its files: a new one is there in a
// millisecond or two. On PostgreSQL it does nothing.
func (d *DB) Ease() {
	if d.engine == SQLite {
		d.readers.ease()
	}
}

//go:build linux

package loadtest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// Crowd is many residents who speak at once, and every receipt that one of them went home with.
type Crowd struct {
	Resident
	Size int

	mu       sync.Mutex
	receipts []Receipt
	refused  []error
	said     atomic.Int64
	wg       sync.WaitGroup
}

// Speak lets every resident say a word after the other until ctx ends: the first through all four pages, the others as
// a telephone does that knows the form. A word that was cut off is not said again. It returns at once.
func (c *Crowd) Speak(ctx context.Context) {
	c.Client = Clients(c.Size)
	for i := range c.Size {
		c.wg.Go(func() {
			say := func(ctx context.Context, words string) (*Receipt, error) { return c.Say(ctx, words) }
			if i%10 == 0 { // all 200 at once would keep a small machine busy with pages only
				say = c.Walk
			}
			for n := 0; ctx.Err() == nil; n++ {
				rc, err := say(ctx, fmt.Sprintf("the ditch is blocked again, %d of %d", n, i))
				say = func(ctx context.Context, words string) (*Receipt, error) { return c.Say(ctx, words) }
				c.keep(rc, err)
				if err != nil && !errors.Is(err, ErrRefused) {
					return // the server is gone
				}
			}
		})
	}
}

func (c *Crowd) keep(rc *Receipt, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if rc != nil {
		c.receipts = append(c.receipts, *rc)
		c.said.Add(1)
	}
	if errors.Is(err, ErrRefused) {
		c.refused = append(c.refused, err)
	}
}

// Said is how many receipts were handed out so far.
func (c *Crowd) Said() int { return int(c.said.Load()) }

// End waits until everybody is silent and returns their receipts and what was refused.
func (c *Crowd) End() ([]Receipt, []error) {
	c.wg.Wait()
	c.Client.CloseIdleConnections()
	return c.receipts, c.refused
}

// FindAll looks up every receipt at base, 16 at a time, and returns what is missing.
func FindAll(ctx context.Context, base string, receipts []Receipt) (missing []error) {
	r := Resident{Base: base, Client: Clients(16)}
	defer r.Client.CloseIdleConnections()
	var mu sync.Mutex
	var wg sync.WaitGroup
	next := make(chan Receipt)
	for range 16 {
		wg.Go(func() {
			for rc := range next {
				if err := r.Find(ctx, rc); err != nil {
					mu.Lock()
					missing = append(missing, err)
					mu.Unlock()
				}
			}
		})
	}
	for _, rc := range receipts {
		next <- rc
	}
	close(next)
	wg.Wait()
	return missing
}

//go:build linux

package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yanming/internal/id"
	"yanming/internal/loadtest"
)

// sample is how the program stands at one moment of a soak.
type sample struct {
	memory int64
	files  int
}

// TestASoakLeavesNothingBehind sends mixed traffic at half the rate that the program reaches here: memory and open files
// stay where they are after the warm-up, and what was just said is found within a second.
func TestASoakLeavesNothingBehind(t *testing.T) {
	if testing.Short() {
		t.Skip("long: it takes its time")
	}
	t.Parallel()
	length, most := 10*time.Second, 5*time.Second // a test run shares the machine with others
	if long() {
		length, most = 10*time.Minute, time.Second
	}
	c := fillCounty(t, "")
	s := c.serve()
	r := loadtest.Resident{Base: s.Base, Town: c.town(), Client: loadtest.Clients(16)}
	boss := c.signIn(r, "nan.shouli")
	m := &mixed{T: t, Resident: r, session: boss}

	const workers = 8
	full := m.run(workers, 2*time.Second, 0)
	rate := float64(full) / 2
	t.Logf("%.0f requests a second at most; soaking at half of it for %s", rate, length)
	pause := time.Duration(float64(workers) / (rate / 2) * float64(time.Second))

	var lag atomic.Int64
	watching, stop := context.WithCancel(t.Context())
	defer stop()
	var watch sync.WaitGroup
	var samples []sample
	watch.Go(func() {
		for watching.Err() == nil {
			now, _ := s.Memory(t)
			samples = append(samples, sample{now, s.Files(t)})
			if l := m.lag(watching); l > time.Duration(lag.Load()) {
				lag.Store(int64(l))
			}
			select {
			case <-watching.Done():
			case <-time.After(length / 40):
			}
		}
	})
	done := m.run(workers, length, pause)
	stop()
	watch.Wait()
	if len(samples) < 8 {
		t.Fatalf("only %d samples", len(samples))
	}
	warm, end := mean(samples[len(samples)/4:len(samples)/2]), mean(samples[3*len(samples)/4:])
	t.Logf("%d requests; %d MB and %d files after the warm-up, %d MB and %d files at the end; found after %s at most", done,
		warm.memory>>20, warm.files, end.memory>>20, end.files, time.Duration(lag.Load()).Round(time.Millisecond))
	if end.memory > warm.memory+warm.memory/5+16<<20 {
		t.Errorf("memory grows: %d MB, then %d MB", warm.memory>>20, end.memory>>20)
	}
	if end.files > warm.files+20 {
		t.Errorf("open files grow: %d, then %d", warm.files, end.files)
	}
	if l := time.Duration(lag.Load()); l > most || l == 0 {
		t.Errorf("what was said is found after %s", l)
	}
	c.found(s, m.receipts)
	c.checked(s)
}

func mean(ss []sample) (m sample) {
	for _, x := range ss {
		m.memory += x.memory / int64(len(ss))
		m.files += x.files
	}
	m.files /= len(ss)
	return m
}

// mixed is what residents and staff do on a day.
type mixed struct {
	*testing.T
	loadtest.Resident
	session string

	mu       sync.Mutex
	receipts []loadtest.Receipt
}

// run lets so many do one thing after the other, with a pause between the beginnings, and returns how much was done.
func (m *mixed) run(workers int, length, pause time.Duration) int {
	ctx, cancel := context.WithTimeout(m.Context(), length)
	defer cancel()
	var done atomic.Int64
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for n := w; ctx.Err() == nil; n++ {
				next := time.Now().Add(pause)
				if err := m.one(n); err != nil {
					m.Error(err)
					return
				}
				done.Add(1)
				select {
				case <-ctx.Done():
				case <-time.After(time.Until(next)):
				}
			}
		})
	}
	wg.Wait()
	return int(done.Load())
}

func (m *mixed) one(n int) error {
	pages := []string{"/office/cases?view=to_accept", "/office/cases?q=" + url.QueryEscape("路灯"), "/f/case.collected", "/office/reports"}
	switch n % 8 {
	case 0, 1, 2:
		rc, err := m.Say(m.Context(), "the water is brown")
		if rc != nil {
			m.mu.Lock()
			m.receipts = append(m.receipts, *rc)
			m.mu.Unlock()
		}
		return err
	case 3:
		m.mu.Lock()
		var rc *loadtest.Receipt
		if len(m.receipts) > 0 {
			rc = &m.receipts[n%len(m.receipts)]
		}
		m.mu.Unlock()
		if rc == nil {
			return nil
		}
		p, err := m.Get(m.Context(), "/r/"+rc.Number+"/steps", rc.Ticket)
		if err == nil && p.Status != http.StatusOK {
			err = fmt.Errorf("follow %s: %d", rc.Number, p.Status)
		}
		return err
	}
	path := pages[n%4]
	p, err := m.Get(m.Context(), path, m.session)
	if err == nil && p.Status != http.StatusOK {
		err = fmt.Errorf("%s: %d %s", path, p.Status, p.Says())
	}
	return err
}

// lag says a word that nobody said before and returns how long it takes until the search finds it; 0 when ctx ends first.
func (m *mixed) lag(ctx context.Context) time.Duration {
	word := id.Token()[:12]
	rc, err := m.Say(ctx, word)
	if err != nil {
		if ctx.Err() == nil {
			m.Error(err)
		}
		return 0
	}
	for at := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		p, err := m.Get(ctx, "/office/cases?q="+word, m.session)
		if err != nil {
			return 0
		}
		if strings.Contains(p.Body, rc.Number) {
			return time.Since(at)
		}
		if time.Since(at) > time.Minute {
			return time.Minute
		}
	}
}

// Package flood keeps a few visitors from taking what all others need: how often a network may do something, how many
// connections are open at once, and how slowly a request may arrive.
//
// It refuses to remember anybody: a visitor's network (the first 24 bits of an IPv4 address, 56 of an IPv6) is hashed
// with a salt that is thrown away every hour, into a table of fixed size in memory. Nothing is stored, logged or told
// apart afterwards. It shows no puzzle and locks nobody out: whoever is too quick is told how long to wait.
package flood

import (
	"hash/maphash"
	"sync"
	"time"
)

// slots is how many networks are told apart. Two that fall together share what is theirs; a limit is generous enough.
const slots = 1 << 14

// saltAge is how long a network's hash means the same.
const saltAge = time.Hour

// Limit counts what networks do. It is safe for concurrent use and takes 256 KB, whatever comes.
type Limit struct {
	burst float64
	each  time.Duration
	now   func() time.Time

	mu    sync.Mutex
	seed  maphash.Seed
	since time.Time
	table [slots]bucket
}

// bucket is how much a network has left, and when that was so. A zero bucket is full.
type bucket struct {
	used float64
	at   int64 // Unix nanoseconds
}

// NewLimit returns a limit of burst at once, and then one in each time given.
func NewLimit(burst int, each time.Duration, now func() time.Time) *Limit {
	return &Limit{burst: float64(burst), each: each, now: now, seed: maphash.MakeSeed(), since: now()}
}

// Take takes one turn of from, or returns how long it has to wait for one. An unknown network is not limited: who stands
// behind a proxy that names nobody would be limited together with everybody else.
func (l *Limit) Take(from Network) (wait time.Duration) {
	if from == (Network{}) {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.bucket(from)
	if over := b.used + 1 - l.burst; over > 0 {
		return time.Duration(over * float64(l.each))
	}
	b.used++
	return 0
}

// Give gives a turn back that turned out not to count.
func (l *Limit) Give(from Network) {
	if from == (Network{}) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.bucket(from)
	b.used = max(0, b.used-1)
}

// Wait returns how long from has to wait for its next turn, without taking it.
func (l *Limit) Wait(from Network) time.Duration {
	if from == (Network{}) {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Duration(max(0, l.bucket(from).used+1-l.burst) * float64(l.each))
}

// bucket returns a network's bucket as it stands now.
func (l *Limit) bucket(from Network) *bucket {
	now := l.now()
	if now.Sub(l.since) >= saltAge || now.Before(l.since) {
		l.seed, l.since, l.table = maphash.MakeSeed(), now, [slots]bucket{}
	}
	b := &l.table[maphash.Comparable(l.seed, from)%slots]
	if d := now.UnixNano() - b.at; d > 0 {
		b.used, b.at = max(0, b.used-float64(d)/float64(l.each)), now.UnixNano()
	}
	return b
}

package db

import "sync/atomic"

// topic is something of a town that is kept in memory by whoever reads it.
type topic struct{ town, what string }

// Touch says that the transaction changes something of its town that others keep in memory: once it is committed, Touched
// counts one more.
func (tx *Tx) Touch(what string) {
	t := topic{tx.Town, what}
	if tx.s.touched == nil {
		tx.s.touched = map[topic]bool{}
	}
	tx.s.touched[t] = true
	count := tx.db.touches(t)
	tx.AfterCommit(func() { count.Add(1) })
}

// Stands reports whether the transaction surely finds something of its town as it was read under a count of Touched: it is
// the one that writes, no other process can, and neither it nor one that is committed together with it has changed it since.
func (tx *Tx) Stands(what string, count uint64) bool {
	now, alone := tx.db.Touched(tx.Town, what)
	return alone && tx.write && !tx.apart && now == count && !tx.s.touched[topic{tx.Town, what}]
}

// Touched returns how often this process has changed something of a town, and whether no other process can: on SQLite
// one process writes. Whoever read under a count, asked before reading, may keep what it read while the count stands.
func (d *DB) Touched(town, what string) (count uint64, alone bool) {
	if c, ok := d.touched.Load(topic{town, what}); ok { // a town that was never touched, or is none, leaves nothing behind
		count = c.(*atomic.Uint64).Load()
	}
	return count, d.engine == SQLite
}

func (d *DB) touches(t topic) *atomic.Uint64 {
	if c, ok := d.touched.Load(t); ok {
		return c.(*atomic.Uint64)
	}
	c, _ := d.touched.LoadOrStore(t, new(atomic.Uint64))
	return c.(*atomic.Uint64)
}

package figures_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/figures"
	"yanming/internal/id"
)

// BenchmarkFreezing freezes figures over 100,000 things and reports the longest transaction that wrote, how long all of
// them took together, the bytes that lie in the database for it, and what a page of evidence and a verification take,
// as members are kept now and as they were as JSON.
func BenchmarkFreezing(b *testing.B) {
	for _, engine := range dbtest.Engines() {
		b.Run(string(engine), func(b *testing.B) { benchFreezing(b, engine, 100_000) })
	}
}

func benchFreezing(b *testing.B, engine db.Engine, n int) {
	var mu sync.Mutex
	var longest, all time.Duration
	now := time.UnixMilli(at(6, 21))
	d, err := db.Open(ctx, dbtest.Empty(b, engine), db.Options{Now: func() time.Time { return now }, Readers: 2, Watch: db.Watch{
		Committed: func(c db.Commit) { mu.Lock(); longest, all = max(longest, c.Took), all+c.Took; mu.Unlock() }}})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { d.Close() })
	if _, err := d.Migrate(ctx); err != nil {
		b.Fatal(err)
	}
	build(b, d)
	many(b, d, n)
	c := catalogue(b)
	items := []figures.Item{}
	for _, code := range []string{"thing.received", "thing.collected", "thing.resolved", "thing.scanned", "thing.overdue", "thing.answered", "thing.copies", "thing.median_hours", "visit.visits", "visit.households"} {
		items = append(items, figures.Item{Code: code, Period: calendar.Period{}})
	}
	for _, v := range []string{"east", "west", "north"} {
		items = append(items, figures.Item{Code: "thing.collected", Scope: town.With("village", v)}, figures.Item{Code: "thing.resolved", Scope: town.With("village", v)})
	}
	mu.Lock()
	longest, all = 0, 0
	mu.Unlock()
	var set figures.FrozenSet
	for b.Loop() {
		if set, err = c.Freeze(ctx, d, general, figures.Freeze{Purpose: "x", Items: items}); err != nil {
			b.Fatal(err)
		}
	}
	var size int64
	view(b, d, dbtest.Town, func(tx *db.Tx) {
		for _, text := range []string{
			`SELECT CAST(sum(length(body) + length(members) + length(hash) + length(ids) + length(places)) AS BIGINT) FROM frozen_figures WHERE town_id = $1`,
			`SELECT CAST(sum(length(body) + length(digest)) AS BIGINT) FROM roster_parts WHERE town_id = $1`,
		} {
			var n int64
			if err := tx.Row(ctx, text).Scan(&n); err != nil {
				b.Fatal(err)
			}
			size += n
		}
	})
	b.ReportMetric(float64(longest.Microseconds())/1000, "ms-longest-write")
	b.ReportMetric(float64(all.Microseconds())/1000/float64(b.N), "ms-writing/op")
	b.ReportMetric(float64(size)/float64(b.N)/1e6, "MB/op")
	for _, form := range []string{"", "-json"} {
		if form != "" {
			unpack(b, d, set)
		}
		view(b, d, dbtest.Town, func(tx *db.Tx) {
			start := time.Now()
			p, err := c.FrozenRows(ctx, tx, set.Figures[0], figures.Sight{All: true}, id.New(time.UnixMilli(at(0, 0)-int64(n/2)*60_000)), 50)
			if err != nil || len(p.Rows) != 50 {
				b.Errorf("%d rows, %v", len(p.Rows), err)
			}
			b.ReportMetric(float64(time.Since(start).Microseconds())/1000, "ms-page"+form)
			start = time.Now()
			if ps, err := c.Verify(ctx, tx, set.ID); err != nil || len(ps) > 0 {
				b.Errorf("verify: %v, %v", ps, err)
			}
			b.ReportMetric(float64(time.Since(start).Microseconds())/1000, "ms-verify"+form)
		})
	}
}

// many puts n things, the most of them answered, into the town.
func many(t testing.TB, d *db.DB, n int) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	var things, spans []any
	for i := range n {
		registered := at(0, 0) - int64(n-i)*60_000
		x := id.New(time.UnixMilli(registered))
		var answered, until any
		if r.IntN(10) > 0 {
			answered = registered + int64(1+r.IntN(200))*3600_000
			if answered.(int64) < at(6, 0) {
				until = answered
			} else {
				answered = nil
			}
		}
		channel := any("scan")
		if r.IntN(3) == 0 {
			channel = nil
		}
		things = append(things, x, fmt.Sprintf("N%07d", i), registered, registered+5*24*3600_000, answered, []string{"east", "west", "north"}[r.IntN(3)], channel,
			false, int64(r.IntN(5)), fmt.Sprint("h", r.IntN(n/3)), "lee")
		spans = append(spans, x, registered, until, "open")
		if until != nil {
			spans = append(spans, x, until, nil, "resolved")
		}
	}
	err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
		err := tx.Insert(ctx, `INSERT INTO things (town_id, id, number, registered_at, due_at, answered_at, village, channel, veiled, copies, household, assignee) VALUES`, "", 11, things)
		if err == nil {
			err = tx.Insert(ctx, `INSERT INTO spans (town_id, thing_id, since, until, state) VALUES`, "", 4, spans)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

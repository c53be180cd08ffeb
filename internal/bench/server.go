package bench

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"yanming/internal/id"
)

// server measures what matters on PostgreSQL alone: the program against the bare commit, point read and page of 50
// rows of the same server; two copies of the program that write at once; and what the lock of one town costs when ten
// towns write.
func server(ctx context.Context, b *bench) error {
	if err := b.bareServer(ctx); err != nil {
		return err
	}
	b.stopAll()
	if err := b.twoCopies(ctx); err != nil {
		return err
	}
	b.stopAll()
	return b.tenTowns(ctx)
}

// bareServer sets the program beside the floors of the server.
func (b *bench) bareServer(ctx context.Context) error {
	c, err := b.newCorpus(ctx, "server", b.Small) // of its own: words are said into it
	if err != nil {
		return err
	}
	d, err := b.open(ctx, c)
	if err != nil {
		return err
	}
	defer d.db.Close()
	s, err := b.speaker(ctx, d.world)
	if err != nil {
		return err
	}
	a, err := d.clerk.get("/office/cases?view=every&sort=newest")
	if err != nil {
		return err
	}
	var records []string
	for _, n := range rowsOf(a.body) {
		records = append(records, "/office/cases/"+n)
	}
	if len(records) == 0 {
		return fmt.Errorf("the inbox lists no record")
	}
	numbers := rowsOf(a.body)
	bare, err := newBare(ctx, b)
	if err != nil {
		return err
	}
	defer bare.Close()
	var got receipts
	var row atomic.Int64
	var cs []contender
	for _, n := range []int{1, 32} {
		brs := browsers(d.addr, n)
		cs = append(cs, contender{fmt.Sprintf("form, %d", n), func(ctx context.Context) (sample, error) {
			return b.load(ctx, n, 0, func(i int) error { _, err := s.say(brs[i], &got); return err })
		}}, contender{fmt.Sprintf("commit, %d", n), func(ctx context.Context) (sample, error) {
			return b.load(ctx, n, 0, func(int) error { return bareCommit(ctx, bare, row.Add(1)) })
		}}, b.read(fmt.Sprintf("record, %d", n), d.clerks(n), records...), contender{fmt.Sprintf("point, %d", n), func(ctx context.Context) (sample, error) {
			return b.load(ctx, n, 0, func(i int) error { return pointRead(ctx, d.db, numbers[i%len(numbers)]) })
		}}, b.read(fmt.Sprintf("inbox, %d", n), d.clerks(n), d.paths()...), contender{fmt.Sprintf("page, %d", n), func(ctx context.Context) (sample, error) {
			return b.load(ctx, n, 0, func(int) error { return pageRead(ctx, d.db) })
		}})
	}
	out, drift, err := b.rounds(ctx, true, cs...)
	if err != nil {
		return err
	}
	for _, x := range []struct{ ours, floor, what, against string }{
		{"form", "commit", "form alone", "durable commit of one row"}, {"record", "point", "one record's page", "point read"}, {"inbox", "page", "inbox", "page of 50 rows in SQL"}} {
		for _, n := range []string{", 1", ", 32"} {
			b.add(Row{What: x.what + n + " connections", Unit: "/s", Ours: out[x.ours+n].rates(), Floor: out[x.floor+n].rates(), Against: x.against, Drift: drift})
		}
	}
	return nil
}

// twoCopies lets two copies of the program take words at the same time, every tenth form sent to both.
func (b *bench) twoCopies(ctx context.Context) error {
	w, err := b.newWorld(ctx, "copies")
	if err != nil {
		return err
	}
	s, err := b.speaker(ctx, w)
	if err != nil {
		return err
	}
	begin := time.Now()
	one, err := b.serve(ctx, w)
	if err != nil {
		return err
	}
	two, err := b.serve(ctx, w)
	if err != nil {
		return err
	}
	const each = 16
	brs := append(browsers(one.addr, each), browsers(two.addr, each)...)
	others := append(browsers(two.addr, each), browsers(one.addr, each)...)
	var got receipts
	var twice, alike atomic.Int64
	say := func(i, turn int) error {
		v := s.word()
		v.Set("key", id.Request())
		to, err := brs[i].post("/say/send", v)
		if to, err = took(to, err, &got); err != nil || turn%10 != 0 {
			return err
		}
		twice.Add(1)
		again, err := others[i].post("/say/send", v)
		if err == nil && again == to {
			alike.Add(1)
		}
		return err
	}
	turn := make([]int, 2*each)
	out, drift, err := b.rounds(ctx, true,
		contender{"one", func(ctx context.Context) (sample, error) {
			return b.load(ctx, each, 0, func(i int) error { turn[i]++; return say(i, turn[i]) })
		}},
		contender{"both", func(ctx context.Context) (sample, error) {
			return b.load(ctx, 2*each, 0, func(i int) error { turn[i]++; return say(i, turn[i]) })
		}})
	if err != nil {
		return err
	}
	b.add(Row{What: "form, two copies of the program on one town, 16 connections each", Unit: "/s", Ours: out["both"].rates(), Floor: out["one"].rates(), Against: "one copy, 16 connections", Drift: drift})
	b.count("forms sent to both copies that gave one receipt", "forms", int(alike.Load()), int(twice.Load()))
	if err := b.recount(ctx, w, begin, got.numbers); err != nil {
		return err
	}
	d, err := openSource(w.source)
	if err != nil {
		return err
	}
	defer d.Close()
	events, last, err := journalLength(ctx, d)
	if err != nil {
		return err
	}
	b.count("events of the journal, by the number of its last", "events", events, last)
	b.stopAll()
	_, err = b.command(ctx, append([]string{"check"}, w.flags()...)...) // fails where anything does not agree
	return err
}

// tenTowns compares 32 connections that write into one town with 32 that write into ten.
func (b *bench) tenTowns(ctx context.Context) error {
	w, err := b.newWorld(ctx, "towns")
	if err != nil {
		return err
	}
	var towns []string
	for i := range 10 {
		code := fmt.Sprintf("9998001%02d", i)
		args := append([]string{"town", "open", "--name", "Town " + code, "--admin", "Nobody", "--login", "nobody." + code}, w.flags()...)
		if _, err := b.command(ctx, append(args, code)...); err != nil {
			return err
		}
		towns = append(towns, code)
	}
	us, err := b.serve(ctx, w)
	if err != nil {
		return err
	}
	brs := browsers(us.addr, 32)
	var mu sync.Mutex
	n := 0
	say := func(name string, towns []string) contender {
		return contender{name, func(ctx context.Context) (sample, error) {
			return b.load(ctx, len(brs), 0, func(i int) error {
				mu.Lock()
				n++
				text := fmt.Sprintf("The lamp of lane %d is out", n)
				mu.Unlock()
				_, err := brs[i].post("/say/send", url.Values{"key": {id.Request()}, "town": {towns[i%len(towns)]}, "kind": {"opinion"}, "text": {text}, "where": {"u"}, "reply": {"none"}})
				return err
			})
		}}
	}
	out, drift, err := b.rounds(ctx, true, say("ten", towns), say("one", towns[:1]))
	if err != nil {
		return err
	}
	b.add(Row{What: "form, ten towns, 32 connections", Unit: "/s", Ours: out["ten"].rates(), Floor: out["one"].rates(), Against: "one town, 32 connections", Drift: drift})
	b.add(Row{What: "p99 of the form, ten towns, 32 connections", Unit: "ms", Ours: out["ten"].p99s(), Floor: out["one"].p99s(), Against: "one town, 32 connections", Drift: drift})
	d, err := openSource(w.source)
	if err != nil {
		return err
	}
	defer d.Close()
	stored := 0
	for _, t := range towns {
		c, err := casesOf(ctx, d, t)
		if err != nil {
			return err
		}
		stored += c
	}
	b.count("cases of the ten towns counted afterwards", "cases", stored, out["ten"].total()+out["one"].total())
	return nil
}

// newBare makes a database with one table for bare commits.
func newBare(ctx context.Context, b *bench) (*sql.DB, error) {
	source, err := b.newDatabase("", "bare", "")
	if err != nil {
		return nil, err
	}
	d, err := openForWriting(source)
	if err != nil {
		return nil, err
	}
	d.SetMaxIdleConns(32)
	return d, makeBare(ctx, d)
}

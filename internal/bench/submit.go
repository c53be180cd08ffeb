package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"yanming/internal/id"
)

// formFields are the fields of the resident's form as it is sent, photos aside.
func formFields() []string {
	return []string{"town", "who", "kind", "category", "text", "where", "place", "reply", "name", "phone", "consent"}
}

// speaker makes what residents send. It is safe for concurrent use.
type speaker struct {
	texts    texts
	names    []string
	villages []string
	chips    []string
	mu       sync.Mutex
	dice     *rand.Rand
}

func (b *bench) speaker(ctx context.Context, w world) (*speaker, error) {
	d, err := openSource(w.source)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	s := &speaker{texts: b.texts, names: names(), dice: rand.New(rand.NewPCG(1, 2))}
	if s.villages, err = villageIDs(ctx, d); err != nil {
		return nil, err
	}
	if s.chips, err = chipCodes(ctx, d); err != nil {
		return nil, err
	}
	if len(s.villages) == 0 || len(s.chips) == 0 {
		return nil, fmt.Errorf("the demo's town has no villages or no categories")
	}
	return s, nil
}

// word is what one resident sends.
func (s *speaker) word() url.Values {
	s.mu.Lock()
	defer s.mu.Unlock()
	subject, body := s.texts.pick(s.dice)
	v := url.Values{"town": {town}, "who": {""}, "kind": {"opinion"}, "category": {s.chips[s.dice.IntN(len(s.chips))]}, "text": {subject + "\n" + body},
		"where": {"v:" + s.villages[s.dice.IntN(len(s.villages))]}, "place": {fmt.Sprintf("No. %d", s.dice.IntN(400))}, "reply": {"phone"},
		"name": {s.names[s.dice.IntN(len(s.names))]}, "phone": {fmt.Sprintf("1000000%04d", s.dice.IntN(10000))}, "consent": {""}}
	if s.dice.IntN(2) == 0 {
		v.Set("consent", "1")
	}
	return v
}

// receipts are the numbers that were handed out.
type receipts struct {
	mu      sync.Mutex
	numbers []string
}

func (r *receipts) add(n string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.numbers = append(r.numbers, n)
}

// say sends a word as the form's last page does and returns the address of its receipt.
func (s *speaker) say(br *browser, got *receipts) (string, error) {
	v := s.word()
	v.Set("key", id.Request())
	to, err := br.post("/say/send", v)
	return took(to, err, got)
}

// took notes the receipt that a form led to. A receipt that does not hold all that was sent is a failure.
func took(to string, err error, got *receipts) (string, error) {
	if err != nil {
		return "", err
	}
	number, ok := strings.CutPrefix(to, "/r/")
	if !ok || strings.Contains(number, "?") {
		return "", fmt.Errorf("the form led to %s", to)
	}
	got.add(number)
	return to, nil
}

// create sends the same fields to the peer.
func (s *speaker) create(br *browser) error {
	fields := map[string]string{}
	for k, v := range s.word() {
		fields[k] = v[0]
	}
	body, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	a, err := br.do(http.MethodPost, peerRecords, "Content-Type: application/json\r\n", body)
	if err == nil && a.status != http.StatusOK {
		err = fmt.Errorf("create: status %d: %s", a.status, excerpt(a.body))
	}
	return err
}

// submit measures an opinion said over HTTP, at 1 and at 32 connections: the resident's form, whose answer after the
// durable commit hands the receipt over, as the peer's answer does the record; beside it, without a goal, the form
// together with the page that shows the receipt.
func submit(ctx context.Context, b *bench) error {
	w, err := b.newWorld(ctx, "submit")
	if err != nil {
		return err
	}
	s, err := b.speaker(ctx, w)
	if err != nil {
		return err
	}
	begin := time.Now()
	us, err := b.serve(ctx, w)
	if err != nil {
		return err
	}
	hello, err := b.floor(ctx, "hello")
	if err != nil {
		return err
	}
	var got receipts
	ours := func(name string, n int, page bool) contender {
		brs := browsers(us.addr, n)
		return contender{name, func(ctx context.Context) (sample, error) {
			return b.load(ctx, n, 0, func(i int) error {
				to, err := s.say(brs[i], &got)
				if err != nil || !page {
					return err
				}
				a, err := brs[i].get(to)
				if err == nil && !bytes.Contains(a.body, []byte(strings.TrimPrefix(to, "/r/"))) {
					err = fmt.Errorf("the receipt page of %s does not show it", to)
				}
				return err
			})
		}}
	}
	his := browsers(hello.addr, 32)
	cs := []contender{ours("ours, 1", 1, true), ours("ours, 32", 32, true), ours("form alone, 1", 1, false), ours("form alone, 32", 32, false),
		{"hello, 32", func(ctx context.Context) (sample, error) {
			return b.load(ctx, 32, 0, func(i int) error { _, err := his[i].get("/hello"); return err })
		}}}
	var pb peer
	if b.Peer != "" {
		if pb, err = b.startPeer(ctx); err != nil {
			return err
		}
		for _, n := range []int{1, 32} {
			brs := browsers(pb.addr, n)
			cs = append(cs, contender{fmt.Sprintf("peer, %d", n), func(ctx context.Context) (sample, error) {
				return b.load(ctx, n, 0, func(i int) error { return s.create(brs[i]) })
			}})
		}
	}
	out, drift, err := b.rounds(ctx, true, cs...)
	if err != nil {
		return err
	}
	b.submitted(out, drift)
	if b.Peer != "" {
		n, err := pb.count()
		if err != nil {
			return err
		}
		b.count("records of the peer counted afterwards", "records", n, out["peer, 1"].total()+out["peer, 32"].total())
	}
	return b.recount(ctx, w, begin, got.numbers)
}

func (b *bench) submitted(out map[string]series, drift float64) {
	for _, x := range []struct {
		n    string
		goal float64
	}{{"1", 1}, {"32", 2}} {
		row := Row{What: "form and receipt page, " + x.n + " connections", Unit: "/s", Ours: out["ours, "+x.n].rates(), Drift: drift}
		alone := Row{What: "form alone, " + x.n + " connections", Unit: "/s", Ours: out["form alone, "+x.n].rates(), Drift: drift}
		if p, ok := out["peer, "+x.n]; ok {
			row.Floor, row.Against = p.rates(), peerName
			alone.Floor, alone.Against, alone.Goal = p.rates(), peerName, atLeast(x.goal)
		}
		b.add(row)
		b.add(alone)
	}
	row := Row{What: "p99 of the form, 32 connections", Unit: "ms", Ours: out["form alone, 32"].p99s(), Drift: drift}
	if p, ok := out["peer, 32"]; ok {
		row.Floor, row.Against, row.Goal = p.p99s(), peerName, atMost(1.0/3)
	}
	b.add(row)
	b.add(Row{What: "form alone, 32 connections", Unit: "/s", Ours: out["form alone, 32"].rates(), Floor: out["hello, 32"].rates(),
		Against: "net/http hello", Goal: atLeast(0.1), Drift: drift})
}

// recount looks for every receipt that was handed out among the rows of the database.
func (b *bench) recount(ctx context.Context, w world, since time.Time, numbers []string) error {
	d, err := openSource(w.source)
	if err != nil {
		return err
	}
	defer d.Close()
	rows, err := numbersSince(ctx, d, since.UnixMilli())
	if err != nil {
		return err
	}
	there := map[string]bool{}
	for _, n := range rows {
		there[n] = true
	}
	found := map[string]bool{}
	for _, n := range numbers {
		if there[n] {
			found[n] = true
		}
	}
	b.count("receipts found again as rows", "rows", len(found), len(numbers))
	b.count("rows without a receipt", "rows", len(rows)-len(found), 0)
	return nil
}

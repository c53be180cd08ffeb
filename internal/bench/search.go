package bench

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"yanming/internal/db"
	index "yanming/internal/search"
)

// queries is how many are drawn.
const queries = 200

// query is a piece of some text, and the truth about it.
type query struct {
	text string // as typed
	word string // as compared
	hits
	newest []newestHit // the first shown of those that hold it, and all of the same second as the last
}

type newestHit struct {
	number string
	second int64
}

// hits is a set of receipt numbers: how many, and a sum over them that another set of as many does not have.
type hits struct {
	n   int
	sum uint64
}

func (h *hits) add(number string) {
	f := fnv.New64a()
	f.Write([]byte(number))
	h.n++
	h.sum += f.Sum64()
}

// shown is how many hits a page shows.
const shown = 50

// fold is the comparison that the issue sets: NFKC, then lower case, punctuation kept. It is written here once more,
// so that the truth does not come from what is measured.
func fold(s string) string { return strings.ToLower(norm.NFKC.String(s)) }

// wholeText is what a case can be found by.
func (t openText) whole() string {
	return fold(t.title + "\n" + t.text + "\n" + t.place + "\n" + t.number)
}

// draw takes pieces of one to six characters out of texts, every other one the rarest of several.
func draw(texts []string) (qs []query) {
	r := rand.New(rand.NewPCG(3, 4))
	seen := map[string]bool{}
	piece := func(length int) string {
		for {
			rs := []rune(texts[r.IntN(len(texts))])
			if len(rs) < length {
				continue
			}
			at := r.IntN(len(rs) - length + 1)
			p := string(rs[at : at+length])
			if !strings.ContainsFunc(p, func(c rune) bool { return unicode.IsSpace(c) || strings.ContainsRune("\"＂“”", c) }) {
				return p
			}
		}
	}
	common := func(p string) (n int) {
		for _, t := range texts[:min(len(texts), 500)] {
			if strings.Contains(t, p) {
				n++
			}
		}
		return n
	}
	for tries := 0; len(qs) < queries && tries < 100*queries; tries++ {
		length := 1 + len(qs)%6
		p := piece(length)
		if len(qs)/6%2 == 1 {
			for range 10 {
				p = slices.MinFunc([]string{p, piece(length)}, func(a, b string) int { return cmp.Compare(common(a), common(b)) })
			}
		}
		if !seen[p] {
			seen[p] = true
			qs = append(qs, query{text: p, word: fold(p)})
		}
	}
	return qs
}

// search measures the search among open texts, newest 50, against a full scan with LIKE, and compares every hit with a
// substring test over all texts.
func search(ctx context.Context, b *bench) error {
	d, err := b.desk(ctx, b.Scale)
	if err != nil {
		return err
	}
	defer d.db.Close()
	qs, err := truth(ctx, d)
	if err != nil {
		return err
	}
	own, err := db.Open(ctx, d.source, db.Options{})
	if err != nil {
		return err
	}
	defer own.Close()
	if err := b.compareHits(ctx, d, own, qs); err != nil {
		return err
	}
	var paths []string
	for _, q := range qs {
		paths = append(paths, "/office/cases?q="+url.QueryEscape(q.text))
	}
	at := 0
	scan := contender{"LIKE", func(ctx context.Context) (sample, error) {
		var took []float64
		start := time.Now()
		for range 2 {
			at++
			begin := time.Now()
			if _, err := scanText(ctx, d.db, "%"+qs[at%len(qs)].text+"%"); err != nil {
				return sample{}, err
			}
			took = append(took, ms(time.Since(begin)))
		}
		return measure(took, time.Since(start)), nil
	}}
	turn := 0
	alone := contender{"index alone", func(ctx context.Context) (sample, error) {
		return b.load(ctx, 1, 0, func(int) error {
			turn++
			return own.View(ctx, town, func(tx *db.Tx) error {
				_, err := index.Find(ctx, tx, index.Query{Kind: "case", Text: qs[turn%len(qs)].text})
				return err
			})
		})
	}}
	out, drift, err := b.rounds(ctx, false, b.read("page", d.clerks(1), paths...), scan, alone)
	if err != nil {
		return err
	}
	against := "LIKE over all texts"
	goal := atMost(0.01)
	if b.Postgres != "" {
		goal = nil // reported only
	}
	b.add(Row{What: "p99 of the page with the newest 50, 1 connection", Unit: "ms", Ours: out["page"].p99s(), Floor: out["LIKE"].p50s(), Against: against, Goal: goal, Drift: drift})
	b.add(Row{What: "p50 of the page", Unit: "ms", Ours: out["page"].p50s(), Floor: out["LIKE"].p50s(), Against: against, Drift: drift})
	b.add(Row{What: "p99 of the index alone, newest 50", Unit: "ms", Ours: out["index alone"].p99s(), Floor: out["LIKE"].p50s(), Against: against, Drift: drift})
	b.add(Row{What: "p50 of the index alone", Unit: "ms", Ours: out["index alone"].p50s(), Floor: out["LIKE"].p50s(), Against: against, Drift: drift})
	return nil
}

// truth draws the queries and reads every text once to know what each must find.
func truth(ctx context.Context, d desk) ([]query, error) {
	var sampled []string
	n := 0
	err := eachText(ctx, d.db, func(t openText) error {
		if n++; len(sampled) < 5000 || n%200 == 0 {
			sampled = append(sampled, t.title+"\n"+t.text)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	qs := draw(sampled)
	if len(qs) < queries {
		return nil, fmt.Errorf("only %d queries could be drawn", len(qs))
	}
	return qs, eachText(ctx, d.db, func(t openText) error {
		text := t.whole()
		for i := range qs {
			q := &qs[i]
			if !strings.Contains(text, q.word) {
				continue
			}
			q.add(t.number)
			if len(q.newest) < shown || q.newest[len(q.newest)-1].second == t.at/1000 {
				q.newest = append(q.newest, newestHit{t.number, t.at / 1000})
			}
		}
		return nil
	})
}

// compareHits asks for all hits of every query, and for the page with the newest, and compares both with the truth.
func (b *bench) compareHits(ctx context.Context, d desk, own *db.DB, qs []query) error {
	numbers, err := numbersByID(ctx, d.db)
	if err != nil {
		return err
	}
	sets, pages, total := 0, 0, 0
	for _, q := range qs {
		total += q.n
		var found hits
		err := own.View(ctx, town, func(tx *db.Tx) error {
			list, err := index.Find(ctx, tx, index.Query{Kind: "case", Text: q.text, Limit: len(numbers) + 1})
			found = hits{}
			for _, h := range list {
				found.add(numbers[h.Record])
			}
			return err
		})
		if err != nil {
			return err
		}
		if found == q.hits {
			sets++
		} else {
			b.say("  %q: found %d, must be %d", q.text, found.n, q.n)
		}
		a, err := d.clerk.get("/office/cases?q=" + url.QueryEscape(q.text))
		if err != nil {
			return err
		}
		if q.shows(rowsOf(a.body)) {
			pages++
		} else {
			b.say("  %q: the page does not show the newest", q.text)
		}
	}
	b.count(fmt.Sprintf("queries whose %d hits together are those of a substring test", total), "queries", sets, len(qs))
	b.count("queries whose page shows the newest of these", "queries", pages, len(qs))
	return nil
}

// shows reports whether a page shows the newest hits: all that are newer than the second of the last, and only hits.
func (q query) shows(page []string) bool {
	if len(page) != min(shown, q.n) {
		return false
	}
	last := int64(0)
	if len(page) > 0 {
		last = q.newest[len(page)-1].second
	}
	for _, n := range page {
		if !slices.ContainsFunc(q.newest, func(h newestHit) bool { return h.number == n }) {
			return false
		}
	}
	for _, h := range q.newest {
		if h.second > last && !slices.Contains(page, h.number) {
			return false
		}
	}
	return true
}

package bench

import (
	"context"
	"database/sql"
	"fmt"
	"html"
	"regexp"
	"strings"
)

// clerk is who looks at inboxes: intake sees every open case of the town.
const clerk = "nan.shouli"

// listed finds the rows of an inbox: each leads to its case.
var listed = regexp.MustCompile(`[?&;]case=([0-9]{12})`)

// onward finds where the next page is: the link that goes on behind a place and opens no case.
var onward = regexp.MustCompile(`href="(/office/cases\?after=[^"&]*(?:&amp;(?:sort|view|village)=[^"&]*)*)"`)

// rowsOf returns the numbers of the cases that an inbox shows, in its order.
func rowsOf(body []byte) (numbers []string) {
	seen := map[string]bool{}
	for _, m := range listed.FindAllSubmatch(body, -1) {
		if n := string(m[1]); !seen[n] {
			seen[n] = true
			numbers = append(numbers, n)
		}
	}
	return numbers
}

// nextOf returns the address of the page after this one, "" at the end.
func nextOf(body []byte) string {
	m := onward.FindSubmatch(body)
	if m == nil {
		return ""
	}
	return html.UnescapeString(string(m[1]))
}

// deep is how many pages a deep page lies behind the first.
const deep = 40

// pages are the lists that a clerk opens: own work, what is overdue, one village, and pages far behind the first of
// everything that was ever said.
type listPage struct{ name, path string }

func listPages(br *browser, village string) ([]listPage, error) {
	ps := []listPage{{"mine", "/office/cases?view=mine"}, {"overdue", "/office/cases?view=overdue"}, {"village", "/office/cases?view=all&village=" + village}}
	path := "/office/cases?view=every&sort=newest"
	for range deep {
		a, err := br.get(path)
		if err != nil {
			return nil, err
		}
		next := nextOf(a.body)
		if next == "" {
			break
		}
		path = next
	}
	return append(ps, listPage{"deep", path}), nil
}

// desk is a served corpus with a clerk before it.
type desk struct {
	*process
	corpus
	clerk *browser
	pages []listPage
	db    *sql.DB // beside the program
}

// desk serves a corpus and signs a clerk in.
func (b *bench) desk(ctx context.Context, cases int) (desk, error) {
	c, err := b.corpus(ctx, cases)
	if err != nil {
		return desk{}, err
	}
	return b.open(ctx, c)
}

func (b *bench) open(ctx context.Context, c corpus) (d desk, err error) {
	d.corpus = c
	if d.process, err = b.serve(ctx, d.world); err != nil {
		return d, err
	}
	if d.clerk, err = d.office(d.addr, clerk); err != nil {
		return d, err
	}
	if d.db, err = openSource(d.source); err != nil {
		return d, err
	}
	vs, err := villageIDs(ctx, d.db)
	if err != nil {
		return d, err
	}
	d.pages, err = listPages(d.clerk, vs[len(vs)/2])
	return d, err
}

// clerks are n browsers with the session of the one that signed in.
func (d desk) clerks(n int) []*browser {
	bs := browsers(d.addr, n)
	for _, br := range bs {
		br.cookies = d.clerk.cookies
	}
	return bs
}

// read opens pages in turn, each worker from another one on.
func (b *bench) read(name string, bs []*browser, paths ...string) contender {
	turn := make([]int, len(bs))
	for i := range turn {
		turn[i] = i
	}
	return contender{name, func(ctx context.Context) (sample, error) {
		return b.load(ctx, len(bs), 0, func(i int) error {
			turn[i]++
			_, err := bs[i].get(paths[turn[i]%len(paths)])
			return err
		})
	}}
}

func (d desk) paths() (ps []string) {
	for _, p := range d.pages {
		ps = append(ps, p.path)
	}
	return ps
}

// inbox measures the whole page of the inbox, 50 of many cases, against an html/template of 50 rows over HTTP, and the
// large corpus against the small one.
func inbox(ctx context.Context, b *bench) error {
	large, err := b.desk(ctx, b.Scale)
	if err != nil {
		return err
	}
	defer large.db.Close()
	small, err := b.desk(ctx, b.Small)
	if err != nil {
		return err
	}
	defer small.db.Close()
	table, err := b.floor(ctx, "table")
	if err != nil {
		return err
	}
	var shown []string
	for _, p := range large.pages {
		a, err := large.clerk.get(p.path)
		if err != nil {
			return err
		}
		shown = append(shown, fmt.Sprintf("%s %d", p.name, len(rowsOf(a.body))))
	}
	var cs []contender
	for _, n := range []int{1, 32} {
		cs = append(cs, b.read(fmt.Sprintf("large, %d", n), large.clerks(n), large.paths()...), b.read(fmt.Sprintf("small, %d", n), small.clerks(n), small.paths()...),
			b.read(fmt.Sprintf("table, %d", n), browsers(table.addr, n), "/table"))
	}
	for _, p := range large.pages {
		cs = append(cs, b.read(p.name, large.clerks(1), p.path))
	}
	out, drift, err := b.rounds(ctx, false, cs...)
	if err != nil {
		return err
	}
	for _, n := range []string{"1", "32"} {
		ours := out["large, "+n].rates()
		b.add(Row{What: "inbox, " + n + " connections", Unit: "/s", Ours: ours, Floor: out["table, "+n].rates(), Against: "50-row template over HTTP",
			Goal: atLeast(0.5), Drift: drift, Note: "rows: " + strings.Join(shown, ", ")})
		b.add(Row{What: fmt.Sprintf("inbox at %d cases, %s connections", b.Scale, n), Unit: "/s", Ours: ours, Floor: out["small, "+n].rates(),
			Against: fmt.Sprintf("at %d", b.Small), Goal: atLeast(0.8), Drift: drift})
	}
	b.add(Row{What: "p99 of the inbox, 1 connection", Unit: "ms", Ours: out["large, 1"].p99s(), Floor: out["table, 1"].p99s(), Against: "50-row template over HTTP", Drift: drift})
	for _, p := range large.pages {
		b.add(Row{What: "inbox, " + p.name + " alone, 1 connection", Unit: "/s", Ours: out[p.name].rates(), Floor: out["table, 1"].rates(), Against: "50-row template over HTTP", Drift: drift})
	}
	return nil
}

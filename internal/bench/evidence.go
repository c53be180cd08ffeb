package bench

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// recordLink finds the records that an evidence page lists.
var recordLink = regexp.MustCompile(`/office/cases/([0-9]{12})`)

// wholeFile is how many rows of evidence are fetched as one file; those of a larger figure are fetched by category.
const wholeFile = 150_000

// path is the address of the evidence of a number, with more of the scope.
func (d datum) path(tail string, more ...string) string {
	q := url.Values{"period": {d.Period.String()}}
	for dim, codes := range d.Scope {
		written := slices.Clone(codes)
		for i, c := range written {
			if c == "" {
				written[i] = "-"
			}
		}
		q.Set(dim, strings.Join(written, ","))
	}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return "/f/" + d.Code + tail + "?" + q.Encode()
}

// hasEvidence reports whether a number has rows of its own: formulas have those of their operands.
func (d datum) hasEvidence() bool {
	_, ratio := ratioFigures()[d.Code]
	return !ratio && d.Code != medianFigure
}

// drill measures the way from a figure to its evidence and on to one record, against the inbox, and adds the evidence
// of every figure of the report up.
func drill(ctx context.Context, b *bench) error {
	d, err := b.desk(ctx, b.Scale)
	if err != nil {
		return err
	}
	defer d.db.Close()
	r, err := b.report(ctx, d.corpus)
	if err != nil {
		return err
	}
	reader, err := d.office(d.addr, analyst)
	if err != nil {
		return err
	}
	if err := b.addUp(ctx, d, reader, r); err != nil {
		return err
	}
	var figures []string
	for _, f := range r.Figures {
		if f.hasEvidence() && f.Evidence > 0 && f.Period == r.Period {
			figures = append(figures, f.path(""))
		}
	}
	if len(figures) == 0 {
		return fmt.Errorf("no figure of %s has evidence", r.Period)
	}
	var cs []contender
	for _, n := range []int{1, 32} {
		brs, turn := browsers(d.addr, n), make([]int, n)
		for i, br := range brs {
			br.cookies, turn[i] = reader.cookies, i
		}
		cs = append(cs, contender{fmt.Sprintf("drill, %d", n), func(ctx context.Context) (sample, error) {
			s, err := b.load(ctx, n, 0, func(i int) error { turn[i]++; return walkDown(brs[i], figures[turn[i]%len(figures)], turn[i]) })
			s.rate *= 2 // two pages each time
			return s, err
		}}, b.read(fmt.Sprintf("inbox, %d", n), d.clerks(n), d.paths()...))
	}
	out, drift, err := b.rounds(ctx, false, cs...)
	if err != nil {
		return err
	}
	for _, n := range []string{"1", "32"} {
		b.add(Row{What: "figure with its evidence, then one record, " + n + " connections", Unit: "pages/s", Ours: out["drill, "+n].rates(), Floor: out["inbox, "+n].rates(),
			Against: "inbox", Goal: atLeast(0.8), Drift: drift, Note: fmt.Sprintf("%d figures of %s", len(figures), r.Period)})
	}
	return nil
}

// walkDown opens a figure and then one of the records that it lists.
func walkDown(br *browser, figure string, turn int) error {
	a, err := br.get(figure)
	if err != nil {
		return err
	}
	m := recordLink.FindAllSubmatch(a.body, -1)
	if len(m) == 0 {
		return fmt.Errorf("%s lists no record", figure)
	}
	_, err = br.get("/office/cases/" + string(m[turn%len(m)][1]))
	return err
}

// addUp fetches the evidence of every number of the report, as the file that the page offers, and counts its rows.
func (b *bench) addUp(ctx context.Context, d desk, reader *browser, r reported) error {
	codes, err := usedCategories(ctx, d.db)
	if err != nil {
		return err
	}
	numbers := map[string]datum{}
	for _, f := range r.all() {
		if f.hasEvidence() {
			numbers[f.path("")] = f
		}
	}
	same, total := 0, int64(0)
	for _, path := range slices.Sorted(maps.Keys(numbers)) {
		f := numbers[path]
		n, err := evidenceRows(ctx, d.addr, reader, f, codes)
		if err != nil {
			return err
		}
		total += n
		if n+f.Veiled == f.Value {
			same++
		} else {
			b.say("  %s: %d rows and %d in confidence, the figure says %d", path, n, f.Veiled, f.Value)
		}
	}
	b.count(fmt.Sprintf("numbers of the report that are the sum of their evidence (%d rows in all)", total), "numbers", same, len(numbers))
	return nil
}

func evidenceRows(ctx context.Context, addr string, reader *browser, f datum, categories []string) (n int64, err error) {
	if _, by := f.Scope["category"]; f.Evidence <= wholeFile || by {
		return fetchRows(ctx, addr, reader, f.path("/rows/csv"))
	}
	for _, c := range categories {
		part, err := fetchRows(ctx, addr, reader, f.path("/rows/csv", "category", c))
		if err != nil {
			return 0, err
		}
		n += part
	}
	return n, nil
}

// fetchRows counts the records of a file of evidence while it arrives.
func fetchRows(ctx context.Context, addr string, reader *browser, path string) (n int64, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+path, nil)
	if err != nil {
		return 0, err
	}
	for k, v := range reader.cookies {
		req.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	resp, err := (&http.Client{Timeout: 2 * patience}).Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("GET %s: status %d", path, resp.StatusCode)
	}
	rows := csv.NewReader(bufio.NewReaderSize(resp.Body, 1<<16))
	rows.ReuseRecord = true
	if _, err := rows.Read(); err != nil { // the heads
		return 0, fmt.Errorf("GET %s: %w", path, err)
	}
	for {
		if _, err := rows.Read(); err == io.EOF {
			return n, nil
		} else if err != nil {
			return n, fmt.Errorf("GET %s: %w", path, err)
		}
		n++
	}
}

// usedCategories are the codes by which cases are sorted, "-" for none as addresses write it.
func usedCategories(ctx context.Context, d *sql.DB) ([]string, error) {
	codes, err := categoriesInUse(ctx, d)
	if err != nil {
		return nil, err
	}
	for i, c := range codes {
		if c == "" {
			codes[i] = "-"
		}
	}
	return codes, nil
}

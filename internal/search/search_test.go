package search_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/search"
)

var ctx = context.Background()

const (
	south = "419900101"
	north = "419900102"
	at    = int64(1_763_859_600_000)
)

// towns sets up two towns whose numbers are neighbours.
func towns(t *testing.T, d *db.DB) {
	t.Helper()
	err := d.UpdateAcross(ctx, func(w *db.Wide) error {
		for i, town := range []string{south, north} {
			_, err := w.Exec(ctx, `INSERT INTO towns (town_id, number, parent_id, level, name, demo, opened_at) VALUES ($1, $2, '419900', 'town', $1, $3, 0)`,
				town, 998+i, true)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

type fataler interface {
	Helper()
	Fatalf(string, ...any)
}

func put(t fataler, d *db.DB, town, kind, record string, at int64, text string) {
	t.Helper()
	if err := d.Derive(ctx, town, func(tx *db.Tx) error {
		return search.Put(ctx, tx, kind, search.Doc{Record: record, At: at, Text: text})
	}); err != nil {
		t.Fatalf("put %q: %v", text, err)
	}
}

func find(t fataler, d *db.DB, town string, q search.Query) (hits []search.Hit) {
	t.Helper()
	err := d.View(ctx, town, func(tx *db.Tx) (err error) { hits, err = search.Find(ctx, tx, q); return err })
	if err != nil {
		t.Fatalf("find %q: %v", q.Text, err)
	}
	return hits
}

// count returns how many hits a query has, over all its pages.
func count(t fataler, d *db.DB, town string, q search.Query) (n int64) {
	t.Helper()
	for q.Limit = 7; ; {
		hits := find(t, d, town, q)
		n += int64(len(hits))
		if len(hits) < q.Limit {
			return n
		}
		q.Before = hits[len(hits)-1].Place
	}
}

func records(hits []search.Hit) string {
	var rs []string
	for _, h := range hits {
		rs = append(rs, h.Record)
	}
	return strings.Join(rs, " ")
}

func TestAWordIsFoundWhereverItStands(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		towns(t, d)
		for i, text := range []string{
			"九堡村路灯坏了，晚上看不见。",
			"路边的灯 很暗",
			"ＡＢＣ１２３ Road LAMP",
			"水费收据\n编号：No.7-b",
			"𠮷家门口的井盖🚧没了",
			"",
		} {
			put(t, d, south, "case", fmt.Sprint("r", i), at+int64(i)*1000, text)
		}
		for q, want := range map[string]string{
			"路灯":          "r0",
			"灯":           "r1 r0",
			"路 灯":         "r1 r0",
			"灯 路":         "r1 r0",
			"堡村路灯坏了，晚":    "r0",
			"了，晚":         "r0",
			"。":           "r0",
			"了晚":          "",
			"灯路":          "",
			"abc123":      "r2",
			"Ａbc":         "r2",
			"road lamp":   "r2",
			"oad":         "r2",
			`"d l"`:       "r2",
			`"lamp road"`: "",
			"“灯 很”":       "r1",
			"“灯 很” 路":     "r1",
			"\"灯 很\"暗":    "r1",
			"\"灯 很":       "", // an open quotation mark is itself looked for
			"no.7-b":      "r3",
			"𠮷":           "r4",
			"𠮷家":          "r4",
			"🚧没":          "r4",
			"吉家":          "",
			"*":           "",
			"路*":          "",
			"NOT 灯":       "",
			"路 OR 灯":      "",
			"one:路":       "",
			"NEAR(路 灯)":   "",
			"^路":          "",
			"' OR 1=1 --": "",
			"%":           "",
			"_":           "",
			"\x00":        "",
			"路\x00灯":      "",
			"路灯\xff":      "",
			`\`:           "",
			"'); DROP":    "",
			"路:*":         "",
			"#":           "",
			"路' & '灯":     "",
			"$1":          "",
			"\u202e":      "",
			"0fuf0ahv":    "",
		} {
			if got := records(find(t, d, south, search.Query{Text: q})); got != want {
				t.Errorf("%q: got %q, want %q", q, got, want)
			}
		}
	})
}

func TestATownNeverFindsAnothers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		towns(t, d)
		for _, at := range []int64{-5, 0, at, 1 << 62} {
			put(t, d, south, "case", fmt.Sprint("s", at), at, "南边的路灯")
			put(t, d, north, "case", fmt.Sprint("n", at), at, "北边的路灯")
		}
		for town, prefix := range map[string]string{south: "s", north: "n"} {
			for _, q := range []search.Query{{Text: "路"}, {Text: "路灯"}, {Kind: "case", Text: "的路灯"}} {
				hits := find(t, d, town, q)
				if len(hits) != 4 || count(t, d, town, q) != 4 {
					t.Errorf("%s %v: %d hits, count %d", town, q, len(hits), count(t, d, town, q))
				}
				for _, h := range hits {
					if !strings.HasPrefix(h.Record, prefix) {
						t.Errorf("%s found %s", town, h.Record)
					}
				}
			}
		}
		if n := count(t, d, south, search.Query{Text: "北"}); n != 0 {
			t.Errorf("south counts %d of the north", n)
		}
		if n := count(t, d, "419900199", search.Query{Text: "路"}); n != 0 {
			t.Errorf("a town that is not set up counts %d", n)
		}
	})
}

func TestHitsComeNewestFirstPageByPage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		towns(t, d)
		var want []string
		for i := range 30 { // put out of order, three in each second
			j := (i * 7) % 30
			put(t, d, south, []string{"case", "visit"}[j%2], fmt.Sprintf("r%02d", j), at+int64(j/3)*1000, "路灯")
		}
		all := find(t, d, south, search.Query{Text: "路灯"})
		for i, h := range all {
			want = append(want, h.Record)
			if i > 0 && (second(t, h) > second(t, all[i-1]) || h.Place >= all[i-1].Place) {
				t.Errorf("%v after %v", h, all[i-1])
			}
		}
		var got []string
		for q := (search.Query{Text: "路灯", Limit: 7}); ; {
			page := find(t, d, south, q)
			if len(page) == 0 {
				break
			}
			for _, h := range page {
				got = append(got, h.Record)
			}
			q.Before = page[len(page)-1].Place
		}
		if len(all) != 30 || !slices.Equal(got, want) {
			t.Errorf("pages %v\nall %v", got, want)
		}
		if n := count(t, d, south, search.Query{Kind: "visit", Text: "路"}); n != 15 {
			t.Errorf("%d visits", n)
		}
	})
}

// second is the second in which a record of the test before was made.
func second(t *testing.T, h search.Hit) int {
	t.Helper()
	n, err := strconv.Atoi(h.Record[1:])
	if err != nil {
		t.Fatal(err)
	}
	return n / 3
}

func TestPutAgainReplacesAndDeleteRemoves(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		towns(t, d)
		put(t, d, south, "case", "a", at, "旧的路灯")
		put(t, d, south, "case", "b", at, "旁边的路灯")
		put(t, d, south, "case", "a", at, "新的井盖")
		put(t, d, south, "visit", "a", at, "新的走访")
		expect := func(q, want string) {
			t.Helper()
			if got := records(find(t, d, south, search.Query{Text: q})); got != want || count(t, d, south, search.Query{Text: q}) != int64(len(strings.Fields(want))) {
				t.Errorf("%q: got %q, want %q", q, got, want)
			}
		}
		expect("路灯", "b")
		expect("井盖", "a")
		expect("新的", "a a")
		for range 2 {
			if err := d.Derive(ctx, south, func(tx *db.Tx) error {
				return search.Put(ctx, tx, "case", search.Doc{Record: "a", Gone: true})
			}); err != nil {
				t.Fatal(err)
			}
		}
		expect("井盖", "")
		expect("新", "a")
		put(t, d, south, "case", "a", at, "路灯又坏了")
		expect("路灯", "a b")
	})
}

func TestAQueryThatCannotBeAskedSaysWhy(t *testing.T) {
	for q, key := range map[string]string{"": "search.empty", " \n　": "search.empty", `""`: "search.empty",
		strings.Repeat("路", 201): "search.long", strings.Repeat("x", 1<<20): "search.long", strings.Repeat("路 ", 11): "search.long"} {
		if _, err := search.Words(q); len(errs.All(err)) != 1 || errs.All(err)[0].Key != key || errs.All(err)[0].Field != "q" {
			t.Errorf("%.20q: %v, want %s", q, err, key)
		}
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		towns(t, d)
		err := d.Derive(ctx, south, func(tx *db.Tx) error {
			return search.Put(ctx, tx, "case", search.Doc{Record: "a", At: at, Text: strings.Repeat("路", search.MaxText+1)})
		})
		if !errs.Is(err, errs.Invalid) {
			t.Errorf("text too long: %v", err)
		}
	})
}

// The longest text, with as many different tokens as can be, fits both engines.
func TestTheLongestTextFits(t *testing.T) {
	var b strings.Builder
	for i := range search.MaxText {
		b.WriteRune(rune(0x20000 + i%40000))
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		towns(t, d)
		put(t, d, south, "case", "long", at, b.String())
		if n := count(t, d, south, search.Query{Text: string([]rune{0x20000 + 30000, 0x20000 + 30001})}); n != 1 {
			t.Errorf("found %d", n)
		}
	})
}

// The truth is strings.Contains over the normalised text.
func TestFindIsASubstringTest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		towns(t, d)
		texts := rapid.StringOfN(rapid.SampledFrom([]rune("路灯坏aAＡbé1２ ，.\"*'\n𠮷🚧ßİ\u0301\x00%")), 0, 14, -1)
		rapid.Check(t, func(rt *rapid.T) {
			docs := rapid.SliceOfN(texts, 1, 7).Draw(rt, "docs")
			for i, text := range docs {
				put(rt, d, south, "case", fmt.Sprint("r", i), at+int64(i)*1000, text)
			}
			for i := len(docs); i < 7; i++ {
				if err := d.Derive(ctx, south, func(tx *db.Tx) error {
					return search.Put(ctx, tx, "case", search.Doc{Record: fmt.Sprint("r", i), Gone: true})
				}); err != nil {
					rt.Fatal(err)
				}
			}
			for range 5 {
				q := texts.Draw(rt, "query")
				if rapid.Bool().Draw(rt, "from a text") { // a piece of a text, so that there are hits
					rs := []rune(rapid.SampledFrom(docs).Draw(rt, "of"))
					from := rapid.IntRange(0, len(rs)).Draw(rt, "from")
					q = string(rs[from:rapid.IntRange(from, min(len(rs), from+5)).Draw(rt, "to")])
				}
				words, err := search.Words(q)
				if err != nil {
					continue
				}
				var want []string
				for i, text := range slices.Backward(docs) {
					all := true
					for _, w := range words {
						all = all && strings.Contains(search.Normalise(text), w)
					}
					if all {
						want = append(want, fmt.Sprint("r", i))
					}
				}
				if got := records(find(rt, d, south, search.Query{Text: q})); got != strings.Join(want, " ") {
					rt.Fatalf("%q in %q: got %q, want %q", q, docs, got, want)
				}
				if n := count(rt, d, south, search.Query{Text: q, Kind: "case"}); n != int64(len(want)) {
					rt.Fatalf("%q: counted %d, want %d", q, n, len(want))
				}
			}
		})
	})
}

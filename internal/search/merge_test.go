package search_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/search"
)

// Many texts over many segments, of which some are replaced and some taken out, are found as a substring test finds
// them, page by page; and there never are many segments.
func TestManySegmentsAreOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		towns(t, d)
		rng := rand.New(rand.NewPCG(1, 2))
		texts := map[string]string{}
		at := map[string]int64{}
		for round, put := 0, 0; put < 3000; round++ {
			docs := map[string]search.Doc{}
			for range 1 + rng.IntN(1+round%7*60) {
				doc := search.Doc{Record: fmt.Sprintf("r%05d", put), At: at0 + int64(rng.IntN(5_000_000)), Text: words(rng)}
				if n := rng.IntN(20); n < 2 && put > 100 { // an older one, replaced or taken out
					doc.Record = fmt.Sprintf("r%05d", rng.IntN(put))
					doc.Gone = n == 0
				} else {
					put++
				}
				docs[doc.Record] = doc
			}
			var list []search.Doc
			for _, doc := range docs {
				list = append(list, doc)
				if delete(texts, doc.Record); !doc.Gone {
					texts[doc.Record], at[doc.Record] = doc.Text, doc.At
				}
			}
			if err := d.Derive(ctx, south, func(tx *db.Tx) error { return search.Put(ctx, tx, "case", list...) }); err != nil {
				t.Fatal(err)
			}
		}
		queries := []string{"路", "灯", "坏", "路灯", "路灯坏", "灯坏了九堡", "堡九", "井", "盖井盖井", "稀", "路 井", "九堡 灯坏 了", "无"}
		for range 60 { // pieces of texts, of which many are in hardly another
			q := []rune(words(rng))
			queries = append(queries, string(q[:2+rng.IntN(5)]))
		}
		for _, q := range queries {
			want := map[string]bool{}
			for r, text := range texts {
				if !slices.ContainsFunc(strings.Fields(q), func(w string) bool { return !strings.Contains(text, w) }) {
					want[r] = true
				}
			}
			last, n := int64(1<<62), 0
			for query := (search.Query{Text: q, Limit: 100}); ; {
				hits := find(t, d, south, query)
				for _, h := range hits {
					if !want[h.Record] {
						t.Fatalf("%s: found %s %q", q, h.Record, texts[h.Record])
					}
					if n++; at[h.Record]/1000 > last {
						t.Fatalf("%s: %s is newer than the one before", q, h.Record)
					}
					last = at[h.Record] / 1000
				}
				if len(hits) < 100 {
					break
				}
				query.Before = hits[99].Place
			}
			if n != len(want) {
				t.Errorf("%s: found %d, want %d", q, n, len(want))
			}
		}
		err := d.View(ctx, south, func(tx *db.Tx) error {
			var readable, all, pages int
			states := map[string]int{}
			err := tx.Each(ctx, func(r *sql.Rows) error {
				var state string
				err := r.Scan(&state)
				states[state]++
				all++
				return err
			}, `SELECT state FROM search_segments WHERE town_id = $1`)
			if err != nil {
				return err
			}
			readable = states["readable"]
			if err := tx.Row(ctx, `SELECT count(*) FROM search_pages WHERE town_id = $1 AND segment NOT IN (SELECT segment FROM search_segments WHERE town_id = $1)`).Scan(&pages); err != nil {
				return err
			}
			if readable > 30 || all > 40 || pages > 0 {
				t.Errorf("%d segments, %d of them readable, %d pages of none", all, readable, pages)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// A pair in many pages of texts, none of which has what is to follow it, is gone through once.
func TestAPairThatIsNeverFollowedSoIsNotFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		towns(t, d)
		docs := make([]search.Doc, 6000)
		for i := range docs {
			docs[i] = search.Doc{Record: fmt.Sprintf("r%05d", i), At: at0 + int64(i)*1000, Text: "路灯亮"}
		}
		docs[100].Text = "路灯坏"
		if err := d.Derive(ctx, south, func(tx *db.Tx) error { return search.Put(ctx, tx, "case", docs...) }); err != nil {
			t.Fatal(err)
		}
		soon, stop := context.WithTimeout(ctx, 10*time.Second)
		defer stop()
		for q, want := range map[string]string{"路灯坏": "r00100", "路灯下": "", "路灯修": ""} { // 修 is of one kind with 亮
			var hits []search.Hit
			err := d.View(soon, south, func(tx *db.Tx) (err error) {
				hits, err = search.Find(soon, tx, search.Query{Text: q})
				return err
			})
			if err != nil || records(hits) != want {
				t.Errorf("%q: %q, %v; want %q", q, records(hits), err, want)
			}
		}
	})
}

const at0 = int64(1_763_859_600_000)

// words makes a text of common words with now and then a rare one.
func words(rng *rand.Rand) string {
	var b strings.Builder
	for range 5 + rng.IntN(60) {
		b.WriteString([]string{"路", "灯", "坏", "了", "九", "堡", "路灯", "井盖", "，", "。"}[rng.IntN(10)])
	}
	if rng.IntN(500) == 0 {
		b.WriteString("稀少")
	}
	return b.String()
}

// A text that was taken out leaves its terms no longer than until its segment is merged.
func TestTermsOfTextsThatAreGoneAreMergedAway(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		towns(t, d)
		put(t, d, south, "case", "secret", at0, "密语")
		put(t, d, south, "case", "secret", at0, "别的")
		holds := func() (n int) {
			err := d.View(ctx, south, func(tx *db.Tx) error {
				return tx.Row(ctx, `SELECT count(*) FROM search_pages WHERE town_id = $1 AND term = $2`, int64('密'+1)<<21|'语').Scan(&n)
			})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		for i := range 40 { // a term with so many docs that it has pages of its own comes behind it
			put(t, d, south, "case", fmt.Sprint("r", i), at0+int64(i)*1000, "路灯")
		}
		if n := len(find(t, d, south, search.Query{Text: "密"})); n != 0 {
			t.Errorf("found %d", n)
		}
		if n := holds(); n != 0 {
			t.Errorf("%d pages begin with what is gone", n)
		}
	})
}

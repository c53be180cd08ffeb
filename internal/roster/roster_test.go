package roster_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/id"
	"yanming/internal/roster"
)

var ctx = context.Background()

func view(t testing.TB, d *db.DB, fn func(tx *db.Tx)) {
	t.Helper()
	if err := d.View(ctx, dbtest.Town, func(tx *db.Tx) error { fn(tx); return nil }); err != nil {
		t.Fatal(err)
	}
}

// keep keeps lists as one group and returns where they are, and the parts that it took.
func keep(t testing.TB, d *db.DB, lists ...[]roster.Member) (refs []roster.Ref, p roster.Parts) {
	t.Helper()
	view(t, d, func(tx *db.Tx) {
		there, err := roster.Names(ctx, tx)
		if err != nil {
			t.Fatal(err)
		}
		w, err := roster.NewWriter(there)
		if err != nil {
			t.Fatal(err)
		}
		g := w.Group()
		for _, l := range lists {
			if err := g.Add(l); err != nil {
				t.Fatal(err)
			}
		}
		refs, p = g.Close(), w.Parts()
	})
	if err := p.Lay(ctx, d, dbtest.Town); err != nil {
		t.Fatal(err)
	}
	return refs, p
}

// all reads a list whole.
func all(tx *db.Tx, ref roster.Ref) (ms []roster.Member, err error) {
	l, err := roster.Open(ctx, tx, ref)
	if err != nil {
		return nil, err
	}
	err = l.Each(ctx, tx, func(m roster.Member) error { ms = append(ms, m); return nil })
	if err == nil && len(ms) != l.Len() {
		err = fmt.Errorf("%d members, said to be %d", len(ms), l.Len())
	}
	return ms, err
}

// registered are n members, one registered each minute.
func registered(n int) []roster.Member {
	ms := make([]roster.Member, n)
	for i := range ms {
		ms[i] = roster.Member{ID: id.New(time.UnixMilli(1.7e12 + int64(i)*60_000)), Amount: 1}
	}
	return ms
}

// some are the members of a list for which ok says so.
func some(ms []roster.Member, ok func(i int) bool) (out []roster.Member) {
	for i, m := range ms {
		if ok(i) {
			out = append(out, m)
		}
	}
	return out
}

func TestKeptListsAreReadAsTheyWere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		r := rand.New(rand.NewPCG(7, 7))
		every := registered(20_000)
		valued := slices.Clone(every[:5000])
		for i := range valued {
			valued[i].Amount = int64(r.IntN(40)) - 5
		}
		lists := map[string][]roster.Member{
			"all":         every,
			"none":        nil,
			"one":         every[12_345:12_346],
			"the last":    every[19_999:],
			"every tenth": some(every, func(i int) bool { return i%10 == 0 }),
			"scattered":   some(every, func(int) bool { return r.IntN(200) == 0 }),
			"most":        some(every, func(int) bool { return r.IntN(200) > 0 }),
			"with values": valued,
			"odd ids":     {{ID: "", Amount: 1 << 62}, {ID: "\x00\"<", Amount: -1 << 63}, {ID: "a", Amount: 0}, {ID: "a/b", Amount: 2}, {ID: "村", Amount: 3}},
		}
		var names []string
		var in [][]roster.Member
		for n, l := range lists {
			names, in = append(names, n), append(in, l)
		}
		refs, _ := keep(t, d, in...)
		view(t, d, func(tx *db.Tx) {
			for i, n := range names {
				got, err := all(tx, refs[i])
				if err != nil || !slices.Equal(got, in[i]) {
					t.Errorf("%s: %d of %d members, %v", n, len(got), len(in[i]), err)
				}
				l, err := roster.Open(ctx, tx, refs[i])
				if err != nil {
					t.Fatal(err)
				}
				got = nil
				for after, more := "", true; more; {
					var ms []roster.Member
					if ms, more, err = l.Page(ctx, tx, after, 300); err != nil {
						t.Fatal(err)
					}
					if got = append(got, ms...); more {
						after = ms[len(ms)-1].ID
					}
				}
				if !slices.Equal(got, in[i]) {
					t.Errorf("%s in pages: %d of %d members", n, len(got), len(in[i]))
				}
			}
		})
	})
}

func TestAPageBeginsBehindAnyID(t *testing.T) {
	clock := &dbtest.Clock{}
	d := dbtest.SQLite(t, clock.Now)
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfDistinct(rapid.StringMatching("[abc]{1,4}"), rapid.ID[string]).Draw(t, "ids")
		slices.Sort(ids)
		group := make([]roster.Member, len(ids))
		for i, x := range ids {
			group[i] = roster.Member{ID: x, Amount: rapid.Int64Range(0, 2).Draw(t, "amount")}
		}
		list := some(group, func(int) bool { return rapid.Bool().Draw(t, "in") })
		after, limit := rapid.StringMatching("[abcd]{0,4}").Draw(t, "after"), rapid.IntRange(1, 5).Draw(t, "limit")
		var refs []roster.Ref
		var p roster.Parts
		err := d.View(ctx, dbtest.Town, func(tx *db.Tx) error {
			w, err := roster.NewWriter(map[string]bool{})
			if err != nil {
				return err
			}
			g := w.Group()
			if err := errors.Join(g.Add(group), g.Add(list)); err != nil {
				return err
			}
			refs, p = g.Close(), w.Parts()
			return nil
		})
		if err == nil {
			err = p.Lay(ctx, d, dbtest.Town)
		}
		if err != nil {
			t.Fatal(err)
		}
		behind := some(list, func(i int) bool { return list[i].ID > after })
		err = d.View(ctx, dbtest.Town, func(tx *db.Tx) error {
			l, err := roster.Open(ctx, tx, refs[1])
			if err != nil {
				return err
			}
			got, more, err := l.Page(ctx, tx, after, limit)
			if want := behind[:min(limit, len(behind))]; !slices.Equal(got, want) || more != (len(behind) > limit) {
				t.Errorf("behind %q: %v, more %v; want %v", after, got, more, want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestListsTakeLittleRoomAndWhatIsThereIsNotWrittenAgain(t *testing.T) {
	clock := &dbtest.Clock{}
	d := dbtest.SQLite(t, clock.Now)
	every := registered(50_000)
	half := some(every, func(i int) bool { return i%2 == 0 })
	refs, first := keep(t, d, every, half, half)
	if refs[1] != refs[2] {
		t.Error("two lists of the same members are kept twice")
	}
	plain, err := json.Marshal(every)
	if err != nil {
		t.Fatal(err)
	}
	if 2*first.Bytes() > len(plain) { // three lists in less than half of what one took
		t.Errorf("kept in %d bytes, one of them as JSON is %d", first.Bytes(), len(plain))
	}
	if again, p := keep(t, d, every, half, half); p.Bytes() != 0 || !slices.Equal(again, refs) {
		t.Errorf("the same again: %d bytes", p.Bytes())
	}
	more := append(slices.Clone(every[:30_000]), every[30_001:]...) // one has gone, ten have come
	more = append(more, registered(50_010)[50_000:]...)
	if _, p := keep(t, d, more); 3*p.Bytes() > first.Bytes() {
		t.Errorf("a week later: %d bytes, after %d", p.Bytes(), first.Bytes())
	}
}

func TestAPageReadsOnlyItsBlocks(t *testing.T) {
	clock := &dbtest.Clock{}
	d := dbtest.SQLite(t, clock.Now)
	every := registered(30_000)
	half := some(every, func(i int) bool { return i%2 == 0 })
	refs, _ := keep(t, d, every, half)
	var blocks []string
	view(t, d, func(tx *db.Tx) {
		names, err := roster.Names(ctx, tx)
		if err != nil {
			t.Fatal(err)
		}
		for n := range names {
			if n != refs[0].IDs && n != refs[0].Places && n != refs[1].Places {
				blocks = append(blocks, n)
			}
		}
	})
	if len(blocks) < 15 {
		t.Fatalf("only %d blocks", len(blocks))
	}
	set := func(name string, body []byte) (old []byte) {
		err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
			if err := tx.Row(ctx, `SELECT body FROM roster_parts WHERE town_id = $1 AND digest = $2`, name).Scan(&old); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `UPDATE roster_parts SET body = $3 WHERE town_id = $1 AND digest = $2`, name, body)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return old
	}
	for _, after := range []string{"", half[7000].ID} {
		needed := 0
		for _, name := range blocks {
			old := set(name, []byte("damaged"))
			view(t, d, func(tx *db.Tx) {
				l, err := roster.Open(ctx, tx, refs[1])
				if err != nil {
					t.Fatal(err)
				}
				ms, _, err := l.Page(ctx, tx, after, 10)
				switch {
				case errors.Is(err, roster.ErrDamaged):
					needed++
				case err != nil || len(ms) != 10:
					t.Errorf("%d members, %v", len(ms), err)
				}
			})
			set(name, old)
		}
		if needed < 1 || needed > 2 {
			t.Errorf("a page behind %q needs %d of %d blocks", after, needed, len(blocks))
		}
	}
}

func TestADamagedPartIsRefused(t *testing.T) {
	every := registered(3000)
	valued := slices.Clone(every)
	for i := range valued {
		valued[i].Amount = int64(i * 7 % 11)
	}
	for _, row := range []struct{ name, change string }{
		{"nothing in it", `UPDATE roster_parts SET body = $2 WHERE town_id = $1`},
		{"cut", `UPDATE roster_parts SET body = substr(body, 1, length(body) - 1) WHERE town_id = $1 AND $2 = $2`},
		{"gone", `DELETE FROM roster_parts WHERE town_id = $1 AND $2 = $2`},
		{"another's", `UPDATE roster_parts SET body = (SELECT o.body FROM roster_parts o WHERE o.town_id = $1 ORDER BY o.digest DESC LIMIT 1)
			WHERE town_id = $1 AND $2 = $2 AND digest < (SELECT max(o.digest) FROM roster_parts o WHERE o.town_id = $1)`},
	} {
		t.Run(row.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
				refs, _ := keep(t, d, valued)
				err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
					_, err := tx.Exec(ctx, row.change, []byte{})
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				view(t, d, func(tx *db.Tx) {
					if ms, err := all(tx, refs[0]); !errors.Is(err, roster.ErrDamaged) || ms != nil {
						t.Errorf("%d members, %v", len(ms), err)
					}
				})
			})
		})
	}
}

// TestWhatWasKeptBeforeCanBeRead holds the reader, and the writer, to what was once laid down: t0001, t0002 and t0005 with
// 1, 1 and -3, and t0001 and t0003 over the same ids.
func TestWhatWasKeptBeforeCanBeRead(t *testing.T) {
	const index = "ee5e1237dd6da9822e3454b550f0c495c34bdfe2e55bee2a5dec889f66ceb36c"
	old := map[string]string{
		"d56844c5cd65c3286dda6bda63328bc7735fa28d4127176c3d2530183f288016": "0000057430303031040132040133040135",
		index: "00d56844c5cd65c3286dda6bda63328bc7735fa28d4127176c3d2530183f28801604057430303035",
		"2066a98cd4130c0e63d9ad5b5caa45e0fbcb9c9e669f01708c9d89624bf3591d": "0003020202000102010205",
		"c76baeb851bf30ae7141de6a8306b5a46505607c324eaa17fa8bcc9a544c4115": "0128b52ffd200a51000002020202000101010202", // zstd
	}
	refs := []roster.Ref{{IDs: index, Places: "2066a98cd4130c0e63d9ad5b5caa45e0fbcb9c9e669f01708c9d89624bf3591d"},
		{IDs: index, Places: "c76baeb851bf30ae7141de6a8306b5a46505607c324eaa17fa8bcc9a544c4115"}}
	lists := [][]roster.Member{{{ID: "t0001", Amount: 1}, {ID: "t0002", Amount: 1}, {ID: "t0005", Amount: -3}}, {{ID: "t0001", Amount: 1}, {ID: "t0003", Amount: 1}}}
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
			for name, body := range old {
				b, err := hex.DecodeString(body)
				if err != nil {
					return err
				}
				if _, err := tx.Exec(ctx, `INSERT INTO roster_parts (town_id, digest, body) VALUES ($1, $2, $3)`, name, b); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		view(t, d, func(tx *db.Tx) {
			for i, ref := range refs {
				if got, err := all(tx, ref); err != nil || !slices.Equal(got, lists[i]) {
					t.Errorf("%v, %v", got, err)
				}
			}
		})
		if again, p := keep(t, d, lists...); !slices.Equal(again, refs) || p.Bytes() > 0 {
			t.Errorf("kept now in %v, with %d new bytes", again, p.Bytes())
		}
	})
}

func TestAListOutOfOrderIsRefused(t *testing.T) {
	for _, ms := range [][]roster.Member{{{ID: "b"}, {ID: "a"}}, {{ID: "a"}, {ID: "a"}}} {
		w, err := roster.NewWriter(map[string]bool{})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Group().Add(ms); err == nil {
			t.Errorf("%v was taken", ms)
		}
	}
}

func TestAMemberIsWrittenAsJSONWritesIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := roster.Member{ID: rapid.OneOf(rapid.String(), rapid.StringMatching("[ -~]*")).Draw(t, "id"), Amount: rapid.Int64().Draw(t, "amount")}
		want, err := json.Marshal([2]any{m.ID, m.Amount})
		if err != nil {
			t.Fatal(err)
		}
		if got := m.AppendJSON(nil); string(got) != string(want) {
			t.Errorf("%s, want %s", got, want)
		}
	})
}

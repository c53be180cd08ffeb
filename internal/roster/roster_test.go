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
				if want := some(in[i], func(j int) bool { return in[i][j].ID != "" }); !slices.Equal(got, want) {
					t.Errorf("%s in pages: %d of %d members", n, len(got), len(want))
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
	if 5*first.Bytes() > 2*len(plain) { // three lists in less than two fifths of what one took
		t.Errorf("kept in %d bytes, one of them as JSON is %d", first.Bytes(), len(plain))
	}
	if again, p := keep(t, d, every, half, half); p.Bytes() != 0 || !slices.Equal(again, refs) {
		t.Errorf("the same again: %d bytes", p.Bytes())
	}
	more := append(slices.Clone(every[:30_000]), every[30_001:]...) // one has gone, ten have come
	more = append(more, registered(50_010)[50_000:]...)
	if _, p := keep(t, d, more); 10*p.Bytes() > first.Bytes() {
		t.Errorf("a week later: %d bytes, after %d", p.Bytes(), first.Bytes())
	}
}

func TestAPageReadsOnlyItsBlocks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		every := registered(60_000)
		refs, _ := keep(t, d, every, some(every, func(i int) bool { return i%2 == 0 }))
		// The blocks are what is neither the index of the group nor a list's places. All but the first go.
		first, _ := keep(t, d, every[:10])
		_ = first
		err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
			n, err := tx.Exec(ctx, `UPDATE roster_parts SET body = $2 WHERE town_id = $1 AND digest NOT IN ($3, $4, $5)`, []byte{9}, refs[0].IDs, refs[0].Places, refs[1].Places)
			if n < 30 {
				t.Errorf("only %d blocks", n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		view(t, d, func(tx *db.Tx) {
			l, err := roster.Open(ctx, tx, refs[1])
			if err != nil || l.Len() != 30_000 {
				t.Errorf("opened: %v", err)
			}
			if _, _, err := l.Page(ctx, tx, "", 10); !errors.Is(err, roster.ErrDamaged) {
				t.Errorf("a page of damaged blocks: %v", err)
			}
		})
	})
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
		{"another's", `UPDATE roster_parts SET body = (SELECT max(o.body) FROM roster_parts o WHERE o.town_id = $1) WHERE town_id = $1 AND $2 = $2
			AND body < (SELECT max(o.body) FROM roster_parts o WHERE o.town_id = $1)`},
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

// TestWhatWasKeptBeforeCanBeRead holds the format to what was once written.
func TestWhatWasKeptBeforeCanBeRead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		old := map[string]string{
			"": "",
		}
		want := []roster.Member{{ID: "t0001", Amount: 1}, {ID: "t0002", Amount: 1}, {ID: "t0005", Amount: -3}}
		refs, _ := keep(t, d, want)
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
			got, err := all(tx, refs[0])
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%v, %v", got, err)
			}
		})
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

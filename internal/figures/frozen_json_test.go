package figures_test

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"slices"
	"testing"

	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/figures"
	"yanming/internal/journal"
)

// frozenRow is a frozen figure as it was stored before members were kept in a roster.
type frozenRow struct {
	n                         int
	code, body, members, hash string
}

// asJSON returns the figures of a set as they were stored before.
func asJSON(t testing.TB, d *db.DB, s figures.FrozenSet) (rows []frozenRow) {
	t.Helper()
	view(t, d, dbtest.Town, func(tx *db.Tx) {
		err := tx.Each(ctx, func(r *sql.Rows) error {
			var x frozenRow
			err := r.Scan(&x.n, &x.code, &x.body, &x.hash)
			rows = append(rows, x)
			return err
		}, `SELECT n, code, body, hash FROM frozen_figures WHERE town_id = $1 AND set_id = $2 ORDER BY n`, s.ID)
		if err != nil {
			t.Fatal(err)
		}
		for i, f := range s.Figures {
			ms, err := figures.Members(ctx, tx, f)
			if err != nil {
				t.Fatal(err)
			}
			pairs := [][2]any{} // not by way of the type that reads them
			for _, m := range ms {
				pairs = append(pairs, [2]any{m.ID, m.Amount})
			}
			b, err := json.Marshal(pairs)
			if err != nil {
				t.Fatal(err)
			}
			rows[i].members = string(b)
		}
	})
	return rows
}

// unpack writes the members of a set as they were stored before, and takes what they were kept in away.
func unpack(t testing.TB, d *db.DB, s figures.FrozenSet) {
	t.Helper()
	rows := asJSON(t, d, s)
	err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
		for _, x := range rows {
			_, err := tx.Exec(ctx, `UPDATE frozen_figures SET members = $4, ids = '', places = '' WHERE town_id = $1 AND set_id = $2 AND n = $3`, s.ID, x.n, x.members)
			if err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `DELETE FROM roster_parts WHERE town_id = $1`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// told is what a set says of its figures: members, pages, what came since.
func told(t *testing.T, d *db.DB, c *figures.Catalogue, s figures.FrozenSet) string {
	t.Helper()
	var out []any
	view(t, d, dbtest.Town, func(tx *db.Tx) {
		for _, f := range s.Figures {
			ms, err := figures.Members(ctx, tx, f)
			if err != nil {
				t.Fatal(err)
			}
			since, err := c.Since(ctx, tx, f)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, f.Item.Code, ms, since)
			for after, last := "", false; !last; {
				p, err := c.FrozenRows(ctx, tx, f, figures.Sight{All: true}, after, 2)
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, p.Rows, p.Hidden)
				after, last = p.Next, p.Next == ""
			}
		}
		ps, err := c.Verify(ctx, tx, s.ID)
		if err != nil || len(ps) > 0 {
			t.Errorf("verify: %+v, %v", ps, err)
		}
	})
	b, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestMembersAsJSONSayTheSameAsKeptOnes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		c, s := frozenWeek(t, d, clock)
		for i, x := range asJSON(t, d, s) {
			sum := sha256.Sum256([]byte(x.body + "\n" + x.members + "\n"))
			if hash := hex.EncodeToString(sum[:]); hash != x.hash || hash != s.Figures[i].Hash {
				t.Errorf("the hash of %s depends on how its members are kept", x.code)
			}
		}
		clock.Set(ms(at(20, 0)))
		kept := told(t, d, c, s)
		unpack(t, d, s)
		if got := told(t, d, c, s); got != kept {
			t.Errorf("as JSON:\n%s\nkept:\n%s", got, kept)
		}
	})
}

func TestChangedMembersAsJSONAreFound(t *testing.T) {
	for _, row := range []struct{ name, members string }{
		{"another member", `replace(members, 't0001', 't0009')`},
		{"another amount", `replace(members, '["t0001",1]', '["t0001",2]')`},
		{"a space", `replace(members, ',1]', ', 1]')`},
		{"no JSON", `'x'`},
		{"none", `''`},
	} {
		t.Run(row.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
				c, s := frozenWeek(t, d, clock)
				unpack(t, d, s)
				err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
					_, err := tx.Exec(ctx, `UPDATE frozen_figures SET members = `+row.members+` WHERE town_id = $1 AND code = 'thing.received'`)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				view(t, d, dbtest.Town, func(tx *db.Tx) {
					ps, err := c.Verify(ctx, tx, s.ID)
					if err != nil || !slices.ContainsFunc(ps, func(p figures.Problem) bool { return p.Code == "thing.received" && p.Key == "figures.check.hash" }) {
						t.Errorf("got %+v, %v", ps, err)
					}
				})
			})
		})
	}
}

func TestASetFrozenUnderTheSchemaBeforeIsReadAndVerified(t *testing.T) {
	clock := &dbtest.Clock{}
	d := dbtest.SQLite(t, clock.Now)
	c, s := frozenWeek(t, d, clock)
	rows, kept := asJSON(t, d, s), told(t, d, c, s)
	dbtest.EachEmpty(t, func(t *testing.T, fresh func() string) {
		source := fresh()
		opened := func() *db.DB {
			d, err := db.Open(ctx, source, db.Options{Now: clock.Now, Readers: 1})
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		old := opened()
		if _, err := old.MigrateTo(ctx, 56); err != nil {
			t.Fatal(err)
		}
		build(t, old)
		put(t, old, dbtest.Town, small()...)
		err := old.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO frozen_sets (town_id, id, purpose, seq, as_of, at, actor_id, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
				s.ID, s.Purpose, s.Seq, s.AsOf.UnixMilli(), s.At.UnixMilli(), s.Actor, s.Hash)
			if err != nil {
				return err
			}
			for _, x := range rows {
				_, err := tx.Exec(ctx, `INSERT INTO frozen_figures (town_id, set_id, n, code, body, members, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
					s.ID, x.n, x.code, x.body, x.members, x.hash)
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err == nil {
			err = old.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		now := opened()
		defer now.Close()
		if steps, err := now.Migrate(ctx); steps == 0 || err != nil {
			t.Fatalf("%d steps, %v", steps, err)
		}
		err = now.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
			_, err := journal.Append(ctx, tx, journal.Event{Kind: "report", Record: s.ID, N: 1, Type: "frozen", Actor: s.Actor,
				Payload: map[string]any{"purpose": s.Purpose, "seq": s.Seq, "figures": len(rows), "hash": s.Hash}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := told(t, now, c, s); got != kept {
			t.Errorf("under the schema before:\n%s\nnow:\n%s", got, kept)
		}
	})
}

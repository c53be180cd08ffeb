package journal_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/journal"
)

func TestLinesSayThatAndNotWhat(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		add := func(record, typ string, readers ...string) {
			t.Helper()
			err := d.Update(t.Context(), dbtest.Town, func(tx *db.Tx) error {
				if len(readers) > 0 {
					if err := journal.Name(t.Context(), tx, record, journal.System, readers...); err != nil {
						return err
					}
				}
				_, err := journal.Append(t.Context(), tx, journal.Event{Kind: "case", Record: record, N: 1, Type: typ, Actor: "p", Payload: "南渠"})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		add("a", "registered")
		add("b", "accepted")
		add("veiled", "registered", "reader")
		c.Add(24 * time.Hour)
		add("c", "registered")
		look := func(l journal.Look) (seqs []int64) {
			t.Helper()
			if l.Limit == 0 {
				l.Limit = 10
			}
			err := d.View(t.Context(), dbtest.Town, func(tx *db.Tx) error {
				lines, err := journal.Lines(t.Context(), tx, l)
				for _, line := range lines {
					seqs = append(seqs, line.Seq)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return seqs
		}
		place := func(typ string, seq int64) (place string) {
			t.Helper()
			err := d.View(t.Context(), dbtest.Town, func(tx *db.Tx) error {
				lines, err := journal.Lines(t.Context(), tx, journal.Look{Type: typ, Limit: 10})
				for _, line := range lines {
					if line.Seq == seq {
						place = line.Place
					}
				}
				return err
			})
			if err != nil || place == "" {
				t.Fatalf("no place of event %d: %v", seq, err)
			}
			return place
		}
		// The place of what is in confidence, were it known, opens nothing, nor does a number.
		var veiled journal.Entry
		err := d.View(t.Context(), dbtest.Town, func(tx *db.Tx) error {
			es, err := journal.History(t.Context(), tx, "veiled")
			veiled = es[0]
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, behind := range []string{"4", "x.y.z", "..", "x.y.\x00", "x.y.\xff", veiled.ID + "." + strconv.FormatInt(veiled.At.UnixMilli(), 36) + ".p"} {
			err := d.View(t.Context(), dbtest.Town, func(tx *db.Tx) error {
				_, err := journal.Lines(t.Context(), tx, journal.Look{Behind: behind, Limit: 10})
				return err
			})
			if !errs.Is(err, errs.NotFound) {
				t.Errorf("behind %q: %v", behind, err)
			}
		}
		for _, c := range []struct {
			name string
			look journal.Look
			want []int64
		}{
			{"all but what is in confidence, the newest first", journal.Look{}, []int64{4, 2, 1}},
			{"a day", journal.Look{Day: "2026-11-23"}, []int64{2, 1}},
			{"a type", journal.Look{Type: "registered"}, []int64{4, 1}},
			{"a page", journal.Look{Limit: 1, Behind: place("registered", 4)}, []int64{2}},
			{"the last page", journal.Look{Behind: place("accepted", 2)}, []int64{1}},
			{"both", journal.Look{Day: "2026-11-24", Type: "accepted"}, nil},
		} {
			if diff := cmp.Diff(c.want, look(c.look)); diff != "" {
				t.Errorf("%s: %s", c.name, diff)
			}
		}
	})
}

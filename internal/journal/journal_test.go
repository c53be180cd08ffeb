package journal_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/journal"
)

var ctx = context.Background()

const other = "419900102"

func update(t *testing.T, d *db.DB, town string, fn func(*db.Tx) error) {
	t.Helper()
	if err := d.Update(ctx, town, fn); err != nil {
		t.Fatal(err)
	}
}

func add(t *testing.T, d *db.DB, town, record string, n int64) (e journal.Entry) {
	t.Helper()
	update(t, d, town, func(tx *db.Tx) (err error) {
		e, err = journal.Append(ctx, tx, journal.Event{Kind: "case", Record: record, N: n, Type: "noted", Actor: "p", Payload: map[string]int64{"n": n}})
		return err
	})
	return e
}

func TestEventsOfATownAreNumberedWithoutGaps(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		var wg sync.WaitGroup
		for i := range 30 {
			wg.Go(func() {
				err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
					_, err := journal.Append(ctx, tx, journal.Event{Kind: "case", Record: fmt.Sprint("r", i), N: 1, Type: "noted", Actor: "p"})
					if i%3 == 0 {
						return errors.New("undone")
					}
					return err
				})
				if (err == nil) == (i%3 == 0) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		add(t, d, other, "x", 1)
		err := d.View(ctx, dbtest.Town, func(tx *db.Tx) error {
			es, err := journal.After(ctx, tx, 0, 100)
			for i, e := range es {
				if e.Seq != int64(i+1) {
					t.Errorf("event %d has number %d", i, e.Seq)
				}
			}
			if len(es) != 20 {
				t.Errorf("%d events, want 20", len(es))
			}
			head, err2 := journal.Head(ctx, tx)
			if head != 20 {
				t.Errorf("head %d", head)
			}
			return errors.Join(err, err2)
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestARecordChangesOnceAtATime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		add(t, d, dbtest.Town, "r", 1)
		err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
			_, err := journal.Append(ctx, tx, journal.Event{Kind: "case", Record: "r", N: 1, Type: "noted", Actor: "p"})
			return err
		})
		if !errs.Is(err, errs.Conflict) {
			t.Errorf("the same revision twice: %v", err)
		}
		add(t, d, other, "r", 1) // another town's record of the same name is another record
	})
}

func TestARequestKeyIsGoodForOneRequest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		first, _ := journal.Digest(map[string]string{"text": "a"})
		second, _ := journal.Digest(map[string]string{"text": "b"})
		ask := func(key journal.Key, digest []byte) (answer string, seen bool, err error) {
			err = d.View(ctx, dbtest.Town, func(tx *db.Tx) (err error) { answer, seen, err = journal.Once(ctx, tx, key, digest); return err })
			return answer, seen, err
		}
		if _, seen, err := ask("k", first); seen || err != nil {
			t.Errorf("unused: %v %v", seen, err)
		}
		e := add(t, d, dbtest.Town, "r", 1)
		update(t, d, dbtest.Town, func(tx *db.Tx) error { return journal.Remember(ctx, tx, "k", first, e, "r") })
		if answer, seen, err := ask("k", first); answer != "r" || !seen || err != nil {
			t.Errorf("again: %q %v %v", answer, seen, err)
		}
		if _, _, err := ask("k", second); !errs.Is(err, errs.Conflict) {
			t.Errorf("for another request: %v", err)
		}
		if _, seen, err := ask("", second); seen || err != nil {
			t.Errorf("no key: %v %v", seen, err)
		}
	})
}

// tally derives how often each record changed, and fails once in between.
type tally struct {
	seen  map[string]int
	fail  bool
	apart bool
}

func (*tally) Name() string { return "tally" }

func (y *tally) Apart() bool { return y.apart }

func (y *tally) Lean() bool                    { return false }
func (y *tally) Concerns(e journal.Entry) bool { return e.Kind != "idle" }

func (y *tally) Derive(_ context.Context, _ *db.Tx, es []journal.Entry) error {
	if y.fail {
		y.fail = false
		return errors.New("not now")
	}
	for _, e := range es {
		y.seen[e.Record]++
	}
	return nil
}

func TestADeriverTakesEveryEventOnceAndCanBeginAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		for i := range 250 {
			add(t, d, dbtest.Town, fmt.Sprint("r", i%5), int64(i/5+1))
		}
		for _, apart := range []bool{false, true} {
			y := &tally{seen: map[string]int{}, fail: true, apart: apart}
			if _, err := journal.CatchUp(ctx, d, dbtest.Town, y); err == nil {
				t.Error("a failure is not told")
			}
			n, err := journal.CatchUp(ctx, d, dbtest.Town, y)
			if err != nil || n != 250 || y.seen["r3"] != 50 {
				t.Errorf("took %d, r3 %d times, %v", n, y.seen["r3"], err)
			}
			if n, err = journal.CatchUp(ctx, d, dbtest.Town, y); n != 0 || err != nil {
				t.Errorf("again: %d, %v", n, err)
			}
			if err := journal.Rewind(ctx, d, dbtest.Town, y); err != nil {
				t.Fatal(err)
			}
			if n, err = journal.CatchUp(ctx, d, dbtest.Town, y); n != 250 || err != nil {
				t.Errorf("from the beginning: %d, %v", n, err)
			}
		}
	})
}

func TestFollowKeepsDeriversCloseBehind(t *testing.T) {
	d := dbtest.SQLite(t, (&dbtest.Clock{}).Now)
	err := d.UpdateAcross(ctx, func(w *db.Wide) error {
		_, err := w.Exec(ctx, `INSERT INTO towns (town_id, number, parent_id, level, name, demo, opened_at) VALUES ($1, 100, '419900', 'town', 'x', FALSE, 0)`, dbtest.Town)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	add(t, d, dbtest.Town, "r", 1)
	live, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan struct{})
	go func() { journal.Follow(live, d, &tally{seen: map[string]int{}, fail: true}); close(done) }()
	mark := func() (seq int64) {
		d.View(ctx, dbtest.Town, func(tx *db.Tx) error {
			_, err := tx.Row(ctx, `SELECT seq FROM marks WHERE town_id = $1 AND name = 'tally'`).Maybe(&seq)
			return err
		})
		return seq
	}
	for end := time.Now().Add(20 * time.Second); mark() != 1; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the deriver was left behind after its failure")
		}
	}
	stop()
	<-done
}

func TestFilesReadersAndBatchesBelongToTheirTown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		e := add(t, d, dbtest.Town, "r", 1)
		update(t, d, dbtest.Town, func(tx *db.Tx) error {
			return errors.Join(journal.Attach(ctx, tx, e, journal.File{ID: "f", Digest: "d1", Name: "a.jpg", Media: "image/jpeg", Bytes: 3, Role: "original"}),
				journal.Name(ctx, tx, "r", "p", "b", "a", "a"), journal.SaveBatch(ctx, tx, journal.Batch{ID: "x", Kind: "import", Counts: journal.Counts{Read: 2, Accepted: 2}}))
		})
		err := d.View(ctx, dbtest.Town, func(tx *db.Tx) error {
			f, err := journal.GetFile(ctx, tx, "f")
			if f.Record != "r" || f.Event != e.ID {
				t.Errorf("file %+v", f)
			}
			rs, err2 := journal.Readers(ctx, tx, "r")
			if !slices.Equal(rs, []string{"a", "b"}) {
				t.Errorf("readers %v", rs)
			}
			b, err3 := journal.GetBatch(ctx, tx, "x")
			if b.Counts.Read != 2 || !b.Undone.IsZero() {
				t.Errorf("batch %+v", b)
			}
			return errors.Join(err, err2, err3)
		})
		if err != nil {
			t.Fatal(err)
		}
		err = d.View(ctx, other, func(tx *db.Tx) error {
			_, err := journal.GetFile(ctx, tx, "f")
			_, err2 := journal.GetBatch(ctx, tx, "x")
			rs, err3 := journal.Readers(ctx, tx, "r")
			if !errs.Is(err, errs.NotFound) || !errs.Is(err2, errs.NotFound) || len(rs) > 0 {
				t.Errorf("another town: %v, %v, %v", err, err2, rs)
			}
			return err3
		})
		if err != nil {
			t.Fatal(err)
		}
		update(t, d, dbtest.Town, func(tx *db.Tx) error {
			return journal.MarkUndone(ctx, tx, "x")
		})
		if err := d.Update(ctx, dbtest.Town, func(tx *db.Tx) error { return journal.MarkUndone(ctx, tx, "x") }); !errs.Is(err, errs.Conflict) {
			t.Errorf("undone twice: %v", err)
		}
		err = d.Across(ctx, func(w *db.Wide) error {
			used, err := journal.Used(ctx, w, []string{"d1", "d2"})
			if !used["d1"] || used["d2"] {
				t.Errorf("used %v", used)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

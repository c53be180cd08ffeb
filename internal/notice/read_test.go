package notice_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/notice"
)

// besideAWriter runs fn while somebody else holds the town's turn to write, and complains where it waits for that.
func (w *town) besideAWriter(fn func()) {
	w.T.Helper()
	begun, hold := make(chan struct{}), make(chan struct{})
	var first, last sync.Once
	release := func() { last.Do(func() { close(hold) }) }
	var other sync.WaitGroup
	other.Go(func() {
		err := w.DB.Update(ctx, dbtest.Town, func(*db.Tx) error {
			first.Do(func() { close(begun) })
			<-hold
			return nil
		})
		if err != nil {
			w.T.Error(err)
		}
	})
	<-begun
	late := time.AfterFunc(5*time.Second, func() {
		w.T.Error("it waits for its turn to write")
		release()
	})
	fn()
	late.Stop()
	release()
	other.Wait()
}

func TestALetterThatOnlyReadsWaitsForNoWriter(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		address := w.wished(w.handler, notice.AtOnce)
		n := w.dispatched()
		id := string(w.Sheet(w.intake, n).Case.ID)
		w.besideAWriter(func() {
			l, err := w.told.Compose(ctx, dbtest.Town, w.handler.Person, notice.Dispatched, id)
			if err != nil || l == nil || l.To != address || !strings.Contains(l.Text, n.Grouped()) {
				t.Errorf("the letter: %+v, %v", l, err)
			}
		})
	})
}

func TestTheClockWritesOnlyWhereItHasSomethingToTell(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.dispatched()
		w.derive()
		w.tick()
		w.clock.Add(time.Minute)
		w.besideAWriter(func() {
			if err := w.told.Tick(ctx, dbtest.Town); err != nil {
				t.Errorf("a minute later, with nothing to tell: %v", err)
			}
		})
		w.clock.Add(8 * 24 * time.Hour)
		w.tick()
		if got := w.list(w.handler); !slices.Contains(got, notice.Overdue) {
			t.Errorf("told: %v", got)
		}
	})
}

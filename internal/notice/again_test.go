package notice_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/notice"
	"yanming/internal/towntest"
)

// TestWhatFellDueIsToldThoughTheBatchRunsAgain: others in the same commit fail after they wrote, so that every closure of it
// runs twice.
func TestWhatFellDueIsToldThoughTheBatchRunsAgain(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		n := w.dispatched()
		w.Do(w.handler, casework.Sign{On: towntest.On(n)})
		w.derive()
		w.tick()
		w.clock.Add(8 * 24 * time.Hour)
		refused := errors.New("refused after it wrote")
		stop := make(chan struct{})
		var others sync.WaitGroup
		for range 4 {
			others.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					err := w.DB.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
						if _, err := tx.Exec(ctx, `INSERT INTO marks (town_id, name, seq) VALUES ($1, $2, 1)`, "refused"); err != nil {
							return err
						}
						return refused
					})
					if !errors.Is(err, refused) {
						t.Error(err)
						return
					}
				}
			})
		}
		time.Sleep(50 * time.Millisecond)
		w.tick()
		close(stop)
		others.Wait()
		if got := w.list(w.handler); !slices.Contains(got, notice.Overdue) {
			t.Errorf("told: %v", got)
		}
	})
}

package auth_test

import (
	"sync"
	"testing"
	"time"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
)

// Whoever signs in while the password is reset is signed out with the others: on PostgreSQL too, where transactions that
// take other turns do not see each other.
func TestASessionOfTheOldPasswordDoesNotOutliveAReset(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		h := setUp(t, d)
		_, acc, password := h.member("clerk", actor.Intake)
		begin := time.Now()
		if _, _, err := h.Login(ctx, "clerk", password, ""); err != nil {
			t.Fatal(err)
		}
		takes := time.Since(begin)
		survived, taken := 0, 0
		for i := range 60 {
			var wg sync.WaitGroup
			var token, next string
			wg.Go(func() { token, _, _ = h.Login(ctx, "clerk", password, "") })
			wg.Go(func() {
				time.Sleep(takes * time.Duration(i) / 40) // before, while and after the login looks
				var err error
				if next, err = h.ResetPassword(ctx, h.admin, acc.ID); err != nil {
					t.Error(err)
				}
			})
			wg.Wait()
			if token != "" {
				if taken++; h.alive(token) {
					survived++
				}
			}
			password = next
			clock.Add(time.Hour)
			if err := h.RevokeAll(ctx, h.admin, acc.ID); err != nil {
				t.Fatal(err)
			}
		}
		if survived > 0 || taken == 0 {
			t.Errorf("%d of %d sessions of the old password are alive", survived, taken)
		}
	})
}

package auth

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"yanming/internal/db"
	"yanming/internal/errs"
)

// delays are how long a login has to wait after its nth wrong password in a row: a little after the third, a minute
// after the fifth, at most a quarter of an hour.
func delays() []time.Duration {
	return []time.Duration{0, 0, 2 * time.Second, 5 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 15 * time.Minute}
}

// forget is how long wrong passwords are remembered.
const forget = 24 * time.Hour

// delayKey names a login, or an account that changes its password, without keeping the name.
func delayKey(use, name string) []byte {
	sum := sha256.Sum256([]byte("yanming " + use + "\x00" + name))
	return sum[:]
}

// attempt takes the turn of a try before the password is looked at, as if it were wrong; forgive gives it back. So many
// tries at a time are no way around the delay. Errors: Invalid auth.wait.seconds or auth.wait.minutes when it is too
// early, for logins that exist and for those that do not.
func (s *Service) attempt(ctx context.Context, key []byte) error {
	var wait time.Duration
	err := s.db.UpdateAcross(ctx, func(w *db.Wide) error {
		now := w.Now.UnixMilli()
		if _, err := w.Exec(ctx, `DELETE FROM auth_delays WHERE forget_at <= $1`, now); err != nil {
			return err
		}
		var step, free int64
		if _, err := w.Row(ctx, `SELECT step, free_at FROM auth_delays WHERE key = $1`, key).Maybe(&step, &free); err != nil {
			return err
		}
		if wait = time.Duration(free-now) * time.Millisecond; wait > 0 {
			return nil
		}
		steps := delays()
		wait, free = 0, now+steps[min(step, int64(len(steps)-1))].Milliseconds()
		_, err := w.Exec(ctx, `INSERT INTO auth_delays (key, step, free_at, forget_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (key) DO UPDATE SET step = excluded.step, free_at = excluded.free_at, forget_at = excluded.forget_at`,
			key, step+1, free, now+forget.Milliseconds())
		return err
	})
	switch {
	case err != nil:
		return fmt.Errorf("take a turn: %w", err)
	case wait > time.Minute:
		return errs.New(errs.Invalid, "auth.wait.minutes", int((wait+time.Minute-1)/time.Minute))
	case wait > 0:
		return errs.New(errs.Invalid, "auth.wait.seconds", int((wait+time.Second-1)/time.Second))
	}
	return nil
}

// forgive forgets the wrong passwords of key, in a commit of its own.
func (s *Service) forgive(ctx context.Context, key []byte) error {
	return s.db.UpdateAcross(ctx, func(w *db.Wide) error {
		_, err := w.Exec(ctx, `DELETE FROM auth_delays WHERE key = $1`, key)
		return err
	})
}

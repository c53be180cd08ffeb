package notice

import (
	"context"
	"fmt"
	"sync"
	"time"

	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/id"
)

// asking counts what is asked about lost passwords, whoever asks, within the minute at hand. It holds two numbers, however
// many logins are tried.
type asking struct {
	mu     sync.Mutex
	minute int64
	n      int
}

// lostAMinute is how many questions about lost passwords are taken within a minute, all logins together.
const lostAMinute = 30

func (a *asking) take(now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if m := now.Unix() / 60; m != a.minute {
		a.minute, a.n = m, 0
	}
	a.n++
	return a.n <= lostAMinute
}

// lostRoom is how many questions about lost passwords may wait; what comes beyond is asked to come again.
const lostRoom = 64

// AskLost takes down that somebody says to have lost the password of a login. The answer and the work are the same
// whether there is such a login or not: who it is and where the link goes is found out behind the request.
// Errors: Conflict without mail; Invalid to wait, for a login that was asked for lately and for all of them at once.
func (s *Service) AskLost(ctx context.Context, login string) error {
	if s.out.Mail == nil {
		return errs.New(errs.Conflict, "notice.mail.off")
	}
	if !s.asked.take(s.Store.Now()) || len(s.lost) == cap(s.lost) {
		return errs.New(errs.Invalid, "auth.wait.minutes", 1)
	}
	if err := s.Auth.MayAsk(ctx, login); err != nil {
		return err
	}
	select {
	case s.lost <- login:
		return nil
	default:
		return errs.New(errs.Invalid, "auth.wait.minutes", 1)
	}
}

// findLost has a link mailed where a login exists, is open and has a confirmed address.
func (s *Service) findLost(ctx context.Context, login string) error {
	acc, err := s.Auth.Find(ctx, login)
	if errs.Is(err, errs.NotFound) || err == nil && acc.Disabled {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find lost login: %w", err)
	}
	err = s.Store.Update(ctx, acc.Town, func(tx *db.Tx) error {
		w, err := wish(ctx, tx, acc.Person)
		if err != nil || w.Address == "" {
			return err
		}
		return addDelivery(ctx, tx, Delivery{Channel: ByMail, Target: acc.Person, Kind: lostKind, Record: acc.Person, Mark: id.Token(), At: tx.Now})
	})
	if err != nil {
		return fmt.Errorf("find lost login: %w", err)
	}
	return nil
}

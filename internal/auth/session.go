package auth

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/id"
	"yanming/internal/org"
)

const (
	idle    = 8 * time.Hour // unused for so long, counted from the beginning of the hour, a session lapses
	longest = 7 * 24 * time.Hour
)

// Session is somebody's being signed in on one device.
type Session struct {
	ID         string // names it to its owner; opens nothing
	Device     string // browser and system by name; "" for unknown
	Created    time.Time
	Expires    time.Time // at the latest
	MustChange bool      // somebody else knows the password: nothing but changing it is open
}

// NoSession reports whether err says that a cookie opens nothing: sign in again.
func NoSession(err error) bool {
	for _, e := range errs.All(err) {
		if e.Key == noSession {
			return true
		}
	}
	return false
}

const noSession = "auth.session.ended"

func errNoSession() error { return errs.New(errs.Denied, noSession) }

// errRefused is the one answer to a login that fails, for whatever reason.
func errRefused() error { return errs.New(errs.Invalid, "auth.refused") }

func tokenHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// open stores a new session under token and drops those of the account that have lapsed.
func open(ctx context.Context, tx *db.Tx, account, token, device string, a actor.Actor) error {
	now := tx.Now
	_, err := tx.Exec(ctx, `DELETE FROM sessions WHERE town_id = $1 AND account_id = $2 AND (lapses_at <= $3 OR expires_at <= $3)`, account, now.UnixMilli())
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO sessions (town_id, id, token_hash, account_id, roles, device, created_at, lapses_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, id.New(now), tokenHash(token), account, roles(a), device, now.UnixMilli(),
		lapse(now).UnixMilli(), now.Add(longest).UnixMilli())
	return err
}

// lapse is when a session used at now ends unless it is used again. Whole hours, so that it tells nobody's habits.
func lapse(now time.Time) time.Time { return now.Truncate(time.Hour).Add(idle) }

// roles is the set of the actor's roles as text.
func roles(a actor.Actor) string {
	var rs []string
	for _, p := range a.Posts {
		rs = append(rs, string(p.Role))
	}
	slices.Sort(rs)
	return strings.Join(slices.Compact(rs), " ")
}

// Login signs somebody in on a device (see Device) and returns the cookie's token, which is new each time, and who it
// is. An unknown login, a wrong password and a disabled account get the same answer after the same work; too many of
// them make the login wait, whether it exists or not.
// Errors: Invalid auth.refused, auth.wait.seconds, auth.wait.minutes.
func (s *Service) Login(ctx context.Context, login, password, device string) (token string, a actor.Actor, err error) {
	login = normal(login)
	key := delayKey("login", login)
	if err := s.attempt(ctx, key); err != nil {
		return "", a, err
	}
	acc, err := s.byLogin(ctx, login)
	known := err == nil
	if err != nil && !errs.Is(err, errs.NotFound) {
		return "", a, fmt.Errorf("sign in: %w", err)
	}
	stored := s.nobody
	if known {
		stored = acc.password
	}
	right, err := s.matches(ctx, stored, password)
	if err != nil {
		return "", a, fmt.Errorf("sign in: %w", err)
	}
	if !right || !known || acc.Disabled {
		return "", a, errRefused()
	}
	token = id.Token()
	err = s.db.Across(ctx, func(w *db.Wide) (err error) { // posts that change from here on end the session at its first use
		a, err = org.Acting(ctx, w, acc.Town, acc.Person)
		return err
	})
	if err == nil {
		a.Account, a.Doubted = acc.ID, acc.DoubtedBy != ""
		err = s.db.Update(ctx, acc.Town, func(tx *db.Tx) error { // takes turns with whoever changes the password
			var one int64 // not disabled and not another password since it was looked at
			found, err := tx.Row(ctx, `SELECT 1 FROM accounts WHERE town_id = $1 AND id = $2 AND password = $3 AND disabled_at IS NULL`,
				acc.ID, acc.password).Maybe(&one)
			if err == nil && !found {
				err = errRefused()
			}
			if err != nil {
				return err
			}
			return open(ctx, tx, acc.ID, token, device, a)
		})
	}
	if err == nil {
		err = s.forgive(ctx, key)
	}
	if err != nil {
		return "", actor.Actor{}, fmt.Errorf("sign in: %w", err)
	}
	return token, a, nil
}

// errStale says that a session has to be deleted, because it may not come to life again.
var errStale = errors.New("the account's roles have changed")

// Session returns who holds the cookie's token, with the posts held now: whoever was moved sees it at the next
// request. A session ends when the account is disabled, and when the roles are not those it began with.
// Errors: those for which NoSession holds.
func (s *Service) Session(ctx context.Context, token string) (a actor.Actor, out Session, err error) {
	if !id.Valid(token) {
		return a, out, errNoSession()
	}
	var lapses int64
	var later time.Time
	err = s.db.Across(ctx, func(w *db.Wide) error {
		var town, person, account, began, doubted string
		var created, expires int64
		var disabled sql.NullInt64
		found, err := w.Row(ctx, `SELECT s.town_id, s.id, s.account_id, s.roles, s.device, s.created_at, s.lapses_at, s.expires_at,
				a.person_id, a.must_change, a.disabled_at, a.doubted_by
			FROM sessions s JOIN accounts a ON a.town_id = s.town_id AND a.id = s.account_id WHERE s.token_hash = $1`, tokenHash(token)).
			Maybe(&town, &out.ID, &account, &began, &out.Device, &created, &lapses, &expires, &person, &out.MustChange, &disabled, &doubted)
		if err != nil {
			return err
		}
		now := w.Now.UnixMilli()
		if !found || disabled.Valid || now >= lapses || now >= expires {
			return errNoSession()
		}
		if a, err = org.Acting(ctx, w, town, person); err != nil {
			return err
		}
		a.Account, a.Doubted = account, doubted != ""
		out.Created, out.Expires, later = time.UnixMilli(created), time.UnixMilli(expires), lapse(w.Now)
		if roles(a) != began {
			return errStale
		}
		return nil
	})
	switch {
	case errors.Is(err, errStale):
		if err := s.Logout(ctx, token); err != nil {
			return actor.Actor{}, Session{}, err
		}
		return actor.Actor{}, Session{}, errNoSession()
	case err != nil:
		return actor.Actor{}, Session{}, fmt.Errorf("open session: %w", err)
	case later.UnixMilli() > lapses:
		err := s.db.UpdateAcross(ctx, func(w *db.Wide) error {
			_, err := w.Exec(ctx, `UPDATE sessions SET lapses_at = $2 WHERE token_hash = $1`, tokenHash(token), later.UnixMilli())
			return err
		})
		if err != nil && !errs.Is(err, errs.Unavailable) { // it holds as it is: a full disk, of which others speak, keeps nobody from reading
			slog.ErrorContext(ctx, "prolong a session", "error", err)
		}
	}
	return a, out, nil
}

// Logout ends the session of a token. Ending one that is not there is no error.
func (s *Service) Logout(ctx context.Context, token string) error {
	err := s.db.UpdateAcross(ctx, func(w *db.Wide) error {
		_, err := w.Exec(ctx, `DELETE FROM sessions WHERE token_hash = $1`, tokenHash(token))
		return err
	})
	if err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}

// Sessions returns the sessions of the actor's own account, the newest first. Nobody sees those of others.
func (s *Service) Sessions(ctx context.Context, a actor.Actor) (out []Session, err error) {
	err = s.db.View(ctx, a.Town, func(tx *db.Tx) error {
		return tx.Each(ctx, func(r *sql.Rows) error {
			var one Session
			var created, expires int64
			err := r.Scan(&one.ID, &one.Device, &created, &expires)
			one.Created, one.Expires = time.UnixMilli(created), time.UnixMilli(expires)
			out = append(out, one)
			return err
		}, `SELECT id, device, created_at, expires_at FROM sessions
			WHERE town_id = $1 AND account_id = $2 AND lapses_at > $3 AND expires_at > $3 ORDER BY created_at DESC, id DESC`, a.Account, tx.Now.UnixMilli())
	})
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return out, nil
}

// Revoke ends one of the actor's own sessions. NotFound when it is not there or another's.
func (s *Service) Revoke(ctx context.Context, a actor.Actor, session string) error {
	err := s.db.Update(ctx, a.Town, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `DELETE FROM sessions WHERE town_id = $1 AND id = $2 AND account_id = $3 AND account_id <> ''`, session, a.Account)
		if err == nil && n == 0 {
			err = errs.Missing()
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("revoke session: %w", err)
	}
	return nil
}

// RevokeAll ends every session of an account: an administrator may, and its owner.
func (s *Service) RevokeAll(ctx context.Context, a actor.Actor, account string) error {
	err := s.db.Update(ctx, a.Town, func(tx *db.Tx) error {
		if account == a.Account && account != "" {
			return end(ctx, tx, account)
		}
		_, err := change(ctx, tx, a, account, "sessions_revoked", func(*Account) error { return nil })
		return err
	})
	if err != nil {
		return fmt.Errorf("revoke sessions of %s: %w", account, err)
	}
	return nil
}

// end deletes every session of an account.
func end(ctx context.Context, tx *db.Tx, account string) error {
	_, err := tx.Exec(ctx, `DELETE FROM sessions WHERE town_id = $1 AND account_id = $2`, account)
	return err
}

// Sweep deletes the sessions that have lapsed, of all towns. Run it now and then.
func (s *Service) Sweep(ctx context.Context) error {
	err := s.db.UpdateAcross(ctx, func(w *db.Wide) error {
		_, err := w.Exec(ctx, `DELETE FROM sessions WHERE lapses_at <= $1 OR expires_at <= $1`, w.Now.UnixMilli())
		return err
	})
	if err != nil {
		return fmt.Errorf("sweep sessions: %w", err)
	}
	return nil
}

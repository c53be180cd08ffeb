package auth

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/id"
	"yanming/internal/org"
)

// setupKey is where the digest of the set-up token stands.
const setupKey = "setup_token"

func setupDigest(token string) string {
	sum := sha256.Sum256([]byte("yanming setup\x00" + token))
	return hex.EncodeToString(sum[:])
}

// NewSetupToken makes the token that the first administrator shows, and voids an earlier one. It is printed where the
// program was started, so that nobody else on the network can be first. Conflict when somebody has an account already.
func (s *Service) NewSetupToken(ctx context.Context) (string, error) {
	token := id.Token()
	err := s.db.UpdateAcross(ctx, func(w *db.Wide) error {
		var one int64
		done, err := w.Row(ctx, `SELECT 1 FROM accounts LIMIT 1`).Maybe(&one)
		if err != nil {
			return err
		}
		if done {
			return errs.New(errs.Conflict, "auth.setup.done")
		}
		_, err = w.Exec(ctx, `INSERT INTO installation (key, value) VALUES ($1, $2)
			ON CONFLICT (key) DO UPDATE SET value = excluded.value`, setupKey, setupDigest(token))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("make set-up token: %w", err)
	}
	return token, nil
}

// CheckSetupToken reports by nil that token is the one that waits. It stays usable. Errors: Denied auth.setup.token,
// the same for a wrong one, a used one and none.
func (s *Service) CheckSetupToken(ctx context.Context, token string) error {
	return s.db.Across(ctx, func(w *db.Wide) error {
		return rightToken(w.Row(ctx, `SELECT value FROM installation WHERE key = $1`, setupKey), token)
	})
}

// rightToken compares in constant time with the stored digest.
func rightToken(row db.Row, token string) error {
	stored := ""
	if _, err := row.Maybe(&stored); err != nil {
		return err
	}
	if subtle.ConstantTimeCompare([]byte(setupDigest(token)), []byte(stored)) != 1 {
		return errs.New(errs.Denied, "auth.setup.token")
	}
	return nil
}

// Founding is a tenant with its first administrator.
type Founding struct {
	Town   org.OpenTown
	Office string // the unit the administrator sits in: 党政办公室
	Name   string // of the administrator
	Login  string
}

// SetUp founds the first tenant, a county or a single town, with the password its administrator chose, and signs him
// in. The token is used up in the same transaction. Errors: Denied (token), Invalid, Conflict.
func (s *Service) SetUp(ctx context.Context, token string, f Founding, password, device string) (cookie string, a actor.Actor, err error) {
	if err := s.CheckSetupToken(ctx, token); err != nil { // before the work of hashing
		return "", a, fmt.Errorf("set up: %w", err)
	}
	if password == "" {
		return "", a, errs.Field("password", "error.required")
	}
	secret, err := s.Prepare(ctx, f.Login, password)
	if err != nil {
		return "", a, fmt.Errorf("set up: %w", err)
	}
	cookie = id.Token()
	err = s.founding(ctx, f.Town.ID, func(tx *db.Tx) error {
		if err := rightToken(tx.Row(ctx, `SELECT value FROM installation WHERE key = $2 AND $1 <> ''`, setupKey), token); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM installation WHERE key = $2 AND $1 <> ''`, setupKey); err != nil {
			return err
		}
		acc, post, err := s.found(ctx, tx, actor.Actor{Town: tx.Town, System: true}, f, secret, true)
		if err != nil {
			return err
		}
		a = actor.Actor{Town: tx.Town, Account: acc.ID, Person: acc.Person, Name: f.Name, Posts: []actor.Post{post}}
		return open(ctx, tx, acc.ID, cookie, device, a)
	})
	if err != nil {
		return "", actor.Actor{}, fmt.Errorf("set up: %w", err)
	}
	return cookie, a, nil
}

// OpenTown founds a further tenant and returns its administrator's password, shown this once. The system may, and for
// a town an administrator of its county. Errors: Invalid, Denied, Conflict.
func (s *Service) OpenTown(ctx context.Context, by actor.Actor, f Founding) (password string, err error) {
	secret, err := s.Prepare(ctx, f.Login, "")
	if err != nil {
		return "", fmt.Errorf("open town: %w", err)
	}
	err = s.founding(ctx, f.Town.ID, func(tx *db.Tx) error {
		_, _, err := s.found(ctx, tx, by, f, secret, false)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("open town: %w", err)
	}
	return secret.Plain, nil
}

// founding runs fn in a transaction of the new town, again when its number was taken at the same moment.
func (s *Service) founding(ctx context.Context, town string, fn func(*db.Tx) error) (err error) {
	for range 3 {
		if err = s.db.Update(ctx, town, fn); !org.TakenNumber(err) {
			break
		}
	}
	return err
}

// found opens the town with one office, one person, one post and one account. Whoever may open it may do the rest.
func (s *Service) found(ctx context.Context, tx *db.Tx, by actor.Actor, f Founding, secret Secret, keep bool) (acc Account, post actor.Post, err error) {
	if _, err := s.org.OpenTownIn(ctx, tx, by, f.Town); err != nil {
		return acc, post, err
	}
	by = actor.Actor{Town: tx.Town, Person: by.Person, System: true}
	post.Role = actor.Admin
	if post.Unit, err = s.org.SaveUnitIn(ctx, tx, by, org.SaveUnit{Kind: org.Department, Name: f.Office}); err != nil {
		return acc, post, err
	}
	person, err := s.org.SavePersonIn(ctx, tx, by, org.SavePerson{Name: f.Name})
	if err != nil {
		return acc, post, err
	}
	if post.ID, err = s.org.AppointIn(ctx, tx, by, org.Appoint{Person: person, Unit: post.Unit, Role: post.Role}); err != nil {
		return acc, post, err
	}
	acc, err = s.CreateAccountIn(ctx, tx, by, CreateAccount{Login: f.Login, Person: person, Keep: keep}, secret)
	return acc, post, err
}

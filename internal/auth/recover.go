package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/errs"
)

// linkLasts is how long a mailed link sets a password.
const linkLasts = 30 * time.Minute

// SecretLink returns a secret of 256 bits for a mailed link, and the hash that is kept of it.
func SecretLink() (token string, hash []byte) {
	var b [32]byte
	rand.Read(b[:]) // never fails: crypto/rand aborts the program instead
	token = base64.RawURLEncoding.EncodeToString(b[:])
	return token, LinkHash(token)
}

// LinkHash is what is kept of a mailed link's secret.
func LinkHash(token string) []byte {
	sum := sha256.Sum256([]byte("yanming link\x00" + token))
	return sum[:]
}

// MayAsk takes the turn of somebody who says that they lost the password of a login, existing or not.
// Errors: Invalid auth.wait.seconds or auth.wait.minutes when it is too early.
func (s *Service) MayAsk(ctx context.Context, login string) error {
	return s.attempt(ctx, delayKey("lost", normal(login)))
}

// NewLinkIn makes the token of a link that sets the password of an account within half an hour, and voids an earlier
// one. Only its hash is kept. Errors: NotFound, also for a disabled account.
func (s *Service) NewLinkIn(ctx context.Context, tx *db.Tx, account string) (string, error) {
	acc, err := get(ctx, tx, account)
	if err == nil && acc.Disabled {
		err = errs.Missing()
	}
	if err != nil {
		return "", fmt.Errorf("make password link of %s: %w", account, err)
	}
	if _, err := tx.Exec(ctx, `DELETE FROM password_links WHERE town_id = $1 AND until_at <= $2`, tx.Now.UnixMilli()); err != nil {
		return "", fmt.Errorf("drop old password links: %w", err)
	}
	token, hash := SecretLink()
	_, err = tx.Exec(ctx, `INSERT INTO password_links (town_id, account_id, token_hash, until_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (town_id, account_id) DO UPDATE SET token_hash = excluded.token_hash, until_at = excluded.until_at`,
		acc.ID, hash, tx.Now.Add(linkLasts).UnixMilli())
	if err != nil {
		return "", fmt.Errorf("make password link of %s: %w", account, err)
	}
	return token, nil
}

// errLink is the one answer to a link that opens nothing, for whatever reason.
func errLink() error { return errs.New(errs.Denied, "auth.link") }

// LinkedLogin returns the login whose password a mailed link sets. Errors: Denied auth.link, the same for a wrong one, a
// used one, one that was followed by a newer, and none.
func (s *Service) LinkedLogin(ctx context.Context, token string) (string, error) {
	acc, err := s.linked(ctx, token)
	return acc.Login, err
}

func (s *Service) linked(ctx context.Context, token string) (acc Account, err error) {
	err = s.db.Across(ctx, func(w *db.Wide) error {
		var town, account string
		found, err := w.Row(ctx, `SELECT town_id, account_id FROM password_links WHERE token_hash = $1 AND until_at > $2`,
			LinkHash(token), w.Now.UnixMilli()).Maybe(&town, &account)
		if err != nil {
			return err
		}
		if !found {
			return errLink()
		}
		acc, err = scanAccount(w.Row(ctx, `SELECT `+accountColumns+` FROM accounts WHERE town_id = $1 AND id = $2`, town, account).Scan)
		if err == nil && acc.Disabled {
			err = errLink()
		}
		return err
	})
	if err != nil {
		return Account{}, fmt.Errorf("open password link: %w", err)
	}
	return acc, nil
}

// UseLink sets the password that the owner of a mailed link chose. The link is used up, every session of the account
// ends, and a doubt about its owner with them: whoever has the confirmed mailbox is they.
// Errors: Denied auth.link, Invalid (field "password").
func (s *Service) UseLink(ctx context.Context, token, password string) error {
	acc, err := s.linked(ctx, token)
	if err != nil {
		return err
	}
	if password == "" {
		return errs.Field("password", "error.required")
	}
	secret, err := s.Prepare(ctx, acc.Login, password)
	if err != nil {
		return fmt.Errorf("use password link: %w", err)
	}
	err = s.db.Update(ctx, acc.Town, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `DELETE FROM password_links WHERE town_id = $1 AND account_id = $2 AND token_hash = $3 AND until_at > $4`,
			acc.ID, LinkHash(token), tx.Now.UnixMilli())
		if err != nil {
			return err
		}
		now, err := get(ctx, tx, acc.ID)
		if err != nil {
			return err
		}
		if n == 0 || now.Disabled {
			return errLink()
		}
		now.Rev, now.password, now.MustChange, now.DoubtedBy = now.Rev+1, secret.hash, false, ""
		if err := put(ctx, tx, now); err != nil {
			return err
		}
		if err := end(ctx, tx, now.ID); err != nil {
			return err
		}
		_, err = note(ctx, tx, actor.Actor{Person: now.Person}, now, "password_recovered")
		return err
	})
	if err != nil {
		return fmt.Errorf("use password link: %w", err)
	}
	return nil
}

// CheckPassword reports by nil that password is that of the actor's own account: asked before something that would let
// whoever finds an open session keep the account. Errors: Invalid (field "old", or to wait), NotFound.
func (s *Service) CheckPassword(ctx context.Context, a actor.Actor, password string) error {
	var acc Account
	err := s.db.View(ctx, a.Town, func(tx *db.Tx) (err error) { acc, err = get(ctx, tx, a.Account); return err })
	if err != nil {
		return fmt.Errorf("check password: %w", err)
	}
	if err := s.attempt(ctx, delayKey("check", acc.ID)); err != nil {
		return err
	}
	right, err := s.matches(ctx, acc.password, password)
	switch {
	case err != nil:
		return fmt.Errorf("check password: %w", err)
	case !right:
		return errs.Field("old", "auth.password.wrong")
	}
	return s.forgive(ctx, delayKey("check", acc.ID))
}

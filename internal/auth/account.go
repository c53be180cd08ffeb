package auth

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"unicode"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/id"
	"yanming/internal/journal"
	"yanming/internal/org"
)

// Account lets one person of a town sign in. Nobody has two, so that two accounts are always two people.
type Account struct {
	ID         string
	Rev        int64
	Town       string
	Login      string // unique in the installation
	Person     string
	MustChange bool // somebody else knows the password
	Disabled   bool
	DoubtedBy  string // the administrator who reset the password, until somebody else confirms its owner; "" for nobody
	password   string
}

const accountColumns = `id, rev, town_id, login, person_id, must_change, disabled_at, doubted_by, password`

func scanAccount(scan func(...any) error) (acc Account, err error) {
	var disabled sql.NullInt64
	err = scan(&acc.ID, &acc.Rev, &acc.Town, &acc.Login, &acc.Person, &acc.MustChange, &disabled, &acc.DoubtedBy, &acc.password)
	acc.Disabled = disabled.Valid
	return acc, err
}

// Accounts returns the accounts of the town, by login.
func Accounts(ctx context.Context, tx *db.Tx) (out []Account, err error) {
	err = tx.Each(ctx, func(r *sql.Rows) error {
		acc, err := scanAccount(r.Scan)
		out = append(out, acc)
		return err
	}, `SELECT `+accountColumns+` FROM accounts WHERE town_id = $1 ORDER BY login`)
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	return out, nil
}

// byLogin finds an account of any town by its normal login.
func (s *Service) byLogin(ctx context.Context, login string) (acc Account, err error) {
	err = s.db.Across(ctx, func(w *db.Wide) (err error) {
		acc, err = scanAccount(w.Row(ctx, `SELECT `+accountColumns+` FROM accounts WHERE login = $1`, login).Scan)
		return err
	})
	return acc, err
}

// Find returns the account of a login, for the command line, which has no session. NotFound when there is none.
func (s *Service) Find(ctx context.Context, login string) (Account, error) {
	return s.byLogin(ctx, normal(login))
}

// CreateAccount makes an account for a person of the town.
type CreateAccount struct {
	Key    journal.Key `json:"-"`
	Login  string
	Person string
	Keep   bool // the password need not be changed at first: the owner chose it, or it is a demo
}

// wellFormed reports whether a login is of letters and digits, and behind the first also of ._@-, two to maxLogin in all.
// A regular expression that counts such letters weighs a megabyte.
func wellFormed(login string) bool {
	n := 0
	for _, r := range login {
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) && (n == 0 || !strings.ContainsRune("._@-", r)) {
			return false
		}
		n++
	}
	return n >= 2 && n <= maxLogin
}

// CreateAccount makes an account and returns it with its password, which is random and shown this once.
// Errors as CreateAccountIn.
func (s *Service) CreateAccount(ctx context.Context, a actor.Actor, c CreateAccount) (Account, string, error) {
	secret, err := s.Prepare(ctx, c.Login, "")
	if err != nil {
		return Account{}, "", fmt.Errorf("create account: %w", err)
	}
	var acc Account
	err = s.db.Update(ctx, a.Town, func(tx *db.Tx) (err error) {
		acc, err = s.CreateAccountIn(ctx, tx, a, c, secret)
		return err
	})
	if err != nil {
		return Account{}, "", err
	}
	if acc.password != secret.hash { // the form was sent twice: the first answer had the password
		return acc, "", nil
	}
	return acc, secret.Plain, nil
}

// CreateAccountIn makes an account with a secret that Prepare made for its login. Administrators of the town may, and
// the system. Errors: Invalid (login, person), Denied, NotFound, Conflict.
func (s *Service) CreateAccountIn(ctx context.Context, tx *db.Tx, a actor.Actor, c CreateAccount, secret Secret) (Account, error) {
	acc, err := s.create(ctx, tx, a, c, secret)
	if err != nil {
		return Account{}, fmt.Errorf("create account %s: %w", c.Login, err)
	}
	return acc, nil
}

func (s *Service) create(ctx context.Context, tx *db.Tx, a actor.Actor, c CreateAccount, secret Secret) (Account, error) {
	if err := admit(tx, a); err != nil {
		return Account{}, err
	}
	c.Login = normal(c.Login)
	digest, err := journal.Digest(c)
	if err != nil {
		return Account{}, err
	}
	if answer, seen, err := journal.Once(ctx, tx, c.Key, digest); err != nil {
		return Account{}, err
	} else if seen {
		return get(ctx, tx, answer)
	}
	if !wellFormed(c.Login) {
		return Account{}, errs.Field("login", "auth.login.form", maxLogin)
	}
	if _, err := org.GetPerson(ctx, tx, c.Person); errs.Is(err, errs.NotFound) {
		return Account{}, errs.Field("person", "error.choice")
	} else if err != nil {
		return Account{}, err
	}
	var one int64
	if has, err := tx.Row(ctx, `SELECT 1 FROM accounts WHERE town_id = $1 AND person_id = $2`, c.Person).Maybe(&one); err != nil {
		return Account{}, err
	} else if has {
		return Account{}, errs.Field("person", "auth.person.has")
	}
	acc := Account{ID: id.New(tx.Now), Rev: 1, Town: tx.Town, Login: c.Login, Person: c.Person, MustChange: !c.Keep, password: secret.hash}
	n, err := tx.Exec(ctx, `INSERT INTO accounts (town_id, id, rev, login, person_id, password, must_change, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (login) DO NOTHING`,
		acc.ID, acc.Rev, acc.Login, acc.Person, acc.password, acc.MustChange, tx.Now.UnixMilli())
	if err != nil {
		return Account{}, err
	}
	if n == 0 {
		return Account{}, errs.Field("login", "auth.login.taken")
	}
	e, err := note(ctx, tx, a, acc, "account_created")
	if err != nil {
		return Account{}, err
	}
	return acc, journal.Remember(ctx, tx, c.Key, digest, e, acc.ID)
}

func get(ctx context.Context, tx *db.Tx, account string) (Account, error) {
	return scanAccount(tx.Row(ctx, `SELECT `+accountColumns+` FROM accounts WHERE town_id = $1 AND id = $2`, account).Scan)
}

// change is the road of an administrator's commands: get, alter, put, end its sessions, note.
func change(ctx context.Context, tx *db.Tx, a actor.Actor, account, typ string, alter func(*Account) error) (Account, error) {
	if err := admit(tx, a); err != nil {
		return Account{}, err
	}
	acc, err := get(ctx, tx, account)
	if err != nil {
		return Account{}, err
	}
	if err := alter(&acc); err != nil {
		return Account{}, err
	}
	acc.Rev++
	if err := put(ctx, tx, acc); err != nil {
		return Account{}, err
	}
	if err := end(ctx, tx, acc.ID); err != nil {
		return Account{}, err
	}
	_, err = note(ctx, tx, a, acc, typ)
	return acc, err
}

func put(ctx context.Context, tx *db.Tx, acc Account) error {
	disabled := sql.NullInt64{Int64: tx.Now.UnixMilli(), Valid: acc.Disabled}
	_, err := tx.Exec(ctx, `UPDATE accounts SET rev = $3, password = $4, must_change = $5, disabled_at = $6, doubted_by = $7 WHERE town_id = $1 AND id = $2`,
		acc.ID, acc.Rev, acc.password, acc.MustChange, disabled, acc.DoubtedBy)
	return err
}

// Disable closes an account; its sessions end at once. Nobody disables his own. Errors: Denied, NotFound, Conflict
// when it is disabled already.
func (s *Service) Disable(ctx context.Context, a actor.Actor, account string) error {
	return s.able(ctx, a, account, "account_disabled", true)
}

// Enable opens a disabled account again, with its old password. Errors as Disable.
func (s *Service) Enable(ctx context.Context, a actor.Actor, account string) error {
	return s.able(ctx, a, account, "account_enabled", false)
}

func (s *Service) able(ctx context.Context, a actor.Actor, account, typ string, disabled bool) error {
	err := s.db.Update(ctx, a.Town, func(tx *db.Tx) error {
		_, err := change(ctx, tx, a, account, typ, func(acc *Account) error {
			switch {
			case acc.ID == a.Account:
				return errs.New(errs.Denied, "auth.own")
			case acc.Disabled == disabled:
				return errs.New(errs.Conflict, "error.changed")
			}
			acc.Disabled = disabled
			return nil
		})
		return err
	})
	if err != nil {
		return fmt.Errorf("%s %s: %w", typ, account, err)
	}
	return nil
}

// ResetPassword gives an account a new random password, returned this once, to be changed at the next login. Its
// sessions end. Whoever resets a password could sign in with it, so the account opens no case in confidence until
// somebody else vouches for its owner, or the owner uses a mailed link. A reset from the command line, which has the
// keys anyway, doubts nobody. For his own an administrator uses ChangePassword. Errors: Denied, NotFound.
func (s *Service) ResetPassword(ctx context.Context, a actor.Actor, account string) (password string, err error) {
	secret, err := s.Prepare(ctx, "", "")
	if err != nil {
		return "", fmt.Errorf("reset password of %s: %w", account, err)
	}
	err = s.db.Update(ctx, a.Town, func(tx *db.Tx) error {
		_, err := change(ctx, tx, a, account, "password_reset", func(acc *Account) error {
			if acc.ID == a.Account {
				return errs.New(errs.Denied, "auth.own")
			}
			acc.password, acc.MustChange, acc.DoubtedBy = secret.hash, true, a.Person
			return nil
		})
		return err
	})
	if err != nil {
		return "", fmt.Errorf("reset password of %s: %w", account, err)
	}
	return secret.Plain, nil
}

// ChangePassword sets the password of a session's own account and returns a new token: every other session of it ends,
// and so does the old token. Errors: Invalid (field "old" or "password", or to wait), those of Session.
func (s *Service) ChangePassword(ctx context.Context, token, old, password string) (string, error) {
	fresh, err := s.changePassword(ctx, token, old, password)
	if err != nil {
		return "", fmt.Errorf("change password: %w", err)
	}
	return fresh, nil
}

func (s *Service) changePassword(ctx context.Context, token, old, password string) (string, error) {
	a, session, err := s.Session(ctx, token)
	if err != nil {
		return "", err
	}
	var acc Account
	err = s.db.View(ctx, a.Town, func(tx *db.Tx) (err error) {
		acc, err = get(ctx, tx, a.Account)
		return err
	})
	if err != nil {
		return "", err
	}
	if password == "" {
		return "", errs.Field("password", "error.required")
	}
	secret, err := s.Prepare(ctx, acc.Login, password)
	if err != nil {
		return "", err
	}
	key := delayKey("change", acc.ID)
	if err := s.attempt(ctx, key); err != nil {
		return "", err
	}
	right, err := s.matches(ctx, acc.password, old)
	if err != nil {
		return "", err
	}
	if !right {
		return "", errs.Field("old", "auth.password.wrong")
	}
	if string(plain(old)) == string(plain(password)) {
		return "", errs.Field("password", "auth.password.same")
	}
	fresh := id.Token()
	err = s.db.Update(ctx, a.Town, func(tx *db.Tx) error {
		now, err := get(ctx, tx, acc.ID)
		if err != nil {
			return err
		}
		if now.Rev != acc.Rev || now.Disabled {
			return errs.New(errs.Conflict, "error.changed")
		}
		now.Rev, now.password, now.MustChange = now.Rev+1, secret.hash, false
		if err := put(ctx, tx, now); err != nil {
			return err
		}
		if err := end(ctx, tx, now.ID); err != nil {
			return err
		}
		if err := open(ctx, tx, now.ID, fresh, session.Device, a); err != nil {
			return err
		}
		_, err = note(ctx, tx, a, now, "password_changed")
		return err
	})
	if err != nil {
		return "", err
	}
	return fresh, s.forgive(ctx, key)
}

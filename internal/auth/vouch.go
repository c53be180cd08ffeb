package auth

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/journal"
)

// vouched is the event that ends a doubt.
const vouched = "account_vouched"

// settled is how long before a doubt an account must have been in nobody else's hands. Whoever only means to open what is in
// confidence does not make a colleague a month ahead, whom everybody sees in the lists; and most towns have one administrator,
// through whose hands every account once went.
const settled = 30 * 24 * time.Hour

// Hands says through whose hands the accounts of a town went, as the journal tells it: whoever makes an account, resets
// it or opens it again may sign in with it, and so may whoever did so to theirs. It says too which accounts were there
// before a doubt began.
type Hands struct {
	by    map[string][]hand // by person: who else changed their account, and when
	made  map[string]hand   // by person: who made their account
	doubt map[string]hand   // by person: the last reset
}

// hand is a change of somebody's account by another, with the number and the moment of its event.
type hand struct {
	by  string
	seq int64
	at  int64 // Unix ms
}

// LoadHands reads the hands of a town.
func LoadHands(ctx context.Context, tx *db.Tx) (Hands, error) {
	h := Hands{by: map[string][]hand{}, made: map[string]hand{}, doubt: map[string]hand{}}
	err := tx.Each(ctx, func(r *sql.Rows) error {
		var person, typ string
		var x hand
		if err := r.Scan(&person, &typ, &x.by, &x.seq, &x.at); err != nil {
			return err
		}
		switch typ {
		case "account_created":
			h.made[person] = x
		case "password_reset":
			h.doubt[person] = x
		case vouched: // gives nobody a password
			return nil
		}
		if x.by != person && x.by != journal.System {
			h.by[person] = append(h.by[person], x)
		}
		return nil
	}, `SELECT a.person_id, e.type, e.actor_id, e.seq, e.at FROM accounts a JOIN events e ON e.town_id = a.town_id AND e.record_id = 'accounts/' || a.id
		WHERE a.town_id = $1 ORDER BY e.seq`)
	if err != nil {
		return Hands{}, fmt.Errorf("read whose hands accounts went through: %w", err)
	}
	return h, nil
}

// of returns a person and everybody who could have signed in as they by a reset or a first password since a moment, near
// or far.
func (h Hands) of(person string, since int64) []string {
	out := []string{person}
	for i := 0; i < len(out); i++ {
		for _, x := range h.by[out[i]] {
			if x.at >= since && !slices.Contains(out, x.by) {
				out = append(out, x.by)
			}
		}
	}
	return out
}

// apart reports whether no single hand was at the accounts of both since a moment.
func (h Hands) apart(a, b string, since int64) bool {
	others := h.of(b, since)
	return !slices.ContainsFunc(h.of(a, since), func(p string) bool { return slices.Contains(others, p) })
}

// MayVouch reports whether an actor may say that a doubted account is in its owner's hands: another administrator, or
// somebody the town named to read in confidence; never the owner, whoever reset the password, or somebody doubted. Nor
// one whose account is younger than the doubt, or went, in the 30 days before it or since, through a hand that the account
// of whoever reset the password went through too: else one administrator alone would make the second one.
func (h Hands) MayVouch(a actor.Actor, acc Account, confidants []string) bool {
	if acc.DoubtedBy == "" || a.Person == "" || a.Person == acc.Person || a.Doubted ||
		!Can(a, RightAdmin) && !slices.Contains(confidants, a.Person) {
		return false
	}
	made, known := h.made[a.Person]
	doubt := h.doubt[acc.Person]
	return known && made.seq < doubt.seq && h.apart(a.Person, acc.DoubtedBy, doubt.at-settled.Milliseconds())
}

// Vouch ends the doubt about an account after an administrator's reset. Errors: Denied, NotFound, Conflict when nobody
// doubts it.
func (s *Service) Vouch(ctx context.Context, a actor.Actor, account string) error {
	err := s.db.Update(ctx, a.Town, func(tx *db.Tx) error {
		dir, err := s.org.Load(ctx, tx)
		if err != nil {
			return err
		}
		acc, err := get(ctx, tx, account)
		if err != nil {
			return err
		}
		if acc.DoubtedBy == "" {
			return errs.New(errs.Conflict, "error.changed")
		}
		hands, err := LoadHands(ctx, tx)
		if err != nil {
			return err
		}
		if !hands.MayVouch(a, acc, dir.Settings.Confidants) {
			return errs.New(errs.Denied, "error.denied")
		}
		acc.Rev, acc.DoubtedBy = acc.Rev+1, ""
		if err := put(ctx, tx, acc); err != nil {
			return err
		}
		_, err = note(ctx, tx, a, acc, vouched)
		return err
	})
	if err != nil {
		return fmt.Errorf("vouch for account %s: %w", account, err)
	}
	return nil
}

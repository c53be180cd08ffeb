package notice

import (
	"context"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/id"
	"yanming/internal/journal"
)

// Pace is how soon a person wants mails.
type Pace string

// The paces.
const (
	AtOnce Pace = "at_once"
	Daily  Pace = "daily" // one mail at half past eight of a working day
	Never  Pace = "never" // but what guards the account
)

// Paces lists every pace.
func Paces() []Pace { return []Pace{AtOnce, Daily, Never} }

// Wish is where and how a person wants to be told outside of the program. Nobody has an address unless they gave one.
type Wish struct {
	Address string // confirmed; "" for none
	Pending string // waits for its confirmation
	Pace    Pace
	Muted   []Kind // not mailed
	Lang    i18n.Lang
	person  string
}

// daily reports whether a kind belongs into the person's daily mail.
func (w Wish) daily(k Kind) bool {
	return !slices.Contains(w.Muted, k) && !k.guards() && (w.Pace == Daily || k.byClock())
}

// RecordKind is the journal's kind of what people and administrators settle about notices. It holds no address.
const RecordKind = "notice"

// note appends an event of a person's wishes, a unit's system or a delivery.
func note(ctx context.Context, tx *db.Tx, a actor.Actor, record, typ string) error {
	es, err := journal.History(ctx, tx, record)
	if err != nil {
		return err
	}
	_, err = journal.Append(ctx, tx, journal.Event{Kind: RecordKind, Record: record, N: int64(len(es) + 1), Type: typ, Actor: a.Person, Payload: struct{}{}})
	return err
}

// WishOf returns what the actor wished.
func (s *Service) WishOf(ctx context.Context, tx *db.Tx, a actor.Actor) (Wish, error) {
	w, err := wish(ctx, tx, a.Person)
	if err != nil {
		return w, fmt.Errorf("read wishes: %w", err)
	}
	return w, nil
}

// SaveWish is how and in which language the actor wants mails.
type SaveWish struct {
	Pace  Pace
	Muted []Kind
	Lang  i18n.Lang
}

// SaveWish stores it. Errors: Invalid.
func (s *Service) SaveWish(ctx context.Context, a actor.Actor, c SaveWish) error {
	if a.Account == "" {
		return errs.Missing()
	}
	if !slices.Contains(Paces(), c.Pace) {
		return errs.Field("pace", "error.choice")
	}
	if !slices.Contains(i18n.Langs(), c.Lang) {
		return errs.Field("lang", "error.choice")
	}
	for _, k := range c.Muted {
		if !slices.Contains(Mutable(), k) {
			return errs.Field("kinds", "error.choice")
		}
	}
	err := s.Store.Update(ctx, a.Town, func(tx *db.Tx) error {
		w, err := wish(ctx, tx, a.Person)
		if err != nil {
			return err
		}
		w.Pace, w.Muted, w.Lang = c.Pace, c.Muted, c.Lang
		return putWish(ctx, tx, w)
	})
	if err != nil {
		return fmt.Errorf("save wishes: %w", err)
	}
	return nil
}

const (
	longestAddress = 200
	confirmWithin  = 24 * time.Hour
)

// ParseAddress reads an address for mail: one plain address, without a name, a second one, or a line's end that would
// begin another header. Errors: Invalid field "address".
func ParseAddress(s string) (string, error) {
	s = strings.TrimSpace(s)
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || len(s) > longestAddress || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return "", errs.Field("address", "notice.address.wrong")
	}
	return a.Address, nil
}

// AskAddress has a link mailed to an address; it is the actor's once the link is followed. An empty address ends mails.
// password is the account's: an open session that somebody finds must not be enough to take the account over.
// Errors: Invalid (address, old, to wait), Denied for an account whose owner is doubted, Conflict without mail.
func (s *Service) AskAddress(ctx context.Context, a actor.Actor, address, password string) error {
	switch {
	case a.Account == "":
		return errs.Missing()
	case a.Doubted: // else whoever reset the password could have it confirmed by a mailbox of their own
		return errs.New(errs.Denied, "notice.address.doubted")
	case address != "" && s.out.Mail == nil:
		return errs.New(errs.Conflict, "notice.mail.off")
	}
	if address != "" {
		var err error
		if address, err = ParseAddress(address); err != nil {
			return err
		}
	}
	if err := s.Auth.CheckPassword(ctx, a, password); err != nil {
		return err
	}
	err := s.Store.Update(ctx, a.Town, func(tx *db.Tx) error {
		w, err := wish(ctx, tx, a.Person)
		if err != nil {
			return err
		}
		old := w.Address
		if w.Pending = address; address == "" {
			w.Address = ""
		}
		if err := putWish(ctx, tx, w); err != nil {
			return err
		}
		if err := setToken(ctx, tx, a.Person, nil, tx.Now); err != nil {
			return err
		}
		if address == "" {
			return s.changed(ctx, tx, a, old)
		}
		return addDelivery(ctx, tx, Delivery{Channel: ByMail, Target: a.Person, Kind: confirmKind, Record: a.Person, Mark: id.Token(), Address: address, At: tx.Now})
	})
	if err != nil {
		return fmt.Errorf("ask for address: %w", err)
	}
	return nil
}

// ConfirmAddress makes the pending address the actor's, by the token that was mailed there. The address before it is
// told. Errors: Denied notice.address.link for a wrong, old or used token and for somebody else's.
func (s *Service) ConfirmAddress(ctx context.Context, a actor.Actor, token string) error {
	err := s.Store.Update(ctx, a.Town, func(tx *db.Tx) error {
		fits, err := tokenFits(ctx, tx, a.Person, auth.LinkHash(token))
		if err != nil {
			return err
		}
		if !fits || a.Account == "" || a.Doubted {
			return errs.New(errs.Denied, "notice.address.link")
		}
		w, err := wish(ctx, tx, a.Person)
		if err != nil {
			return err
		}
		old := w.Address
		w.Address, w.Pending = w.Pending, ""
		if err := putWish(ctx, tx, w); err != nil {
			return err
		}
		if err := setToken(ctx, tx, a.Person, nil, tx.Now); err != nil {
			return err
		}
		return s.changed(ctx, tx, a, old)
	})
	if err != nil {
		return fmt.Errorf("confirm address: %w", err)
	}
	return nil
}

// changed writes down that an address changed, and tells the one before it and the page.
func (s *Service) changed(ctx context.Context, tx *db.Tx, a actor.Actor, old string) error {
	if err := note(ctx, tx, a, "wishes/"+a.Person, "address_changed"); err != nil {
		return err
	}
	mark := id.Token()
	if _, err := addNotice(ctx, tx, Notice{Person: a.Person, Kind: AddressSet, Record: a.Person, Mark: mark, At: tx.Now}); err != nil {
		return err
	}
	if old == "" || s.out.Mail == nil {
		return nil
	}
	return addDelivery(ctx, tx, Delivery{Channel: ByMail, Target: a.Person, Kind: string(AddressSet), Record: a.Person, Mark: mark, Address: old, At: tx.Now})
}

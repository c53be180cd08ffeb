package notice

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/org"
)

// inDigest is how many notices a daily mail names; the rest waits on the page.
const inDigest = 20

// letter composes the letter of a delivery. Only one with a link whose secret is kept waits for its turn to write.
func (s *Service) letter(ctx context.Context, d Delivery) (l *Letter, err error) {
	transact := s.Store.View
	if d.Kind == confirmKind || d.Kind == lostKind {
		transact = s.Store.Update
	}
	err = transact(ctx, d.Town, func(tx *db.Tx) (err error) { l, err = s.compose(ctx, tx, d); return err })
	return l, err
}

// compose writes the letter of a delivery, out of what its receiver may know now; nil where there is nothing left to
// say. Links that open something get their secret here, so that it is kept nowhere but in the mail.
func (s *Service) compose(ctx context.Context, tx *db.Tx, d Delivery) (*Letter, error) {
	dir, err := s.Orgs.Load(ctx, tx)
	if err != nil {
		return nil, err
	}
	all, err := auth.Accounts(ctx, tx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(a auth.Account) bool { return a.Person == d.Target && !a.Disabled })
	if i < 0 {
		return nil, nil
	}
	w, err := wish(ctx, tx, d.Target)
	if err != nil {
		return nil, err
	}
	l := writing{s: s, lang: w.Lang, dir: dir, letter: Letter{To: w.Address, ID: d.ID}}
	if d.Address != "" {
		l.letter.To = d.Address
	}
	if l.letter.To == "" || d.Kind == confirmKind && d.Address != w.Pending {
		return nil, nil
	}
	a := actingIn(dir, all[i], tx.Town, d.Target)
	switch d.Kind {
	case confirmKind:
		token, hash := auth.SecretLink()
		if err := setToken(ctx, tx, d.Target, hash, tx.Now.Add(confirmWithin)); err != nil {
			return nil, err
		}
		return l.link("confirm", "/account/notices/confirm?token="+token), nil
	case lostKind:
		token, err := s.Auth.NewLinkIn(ctx, tx, all[i].ID)
		if errs.Is(err, errs.NotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		return l.link("lost", "/login/reset?token="+token), nil
	case digestKind:
		return s.daily(ctx, tx, a, w, d, l)
	}
	return s.single(ctx, tx, a, d, l)
}

// single writes the mail of one notice.
func (s *Service) single(ctx context.Context, tx *db.Tx, a actor.Actor, d Delivery, l writing) (*Letter, error) {
	items, err := s.items(ctx, tx, a, []Notice{{Kind: Kind(d.Kind), Record: d.Record, At: d.At}})
	if err != nil || len(items) == 0 || items[0].Kind == Confided {
		return nil, err
	}
	l.head(s.say(l.lang, "notice.kind."+string(items[0].Kind)))
	l.item(items[0])
	return l.done(), nil
}

// daily writes the mail of a day; nil where all was read meanwhile.
func (s *Service) daily(ctx context.Context, tx *db.Tx, a actor.Actor, w Wish, d Delivery, l writing) (*Letter, error) {
	from, err := strconv.ParseInt(d.Record, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("read beginning of the day: %w", err)
	}
	ns, err := since(ctx, tx, a.Person, time.UnixMilli(from), d.At, 10*inDigest)
	if err != nil {
		return nil, err
	}
	ns = slices.DeleteFunc(ns, func(n Notice) bool { return !w.daily(n.Kind) })
	items, err := s.items(ctx, tx, a, ns)
	if err != nil {
		return nil, err
	}
	items = slices.DeleteFunc(items, func(it Item) bool { return it.Kind == Confided })
	if len(items) == 0 {
		return nil, nil
	}
	l.head(s.say(l.lang, "notice.mail.daily", len(items)))
	for i, it := range items {
		if i == inDigest {
			l.line(s.say(l.lang, "notice.mail.more", len(items)-inDigest))
			break
		}
		l.item(it)
	}
	l.line(s.out.Base + "/office/notices")
	return l.done(), nil
}

func (s *Service) say(lang i18n.Lang, key string, args ...any) string {
	return s.Words.T(lang, key, args...)
}

// writing is a letter on its way.
type writing struct {
	s      *Service
	lang   i18n.Lang
	dir    *org.Directory
	letter Letter
	text   strings.Builder
}

func (l *writing) line(s string) { l.text.WriteString(s + "\n") }

// head begins a letter: the subject says the kind of step, the first line which office writes.
func (l *writing) head(subject string) {
	l.letter.Subject = l.s.say(l.lang, "notice.mail.subject", subject)
	l.line(l.dir.Town.Name + " · " + l.s.say(l.lang, "page.ledger"))
	l.line("")
	l.line(subject)
	l.line("")
}

// item says one notice: kind, number and day, of an account or of keys which colleague it was, and where to look.
func (l *writing) item(it Item) {
	parts := []string{l.s.say(l.lang, "notice.kind."+string(it.Kind))}
	if it.Number != "" {
		parts = append(parts, it.Number.Grouped())
	}
	if it.Due != "" {
		parts = append(parts, l.s.say(l.lang, "notice.due", day(it.Due)))
	}
	l.line("- " + strings.Join(parts, " · "))
	if it.Kind == Vouched || it.Kind == KeysTaken {
		l.line("  " + l.s.say(l.lang, "notice."+string(it.Kind)+".by", l.dir.Person(it.Whose).Name))
	}
	if it.Path != "" {
		l.line("  " + l.s.out.Base + it.Path)
	}
}

// day is a day as written in mails, which is read alike in every language.
func day(d calendar.Day) string { return string(d) }

// link is a letter with one link that opens something for a while.
func (l *writing) link(what, path string) *Letter {
	l.head(l.s.say(l.lang, "notice.mail."+what))
	l.line(l.s.out.Base + path)
	l.line("")
	l.line(l.s.say(l.lang, "notice.mail."+what+".says"))
	return l.done()
}

// done ends a letter.
func (l *writing) done() *Letter {
	l.line("")
	l.line(l.s.say(l.lang, "notice.mail.foot", l.s.out.Base+"/account/notices"))
	l.letter.Text = l.text.String()
	return &l.letter
}

package notice

import (
	"context"
	"fmt"
	"slices"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/seal"
)

// Item is a notice as it is shown now. Of a case in confidence it holds neither number nor day, only where to go.
type Item struct {
	Notice
	Number seal.Number  // of an open case; "" else
	Due    calendar.Day // of an open case whose clock runs; "" else
	Path   string       // where it leads; "" where there is nothing to open
	Vouch  string       // the account that the reader may vouch for; "" else
	Whose  string       // whose account it is, or who vouched or took keys, a person; "" else
}

// List is one page of notices.
type List struct {
	Items []Item
	Next  string // "" at the end
}

// perPage is how many notices stand on a page.
const perPage = 50

// List returns notices of an actor, the newest first, behind the id before. What they may no longer open is not among
// them. NotFound for who has no account.
func (s *Service) List(ctx context.Context, tx *db.Tx, a actor.Actor, before string) (l List, err error) {
	if a.Account == "" || a.Town != tx.Town {
		return l, errs.Missing()
	}
	ns, err := page(ctx, tx, a.Person, before, perPage+1)
	if err != nil {
		return l, fmt.Errorf("list notices: %w", err)
	}
	if len(ns) > perPage {
		ns = ns[:perPage]
		l.Next = ns[perPage-1].ID
	}
	l.Items, err = s.items(ctx, tx, a, ns)
	return l, err
}

// items opens notices for whom they tell, as far as the gate lets them.
func (s *Service) items(ctx context.Context, tx *db.Tx, a actor.Actor, ns []Notice) (out []Item, err error) {
	var ids []casework.ID
	doubts := false
	for _, n := range ns {
		if n.Kind.OfCase() {
			ids = append(ids, casework.ID(n.Record))
		}
		doubts = doubts || n.Kind == Vouch
	}
	seen, err := s.glance(ctx, tx, a, ids)
	if err != nil {
		return nil, fmt.Errorf("list notices: %w", err)
	}
	doubted := map[string]auth.Account{}
	if doubts {
		if doubted, err = s.doubted(ctx, tx, a); err != nil {
			return nil, err
		}
	}
	for _, n := range ns {
		it := Item{Notice: n, Path: path(n)}
		if n.Kind.OfCase() {
			c, ok := seen[casework.ID(n.Record)]
			if !ok {
				continue
			}
			it.Path = "/office/cases/" + string(c.Number)
			if !c.Veiled() {
				it.Number, it.Due = c.Number, dueOf(n.Kind, c)
			} else {
				it.Kind = Confided
			}
		}
		if n.Kind == Vouch || n.Kind.guards() {
			it.Whose, it.Vouch = n.Record, doubted[n.Record].ID
		}
		out = append(out, it)
	}
	return out, nil
}

// dueOf is the day by which the step that a notice is about has to be taken.
func dueOf(k Kind, c casework.Case) calendar.Day {
	switch {
	case k == AcceptLate && c.Notice.Set():
		return calendar.DayOf(c.Notice.At)
	case k != CallBack && c.State.Unanswered() && c.Due.Set():
		return calendar.DayOf(c.Due.At)
	}
	return ""
}

// path is where a notice leads that is about no case.
func path(n Notice) string {
	switch n.Kind {
	case ReportSent, ReportReviewed, ReportReturned:
		return "/office/reports/weekly/" + n.Record
	case Imported:
		return "/office/import/batch/" + n.Record
	case BackupFailed:
		return "/admin/backup"
	case KeysTaken:
		return "/admin/journal"
	case PasswordReset, PasswordSet, Vouched, AddressSet:
		return "/account"
	}
	return ""
}

// doubted returns the accounts that an actor may vouch for, by person.
func (s *Service) doubted(ctx context.Context, tx *db.Tx, a actor.Actor) (map[string]auth.Account, error) {
	all, err := auth.Accounts(ctx, tx)
	if err != nil || !slices.ContainsFunc(all, func(acc auth.Account) bool { return acc.DoubtedBy != "" }) {
		return nil, err
	}
	dir, err := s.Orgs.Load(ctx, tx)
	if err != nil {
		return nil, err
	}
	hands, err := auth.LoadHands(ctx, tx)
	if err != nil {
		return nil, err
	}
	out := map[string]auth.Account{}
	for _, acc := range all {
		if hands.MayVouch(a, acc, dir.Settings.Confidants) {
			out[acc.Person] = acc
		}
	}
	return out, nil
}

// Read puts one of the actor's notices away, or all of them for "". One that is not there or another's changes nothing.
func (s *Service) Read(ctx context.Context, a actor.Actor, notice string) error {
	if a.Account == "" {
		return errs.Missing()
	}
	err := s.Store.Update(ctx, a.Town, func(tx *db.Tx) error {
		_, err := markRead(ctx, tx, a.Person, notice)
		return err
	})
	if err != nil {
		return fmt.Errorf("put notice away: %w", err)
	}
	return nil
}

// BackupFailed tells a town's administrators that the backup of a day failed; once for the day, however often it is said.
func (s *Service) BackupFailed(ctx context.Context, town string, day calendar.Day) error {
	err := s.Store.Update(ctx, town, func(tx *db.Tx) error {
		d := &deriving{s: s, ctx: ctx, tx: tx}
		if err := d.load(); err != nil {
			return err
		}
		for _, p := range d.administrators() {
			if err := d.give(p, Notice{Kind: BackupFailed, Record: string(day), Mark: string(day), At: tx.Now}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("tell of the failed backup: %w", err)
	}
	return nil
}

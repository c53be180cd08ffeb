package report

import (
	"context"
	"fmt"

	"yanming/internal/actor"
	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/figures"
	"yanming/internal/journal"
)

// SetStart settles from which day on the town's reports count: the first day of the drive. Reports that were issued
// stay as they are.
type SetStart struct {
	Key journal.Key `json:"-"`
	Day calendar.Day
}

// SetStart is SetStartIn in a transaction of its own.
func (s *Service) SetStart(ctx context.Context, a actor.Actor, c SetStart) error {
	return s.store.Update(ctx, a.Town, func(tx *db.Tx) error { return s.SetStartIn(ctx, tx, a, c) })
}

// SetStartIn settles the day within tx. The general team, a leader and an administrator may.
// Errors: Invalid for a day that has not come, Denied, Conflict.
func (s *Service) SetStartIn(ctx context.Context, tx *db.Tx, a actor.Actor, c SetStart) error {
	if !MayStart(a) {
		return errs.New(errs.Denied, "error.denied")
	}
	if !c.Day.Valid() || c.Day > calendar.DayOf(tx.Now) {
		return errs.Field("day", "report.start.day")
	}
	digest, err := journal.Digest(c)
	if err != nil {
		return err
	}
	if _, seen, err := journal.Once(ctx, tx, c.Key, digest); err != nil || seen {
		return err
	}
	n, err := putStart(ctx, tx, c.Day, by(a))
	if err != nil {
		return fmt.Errorf("settle first day of reports: %w", err)
	}
	e, err := journal.Append(ctx, tx, journal.Event{Kind: RecordKind, Record: "report_start", N: n, Type: "start_settled", Actor: by(a), Payload: c})
	if err != nil {
		return err
	}
	return journal.Remember(ctx, tx, c.Key, digest, e, string(c.Day))
}

// MayStart reports whether an actor may settle the first day that counts.
func MayStart(a actor.Actor) bool {
	return a.System || a.Person != "" && a.Is(actor.General, actor.Leader, actor.Admin)
}

// Start returns the first day that the town's reports count, and whether it was settled. Where it was not, it is the
// day of the first opinion; "" while there is none.
func Start(ctx context.Context, tx *db.Tx, cat *figures.Catalogue) (calendar.Day, bool, error) {
	day, found, err := settledStart(ctx, tx)
	if err != nil || found {
		return day, found, err
	}
	day, err = firstDay(ctx, tx, cat)
	return day, false, err
}

// firstDay finds the day of the first opinion. It asks for the whole town only, so that it is the same whether the first
// opinion was said in confidence or not.
func firstDay(ctx context.Context, tx *db.Tx, cat *figures.Catalogue) (calendar.Day, error) {
	at, found, err := cat.First(ctx, tx, received)
	if err != nil || !found {
		return "", err
	}
	return calendar.DayOf(at), nil
}

// since returns the time from the first day that counts to the end of a week: the week alone where it begins later.
func since(ctx context.Context, tx *db.Tx, cat *figures.Catalogue, week calendar.Period) (calendar.Period, error) {
	day, _, err := Start(ctx, tx, cat)
	if err != nil {
		return calendar.Period{}, err
	}
	first, last, _ := week.Days()
	if day == "" || day > first {
		day = first
	}
	p, ok := calendar.Between(day, last)
	if !ok {
		return calendar.Period{}, fmt.Errorf("reckon from %s to %s", day, last)
	}
	return p, nil
}

package casework

import (
	"context"
	"time"

	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/figures"
)

// cast is what figures read of a case itself: a change of it changes what they say of days before, too. Everything else
// they read of the span or the deed of that day, or it is marked as moving.
type cast struct {
	kind       Kind
	channel    Channel
	visibility Visibility
	anonymity  Anonymity
	registered int64
	immediate  bool
	backfilled bool
	void       bool
}

func (c Case) cast() cast {
	return cast{c.Kind, c.Channel, c.Visibility, c.Anonymity, c.Registered.UnixMilli(), c.Immediate, c.Backfilled, c.State == Void}
}

// tellPast has figures of days that are over counted again where an event changes them: it happened on one of them, or makes
// of the case another one than it was since it was registered. at is when it happened, Unix ms.
func tellPast(ctx context.Context, tx *db.Tx, old, c Case, at int64) error {
	day := calendar.DayOf(time.UnixMilli(at))
	if old.cast() != c.cast() {
		day = min(day, calendar.DayOf(old.Registered), calendar.DayOf(c.Registered))
	}
	if day == calendar.DayOf(tx.Now) {
		return nil
	}
	return figures.Touch(ctx, tx, day, caseSourceName, deedSourceName)
}

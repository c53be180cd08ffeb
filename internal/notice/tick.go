package notice

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/db"
)

// dueAtOnce is how many due cases one transaction takes.
const dueAtOnce = 200

// digestAt is when the daily mails are put together, from the beginning of the day.
const digestAt = 8*time.Hour + 30*time.Minute

// again is how far ahead of a due moment it is looked for once more whom nobody has told: the clock was shorter than
// casework.Soon, or somebody else has the case now. Whoever was told is not told twice.
func again() []time.Duration { return []time.Duration{24 * time.Hour, 4 * time.Hour} }

// Tick does what only time does: announces what is due soon, late or not accepted, each once for its clock, round and
// due moment; puts the daily mails together on working days; forgets what is old. Run it every minute.
func (s *Service) Tick(ctx context.Context, town string) error {
	var c clock
	err := s.Store.View(ctx, town, func(tx *db.Tx) (err error) { c, err = getClock(ctx, tx); return err })
	if err != nil {
		return fmt.Errorf("read clock of notices: %w", err)
	}
	now := s.Store.Now()
	soon, over := now.Add(casework.Soon), now
	type stretch struct {
		kind     Kind
		from, to time.Time
	}
	all := []stretch{{DueSoon, c.soon, soon}, {Overdue, c.over, over}, {AcceptLate, c.over, over}}
	for _, h := range again() {
		all = append(all, stretch{DueSoon, later(now, c.soon.Add(h-casework.Soon)), now.Add(h)})
	}
	for _, x := range all {
		if err := s.fallDue(ctx, town, x.kind, x.from, x.to, now); err != nil {
			return fmt.Errorf("announce %s: %w", x.kind, err)
		}
	}
	err = s.Store.Update(ctx, town, func(tx *db.Tx) error {
		next, err := getClock(ctx, tx)
		if err != nil {
			return err
		}
		next.soon, next.over = later(next.soon, soon), later(next.over, over)
		if err := s.digest(ctx, tx, &next); err != nil {
			return err
		}
		if err := putClock(ctx, tx, next); err != nil {
			return err
		}
		return forget(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("move clock of notices: %w", err)
	}
	return nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// fallDue announces the open cases that fell due behind from, up to to. A case in confidence announces nothing: that it
// is due stands in its readers' inbox.
func (s *Service) fallDue(ctx context.Context, town string, k Kind, from, to, now time.Time) error {
	at, id := from.Add(time.Millisecond), casework.ID("")
	for {
		n, nextAt, nextID := 0, at, id // the closure may run twice, from the same place
		err := s.Store.Update(ctx, town, func(tx *db.Tx) error {
			list, err := s.due(ctx, tx, k, at, id, to)
			if n = len(list); err != nil || n == 0 {
				return err
			}
			d := &deriving{s: s, ctx: ctx, tx: tx}
			if err := d.load(); err != nil {
				return err
			}
			for _, c := range list {
				if err := d.announce(k, &concern{Concern: c}, now); err != nil {
					return err
				}
			}
			last := list[n-1]
			nextAt, nextID = last.Due.At, last.ID
			if k == AcceptLate {
				nextAt = last.Notice.At
			}
			return nil
		})
		at, id = nextAt, nextID
		if err != nil || n < dueAtOnce {
			return err
		}
	}
}

func (s *Service) due(ctx context.Context, tx *db.Tx, k Kind, at time.Time, id casework.ID, to time.Time) ([]casework.Concern, error) {
	if k == AcceptLate {
		return s.Cases.FallLate(ctx, tx, at, id, to, dueAtOnce)
	}
	return s.Cases.FallDue(ctx, tx, at, id, to, dueAtOnce)
}

// announce tells who handles a case that its clock runs out, and of a late one also the leader who answers for it.
func (d *deriving) announce(k Kind, c *concern, now time.Time) error {
	due, people := c.Due.At, d.hands(c)
	switch {
	case k == AcceptLate:
		due = c.Notice.At
	case k == DueSoon && due.Before(now): // it ran out while nobody looked
		return nil
	case k == Overdue:
		people = append(people, c.Leader)
	}
	mark := strconv.Itoa(c.Round) + "." + strconv.FormatInt(due.UnixMilli(), 10)
	for _, p := range people {
		if p == "" || !c.Admits(d.acting(p)) {
			continue
		}
		if err := d.give(p, Notice{Kind: k, Record: string(c.ID), Mark: mark, At: now}); err != nil {
			return err
		}
	}
	return nil
}

// digest has the daily mails put together once half past eight of a working day has passed: for each person who wished
// so and has something unread since the last ones.
func (s *Service) digest(ctx context.Context, tx *db.Tx, c *clock) error {
	today := calendar.DayOf(tx.Now)
	if at := today.Start().Add(digestAt); tx.Now.Before(at) || !c.digest.Before(at) {
		return nil
	}
	dir, err := s.Orgs.Load(ctx, tx)
	if err != nil {
		return err
	}
	if !dir.Calendar.Working(today) {
		return nil
	}
	from := c.digest
	c.digest = tx.Now
	if s.out.Mail == nil {
		return nil
	}
	all, err := wishes(ctx, tx)
	if err != nil {
		return err
	}
	for _, w := range all {
		if w.Address == "" || w.Pace == Never {
			continue
		}
		ns, err := since(ctx, tx, w.person, from, tx.Now, inDigest)
		if err != nil {
			return err
		}
		for _, n := range ns {
			if w.daily(n.Kind) {
				err := addDelivery(ctx, tx, Delivery{Channel: ByMail, Target: w.person, Kind: digestKind, Record: strconv.FormatInt(from.UnixMilli(), 10),
					Mark: string(today), At: tx.Now})
				if err != nil {
					return err
				}
				break
			}
		}
	}
	return nil
}

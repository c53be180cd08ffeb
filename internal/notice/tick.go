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

// rests is how long a town's clock may stand while nothing falls due: moving it is a write, and looking further back is not.
const rests = time.Hour

// digestAt is when the daily mails are put together, from the beginning of the day.
const digestAt = 8*time.Hour + 30*time.Minute

// again is how far ahead of a due moment it is looked for once more whom nobody has told: the clock was shorter than
// casework.Soon, or somebody else has the case now. Whoever was told is not told twice.
func again() []time.Duration { return []time.Duration{24 * time.Hour, 4 * time.Hour} }

// Tick does what only time does: announces what is due soon, late or not accepted, each once for its clock, round and
// due moment; puts the daily mails together on working days; forgets what is old. Run it every minute: it looks first, and
// writes only where there is something to tell, and once an hour.
func (s *Service) Tick(ctx context.Context, town string) error {
	now := s.Store.Now()
	list, moves, err := s.look(ctx, town, now)
	if err != nil {
		return fmt.Errorf("look at the clock of notices: %w", err)
	}
	if !moves {
		return nil
	}
	for _, x := range list {
		if err := s.fallDue(ctx, town, x.kind, x.from, x.to, now); err != nil {
			return fmt.Errorf("announce %s: %w", x.kind, err)
		}
	}
	soon, over := now.Add(casework.Soon), now
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

// stretch is the time in which due moments are told of as a kind.
type stretch struct {
	kind     Kind
	from, to time.Time
}

// look says in which stretches something fell due since the town's clock was moved, and whether it has to be moved now.
func (s *Service) look(ctx context.Context, town string, now time.Time) (list []stretch, moves bool, err error) {
	err = s.Store.View(ctx, town, func(tx *db.Tx) error {
		c, err := getClock(ctx, tx)
		if err != nil {
			return err
		}
		all := []stretch{{DueSoon, c.soon, now.Add(casework.Soon)}, {Overdue, c.over, now}, {AcceptLate, c.over, now}}
		for _, h := range again() {
			all = append(all, stretch{DueSoon, later(now, c.soon.Add(h-casework.Soon)), now.Add(h)})
		}
		for _, x := range all {
			first, err := s.due(ctx, tx, x.kind, x.from.Add(time.Millisecond), "", x.to, 1)
			if err != nil {
				return err
			}
			if len(first) > 0 {
				list = append(list, x)
			}
		}
		mails, err := s.digestDue(ctx, tx, c)
		moves = len(list) > 0 || mails || !c.kept || now.Sub(c.over) >= rests
		return err
	})
	return list, moves, err
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
			list, err := s.due(ctx, tx, k, at, id, to, dueAtOnce)
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

func (s *Service) due(ctx context.Context, tx *db.Tx, k Kind, at time.Time, id casework.ID, to time.Time, limit int) ([]casework.Concern, error) {
	if k == AcceptLate {
		return s.Cases.FallLate(ctx, tx, at, id, to, limit)
	}
	return s.Cases.FallDue(ctx, tx, at, id, to, limit)
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

// digestDue reports whether the daily mails are to be put together: past half past eight of a working day, and not yet
// since.
func (s *Service) digestDue(ctx context.Context, tx *db.Tx, c clock) (bool, error) {
	today := calendar.DayOf(tx.Now)
	if at := today.Start().Add(digestAt); tx.Now.Before(at) || !c.digest.Before(at) {
		return false, nil
	}
	dir, err := s.Orgs.Load(ctx, tx)
	return err == nil && dir.Calendar.Working(today), err
}

// digest has the daily mails put together once half past eight of a working day has passed: for each person who wished
// so and has something unread since the last ones.
func (s *Service) digest(ctx context.Context, tx *db.Tx, c *clock) error {
	if due, err := s.digestDue(ctx, tx, *c); err != nil || !due {
		return err
	}
	from, today := c.digest, calendar.DayOf(tx.Now)
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

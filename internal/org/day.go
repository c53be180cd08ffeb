package org

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"yanming/internal/actor"
	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/journal"
)

// AddDays adds days off and shifted working days: a new year's notice, or a correction. A day that was added before is
// replaced. The days are what calendar.ParseDays read.
type AddDays struct {
	Key  journal.Key `json:"-"`
	Name string      // where they come from: the notice's number; may be empty
	Days []calendar.DayKind
}

// AddDays is AddDaysIn in a transaction of its own.
func (s *Service) AddDays(ctx context.Context, a actor.Actor, c AddDays) (string, error) {
	return update(ctx, s, a, c, s.AddDaysIn)
}

// AddDaysIn adds days to the town's calendar and returns the first. Due moments that were set stay as they are; those
// marked provisional are casework's to count again. Errors: Invalid, Denied.
func (s *Service) AddDaysIn(ctx context.Context, tx *db.Tx, a actor.Actor, c AddDays) (string, error) {
	return do(ctx, tx, a, managing(a), c.Key, c, func() (string, []fact, error) {
		var bad errs.List
		word(&bad, "name", &c.Name, maxText, false)
		if len(c.Days) == 0 {
			bad.Add("days", "calendar.rows.none")
		}
		for _, d := range c.Days {
			if !d.Day.Valid() {
				bad.Add("days", "error.date")
			}
			if !slices.Contains([]calendar.Kind{calendar.Holiday, calendar.WorkdayShifted, calendar.InLieu}, d.Kind) {
				bad.Add("days", "error.choice")
			}
		}
		if err := bad.Err(); err != nil {
			return "", nil, err
		}
		var n int64 // the calendar is one record: a pasted year is one event, not thirty
		if err := tx.Row(ctx, `SELECT COALESCE(max(rev), 0) FROM holidays WHERE town_id = $1`).Scan(&n); err != nil {
			return "", nil, err
		}
		n++
		for _, d := range c.Days {
			_, err := tx.Exec(ctx, `INSERT INTO holidays (town_id, day, rev, kind, name) VALUES ($1, $2, $3, $4, $5)
				ON CONFLICT (town_id, day) DO UPDATE SET rev = excluded.rev, kind = excluded.kind, name = excluded.name`,
				string(d.Day), n, string(d.Kind), c.Name)
			if err != nil {
				return "", nil, err
			}
		}
		return string(c.Days[0].Day), []fact{{"holidays", "calendar", n, "days_added", c}}, nil
	})
}

// AddedDays returns the days that the town added, in order.
func AddedDays(ctx context.Context, tx *db.Tx) (days []calendar.DayKind, err error) {
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var d calendar.DayKind
		err := r.Scan(&d.Day, &d.Kind)
		days = append(days, d)
		return err
	}, `SELECT day, kind FROM holidays WHERE town_id = $1 ORDER BY day`)
	if err != nil {
		return nil, fmt.Errorf("read added days: %w", err)
	}
	return days, nil
}

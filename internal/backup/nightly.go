package backup

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"filippo.io/age"

	"yanming/internal/calendar"
	"yanming/internal/errs"
)

// Plan is when archives are made by themselves and how many stay.
type Plan struct {
	At         time.Duration // since midnight, in the town's time
	Keep       Keep
	Recipients []age.Recipient // encrypts to them; none: in clear, as the database lies beside it
}

// Keep is of how many days, weeks and months the newest nightly archive stays.
type Keep struct{ Days, Weeks, Months int }

// DefaultPlan is half past two, and a week of days, a month of weeks and a year of months.
func DefaultPlan() Plan { return Plan{At: 2*time.Hour + 30*time.Minute, Keep: Keep{7, 4, 12}} }

// ParseAt reads 02:30. Errors: Invalid field "--backup-at".
func ParseAt(s string) (time.Duration, error) {
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, errs.Field("--backup-at", "backup.at", s)
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
}

// ParseKeep reads 7,4,12. Errors: Invalid field "--backup-keep".
func ParseKeep(s string) (k Keep, err error) {
	parts := strings.Split(s, ",")
	for i, to := range []*int{&k.Days, &k.Weeks, &k.Months} {
		if len(parts) != 3 {
			break
		}
		if *to, err = strconv.Atoi(strings.TrimSpace(parts[i])); err != nil || *to < 0 {
			break
		}
	}
	if err != nil || len(parts) != 3 || k.Days < 1 || k.Weeks < 0 || k.Months < 0 {
		return k, errs.Field("--backup-keep", "backup.keep", s)
	}
	return k, nil
}

const (
	retry  = time.Hour            // after a failure
	late   = 48 * time.Hour       // without a good backup people are told
	forgot = 400 * 24 * time.Hour // how long it is noted what was made
)

// Night makes the archive of a day once its time has come, and removes what need not stay. A machine that was off at
// that time does it when it is on again. It is called every few minutes; where there is nothing to do it does nothing.
func (s *Service) Night(ctx context.Context, p Plan) error {
	now := s.Store.Now()
	due, err := s.due(ctx, p, now)
	if err != nil || !due {
		return err
	}
	made, _, err := s.Make(ctx, Order{Kind: Nightly, Recipients: p.Recipients})
	if ctx.Err() != nil { // the program stops: it is due again at the next start
		return ctx.Err()
	}
	if made.Failure != nil {
		made.At = now
	}
	if e := Note(ctx, s.Store, made); e != nil || err != nil {
		return errors.Join(err, e)
	}
	if err := rotate(s.Dir, p.Keep, now); err != nil {
		return err
	}
	return forget(ctx, s.Store, now.Add(-forgot))
}

func (s *Service) due(ctx context.Context, p Plan, now time.Time) (bool, error) {
	var towns int
	if err := s.Store.Across(ctx, countTowns(ctx, &towns)); err != nil || towns == 0 { // nothing is set up yet
		return false, err
	}
	good, failed, err := Last(ctx, s.Store)
	if err != nil {
		return false, err
	}
	if failed != nil && now.Sub(failed.At) < retry {
		return false, nil
	}
	y, m, d := now.In(calendar.Zone()).Date()
	moment := time.Date(y, m, d, 0, 0, 0, 0, calendar.Zone()).Add(p.At)
	if moment.After(now) {
		moment = moment.AddDate(0, 0, -1)
	}
	return good == nil || good.At.Before(moment), nil
}

// rotate removes nightly archives that need not stay, and what a crash left half written a day ago.
func rotate(dir string, k Keep, now time.Time) error {
	all, err := List(dir)
	if err != nil {
		return err
	}
	stay := k.stay(all)
	for _, a := range all {
		if a.Kind == Nightly && !stay[a.Name] {
			if err := os.Remove(filepath.Join(dir, a.Name)); err != nil && !errors.Is(err, os.ErrNotExist) {
				return fmt.Errorf("remove old archive: %w", err)
			}
		}
	}
	parts, err := filepath.Glob(filepath.Join(dir, partPrefix+"*"))
	if err != nil {
		return nil // a folder whose name is a pattern: nothing is removed
	}
	for _, name := range parts {
		if info, err := os.Stat(name); err == nil && now.Sub(info.ModTime()) > 24*time.Hour {
			os.Remove(name) // tried again the next night
		}
	}
	return nil
}

// stay says which nightly archives stay: the newest of each of the last days, weeks and months that have one. all has
// the newest first.
func (k Keep) stay(all []Archive) map[string]bool {
	out := map[string]bool{}
	for _, r := range []struct {
		n   int
		per func(time.Time) string
	}{
		{k.Days, func(t time.Time) string { return t.Format(time.DateOnly) }},
		{k.Weeks, func(t time.Time) string { y, w := t.ISOWeek(); return fmt.Sprint(y, " ", w) }},
		{k.Months, func(t time.Time) string { return t.Format("2006-01") }},
	} {
		seen := map[string]bool{}
		for _, a := range all {
			key := r.per(a.At.In(calendar.Zone()))
			if a.Kind == Nightly && !seen[key] && len(seen) < r.n {
				seen[key] = true
				out[a.Name] = true
			}
		}
	}
	return out
}

// Health is how an installation's backups stand.
type Health struct {
	Good   *Made // the newest good one; nil for none
	Failed *Made // the newest try that failed after it; nil for none
	Late   bool  // more than two days without a good one, counted from since at the earliest
}

// Look says how backups stand. since is when there was first something to keep: before two days have passed since
// then, none is missed.
func (s *Service) Look(ctx context.Context, since time.Time) (h Health, err error) {
	h.Good, h.Failed, err = Last(ctx, s.Store)
	if h.Good != nil && h.Good.At.After(since) {
		since = h.Good.At
	}
	h.Late = s.Store.Now().Sub(since) > late
	return h, err
}

// Needs estimates how many bytes the next archive takes: what the last took and a fifth more. It is 0 before the first.
func (s *Service) Needs(ctx context.Context) (int64, error) {
	good, _, err := Last(ctx, s.Store)
	if err != nil || good == nil {
		return 0, err
	}
	return good.Bytes + good.Bytes/5, nil
}

// JobKind is the kind of the job that makes one archive, asked for by a page.
const JobKind = "backup"

// Work makes an archive that somebody asked for, and notes how it went: a failure is noted and not tried again.
func (s *Service) Work(ctx context.Context, p Plan) error {
	made, _, err := s.Make(ctx, Order{Kind: Manual, Recipients: p.Recipients})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		made.At = s.Store.Now()
		slog.Error("make backup", "error", err)
	}
	return Note(ctx, s.Store, made)
}

// At is the path that an archive of the service's folder is noted with.
func (s *Service) At(name string) string {
	path, err := filepath.Abs(filepath.Join(s.Dir, name))
	if err != nil {
		return name
	}
	return path
}

package doctor

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"yanming/internal/calendar"
	"yanming/internal/i18n"
)

// Backups is how the backups of an installation stand.
type Backups struct {
	Good   time.Time // when the newest good one was made; zero for none
	Failed time.Time // when a later try failed; zero for none
	Late   bool      // for too long there was no good one
	Needs  int64     // bytes that the next one takes, as far as can be told
	Dir    string    // where they go
}

// Backup looks whether good backups are made, and whether the next one finds room.
func Backup(stand func(context.Context) (Backups, error)) Check {
	day := func(t time.Time) string { return t.In(calendar.Zone()).Format(time.DateOnly) }
	return Check{"backup", func(ctx context.Context) Finding {
		b, err := stand(ctx)
		switch {
		case err != nil:
			return broken(err)
		case b.Late && b.Good.IsZero():
			return todo("doctor.backup.never")
		case !b.Failed.IsZero():
			return todo("doctor.backup.failed", day(b.Failed))
		case b.Late:
			return todo("doctor.backup.old", day(b.Good))
		}
		if d, err := diskOf(nearest(b.Dir)); err == nil && b.Needs > 0 && d.free < uint64(b.Needs) { // Disk says what cannot be read
			return todo("doctor.backup.room", b.Dir, i18n.Size(b.Needs), i18n.Size(d.free))
		}
		if b.Good.IsZero() {
			return look("doctor.backup.first")
		}
		return well("doctor.backup.well", b.Good.In(calendar.Zone()).Format("2006-01-02 15:04"))
	}}
}

// nearest is the folder itself, or the nearest one above it that is there.
func nearest(dir string) string {
	for {
		if _, err := os.Stat(dir); err == nil || filepath.Dir(dir) == dir {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

// Mail lets the mailer try itself. nil says that no mail is set up.
func Mail(try func(context.Context) error) Check {
	return Check{"mail", func(ctx context.Context) Finding {
		if try == nil {
			return look("doctor.mail.none")
		}
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		if err := try(ctx); err != nil {
			return todo("doctor.mail.refuses", err.Error())
		}
		return well("doctor.mail.well")
	}}
}

// Deliveries looks for mails and calls that failed for good. counts returns how many wait and how many failed so.
func Deliveries(counts func(context.Context) (waiting, dead int64, err error)) Check {
	return Check{"deliveries", func(ctx context.Context) Finding {
		waiting, dead, err := counts(ctx)
		switch {
		case err != nil:
			return broken(err)
		case dead > 0:
			return look("doctor.deliveries.dead", dead)
		}
		return well("doctor.deliveries.well", waiting)
	}}
}

// Years says up to which year each town knows its holidays.
type Years struct {
	Town string // its name
	Last int
}

// noticed is the month from which next year's holidays can be known: the State Council publishes them in autumn.
const noticed = time.December

// Holidays looks whether due dates can be reckoned: this year's holidays must be entered, and next year's from December.
func Holidays(years func(context.Context) ([]Years, error), now func() time.Time) Check {
	return Check{"holidays", func(ctx context.Context) Finding {
		all, err := years(ctx)
		if err != nil {
			return broken(err)
		}
		at := now().In(calendar.Zone())
		want := at.Year()
		if at.Month() >= noticed {
			want++
		}
		var lack []string
		for _, y := range all {
			if y.Last < want {
				lack = append(lack, y.Town)
			}
		}
		switch {
		case len(lack) > 3:
			return todo("doctor.holidays.many", want, len(lack))
		case len(lack) > 0:
			return todo("doctor.holidays.lack", want, strings.Join(lack, ", "))
		}
		return well("doctor.holidays.well", want)
	}}
}

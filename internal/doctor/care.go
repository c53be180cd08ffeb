package doctor

import (
	"context"
	"strings"
	"time"

	"yanming/internal/calendar"
)

const backupAge = 48 * time.Hour

// Backup looks when the last good backup was made; the zero time says never.
func Backup(last func(context.Context) (time.Time, error), now func() time.Time) Check {
	return Check{"backup", func(ctx context.Context) Finding {
		at, err := last(ctx)
		switch {
		case err != nil:
			return broken(err)
		case at.IsZero():
			return todo("doctor.backup.never")
		case now().Sub(at) > backupAge:
			return todo("doctor.backup.old", at.In(calendar.Zone()).Format(time.DateOnly))
		}
		return well("doctor.backup.well", at.In(calendar.Zone()).Format("2006-01-02 15:04"))
	}}
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

package doctor

import (
	"context"
	"strings"
	"time"

	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/job"
	"yanming/internal/journal"
)

const (
	longLog  = 1 << 30          // bytes of a write-ahead log that something keeps from being folded in
	lagging  = 10 * time.Second // a deriver further behind has stopped
	waiting  = 10 * time.Minute // a job due for longer is not taken by anybody
	deepTime = 30 * time.Minute
)

// Opened says that the database could not be opened, for a command that found it so.
func Opened(err error) Check {
	return Check{"database", func(context.Context) Finding { return shut(err) }}
}

// shut says why a database cannot be opened: what to do where that is known, else the engine's own words.
func shut(err error) Finding {
	for _, e := range errs.All(err) {
		switch e.Key {
		case "error.store.damaged", "error.store.log", "error.store.full":
			return todo(e.Key + ".do")
		}
		if e.Kind == errs.Invalid {
			return todo(e.Key, e.Args...)
		}
	}
	if why, is := db.Unreached(err); is {
		return todo("doctor.database.unreached", why)
	}
	return todo("doctor.database.shut", err.Error())
}

// Database looks whether the database takes writes, keeps them through a power cut, and has the schema of this program.
// deep also lets it look through the whole of its file.
func Database(d *db.DB, deep bool) Check {
	return Check{"database", func(ctx context.Context) Finding {
		if err := d.Fault(); err != nil {
			return todo("doctor.database.refuses", err.Error())
		}
		limited, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		s, err := d.Standing(limited)
		if err != nil {
			return shut(err)
		}
		switch {
		case s.Newer() != nil:
			return todo("doctor.database.newer", s.At, s.Newest)
		case s.Missing > 0:
			return todo("doctor.database.older", s.At, s.Newest)
		}
		settings, err := d.Settings(limited)
		if err != nil {
			return todo("doctor.database.refuses", err.Error())
		}
		var bad []string
		for _, s := range settings {
			if !s.Good {
				bad = append(bad, s.Name+" = "+s.Is)
			}
		}
		if len(bad) > 0 {
			return todo("doctor.database.settings", strings.Join(bad, ", "))
		}
		data, wal, err := d.Size(limited)
		switch {
		case err != nil:
			return broken(err)
		case wal > longLog:
			return todo("doctor.database.log", i18n.Size(wal))
		case !deep:
			return well("doctor.database.well", i18n.Size(data+wal))
		}
		long, stop := context.WithTimeout(ctx, deepTime)
		defer stop()
		if err := d.Verify(long); err != nil {
			return todo("doctor.database.damaged", err.Error())
		}
		return well("doctor.database.sound", i18n.Size(data+wal))
	}}
}

// Derivers looks how far what is made out of the journal is behind.
func Derivers(store *db.DB, derivers ...journal.Deriver) Check {
	return Check{"derivers", func(ctx context.Context) Finding {
		lags, err := journal.Lags(ctx, store, derivers...)
		if err != nil {
			return broken(err)
		}
		var worst journal.Lag
		for _, l := range lags {
			if l.Behind > worst.Behind {
				worst = l
			}
		}
		if worst.Behind > lagging {
			return todo("doctor.derivers.behind", worst.Deriver, worst.Town, worst.Events, worst.Behind.Round(time.Second).String())
		}
		return well("doctor.derivers.well")
	}}
}

// Jobs looks for work that failed for good, that is tried again and again, or that nobody takes.
func Jobs(store *db.DB) Check {
	return Check{"jobs", func(ctx context.Context) Finding {
		counts, err := job.Counts(ctx, store)
		if err != nil {
			return broken(err)
		}
		var failed int64
		var again []string
		for _, c := range counts {
			switch {
			case c.State == job.Failed:
				failed += c.Jobs
			case c.Failed > 0 && c.State == job.Queued:
				again = append(again, c.Kind)
			}
			if !c.Oldest.IsZero() && store.Now().Sub(c.Oldest) > waiting {
				return todo("doctor.jobs.waiting", c.Kind, store.Now().Sub(c.Oldest).Round(time.Minute).String())
			}
		}
		switch {
		case len(again) > 0:
			return todo("doctor.jobs.again", strings.Join(again, ", "))
		case failed > 0:
			return look("doctor.jobs.failed", failed)
		}
		return well("doctor.jobs.well")
	}}
}

package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"yanming/internal/backup"
	"yanming/internal/db"
	"yanming/internal/i18n"
)

// How often a long start says how far it is: where somebody watches, and in a log.
const (
	watched = 2 * time.Second
	logged  = 30 * time.Second
)

// told runs a step of a start that may take minutes. It asks systemd for patience meanwhile, and says every so often for
// how long it has gone on, and how far, where far is given and knows it.
func (s shell) told(what string, far func() string, step func() error) error {
	defer s.takesLong(what)()
	every, terminal := logged, s.from().terminal()
	if terminal {
		every = watched
	}
	began, end, over := time.Now(), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		drew := false
		for tick := time.NewTicker(every); ; {
			select {
			case <-end:
				tick.Stop()
				if drew {
					fmt.Fprintln(s.err)
				}
				return
			case <-tick.C:
			}
			line := s.cat.T(s.lang, "cli.upgrade_goes_on", time.Since(began).Round(time.Second).String())
			if far != nil {
				line += " " + far()
			}
			if drew = terminal; drew {
				fmt.Fprintf(s.err, "\r%s ", line)
			} else {
				fmt.Fprintln(s.err, line)
			}
		}
	}()
	err := step()
	close(end)
	<-over
	return err
}

// upgrade brings an open database to this program's schema: first the backup, then the steps. It says what it is at. An
// error of the backup leaves everything as it was.
func (p place) upgrade(ctx context.Context, sh shell, d *db.DB) (steps int, err error) {
	s, err := d.Standing(ctx)
	if err == nil {
		err = s.Newer()
	}
	if err != nil {
		return 0, err
	}
	if s.At == 0 || s.Missing == 0 { // new, or as it should be
		return d.Migrate(ctx)
	}
	var made backup.Made
	if !p.NoBackup {
		data, log, err := d.Size(ctx)
		if err != nil {
			return 0, err
		}
		sh.say("cli.upgrade_backup", s.At, s.Newest, i18n.Size(data+log))
		far := &rowCount{sh: sh}
		err = sh.told("backs up before the upgrade", far.String, func() (err error) {
			made, err = p.backupBeforeMigrating(ctx, d, far.count)
			return err
		})
		if err != nil {
			return 0, err
		}
		sh.say("cli.upgrade_backed", made.Path, i18n.Size(made.Bytes), made.Took.Round(time.Second).String())
	}
	sh.say("cli.migrating", s.At, s.Newest)
	began := time.Now()
	err = sh.told("brings the schema forward", nil, func() (err error) { steps, err = d.Migrate(ctx); return err })
	if err != nil {
		return steps, err
	}
	sh.say("cli.migrated", s.Newest, time.Since(began).Round(time.Second).String())
	if made.Path != "" {
		err = backup.Note(ctx, d, made)
	}
	return steps, err
}

// rowCount is how far a backup has come.
type rowCount struct {
	sh   shell
	rows atomic.Int64
}

func (r *rowCount) count(rows int64) { r.rows.Store(rows) }

func (r *rowCount) String() string { return r.sh.cat.T(r.sh.lang, "cli.upgrade_rows", r.rows.Load()) }

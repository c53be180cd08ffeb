package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/doctor"
	"yanming/internal/journal"
	"yanming/internal/notice"
	"yanming/internal/org"
)

// doctorCmd looks at an installation and says what to do. It takes the options of serve, from the same file, so that it
// looks at the same things; it opens the database for reading only, and changes nothing.
type doctorCmd struct {
	place     `embed:""`
	listening `embed:""`
	outside   `embed:""`
	Deep      bool `help:"Let the database look through its whole file too. / 逐页检查数据库文件。"`
	JSON      bool `help:"Print JSON. / 输出 JSON。"`
}

// patient is what the checks look at. store is nil where the database cannot be opened, with the reason.
type patient struct {
	dir   string
	base  string
	store *db.DB
	shut  error
	orgs  *org.Service
	leaf  doctor.Leaf
	more  []doctor.Check // what other parts of the program know: backup, mail
	deep  bool
}

// checks are what is looked at, from the machine to the calendar.
func (p patient) checks() []doctor.Check {
	now := time.Now
	out := []doctor.Check{doctor.Disk(p.dir), doctor.Folder(p.dir), doctor.Memory()}
	if p.store != nil {
		newest := func(ctx context.Context) (time.Time, error) { return journal.Newest(ctx, p.store) }
		out = append(out, doctor.Clock(now, newest), doctor.Database(p.store, p.deep))
	} else {
		out = append(out, doctor.Clock(now, nil, filepath.Join(p.dir, "yanming.db")), doctor.Opened(p.shut))
	}
	out = append(out, doctor.Keys(filepath.Join(p.dir, "keys"), now), doctor.Address(p.base), doctor.Certificate(p.leaf, p.base, now))
	out = append(out, p.more...)
	if p.store != nil && p.orgs != nil {
		out = append(out, doctor.Derivers(p.store, derivers()...), doctor.Jobs(p.store), doctor.Holidays(p.years, now))
	}
	return out
}

// years returns up to when each town knows its holidays.
func (p patient) years(ctx context.Context) (out []doctor.Years, err error) {
	towns, err := p.orgs.AllTowns(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range towns {
		err := p.store.View(ctx, t.ID, func(tx *db.Tx) error {
			dir, err := p.orgs.Load(ctx, tx)
			if err == nil {
				out = append(out, doctor.Years{Town: t.Name, Last: dir.Calendar.LastYear()})
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// derivers are everything that follows the journal, to ask how far they have come.
func derivers() []journal.Deriver { return []journal.Deriver{casework.Index{}, &notice.Service{}} }

// others are the checks of the running program's other parts.
func (h *home) others() []doctor.Check {
	more := []doctor.Check{mailCheck(h.outside.Mail), doctor.Deliveries(h.notices.Counts)}
	if h.nightly != nil { // of a demo nothing is kept
		more = append([]doctor.Check{backupCheck(h.backups, h.orgs)}, more...)
	}
	return more
}

func mailCheck(m *notice.Mailer) doctor.Check {
	if m == nil {
		return doctor.Mail(nil)
	}
	return doctor.Mail(m.Test)
}

// examine looks at the installation that is being served.
func (h *home) examine(ctx context.Context, base string) []doctor.Finding {
	return doctor.Examine(ctx, patient{dir: h.dir, base: base, store: h.db, orgs: h.orgs, leaf: h.leaf, more: h.more}.checks())
}

func (c doctorCmd) Run(ctx context.Context, sh shell) error {
	if _, err := os.Stat(c.Data); err != nil {
		return c.noInstallation()
	}
	if err := c.settled(); err != nil {
		return err
	}
	mailer, err := c.mailer(sh)
	if err != nil {
		return err
	}
	p := patient{dir: c.Data, deep: c.Deep}
	if p.base, err = c.baseLater(); err != nil {
		return err
	}
	p.leaf = c.leaf(c.Data, hostOf(p.base))
	p.more = append(p.more, mailCheck(mailer))
	if c.DB == "" && !exists(c.database()) {
		return c.noInstallation()
	}
	if p.store, p.shut = db.Open(ctx, c.database(), db.Options{ReadOnly: true}); p.shut == nil {
		defer p.store.Close()
		s, err := p.store.Standing(ctx)
		if err == nil && s.Missing == 0 && s.Newer() == nil { // else nothing of ours can be read, and the database's own finding says so
			if p.orgs, err = org.New(p.store); err != nil {
				return err
			}
			kept := backupsOf(c.Data, c.BackupDir, p.store, nil, nil)
			told := &notice.Service{Config: notice.Config{Store: p.store}}
			p.more = append(p.more, backupCheck(kept, p.orgs), doctor.Deliveries(told.Counts))
		}
	} else {
		p.store = nil
	}
	findings := doctor.Examine(ctx, p.checks())
	if err := tellFindings(sh, findings, c.JSON); err != nil {
		return err
	}
	if doctor.Sick(findings) {
		return errCheck
	}
	return nil
}

// finding is a finding as JSON.
type finding struct {
	Check string       `json:"check"`
	State doctor.State `json:"state"`
	Says  string       `json:"says"`
}

func tellFindings(sh shell, list []doctor.Finding, asJSON bool) error {
	out, sick := []finding{}, 0
	for _, f := range list {
		if f.State == doctor.Todo {
			sick++
		}
		out = append(out, finding{f.Check, f.State, sh.cat.T(sh.lang, f.Key, f.Args...)})
	}
	if asJSON {
		return printJSON(sh, out)
	}
	for _, f := range out {
		fmt.Fprintf(sh.out, "%s  %s  %s\n", sh.cat.T(sh.lang, "doctor.state."+string(f.State)), sh.cat.T(sh.lang, "doctor.check."+f.Check), f.Says)
	}
	if sick == 0 {
		sh.say("doctor.sound")
	} else {
		sh.say("doctor.sick", sick)
	}
	return nil
}

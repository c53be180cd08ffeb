package main

import (
	"context"
	"errors"

	"yanming/internal/backup"
	"yanming/internal/calendar"
	"yanming/internal/doctor"
	"yanming/internal/org"
	"yanming/internal/web/admin"
)

// nightly is when serve makes backups by itself, and how many stay.
type nightly struct {
	BackupAt        string   `option:"" name:"backup-at"`
	BackupKeep      string   `option:"" name:"backup-keep"`
	BackupRecipient []string `option:"" name:"backup-recipient"`
}

// plan is the default plan where nothing is given.
func (n nightly) plan() (p backup.Plan, err error) {
	p = backup.DefaultPlan()
	if n.BackupAt != "" {
		if p.At, err = backup.ParseAt(n.BackupAt); err != nil {
			return p, err
		}
	}
	if n.BackupKeep != "" {
		if p.Keep, err = backup.ParseKeep(n.BackupKeep); err != nil {
			return p, err
		}
	}
	p.Recipients, err = backup.Recipients(n.BackupRecipient)
	return p, err
}

// night makes the nightly backup when its time has come, and tells whoever runs the installation when it fails.
func (h *home) night(ctx context.Context, plan backup.Plan) error {
	err := h.backups.Night(ctx, plan)
	if err == nil || ctx.Err() != nil {
		return err
	}
	towns, e := h.orgs.AllTowns(ctx)
	if e == nil && len(towns) > 0 {
		e = h.notices.BackupFailed(ctx, admin.Founder(towns), calendar.DayOf(h.db.Now()))
	}
	return errors.Join(err, e)
}

// backupCheck tells the doctor how backups of the installation stand.
func backupCheck(s *backup.Service, orgs *org.Service) doctor.Check {
	return doctor.Backup(func(ctx context.Context) (b doctor.Backups, err error) {
		towns, err := orgs.AllTowns(ctx)
		if err != nil {
			return b, err
		}
		since := s.Store.Now()
		for _, t := range towns {
			if t.Opened.Before(since) {
				since = t.Opened
			}
		}
		look, err := s.Look(ctx, since)
		if err != nil {
			return b, err
		}
		b.Dir, b.Late = s.Dir, look.Late
		if look.Good != nil {
			b.Good = look.Good.At
		}
		if look.Failed != nil {
			b.Failed = look.Failed.At
		}
		b.Needs, err = s.Needs(ctx)
		return b, err
	})
}

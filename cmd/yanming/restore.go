package main

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"yanming/internal/backup"
	"yanming/internal/blob"
	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/journal"
	"yanming/internal/lease"
	"yanming/internal/seal"
)

// restoreCmd brings an archive back. The keys of its time are in the folder already.
type restoreCmd struct {
	place      `embed:""`
	identities `embed:""`
	File       string `arg:"" help:"The backup. / 备份文件。" type:"path"`
	DryRun     bool   `help:"Do everything but the replacing; a server may run. / 只演练，不替换。"`
	Force      bool   `help:"Replace although keys are missing or the content disagrees with itself. / 缺密钥或内容不符也替换。"`
	JSON       bool   `help:"Print JSON. / 输出 JSON。"`
}

func (c restoreCmd) Run(ctx context.Context, sh shell) error {
	ids, err := c.identities.read(sh)
	if err != nil {
		return err
	}
	if err := unseen(c.Data); err != nil {
		return err
	}
	if !seal.Has(keyFolder(c.Data)) {
		return errs.Field("--data", "backup.keys_none", c.Data)
	}
	if c.DryRun { // which may run beside a server
		if err = owned(c.Data); err == nil {
			err = c.settled()
		}
	} else {
		var held *lease.Lease
		if held, err = c.holdAlone(ctx, "restore"); err != nil {
			return err
		}
		defer held.Release()
		err = c.finishRestore()
	}
	if err != nil {
		return err
	}
	keys, err := seal.Open(keyFolder(c.Data))
	if err != nil {
		return err
	}
	blobs, err := blob.Open(filepath.Join(c.Data, "files"))
	if err != nil {
		return err
	}
	out, err := backup.Restore{Path: c.File, Identities: ids, Source: c.database(), Data: c.Data, Keys: keys, Blobs: blobs, Now: time.Now(),
		Rehearse: c.DryRun, Insist: c.Force,
		Ready: func(ctx context.Context, staged *db.DB) ([]string, error) { return ready(ctx, sh, c.Data, staged) }}.Run(ctx)
	if err != nil {
		return err
	}
	if out.Replaced && !c.postgres() { // what went elsewhere is here again
		if err := os.Remove(movedNote(c.database())); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	if c.JSON {
		return printJSON(sh, out)
	}
	c.tell(sh, out)
	return nil
}

func (c restoreCmd) tell(sh shell, out backup.Restored) {
	m := out.Manifest
	sh.say("cli.restore_checked", m.At.In(calendar.Zone()).Format(time.DateTime), m.Schema, out.Rows, out.Files)
	tellFaults(sh, out.Missing)
	for _, f := range out.Faults {
		sh.say("cli.restore_fault", f)
	}
	if out.Lost > 0 {
		sh.say("cli.restore_lost", out.Lost)
	}
	if !out.Replaced {
		sh.say("cli.restore_rehearsed")
		return
	}
	sh.say("cli.restore_done")
	if out.Aside != "" {
		sh.say("cli.restore_aside", out.Aside)
	}
}

// ready makes a database that was just loaded fit for use: what is derived is made again from the beginning, and every
// case and figure is checked. It returns what does not agree.
func ready(ctx context.Context, sh shell, data string, loaded *db.DB) (faults []string, err error) {
	h, err := over(ctx, data, loaded)
	if err != nil {
		return nil, err
	}
	err = h.eachTown(ctx, func(ctx context.Context, town string) error {
		if err := journal.Rewind(ctx, loaded, town, h.cases.Index()); err != nil {
			return err
		}
		x, err := h.checkTown(ctx, sh, town)
		for _, f := range x.Faults {
			faults = append(faults, town+" "+f)
		}
		return err
	})
	return faults, err
}

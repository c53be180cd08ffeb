package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/alecthomas/kong"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/backup"
	"yanming/internal/blob"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/figures"
	"yanming/internal/i18n"
	"yanming/internal/importer"
	"yanming/internal/job"
	"yanming/internal/org"
	"yanming/internal/report"
	"yanming/internal/seal"
	"yanming/internal/web/page"
)

// place says where an installation lives.
type place struct {
	Data   string          `help:"Folder of the installation: database, keys, files. / 数据目录。" default:"yanming-data" type:"path" env:"YANMING_DATA"`
	DB     string          `help:"Database: path of an SQLite file, or postgres://…; DATA/yanming.db by default. / 数据库。" name:"db" env:"YANMING_DB"`
	Config kong.ConfigFlag `help:"TOML file with any of these options. / 配置文件。" type:"existingfile" env:"YANMING_CONFIG"`

	BackupDir string `help:"Folder of backups; DATA/backups by default. / 备份目录。" name:"backup-dir" type:"path" env:"YANMING_BACKUP_DIR"`
	NoBackup  bool   `help:"Upgrade the schema without the backup before it. / 升级数据表之前不备份。" name:"no-backup"`
}

// home is an open installation with every service over it.
type home struct {
	dir     string
	db      *db.DB
	keys    *seal.Keyring
	blobs   *blob.Store
	orgs    *org.Service
	auth    *auth.Service
	cases   *casework.Service
	figures *figures.Catalogue
	reports *report.Service
	imports *importer.Service
	backups *backup.Service
	nightly *backup.Plan // nil where no backups are made by themselves
	jobs    *job.Runner

	backupDir string                                          // "" for the usual one
	inbox     func(*http.Request) (page.NavItem, bool, error) // the entry of the side navigation with its badge
}

// open opens the installation, and makes it where create is set; else a folder without one is an error. The schema is
// brought to this program's version.
func (p place) open(ctx context.Context, create bool, now func() time.Time) (*home, error) {
	source := p.source()
	if !create {
		if _, err := os.Stat(filepath.Join(p.Data, "keys")); errors.Is(err, os.ErrNotExist) {
			return nil, errs.Field("--data", "cli.no_installation", p.Data)
		}
	}
	if err := os.MkdirAll(p.Data, 0o700); err != nil {
		return nil, fmt.Errorf("make data folder: %w", err)
	}
	if err := p.finishRestore(); err != nil {
		return nil, err
	}
	h := &home{dir: p.Data, backupDir: p.BackupDir}
	var err error
	if h.db, err = db.Open(ctx, source, db.Options{Now: now}); err != nil {
		return nil, err
	}
	made, err := p.backupBeforeMigrating(ctx, h.db)
	if err == nil {
		_, err = h.db.Migrate(ctx)
	}
	if err == nil {
		err = h.services()
	}
	if err == nil && made.Path != "" {
		err = backup.Note(ctx, h.db, made)
	}
	if err != nil {
		h.close()
		return nil, err
	}
	return h, nil
}

// source is the database: a path or a URL.
func (p place) source() string {
	if p.DB == "" {
		return filepath.Join(p.Data, "yanming.db")
	}
	return p.DB
}

func (h *home) services() (err error) {
	if h.keys, err = seal.Open(filepath.Join(h.dir, "keys")); err != nil {
		return err
	}
	if h.blobs, err = blob.Open(filepath.Join(h.dir, "files")); err != nil {
		return err
	}
	if h.orgs, err = org.New(h.db); err != nil {
		return err
	}
	h.auth = auth.New(h.db, h.orgs)
	h.cases = casework.New(h.db, h.keys, h.orgs)
	if h.figures, err = figures.New(h.cases.Figures()); err != nil {
		return err
	}
	h.jobs = job.NewRunner(h.db, job.Options{})
	h.backups = backupsOf(h.dir, h.backupDir, h.db, h.blobs, h.keys)
	words, err := i18n.Load()
	if err != nil {
		return err
	}
	h.reports = report.New(h.db, h.figures, h.orgs, words)
	h.imports = importer.New(importer.Config{Store: h.db, Cases: h.cases, Orgs: h.orgs, Keys: h.keys, Blobs: h.blobs, Catalogue: words, Acting: h.acting})
	for _, kind := range importer.JobKinds() {
		h.jobs.Handle(kind, h.imports.Work)
	}
	return nil
}

func (h *home) close() error { return h.db.Close() }

// openTown opens an installation for a command about one of its towns.
func (p place) openTown(ctx context.Context, town string) (*home, error) {
	h, err := p.open(ctx, false, nil)
	if err != nil {
		return nil, err
	}
	err = h.db.View(ctx, town, func(tx *db.Tx) error {
		_, err := org.GetTown(ctx, tx)
		return err
	})
	if errs.Is(err, errs.NotFound) {
		err = errs.Field("--town", "cli.no_town", town)
	}
	if err != nil {
		h.close()
		return nil, err
	}
	return h, nil
}

// acting returns a person of a town as an actor, with the posts they hold at this moment.
func (h *home) acting(ctx context.Context, town, person string) (a actor.Actor, err error) {
	err = h.db.Across(ctx, func(w *db.Wide) (err error) {
		a, err = org.Acting(ctx, w, town, person)
		return err
	})
	return a, err
}

// towns returns every tenant.
func (h *home) towns(ctx context.Context) (ts []org.Town, err error) {
	err = h.db.Across(ctx, func(w *db.Wide) (err error) {
		ts, err = org.Towns(ctx, w)
		return err
	})
	return ts, err
}

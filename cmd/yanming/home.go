package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/backup"
	"yanming/internal/blob"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/doctor"
	"yanming/internal/errs"
	"yanming/internal/figures"
	"yanming/internal/flood"
	"yanming/internal/i18n"
	"yanming/internal/importer"
	"yanming/internal/job"
	"yanming/internal/metric"
	"yanming/internal/notice"
	"yanming/internal/org"
	"yanming/internal/report"
	"yanming/internal/seal"
	"yanming/internal/web/page"
)

// place says where an installation lives.
type place struct {
	Data   string `option:"" type:"path"`
	DB     string `option:"" name:"db"`
	Config string `option:"" type:"path"`

	BackupDir string `option:"" name:"backup-dir" type:"path"`
	NoBackup  bool   `option:"" name:"no-backup"`
}

// home is an open installation with every service over it.
type home struct {
	dir      string
	words    *i18n.Catalogue
	db       *db.DB
	keys     *seal.Keyring
	blobs    *blob.Store
	orgs     *org.Service
	auth     *auth.Service
	cases    *casework.Service
	figures  *figures.Catalogue
	reports  *report.Service
	imports  *importer.Service
	backups  *backup.Service
	nightly  *backup.Plan // nil where no backups are made by themselves
	jobs     *job.Runner
	proxies  flood.Proxies // whose X-Forwarded-For is believed
	notices  *notice.Service
	outside  notice.Outside                                  // how mails and units' systems are reached; nothing in a demo
	inbox    func(*http.Request) (page.NavItem, bool, error) // the entry of the side navigation with its badge
	migrated int                                             // steps that the schema was brought forward at the opening
	metrics  *metric.Registry
	measured measured
	seen     observing
	alive    alive
	leaf     doctor.Leaf    // the certificate that the program shows; nil for none
	more     []doctor.Check // checks of other parts of the program

	backupDir string // "" for the usual one
}

// database is the source as package db opens it.
func (p place) database() string {
	if p.DB == "" {
		return filepath.Join(p.Data, "yanming.db")
	}
	return p.DB
}

// open opens the installation for writing, and makes it where it is not there. The caller holds the lease. The schema is
// brought to this program's version.
func (p place) open(ctx context.Context, sh shell, now func() time.Time) (*home, error) {
	if err := os.MkdirAll(p.Data, 0o700); err != nil {
		return nil, fmt.Errorf("make data folder: %w", err)
	}
	if err := p.finishRestore(); err != nil {
		return nil, err
	}
	if err := p.whole(); err != nil {
		return nil, err
	}
	migrated := 0
	h, err := p.openWith(ctx, db.Options{Now: now}, func(d *db.DB) error {
		var err error
		migrated, err = p.upgrade(ctx, sh, d)
		return err
	})
	if err != nil {
		return nil, err
	}
	h.migrated = migrated
	return h, nil
}

// look opens the installation for reading, which it may beside a running server. It makes, migrates and writes nothing:
// a database of an older program is refused.
func (p place) look(ctx context.Context) (*home, error) {
	if !p.there() {
		return nil, p.noInstallation()
	}
	if err := p.settled(); err != nil {
		return nil, err
	}
	if err := p.whole(); err != nil {
		return nil, err
	}
	return p.openWith(ctx, db.Options{ReadOnly: true}, func(d *db.DB) error {
		s, err := d.Standing(ctx)
		if err == nil {
			err = s.Newer()
		}
		if err == nil && s.Missing > 0 {
			err = errs.New(errs.Conflict, "cli.behind", s.At, s.Newest)
		}
		return err
	})
}

// openWith opens the database and the services over it; ready is called between the two.
func (p place) openWith(ctx context.Context, o db.Options, ready func(*db.DB) error) (*home, error) {
	source := p.database()
	if _, err := os.Stat(source); o.ReadOnly && !p.postgres() && err != nil {
		return nil, errs.Field("--db", "cli.no_database", source)
	}
	h := &home{dir: p.Data, backupDir: p.BackupDir, metrics: metric.New(version, revision())}
	o.Watch = h.metrics.Database()
	var err error
	if h.db, err = db.Open(ctx, source, o); err != nil {
		return nil, err
	}
	if err = ready(h.db); err == nil {
		err = h.services(ctx)
	}
	if err != nil {
		h.close()
		return nil, err
	}
	return h, nil
}

// over puts the services over a database that is open.
func over(ctx context.Context, dir string, d *db.DB) (*home, error) {
	h := &home{dir: dir, db: d, metrics: metric.New(version, revision())}
	return h, h.services(ctx)
}

func (h *home) services(ctx context.Context) (err error) {
	if h.blobs, err = blob.Open(filepath.Join(h.dir, "files")); err != nil {
		return err
	}
	if h.orgs, err = org.New(h.db); err != nil {
		return err
	}
	if err = h.openKeys(ctx); err != nil {
		return err
	}
	h.auth = auth.New(h.db, h.orgs)
	h.cases = casework.New(h.db, h.keys, h.orgs)
	if h.figures, err = figures.New(h.cases.Figures()); err != nil {
		return err
	}
	h.figures.Watch(h.metrics.Figure)
	h.backups = backupsOf(h.dir, h.backupDir, h.db, h.blobs, h.keys)
	h.jobs = job.NewRunner(h.db, job.Options{Ended: h.metrics.Job})
	if h.words, err = i18n.Load(); err != nil {
		return err
	}
	h.reports = report.New(h.db, h.figures, h.orgs, h.words)
	h.imports = importer.New(importer.Config{Store: h.db, Cases: h.cases, Orgs: h.orgs, Keys: h.keys, Blobs: h.blobs, Catalogue: h.words, Acting: h.acting})
	h.notices, err = notice.New(notice.Config{Store: h.db, Orgs: h.orgs, Auth: h.auth, Cases: h.cases, Keys: h.keys, Words: h.words})
	if err != nil {
		return err
	}
	for _, kind := range importer.JobKinds() {
		h.jobs.Handle(kind, h.imports.Work)
	}
	return nil
}

func (h *home) close() error { return h.db.Close() }

// lookTown is look for a command about one of the towns.
func (p place) lookTown(ctx context.Context, town string) (*home, error) {
	h, err := p.look(ctx)
	if err != nil {
		return nil, err
	}
	if err := h.has(ctx, town); err != nil {
		h.close()
		return nil, err
	}
	return h, nil
}

// has refuses a town that is not there.
func (h *home) has(ctx context.Context, town string) error {
	err := h.db.View(ctx, town, func(tx *db.Tx) error {
		_, err := org.GetTown(ctx, tx)
		return err
	})
	if errs.Is(err, errs.NotFound) {
		err = errs.Field("--town", "cli.no_town", town)
	}
	return err
}

// acting returns a person of a town as an actor, with the posts they hold at this moment.
func (h *home) acting(ctx context.Context, town, person string) (a actor.Actor, err error) {
	err = h.db.Across(ctx, func(w *db.Wide) (err error) {
		a, err = org.Acting(ctx, w, town, person)
		return err
	})
	return a, err
}

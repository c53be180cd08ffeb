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
	Data   string `option:"" type:"path"`
	DB     string `option:"" name:"db"`
	Config string `option:"" type:"path"`
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
	jobs    *job.Runner
	inbox   func(*http.Request) (page.NavItem, bool, error) // the entry of the side navigation with its badge
}

// open opens the installation for writing, and makes it where it is not there. The caller holds the lease. The schema is
// brought to this program's version.
func (p place) open(ctx context.Context, sh shell, now func() time.Time) (*home, error) {
	if err := os.MkdirAll(p.Data, 0o700); err != nil {
		return nil, fmt.Errorf("make data folder: %w", err)
	}
	return p.openWith(ctx, db.Options{Now: now}, func(d *db.DB) error {
		s, err := d.Pending(ctx)
		if err != nil {
			return err
		}
		if s.Has > 0 && s.Steps > 0 {
			if err := p.beforeMigrating(ctx, sh, d, s); err != nil {
				return err
			}
		}
		_, err = d.Migrate(ctx)
		return err
	})
}

// beforeMigrating is called once, before the schema of an installation that is there is changed. An error keeps it as
// it is.
func (p place) beforeMigrating(_ context.Context, sh shell, _ *db.DB, s db.Schema) error {
	sh.say("cli.migrating", s.Has, s.Wants)
	return nil
}

// look opens the installation for reading, which it may beside a running server. It makes, migrates and writes nothing:
// a database of an older program is refused.
func (p place) look(ctx context.Context) (*home, error) {
	if !p.there() {
		return nil, errs.Field("--data", "cli.no_installation", p.Data)
	}
	return p.openWith(ctx, db.Options{ReadOnly: true}, func(d *db.DB) error {
		s, err := d.Pending(ctx)
		if err == nil && s.Steps > 0 {
			err = errs.New(errs.Conflict, "cli.behind", s.Has, s.Wants)
		}
		return err
	})
}

// openWith opens the database and the services over it; ready is called between the two.
func (p place) openWith(ctx context.Context, o db.Options, ready func(*db.DB) error) (*home, error) {
	source := p.DB
	if source == "" {
		source = filepath.Join(p.Data, "yanming.db")
	}
	if _, err := os.Stat(source); o.ReadOnly && !p.postgres() && err != nil {
		return nil, errs.Field("--db", "cli.no_database", source)
	}
	h := &home{dir: p.Data}
	var err error
	if h.db, err = db.Open(ctx, source, o); err != nil {
		return nil, err
	}
	if err = ready(h.db); err == nil {
		err = h.services()
	}
	if err != nil {
		h.close()
		return nil, err
	}
	return h, nil
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

// towns returns every tenant.
func (h *home) towns(ctx context.Context) (ts []org.Town, err error) {
	err = h.db.Across(ctx, func(w *db.Wide) (err error) {
		ts, err = org.Towns(ctx, w)
		return err
	})
	return ts, err
}

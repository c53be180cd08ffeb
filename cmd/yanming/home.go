package main

import (
	"context"
	"errors"
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

// open opens the installation, and makes it where create is set; else a folder without one is an error. The schema is
// brought to this program's version.
func (p place) open(ctx context.Context, create bool, now func() time.Time) (*home, error) {
	source := p.DB
	if source == "" {
		source = filepath.Join(p.Data, "yanming.db")
	}
	if !create {
		if _, err := os.Stat(filepath.Join(p.Data, "keys")); errors.Is(err, os.ErrNotExist) {
			return nil, errs.Field("--data", "cli.no_installation", p.Data)
		}
	}
	if err := os.MkdirAll(p.Data, 0o700); err != nil {
		return nil, fmt.Errorf("make data folder: %w", err)
	}
	h := &home{dir: p.Data}
	var err error
	if h.db, err = db.Open(ctx, source, db.Options{Now: now}); err != nil {
		return nil, err
	}
	if _, err := h.db.Migrate(ctx); err != nil {
		h.close()
		return nil, err
	}
	if err := h.services(); err != nil {
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

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
	Data   string          `help:"Folder of the installation: database, keys, files. / 数据目录。" default:"yanming-data" type:"path" env:"YANMING_DATA"`
	DB     string          `help:"Database: path of an SQLite file, or postgres://…; DATA/yanming.db by default. / 数据库。" name:"db" env:"YANMING_DB"`
	Config kong.ConfigFlag `help:"TOML file with any of these options. / 配置文件。" type:"existingfile" env:"YANMING_CONFIG"`
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
	h := &home{dir: p.Data, metrics: metric.New(version, revision())}
	var err error
	if h.db, err = db.Open(ctx, source, db.Options{Now: now, Watch: h.metrics.Database()}); err != nil {
		return nil, err
	}
	if h.migrated, err = h.db.Migrate(ctx); err != nil {
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
	h.figures.Watch(h.metrics.Figure)
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

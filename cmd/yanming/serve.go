package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"yanming/internal/backup"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/job"
	"yanming/internal/journal"
	"yanming/internal/seal"
)

// listening says where pages are served and under which address people reach them.
type listening struct {
	Listen  string `help:"Address to listen on. / 监听地址。" default:"127.0.0.1:8080" env:"YANMING_LISTEN"`
	BaseURL string `help:"Address under which people reach the pages; http://LISTEN by default. / 对外网址。" name:"base-url" env:"YANMING_BASE_URL"`
}

// serveCmd serves an installation, and leads through the first steps of a new one.
type serveCmd struct {
	place     `embed:""`
	listening `embed:""`
	nightly   `embed:""`
}

func (c serveCmd) Run(ctx context.Context, sh shell) error {
	plan, err := c.plan()
	if err != nil {
		return err
	}
	h, err := c.open(ctx, true, nil)
	if err != nil {
		return err
	}
	defer h.close()
	h.nightly = &plan
	return c.serve(ctx, sh, h, func(base string) error {
		sh.say("cli.serving", base)
		token, err := h.auth.NewSetupToken(ctx)
		if errs.Is(err, errs.Conflict) { // somebody has an account: nothing to set up
			return nil
		}
		if err == nil {
			sh.say("cli.setup", base+"/setup?token="+token)
		}
		return err
	})
}

// serve answers requests until ctx ends. ready is called once the address is taken, with the base URL.
func (l listening) serve(ctx context.Context, sh shell, h *home, ready func(base string) error) error {
	socket, err := net.Listen("tcp", l.Listen)
	if err != nil {
		return errs.Field("--listen", "cli.port_taken", l.Listen)
	}
	defer socket.Close()
	base := l.BaseURL
	if base == "" {
		base = "http://" + socket.Addr().String()
	}
	log := slog.New(slog.NewTextHandler(sh.err, nil))
	handler, err := h.site(ctx, base, log)
	if err != nil {
		return err
	}
	if host, _, _ := net.SplitHostPort(socket.Addr().String()); !net.ParseIP(host).IsLoopback() && base[:5] != "https" {
		sh.say("cli.listen_public", l.Listen)
	}
	background, stop := context.WithCancel(ctx)
	defer stop()
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop()
	h.background(background, &wg, log)
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 5 * time.Minute,
		WriteTimeout: 10 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)}
	if err := ready(base); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(socket) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	sh.say("cli.stopping")
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	if err := server.Shutdown(grace); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

// background keeps what is derived up to date, and does what only time does.
func (h *home) background(ctx context.Context, wg *sync.WaitGroup, log *slog.Logger) {
	h.jobs.Every("tick", time.Minute, func(ctx context.Context) error {
		return h.eachTown(ctx, func(ctx context.Context, town string) error {
			_, err := h.cases.Tick(ctx, town)
			return err
		})
	})
	h.jobs.Every("rotate_keys", time.Hour, func(ctx context.Context) error {
		_, err := h.keys.Rotate(ctx, h.db, h.db.Now())
		return err
	})
	h.jobs.Every("sweep", time.Hour, func(ctx context.Context) error {
		if err := h.auth.Sweep(ctx); err != nil {
			return err
		}
		return h.eachTown(ctx, func(ctx context.Context, town string) error {
			return h.db.Update(ctx, town, func(tx *db.Tx) error {
				_, err := seal.Forget(ctx, tx)
				return err
			})
		})
	})
	h.jobs.Every("sweep_files", 24*time.Hour, func(ctx context.Context) error {
		// Two days, so that no upload is swept between its storing and its record.
		_, err := h.blobs.Sweep(ctx, h.db.Now().Add(-48*time.Hour), h.usedFiles)
		return errors.Join(err, h.eachTown(ctx, func(ctx context.Context, town string) error {
			return h.db.Update(ctx, town, func(tx *db.Tx) error {
				_, err := job.Clean(ctx, tx, tx.Now.AddDate(0, 0, -30))
				return err
			})
		}))
	})
	plan := backup.DefaultPlan()
	if h.nightly != nil {
		plan = *h.nightly
	}
	h.jobs.Handle(backup.JobKind, func(ctx context.Context, _ job.Job) error { return h.backups.Work(ctx, plan) })
	if h.nightly != nil { // of a demo nothing is kept
		h.jobs.Every("backup", 5*time.Minute, func(ctx context.Context) error { return h.backups.Night(ctx, plan) })
	}
	wg.Go(func() { journal.Follow(ctx, h.db, h.cases.Index()) })
	wg.Go(func() {
		if err := h.jobs.Run(ctx); err != nil && ctx.Err() == nil {
			log.Error("run jobs", "error", err)
		}
	})
}

func (h *home) eachTown(ctx context.Context, fn func(ctx context.Context, town string) error) error {
	ts, err := h.towns(ctx)
	if err != nil {
		return err
	}
	var bad []error
	for _, t := range ts {
		if err := fn(ctx, t.ID); err != nil {
			bad = append(bad, fmt.Errorf("town %s: %w", t.ID, err))
		}
	}
	return errors.Join(bad...)
}

// usedFiles says which stored files some record still has.
func (h *home) usedFiles(ctx context.Context, digests []string) (used map[string]bool, err error) {
	err = h.db.Across(ctx, func(w *db.Wide) (err error) {
		used, err = journal.Used(ctx, w, digests)
		return err
	})
	return used, err
}

// catchUp brings the search index of every town to the end of its journal.
func (h *home) catchUp(ctx context.Context) error {
	return h.eachTown(ctx, func(ctx context.Context, town string) error {
		_, err := journal.CatchUp(ctx, h.db, town, h.cases.Index())
		return err
	})
}

// exists reports whether a file is there.
func exists(name string) bool { _, err := os.Stat(name); return err == nil }

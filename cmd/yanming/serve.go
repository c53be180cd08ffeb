package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"yanming/internal/backup"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/flood"
	"yanming/internal/job"
	"yanming/internal/journal"
	"yanming/internal/seal"
)

// listening says where pages are served, under which address people reach them, and how that is encrypted.
type listening struct {
	Listen       string   `option:""`
	BaseURL      string   `option:"" name:"base-url"`
	TrustedProxy []string `option:"" name:"trusted-proxy"` // whose X-Forwarded-For says where a request comes from; a proxy on this machine always is
	encrypting   `embed:""`
	observing    `embed:""`
}

// serveCmd serves an installation, and leads through the first steps of a new one.
type serveCmd struct {
	place     `embed:""`
	listening `embed:""`
	outside   `embed:""`
	nightly   `embed:""`
}

func (c serveCmd) Run(ctx context.Context, sh shell) error {
	err := c.run(ctx, sh)
	// Asked to stop while it started, which is no failure: what was begun ends, or its connection does.
	if ctx.Err() != nil && (errors.Is(err, context.Canceled) || errs.Is(err, errs.Unavailable)) {
		sh.say("cli.stopping")
		return nil
	}
	return err
}

func (c serveCmd) run(ctx context.Context, sh shell) error {
	plan, err := c.nightly.plan()
	if err != nil {
		return err
	}
	out, err := c.out(sh)
	if err != nil {
		return err
	}
	if c.MetricsToken, err = sh.secret("metrics-token"); err != nil {
		return err
	}
	held, err := c.hold(ctx, "serve")
	if err != nil {
		return err
	}
	defer held.Release()
	slog.SetDefault(c.logger(sh.err))
	h, err := c.opened(ctx, sh)
	if err != nil {
		return err
	}
	defer h.close()
	h.outside = out
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
	bounded()
	socket, err := listen("--listen", l.Listen)
	if err != nil {
		return err
	}
	defer socket.Close()
	if h.proxies, err = flood.ParseProxies(l.TrustedProxy); err != nil {
		return fmt.Errorf("read trusted proxies: %w", err) // the table of options has looked at them
	}
	base, err := l.baseOf(socket.Addr())
	if err != nil {
		return err
	}
	log := l.logger(sh.err)
	slog.SetDefault(log)
	h.seen = l.observing
	h.outside.Base = base
	h.notices = h.notices.With(h.outside)
	source, err := l.source(h.dir, hostOf(base), log)
	if err != nil {
		return err
	}
	if source != nil {
		h.leaf = func(context.Context) (*x509.Certificate, error) { return source.Leaf() }
	}
	h.more = h.others()
	var plain net.Listener
	if l.ListenHTTP != "" {
		if plain, err = listen("--listen-http", l.ListenHTTP); err != nil {
			return err
		}
		defer plain.Close()
	}
	if err := h.verify(ctx, log); err != nil {
		return err
	}
	handler, err := h.site(ctx, siteConfig{base: base, log: log, source: source, plain: plain})
	if err != nil {
		return err
	}
	if host, _, _ := net.SplitHostPort(socket.Addr().String()); !net.ParseIP(host).IsLoopback() && !strings.HasPrefix(base, "https://") {
		sh.say("cli.listen_public", l.Listen)
	}
	background, stop := context.WithCancel(ctx)
	defer stop()
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop()
	h.background(background, &wg, log)
	if err := h.openSocket(background, &wg, sh, log); err != nil {
		return err
	}
	unwatch, err := h.watching(log)
	if err != nil {
		return err
	}
	defer unwatch()
	pages := newServer(handler, log)
	servers := []*http.Server{pages} // whole before the first of them runs
	var explains *http.Server        // beside it, without TLS; nil for none
	if plain != nil {
		explains = newServer(unencrypted(base, source, handler), log)
		servers = append(servers, explains)
	}
	ended := make(chan error, 2)
	if err := ready(base); err != nil {
		return err
	}
	h.alive.started.Store(true)
	if h.migrated > 0 {
		log.Info("schema brought forward", "steps", h.migrated, "to", db.Schema())
	}
	log.Info("serving", "version", version, "listen", socket.Addr().String(), "engine", string(h.db.Engine()), "https", source != nil)
	if source == nil {
		go func() { ended <- pages.Serve(socket) }()
	} else {
		pages.TLSConfig = source.TLS()
		go func() { ended <- pages.ServeTLS(socket, "", "") }()
	}
	if explains != nil {
		go func() { ended <- explains.Serve(plain) }()
	}
	h.beat(background, &wg, sh, log)
	wg.Go(func() { giveBack(background, h.db.Ease) })
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	h.alive.draining.Store(true)
	log.Info("stopping")
	sh.say("cli.stopping")
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	for _, s := range servers {
		if err := s.Shutdown(grace); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
	}
	return nil
}

// listen takes an address, and holds no more connections there than there is room for. option is how it was given.
func listen(option, addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, notListening(option, addr, err)
	}
	return flood.Listen(l, connections), nil
}

// notListening says why an address cannot be listened on.
func notListening(option, addr string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE), errors.Is(err, syscall.Errno(10048)): // WSAEADDRINUSE
		return errs.Field(option, "cli.port_taken", addr)
	case errors.Is(err, os.ErrPermission):
		return errs.Field(option, "cli.port_low", addr)
	case errors.Is(err, syscall.EADDRNOTAVAIL), errors.Is(err, syscall.Errno(10049)): // WSAEADDRNOTAVAIL
		return errs.Field(option, "cli.port_elsewhere", addr)
	}
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err
	}
	return errs.Field(option, "cli.port_failed", addr, err.Error())
}

// newServer is a server with the limits that every one has.
func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{Handler: pace().Wrap(handler), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 5 * time.Minute,
		WriteTimeout: 10 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10, ErrorLog: complaints(log)}
}

// background keeps what is derived up to date, and does what only time does.
func (h *home) background(ctx context.Context, wg *sync.WaitGroup, log *slog.Logger) {
	h.jobs.Every("tick", time.Minute, func(ctx context.Context) error {
		return h.eachTown(ctx, func(ctx context.Context, town string) error {
			_, err := h.cases.Tick(ctx, town)
			return errors.Join(err, h.notices.Tick(ctx, town))
		})
	})
	h.jobs.Every("rotate_keys", time.Hour, func(ctx context.Context) error {
		n, err := h.keys.Rotate(ctx, h.db, h.db.Now())
		if n > 0 {
			log.Info("keys rotated", "wrapped", n)
		}
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
		h.jobs.Every("backup", 5*time.Minute, func(ctx context.Context) error { return h.night(ctx, plan) })
	}
	wg.Go(func() { journal.Follow(ctx, h.db, h.cases.Index(), h.notices) })
	wg.Go(func() { h.notices.Send(ctx, log) })
	wg.Go(func() {
		if err := h.jobs.Run(ctx); err != nil && ctx.Err() == nil {
			log.Error("run jobs", "error", err)
		}
	})
}

func (h *home) eachTown(ctx context.Context, fn func(ctx context.Context, town string) error) error {
	ts, err := h.orgs.AllTowns(ctx)
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

// catchUp brings the search index and the notices of every town to the end of its journal.
func (h *home) catchUp(ctx context.Context) error {
	return h.eachTown(ctx, func(ctx context.Context, town string) error {
		_, err := journal.CatchUp(ctx, h.db, town, h.cases.Index())
		_, told := journal.CatchUp(ctx, h.db, town, h.notices)
		return errors.Join(err, told)
	})
}

// exists reports whether a file is there.
func exists(name string) bool { _, err := os.Stat(name); return err == nil }

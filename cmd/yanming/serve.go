package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/job"
	"yanming/internal/journal"
	"yanming/internal/seal"
)

// listening says where pages are served, under which address people reach them, and how that is encrypted.
type listening struct {
	Listen     string `option:""`
	BaseURL    string `option:"" name:"base-url"`
	encrypting `embed:""`
}

// serveCmd serves an installation, and leads through the first steps of a new one.
type serveCmd struct {
	place     `embed:""`
	listening `embed:""`
}

func (c serveCmd) Run(ctx context.Context, sh shell) error {
	held, err := c.hold(ctx, "serve")
	if err != nil {
		return err
	}
	defer held.Release()
	h, err := c.open(ctx, sh, nil)
	if err != nil {
		return err
	}
	defer h.close()
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
	socket, err := listen("--listen", l.Listen)
	if err != nil {
		return err
	}
	defer socket.Close()
	base, err := l.baseOf(socket.Addr())
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(sh.err, nil))
	source, err := l.source(h.dir, hostOf(base), log)
	if err != nil {
		return err
	}
	var plain net.Listener
	if l.ListenHTTP != "" {
		if plain, err = listen("--listen-http", l.ListenHTTP); err != nil {
			return err
		}
		defer plain.Close()
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
	servers := []*http.Server{newServer(handler, log)}
	ended := make(chan error, 2)
	if err := ready(base); err != nil {
		return err
	}
	if source == nil {
		go func() { ended <- servers[0].Serve(socket) }()
	} else {
		servers[0].TLSConfig = source.TLS()
		go func() { ended <- servers[0].ServeTLS(socket, "", "") }()
	}
	if plain != nil {
		servers = append(servers, newServer(unencrypted(base, source, handler), log))
		go func() { ended <- servers[1].Serve(plain) }()
	}
	h.alive(background, &wg, sh, log)
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
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

// listen takes an address. option is how it was given.
func listen(option, addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, errs.Field(option, "cli.port_taken", addr, err.Error())
	}
	return l, nil
}

// newServer is a server with the limits that every one has.
func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	complaints := slog.NewLogLogger(log.Handler(), slog.LevelWarn)
	complaints.SetOutput(anonymous{complaints.Writer()})
	return &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 5 * time.Minute,
		WriteTimeout: 10 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10, ErrorLog: complaints}
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

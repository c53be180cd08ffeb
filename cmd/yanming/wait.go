package main

import (
	"context"
	"log/slog"
	"time"

	"yanming/internal/daemon"
	"yanming/internal/db"
)

// How a server waits for PostgreSQL, and how often it says that it still does.
const (
	knock = 2 * time.Second
	mind  = time.Minute
)

// opened is open for a server: a PostgreSQL that cannot be reached is waited for, because after a power cut the machines of
// an office come up in any order, and nobody is there who would start this one again. What waiting does not mend, such as
// a wrong password, ends it.
func (c serveCmd) opened(ctx context.Context, sh shell) (*home, error) {
	var since, said time.Time
	for {
		h, err := c.open(ctx, sh, nil)
		why, unreached := db.Unreached(err)
		if !unreached || !c.postgres() || ctx.Err() != nil {
			if err == nil && !since.IsZero() {
				slog.Info("the database is there", "after", time.Since(since).Round(time.Second).String())
			}
			return h, err
		}
		switch now := time.Now(); {
		case since.IsZero():
			since, said = now, now
			sh.say("cli.waiting", db.SafeSource(c.DB), why)
			defer sh.takesLong("waits for the database")()
		case now.Sub(said) >= mind:
			said = now
			slog.Warn("still waiting for the database", "database", db.SafeSource(c.DB), "why", why, "for", now.Sub(since).Round(time.Second).String())
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(knock):
		}
	}
}

// How long systemd gives a start that says that it is at work, and how often it is told so.
const (
	granted = 2 * time.Minute
	asking  = 30 * time.Second
)

// takesLong tells systemd what keeps a start, and to have patience with it, until the returned function is called. Without
// it a start ends after the unit's TimeoutStartSec.
func (s shell) takesLong(what string) (done func()) {
	socket := s.env("NOTIFY_SOCKET")
	if socket == "" {
		return func() {}
	}
	tell := func() {
		if err := daemon.Notify(socket, daemon.Extend(what, granted)); err != nil {
			slog.Error("service", "err", err)
		}
	}
	tell()
	end := make(chan struct{})
	go func() {
		for tick := time.NewTicker(asking); ; {
			select {
			case <-end:
				tick.Stop()
				return
			case <-tick.C:
				tell()
			}
		}
	}()
	return func() { close(end) }
}

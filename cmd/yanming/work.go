package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"yanming/internal/control"
	"yanming/internal/errs"
	"yanming/internal/lease"
)

// work is a command that writes. Where a server on SQLite holds the folder, the command's struct is sent to it and
// done there, over the installation that is open already; else it is done here, under the lease. Either way it is the
// same do, and it must reach files, passphrase and terminal only through its shell.
//
// A command becomes one by having do instead of Run, and by embedding place. files and opening of place are right for
// most; a command that reads or writes files of the caller, or that needs no installation, has its own.
type work interface {
	where() place
	files() files
	opening() opening
	do(ctx context.Context, sh shell, h *home) error
}

// files are the caller's files that a command needs, by the names that were typed. The server can reach no others.
type files struct{ reads, writes []string }

// opening says which installation a command needs.
type opening int

const (
	existing opening = iota // one that is there
	making                  // one that is there, or an empty folder
	closed                  // only the folder: do is called with no home, or with the server's
)

func (p place) where() place     { return p }
func (p place) files() files     { return files{} }
func (p place) opening() opening { return existing }

// exitCode is how a command ended that has said everything already.
type exitCode int

func (exitCode) Error() string { return "ended" }

// patience is how long a command waits for another one that holds the lease.
const patience = 10 * time.Second

// through does a command that writes, in the server or here. name is its name on the command line.
func (s shell) through(ctx context.Context, name string, w work) error {
	p, how := w.where(), w.opening()
	if how == existing && !p.there() {
		return p.noInstallation()
	}
	if err := os.MkdirAll(p.Data, 0o700); err != nil {
		return err
	}
	for end := time.Now().Add(patience); ; {
		if conn, err := control.Dial(ctx, p.Data); err == nil {
			err := s.send(ctx, conn, name, w)
			conn.Close()
			if !errors.Is(err, errGone) {
				return err
			}
		}
		if err := owned(p.Data); err != nil {
			if name == noteBackup { // the archive is made, and only the running server could note it
				return nil
			}
			return err
		}
		held, err := p.lease(name)
		if err == nil {
			defer held.Release()
			return s.doHere(ctx, w)
		}
		if !errs.Is(err, errs.Conflict) || time.Now().After(end) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// doHere does a command under a lease that is held.
func (s shell) doHere(ctx context.Context, w work) error {
	var h *home
	if how := w.opening(); how != closed {
		var err error
		if h, err = w.where().open(ctx, s, nil); err != nil {
			return err
		}
		defer h.close()
	}
	return w.do(ctx, s, h)
}

// there reports whether the folder holds an installation.
func (p place) there() bool { return exists(filepath.Join(p.Data, "keys")) }

// postgres reports whether the database is named as one of PostgreSQL.
func (p place) postgres() bool {
	return strings.HasPrefix(p.DB, "postgres://") || strings.HasPrefix(p.DB, "postgresql://")
}

// lease takes the lease of the folder: alone for SQLite, which one process writes, and with it of the database, which
// another folder may name too; shared for PostgreSQL, where the database lets several copies take turns.
func (p place) lease(who string) (*lease.Lease, error) { return p.leaseAs(p.mode(), who) }

func (p place) leaseAs(mode lease.Mode, who string) (*lease.Lease, error) {
	if p.postgres() {
		return lease.Take(p.Data, mode, who)
	}
	return lease.Take(p.Data, mode, who, p.database())
}

func (p place) mode() lease.Mode {
	if p.postgres() {
		return lease.Shared
	}
	return lease.Alone
}

// hold takes the lease for as long as a server runs. It waits for a command that is about to end, but not for another
// server, which answers at its socket.
func (p place) hold(ctx context.Context, who string) (*lease.Lease, error) {
	return p.holdAs(ctx, p.mode(), who)
}

// holdAlone is hold for what puts another database in the place of this one: nobody may use the folder meanwhile, on
// either engine.
func (p place) holdAlone(ctx context.Context, who string) (*lease.Lease, error) {
	return p.holdAs(ctx, lease.Alone, who)
}

func (p place) holdAs(ctx context.Context, mode lease.Mode, who string) (*lease.Lease, error) {
	if err := os.MkdirAll(p.Data, 0o700); err != nil {
		return nil, err
	}
	if err := owned(p.Data); err != nil {
		return nil, err
	}
	for end := time.Now().Add(patience); ; {
		held, err := p.leaseAs(mode, who)
		if err == nil || !errs.Is(err, errs.Conflict) || time.Now().After(end) {
			return held, err
		}
		if conn, e := control.Dial(ctx, p.Data); e == nil {
			conn.Close()
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// commandName is a command's name on the command line, such as "import cases".
func commandName(n *kong.Node) string {
	if n.Parent == nil {
		return ""
	}
	return strings.TrimSpace(commandName(n.Parent) + " " + n.Name)
}

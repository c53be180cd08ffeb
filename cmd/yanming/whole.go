package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/seal"
)

// An installation is a database and the keys beside it. Where one of them is away, the other must not get a new one: what
// is there would stay closed for ever, and what is handed out meanwhile would be lost with the next repair.

// keyFolder is where the keys lie.
func keyFolder(data string) string { return filepath.Join(data, "keys") }

// noInstallation says of a folder that a command looks for an installation in what it lacks.
func (p place) noInstallation() error {
	if err := unseen(p.Data); err != nil {
		return err
	}
	if !p.postgres() && !lacks(p.database()) {
		return errs.Field("--data", "cli.keys_gone", keyFolder(p.Data))
	}
	return errs.Field("--data", "cli.no_installation", p.Data)
}

// unseen is why the system does not let this program see whether a folder holds keys; nil where it does. What may not be
// seen is not gone.
func unseen(data string) error {
	if _, err := os.Stat(filepath.Join(keyFolder(data), "base.key")); errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("look for keys: %w", err)
	}
	return nil
}

// lacks reports whether a file is not there or empty.
func lacks(name string) bool {
	info, err := os.Stat(name)
	return err != nil || info.Size() == 0
}

// whole refuses to make a new database beside keys that belong to another one, and one that was moved away.
// Errors: Invalid cli.database_gone, cli.moved.
func (p place) whole() error {
	if p.postgres() {
		return nil
	}
	if to, err := os.ReadFile(movedNote(p.database())); err == nil {
		return errs.Field("--db", "cli.moved", strings.TrimSpace(string(to)), movedNote(p.database()))
	}
	if lacks(p.database()) && seal.Has(keyFolder(p.Data)) {
		return errs.Field("--data", "cli.database_gone", p.database())
	}
	return nil
}

// movedNote names the file beside a database that says where its installation went.
func movedNote(database string) string { return database + ".moved" }

// moved notes beside a database that was copied where its installation is from now on: whoever forgets to name the new one
// would work on the old one without knowing. Where the copy goes to, such a note is void.
func moved(from, to string) error {
	if db.EngineOf(to) == db.SQLite {
		if err := os.Remove(movedNote(to)); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	if db.EngineOf(from) != db.SQLite {
		return nil
	}
	return os.WriteFile(movedNote(from), []byte(db.SafeSource(to)+"\n"), 0o600)
}

// keyring opens the keys that are there. Errors: Invalid cli.keys_gone.
func (p place) keyring() (*seal.Keyring, error) {
	if err := unseen(p.Data); err != nil {
		return nil, err
	}
	if dir := keyFolder(p.Data); !seal.Has(dir) {
		return nil, errs.Field("--data", "cli.keys_gone", dir)
	}
	return seal.Open(keyFolder(p.Data))
}

// openKeys opens the keys, and makes them where nothing was ever sealed by others. Errors: Invalid cli.keys_gone.
func (h *home) openKeys(ctx context.Context) (err error) {
	if err := unseen(h.dir); err != nil {
		return err
	}
	dir := keyFolder(h.dir)
	if !seal.Has(dir) {
		towns, err := h.orgs.AllTowns(ctx)
		if err != nil {
			return fmt.Errorf("look for towns: %w", err)
		}
		if len(towns) > 0 {
			return errs.Field("--data", "cli.keys_gone", dir)
		}
	}
	h.keys, err = seal.Open(dir)
	return err
}

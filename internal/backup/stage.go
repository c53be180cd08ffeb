package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/disk"
)

// staging is a database beside the one that is used, and its way into that one's place.
type staging interface {
	begin(ctx context.Context, o db.Options) (*db.DB, error)
	promote(ctx context.Context, aside string) (string, error) // all at once; returns where the other one is kept
	clear(ctx context.Context)
}

// stageFor stages beside source; now names what is put aside on PostgreSQL.
func stageFor(source string, now time.Time) staging {
	if db.EngineOf(source) == db.Postgres {
		return stagedSchema{source, "replaced_" + strings.NewReplacer("-", "_", ".", "_").Replace(now.In(calendar.Zone()).Format(stamp+".000"))}
	}
	return stagedFile{source}
}

// stagedFile is a database file beside another.
type stagedFile struct{ path string }

// The files of a staging. swap stands from the moment on from which the staged file holds: whatever cuts the exchange
// off, the next command finishes it.
func (s stagedFile) staged() string { return s.path + ".staged" }
func (s stagedFile) swap() string   { return s.path + ".restored" }

// companions are the files that SQLite keeps beside a database.
func companions() []string { return []string{"", "-wal", "-shm", "-journal"} }

// clear leaves alone what an exchange that was begun still needs: from then on it is the installation.
func (s stagedFile) clear(context.Context) {
	if Unfinished(s.path) {
		return
	}
	for _, c := range companions() {
		os.Remove(s.staged() + c) // what stays is removed the next time
	}
	_ = db.ForgetDerived(s.staged())
}

func (s stagedFile) begin(ctx context.Context, o db.Options) (*db.DB, error) {
	if err := Finish(s.path); err != nil {
		return nil, err
	}
	s.clear(ctx)
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return nil, err
	}
	return db.Open(ctx, s.staged(), o)
}

func (s stagedFile) promote(_ context.Context, aside string) (string, error) {
	for _, c := range companions()[1:] { // closed, it is one file
		if _, err := os.Lstat(s.staged() + c); err == nil {
			return "", fmt.Errorf("%s%s is still there", s.staged(), c)
		}
	}
	if err := db.ForgetDerived(s.staged()); err != nil {
		return "", err
	}
	f, err := os.OpenFile(s.staged(), os.O_RDWR, 0)
	if err != nil {
		return "", err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return "", err
	}
	b, err := json.Marshal(aside)
	if err != nil {
		return "", err
	}
	if err := writeSynced(s.swap(), b); err != nil {
		return "", err
	}
	return aside, Finish(s.path)
}

// Finish ends the exchange of the SQLite file at path for a restored one that something cut off: from the moment on at
// which it was decided, the restored one is the installation. Whoever opens a database calls it first; where nothing
// waits, which is nearly always, it does nothing.
func Finish(path string) error {
	s := stagedFile{path}
	b, err := os.ReadFile(s.swap())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var aside string
	if err == nil {
		err = json.Unmarshal(b, &aside)
	}
	if err == nil {
		err = s.exchange(aside)
	}
	if err == nil {
		err = os.Remove(s.swap())
	}
	if err == nil {
		err = disk.SyncDir(filepath.Dir(path))
	}
	if err != nil {
		return fmt.Errorf("finish the restore of %s: %w", path, err)
	}
	return nil
}

// Unfinished reports whether Finish has something to do: whoever may not write must not open the database then.
func Unfinished(path string) bool {
	_, err := os.Lstat(stagedFile{path}.swap())
	return err == nil
}

// exchange may have been cut off anywhere: as long as the staged file is there, what stands in its place is the old one.
func (s stagedFile) exchange(aside string) error {
	if _, err := os.Lstat(s.staged()); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, c := range companions() {
		old := s.path + c
		if _, err := os.Lstat(old); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if aside == "" { // there was none when it was decided
			return fmt.Errorf("%s came to be meanwhile", old)
		}
		if err := os.MkdirAll(aside, 0o700); err != nil {
			return err
		}
		if err := os.Rename(old, filepath.Join(aside, filepath.Base(s.path)+c)); err != nil {
			return err
		}
	}
	if aside != "" {
		if err := disk.SyncDir(aside); err != nil {
			return err
		}
	}
	if err := db.ForgetDerived(s.path); err != nil { // it is about what is replaced
		return err
	}
	if err := os.Rename(s.staged(), s.path); err != nil {
		return err
	}
	return disk.SyncDir(filepath.Dir(s.path))
}

// writeSynced writes a file whole or not at all, and durable when it returns.
func writeSynced(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), partPrefix+"*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return disk.SyncDir(filepath.Dir(path))
}

// stagedSchema is a schema of a PostgreSQL database beside the one that is used.
type stagedSchema struct{ source, aside string }

const stagedName = "yanming_staged"

func (s stagedSchema) clear(ctx context.Context) {
	_ = db.Unstage(ctx, s.source, stagedName) // what stays is removed the next time
}

func (s stagedSchema) begin(ctx context.Context, o db.Options) (*db.DB, error) {
	if err := db.Unstage(ctx, s.source, stagedName); err != nil {
		return nil, err
	}
	if err := db.Stage(ctx, s.source, stagedName); err != nil {
		return nil, err
	}
	within, err := db.Within(s.source, stagedName)
	if err != nil {
		return nil, err
	}
	return db.Open(ctx, within, o)
}

func (s stagedSchema) promote(ctx context.Context, files string) (string, error) {
	if err := db.Promote(ctx, s.source, stagedName, s.aside); err != nil {
		return "", err
	}
	return s.aside + " · " + files, nil
}

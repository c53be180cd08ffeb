// Package lease says who may write to a data folder. A server on SQLite holds it alone; copies of the program on one
// PostgreSQL share it; a command that writes while no server runs takes it for as long as it needs.
//
// A database may lie outside the folder, and several folders may name the same one. So whoever writes an SQLite database
// also locks a file beside it, whatever their folder is.
//
// The system gives a lease up with its process, however that ends, so nothing is left over by kill -9. It is a lock of
// the machine and no guard against other machines on a shared disk: a folder of SQLite belongs on a disk of its own.
package lease

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"yanming/internal/errs"
)

// Mode says how a folder is held.
type Mode int

// The modes.
const (
	Alone  Mode = iota // nobody else holds it in any mode
	Shared             // others may share it, nobody holds it alone
)

// The files of the locks: one in the folder, one beside each database. They stay when the lease is given up, and name the
// last holder.
const (
	fileName = "lease"
	suffix   = "-lease"
)

// Lease is a hold on a folder, until Release or the end of the process.
type Lease struct{ files []*os.File }

// Take takes the lease of a folder, which must exist, and with it of databases, without waiting. Links to a database are
// followed; its folder must exist. who is the command that takes it, for whoever is refused meanwhile.
// Errors: Conflict when somebody else holds one of them in a way that does not go together with mode.
func Take(dir string, mode Mode, who string, databases ...string) (*Lease, error) {
	l := &Lease{}
	err := l.take(dir, filepath.Join(dir, fileName), mode, who)
	for _, path := range databases {
		var beside string
		if err == nil {
			beside, err = resolve(path)
		}
		if err == nil {
			err = l.take(path, beside+suffix, mode, who)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("take lease: %w", errors.Join(err, l.Release()))
	}
	return l, nil
}

// take locks one file; what is what it guards.
func (l *Lease) take(what, file string, mode Mode, who string) error {
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	l.files = append(l.files, f)
	free, err := lock(f, mode)
	if err == nil && !free {
		pid, holder := holder(f)
		err = errs.New(errs.Conflict, "lease.taken", what, holder, pid)
	}
	if err == nil {
		err = note(f, who)
	}
	return err
}

// resolve follows links to a file, which need not be there yet.
func resolve(path string) (string, error) {
	to, err := filepath.EvalSymlinks(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return to, err
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(path))
	return filepath.Join(dir, filepath.Base(path)), err
}

// Release gives the lease up.
func (l *Lease) Release() (err error) {
	for _, f := range l.files {
		err = errors.Join(err, f.Close())
	}
	return err
}

// note writes who holds the lease.
func note(f *os.File, who string) error {
	text := fmt.Appendf(nil, "%d %s\n", os.Getpid(), who)
	if err := f.Truncate(int64(len(text))); err != nil {
		return err
	}
	_, err := f.WriteAt(text, 0)
	return err
}

// holder reads who wrote the note last; "?" where it cannot be read.
func holder(f *os.File) (pid, who string) {
	b := make([]byte, 200)
	n, _ := f.ReadAt(b, 0) // a note that is not there yet names nobody
	pid, who, _ = strings.Cut(strings.TrimSpace(string(b[:n])), " ")
	if _, err := strconv.Atoi(pid); err != nil {
		return "?", "?"
	}
	return pid, who
}

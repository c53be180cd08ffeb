// Package lease says who may write to a data folder. A server on SQLite holds it alone; copies of the program on one
// PostgreSQL share it; a command that writes while no server runs takes it for as long as it needs.
//
// The system gives a lease up with its process, however that ends, so nothing is left over by kill -9. It is a lock of
// the machine and no guard against other machines on a shared disk: a folder of SQLite belongs on a disk of its own.
package lease

import (
	"fmt"
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

// fileName is the file of the lock. It stays when the lease is given up, and names the last holder.
const fileName = "lease"

// Lease is a hold on a folder, until Release or the end of the process.
type Lease struct{ file *os.File }

// Take takes the lease of a folder, which must exist, without waiting. who is the command that takes it, for whoever is
// refused meanwhile. Errors: Conflict when somebody else holds it in a way that does not go together with mode.
func Take(dir string, mode Mode, who string) (*Lease, error) {
	f, err := os.OpenFile(filepath.Join(dir, fileName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("take lease: %w", err)
	}
	free, err := lock(f, mode)
	if err == nil && !free {
		pid, holder := holder(f)
		err = errs.New(errs.Conflict, "lease.taken", dir, holder, pid)
	}
	if err == nil {
		err = note(f, who)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("take lease: %w", err)
	}
	return &Lease{f}, nil
}

// Release gives the lease up.
func (l *Lease) Release() error { return l.file.Close() }

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

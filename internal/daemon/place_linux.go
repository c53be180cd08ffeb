package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"

	"yanming/internal/errs"
)

// fits refuses a place in which the service could not run, before anything is made. Errors: Invalid service.own_tmp for
// what lies in a folder of which the service has one of its own; service.closed for what lies below a folder that others
// may not enter; service.not_empty for a data folder that holds something else, which would all be given to the user.
func (p Plan) fits() error {
	enters := p.enters()
	for _, path := range append([]string{p.Binary, p.Data, p.Config}, p.Writes...) {
		if path == "" {
			continue
		}
		if slices.ContainsFunc([]string{"/tmp", "/var/tmp"}, func(top string) bool { return under(top, path) }) {
			return errs.New(errs.Invalid, "service.own_tmp", path)
		}
		for dir := filepath.Dir(path); dir != "/"; dir = filepath.Dir(dir) {
			if info, err := os.Stat(dir); err == nil && !enters(info) {
				return errs.New(errs.Invalid, "service.closed", path, dir, p.User)
			}
		}
	}
	return p.apart()
}

// leftovers are what lies in a data folder without making it somebody else's: what a server made that ended before it had
// keys, and what each new file system of Linux has.
var leftovers = []string{"lost+found", "lease", "yanming.db", "yanming.db-lease", "yanming.db-wal", "yanming.db-shm", "files", "tmp"}

// apart refuses a data folder that holds something, and no installation.
func (p Plan) apart() error {
	list, err := os.ReadDir(p.Data)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(list) == 0 {
		return nil
	}
	if err != nil {
		return fmt.Errorf("install service: %w", err)
	}
	other := false
	for _, e := range list {
		if e.Name() == "keys" { // brought by an import of keys, or by serve
			return nil
		}
		other = other || !slices.Contains(leftovers, e.Name())
	}
	if !other {
		return nil
	}
	return errs.New(errs.Invalid, "service.not_empty", p.Data)
}

// enters returns what says whether the service's user may enter a folder. Who is not there yet may do what all may.
func (p Plan) enters() func(os.FileInfo) bool {
	uid, groups := "", []string{}
	if u, err := user.Lookup(p.User); err == nil {
		uid = u.Uid
		if groups, err = u.GroupIds(); err != nil {
			groups = []string{u.Gid}
		}
	}
	return func(info os.FileInfo) bool {
		mode := info.Mode().Perm()
		if s, ok := info.Sys().(*syscall.Stat_t); ok {
			if strconv.Itoa(int(s.Uid)) == uid {
				return mode&0o100 != 0
			}
			if slices.Contains(groups, strconv.Itoa(int(s.Gid))) {
				return mode&0o010 != 0
			}
		}
		return mode&0o001 != 0
	}
}

// readable lets the service's user read the file with the options, where not everybody may: it may hold a password, and
// the user may have been made just now.
//
// undo gives it back, nil where nothing was done: the number of a user who is removed again goes to the next one.
func (p Plan) readable(ctx context.Context, out io.Writer) (undo func(context.Context) error, err error) {
	if p.Config == "" {
		return nil, nil
	}
	info, err := os.Stat(p.Config)
	if err != nil {
		return nil, fmt.Errorf("install service: %w", err)
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok || info.Mode().Perm()&0o004 != 0 {
		return nil, nil
	}
	back := func(context.Context) error { return os.Chown(p.Config, int(s.Uid), int(s.Gid)) }
	return back, run(ctx, out, "chown", p.User+":", p.Config)
}

// makeFolder makes a folder that only its owner may enter, below such that everybody may, and returns those that were not
// there, the outermost first.
func makeFolder(dir string) (made []string, err error) {
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Stat(d); err == nil {
			break
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		made = append(made, d)
	}
	slices.Reverse(made)
	for i, d := range made {
		mode := fs.FileMode(0o755)
		if d == dir {
			mode = 0o700
		}
		if err := os.Mkdir(d, mode); err != nil {
			return made[:i], err
		}
		if err := os.Chmod(d, mode); err != nil { // whatever the umask of this shell is
			return made[:i+1], err
		}
	}
	return made, nil
}

//go:build unix

package main

import (
	"os"
	"os/user"
	"strconv"
	"syscall"

	"yanming/internal/errs"
)

// owned refuses root to make anything in a folder that is somebody else's: the service, whose folder it is, could
// neither read nor replace it. A restore by root would leave a database that takes no word, a backup by root a folder
// into which no later one can be written. A folder that is not there belongs to nobody. Errors: Denied cli.not_as_root.
func owned(dir string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok || s.Uid == 0 {
		return nil
	}
	name := strconv.Itoa(int(s.Uid))
	if u, err := user.LookupId(name); err == nil {
		name = u.Username
	}
	return errs.New(errs.Denied, "cli.not_as_root", dir, name)
}

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
// into which no later one can be written. Whose an installation is, its keys say: in a container root serves a folder that
// belongs to somebody of another machine. A folder that is not there belongs to nobody, and neither does that of a user who
// is none of this system. Errors: Denied cli.not_as_root.
func owned(dir string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	info, err := os.Stat(keyFolder(dir))
	if err != nil {
		info, err = os.Stat(dir)
	}
	if err != nil {
		return nil
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok || s.Uid == 0 {
		return nil
	}
	u, err := user.LookupId(strconv.Itoa(int(s.Uid)))
	if err != nil {
		return nil
	}
	return errs.New(errs.Denied, "cli.not_as_root", dir, u.Username)
}

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"syscall"

	"yanming/internal/errs"
)

// pathTrouble says of a file or folder that the system did not let this program use which one it is and what to do; nil
// where err is of none. The packages below return such errors as the system gives them, because only here is it a person
// at this machine who reads them.
func pathTrouble(err error) error {
	var at *fs.PathError
	var two *os.LinkError
	path := ""
	switch {
	case errors.As(err, &at):
		path = at.Path
	case errors.As(err, &two):
		path = two.New
	default:
		return nil
	}
	say := func(key string, more ...any) error {
		return errs.New(errs.Invalid, key, append([]any{path}, more...)...)
	}
	switch {
	case errors.Is(err, fs.ErrPermission):
		return say("cli.path_denied", whoRuns())
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.EEXIST):
		return say("cli.path_taken")
	case errors.Is(err, fs.ErrNotExist):
		return say("cli.path_missing")
	case errors.Is(err, syscall.EROFS):
		return say("cli.path_locked")
	case errors.Is(err, syscall.ENOSPC):
		return say("cli.path_full")
	}
	cause := errors.Unwrap(err)
	if at != nil {
		cause = at.Err
	} else if two != nil {
		cause = two.Err
	}
	return say("cli.path_failed", fmt.Sprint(cause))
}

// whoRuns is the name of the user that this process runs as, or its number.
func whoRuns() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return fmt.Sprint(os.Getuid())
}

//go:build !linux && !windows

package daemon

import (
	"context"
	"io"

	"yanming/internal/errs"
)

// Install refuses: this system has no manager that is known here.
func Install(context.Context, Plan, io.Writer) error {
	return errs.New(errs.Invalid, "service.no_manager")
}

// Uninstall refuses.
func Uninstall(context.Context, io.Writer) error { return errs.New(errs.Invalid, "service.no_manager") }

// Status refuses.
func Status(context.Context, io.Writer) (bool, error) {
	return false, errs.New(errs.Invalid, "service.no_manager")
}

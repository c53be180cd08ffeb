package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strings"

	"yanming/internal/errs"
)

// unitFile is where units of the machine's owner lie.
const unitFile = "/etc/systemd/system/" + Name + ".service"

// Install makes the user, gives them the folders and lets them read the file with the options, writes the unit and starts
// it. Where a step fails, what this call made of user and unit is taken away again; an installation that was there before
// keeps its unit as it was. A folder that was there or holds something stays, and with it the user, who owns it by then. Errors: Invalid
// service.undone, service.undone_but_user with the step; what fits says; service.packaged where Debian's package has
// installed it; Denied for whoever is not root, Invalid where there is no systemd.
func Install(ctx context.Context, p Plan, out io.Writer) error {
	if err := able(); err != nil {
		return err
	}
	if packaged() {
		return errs.New(errs.Invalid, "service.packaged")
	}
	if err := p.fits(); err != nil {
		return err
	}
	return install(ctx, p, unitFile, out)
}

func install(ctx context.Context, p Plan, unit string, out io.Writer) (err error) {
	var undo []func(context.Context) error // the last first
	given := false                         // a folder that stays belongs to the user now
	defer func() {
		if err == nil {
			return
		}
		after := context.WithoutCancel(ctx) // who interrupts it wants nothing left over either
		for _, f := range slices.Backward(undo) {
			if e := f(after); e != nil {
				err = fmt.Errorf("%w; taking it back: %w", err, e)
			}
		}
		key := "service.undone"
		if given {
			key = "service.undone_but_user"
		}
		err = fmt.Errorf("%w: %w", errs.New(errs.Invalid, key, err.Error(), Log(p), p.User), err)
	}()
	if _, err := user.Lookup(p.User); err != nil {
		if err := run(ctx, out, "useradd", "--system", "--user-group", "--no-create-home", "--home-dir", p.Data, "--shell", "/usr/sbin/nologin", p.User); err != nil {
			return err
		}
		undo = append(undo, func(ctx context.Context) error {
			if given { // what nobody owns, the next user who is made would
				return nil
			}
			return run(ctx, out, "userdel", p.User)
		})
	}
	for _, dir := range append([]string{p.Data}, p.Writes...) {
		made, err := makeFolder(dir)
		undo = append(undo, func(context.Context) error { // only what is empty: a server that started may have made keys
			for _, m := range slices.Backward(made) {
				if os.Remove(m) != nil && m == dir {
					given = true
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("install service: %w", err)
		}
		what := []string{p.User + ":", dir}
		if dir == p.Data {
			what = append([]string{"-R"}, what...)
		} else if archives, err := filepath.Glob(filepath.Join(dir, "*.ybk")); err == nil { // what else lies on that disk is not the service's
			what = append(what, archives...)
		}
		if err := run(ctx, out, "chown", what...); err != nil {
			return err
		}
		given = given || len(made) == 0
	}
	back, err := p.readable(ctx, out)
	if back != nil {
		undo = append(undo, back)
	}
	if err != nil {
		return err
	}
	before, was := os.ReadFile(unit)
	if err := os.WriteFile(unit, []byte(p.Unit()), 0o644); err != nil {
		return fmt.Errorf("install service: %w", err)
	}
	undo = append(undo, func(ctx context.Context) error {
		if was == nil {
			err := os.WriteFile(unit, before, 0o644)
			return errors.Join(err, run(ctx, out, "systemctl", "daemon-reload"))
		}
		return errors.Join(run(ctx, out, "systemctl", "disable", "--now", Name), os.Remove(unit), run(ctx, out, "systemctl", "daemon-reload"))
	})
	if err := run(ctx, out, "systemctl", "daemon-reload"); err != nil {
		return err
	}
	if err := run(ctx, out, "systemctl", "enable", Name); err != nil {
		return err
	}
	return run(ctx, out, "systemctl", "restart", Name)
}

// Uninstall stops the service and removes its unit. Data and user stay.
func Uninstall(ctx context.Context, out io.Writer) error {
	if err := able(); err != nil {
		return err
	}
	if _, err := os.Stat(unitFile); err != nil {
		if packaged() {
			return errs.New(errs.Invalid, "service.packaged")
		}
		return errs.New(errs.Invalid, "service.none")
	}
	if err := run(ctx, out, "systemctl", "disable", "--now", Name); err != nil {
		return err
	}
	if err := os.Remove(unitFile); err != nil {
		return fmt.Errorf("remove service: %w", err)
	}
	return run(ctx, out, "systemctl", "daemon-reload")
}

// packaged reports whether Debian's package has brought its own unit.
func packaged() bool {
	_, err := os.Stat("/usr/lib/systemd/system/" + Name + ".service")
	return err == nil
}

// Status prints what the manager knows of the service, and reports whether it runs.
func Status(ctx context.Context, out io.Writer) (bool, error) {
	if _, err := os.Stat(unitFile); err != nil && !packaged() {
		return false, errs.New(errs.Invalid, "service.none")
	}
	cmd := exec.CommandContext(ctx, "systemctl", "status", "--no-pager", "--full", Name)
	cmd.Stdout, cmd.Stderr = out, out
	err := cmd.Run()
	var ended *exec.ExitError
	if errors.As(err, &ended) { // 3: it does not run
		return false, nil
	}
	return err == nil, err
}

// able refuses whoever cannot install a service here.
func able() error {
	if _, err := exec.LookPath("systemctl"); err != nil {
		return errs.New(errs.Invalid, "service.no_manager")
	}
	if os.Geteuid() != 0 {
		return errs.New(errs.Denied, "service.root")
	}
	return nil
}

func run(ctx context.Context, out io.Writer, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w", filepath.Base(name), strings.Join(args, " "), err)
	}
	return nil
}

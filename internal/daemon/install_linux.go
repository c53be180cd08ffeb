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
	"strings"

	"yanming/internal/errs"
)

// unitFile is where units of the machine's owner lie.
const unitFile = "/etc/systemd/system/" + Name + ".service"

// Install makes the user, gives them the folders, writes the unit and starts it. Errors: Denied for whoever is not
// root, Invalid where there is no systemd.
func Install(ctx context.Context, p Plan, out io.Writer) error {
	if err := able(); err != nil {
		return err
	}
	if _, err := user.Lookup(p.User); err != nil {
		if err := run(ctx, out, "useradd", "--system", "--user-group", "--no-create-home", "--home-dir", p.Data, "--shell", "/usr/sbin/nologin", p.User); err != nil {
			return err
		}
	}
	for _, dir := range append([]string{p.Data}, p.Writes...) {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("install service: %w", err)
		}
		if err := run(ctx, out, "chown", "-R", p.User+":", dir); err != nil {
			return err
		}
	}
	if err := os.WriteFile(unitFile, []byte(p.Unit()), 0o644); err != nil {
		return fmt.Errorf("install service: %w", err)
	}
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

// Status prints what the manager knows of the service, and reports whether it runs.
func Status(ctx context.Context, out io.Writer) (bool, error) {
	if _, err := os.Stat(unitFile); err != nil {
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

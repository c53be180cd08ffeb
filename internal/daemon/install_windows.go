package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/mgr"

	"yanming/internal/errs"
)

// account is the one that Windows makes for the service alone; it has no password.
const account = `NT SERVICE\` + Name

// Install registers the service under an account of its own, gives that account the folders, and starts it. Where
// a step fails, the service is taken away again. Errors: Invalid service.undone;
// Denied for whoever is no administrator.
func Install(ctx context.Context, p Plan, out io.Writer) (err error) {
	m, err := mgr.Connect()
	if err != nil {
		return errs.New(errs.Denied, "service.root")
	}
	defer m.Disconnect()
	s, err := m.CreateService(Name, p.Binary, mgr.Config{DisplayName: "Yanming", StartType: mgr.StartAutomatic, DelayedAutoStart: true,
		ServiceStartName: account, SidType: 1}, p.Args...)
	if err != nil {
		return fmt.Errorf("install service: %w", err)
	}
	defer s.Close()
	defer func() {
		if err != nil { // the folders stay: they may hold data
			err = fmt.Errorf("%w: %w", errs.New(errs.Invalid, "service.undone", err.Error(), account), errors.Join(err, s.Delete()))
		}
	}()
	again := mgr.RecoveryAction{Type: mgr.ServiceRestart, Delay: 2 * time.Second}
	if err := s.SetRecoveryActions([]mgr.RecoveryAction{again, again, again}, 24*60*60); err != nil {
		return fmt.Errorf("install service: %w", err)
	}
	for _, dir := range append([]string{p.Data}, p.Writes...) {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("install service: %w", err)
		}
		cmd := exec.CommandContext(ctx, "icacls", dir, "/inheritance:r", "/grant", account+":(OI)(CI)F", "/grant", "*S-1-5-32-544:(OI)(CI)F")
		cmd.Stdout, cmd.Stderr = out, out
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("give the folder to the service: %w", err)
		}
	}
	return s.Start()
}

// Uninstall stops and removes the service. The data stays.
func Uninstall(_ context.Context, _ io.Writer) error {
	return with(func(s *mgr.Service) error {
		if state, err := s.Query(); err == nil && state.State != svc.Stopped {
			if _, err := s.Control(svc.Stop); err != nil {
				return fmt.Errorf("stop service: %w", err)
			}
		}
		return s.Delete()
	})
}

// Status prints the state of the service, and reports whether it runs.
func Status(_ context.Context, out io.Writer) (runs bool, err error) {
	err = with(func(s *mgr.Service) error {
		state, err := s.Query()
		runs = state.State == svc.Running
		fmt.Fprintf(out, "%s: state %d, process %d\n", Name, state.State, state.ProcessId)
		return err
	})
	return runs, err
}

func with(fn func(*mgr.Service) error) error {
	m, err := mgr.Connect()
	if err != nil {
		return errs.New(errs.Denied, "service.root")
	}
	defer m.Disconnect()
	s, err := m.OpenService(Name)
	if err != nil {
		return errs.New(errs.Invalid, "service.none")
	}
	defer s.Close()
	return fn(s)
}

// Managed runs main as Windows expects of a service, when it was started as one, and reports whether it was. main ends
// when its context does.
func Managed(main func(ctx context.Context) int) (code int, managed bool) {
	if is, err := svc.IsWindowsService(); err != nil || !is {
		return 0, false
	}
	h := &handler{main: main}
	if err := svc.Run(Name, h); err != nil {
		return 1, true
	}
	return h.code, true
}

type handler struct {
	main func(ctx context.Context) int
	code int
}

// Execute answers the manager while main runs.
func (h *handler) Execute(_ []string, asks <-chan svc.ChangeRequest, says chan<- svc.Status) (bool, uint32) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ended := make(chan int, 1)
	go func() { ended <- h.main(ctx) }()
	says <- svc.Status{State: svc.Running, Accepts: svc.AcceptStop | svc.AcceptShutdown}
	for {
		select {
		case h.code = <-ended:
			return false, uint32(h.code)
		case ask := <-asks:
			switch ask.Cmd {
			case svc.Interrogate:
				says <- ask.CurrentStatus
			case svc.Stop, svc.Shutdown:
				says <- svc.Status{State: svc.StopPending, WaitHint: 30_000}
				stop()
			}
		}
	}
}

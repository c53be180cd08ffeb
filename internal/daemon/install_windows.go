package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sys/windows"
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
	config := mgr.Config{DisplayName: "Yanming", StartType: mgr.StartAutomatic, ServiceStartName: account}
	s, err := m.CreateService(Name, p.Binary, config, p.Args...)
	if errors.Is(err, windows.ERROR_SERVICE_EXISTS) || errors.Is(err, windows.ERROR_SERVICE_MARKED_FOR_DELETE) {
		return errs.New(errs.Conflict, "service.there")
	}
	if err != nil {
		return fmt.Errorf("install service: %w", err)
	}
	defer s.Close()
	defer func() {
		if err != nil { // the folders stay: they may hold data
			_, _ = s.Control(svc.Stop) // which is not there, or came too late
			err = fmt.Errorf("%w: %w", errs.New(errs.Invalid, "service.undone", err.Error(), Log(p)), errors.Join(err, s.Delete()))
		}
	}()
	again := mgr.RecoveryAction{Type: mgr.ServiceRestart, Delay: 2 * time.Second}
	for _, set := range []func() error{
		func() error { // after the network and what else a machine starts first
			config, err := s.Config()
			if err != nil {
				return err
			}
			config.DelayedAutoStart, config.SidType = true, windows.SERVICE_SID_TYPE_UNRESTRICTED
			return s.UpdateConfig(config)
		},
		func() error { return s.SetRecoveryActions([]mgr.RecoveryAction{again, again, again}, 24*60*60) },
		// Without this, only what crashed is started again, and not what ended with a failure.
		func() error { return s.SetRecoveryActionsOnNonCrashFailures(true) },
	} {
		if err := set(); err != nil && !errors.Is(err, windows.ERROR_INVALID_LEVEL) { // Wine does not know them
			return fmt.Errorf("install service: %w", err)
		}
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
	if err := s.Start(); err != nil {
		return fmt.Errorf("start service: %w", err)
	}
	if stopped(ctx, s, soon) { // Windows says no more than that it was started
		return errEnded
	}
	return nil
}

// How long an installation waits for a server that ends at once, and a removal for one that ends in order.
const (
	soon    = 5 * time.Second
	inOrder = 40 * time.Second
)

// errEnded is a server that ended right after its start; its log says why.
var errEnded = errors.New("the service ended at once")

// Uninstall stops and removes the service. The data stays. It returns when the server has ended, so that the folder is free.
func Uninstall(ctx context.Context, _ io.Writer) error {
	return with(func(s *mgr.Service) error {
		if state, err := s.Query(); err == nil && state.State != svc.Stopped {
			if _, err := s.Control(svc.Stop); err != nil && !errors.Is(err, windows.ERROR_SERVICE_NOT_ACTIVE) {
				return fmt.Errorf("stop service: %w", err)
			}
			stopped(ctx, s, inOrder)
		}
		return s.Delete()
	})
}

// stopped waits until the service has ended, at most for so long, and reports whether it has.
func stopped(ctx context.Context, s *mgr.Service, most time.Duration) bool {
	for end := time.Now().Add(most); time.Now().Before(end) && ctx.Err() == nil; time.Sleep(200 * time.Millisecond) {
		if state, err := s.Query(); err == nil && state.State == svc.Stopped {
			return true
		}
	}
	return false
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

// Log is where the log of a service that runs so is to be read. Windows gives a service no output, and others may read its
// event log, in which the first link must not stand.
func Log(p Plan) string { return filepath.Join(p.Data, logName) }

// Managed runs main as Windows expects of a service, when it was started as one, and reports whether it was. main ends
// when its context does; what it says goes into the log in the folder that args name by --data.
func Managed(args []string, main func(ctx context.Context, says io.Writer) int) (code int, managed bool) {
	if is, err := svc.IsWindowsService(); err != nil || !is {
		return 0, false
	}
	h := &handler{main: func(ctx context.Context) int {
		out, err := openLog(dataOf(args))
		if err != nil { // nobody could be told why
			return main(ctx, io.Discard)
		}
		defer out.Close()
		return main(ctx, out)
	}}
	if err := svc.Run(Name, h); err != nil {
		return 1, true
	}
	return h.code, true
}

// dataOf is the folder that the arguments of an installed service name.
func dataOf(args []string) string {
	if i := slices.Index(args, "--data"); i >= 0 && i+1 < len(args) {
		return args[i+1]
	}
	return "."
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
			return h.code != 0, uint32(h.code) // a code of ours and not one of Windows
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

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"yanming/internal/daemon"
	"yanming/internal/errs"
)

// serviceCmd lets the machine start the server by itself.
type serviceCmd struct {
	Install   installCmd   `cmd:"" help:"Install and start the service (systemd or Windows). / 安装并启动服务。"`
	Uninstall uninstallCmd `cmd:"" help:"Stop and remove the service; the data stays. / 停止并移除服务，数据保留。"`
	Status    statusCmd    `cmd:"" help:"Say whether the service runs. / 看服务是否在运行。"`
}

// installCmd installs serve with these options. With a configuration file the unit names that file alone, so that a
// change in the file takes effect at the next start.
type installCmd struct {
	place      `embed:""`
	Listen     string `option:""`
	ListenHTTP string `option:"" name:"listen-http"`
	BaseURL    string `option:"" name:"base-url"`
	User       string `help:"System user of the service, made when not there. / 运行服务的系统用户。" default:"yanming"`
	Print      bool   `help:"Print the unit of systemd and install nothing. / 只打印 systemd 单元。"`
}

func (c installCmd) Run(ctx context.Context, sh shell) error {
	p, err := c.plan()
	if err != nil {
		return err
	}
	if c.Print {
		fmt.Fprint(sh.out, p.Unit())
		return nil
	}
	if err := daemon.Install(ctx, p, sh.err); err != nil {
		return err
	}
	sh.say("service.installed", p.Data, daemon.Log(p))
	return nil
}

func (c installCmd) plan() (daemon.Plan, error) {
	binary, err := os.Executable()
	if err == nil {
		binary, err = filepath.EvalSymlinks(binary)
	}
	if err != nil {
		return daemon.Plan{}, err
	}
	if c.User == "root" || c.User == "" {
		return daemon.Plan{}, errs.Field("--user", "service.not_root")
	}
	p := daemon.Plan{Binary: binary, Data: c.Data, User: c.User, Low: low(c.Listen) || low(c.ListenHTTP), Args: []string{"serve", "--data", c.Data}}
	if c.BackupDir != "" {
		p.Writes = []string{c.BackupDir}
	}
	if c.Config != "" {
		p.Args = append(p.Args, "--config", c.Config)
		p.Config = c.Config
		p.Low = true // the file may ask for such a port at any later start
		return p, nil
	}
	if c.postgres() { // it may hold a password, and units can be read by everybody
		return p, errs.Field("--db", "service.secret")
	}
	for _, o := range []struct{ flag, value string }{{"--db", c.DB}, {"--listen", c.Listen}, {"--listen-http", c.ListenHTTP}, {"--base-url", c.BaseURL}} {
		if o.value != "" {
			p.Args = append(p.Args, o.flag, o.value)
		}
	}
	return p, nil
}

// low reports whether a port is one that only a privilege opens.
func low(addr string) bool {
	_, port, err := net.SplitHostPort(addr)
	n, e := strconv.Atoi(port)
	return err == nil && e == nil && n > 0 && n < 1024
}

type uninstallCmd struct{}

func (uninstallCmd) Run(ctx context.Context, sh shell) error {
	if err := daemon.Uninstall(ctx, sh.err); err != nil {
		return err
	}
	sh.say("service.removed")
	return nil
}

type statusCmd struct{}

func (statusCmd) Run(ctx context.Context, sh shell) error {
	runs, err := daemon.Status(ctx, sh.out)
	if err == nil && !runs {
		return errCheck
	}
	return err
}

// beat tells the manager that the server is ready, and from then on that it lives, for as long as the
// database answers or says why not; a manager that hears nothing starts it anew. To start anew would mend neither a full
// disk nor a PostgreSQL that is away.
func (h *home) beat(ctx context.Context, wg *sync.WaitGroup, sh shell, log *slog.Logger) {
	socket := sh.env("NOTIFY_SOCKET")
	tell := func(state string) {
		if err := daemon.Notify(socket, state); err != nil {
			log.Error("service", "err", err)
		}
	}
	tell("READY=1\nSTATUS=")
	context.AfterFunc(ctx, func() { tell("STOPPING=1") })
	every := daemon.Beat(sh.env("WATCHDOG_USEC"))
	if socket == "" || every == 0 {
		return
	}
	wg.Go(func() {
		for tick := time.NewTicker(every); ; {
			select {
			case <-ctx.Done():
				tick.Stop()
				return
			case <-tick.C:
			}
			limited, cancel := context.WithTimeout(ctx, every/2)
			if err := h.db.Answers(limited); !errors.Is(err, context.DeadlineExceeded) {
				tell("WATCHDOG=1")
			}
			cancel()
		}
	})
}

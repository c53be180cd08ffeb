//go:build linux

package loadtest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Postgres is a server of a test's own, with fsync on, that may be ended the hard way.
type Postgres struct {
	URL  string // of its database "postgres"
	dir  string
	port int
	as   *syscall.SysProcAttr
	cmd  *exec.Cmd
	done chan struct{}
}

// NewPostgres makes and starts a server out of the programs on the PATH, else the newest of Debian's. It is stopped and
// removed with the test.
func NewPostgres(t testing.TB) *Postgres {
	t.Helper()
	dir, err := os.MkdirTemp("", "loadtest-postgres-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	p := &Postgres{dir: dir, as: &syscall.SysProcAttr{}}
	if os.Getuid() == 0 { // PostgreSQL refuses root
		u, err := user.Lookup("postgres")
		if err != nil {
			u, err = user.Lookup("nobody")
		}
		if err != nil {
			t.Fatal(err)
		}
		uid, _ := strconv.Atoi(u.Uid) // numbers on Unix
		gid, _ := strconv.Atoi(u.Gid)
		p.as.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(dir, uid, gid); err != nil {
			t.Fatal(err)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.port = l.Addr().(*net.TCPAddr).Port
	l.Close()
	p.URL = fmt.Sprintf("postgres://yanming@127.0.0.1:%d/postgres?sslmode=disable", p.port)
	init := p.program(t, "initdb", "-D", filepath.Join(dir, "data"), "-U", "yanming", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
	if out, err := init.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	p.Start(t)
	t.Cleanup(func() { p.end(syscall.SIGINT) })
	return p
}

func (p *Postgres) program(t testing.TB, name string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		all, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
		if len(all) == 0 {
			t.Fatalf("%s is not installed: run ./check, which says what is missing", name)
		}
		path = slices.MaxFunc(all, func(a, b string) int { return len(a) - len(b) + strings.Compare(a, b) })
	}
	cmd := exec.Command(path, args...)
	cmd.Dir, cmd.SysProcAttr = p.dir, p.as
	return cmd
}

// Start starts the server and waits until it answers.
func (p *Postgres) Start(t testing.TB) {
	t.Helper()
	p.cmd = p.program(t, "postgres", "-D", filepath.Join(p.dir, "data"), "-p", strconv.Itoa(p.port), "-c", "listen_addresses=127.0.0.1",
		"-c", "unix_socket_directories=", "-c", "fsync=on", "-c", "max_connections=100", "-c", "timezone=UTC")
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.done = make(chan struct{})
	cmd, done := p.cmd, p.done
	go func() { cmd.Wait(); close(done) }()
	for range 600 {
		if exec.Command(p.program(t, "pg_isready").Path, "-q", "-h", "127.0.0.1", "-p", strconv.Itoa(p.port)).Run() == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("the PostgreSQL server does not answer")
}

// Crash ends every process of the server without a checkpoint, as pg_ctl stop -m immediate does.
func (p *Postgres) Crash() { p.end(syscall.SIGQUIT) }

func (p *Postgres) end(sig syscall.Signal) {
	p.cmd.Process.Signal(sig) // it may have ended already
	<-p.done
}

//go:build linux

// Package loadtest is for tests that treat a running Yanming as the outside does: it starts the real program, speaks to
// it as many residents at once, ends it the hard way, and looks afterwards for every receipt that was handed out.
//
// It refuses to look behind the pages: what it knows of the program comes over HTTP and from /proc.
package loadtest

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Server is a running program.
type Server struct {
	Base string // http://127.0.0.1:port
	cmd  *exec.Cmd
	log  buffer
	done chan struct{}
	err  error
}

type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// Command returns this test program as the program itself: its TestMain runs "yanming" when it is called so. args are
// those of the program, env is added to the environment.
func Command(env []string, args ...string) *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		panic(err) // there is no program to start
	}
	return &exec.Cmd{Path: self, Args: append([]string{"yanming"}, args...), Env: append(os.Environ(), append([]string{"YANMING_LANG=en"}, env...)...)}
}

var address = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// Start runs cmd, a serve command, and waits until it says where it listens. It is killed with the test.
func Start(t testing.TB, cmd *exec.Cmd) *Server {
	t.Helper()
	s, err := Try(cmd)
	if err != nil {
		t.Fatalf("%v\n%s", err, s.Log())
	}
	t.Cleanup(s.Kill)
	return s
}

// Try is Start for a program that may refuse to start: it then returns how it ended, and Log says why.
func Try(cmd *exec.Cmd) (*Server, error) {
	s := &Server{cmd: cmd, done: make(chan struct{})}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return s, err
	}
	cmd.Stderr = &s.log
	if err := cmd.Start(); err != nil {
		return s, err
	}
	base := make(chan string, 1)
	go func() {
		r := bufio.NewReader(io.TeeReader(out, &s.log))
		for {
			line, err := r.ReadString('\n')
			if b := address.FindString(line); b != "" {
				select {
				case base <- b:
				default:
				}
			}
			if err != nil {
				break
			}
		}
		s.err = cmd.Wait()
		close(s.done)
	}()
	select {
	case s.Base = <-base:
		return s, nil
	case <-s.done:
		return s, fmt.Errorf("the server ended at once: %v", s.err)
	case <-time.After(time.Minute):
		s.Kill()
		return s, fmt.Errorf("the server does not say where it listens")
	}
}

// Log is what the program wrote so far.
func (s *Server) Log() string { return s.log.String() }

// Kill ends the program as a power cut does, and waits for it.
func (s *Server) Kill() { s.end(syscall.SIGKILL) }

// Stop asks the program to end, and waits for it. It returns how it ended.
func (s *Server) Stop() error { s.end(syscall.SIGTERM); return s.err }

func (s *Server) end(sig syscall.Signal) {
	if s.cmd.Process == nil {
		return
	}
	s.cmd.Process.Signal(sig) // it may have ended already
	<-s.done
}

// Memory returns how many bytes of memory the program holds now, and the most it ever held.
func (s *Server) Memory(t testing.TB) (now, most int64) {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		t.Fatalf("%v\n%s", err, s.Log())
	}
	for line := range strings.Lines(string(b)) {
		for name, to := range map[string]*int64{"VmRSS:": &now, "VmHWM:": &most} {
			if rest, ok := strings.CutPrefix(line, name); ok {
				n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
				if err != nil {
					t.Fatal(err)
				}
				*to = n << 10
			}
		}
	}
	return now, most
}

// Files returns how many files and connections the program has open.
func (s *Server) Files(t testing.TB) int {
	t.Helper()
	es, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	return len(es)
}

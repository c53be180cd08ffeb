package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// process is a server under test, in a process of its own.
type process struct {
	cmd  *exec.Cmd
	addr string
	said *tail
	done chan error
	up   time.Duration // from its start to its first answer
}

// tail keeps the last part of what a process writes, for the message when it fails.
type tail struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.b.Len() > 64<<10 {
		t.b.Next(32 << 10)
	}
	return t.b.Write(p)
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(t.b.String())
}

// freeAddr finds an address of this machine on which nobody listens.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// environment is ours without what would set options of the program, and in English.
func environment() []string {
	env := slices.DeleteFunc(os.Environ(), func(s string) bool { return strings.HasPrefix(s, "YANMING_") })
	return append(env, "YANMING_LANG=en")
}

// start runs a server and waits until health answers 200. args gets its address.
func (b *bench) start(ctx context.Context, program, health string, args func(addr string) []string) (*process, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	p := &process{cmd: exec.Command(program, args(addr)...), addr: addr, said: &tail{}, done: make(chan error, 1)}
	p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = environment(), p.said, p.said
	begin := time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	b.procs = append(b.procs, p)
	go func() { p.done <- p.cmd.Wait() }()
	client := &http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for time.Since(begin) < 2*time.Minute {
		resp, err := client.Get("http://" + addr + health)
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				p.up = time.Since(begin)
				return p, nil
			}
		}
		select {
		case err := <-p.done:
			p.done <- err
			return nil, fmt.Errorf("%s ended at its start: %v: %s", program, err, p.said)
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(time.Millisecond):
		}
	}
	return nil, fmt.Errorf("%s does not answer: %s", program, p.said)
}

// stop ends the server by its own process id: first asked, after a while forced.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.done:
	case <-time.After(30 * time.Second):
		if err := p.cmd.Process.Kill(); err != nil {
			return err
		}
		<-p.done
	}
	p.done <- nil
	return nil
}

func (b *bench) stopAll() {
	for _, p := range b.procs {
		if err := p.stop(); err != nil {
			b.say("stop %d: %v", p.cmd.Process.Pid, err)
		}
	}
	b.procs = nil
}

// memory reads a line of /proc/PID/status in MB: VmRSS now, VmHWM at most so far.
func memory(pid int, line string) (float64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for l := range strings.SplitSeq(string(b), "\n") {
		if v, ok := strings.CutPrefix(l, line+":"); ok {
			kb, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(v), "kB")))
			return float64(kb) / 1024, err
		}
	}
	return 0, fmt.Errorf("process %d: no %s", pid, line)
}

// ended is a command that ran to its end.
type ended struct {
	out  []byte
	took time.Duration
	peak float64 // most memory it held, MB
}

// command runs the program to its end and returns what it printed. One that fails is an error.
func (b *bench) command(ctx context.Context, args ...string) (ended, error) {
	var out bytes.Buffer
	said := &tail{}
	cmd := exec.CommandContext(ctx, b.Program, args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = environment(), &out, said
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return ended{}, fmt.Errorf("start %s: %w", b.Program, err)
	}
	over, peak := make(chan struct{}), make(chan float64, 1)
	go func() { peak <- watch(cmd.Process.Pid, over) }()
	err := cmd.Wait()
	e := ended{out: out.Bytes(), took: time.Since(begin)}
	close(over)
	e.peak = <-peak
	if err != nil {
		return e, fmt.Errorf("%s %s: %w: %s %s", b.Program, strings.Join(args, " "), err, said, excerpt(out.Bytes()))
	}
	return e, nil
}

// watch looks at the most memory that a process held, in MB, until it is over. What getrusage says of a child counts
// the memory of whoever started it. 0 where the system has no /proc.
func watch(pid int, over <-chan struct{}) (peak float64) {
	for {
		if mb, err := memory(pid, "VmHWM"); err == nil {
			peak = max(peak, mb)
		}
		select {
		case <-over:
			return peak
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// childrenTime returns how much of the processors the servers under test have used: the children of this process. It is
// what other work on the machine disturbs least. Zero where there is no /proc.
func childrenTime() (sum time.Duration) {
	const tick = 10 * time.Millisecond // USER_HZ is 100 on every Linux
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0
	}
	for _, name := range stats {
		b, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		_, rest, _ := strings.Cut(string(b), ") ") // behind the program's name: state, parent, … user and system time
		f := strings.Fields(rest)
		if len(f) < 13 || f[1] != strconv.Itoa(os.Getpid()) {
			continue
		}
		for _, v := range f[11:13] {
			n, err := strconv.ParseInt(v, 10, 64)
			if err == nil {
				sum += time.Duration(n) * tick
			}
		}
	}
	return sum
}

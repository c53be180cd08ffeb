//go:build linux

package main

import (
	"bytes"
	"errors"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"yanming/internal/loadtest"
)

// TestAServerThatIsToldToStopWhileItStartsEndsWell tells it at one moment after the other of its start. A service manager
// that stops what it has just started must not find a failure.
func TestAServerThatIsToldToStopWhileItStartsEndsWell(t *testing.T) {
	eachCounty(t, func(t *testing.T, c *county) {
		for delay := time.Duration(0); delay < 500*time.Millisecond; delay += 40 * time.Millisecond {
			cmd := loadtest.Command(nil, c.args("serve", "--listen", "127.0.0.1:0")...)
			var said bytes.Buffer
			cmd.Stdout, cmd.Stderr = &said, &said
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(delay)
			cmd.Process.Signal(syscall.SIGTERM)
			err := cmd.Wait()
			var exit *exec.ExitError
			if errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signaled() && said.Len() == 0 {
				continue // before it listened for signals
			}
			if err != nil {
				t.Errorf("told to stop after %s: %v\n%s", delay, err, said.String())
			}
		}
	})
}

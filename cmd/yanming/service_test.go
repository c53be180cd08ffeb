package main

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yanming/internal/errs"
)

func TestTheServiceIsInstalledAsItWillRun(t *testing.T) {
	for _, c := range []struct {
		name  string
		args  []string
		has   []string
		hasNo string
		code  int
	}{
		{"with options", []string{"--data", "/srv/y", "--listen", ":8443", "--base-url", "https://a.example"}, []string{" serve --data /srv/y --listen :8443 --base-url https://a.example\n", "ReadWritePaths=/srv/y\n"}, "CAP_", exitDone},
		{"at a low port", []string{"--data", "/srv/y", "--listen", ":443"}, []string{"AmbientCapabilities=CAP_NET_BIND_SERVICE"}, "", exitDone},
		{"with backups elsewhere", []string{"--data", "/srv/y", "--backup-dir", "/mnt/b"}, []string{"ReadWritePaths=/mnt/b\n"}, "", exitDone},
		{"a database with its password", []string{"--db", "postgres://u:p@a.example/x"}, []string{"/etc/yanming.env"}, "u:p", exitUsage},
		{"as root", []string{"--user", "root"}, []string{"does not run as root"}, "ExecStart", exitUsage},
	} {
		var out bytes.Buffer
		code := run(t.Context(), append([]string{"service", "install", "--print"}, c.args...), &out, &out, func(k string) string {
			return map[string]string{"YANMING_LANG": "en"}[k]
		})
		if code != c.code || c.hasNo != "" && strings.Contains(out.String(), c.hasNo) {
			t.Errorf("%s: %d\n%s", c.name, code, out.String())
		}
		for _, want := range c.has {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s lacks %q:\n%s", c.name, want, out.String())
			}
		}
	}
	// The file may name a low port at any later start.
	c := installCmd{place: place{Data: "/srv/y", Config: "/etc/y.toml", DB: "postgres://u:p@a.example/x"}, Listen: ":8080", User: "yanming"}
	p, err := c.plan()
	if err != nil || strings.Join(p.Args, " ") != "serve --data /srv/y --config /etc/y.toml" || !p.Low || p.Config != "/etc/y.toml" {
		t.Errorf("with a file: %+v, %v", p, err)
	}
	c.Config = ""
	if _, err := c.plan(); !errs.Is(err, errs.Invalid) {
		t.Errorf("a password in the unit: %v", err)
	}
}

// TestTheManagerIsToldThatTheServerIsReadyAndLives listens as systemd does.
func TestTheManagerIsToldThatTheServerIsReadyAndLives(t *testing.T) {
	name := filepath.Join(t.TempDir(), "n")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	env := map[string]string{"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "100000"}
	ended := make(chan int, 1)
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		var out bytes.Buffer
		ended <- run(ctx, []string{"serve", "--data", filepath.Join(filepath.Dir(name), "d"), "--listen", "127.0.0.1:0"}, &out, &out, func(k string) string { return env[k] })
	}()
	hear := func() string {
		b := make([]byte, 100)
		n, err := l.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		return string(b[:n])
	}
	for _, want := range []string{"READY=1\nSTATUS=", "WATCHDOG=1"} {
		if got := hear(); got != want {
			t.Errorf("heard %s, want %s", got, want)
		}
	}
	stop()
	for {
		if got := hear(); got == "STOPPING=1" {
			break
		} else if got != "WATCHDOG=1" {
			t.Fatalf("heard %s", got)
		}
	}
	if code := <-ended; code != exitDone {
		t.Errorf("ended with %d", code)
	}
}

// TestAServerGoesOnWithoutItsSocket takes the socket's name away, as a Windows does that has no such sockets.
func TestAServerGoesOnWithoutItsSocket(t *testing.T) {
	dir := t.TempDir()
	data, name := filepath.Join(dir, "d"), filepath.Join(dir, "n")
	if err := os.MkdirAll(filepath.Join(data, "control.sock", "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	var out bytes.Buffer
	go func() {
		ended <- run(ctx, []string{"serve", "--data", data, "--listen", "127.0.0.1:0"}, &out, &out, func(k string) string {
			return map[string]string{"NOTIFY_SOCKET": name}[k]
		})
		l.Close() // nobody speaks any more
	}()
	b := make([]byte, 100)
	n, err := l.Read(b)
	stop()
	if code := <-ended; string(b[:n]) != "READY=1\nSTATUS=" || code != exitDone || !strings.Contains(out.String(), "level=WARN") {
		t.Errorf("heard %q, %v, ended with %d\n%s", b[:n], err, code, out.String())
	}
}

// Package control is the socket in a data folder by which commands reach the server that holds it: where it lies, and
// the frames that travel over it. What a frame asks for is not known here.
//
// Whoever may open the socket may do what the server may, so it lies in the data folder, is readable by its owner
// alone, and is never a port of the network.
package control

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"yanming/internal/errs"
)

const socketName = "control.sock"

// longest is how many bytes of a path every system takes as a socket's address.
const longest = 100

// Listen makes the socket of a folder. Only the holder of its lease may call it, because a socket that somebody left
// behind is removed. Close removes the socket.
func Listen(dir string) (net.Listener, error) {
	name := filepath.Join(dir, socketName)
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	short, done, err := shorten(dir)
	if err != nil {
		return nil, err
	}
	defer done()
	l, err := net.Listen("unix", filepath.Join(short, socketName))
	if err != nil {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false) // it knows the short path only
	if err := os.Chmod(name, 0o600); err != nil {
		l.Close()
		return nil, fmt.Errorf("control socket: %w", err)
	}
	return &listener{l, name}, nil
}

type listener struct {
	net.Listener
	name string
}

// Close ends listening and takes the socket away.
func (l *listener) Close() error {
	return errors.Join(os.Remove(l.name), l.Listener.Close())
}

// Dial reaches the server that holds the folder. It fails where none runs, also when one was killed and its socket is
// still there.
func Dial(ctx context.Context, dir string) (net.Conn, error) {
	if _, err := os.Stat(filepath.Join(dir, socketName)); err != nil {
		return nil, err
	}
	short, done, err := shorten(dir)
	if err != nil {
		return nil, err
	}
	defer done()
	d := net.Dialer{Timeout: 5 * time.Second}
	return d.DialContext(ctx, "unix", filepath.Join(short, socketName))
}

// shorten returns a path to the folder that is short enough for a socket: its own, else a link for as long as it is
// needed. Each side makes its own link, so that a server with another temporary folder is found all the same.
func shorten(dir string) (short string, done func(), err error) {
	if len(filepath.Join(dir, socketName)) <= longest {
		return dir, func() {}, nil
	}
	if runtime.GOOS == "windows" { // links take a privilege there
		return "", nil, errs.Field("--data", "control.long_path", dir)
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return "", nil, err
	}
	base := os.TempDir()
	if len(base) > 60 {
		base = "/tmp"
	}
	temp, err := os.MkdirTemp(base, "ym-")
	if err != nil {
		return "", nil, fmt.Errorf("control socket: %w", err)
	}
	short = filepath.Join(temp, "d")
	if err := os.Symlink(dir, short); err != nil {
		os.RemoveAll(temp)
		return "", nil, fmt.Errorf("control socket: %w", err)
	}
	return short, func() { os.RemoveAll(temp) }, nil
}

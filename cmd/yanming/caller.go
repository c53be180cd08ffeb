package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/term"

	"yanming/internal/errs"
)

// caller is whoever typed a command, with their files and their terminal: this process, or one at the other end of the
// control socket.
type caller interface {
	// input returns the path of a file that the command reads, where this process can open it. "-" is standard input.
	input(name string) (string, error)
	// output opens a file that the command writes. It appears under its name, for its owner alone, once it is closed
	// without an error; abandon drops it. "-" is standard output.
	output(name string) (writer, error)
	// passphrase asks for one.
	passphrase() (string, error)
	// terminal reports whether somebody watches standard error.
	terminal() bool
}

// writer is a file on its way.
type writer interface {
	io.WriteCloser
	abandon()
}

// here is the caller of a command that runs in the process they started.
type here struct{ sh shell }

func (h here) terminal() bool { return term.IsTerminal(int(os.Stderr.Fd())) }

func (h here) input(name string) (string, error) {
	if name != "-" {
		info, err := os.Stat(name)
		if err != nil || !info.Mode().IsRegular() {
			return "", errs.New(errs.Invalid, "cli.no_file", name)
		}
		return name, nil
	}
	if _, err := os.Stat(stdinFile); err != nil { // Windows has none
		return "", errs.New(errs.Invalid, "cli.no_stdin")
	}
	return stdinFile, nil
}

// stdinFile is standard input as a path that can be opened.
const stdinFile = "/dev/stdin"

func (h here) output(name string) (writer, error) {
	if name == "-" || name == "" {
		return plainWriter{h.sh.out, func() error { return nil }}, nil
	}
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() { // a pipe, a device
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return nil, err
		}
		return plainWriter{f, f.Close}, nil
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-") // made 0600
	if err != nil {
		return nil, errs.New(errs.Invalid, "cli.cannot_write", name)
	}
	return &draft{f, name}, nil
}

type plainWriter struct {
	io.Writer
	close func() error
}

func (p plainWriter) Close() error { return p.close() }
func (p plainWriter) abandon()     { p.close() }

// draft is a file that takes its name when it is whole.
type draft struct {
	*os.File
	name string
}

func (d *draft) Close() error {
	err := d.Sync()
	if e := d.File.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(d.File.Name(), d.name)
	}
	if err != nil {
		os.Remove(d.File.Name())
	}
	return err
}

func (d *draft) abandon() {
	d.File.Close()
	os.Remove(d.File.Name())
}

// passphrase reads YANMING_PASSPHRASE, or asks at the terminal without showing what is typed, or reads a line.
func (h here) passphrase() (string, error) {
	sh := h.sh
	if p, err := sh.secret("passphrase"); p != "" || err != nil {
		return p, err
	}
	fmt.Fprint(sh.err, sh.cat.T(sh.lang, "cli.passphrase")+" ")
	fd := int(os.Stdin.Fd())
	if term.IsTerminal(fd) {
		b, err := term.ReadPassword(fd)
		fmt.Fprintln(sh.err)
		return string(b), err
	}
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// from returns the caller of the shell.
func (s shell) from() caller {
	if s.caller == nil {
		return here{s}
	}
	return s.caller
}

// output writes a command's result to the file of -o, which only its owner may read, or to standard output for "-".
func output(sh shell, name string, b []byte) error {
	w, err := sh.from().output(name)
	if err != nil {
		return err
	}
	if _, err := w.Write(b); err != nil {
		w.abandon()
		return err
	}
	return w.Close()
}

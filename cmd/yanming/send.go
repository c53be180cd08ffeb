package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"yanming/internal/control"
	"yanming/internal/errs"
)

// frames is the version of what travels over the control socket. A server and a command of different versions do not
// talk.
const frames = "1"

// call asks the server to do a command: its name and its struct.
type call struct {
	Name     string          `json:"name"`
	Command  json.RawMessage `json:"command"`
	Lang     string          `json:"lang"`
	Terminal bool            `json:"terminal"`
}

// greeting is how long a server may take to say which one it is.
const greeting = 10 * time.Second

// errGone says that the server went away before it had taken the command.
var errGone = errors.New("the server is gone")

// send has a command done by the server, and is its hands meanwhile: it sends the files that the command reads, writes
// those that come back, shows what is said, and asks for the passphrase.
func (s shell) send(ctx context.Context, conn net.Conn, name string, w work) error {
	stop := context.AfterFunc(ctx, func() { conn.Close() }) // the server sees it and stops too
	defer stop()
	c := control.NewConn(conn)
	conn.SetReadDeadline(time.Now().Add(greeting))
	kind, body, err := c.Receive()
	if err != nil {
		return errGone
	}
	conn.SetReadDeadline(time.Time{})
	if kind != control.Hello || string(body) != frames {
		return errs.New(errs.Conflict, "cli.other_version")
	}
	b, err := json.Marshal(w)
	if err != nil {
		return err
	}
	if b, err = json.Marshal(call{name, b, string(s.lang), s.from().terminal()}); err != nil {
		return err
	}
	sent := make(chan error, 1)
	if err := c.Send(control.Call, b); err != nil {
		return errGone
	}
	go func() { sent <- s.sendInputs(c, w.files().reads) }()
	code, err := s.follow(c, w.files().writes)
	if err == nil && code == exitDone {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	conn.Close()
	if e := <-sent; errs.Is(e, errs.Invalid) { // a file that cannot be read is the reason
		return e
	}
	if err != nil {
		return err
	}
	return code
}

// sendInputs sends the files that the command reads, one after the other.
func (s shell) sendInputs(c *control.Conn, names []string) error {
	for _, name := range names {
		path, err := s.from().input(name)
		if err == nil {
			err = sendFile(c, path)
		}
		if err != nil {
			c.Send(control.InputEnd, []byte{1}) // the server gives up; if it cannot hear, it has gone
			return err
		}
	}
	return nil
}

func sendFile(c *control.Conn, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := io.Copy(c.Writer(control.Input), f); err != nil {
		return err
	}
	return c.Send(control.InputEnd, []byte{0})
}

// follow does what the server's frames say until the command has ended.
func (s shell) follow(c *control.Conn, names []string) (exitCode, error) {
	open := map[byte]writer{}
	defer func() {
		for _, w := range open {
			w.abandon()
		}
	}()
	for {
		kind, body, err := c.Receive()
		if err != nil {
			return 0, errs.New(errs.Conflict, "cli.server_gone")
		}
		switch kind {
		case control.Out:
			_, err = s.out.Write(body)
		case control.Err:
			_, err = s.err.Write(body)
		case control.Output, control.OutputEnd:
			err = s.write(open, names, kind, body)
		case control.Passphrase:
			var p string
			if p, err = s.from().passphrase(); err == nil {
				err = c.Send(control.Answer, []byte(p))
			}
		case control.Exit:
			if len(body) == 1 {
				return exitCode(body[0]), nil
			}
			err = fmt.Errorf("control: an exit of %d bytes", len(body))
		default:
			err = fmt.Errorf("control: a frame of kind %q", kind)
		}
		if err != nil {
			return 0, err
		}
	}
}

// write writes a piece of a file that the command named, and no other file.
func (s shell) write(open map[byte]writer, names []string, kind control.Kind, body []byte) error {
	if len(body) == 0 || int(body[0]) >= len(names) {
		return errors.New("control: a file that was not named")
	}
	w := open[body[0]]
	if w == nil {
		var err error
		if w, err = s.from().output(names[body[0]]); err != nil {
			return err
		}
		open[body[0]] = w
	}
	if kind == control.OutputEnd {
		delete(open, body[0])
		return w.Close()
	}
	_, err := w.Write(body[1:])
	return err
}

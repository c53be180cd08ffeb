package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/alecthomas/kong"

	"yanming/internal/control"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/i18n"
)

// openSocket lets commands reach this server, which holds the folder alone. On PostgreSQL there is no socket: commands
// write to the database themselves, as other copies do.
func (h *home) openSocket(ctx context.Context, wg *sync.WaitGroup, sh shell, log *slog.Logger) error {
	if h.db.Engine() != db.SQLite {
		return nil
	}
	if err := os.RemoveAll(filepath.Join(h.dir, spoolFolder)); err != nil { // left by a server that was killed
		return err
	}
	socket, err := control.Listen(h.dir)
	if errs.Is(err, errs.Invalid) { // a folder that no socket fits into
		return err
	}
	if err != nil { // Windows before 2019 has no such sockets; residents are served without
		log.Warn("commands that write cannot reach this server: stop it before you use them", "err", err)
		return nil
	}
	wg.Go(func() { h.answer(ctx, socket, sh.cat, log) })
	return nil
}

// answer does the commands that come over the control socket, each as it comes, until ctx ends, and then waits for
// those that are under way to notice.
func (h *home) answer(ctx context.Context, socket net.Listener, cat *i18n.Catalogue, log *slog.Logger) {
	var wg sync.WaitGroup
	defer wg.Wait()
	defer context.AfterFunc(ctx, func() { socket.Close() })()
	for {
		conn, err := socket.Accept()
		if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // too many files are open: later there may be fewer
			log.Error("control socket", "err", err)
			time.Sleep(time.Second)
			continue
		}
		wg.Go(func() {
			defer conn.Close()
			if err := h.answerOne(ctx, conn, cat); err != nil && ctx.Err() == nil {
				log.Warn("a command over the control socket", "err", err)
			}
		})
	}
}

func (h *home) answerOne(ctx context.Context, conn net.Conn, cat *i18n.Catalogue) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	c := control.NewConn(conn)
	if err := c.Send(control.Hello, []byte(frames)); err != nil {
		return err
	}
	kind, body, err := c.Receive()
	if err != nil || kind != control.Call {
		return err // whoever only looked whether somebody is there
	}
	var asked call
	if err := json.Unmarshal(body, &asked); err != nil {
		return fmt.Errorf("read call: %w", err)
	}
	lang, _ := i18n.Parse(asked.Lang)
	spool, err := h.spool()
	if err != nil {
		return err
	}
	defer os.RemoveAll(spool)
	far := &far{conn: c, spool: spool, watched: asked.Terminal, answers: make(chan string), ended: ctx.Done()}
	sh := shell{out: c.Writer(control.Out), err: c.Writer(control.Err), cat: cat, lang: lang, caller: far}
	code := exitDone
	if err := h.perform(ctx, cancel, sh, far, asked); err != nil {
		code = sh.fail(err)
	}
	return c.Send(control.Exit, []byte{byte(code)})
}

// perform finds the command, takes its files in, and does it.
func (h *home) perform(ctx context.Context, gone func(), sh shell, far *far, asked call) (err error) {
	w, err := commandOf(asked)
	if err != nil {
		return err
	}
	far.files = w.files()
	if err := far.take(); err != nil {
		return err
	}
	go far.listen(gone)
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return w.do(ctx, sh, h)
}

// commandOf returns the command that a call names, as the caller filled it.
func commandOf(asked call) (work, error) {
	var all commands
	parser, err := kong.New(&all)
	if err != nil {
		return nil, err
	}
	var found work
	var look func(n *kong.Node)
	look = func(n *kong.Node) {
		if w, ok := n.Target.Addr().Interface().(work); ok && commandName(n) == asked.Name {
			found = w
		}
		for _, c := range n.Children {
			look(c)
		}
	}
	for _, n := range parser.Model.Children {
		look(n)
	}
	d := json.NewDecoder(strings.NewReader(string(asked.Command)))
	d.DisallowUnknownFields()
	if found == nil || d.Decode(found) != nil {
		return nil, errs.New(errs.Conflict, "cli.other_version")
	}
	return found, nil
}

// spoolFolder is where files of commands lie while the server works on them.
const spoolFolder = "tmp"

// spool makes a folder for the files of one command. It lies in the data folder, because it may hold a ledger.
func (h *home) spool() (string, error) {
	top := filepath.Join(h.dir, spoolFolder)
	if err := os.MkdirAll(top, 0o700); err != nil {
		return "", err
	}
	return os.MkdirTemp(top, "command-")
}

// far is a caller at the other end of the control socket.
type far struct {
	conn    *control.Conn
	spool   string
	files   files
	paths   []string // where the files that the command reads have come to lie
	watched bool
	answers chan string
	ended   <-chan struct{}
}

func (f *far) terminal() bool { return f.watched }

// take receives the files that the command reads. Each keeps its name, in a folder of its own.
func (f *far) take() error {
	for i, name := range f.files.reads {
		dir := filepath.Join(f.spool, strconv.Itoa(i))
		if err := os.Mkdir(dir, 0o700); err != nil {
			return err
		}
		base := filepath.Base(filepath.Clean(name))
		if strings.Trim(base, `./\`) == "" {
			base = "file"
		}
		path := filepath.Join(dir, base)
		if err := f.takeOne(path); err != nil {
			return err
		}
		f.paths = append(f.paths, path)
	}
	return nil
}

func (f *far) takeOne(path string) (err error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	for {
		kind, body, err := f.conn.Receive()
		switch {
		case err != nil:
			return err
		case kind == control.InputEnd && len(body) == 1 && body[0] == 0:
			return nil
		case kind == control.Input:
			if _, err := file.Write(body); err != nil {
				return err
			}
		default: // the caller cannot read it, and knows why
			return errCheck
		}
	}
}

// listen hears what the caller sends while the command is done: passphrases, and that they went away.
func (f *far) listen(gone func()) {
	defer gone()
	for {
		kind, body, err := f.conn.Receive()
		if err != nil || kind != control.Answer {
			return
		}
		select {
		case f.answers <- string(body):
		case <-f.ended:
			return
		}
	}
}

func (f *far) input(name string) (string, error) {
	i := slices.Index(f.files.reads, name)
	if i < 0 {
		return "", fmt.Errorf("the command did not say that it reads %s", name)
	}
	return f.paths[i], nil
}

func (f *far) output(name string) (writer, error) {
	if name == "-" || name == "" {
		return plainWriter{f.conn.Writer(control.Out), func() error { return nil }}, nil
	}
	i := slices.Index(f.files.writes, name)
	if i < 0 || i > 255 {
		return nil, fmt.Errorf("the command did not say that it writes %s", name)
	}
	return &sentFile{Writer: f.conn.Writer(control.Output, byte(i)), conn: f.conn, number: byte(i)}, nil
}

func (f *far) passphrase() (string, error) {
	if err := f.conn.Send(control.Passphrase, nil); err != nil {
		return "", err
	}
	select {
	case p := <-f.answers:
		return p, nil
	case <-f.ended:
		return "", context.Canceled
	}
}

// sentFile is a file of the caller's that the command writes.
type sentFile struct {
	io.Writer
	conn   *control.Conn
	number byte
}

func (s *sentFile) Close() error { return s.conn.Send(control.OutputEnd, []byte{s.number}) }
func (s *sentFile) abandon()     {} // the caller drops what has no end

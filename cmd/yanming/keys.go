package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/term"

	"yanming/internal/errs"
	"yanming/internal/seal"
)

// keysCmd takes the keys out of an installation and brings them into another. A backup is worth nothing without them.
type keysCmd struct {
	Export exportKeysCmd `cmd:"" help:"Write the keys to a file under a passphrase (age). / 用口令导出密钥。"`
	Import importKeysCmd `cmd:"" help:"Bring keys into a folder that has none. / 把密钥导入没有密钥的目录。"`
}

type exportKeysCmd struct {
	place    `embed:""`
	Output   string `short:"o" help:"File to write, - for standard output. / 输出文件。" default:"-"`
	Recovery bool   `help:"Print the recovery sheet for paper instead. / 打印纸质恢复单。"`
}

func (c exportKeysCmd) Run(_ context.Context, sh shell) error {
	dir := filepath.Join(c.Data, "keys")
	if _, err := os.Stat(dir); err != nil {
		return errs.Field("--data", "cli.no_installation", c.Data)
	}
	k, err := seal.Open(dir)
	if err != nil {
		return err
	}
	if c.Recovery {
		lines, err := k.Recovery()
		if err != nil {
			return err
		}
		for _, l := range lines {
			fmt.Fprintln(sh.out, l)
		}
		return nil
	}
	pass, err := passphrase(sh)
	if err != nil {
		return err
	}
	var b strings.Builder
	if err := k.Export(&b, pass); err != nil {
		return err
	}
	if err := output(sh, c.Output, []byte(b.String())); err != nil {
		return err
	}
	return k.MarkSaved()
}

type importKeysCmd struct {
	place    `embed:""`
	Recovery bool   `help:"FILE is a typed recovery sheet. / 文件是抄录的纸质恢复单。"`
	File     string `arg:"" help:"Exported keys, - for standard input. / 导出的密钥文件。"`
}

func (c importKeysCmd) Run(_ context.Context, sh shell) error {
	var r io.Reader = os.Stdin
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer f.Close()
		r = f
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return err
	}
	dir := filepath.Join(c.Data, "keys")
	if c.Recovery {
		b, err := io.ReadAll(io.LimitReader(r, 1<<20))
		if err != nil {
			return err
		}
		_, err = seal.FromRecovery(dir, strings.Split(strings.TrimSpace(string(b)), "\n"))
		if err == nil {
			sh.say("cli.keys_imported", c.Data)
		}
		return err
	}
	pass, err := passphrase(sh)
	if err != nil {
		return err
	}
	if _, err := seal.Import(dir, r, pass); err != nil {
		return err
	}
	sh.say("cli.keys_imported", c.Data)
	return nil
}

// passphrase reads YANMING_PASSPHRASE, or asks at the terminal without showing what is typed, or reads a line.
func passphrase(sh shell) (string, error) {
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

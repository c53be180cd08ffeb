package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"

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

func (exportKeysCmd) opening() opening { return closed }

func (c exportKeysCmd) files() files { return files{writes: []string{c.Output}} }

func (c exportKeysCmd) do(_ context.Context, sh shell, h *home) error {
	k, err := c.keyring(h)
	if err != nil {
		return err
	}
	if c.Recovery {
		lines, err := k.Recovery()
		if err != nil {
			return err
		}
		return output(sh, c.Output, []byte(strings.Join(lines, "\n")+"\n"))
	}
	pass, err := sh.from().passphrase()
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

// keyring returns the keys of the folder; the database need not be there.
func (c exportKeysCmd) keyring(h *home) (*seal.Keyring, error) {
	if h != nil {
		return h.keys, nil
	}
	if !c.there() {
		return nil, c.noInstallation()
	}
	return c.place.keyring()
}

type importKeysCmd struct {
	place    `embed:""`
	Recovery bool   `help:"FILE is a typed recovery sheet. / 文件是抄录的纸质恢复单。"`
	File     string `arg:"" help:"Exported keys, - for standard input. / 导出的密钥文件。"`
}

func (importKeysCmd) opening() opening { return closed }

func (c importKeysCmd) files() files { return files{reads: []string{c.File}} }

func (c importKeysCmd) do(_ context.Context, sh shell, h *home) error {
	name, err := sh.from().input(c.File)
	if err != nil {
		return err
	}
	b, err := readSome(name)
	if err != nil {
		return err
	}
	folder := c.Data
	if h != nil {
		folder = h.dir
	}
	dir := filepath.Join(folder, "keys")
	if c.Recovery {
		_, err = seal.FromRecovery(dir, strings.Split(strings.TrimSpace(string(b)), "\n"))
	} else {
		var pass string
		if pass, err = sh.from().passphrase(); err == nil {
			_, err = seal.Import(dir, bytes.NewReader(b), pass)
		}
	}
	if err == nil {
		sh.say("cli.keys_imported", folder)
	}
	return err
}

// readSome reads a file that is small.
func readSome(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, 1<<20))
}

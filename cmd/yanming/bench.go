package main

import (
	"context"
	"os"
	"time"

	"yanming/internal/bench"
	"yanming/internal/errs"
)

// benchCmd measures this program against floors and a peer of the same run.
type benchCmd struct {
	JSON     bool          `help:"Print JSON. / 输出 JSON。" xor:"form"`
	Markdown bool          `help:"Print the table as Markdown, with the machine. / 输出 Markdown 表格。" xor:"form"`
	Rounds   int           `help:"Interleaved rounds, at least 5. / 轮数，至少 5。" default:"5"`
	Slice    time.Duration `help:"How long each contender runs in a round. / 每轮每项多久。" default:"3s"`
	Scale    int           `help:"Cases of the large corpus. / 大语料的件数。" default:"1000000"`
	Small    int           `help:"Cases of the small corpus it is compared with. / 小语料的件数。" default:"10000"`
	Corpora  string        `help:"Folder that keeps the corpora for the next run; temporary when left out. / 语料目录，下次还用。" type:"path"`
	Postgres string        `help:"postgres://… of a server on which databases may be made; SQLite when left out. / PostgreSQL 服务器。"`
	Peer     string        `help:"The peer, as bench/build makes it; its lines are left out without it. / 对照程序。" type:"existingfile"`
	Messages string        `help:"CSV with the columns subject and body, for the words; made-up ones when left out. / 语料文本。" type:"existingfile"`
	Workload []string      `arg:"" optional:"" help:"What to measure; everything when left out. / 测哪些。"`
}

func (c benchCmd) Run(ctx context.Context, sh shell) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	t, err := bench.Run(ctx, bench.Options{Only: c.Workload, Program: self, Rounds: c.Rounds, Slice: c.Slice, Scale: c.Scale, Small: c.Small, Data: c.Corpora,
		Postgres: c.Postgres, Peer: c.Peer, Messages: c.Messages, Log: sh.err})
	if len(t.Rows) > 0 { // also what was measured before something failed
		write := t.Text
		switch {
		case c.JSON:
			write = t.JSON
		case c.Markdown:
			write = t.Markdown
		}
		if err := write(sh.out); err != nil {
			return err
		}
	}
	if err == nil && t.Failed() {
		return errCheck
	}
	return err
}

// floorCmd serves a floor program for the benchmark; it is no command for people.
type floorCmd struct {
	Name string `arg:""`
	Addr string `arg:""`
}

func (c floorCmd) Run(ctx context.Context) error {
	for _, name := range bench.Floors() {
		if name == c.Name {
			return bench.Floor(ctx, c.Name, c.Addr)
		}
	}
	return errs.Field("NAME", "bench.workload", c.Name)
}

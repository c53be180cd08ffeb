package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"

	"yanming/internal/actor"
	"yanming/internal/importer"
	"yanming/internal/register"
)

// importCmd brings ledgers in.
type importCmd struct {
	Cases importCasesCmd `cmd:"" help:"Bring in a ledger of cases (.xlsx, .csv, a table saved as .xls). / 导入意见台账。"`
}

type importCasesCmd struct {
	place  `embed:""`
	Town   string `help:"Code of the town. / 乡镇代码。" required:""`
	Map    string `help:"JSON file that says which column is what; the proposed mapping when left out. / 列对应文件。"`
	Sheet  string `help:"Name of the sheet. / 工作表名。"`
	DryRun bool   `help:"Say what would happen and write nothing. / 只试运行。"`
	JSON   bool   `help:"Print JSON. / 输出 JSON。"`
	Return string `help:"Write rejected rows into this copy of the sheet, with the reason. / 把退回的行连同原因写进这个文件。" type:"path"`
	File   string `arg:"" help:"The file. / 文件。"`
}

// imported is what scripts read of an import.
type imported struct {
	Read      int              `json:"read"`
	Accepted  int              `json:"accepted"`
	Rejected  int              `json:"rejected"`
	Duplicate int              `json:"duplicate"`
	Batch     string           `json:"batch"`
	DryRun    bool             `json:"dry_run,omitempty"`
	Skipped   int              `json:"skipped,omitempty"`
	Groups    []importer.Group `json:"reasons,omitempty"`
	Left      []importer.Left  `json:"sheets_left,omitempty"`
	Unread    []string         `json:"columns_left,omitempty"`
}

func (c importCasesCmd) files() files {
	f := files{reads: []string{c.File}}
	if c.Map != "" {
		f.reads = append(f.reads, c.Map)
	}
	if c.Return != "" {
		f.writes = []string{c.Return}
	}
	return f
}

func (c importCasesCmd) do(ctx context.Context, sh shell, h *home) error {
	if err := h.has(ctx, c.Town); err != nil {
		return err
	}
	mapping, err := c.mapping(sh)
	if err != nil {
		return err
	}
	name, err := sh.from().input(c.File)
	if err != nil {
		return err
	}
	f, closer, err := importer.OpenFile(name)
	if err != nil {
		return err
	}
	defer closer.Close()
	sys := actor.Actor{Town: c.Town, System: true}
	if mapping == nil && c.Sheet != "" {
		p, err := h.imports.Inspect(ctx, sys, f, c.Sheet)
		if err != nil {
			return err
		}
		mapping = &p.Mapping
	}
	r, err := h.imports.Run(ctx, sys, f, mapping, importer.Options{DryRun: c.DryRun, Progress: bar(sh)})
	if err != nil {
		return err
	}
	if err := c.giveBack(sh, h, f, r); err != nil {
		return err
	}
	if !c.DryRun {
		if err := h.catchUp(ctx); err != nil {
			return err
		}
	}
	return c.print(sh, r)
}

// mapping reads the mapping that the caller gives; nil for the proposed one.
func (c importCasesCmd) mapping(sh shell) (*register.Mapping, error) {
	if c.Map == "" {
		return nil, nil
	}
	name, err := sh.from().input(c.Map)
	if err != nil {
		return nil, err
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	m, err := register.DecodeMapping(b)
	if err != nil {
		return nil, err
	}
	if c.Sheet != "" {
		m.Sheet = c.Sheet
	}
	return &m, nil
}

// giveBack writes the returned sheet.
func (c importCasesCmd) giveBack(sh shell, h *home, f importer.File, r importer.Report) error {
	if c.Return == "" {
		return nil
	}
	var b bytes.Buffer
	if err := h.imports.Return(&b, f, sh.lang, r); err != nil {
		return err
	}
	return output(sh, c.Return, b.Bytes())
}

func (c importCasesCmd) print(sh shell, r importer.Report) error {
	if c.JSON {
		return printJSON(sh, imported{Read: r.Read, Accepted: r.Accepted, Rejected: r.Rejected, Duplicate: r.Duplicate, Batch: r.Batch, DryRun: c.DryRun,
			Skipped: r.Skipped, Groups: r.Groups, Left: r.Left, Unread: r.Unread})
	}
	sh.say("cli.imported", r.Read, r.Accepted, r.Rejected, r.Duplicate, r.Batch)
	if c.DryRun {
		sh.say("cli.dry_run")
	}
	for _, g := range r.Groups {
		fmt.Fprintf(sh.out, "  %s  %s\n", g.Rows, sh.cat.T(sh.lang, g.Reason.Key, g.Reason.Args...))
	}
	if r.Skipped > 0 {
		sh.say("cli.import_skipped", r.Skipped)
	}
	if len(r.Unread) > 0 {
		sh.say("cli.import_columns", strings.Join(r.Unread, "、"))
	}
	more := false
	for _, l := range r.Left {
		sh.say("cli.import_left", l.Sheet, l.Rows, sh.cat.T(sh.lang, "import.why."+string(l.Why)))
		more = more || l.Why == register.Ready || l.Why == register.Copy || l.Why == register.Hidden
	}
	if more {
		sh.say("cli.import_more")
	}
	return nil
}

// bar draws progress on a terminal, and nothing elsewhere.
func bar(sh shell) func(done, total int) {
	if !sh.from().terminal() {
		return nil
	}
	return func(done, total int) {
		if total == 0 {
			return
		}
		fmt.Fprintf(sh.err, "\r%3d%%  %d / %d ", 100*done/total, done, total)
		if done >= total {
			fmt.Fprintln(sh.err)
		}
	}
}

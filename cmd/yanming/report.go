package main

import (
	"bytes"
	"context"
	"encoding/json"

	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/report"
)

// reportCmd writes reports.
type reportCmd struct {
	Weekly weeklyCmd `cmd:"" help:"The weekly report of a town. / 乡镇周报。"`
}

type weeklyCmd struct {
	place  `embed:""`
	Town   string `help:"Code of the town. / 乡镇代码。" required:""`
	Period string `help:"Week, such as 2026-W48. / 哪一周。" required:""`
	Format string `help:"html, docx, xlsx or json. / 格式。" enum:"html,docx,xlsx,json" default:"html"`
	Letter bool   `help:"docx as an official letter instead of a bulletin. / docx 用公文版式，不用简报。"`
	Live   bool   `help:"The values of now, even where the week has been issued. / 用现在的数，即使已签发。"`
	Base   string `option:"" name:"base-url" default:"http://127.0.0.1:8080"`
	Output string `short:"o" help:"File to write, - for standard output. / 输出文件。" default:"-"`
}

func (c weeklyCmd) Run(ctx context.Context, sh shell) error {
	period, err := calendar.ParsePeriod(c.Period)
	if err != nil {
		return err
	}
	if period.Shape() != calendar.Week {
		return errs.Field("--period", "cli.week")
	}
	h, err := c.lookTown(ctx, c.Town)
	if err != nil {
		return err
	}
	defer h.close()
	var out bytes.Buffer
	err = h.db.View(ctx, c.Town, func(tx *db.Tx) error {
		sight := report.WholeSight()
		r, err := h.reports.Show(ctx, tx, period, c.Live, sh.lang, sight)
		if err != nil {
			return err
		}
		switch c.Format {
		case "docx":
			form := report.Bulletin
			if c.Letter {
				form = report.Letter
			}
			b, err := h.reports.Paper(r, sh.lang, form)
			out.Write(b)
			return err
		case "xlsx":
			return h.reports.Book(ctx, tx, &out, r, sh.lang, sight)
		case "json":
			e := json.NewEncoder(&out)
			e.SetIndent("", "  ")
			e.SetEscapeHTML(false)
			return e.Encode(h.reports.Data(r, sh.lang))
		}
		return h.reports.HTML(&out, r, sh.lang, c.Base)
	})
	if err != nil {
		return err
	}
	return output(sh, c.Output, out.Bytes())
}

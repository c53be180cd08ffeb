package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"time"

	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/figures"
	"yanming/internal/sheet"
)

// asked names a town and a period.
type asked struct {
	place  `embed:""`
	Town   string `help:"Code of the town. / 乡镇代码。" required:""`
	Period string `help:"all, YYYY-Www, YYYY-MM, YYYY or FROM..TO. / 期间。" default:"all"`
}

// figuresCmd prints the values of figures, all shipped ones when none is named.
type figuresCmd struct {
	asked `embed:""`
	JSON  bool     `help:"Print JSON. / 输出 JSON。"`
	Codes []string `arg:"" optional:"" help:"Codes of figures. / 指标代码。"`
}

// figureLine is one figure as scripts read it.
type figureLine struct {
	Code     string  `json:"code"`
	Version  int     `json:"version"`
	Name     string  `json:"name"`
	Value    *int64  `json:"value"` // null where there is no number; a ratio is in thousandths
	Text     string  `json:"text"`
	Unit     string  `json:"unit"`
	Evidence int64   `json:"evidence"`
	Veiled   int64   `json:"in_confidence"`
	Of       []int64 `json:"of,omitempty"` // numerator and denominator of a ratio
}

func (c figuresCmd) Run(ctx context.Context, sh shell) error {
	period, err := calendar.ParsePeriod(c.Period)
	if err != nil {
		return err
	}
	h, err := c.lookTown(ctx, c.Town)
	if err != nil {
		return err
	}
	defer h.close()
	var values []figures.Value
	err = h.db.View(ctx, c.Town, func(tx *db.Tx) error {
		codes := c.Codes
		if len(codes) == 0 {
			list, err := h.figures.List(ctx, tx)
			if err != nil {
				return err
			}
			for _, a := range list {
				codes = append(codes, a.Code)
			}
		}
		values, err = h.figures.Compute(ctx, tx, codes, figures.Scope{}, period)
		return err
	})
	if err != nil {
		return err
	}
	lines := make([]figureLine, len(values))
	for i, v := range values {
		lines[i] = figureLine{Code: v.Code, Version: v.Version, Name: v.Name.In(sh.lang), Text: v.Text(), Unit: v.Unit.In(sh.lang), Evidence: v.Evidence, Veiled: v.Veiled}
		if !v.None {
			lines[i].Value = &v.Value
		}
		if v.Op == figures.Ratio {
			lines[i].Of = []int64{v.A.Value, v.B.Value}
		}
	}
	if c.JSON {
		return printJSON(sh, lines)
	}
	for _, l := range lines {
		fmt.Fprintf(sh.out, "%-28s v%d  %8s %s  [%d]  %s\n", l.Code, l.Version, l.Text, l.Unit, l.Evidence, l.Name)
	}
	return nil
}

// evidenceCmd prints the records behind one figure. Records in confidence are counted and never listed.
type evidenceCmd struct {
	asked `embed:""`
	JSON  bool   `help:"Print JSON. / 输出 JSON。" xor:"form"`
	CSV   bool   `help:"Print CSV. / 输出 CSV。" name:"csv" xor:"form"`
	Code  string `arg:"" help:"Code of a figure. / 指标代码。"`
}

// evidence is a figure with its rows as scripts read it.
type evidence struct {
	Code    string              `json:"code"`
	Version int                 `json:"version"`
	Value   int64               `json:"value"`
	Veiled  int64               `json:"in_confidence"`
	Columns []string            `json:"columns"`
	Rows    []map[string]string `json:"rows"`
}

func (c evidenceCmd) Run(ctx context.Context, sh shell) error {
	period, err := calendar.ParsePeriod(c.Period)
	if err != nil {
		return err
	}
	h, err := c.lookTown(ctx, c.Town)
	if err != nil {
		return err
	}
	defer h.close()
	out := evidence{Code: c.Code, Rows: []map[string]string{}}
	err = h.db.View(ctx, c.Town, func(tx *db.Tx) error {
		vs, err := h.figures.Compute(ctx, tx, []string{c.Code}, figures.Scope{}, period)
		if err != nil {
			return err
		}
		out.Version, out.Value, out.Veiled = vs[0].Version, vs[0].Value, vs[0].Veiled
		def, err := h.figures.Def(ctx, tx, c.Code)
		if err != nil {
			return err
		}
		columns := h.figures.Columns(def)
		out.Columns = []string{"id", "record", "at", "amount"}
		for _, col := range columns {
			out.Columns = append(out.Columns, col.Name)
		}
		return h.figures.Walk(ctx, tx, figures.List{Code: c.Code, Period: period, Sight: figures.Sight{All: true}}, func(r figures.Row) error {
			row := map[string]string{"id": r.ID, "record": r.Label, "at": stamp(r.At), "amount": fmt.Sprint(r.Amount)}
			for i, x := range r.Cells {
				row[columns[i].Name] = cellText(columns[i], x)
			}
			out.Rows = append(out.Rows, row)
			return nil
		})
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(sh, out)
	}
	w := csv.NewWriter(sh.out)
	if err := w.Write(out.Columns); err != nil {
		return err
	}
	for _, row := range out.Rows {
		cells := make([]string, len(out.Columns))
		for i, name := range out.Columns {
			cells[i] = sheet.Quote(row[name])
		}
		if err := w.Write(cells); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

func cellText(col figures.Column, x figures.Cell) string {
	switch {
	case x.Empty:
		return ""
	case col.Kind == "dim":
		return x.Code
	case col.Kind == "time":
		return stamp(x.Time)
	}
	return fmt.Sprint(x.Number)
}

func stamp(t time.Time) string { return t.In(calendar.Zone()).Format(time.RFC3339) }

func printJSON(sh shell, v any) error {
	e := json.NewEncoder(sh.out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

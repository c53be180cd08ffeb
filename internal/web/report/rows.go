package report

import (
	"io"
	"iter"
	"net/http"

	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/figures"
	"yanming/internal/report"
	"yanming/internal/sheet"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

// downloadRows handles GET /f/{figure}/rows/{kind}: the records behind a number, as csv or xlsx, as far as the reader
// may list them.
func (s *Server) downloadRows(w http.ResponseWriter, r *http.Request, d town.Visit) error {
	kind := r.PathValue("kind")
	contentType := map[string]string{"csv": csvType, "xlsx": xlsxType}[kind]
	if contentType == "" {
		return errs.Missing()
	}
	a, err := s.ask(r, d)
	if err != nil {
		return err
	}
	return page.Spooled(w, contentType, func(file io.Writer) (string, error) {
		name, err := s.writeRows(r, d, a, kind, file)
		return name + "." + kind, err
	})
}

// writeRows writes the rows of a figure and returns what they are called.
func (s *Server) writeRows(r *http.Request, d town.Visit, a asking, kind string, file io.Writer) (name string, err error) {
	err = s.view(r.Context(), a.town.ID, func(tx *db.Tx) error {
		ctx := r.Context()
		if err := s.load(ctx, tx, &a, r.PathValue("figure"), r.URL.Query()); err != nil {
			return err
		}
		if a.about.Formula != nil { // its operands have the evidence
			return errs.Missing()
		}
		def, err := s.Figures.Def(ctx, tx, a.item.Code)
		if err != nil {
			return err
		}
		var v figures.Value
		var rows iter.Seq2[figures.Row, error]
		if a.set != "" {
			set, err := figures.LoadSet(ctx, tx, a.set)
			if err != nil {
				return err
			}
			f, ok := findFrozen(set, a.item)
			if !ok {
				return errs.Missing()
			}
			def, v, a.item = f.Defs[0], f.Value, f.Item
			rows = report.FrozenRows(ctx, tx, s.Figures, f, s.sightIn(d, a, def))
		} else {
			vs, err := s.Figures.Compute(ctx, tx, []string{a.item.Code}, a.item.Scope, a.item.Period)
			if err != nil {
				return err
			}
			v = vs[0]
			rows = report.Rows(ctx, tx, s.Figures, def, a.item, s.sightIn(d, a, def))
		}
		columns := s.Figures.Columns(def)
		names, err := s.Reports.ColumnNames(ctx, tx, def.Source, columns)
		if err != nil {
			return err
		}
		name = def.Name.In(d.Lang) + " " + a.item.Period.String()
		p := report.EvidencePage(s.Words, d.Lang, v, def.Says, columns, names, rows)
		p.Subtitle = s.Site.T(r, "report.evidence.says", v.Text(), s.period(r, a.item.Period), v.Veiled)
		if a.town.Demo {
			p.Subtitle = s.Site.T(r, "report.demo.sheet", p.Subtitle)
		}
		if kind == "csv" {
			return sheet.WriteCSV(file, p)
		}
		return sheet.Write(file, sheet.Workbook{Title: p.Title, Created: tx.Now, Sheets: []sheet.Page{p}})
	})
	return name, err
}

package report

import (
	"encoding/json"
	"html/template"
	"io"
	"net/http"

	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/report"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

const (
	docxType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	csvType  = "text/csv; charset=utf-8"
)

// printPage is a report as sheets of paper.
type printPage struct {
	page.Head
	Sheet template.HTML
}

// printWeekly handles GET /office/reports/weekly/{period}/print.
func (s *Server) printWeekly(w http.ResponseWriter, r *http.Request, d town.Visit) error {
	p, err := week(r.PathValue("period"))
	if err != nil {
		return err
	}
	var rep report.Report
	err = s.view(r.Context(), d.Actor.Town, func(tx *db.Tx) (err error) {
		rep, err = s.asked(r, tx, d, p)
		return err
	})
	if err != nil {
		return err
	}
	data := printPage{Head: s.Head(r, d.Actor, d.Dir, "")}
	data.Title, data.Back = s.Reports.Title(rep, d.Lang), "/office/reports/weekly/"+p.String()
	if data.Sheet, err = s.Reports.Sheet(rep, d.Lang, ""); err != nil {
		return err
	}
	return s.pages.Show(w, r, http.StatusOK, "print", data)
}

// downloadWeekly handles GET /office/reports/weekly/{period}/download/{kind}: docx (form=letter for an official
// letter), xlsx, json. The paper of an issue is the very file that was issued.
func (s *Server) downloadWeekly(w http.ResponseWriter, r *http.Request, d town.Visit) error {
	p, err := week(r.PathValue("period"))
	if err != nil {
		return err
	}
	kind := r.PathValue("kind")
	contentType := map[string]string{"docx": docxType, "xlsx": xlsxType, "json": "application/json"}[kind]
	if contentType == "" {
		return errs.Missing()
	}
	form := report.Bulletin
	if r.URL.Query().Get("form") == string(report.Letter) {
		form = report.Letter
	}
	return page.Spooled(w, contentType, func(file io.Writer) (string, error) {
		var rep report.Report
		err := s.view(r.Context(), d.Actor.Town, func(tx *db.Tx) (err error) {
			if rep, err = s.asked(r, tx, d, p); err != nil {
				return err
			}
			switch kind {
			case "docx":
				paper, err := s.paper(r, tx, d, rep, form)
				file.Write(paper)
				return err
			case "xlsx":
				return s.Reports.Book(r.Context(), tx, file, rep, d.Lang, s.sight(d))
			}
			e := json.NewEncoder(file)
			e.SetEscapeHTML(false)
			e.SetIndent("", "  ")
			return e.Encode(s.Reports.Data(rep, d.Lang))
		})
		if err != nil {
			return "", err
		}
		return s.Reports.Title(rep, d.Lang) + "." + kind, nil
	})
}

// paper returns the Word file: the issued one where there is one, for those who may see all that it lists.
func (s *Server) paper(r *http.Request, tx *db.Tx, d town.Visit, rep report.Report, form report.Form) ([]byte, error) {
	if rep.Issue != nil && form == report.Bulletin && s.sight(d)(rep.Late.Def).All {
		return report.PaperOf(r.Context(), tx, *rep.Issue)
	}
	return s.Reports.Paper(rep, d.Lang, form)
}

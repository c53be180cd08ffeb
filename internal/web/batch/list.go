package batch

import (
	"io"
	"net/http"

	"yanming/internal/auth"
	"yanming/internal/casework"
	"yanming/internal/errs"
	"yanming/internal/importer"
	"yanming/internal/journal"
	"yanming/internal/web/page"
)

// listPage is where an import begins, with those of before.
type listPage struct {
	page.Head
	Form    *page.Form
	Batches []journal.Batch
	Export  bool
}

// listImports handles GET /office/import.
func (s *Server) listImports(w http.ResponseWriter, r *http.Request) error {
	return s.showList(w, r, http.StatusOK, page.NewForm())
}

func (s *Server) showList(w http.ResponseWriter, r *http.Request, status int, f *page.Form) error {
	bs, err := s.Imports.Imports(r.Context(), page.Actor(r), 30)
	if err != nil {
		return err
	}
	p := listPage{Head: s.head(r, "import.title"), Form: f, Batches: bs, Export: auth.Can(page.Actor(r), auth.RightSeeAllOpen)}
	p.Wrong = f.Err() != nil
	return s.pages.Show(w, r, status, "list", p)
}

// sendFile handles POST /office/import: it keeps the file for the pages that follow.
func (s *Server) sendFile(w http.ResponseWriter, r *http.Request) error {
	kept := ""
	f, err := page.ReadForm(r, &page.Uploads{Most: 1, Each: importer.MaxFile, Take: func(u page.Upload) (err error) {
		kept, err = s.Imports.Keep(r.Context(), page.Actor(r), u.Name, u.Body)
		return err
	}})
	if err != nil {
		return err
	}
	if kept == "" && f.Wrong("file") == nil {
		f.Fail("file", "error.required")
	}
	if f.Err() != nil {
		return s.showList(w, r, http.StatusUnprocessableEntity, f)
	}
	return page.SeeOther(w, r, root+"/file/"+kept)
}

const xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// fetchTemplate handles GET /office/import/template: an empty sheet with the columns of an import.
func (s *Server) fetchTemplate(w http.ResponseWriter, r *http.Request) error {
	page.Download(w, s.Site.T(r, "import.template.file"), xlsx)
	return s.Imports.Template(w, s.Site.Lang(r))
}

// fetchExport handles GET /office/import/export: the open cases under the same columns.
func (s *Server) fetchExport(w http.ResponseWriter, r *http.Request) error {
	a := page.Actor(r)
	if !auth.Can(a, auth.RightSeeAllOpen) {
		return errs.Missing()
	}
	return page.Spooled(w, xlsx, func(out io.Writer) (string, error) {
		return s.Site.T(r, "import.export.file"), s.Imports.Export(r.Context(), out, a, casework.Filter{View: casework.Every}, s.Site.Lang(r))
	})
}

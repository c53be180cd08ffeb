package batch

import (
	"io"
	"net/http"

	"yanming/internal/errs"
	"yanming/internal/importer"
	"yanming/internal/web/page"
)

// resultPage shows one import.
type resultPage struct {
	page.Head
	Import   importer.Import
	Report   importer.Report
	Kept     bool // the file that was sent can still be opened
	Returned bool // the returned sheet can be fetched
	Form     *page.Form
}

func (s *Server) result(r *http.Request, key string) (resultPage, error) {
	a := page.Actor(r)
	im, err := s.Imports.Import(r.Context(), a, r.PathValue("batch"))
	if err != nil {
		return resultPage{}, err
	}
	p := resultPage{Head: s.head(r, key), Import: im, Report: im.Report, Form: page.NewForm()}
	read := false
	p.Kept, read, err = s.Imports.Keeps(r.Context(), a, im.File)
	p.Returned = p.Kept && read && returned(im)
	return p, err
}

// returned reports whether an import is over and came to rows that it did not take.
func returned(im importer.Import) bool {
	return im.State != importer.Running && im.Report.Rejected+im.Report.Duplicate > 0
}

// showImport handles GET /office/import/batch/{batch}.
func (s *Server) showImport(w http.ResponseWriter, r *http.Request) error {
	p, err := s.result(r, "import.result.title")
	if err != nil {
		return err
	}
	return s.pages.Show(w, r, http.StatusOK, "result", p)
}

// fetchReturned handles GET /office/import/batch/{batch}/returned: the file with a column that says what is wrong,
// for whoever sent it and whoever may open names. Where nothing was returned there is none.
func (s *Server) fetchReturned(w http.ResponseWriter, r *http.Request) error {
	a := page.Actor(r)
	im, err := s.Imports.Import(r.Context(), a, r.PathValue("batch"))
	if err != nil {
		return err
	}
	if im.File == "" || !returned(im) {
		return errs.Missing()
	}
	f, err := s.Imports.Kept(r.Context(), a, im.File)
	if err == nil && !f.Reads(a) {
		err = errs.Missing()
	}
	if err != nil {
		return err
	}
	return page.Spooled(w, xlsx, func(out io.Writer) (string, error) {
		return s.Site.T(r, "import.returned.file"), s.Imports.Return(out, f, s.Site.Lang(r), im.Report)
	})
}

// askUndo handles GET /office/import/batch/{batch}/undo.
func (s *Server) askUndo(w http.ResponseWriter, r *http.Request) error {
	p, err := s.result(r, "import.undo.title")
	if err != nil {
		return err
	}
	return s.pages.Show(w, r, http.StatusOK, "undo", p)
}

// undoImport handles POST /office/import/batch/{batch}/undo.
func (s *Server) undoImport(w http.ResponseWriter, r *http.Request) error {
	f, err := page.ReadForm(r, nil)
	if err != nil {
		return err
	}
	reason := f.Line("reason", 200)
	f.Need("reason")
	if f.Err() == nil {
		job, err := s.Imports.StartUndo(r.Context(), page.Actor(r), importer.Retract{Key: f.Key, Batch: r.PathValue("batch"), Reason: reason})
		if err == nil {
			return page.SeeOther(w, r, root+"/job/"+job)
		}
		if !f.Refused(err) {
			return err
		}
	}
	p, err := s.result(r, "import.undo.title")
	if err != nil {
		return err
	}
	p.Form, p.Wrong = f, true
	return s.pages.Show(w, r, http.StatusUnprocessableEntity, "undo", p)
}

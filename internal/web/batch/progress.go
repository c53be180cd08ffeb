package batch

import (
	"net/http"
	"strconv"

	"yanming/internal/errs"
	"yanming/internal/importer"
	"yanming/internal/job"
	"yanming/internal/journal"
	"yanming/internal/web/page"
)

// progressPage shows how far an import or an undo has come, and what a rehearsal came to.
type progressPage struct {
	page.Head
	Undo   bool
	State  job.State
	Done   int64
	Total  int64 // 0 while unknown
	Left   int64
	Retry  bool // it failed just now and waits for its next try
	File   string
	Again  []again // the mapping once more, for the import after a rehearsal
	Before []journal.Batch
	Form   *page.Form
	Report importer.Report
}

// again is one hidden field.
type again struct{ Name, Value string }

// showProgress handles GET /office/import/job/{job}. The page asks anew by itself until the work is done; then it leads
// to what came of it.
func (s *Server) showProgress(w http.ResponseWriter, r *http.Request) error {
	a := page.Actor(r)
	got, err := s.Imports.Progress(r.Context(), a, r.PathValue("job"))
	if err != nil {
		return err
	}
	j := got.Job
	if j.State == job.Done && got.Report.Batch != "" {
		return page.SeeOther(w, r, root+"/batch/"+got.Report.Batch)
	}
	key := "import.progress.title"
	switch {
	case got.Undo:
		key = "import.progress.undo"
	case j.State == job.Done:
		key = "import.rehearsed.title"
	}
	p := progressPage{Head: s.head(r, key), Undo: got.Undo, State: j.State, Done: j.Done, Total: j.Total, File: got.File, Form: page.NewForm(), Report: got.Report}
	p.Left = max(0, p.Total-p.Done)
	p.Retry = j.State == job.Queued && j.Err() != nil
	if err := j.Err(); err != nil && j.State == job.Failed {
		for _, e := range errs.All(err) { // its field is not on this page
			p.Form.Errs = append(p.Form.Errs, &errs.Error{Kind: e.Kind, Key: e.Key, Args: e.Args})
		}
	}
	if j.State == job.Done {
		if p.Again, p.Before, err = s.again(r, got); err != nil {
			return err
		}
	}
	if !j.Final() {
		w.Header().Set("Refresh", "2")
	}
	return s.pages.Show(w, r, http.StatusOK, "progress", p)
}

// again writes a rehearsed mapping as the fields of the form that it came from, and says which imports of the sheet stand.
func (s *Server) again(r *http.Request, got importer.Progress) (out []again, before []journal.Batch, err error) {
	r.SetPathValue("file", got.File)
	p, err := s.plan(r, got.Mapping.Sheet)
	if err != nil {
		return nil, nil, err
	}
	m := got.Mapping
	out = []again{{"sheet", p.Plan.Sheet}, {"system", m.System}, {"channel", string(m.Channel)}}
	if m.Year != 0 {
		out = append(out, again{"year", strconv.Itoa(m.Year)})
	}
	if m.DateRequired {
		out = append(out, again{"date_required", "1"})
	}
	for _, c := range p.Columns {
		out = append(out, again{c.Input, string(m.Columns[c.Key])})
	}
	return out, p.Before, nil
}

package report

import (
	"net/http"
	"slices"

	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/i18n"
	"yanming/internal/report"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

// openReport handles POST /office/reports/weekly/{period}/open: begins a report, or the correction of an issue.
func (s *Server) openReport(w http.ResponseWriter, r *http.Request, d town.Visit) error {
	p, err := week(r.PathValue("period"))
	if err != nil {
		return err
	}
	form, err := page.ReadForm(r, nil)
	if err != nil {
		return err
	}
	if _, err := s.Reports.Open(r.Context(), d.Actor, report.Open{Key: form.Key, Period: p}); err != nil {
		return err
	}
	return page.SeeOther(w, r, "/office/reports/weekly/"+p.String()+"/text")
}

// stepReport handles POST /office/reports/weekly/{period}/step/{step}: sending up, reviewing, returning, issuing.
func (s *Server) stepReport(w http.ResponseWriter, r *http.Request, d town.Visit) error {
	t := report.Type(r.PathValue("step"))
	if !slices.Contains([]report.Type{report.Sent, report.Approved, report.SentBack, report.Published}, t) {
		return errs.Missing()
	}
	form, err := page.ReadForm(r, nil)
	if err != nil {
		return err
	}
	on, err := s.on(r, d, form)
	if err != nil {
		return err
	}
	if t == report.Published {
		_, err = s.Reports.Issue(r.Context(), d.Actor, report.Issue{On: on})
	} else {
		_, err = s.Reports.Do(r.Context(), d.Actor, report.Step{On: on, Type: t, Reason: form.Text("reason", 500)})
	}
	if form.Refused(err) {
		return s.showReport(w, r, d, http.StatusUnprocessableEntity, &button{t, form})
	}
	if err != nil {
		return err
	}
	return page.SeeOther(w, r, "/office/reports/weekly/"+r.PathValue("period"))
}

// on reads which report a form is for. It must be one of the address's week.
func (s *Server) on(r *http.Request, d town.Visit, form *page.Form) (report.On, error) {
	p, err := week(r.PathValue("period"))
	if err != nil {
		return report.On{}, err
	}
	rev, _ := form.Int("rev", 1, 1<<30)
	on := report.On{Key: form.Key, ID: form.Value("id"), Rev: int64(rev)}
	return on, s.view(r.Context(), d.Actor.Town, func(tx *db.Tx) error {
		rec, err := report.Get(r.Context(), tx, on.ID)
		if err == nil && rec.Period != p {
			err = errs.Missing()
		}
		return err
	})
}

// textPage is the form in which the text of a report is written.
type textPage struct {
	page.Head
	report.Report
	Own   string
	Way   report.Record
	Form  *page.Form
	Slots []report.Group // every figure that the text may name
}

// editText handles GET /office/reports/weekly/{period}/text.
func (s *Server) editText(w http.ResponseWriter, r *http.Request, d town.Visit) error {
	return s.showText(w, r, d, http.StatusOK, page.NewForm())
}

func (s *Server) showText(w http.ResponseWriter, r *http.Request, d town.Visit, status int, form *page.Form) error {
	p, err := week(r.PathValue("period"))
	if err != nil {
		return err
	}
	data := textPage{Own: "/office/reports/weekly/" + p.String(), Form: form}
	err = s.view(r.Context(), d.Actor.Town, func(tx *db.Tx) error {
		all, err := report.Of(r.Context(), tx, p)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(rec report.Record) bool { return rec.State != report.Issued })
		if i < 0 {
			return errs.Missing()
		}
		data.Way = all[i]
		if data.Report, err = s.Reports.Show(r.Context(), tx, p, true, i18n.ZH, s.sight(d)); err != nil {
			return err
		}
		data.Slots, err = s.Reports.Slots(r.Context(), tx, data.Report)
		return err
	})
	if err != nil {
		return err
	}
	if !slices.Contains(report.Next(d.Actor, data.Way), report.Written) {
		return errs.New(errs.Denied, "error.denied")
	}
	first, _, _ := p.Days()
	year, n := first.ISOWeek()
	data.Head = s.Head(r, d.Actor, d.Dir, "report.page.text", year, n)
	if data.Wrong = len(form.Errs) > 0; !data.Wrong {
		form.Set("narrative", data.Narrative)
	}
	return s.pages.Show(w, r, status, "text", data)
}

// writeText handles POST /office/reports/weekly/{period}/text.
func (s *Server) writeText(w http.ResponseWriter, r *http.Request, d town.Visit) error {
	form, err := page.ReadForm(r, nil)
	if err != nil {
		return err
	}
	on, err := s.on(r, d, form)
	if err != nil {
		return err
	}
	text := form.Text("narrative", 6000)
	if err = form.Err(); err == nil {
		_, err = s.Reports.Do(r.Context(), d.Actor, report.Step{On: on, Type: report.Written, Narrative: text})
		if form.Refused(err) {
			err = nil
		}
	}
	if form.Clashes(err, "error.key_reused") { // somebody else was quicker
		return s.showText(w, r, d, http.StatusConflict, form)
	}
	if len(form.Errs) > 0 {
		return s.showText(w, r, d, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	return page.SeeOther(w, r, "/office/reports/weekly/"+r.PathValue("period"))
}

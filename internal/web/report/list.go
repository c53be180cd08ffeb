package report

import (
	"net/http"

	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/report"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

// weekRow is one week of the list with its reports, the newest first.
type weekRow struct {
	Period  calendar.Period
	Label   string
	Records []report.Record
}

// listPage is the list of weekly reports.
type listPage struct {
	page.Head
	Weeks    []weekRow
	Start    calendar.Day
	Settled  bool
	MayStart bool
	Form     *page.Form
	Older    string
}

const weeksListed = 16

// listReports handles GET /office/reports: the last weeks, or those up to ?to=.
func (s *Server) listReports(w http.ResponseWriter, r *http.Request, d town.Visit) error {
	form := page.NewForm()
	return s.showList(w, r, d, http.StatusOK, form)
}

func (s *Server) showList(w http.ResponseWriter, r *http.Request, d town.Visit, status int, form *page.Form) error {
	last := calendar.WeekOf(calendar.DayOf(s.Store.Now()))
	if to := r.URL.Query().Get("to"); to != "" {
		p, err := week(to)
		if err != nil {
			return err
		}
		last = p
	}
	data := listPage{Head: s.Head(r, d.Actor, d.Dir, "report.page.list"), MayStart: report.MayStart(d.Actor), Form: form}
	data.Wrong = len(form.Errs) > 0
	err := s.view(r.Context(), d.Actor.Town, func(tx *db.Tx) (err error) {
		if data.Start, data.Settled, err = report.Start(r.Context(), tx, s.Figures); err != nil {
			return err
		}
		earliest, err := report.Earliest(r.Context(), tx, data.Start)
		if err != nil {
			return err
		}
		first := last
		for p, ok := last, true; ok && len(data.Weeks) < weeksListed; p, ok = p.Previous() {
			if before(p, earliest) && len(data.Weeks) > 0 {
				break
			}
			data.Weeks = append(data.Weeks, weekRow{Period: p, Label: s.period(r, p)})
			first = p
		}
		if p, ok := first.Previous(); ok && !before(p, earliest) {
			data.Older = "/office/reports?to=" + p.String()
		}
		all, err := report.Between(r.Context(), tx, first, last)
		for i := range data.Weeks {
			for _, rec := range all {
				if rec.Period == data.Weeks[i].Period {
					data.Weeks[i].Records = append(data.Weeks[i].Records, rec)
				}
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	if form.Value("day") == "" {
		form.Set("day", string(data.Start))
	}
	return s.pages.Show(w, r, status, "list", data)
}

// settleStart handles POST /office/reports/start.
func (s *Server) settleStart(w http.ResponseWriter, r *http.Request, d town.Visit) error {
	form, err := page.ReadForm(r, nil)
	if err != nil {
		return err
	}
	form.Need("day")
	day := form.Day("day")
	err = form.Err()
	if err == nil {
		err = s.Reports.SetStart(r.Context(), d.Actor, report.SetStart{Key: form.Key, Day: day})
		if form.Refused(err) {
			err = form.Err()
		}
	}
	if len(form.Errs) > 0 {
		return s.showList(w, r, d, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	return page.SeeOther(w, r, "/office/reports")
}

// period says a period in the reader's language.
func (s *Server) period(r *http.Request, p calendar.Period) string {
	key, args := p.Label()
	return s.Site.T(r, key, args...)
}

// before reports whether week p ends before week q begins.
func before(p, q calendar.Period) bool {
	_, last, _ := p.Days()
	first, _, _ := q.Days()
	return last < first
}

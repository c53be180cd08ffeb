package report

import (
	"net/http"

	"yanming/internal/actor"
	"yanming/internal/errs"
	"yanming/internal/org"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

// comparisonPage says whether the town compares its villages, and who decided so.
type comparisonPage struct {
	page.Head
	Comparison org.Comparison
	By         string
	May        bool // a leader decides
	Form       *page.Form
}

// showComparison handles GET /office/reports/comparison.
func (s *Server) showComparison(w http.ResponseWriter, r *http.Request, d town.Visit) error {
	c := d.Dir.Settings.Comparison
	return s.pages.Show(w, r, http.StatusOK, "comparison", comparisonPage{Head: s.Head(r, d.Actor, d.Dir, "report.page.comparison"), Comparison: c,
		By: d.Dir.Person(c.DecidedBy).Name, May: d.Actor.Is(actor.Leader), Form: page.NewForm()})
}

// setComparison handles POST /office/reports/comparison: a leader switches it on or off, and the decision is recorded.
func (s *Server) setComparison(w http.ResponseWriter, r *http.Request, d town.Visit) error {
	if !d.Actor.Is(actor.Leader) {
		return errs.New(errs.Denied, "org.compare.leader")
	}
	form, err := page.ReadForm(r, nil)
	if err != nil {
		return err
	}
	on := form.Choice("on", "yes", "no")
	form.Need("on")
	if err := form.Err(); err != nil {
		return err
	}
	if _, err := s.Orgs.Set(r.Context(), d.Actor, org.Set{Key: form.Key, Name: org.CompareVillages, Value: on == "yes"}); err != nil {
		return err
	}
	return page.SeeOther(w, r, "/office/reports/comparison")
}

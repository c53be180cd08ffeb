package report

import (
	"net/http"

	"yanming/internal/auth"
	"yanming/internal/calendar"
	"yanming/internal/errs"
	"yanming/internal/figures"
	"yanming/internal/i18n"
	"yanming/internal/report"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

// countyRow is one town with its numbers.
type countyRow struct {
	Name  string
	Cells []partRow
}

// countyPage is the towns of a county side by side.
type countyPage struct {
	page.Head
	Label  string
	Period string
	Heads  []i18n.Pair
	Says   []i18n.Pair
	Rows   []countyRow
	Weeks  []page.Choice
}

// showCounty handles GET /county/?period=: the figures of the county's towns, this year's unless a period is named.
func (s *Server) showCounty(w http.ResponseWriter, r *http.Request, d town.Visit) error {
	if !auth.Can(d.Actor, auth.RightCounty) {
		return errs.Missing()
	}
	today := calendar.DayOf(s.Store.Now())
	p := calendar.YearOf(today)
	if text := r.URL.Query().Get("period"); text != "" {
		var err error
		if p, err = calendar.ParsePeriod(text); err != nil {
			return err
		}
	}
	towns, err := s.Reports.County(r.Context(), d.Actor.Town, p)
	if err != nil {
		return err
	}
	data := countyPage{Head: s.Head(r, d.Actor, d.Dir, "report.page.county"), Label: s.period(r, p), Period: p.String()}
	names := map[string]figures.About{}
	for _, f := range s.Figures.Shipped() {
		names[f.Code] = f
	}
	for _, code := range report.CountyCodes() {
		data.Heads, data.Says = append(data.Heads, names[code].Name), append(data.Says, names[code].Says)
	}
	for _, t := range towns {
		row := countyRow{Name: t.Town.Name}
		for _, c := range t.Cells {
			row.Cells = append(row.Cells, partRow{Cell: c, Href: asking{town: t.Town}.path(c.Item, "")})
		}
		data.Rows = append(data.Rows, row)
	}
	data.Weeks = s.periods(r, p)
	return s.pages.Show(w, r, http.StatusOK, "county", data)
}

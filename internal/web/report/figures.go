package report

import (
	"net/http"

	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/figures"
	"yanming/internal/report"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

// definition is one figure of the catalogue. Href leads to its value this week.
type definition struct {
	figures.About
	Href string
	Dims []any // names of what it can be broken down by
}

// figuresPage is the catalogue of figures.
type figuresPage struct {
	page.Head
	Groups []figuresGroup
	Label  string
}

// figuresGroup is a heading with its figures.
type figuresGroup struct {
	Key     string // message
	Figures []definition
}

// listFigures handles GET /f/: every figure with its definition, in the order in which the report prints them.
func (s *Server) listFigures(w http.ResponseWriter, r *http.Request, d town.Visit) error {
	this := calendar.WeekOf(calendar.DayOf(s.Store.Now()))
	data := figuresPage{Head: s.Head(r, d.Actor, d.Dir, "report.page.figures"), Label: s.period(r, this)}
	err := s.view(r.Context(), d.Actor.Town, func(tx *db.Tx) error {
		all, err := s.Figures.List(r.Context(), tx)
		found, codes := map[string]definition{}, []string{}
		for _, f := range all {
			x := definition{About: f, Href: report.Path(figures.Item{Code: f.Code, Period: this}, "")}
			if src, ok := s.Figures.Source(f.Source); ok {
				for _, dim := range f.Dims {
					x.Dims = append(x.Dims, src.Dims[dim].Name)
				}
			}
			found[f.Code], codes = x, append(codes, f.Code)
		}
		for _, h := range report.Ordered(codes) {
			g := figuresGroup{Key: h.Key}
			for _, code := range h.Codes {
				g.Figures = append(g.Figures, found[code])
			}
			data.Groups = append(data.Groups, g)
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.pages.Show(w, r, http.StatusOK, "figures", data)
}

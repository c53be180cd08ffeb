// Package report is the pages of figures and of the weekly report: the report with its map and charts, its way from
// draft to issue, the records behind every number, and the towns of a county side by side.
//
// Every number on these pages is a link to its evidence, whose address holds period and scope. The package contains no
// SQL and reckons nothing itself. It refuses sorting by number received, rankings of persons, and rows that are not
// the reader's to see: those are counted, and it says how many they are.
package report

import (
	"context"
	"embed"
	"errors"
	"net/http"

	"yanming/internal/auth"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/figures"
	"yanming/internal/i18n"
	"yanming/internal/report"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

//go:embed all:template
var templates embed.FS

// Deps are the services that the pages call. All must be given.
type Deps struct {
	town.Staff
	Figures *figures.Catalogue
	Reports *report.Service
	Words   *i18n.Catalogue
}

// Server answers the pages of figures and reports. It is read-only after New and safe for concurrent use.
type Server struct {
	Deps
	pages *page.Set
}

// New reads the templates. It fails on one that does not parse, and where something is not given.
func New(d Deps) (*Server, error) {
	if !d.Given() || d.Figures == nil || d.Reports == nil || d.Words == nil {
		return nil, errors.New("build report pages: something is not given")
	}
	set, err := d.Site.Pages(templates, page.Staff)
	return &Server{Deps: d, pages: set}, err
}

// Register adds every route of the package.
func (s *Server) Register(mux *http.ServeMux) {
	for path, fn := range map[string]func(http.ResponseWriter, *http.Request, town.Visit) error{
		"GET /office/reports":                                 s.listReports,
		"POST /office/reports/start":                          s.settleStart,
		"GET /office/reports/comparison":                      s.showComparison,
		"POST /office/reports/comparison":                     s.setComparison,
		"GET /office/reports/weekly/{period}":                 s.showWeekly,
		"GET /office/reports/weekly/{period}/print":           s.printWeekly,
		"GET /office/reports/weekly/{period}/download/{kind}": s.downloadWeekly,
		"GET /office/reports/weekly/{period}/text":            s.editText,
		"POST /office/reports/weekly/{period}/text":           s.writeText,
		"POST /office/reports/weekly/{period}/open":           s.openReport,
		"POST /office/reports/weekly/{period}/step/{step}":    s.stepReport,
		"GET /f/{$}":                  s.listFigures,
		"GET /f/{figure}":             s.showFigure,
		"GET /f/{figure}/rows/{kind}": s.downloadRows,
		"GET /county/{$}":             s.showCounty,
	} {
		mux.Handle(path, s.Site.Staff(s.open(fn)))
	}
}

// open admits those who may see figures and loads their town.
func (s *Server) open(fn func(http.ResponseWriter, *http.Request, town.Visit) error) page.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		a := page.Actor(r)
		if !auth.Can(a, auth.RightFigures) {
			return errs.New(errs.Denied, "error.denied")
		}
		d, err := s.Open(r, a, a.Town)
		if err != nil {
			return err
		}
		return fn(w, d.R, d)
	}
}

func (s *Server) view(ctx context.Context, town string, fn func(*db.Tx) error) error {
	return s.Store.View(ctx, town, fn)
}

// sight is which rows of a figure the reader may list.
func (s *Server) sight(d town.Visit) report.Sight { return report.SightOf(s.Figures, d.Actor) }

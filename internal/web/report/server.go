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
	"io/fs"
	"net/http"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/figures"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/report"
	"yanming/internal/web/page"
)

//go:embed all:template
var templates embed.FS

// Deps are the services that the pages call. All must be given.
type Deps struct {
	Site    *page.Site
	Store   *db.DB
	Orgs    *org.Service
	Figures *figures.Catalogue
	Reports *report.Service
	Words   *i18n.Catalogue
	Nav     func(r *http.Request) []page.NavItem // the side navigation, which all staff pages share
}

// Server answers the pages of figures and reports. It is read-only after New and safe for concurrent use.
type Server struct {
	Deps
	pages *page.Set
}

// New reads the templates. It fails on one that does not parse, and where something is not given.
func New(d Deps) (*Server, error) {
	if d.Site == nil || d.Store == nil || d.Orgs == nil || d.Figures == nil || d.Reports == nil || d.Words == nil || d.Nav == nil {
		return nil, errors.New("build report pages: something is not given")
	}
	sub, err := fs.Sub(templates, "template")
	if err != nil {
		return nil, err
	}
	s := &Server{Deps: d}
	s.pages, err = d.Site.Templates(sub, page.Staff)
	return s, err
}

// Register adds every route of the package.
func (s *Server) Register(mux *http.ServeMux) {
	for path, fn := range map[string]func(http.ResponseWriter, *http.Request, desk) error{
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

// desk is what a page finds when it is taken up: who asks, and how their town is made up.
type desk struct {
	a    actor.Actor
	dir  *org.Directory
	lang i18n.Lang
}

// open admits those who may see figures and loads their town.
func (s *Server) open(fn func(http.ResponseWriter, *http.Request, desk) error) page.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		d := desk{a: page.Actor(r)}
		if !auth.Can(d.a, auth.RightFigures) {
			return errs.New(errs.Denied, "error.denied")
		}
		var err error
		if d.dir, err = s.Orgs.Directory(r.Context(), d.a.Town); err != nil {
			return err
		}
		r = page.InTown(r, page.Town{ID: d.a.Town, Name: d.dir.Town.Name, English: d.dir.Settings.ShowEnglish})
		d.lang = s.Site.Lang(r)
		return fn(w, r, d)
	}
}

func (s *Server) view(ctx context.Context, town string, fn func(*db.Tx) error) error {
	return s.Store.View(ctx, town, fn)
}

// head is the frame of a page.
func (s *Server) head(r *http.Request, d desk, key string, args ...any) page.Head {
	h := s.Site.Head(r, key, args...)
	h.Nav = s.Nav(r)
	if len(d.a.Posts) > 0 {
		h.Post = d.dir.Unit(d.a.Posts[0].Unit).Name
	}
	return h
}

// sight is which rows of a figure the reader may list.
func (s *Server) sight(d desk) report.Sight { return report.SightOf(s.Figures, d.a) }

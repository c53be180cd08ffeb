// Package batch is the pages on which an office brings its old ledgers in: send the file, see what each column means,
// rehearse, import behind the page, fetch what was returned, undo.
//
// It knows no SQL and no case. The administrator may import but sees no cell of the file. For whoever may not import,
// its pages are not there.
package batch

import (
	"embed"
	"fmt"
	"net/http"

	"yanming/internal/casework"
	"yanming/internal/importer"
	"yanming/internal/web/page"
)

//go:embed all:template
var templates embed.FS

// Deps are what the pages are made of. All must be given.
type Deps struct {
	Site    *page.Site
	Imports *importer.Service
	Nav     func(r *http.Request) []page.NavItem // the side navigation, which all staff pages share
}

// Server answers the pages. It is read-only after New and safe for concurrent use.
type Server struct {
	Deps
	pages *page.Set
}

// New reads the templates. It fails on one that does not parse, and where something is not given.
func New(d Deps) (*Server, error) {
	if d.Site == nil || d.Imports == nil || d.Nav == nil {
		return nil, fmt.Errorf("build import pages: something is not given")
	}
	set, err := d.Site.Pages(templates, page.Staff)
	if err != nil {
		return nil, fmt.Errorf("build import pages: %w", err)
	}
	return &Server{Deps: d, pages: set}, nil
}

// root is where the pages lie.
const root = "/office/import"

// Register adds the routes.
func (s *Server) Register(mux *http.ServeMux) {
	mux.Handle("GET /office/import", s.importer(s.listImports))
	mux.Handle("POST /office/import", s.importer(s.sendFile, page.Body(importer.MaxFile+1<<20)))
	mux.Handle("GET /office/import/template", s.importer(s.fetchTemplate))
	mux.Handle("GET /office/import/export", s.importer(s.fetchExport))
	mux.Handle("GET /office/import/file/{file}", s.importer(s.askMapping))
	mux.Handle("POST /office/import/file/{file}", s.importer(s.startImport))
	mux.Handle("GET /office/import/job/{job}", s.importer(s.showProgress))
	mux.Handle("GET /office/import/batch/{batch}", s.importer(s.showImport))
	mux.Handle("GET /office/import/batch/{batch}/returned", s.importer(s.fetchReturned))
	mux.Handle("GET /office/import/batch/{batch}/undo", s.importer(s.askUndo))
	mux.Handle("POST /office/import/batch/{batch}/undo", s.importer(s.undoImport))
}

// importer lets people in who may import.
func (s *Server) importer(fn page.HandlerFunc, opts ...page.Option) http.Handler {
	return s.Site.Staff(page.Only(casework.MayImport, fn), opts...)
}

// head is the frame of a page.
func (s *Server) head(r *http.Request, key string, args ...any) page.Head {
	h := s.Site.Head(r, key, args...)
	h.Nav = s.Nav(r)
	return h
}

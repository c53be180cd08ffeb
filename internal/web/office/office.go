// Package office is the desk of whoever handles cases: the inbox with its worklists, the case with its history, and a
// page for every step that somebody may take; and the same cases, redacted, for the county above.
//
// It knows no SQL and decides no right: what a person sees and may do is what casework says. It refuses everybody
// whose posts have to do with accounts, rules or logs only: for them its pages are not there.
package office

import (
	"context"
	"embed"
	"fmt"
	"io"
	"net/http"
	"strings"

	"yanming/internal/actor"
	"yanming/internal/blob"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

//go:embed all:template
var templates embed.FS

// Blobs keeps the files of cases. blob.Store is one.
type Blobs interface {
	// Photo returns a photo as a fresh, small JPEG without its story.
	Photo(ctx context.Context, r io.Reader, l blob.Limits) ([]byte, error)
	// PutBytes keeps content and returns its digest.
	PutBytes(ctx context.Context, content []byte) (string, error)
	// GetBytes returns what was kept under a digest, checked against it.
	GetBytes(digest string) ([]byte, error)
}

// Deps are what the pages are made of. All must be given.
type Deps struct {
	town.Staff
	Cases *casework.Service
	Blobs Blobs
}

// Server answers the office's pages. It is read-only after New and safe for concurrent use.
type Server struct {
	Deps
	pages *page.Set
}

// New reads the templates. It fails on one that does not parse, and where something is not given.
func New(d Deps) (*Server, error) {
	if !d.Given() || d.Cases == nil || d.Blobs == nil {
		return nil, fmt.Errorf("build office: something is not given")
	}
	set, err := d.Site.Pages(templates, page.Staff)
	if err != nil {
		return nil, fmt.Errorf("build office: %w", err)
	}
	return &Server{Deps: d, pages: set}, nil
}

// maxForm is the most bytes of a form with its files.
const maxForm = 64 << 20

// Register adds the office's routes.
func (s *Server) Register(mux *http.ServeMux) {
	mux.Handle("GET /office", s.Site.Staff(s.home))
	mux.Handle("GET /office/{$}", s.Site.Staff(s.home))
	mux.Handle("GET /office/cases", s.staff(s.listCases))
	mux.Handle("GET /office/cases/{number}", s.staff(s.showCase))
	mux.Handle("GET /county/cases", s.Site.Staff(s.listCounty))
	mux.Handle("GET /county/cases/{town}/{number}", s.Site.Staff(s.showCounty))
	mux.Handle("GET /office/cases/{number}/file/{id}", s.staff(s.openFile))
	mux.Handle("GET /office/cases/{number}/{action}", s.staff(s.askAction))
	mux.Handle("POST /office/cases/{number}/{action}", s.staff(s.doAction, page.Body(maxForm)))
}

// caseRoles are the roles that have to do with cases. Administrators, auditors and the county's viewers read none.
func caseRoles() []actor.Role {
	return []actor.Role{actor.Intake, actor.Petition, actor.General, actor.Publicity, actor.Inspection, actor.Leader, actor.Handler,
		actor.Caller, actor.Secretary, actor.Cadre, actor.Worker, actor.CountyOfficer}
}

// sees reports whether the office's pages are there for an actor.
func sees(a actor.Actor) bool { return a.Person != "" && a.Is(caseRoles()...) }

// home leads to where somebody's work is.
func (s *Server) home(w http.ResponseWriter, r *http.Request) error {
	if sees(page.Actor(r)) {
		return page.SeeOther(w, r, "/office/cases")
	}
	if to := town.Home(page.Actor(r)); to != "/office" { // an administrator's overview, and not what stands first beside it
		return page.SeeOther(w, r, to)
	}
	for _, item := range s.Nav(r) {
		if item.Href != "/office" && item.Href != "/office/" {
			return page.SeeOther(w, r, item.Href)
		}
	}
	return errs.Missing()
}

// Item is the entry of the side navigation that leads to the inbox, with what waits for whoever asks as its badge. ok
// is false for those who see no cases.
func (s *Server) Item(r *http.Request) (item page.NavItem, ok bool, err error) {
	a := page.Actor(r)
	if !sees(a) {
		return item, false, nil
	}
	item = page.NavItem{Key: "office.nav", Icon: "inbox", Href: "/office/cases", Current: strings.HasPrefix(r.URL.Path, "/office/cases")}
	err = s.Store.View(r.Context(), a.Town, func(tx *db.Tx) error {
		n, err := s.Cases.Waiting(r.Context(), tx, a)
		item.Count = int(n)
		return err
	})
	return item, err == nil, err
}

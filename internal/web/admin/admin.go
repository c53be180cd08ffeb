// Package admin is where administrators keep a town's organisation, people, accounts, rules and keys, and everybody their
// own account. Auditors find the list of events here.
//
// It knows no SQL, and no page of it shows a word of any case. It refuses everybody without the right as if the page
// were not there, passwords shown a second time, and the installation's keys to every tenant but the one that founded it.
package admin

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"net/http"

	"yanming/internal/auth"
	"yanming/internal/backup"
	"yanming/internal/division"
	"yanming/internal/doctor"
	"yanming/internal/i18n"
	"yanming/internal/seal"
	"yanming/internal/web/admin/brought"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

//go:embed all:template
var templates embed.FS

// Deps are what the pages are made of. All must be given.
type Deps struct {
	town.Staff
	Auth   *auth.Service
	Keys   *seal.Keyring
	Places *division.Table
	Data   string // the data folder, named to administrators
	// Backups makes archives; the runner of jobs does those of backup.JobKind.
	Backups *backup.Service
	// Health examines the installation, for the page of whoever runs it.
	Health func(ctx context.Context) []doctor.Finding
}

// Server answers these pages. It is read-only after New and safe for concurrent use.
type Server struct {
	Deps
	pages *page.Set
	cat   *i18n.Catalogue
	roles brought.Roles // what people call a role, in lists they paste
}

// New reads the templates. It fails on one that does not parse, and where something is not given.
func New(d Deps) (*Server, error) {
	if !d.Given() || d.Auth == nil || d.Keys == nil || d.Places == nil || d.Backups == nil || d.Data == "" || d.Health == nil {
		return nil, errors.New("build admin pages: something is not given")
	}
	s := &Server{Deps: d}
	var err error
	if s.pages, err = d.Site.Pages(templates, page.Staff); err != nil {
		return nil, fmt.Errorf("build admin pages: %w", err)
	}
	if s.cat, err = i18n.Load(); err != nil {
		return nil, fmt.Errorf("build admin pages: %w", err)
	}
	s.roles = brought.RolesOf(s.cat)
	return s, nil
}

const (
	maxPaste    = 512 << 10 // bytes of a pasted list
	maxBoundary = 9 << 20   // bytes of a form with a GeoJSON file
)

// Register adds every route.
func (s *Server) Register(mux *http.ServeMux) {
	signed := func(pattern string, fn handler) { mux.Handle(pattern, s.staff(anybody, fn)) }
	signed("GET /account", s.showAccount)
	signed("POST /account/revoke", s.revokeSession)
	signed("GET /account/password", s.askPassword)
	signed("POST /account/password", s.changePassword)

	mux.Handle("GET /admin", s.staff(administers, func(w http.ResponseWriter, v *visit) error { return page.SeeOther(w, v.r, "/admin/") }))
	mux.Handle("GET /admin/journal", s.staff(reads, s.showJournal))
	on := func(pattern string, fn handler, opts ...page.Option) {
		mux.Handle(pattern, s.staff(administers, fn, opts...))
	}
	on("GET /admin/{$}", s.showHome)
	on("GET /admin/backup", s.showBackup)
	on("GET /admin/health", s.showHealth)
	on("POST /admin/backup", s.makeBackup)

	on("GET /admin/units", s.listUnits)
	on("GET /admin/units/{id}", s.showUnit)
	on("POST /admin/units/{id}", s.saveUnit)
	on("GET /admin/villages", s.listVillages)
	on("POST /admin/villages", s.addVillages, page.Body(maxPaste))
	on("GET /admin/villages/{id}", s.showVillage)
	on("POST /admin/villages/{id}", s.saveVillage)
	on("GET /admin/grids", s.listGrids)
	on("POST /admin/grids", s.addGrids, page.Body(maxPaste))
	on("POST /admin/grids/boundaries", s.drawGrids, page.Body(maxBoundary))
	on("GET /admin/grids/{id}", s.showGrid)
	on("POST /admin/grids/{id}", s.saveGrid, page.Body(maxBoundary))
	on("POST /admin/retire/{what}/{id}", s.retire)
	on("GET /admin/contacts", s.listContacts)
	on("POST /admin/contacts", s.addContact)
	on("POST /admin/contacts/{id}/end", s.endContact)
	on("GET /admin/towns", s.listTowns)
	on("POST /admin/towns", s.openTown)

	on("GET /admin/people", s.listPeople)
	on("GET /admin/people/list", s.askRoster)
	on("POST /admin/people/list", s.takeRoster, page.Body(maxPaste))
	on("GET /admin/people/new", s.askPerson)
	on("POST /admin/people/new", s.addPerson)
	on("GET /admin/people/{id}", s.showPerson)
	on("POST /admin/people/{id}", s.savePerson)
	on("POST /admin/people/{id}/posts", s.appoint)
	on("POST /admin/people/{id}/posts/{post}/end", s.endPost)
	on("POST /admin/people/{id}/account", s.changeAccount)
	on("GET /admin/leaders", s.listLeaders)
	on("POST /admin/leaders", s.orderLeaders)
	on("GET /admin/confidants", s.askConfidants)
	on("POST /admin/confidants", s.nameConfidants)

	on("GET /admin/rules", s.listRules)
	on("POST /admin/rules/confirm", s.confirmRules)
	on("GET /admin/rules/{kind}/{clock}", s.showRule)
	on("POST /admin/rules/{kind}/{clock}", s.changeRule)
	on("GET /admin/categories", s.listCategories)
	on("GET /admin/categories/{code}", s.showCategory)
	on("POST /admin/categories/{code}", s.saveCategory)
	on("GET /admin/holidays", s.listHolidays)
	on("POST /admin/holidays", s.addHolidays, page.Body(maxPaste))

	on("GET /admin/settings", s.askSettings)
	on("POST /admin/settings", s.saveSettings)
	on("GET /admin/keys", s.showKeys)
	on("POST /admin/keys/export", s.exportKeys)
	on("POST /admin/keys/sheet", s.printKeys)
	on("POST /admin/keys/saved", s.markKeys)
}

// Package door is the pages of those who are not signed in yet: signing in and out, and the first run of an
// installation, on which its founder says which place it is for.
//
// It knows no SQL. It refuses to say what was wrong with a login, a set-up without the token that the installation
// printed, and a session that has to change its password any other page.
package door

import (
	"embed"
	"errors"
	"fmt"
	"net/http"
	"time"

	"yanming/internal/auth"
	"yanming/internal/division"
	"yanming/internal/flood"
	"yanming/internal/web/page"
)

//go:embed all:template
var templates embed.FS

// Deps are what the pages are made of. All but Proxies must be given.
type Deps struct {
	Site   *page.Site
	Auth   *auth.Service
	Places *division.Table
	Now    func() time.Time
	// Proxies are believed when they say who asks; without any, only a proxy on the machine itself is.
	Proxies flood.Proxies
}

// How many wrong passwords one network may send, over all accounts: an office stands behind one address, and one password
// tried on every name is slowed here, where the delays of the single accounts do not.
const (
	loginsAtOnce = 30
	loginsEach   = 10 * time.Second
)

// Server answers these pages. It is read-only after New and safe for concurrent use.
type Server struct {
	Deps
	pages  *page.Set
	logins *flood.Limit
}

// New reads the templates. It fails on one that does not parse, and where something is not given.
func New(d Deps) (*Server, error) {
	if d.Site == nil || d.Auth == nil || d.Places == nil || d.Now == nil {
		return nil, errors.New("build door pages: something is not given")
	}
	set, err := d.Site.Pages(templates, page.Bare)
	if err != nil {
		return nil, fmt.Errorf("build door pages: %w", err)
	}
	return &Server{Deps: d, pages: set, logins: flood.NewLimit(loginsAtOnce, loginsEach, d.Now)}, nil
}

// Register adds every route.
func (s *Server) Register(mux *http.ServeMux) {
	on := func(pattern string, fn page.HandlerFunc) { mux.Handle(pattern, s.Site.Handle(fn)) }
	on("GET /login", s.askLogin)
	on("POST /login", s.login)
	on("POST /logout", s.logout)
	on("GET /setup", s.beginSetup)
	on("POST /setup", s.takeToken)
	on("GET /setup/place", s.choosePlace)
	on("GET /setup/admin", s.askFounder)
	on("POST /setup/admin", s.found)
}

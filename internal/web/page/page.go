// Package page is what every audience's pages share: the layouts and the parts of a page, the look, forms, sessions,
// and the one wrapper that turns an error into an answer and logs it.
//
// It knows no case, no figure and no SQL. It refuses inline scripts and styles, links built from anything a request
// says about its host, redirects to another site, and answers that would tell "not there" from "not yours to see".
package page

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"yanming/internal/actor"
	"yanming/internal/i18n"
)

// Sessions finds who a session's token belongs to. auth answers it.
type Sessions interface {
	// Session returns the actor of a live session. Errors: NotFound or Denied for a token that is unknown, expired or
	// revoked, which then counts as nobody; anything else is a failure of the request.
	Session(ctx context.Context, token string) (actor.Actor, error)
}

// SessionFunc is a function as Sessions.
type SessionFunc func(ctx context.Context, token string) (actor.Actor, error)

// Session calls f.
func (f SessionFunc) Session(ctx context.Context, token string) (actor.Actor, error) {
	return f(ctx, token)
}

// Config is what a Site is made of. All but Demo, Sessions and Nav must be given.
type Config struct {
	Catalogue *i18n.Catalogue
	Base      string                        // scheme and host under which people reach the site, such as https://yn.example
	Demo      bool                          // every page and print carries the mark 演示
	Sessions  Sessions                      // nil: nobody can be signed in
	Nav       func(*http.Request) []NavItem // of staff, for the pages that say why there is none; nil: these stand alone
	Revocable bool                          // the certificate is trusted by hand: no device may be bound to https for good
	Log       *slog.Logger                  // receives one line per failure, without personal data
}

// Site holds what is the same for every request. It is safe for concurrent use.
type Site struct {
	cat      *i18n.Catalogue
	base     *url.URL
	demo     bool
	sessions Sessions
	nav      func(*http.Request) []NavItem
	log      *slog.Logger
	assets   assets
	hsts     bool
	policy   string // the content security policy
	cross    *http.CrossOriginProtection
	own      *Set         // the pages of this package: errors
	troubled atomic.Int64 // when trouble of the installation was last logged, Unix milliseconds
}

// New builds a Site. It fails on a base that is no plain scheme and host.
func New(c Config) (*Site, error) {
	if c.Catalogue == nil || c.Log == nil {
		return nil, errors.New("build site: catalogue and log must be given")
	}
	base, err := url.Parse(strings.TrimSuffix(c.Base, "/"))
	if err != nil {
		return nil, fmt.Errorf("build site: base url: %w", err)
	}
	if base.Scheme != "http" && base.Scheme != "https" || base.Host == "" || base.Path != "" || base.RawQuery != "" || base.User != nil {
		return nil, fmt.Errorf("build site: base url %q is not a scheme and a host", c.Base)
	}
	s := &Site{cat: c.Catalogue, base: base, demo: c.Demo, sessions: c.Sessions, nav: c.Nav, log: c.Log,
		hsts: base.Scheme == "https" && !c.Revocable}
	if s.assets, err = loadAssets(); err != nil {
		return nil, fmt.Errorf("build site: %w", err)
	}
	s.policy = policy(s.assets.critical)
	s.cross = http.NewCrossOriginProtection()
	// Behind a proxy the Host may be another; the base is ours all the same.
	if err := s.cross.AddTrustedOrigin(base.Scheme + "://" + base.Host); err != nil {
		return nil, fmt.Errorf("build site: %w", err)
	}
	s.cross.SetDenyHandler(s.Handle(refuseCross))
	if s.own, err = s.Templates(ownPages(), Bare); err != nil {
		return nil, fmt.Errorf("build site: %w", err)
	}
	return s, nil
}

// Secure reports whether people reach the site by https.
func (s *Site) Secure() bool { return s.base.Scheme == "https" }

// Link returns the full address of a path of this site, for paper, QR codes and copies. It never asks the request.
func (s *Site) Link(path string) string { return s.base.Scheme + "://" + s.base.Host + path }

// Register adds what belongs to no audience: the static files, the reading preferences, robots.txt, and the one
// answer for everything that is not there.
func (s *Site) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET /static/{file}", s.static)
	mux.Handle("GET /prefs", s.Handle(s.setPrefs))
	mux.HandleFunc("GET /robots.txt", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprint(w, "User-agent: *\nDisallow: /\n")
	})
	mux.Handle("/", s.Handle(missing))
}

// Wrap puts the whole site's rules around its routes: security headers, refusal of writes from other sites,
// compression, and the session. It belongs outside the mux, once.
func (s *Site) Wrap(next http.Handler) http.Handler {
	return s.headers(s.zip(s.cross.Handler(s.legible(s.withActor(next)))))
}

// stylesheet returns the link to the style sheet, or the part of it that a resident's first page needs, inline.
func (s *Site) stylesheet(inline bool) template.HTML {
	if inline {
		return template.HTML("<style>" + s.assets.critical + "</style>")
	}
	return template.HTML(`<link rel="stylesheet" href="` + s.Asset("app.css") + `">`)
}

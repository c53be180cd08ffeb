// Package trust is the page on which people without a login learn whether and how their device can trust an
// installation that vouches for itself: what it is, the fingerprint to compare with paper, the certificate, and the
// steps. The same stands on a sheet of paper for the wall and the counter.
//
// It refuses to tell anybody just to click a warning away, and exists only where the own authority is used.
package trust

import (
	"crypto/sha1" // an identifier of a profile, no signature
	"embed"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"yanming/internal/i18n"
	"yanming/internal/web/page"
)

//go:embed template
var templates embed.FS

// Authority is the certificate authority that the page explains.
type Authority interface {
	Name() string          // how devices call it
	DER() []byte           // its certificate
	Fingerprint() []string // SHA-256, in lines as devices show it
	Names() []string       // what it vouches for
	Ends() time.Time
}

// Deps are what the pages stand on. Plain is the address of the page without TLS, for a device that does not trust yet;
// empty where there is none.
type Deps struct {
	Site      *page.Site
	Authority Authority
	Plain     string
}

// Server answers requests. It is read-only after New and safe for concurrent use.
type Server struct {
	Deps
	pages *page.Set
}

// New builds the pages.
func New(d Deps) (*Server, error) {
	if d.Site == nil || d.Authority == nil {
		return nil, errors.New("build trust pages: a service is missing")
	}
	set, err := d.Site.Pages(templates, page.Bare)
	if err != nil {
		return nil, fmt.Errorf("build trust pages: %w", err)
	}
	return &Server{Deps: d, pages: set}, nil
}

// Register adds the routes: the page, the sheet, and the certificate in the two forms that devices install.
func (s *Server) Register(mux *http.ServeMux) {
	mux.Handle("GET /trust", s.Site.Handle(s.show))
	mux.Handle("GET /trust/sheet", s.Site.Handle(s.sheet))
	mux.Handle("GET /trust/yanming-ca.crt", s.Site.Handle(s.certificate))
	mux.Handle("GET /trust/yanming-ca.mobileconfig", s.Site.Handle(s.profile))
}

// device is one way of trusting: its steps are the messages trust.<Name>.1, .2, …
type device struct {
	Name  string
	Steps []string
}

// devices lists them, what most people hold first.
func devices() (list []device) {
	for _, d := range []struct {
		name  string
		steps int
	}{{"android", 3}, {"iphone", 4}, {"wechat", 2}, {"windows", 3}, {"uos", 3}} {
		x := device{Name: "trust." + d.name}
		for n := range d.steps {
			x.Steps = append(x.Steps, fmt.Sprintf("trust.%s.%d", d.name, n+1))
		}
		list = append(list, x)
	}
	return list
}

// trustPage is the page and the sheet.
type trustPage struct {
	Head        page.Head
	Name        string
	Fingerprint []string
	Names       string
	Ends        time.Time
	Link        string // of the page, for the QR code
	Site        string // the address that is to be trusted
	Devices     []device
	Other       i18n.Lang // the language that it can be read in as well
}

// ask returns the request in the language that its query asks for. The choice needs no cookie, because over plain http
// a browser would not keep one.
func (s *Server) ask(r *http.Request) *http.Request {
	l, ok := i18n.Parse(r.URL.Query().Get("lang"))
	if !ok {
		return r
	}
	q := r.Clone(r.Context())
	q.Header.Set("Cookie", "lang="+string(l))
	return q
}

func (s *Server) content(r *http.Request, key string) trustPage {
	a := s.Authority
	p := trustPage{Head: s.Site.Head(r, key), Name: a.Name(), Fingerprint: a.Fingerprint(), Names: strings.Join(a.Names(), ", "), Ends: a.Ends(),
		Link: s.Plain, Site: s.Site.Link("/"), Devices: devices(), Other: i18n.EN}
	if p.Link == "" {
		p.Link = s.Site.Link("/trust")
	}
	if s.Site.Lang(r) == i18n.EN {
		p.Other = i18n.ZH
	}
	p.Head.Path, p.Head.Switch = "", false
	return p
}

// show handles GET /trust.
func (s *Server) show(w http.ResponseWriter, r *http.Request) error {
	r = s.ask(r)
	return s.pages.Show(w, r, http.StatusOK, "trust", s.content(r, "trust.title"))
}

// sheet handles GET /trust/sheet.
func (s *Server) sheet(w http.ResponseWriter, r *http.Request) error {
	r = s.ask(r)
	p := s.content(r, "trust.sheet")
	p.Head.Back = "/trust"
	return s.pages.Show(w, r, http.StatusOK, "sheet", p)
}

// certificate handles GET /trust/yanming-ca.crt.
func (s *Server) certificate(w http.ResponseWriter, _ *http.Request) error {
	page.Download(w, "yanming-ca.crt", "application/x-x509-ca-cert")
	_, err := w.Write(s.Authority.DER())
	return err
}

// profile handles GET /trust/yanming-ca.mobileconfig: the certificate as Apple's devices take it without a detour.
func (s *Server) profile(w http.ResponseWriter, _ *http.Request) error {
	page.Download(w, "yanming-ca.mobileconfig", "application/x-apple-aspen-config")
	_, err := w.Write(profile(s.Authority.Name(), s.Authority.DER()))
	return err
}

// uuid makes an identifier that is the same for the same certificate, so that a profile replaces itself.
func uuid(parts ...[]byte) string {
	h := sha1.New()
	for _, p := range parts {
		h.Write(p)
	}
	b := h.Sum(nil)[:16]
	b[6], b[8] = b[6]&0x0f|0x50, b[8]&0x3f|0x80
	return strings.ToUpper(fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]))
}

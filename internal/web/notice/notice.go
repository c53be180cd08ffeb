// Package notice is the pages of notices: what waits for somebody, how they want to be told, how a lost password is set
// anew, and for administrators which units' systems are called and what could not be sent.
//
// It knows no SQL and no case. It refuses to show a secret a second time, to say whether a login exists, and its
// administrators' pages to everybody else as if they were not there.
package notice

import (
	"embed"
	"fmt"
	"io/fs"
	"net/http"

	"yanming/internal/auth"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/notice"
	"yanming/internal/org"
	"yanming/internal/web/page"
)

//go:embed all:template
var templates embed.FS

// Deps are what the pages are made of. All must be given.
type Deps struct {
	Site    *page.Site
	Store   *db.DB
	Orgs    *org.Service
	Auth    *auth.Service
	Notices *notice.Service
	Nav     func(r *http.Request) []page.NavItem // the side navigation, which all staff pages share
}

// Server answers the pages. It is read-only after New and safe for concurrent use.
type Server struct {
	Deps
	pages *page.Set
}

// New reads the templates. It fails on one that does not parse, and where something is not given.
func New(d Deps) (*Server, error) {
	if d.Site == nil || d.Store == nil || d.Orgs == nil || d.Auth == nil || d.Notices == nil || d.Nav == nil {
		return nil, fmt.Errorf("build notice pages: something is not given")
	}
	sub, err := pages()
	if err != nil {
		return nil, err
	}
	s := &Server{Deps: d}
	if s.pages, err = d.Site.Templates(sub, page.Staff); err != nil {
		return nil, fmt.Errorf("build notice pages: %w", err)
	}
	return s, nil
}

func pages() (fs.FS, error) { return fs.Sub(templates, "template") }

// Register adds the routes.
func (s *Server) Register(mux *http.ServeMux) {
	mux.Handle("GET /office/notices", s.Site.Staff(s.listNotices))
	mux.Handle("POST /office/notices/read", s.Site.Staff(s.readNotices))
	mux.Handle("POST /office/notices/vouch", s.Site.Staff(s.vouch))
	mux.Handle("GET /account/notices", s.Site.Staff(s.askWish))
	mux.Handle("POST /account/notices", s.Site.Staff(s.saveWish))
	mux.Handle("POST /account/notices/address", s.Site.Staff(s.askAddress))
	mux.Handle("GET /account/notices/confirm", s.Site.Staff(s.showConfirm))
	mux.Handle("POST /account/notices/confirm", s.Site.Staff(s.confirmAddress))
	mux.Handle("GET /admin/deliveries", s.administrator(s.listDeliveries))
	mux.Handle("POST /admin/deliveries", s.administrator(s.settleDelivery))
	mux.Handle("GET /admin/hooks", s.administrator(s.listHooks))
	mux.Handle("POST /admin/hooks", s.administrator(s.setHook))
	mux.Handle("POST /admin/hooks/end", s.administrator(s.endHook))
	mux.Handle("GET /login/forgot", s.Site.Handle(s.askLost))
	mux.Handle("POST /login/forgot", s.Site.Handle(s.sendLost))
	mux.Handle("GET /login/reset", s.Site.Handle(s.askReset))
	mux.Handle("POST /login/reset", s.Site.Handle(s.reset))
}

// administrator lets administrators in; for others the page is not there.
func (s *Server) administrator(fn page.HandlerFunc) http.Handler {
	return s.Site.Staff(func(w http.ResponseWriter, r *http.Request) error {
		if !auth.Can(page.Actor(r), auth.RightAdmin) {
			return errs.Missing()
		}
		return fn(w, r)
	})
}

// frame is what every page of this package stands in.
type frame struct {
	page.Head
	Form *page.Form
	Done string // message key of what was done; "" for nothing
}

func (s *Server) frame(r *http.Request, form *page.Form, key string) frame {
	if form == nil {
		form = page.NewForm()
	}
	h := s.Site.Head(r, key)
	h.Nav, h.Wrong = s.Nav(r), len(form.Errs) > 0
	f := frame{Head: h, Form: form}
	switch r.URL.Query().Get("ok") {
	case "saved":
		f.Done = "notice.saved"
	case "asked":
		f.Done = "notice.asked"
	case "confirmed":
		f.Done = "notice.confirmed"
	case "vouched":
		f.Done = "notice.vouched"
	}
	return f
}

// view runs fn in a reading transaction of the visitor's town.
func (s *Server) view(r *http.Request, fn func(*db.Tx) error) error {
	return s.Store.View(r.Context(), page.Actor(r).Town, fn)
}

// refused notes what a service found wrong with a form, Denied and Conflict too, and returns the status to show it with.
// ok is false for any other error.
func refused(form *page.Form, err error) (status int, ok bool) {
	switch {
	case form.Refused(err):
		return http.StatusUnprocessableEntity, true
	case errs.Is(err, errs.Conflict), errs.Is(err, errs.Denied):
		form.Errs = append(form.Errs, errs.All(err)...)
		if errs.Is(err, errs.Denied) {
			return http.StatusForbidden, true
		}
		return http.StatusConflict, true
	}
	return 0, false
}

// Package notice is the pages of notices: what waits for somebody, how they want to be told, how a lost password is set
// anew, and for administrators which units' systems are called and what could not be sent.
//
// It knows no SQL and no case. It refuses to show a secret a second time, to say whether a login exists, and its
// administrators' pages to everybody else as if they were not there.
package notice

import (
	"embed"
	"fmt"
	"net/http"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/db"
	"yanming/internal/notice"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

//go:embed all:template
var templates embed.FS

// Deps are what the pages are made of. All must be given.
type Deps struct {
	town.Staff
	Auth    *auth.Service
	Notices *notice.Service
}

// Server answers the pages. It is read-only after New and safe for concurrent use.
type Server struct {
	Deps
	pages *page.Set
}

// New reads the templates. It fails on one that does not parse, and where something is not given.
func New(d Deps) (*Server, error) {
	if !d.Given() || d.Auth == nil || d.Notices == nil {
		return nil, fmt.Errorf("build notice pages: something is not given")
	}
	set, err := d.Site.Pages(templates, page.Staff)
	if err != nil {
		return nil, fmt.Errorf("build notice pages: %w", err)
	}
	return &Server{Deps: d, pages: set}, nil
}

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
	return s.Site.Staff(page.Only(func(a actor.Actor) bool { return auth.Can(a, auth.RightAdmin) }, fn))
}

// frame is what every page of this package stands in.
type frame struct {
	page.Head
	Form *page.Form
	Done string // message key of what was done; "" for nothing
	Tabs []page.Tab
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

// section is the frame of one of the administrators' pages, with the way to the others.
func (s *Server) section(r *http.Request, form *page.Form, key string) frame {
	f := s.frame(r, form, key)
	f.Tabs = []page.Tab{{Key: "admin.title", Href: "/admin/"}, {Key: "notice.hooks", Href: "/admin/hooks", Current: key == "notice.hooks"},
		{Key: "notice.deliveries", Href: "/admin/deliveries", Current: key == "notice.deliveries"}}
	return f
}

// view runs fn in a reading transaction of the visitor's town.
func (s *Server) view(r *http.Request, fn func(*db.Tx) error) error {
	return s.Store.View(r.Context(), page.Actor(r).Town, fn)
}

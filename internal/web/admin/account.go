package admin

import (
	"net/http"
	"time"

	"yanming/internal/auth"
	"yanming/internal/errs"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

// sessionRow is one device on which somebody is signed in.
type sessionRow struct {
	ID      string
	Device  string
	Since   time.Time
	Expires time.Time
	Here    bool // the one at hand
}

type accountPage struct {
	frame
	Sessions []sessionRow
	Posts    []postRow
}

// showAccount handles GET /account.
func (s *Server) showAccount(w http.ResponseWriter, v *visit) error {
	_, here, err := s.Auth.Session(v.r.Context(), page.Token(v.r))
	if err != nil {
		return err
	}
	list, err := s.Auth.Sessions(v.r.Context(), v.a)
	if err != nil {
		return err
	}
	data := accountPage{frame: s.frame(v, nil, "admin.account")}
	data.Tabs = nil
	for _, one := range list {
		data.Sessions = append(data.Sessions, sessionRow{one.ID, one.Device, one.Created, one.Expires, one.ID == here.ID})
	}
	for _, p := range v.dir.PostsOf(v.a.Person) {
		data.Posts = append(data.Posts, s.postRow(v, p))
	}
	return s.pages.Show(w, v.r, http.StatusOK, "account", data)
}

// revokeSession handles POST /account/revoke: one session, or all of them.
func (s *Server) revokeSession(w http.ResponseWriter, v *visit) error {
	form, err := page.ReadForm(v.r, nil)
	if err != nil {
		return err
	}
	if form.Bool("all") {
		if err := s.Auth.RevokeAll(v.r.Context(), v.a, v.a.Account); err != nil {
			return err
		}
		s.Site.SignOut(w)
		return page.SeeOther(w, v.r, "/login")
	}
	// One that is gone already is what was wanted.
	if err := s.Auth.Revoke(v.r.Context(), v.a, form.Value("session")); err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	return page.SeeOther(w, v.r, done("/account"))
}

type passwordPage struct {
	page.Head
	Form *page.Form
	Must bool // somebody else knows the present one
}

// askPassword handles GET /account/password.
func (s *Server) askPassword(w http.ResponseWriter, v *visit) error {
	return s.showPassword(w, v, http.StatusOK, page.NewForm())
}

func (s *Server) showPassword(w http.ResponseWriter, v *visit, status int, form *page.Form) error {
	_, session, err := s.Auth.Session(v.r.Context(), page.Token(v.r))
	if err != nil {
		return err
	}
	h := s.Site.Head(v.r, "admin.password")
	h.Wrong = len(form.Errs) > 0
	return s.pages.Show(w, v.r, status, "password", passwordPage{h, form, session.MustChange})
}

// changePassword handles POST /account/password. The browser gets a new session; every other one ends.
func (s *Server) changePassword(w http.ResponseWriter, v *visit) error {
	form, err := page.ReadForm(v.r, nil)
	if err != nil {
		return err
	}
	_, session, err := s.Auth.Session(v.r.Context(), page.Token(v.r))
	if err != nil {
		return err
	}
	form.Need("old", "password")
	if form.Value("password") != form.Value("again") {
		form.Fail("again", "admin.password.differ")
	}
	token := ""
	if form.Err() == nil {
		token, err = s.Auth.ChangePassword(v.r.Context(), page.Token(v.r), form.Value("old"), form.Value("password"))
	}
	if auth.NoSession(err) {
		return page.SeeOther(w, v.r, "/login")
	}
	if err == nil && token != "" {
		s.Site.SignIn(w, token)
	}
	to := done("/account")
	if session.MustChange {
		to = town.Home(v.a)
	}
	return s.settle(w, v, form, err, to, func(status int) error { return s.showPassword(w, v, status, form) })
}

package door

import (
	"net/http"
	"strings"

	"yanming/internal/auth"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

type loginPage struct {
	page.Head
	Form  *page.Form
	Ended bool // a form was sent after its session had run out
}

// askLogin handles GET /login.
func (s *Server) askLogin(w http.ResponseWriter, r *http.Request) error {
	back := page.Back(r, "")
	if a := page.Actor(r); a.Account != "" {
		return page.SeeOther(w, r, page.SafePath(back, town.Home(a)))
	}
	form := page.NewForm()
	form.Set("back", back)
	form.Set("ended", r.URL.Query().Get("ended"))
	return s.showLogin(w, r, http.StatusOK, form)
}

func (s *Server) showLogin(w http.ResponseWriter, r *http.Request, status int, form *page.Form) error {
	h := s.Site.Head(r, "admin.login")
	h.Switch, h.Wrong, h.Drafts = true, len(form.Errs) > 0, true
	return s.pages.Show(w, r, status, "login", loginPage{h, form, form.Bool("ended")})
}

// login handles POST /login. Whatever is wrong, the answer is the same.
func (s *Server) login(w http.ResponseWriter, r *http.Request) error {
	form, err := page.ReadForm(r, nil)
	if err != nil {
		return err
	}
	form.Need("login", "password")
	if form.Err() != nil {
		return s.showLogin(w, r, http.StatusUnprocessableEntity, form)
	}
	from := s.Proxies.From(r)
	if wait := s.logins.Take(from); wait > 0 {
		form.Slow(w, wait, "admin.login.slow")
		return s.showLogin(w, r, http.StatusTooManyRequests, form)
	}
	token, a, err := s.Auth.Login(r.Context(), form.Value("login"), form.Value("password"), auth.Device(r.UserAgent()))
	if form.Refused(err) {
		return s.showLogin(w, r, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	s.logins.Give(from)                  // only wrong ones count
	if old := page.Token(r); old != "" { // whoever sat here before is signed out
		if err := s.Auth.Logout(r.Context(), old); err != nil {
			return err
		}
	}
	s.Site.SignIn(w, token)
	return page.SeeOther(w, r, page.SafePath(form.Value("back"), town.Home(a)))
}

// logout handles POST /logout.
func (s *Server) logout(w http.ResponseWriter, r *http.Request) error {
	if token := page.Token(r); token != "" {
		if err := s.Auth.Logout(r.Context(), token); err != nil {
			return err
		}
	}
	s.Site.SignOut(w)
	return page.SeeOther(w, r, "/login")
}

// mustChangePath is the one page of a session whose password somebody else knows.
const mustChangePath = "/account/password"

// MustChange holds back a session whose password somebody else knows, on every page but the one that changes it. It
// belongs inside Site.Wrap and around all routes.
func (s *Server) MustChange(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := r.URL.Path
		if page.Actor(r).Account == "" || p == mustChangePath || p == "/logout" || p == "/prefs" || strings.HasPrefix(p, "/static/") {
			next.ServeHTTP(w, r)
			return
		}
		_, session, err := s.Auth.Session(r.Context(), page.Token(r))
		if err == nil && !session.MustChange {
			next.ServeHTTP(w, r)
			return
		}
		s.Site.Handle(func(w http.ResponseWriter, r *http.Request) error {
			switch {
			case err == nil:
				return page.SeeOther(w, r, mustChangePath)
			case auth.NoSession(err): // it ended between the two looks
				s.Site.SignOut(w)
				return page.SeeOther(w, r, "/login")
			}
			return err
		}).ServeHTTP(w, r)
	})
}

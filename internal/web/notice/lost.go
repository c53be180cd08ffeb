package notice

import (
	"net/http"

	"yanming/internal/web/page"
)

type lostPage struct {
	page.Head
	Form  *page.Form
	Mails bool
	Sent  bool
}

// askLost handles GET /login/forgot.
func (s *Server) askLost(w http.ResponseWriter, r *http.Request) error {
	return s.showLost(w, r, http.StatusOK, page.NewForm(), r.URL.Query().Get("ok") != "")
}

func (s *Server) showLost(w http.ResponseWriter, r *http.Request, status int, form *page.Form, sent bool) error {
	h := s.Site.Head(r, "notice.lost")
	h.Switch, h.Wrong = true, len(form.Errs) > 0
	return s.pages.Show(w, r, status, "lost", lostPage{h, form, s.Notices.Mails(), sent})
}

// sendLost handles POST /login/forgot. The answer is the same whether there is such a login or not.
func (s *Server) sendLost(w http.ResponseWriter, r *http.Request) error {
	form, err := page.ReadForm(r, nil)
	if err != nil {
		return err
	}
	form.Need("login")
	if form.Err() == nil {
		err = s.Notices.AskLost(r.Context(), form.Value("login"))
	}
	status, again := form.Turned(err)
	if form.Err() != nil && status == 0 {
		status, again = http.StatusUnprocessableEntity, true
	}
	if again {
		return s.showLost(w, r, status, form, false)
	}
	if err != nil {
		return err
	}
	return page.SeeOther(w, r, "/login/forgot?ok=1")
}

type resetPage struct {
	page.Head
	Form  *page.Form
	Login string // "" for a link that opens nothing
	Token string
}

// askReset handles GET /login/reset?token=, which changes nothing.
func (s *Server) askReset(w http.ResponseWriter, r *http.Request) error {
	return s.showReset(w, r, http.StatusOK, page.NewForm(), r.URL.Query().Get("token"))
}

func (s *Server) showReset(w http.ResponseWriter, r *http.Request, status int, form *page.Form, token string) error {
	login, err := s.Auth.LinkedLogin(r.Context(), token)
	if err != nil && len(form.Errs) == 0 {
		again := false
		if status, again = form.Turned(err); !again {
			return err
		}
	}
	h := s.Site.Head(r, "notice.reset")
	h.Path = "" // no link on the page may carry the token on
	h.Switch, h.Wrong = false, len(form.Errs) > 0
	return s.pages.Show(w, r, status, "reset", resetPage{h, form, login, token})
}

// reset handles POST /login/reset.
func (s *Server) reset(w http.ResponseWriter, r *http.Request) error {
	form, err := page.ReadForm(r, nil)
	if err != nil {
		return err
	}
	form.Need("password")
	if form.Value("password") != form.Value("again") {
		form.Fail("again", "notice.reset.differ")
	}
	if form.Err() == nil {
		err = s.Auth.UseLink(r.Context(), form.Value("token"), form.Value("password"))
	}
	status, again := form.Turned(err)
	if form.Err() != nil && status == 0 {
		status, again = http.StatusUnprocessableEntity, true
	}
	if again {
		return s.showReset(w, r, status, form, form.Value("token"))
	}
	if err != nil {
		return err
	}
	s.Site.SignOut(w)
	return page.SeeOther(w, r, "/login")
}

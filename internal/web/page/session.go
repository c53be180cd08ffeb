package page

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"yanming/internal/actor"
	"yanming/internal/errs"
)

const sessionCookie = "ym"

type ctxKey int

const (
	actorKey ctxKey = iota
	townKey
	bellKey
	formKey
)

// Actor returns who sends the request; the zero Actor where nobody is signed in.
func Actor(r *http.Request) actor.Actor {
	a, _ := r.Context().Value(actorKey).(actor.Actor)
	return a
}

// WithActor returns r as sent by a. It is for tests, and for residents, who act through a receipt.
func WithActor(r *http.Request, a actor.Actor) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), actorKey, a))
}

// withActor finds the session of the request's cookie.
func (s *Site) withActor(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := r.Cookie(sessionCookie)
		if err != nil || c.Value == "" || s.sessions == nil || strings.HasPrefix(r.URL.Path, "/static/") {
			next.ServeHTTP(w, r)
			return
		}
		a, err := s.sessions.Session(r.Context(), c.Value)
		switch {
		case err == nil:
			r = WithActor(r, a)
		case errs.Is(err, errs.NotFound) || errs.Is(err, errs.Denied):
			s.ClearCookie(w, sessionCookie, "/")
		default:
			s.Handle(func(http.ResponseWriter, *http.Request) error { return err }).ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Token returns the session's token that the request carries, or "". Only signing out needs it.
func Token(r *http.Request) string {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return ""
	}
	return c.Value
}

// SignIn gives the browser a session's token; it lasts until the browser closes or auth ends it.
func (s *Site) SignIn(w http.ResponseWriter, token string) {
	s.SetCookie(w, sessionCookie, token, "/", 0)
}

// SignOut takes the token away.
func (s *Site) SignOut(w http.ResponseWriter) { s.ClearCookie(w, sessionCookie, "/") }

// SetCookie sets a cookie that no script can read and no other site can send with a form. age 0 means until the
// browser closes.
func (s *Site) SetCookie(w http.ResponseWriter, name, value, path string, age time.Duration) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: path, MaxAge: int(age / time.Second),
		HttpOnly: true, Secure: s.Secure(), SameSite: http.SameSiteLaxMode})
}

// ClearCookie removes a cookie.
func (s *Site) ClearCookie(w http.ResponseWriter, name, path string) {
	s.SetCookie(w, name, "", path, -time.Second)
}

// Staff is Handle for people who are signed in; others are led to /login and back. A form whose session has run out
// leads there too, and back to the page it was sent from: its draft waits in the browser.
func (s *Site) Staff(fn HandlerFunc, opts ...Option) http.Handler {
	return s.Handle(func(w http.ResponseWriter, r *http.Request) error {
		if Actor(r).Account != "" {
			return fn(w, r)
		}
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			return SeeOther(w, r, toLogin("?", r.URL.RequestURI()))
		}
		return SeeOther(w, r, toLogin("?ended=1&", sentFrom(r)))
	}, opts...)
}

// toLogin is the page where one signs in, with the way back; without it where the way is too long for an address.
func toLogin(query, back string) string {
	return SafePath("/login"+query+"back="+url.QueryEscape(back), strings.TrimRight("/login"+query, "?&"))
}

// sentFrom is the page of this site that a form was sent from, as far as the browser says.
func sentFrom(r *http.Request) string {
	from, err := url.Parse(r.Referer())
	if err != nil || from.Host != r.Host {
		return "/office"
	}
	return SafePath(from.RequestURI(), "/office")
}

// Only lets in whom may admits; for others the page is not there.
func Only(may func(actor.Actor) bool, fn HandlerFunc) HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		if !may(Actor(r)) {
			return errs.Missing()
		}
		return fn(w, r)
	}
}

// SeeOther sends the browser to another page of this site. A path to anywhere else is a fault of the program.
func SeeOther(w http.ResponseWriter, r *http.Request, path string) error {
	if !safe(path) {
		return errs.New(errs.Internal, "page.error.redirect")
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, path, http.StatusSeeOther)
	return nil
}

// Back returns the path that the query's "back" asks for, or other where it leads off this site.
func Back(r *http.Request, other string) string { return SafePath(r.URL.Query().Get("back"), other) }

// SafePath returns path where it leads to this site, else other. It is for what a form or link brought along.
func SafePath(path, other string) string {
	if safe(path) {
		return path
	}
	return other
}

// safe reports whether path leads to this site: one slash, then neither a slash nor a backslash, nothing that a
// browser would drop or turn into one, and no host.
func safe(path string) bool {
	if len(path) > 2000 || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\") {
		return false
	}
	for _, c := range path {
		if c < 0x20 || c == 0x7f {
			return false
		}
	}
	u, err := url.Parse(path)
	return err == nil && u.Scheme == "" && u.Host == "" && u.User == nil
}

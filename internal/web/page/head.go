package page

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"yanming/internal/i18n"
)

// Town is the town whose page it is, as far as a page's frame needs it.
type Town struct {
	ID, Name string
	English  bool // residents may switch to English
}

// InTown returns r as a question to a town. The audience's own middleware calls it once it knows the town.
func InTown(r *http.Request, t Town) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), townKey, t))
}

// TownOf returns the town of the request, or the zero Town.
func TownOf(r *http.Request) Town {
	t, _ := r.Context().Value(townKey).(Town)
	return t
}

// NavItem is one entry of the staff's side navigation. Count is what waits there; 0 shows no badge.
type NavItem struct {
	Key     string // message key
	Icon    string
	Href    string
	Count   int
	Current bool
}

// Head is the frame of a page. Every page's data embeds it as its field Head: struct{ page.Head; … }.
type Head struct {
	Title  string // as said: the browser's title, and on staff pages the h1
	Lang   i18n.Lang
	Size   string // "" | xl | xxl
	Town   Town
	Demo   bool
	Path   string // path and query of this page, for links that come back to it
	Wrong  bool   // the form on it was refused: its title says so
	Drafts bool   // resident frame: forms of staff wait in this browser; their script is loaded instead
	Inline bool   // the style sheet goes inside: for the page behind a board's QR code
	Switch bool   // the language switch is shown
	Back   string // resident pages: the page before this one
	Step   int    // resident pages: step Step of Steps; 0 shows none
	Steps  int
	Nav    []NavItem // staff pages: at most 7
	User   string    // staff pages: who is signed in
	Post   string    // staff pages: their post or unit
	Bell   *Bell     // staff pages: notices; nil shows no bell
}

// Bell is how many notices wait for somebody.
type Bell struct{ Unread int64 }

// WithBell returns r of somebody for whom so many notices wait. The site's middleware calls it.
func WithBell(r *http.Request, unread int64) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), bellKey, &Bell{unread}))
}

// Head returns the frame for the request, with the message key as its title. For a title that is data, set Title.
func (s *Site) Head(r *http.Request, key string, args ...any) Head {
	a, t, lang := Actor(r), TownOf(r), s.Lang(r)
	h := Head{Lang: lang, Size: sizeOf(r), Town: t, Demo: s.demo, Path: r.URL.RequestURI(),
		Switch: t.English || a.Account != "" || lang == i18n.EN, User: a.Name}
	h.Bell, _ = r.Context().Value(bellKey).(*Bell)
	if key != "" {
		h.Title = s.cat.T(lang, key, args...)
	}
	return h
}

// T says a message in the request's language.
func (s *Site) T(r *http.Request, key string, args ...any) string {
	return s.cat.T(s.Lang(r), key, args...)
}

// Lang returns the language of the answer: the visitor's choice, else, where the town shows English, the browser's,
// else Chinese.
func (s *Site) Lang(r *http.Request) i18n.Lang {
	if c, err := r.Cookie("lang"); err == nil {
		for _, l := range i18n.Langs() {
			if string(l) == c.Value {
				return l
			}
		}
	}
	if TownOf(r).English {
		for tag := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
			if l, ok := i18n.Parse(strings.TrimSpace(tag)); ok {
				return l
			}
		}
	}
	return i18n.ZH
}

// sizeOf returns the size of letters that the visitor chose: "" | xl (22 px) | xxl (30 px).
func sizeOf(r *http.Request) string {
	if c, err := r.Cookie("size"); err == nil && (c.Value == "xl" || c.Value == "xxl") {
		return c.Value
	}
	return ""
}

const prefsAge = 365 * 24 * time.Hour

// setPrefs keeps the visitor's choice of letters or language in a cookie and goes back. A plain link does it, so that
// it works without scripts; it changes nothing but how pages look to this visitor.
func (s *Site) setPrefs(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	switch size := q.Get("size"); size {
	case "xl", "xxl":
		s.SetCookie(w, "size", size, "/", prefsAge)
	case "normal":
		s.ClearCookie(w, "size", "/")
	}
	if l, ok := i18n.Parse(q.Get("lang")); ok {
		s.SetCookie(w, "lang", string(l), "/", prefsAge)
	}
	return SeeOther(w, r, Back(r, "/"))
}

// Dots returns which of the steps are reached, for the bar above a page.
func (h Head) Dots() []bool {
	dots := make([]bool, h.Steps)
	for i := range dots {
		dots[i] = i < h.Step
	}
	return dots
}

// Prefs returns the link that sets one preference and comes back to this page.
func (h Head) Prefs(name, value string) string {
	back := h.Path
	if back == "" {
		back = "/"
	}
	return "/prefs?" + name + "=" + url.QueryEscape(value) + "&back=" + url.QueryEscape(back)
}

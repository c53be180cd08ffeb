// Package town is what a town has settled, as pages of several audiences show it: its units, people, places and
// categories by name and as choices, and the frame in which its staff's pages stand.
//
// It contains no SQL, decides no right and opens no case. What only one audience says stays in that audience's package.
package town

import (
	"net/http"
	"time"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/db"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/web/page"
)

// In returns r as a question to the town of a directory.
func In(r *http.Request, dir *org.Directory) *http.Request {
	return page.InTown(r, page.Town{ID: dir.Town.ID, Name: dir.Town.Name, English: dir.Settings.ShowEnglish})
}

// Staff is what the pages of staff stand on. All must be given.
type Staff struct {
	Site  *page.Site
	Store *db.DB
	Orgs  *org.Service
	Nav   func(r *http.Request) []page.NavItem // the side navigation, which all staff pages share
}

// Given reports whether nothing is missing.
func (s Staff) Given() bool { return s.Site != nil && s.Store != nil && s.Orgs != nil && s.Nav != nil }

// Visit is one request of somebody signed in to a town, with what that town has settled.
type Visit struct {
	Site  *page.Site
	R     *http.Request // as a question to the town
	Actor actor.Actor
	Dir   *org.Directory
	Lang  i18n.Lang
	Now   time.Time
}

// Open prepares a visit of an actor to a town: their own, or one that their county looks at. NotFound where it is none.
func (s Staff) Open(r *http.Request, a actor.Actor, town string) (Visit, error) {
	dir, err := s.Orgs.Directory(r.Context(), town)
	if err != nil {
		return Visit{}, err
	}
	r = In(r, dir)
	return Visit{Site: s.Site, R: r, Actor: a, Dir: dir, Lang: s.Site.Lang(r), Now: s.Store.Now()}, nil
}

// Head is the frame of a staff page: the side navigation, and the first of the visitor's units under their name.
func (s Staff) Head(r *http.Request, a actor.Actor, dir *org.Directory, key string, args ...any) page.Head {
	h := s.Site.Head(r, key, args...)
	h.Nav = s.Nav(r)
	if units := a.Units(); len(units) > 0 {
		h.Post = dir.Unit(units[0]).Name
	}
	return h
}

// Home is where somebody's work begins.
func Home(a actor.Actor) string {
	for _, p := range a.Posts {
		if p.Role != actor.Admin && p.Role != actor.Auditor {
			return "/office"
		}
	}
	switch {
	case auth.Can(a, auth.RightAdmin):
		return "/admin/"
	case auth.Can(a, auth.RightAudit):
		return "/admin/journal"
	}
	return "/account"
}

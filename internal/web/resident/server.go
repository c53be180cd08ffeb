// Package resident is what residents see: a town's home, a board's landing page, the four pages on which a word is
// said, its receipt, and the page on which it is followed. Everything works on a phone without login or JavaScript.
//
// It refuses: an address that carries a lookup code or anything that was typed, a state kept on the server between
// pages, counts and titles below the village, private telephones, and an answer that would tell an unknown number from
// a wrong code or a confided case from an open one.
package resident

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"net/http"

	"yanming/internal/blob"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/flood"
	"yanming/internal/org"
	"yanming/internal/seal"
	"yanming/internal/web/page"
)

//go:embed all:template
var templates embed.FS

// Photos makes photos fit for keeping, and keeps files by their content.
type Photos interface {
	// Photo returns a photo without its EXIF, turned upright, within limits. Invalid for what is none.
	Photo(ctx context.Context, r io.Reader, l blob.Limits) ([]byte, error)
	// Done gives back the memory of a photo that nobody uses any more.
	Done(photo []byte)
	// PutBytes keeps content and returns its digest.
	PutBytes(ctx context.Context, content []byte) (digest string, err error)
	// GetBytes returns what was kept. NotFound when there is none.
	GetBytes(digest string) ([]byte, error)
}

// Deps are the services the pages stand on. All but Proxies must be given.
type Deps struct {
	Site   *page.Site
	Store  *db.DB
	Orgs   *org.Service
	Cases  *casework.Service
	Keys   *seal.Keyring
	Photos Photos
	// Proxies are believed when they say who asks; without any, only a proxy on the machine itself is.
	Proxies flood.Proxies
}

// Server answers residents' requests. It is read-only after New and safe for concurrent use.
type Server struct {
	Deps
	pages *page.Set
	acts  map[string]act
	brakes
}

// New builds the pages. It fails where a service is missing or a template is broken.
func New(d Deps) (*Server, error) {
	if d.Site == nil || d.Store == nil || d.Orgs == nil || d.Cases == nil || d.Keys == nil || d.Photos == nil {
		return nil, errors.New("build resident pages: a service is missing")
	}
	set, err := d.Site.Pages(templates, page.Resident)
	if err != nil {
		return nil, fmt.Errorf("build resident pages: %w", err)
	}
	return &Server{Deps: d, pages: set, acts: actTable(), brakes: newBrakes(d.Store.Now)}, nil
}

// Register adds every route of the residents. {town} is a division code, {grid} a board's id, {number} a receipt's
// number.
func (s *Server) Register(mux *http.ServeMux) {
	on := func(pattern string, fn page.HandlerFunc, opts ...page.Option) {
		mux.Handle(pattern, s.Site.Handle(fn, opts...))
	}
	on("GET /{$}", s.showHome)
	on("GET /t/{town}", s.showTown)
	on("GET /g/{grid}", s.showBoard)

	on("GET /say", s.beginSay)
	on("GET /say/what", s.beginSay)
	on("GET /say/{step}", s.restartSay)
	for i, name := range steps {
		on("POST /say/"+name, s.sayStep(i), page.Body(typedBody))
	}
	on("POST /say/send", s.sendSay, page.Body(photoBody), page.Typed(typedBody))

	on("GET /r", s.askReceipt)
	on("POST /r", s.unlockReceipt, page.Body(typedBody))
	on("GET /r/{number}", s.showReceipt)
	on("GET /r/{number}/steps", s.showTrack)
	on("GET /r/{number}/print", s.printReceipt)
	on("GET /r/{number}/public", s.showPublic)
	on("POST /r/{number}/leave", s.leaveReceipt)
	on("GET /r/{number}/file/{file}", s.sendFile)
	for name := range s.acts {
		on("GET /r/{number}/"+name, s.showAct(name))
		on("POST /r/{number}/"+name, s.doAct(name), page.Body(photoBody), page.Typed(typedBody))
	}
}

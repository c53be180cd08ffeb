// Package desk is where words become cases and cases become paper: one page to take a word down, one form for what is
// fixed at once, pasting of messages and cells, counter slips, receipts, the printed papers of a case, and the sheet
// from which a case is copied into another system.
//
// It knows no SQL and decides no right: who may register is auth's, what a case shows is casework's. It refuses a
// draft of what is said in confidence, a code on a screen that nobody asked for, a paper whose number was typed, and a
// name on what goes to the unit that a protected case is given to.
package desk

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"net/http"

	"yanming/internal/blob"
	"yanming/internal/casework"
	"yanming/internal/seal"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

//go:embed template
var templates embed.FS

// Blobs keeps the files of cases. blob.Store is one.
type Blobs interface {
	// Photo returns a photo as a fresh, small JPEG without its story.
	Photo(ctx context.Context, r io.Reader, l blob.Limits) ([]byte, error)
	// PutBytes keeps content and returns its digest.
	PutBytes(ctx context.Context, content []byte) (string, error)
}

// Deps are what the pages stand on. All must be given.
type Deps struct {
	town.Staff
	Cases *casework.Service
	Keys  *seal.Keyring
	Blobs Blobs
}

// Server answers the desk's pages. It is read-only after New and safe for concurrent use.
type Server struct {
	Deps
	pages *page.Set
}

// New reads the templates. It fails on one that does not parse, and where something is not given.
func New(d Deps) (*Server, error) {
	if !d.Given() || d.Cases == nil || d.Keys == nil || d.Blobs == nil {
		return nil, errors.New("build desk: something is not given")
	}
	set, err := d.Site.Pages(templates, page.Staff)
	if err != nil {
		return nil, fmt.Errorf("build desk: %w", err)
	}
	return &Server{Deps: d, pages: set}, nil
}

// Register adds the desk's routes. {number} is a receipt's number, {paper} one of notice, decline, dispatch,
// supervision and reply, {run} a run of slips.
func (s *Server) Register(mux *http.ServeMux) {
	on := func(pattern string, fn handler, opts ...page.Option) { mux.Handle(pattern, s.staff(fn, opts...)) }
	on("GET /office/cases/new", s.newCase)
	on("POST /office/cases/new", s.registerCase, page.Body(filesBody))
	on("GET /office/cases/known", s.knownNumber)
	on("GET /office/cases/paste", s.askPaste)
	on("POST /office/cases/paste", s.paste, page.Body(pasteBody))
	on("GET /office/slips", s.listSlips)
	on("POST /office/slips", s.printSlips)
	on("POST /office/slips/void", s.voidSlips)
	on("GET /office/slips/{run}", s.showRun)

	on("GET /office/cases/{number}/receipt", s.showReceipt)
	on("GET /office/cases/{number}/papers/{paper}", s.showPaper)
	on("POST /office/cases/{number}/papers/{paper}", s.issuePaper)
	on("GET /office/cases/{number}/copy", s.copySheet)
	on("POST /office/cases/{number}/copy", s.noteExternal)
}

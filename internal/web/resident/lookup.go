package resident

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"yanming/internal/errs"
	"yanming/internal/seal"
	"yanming/internal/web/page"
)

// lookupPage asks for number and code, or for the one secret. It is the same page, byte for byte, for every number that
// could be one.
type lookupPage struct {
	page.Head
	Form *page.Form
	Kept string // what was being written when the ticket ended
}

// askReceipt handles GET /r.
func (s *Server) askReceipt(w http.ResponseWriter, r *http.Request) error {
	return s.showLookup(w, r, http.StatusOK, page.NewForm(), "")
}

func (s *Server) showLookup(w http.ResponseWriter, r *http.Request, status int, f *page.Form, kept string) error {
	if ts, err := s.townships(r.Context()); err != nil {
		return err
	} else if len(ts) == 1 { // with several it is not known whose receipt it is
		if r, _, err = s.enter(r, ts[0].ID); err != nil {
			return err
		}
	}
	p := lookupPage{Head: s.Site.Head(r, "resident.lookup"), Form: f, Kept: kept}
	p.Wrong, p.Back, p.Path = f.Err() != nil, "/", "/r"
	return s.pages.Show(w, r, status, "receipt/lookup", p)
}

// askAgain asks whoever holds no ticket for the code of the receipt in the path.
func (s *Server) askAgain(w http.ResponseWriter, r *http.Request) error {
	f := page.NewForm()
	if n, err := seal.ParseNumber(r.PathValue("number")); err == nil {
		f.Set("number", n.Grouped())
	}
	return s.showLookup(w, r, http.StatusOK, f, "")
}

// unlockReceipt handles POST /r. A number that is none, one that nobody has, a wrong code and a code for a case that
// only its secret opens are answered alike.
func (s *Server) unlockReceipt(w http.ResponseWriter, r *http.Request) error {
	f, err := page.ReadForm(r, nil)
	if err != nil {
		return err
	}
	typed, code, secret := f.Line("number", 40), f.Line("code", 40), f.Line("secret", 60)
	f.Set("code", "") // not sent back: others use this telephone too
	f.Set("secret", "")
	if secret == "" && r.PostForm.Has("secret") {
		f.Fail("secret", "resident.lookup.secret.required")
	} else if secret == "" && typed == "" {
		f.Fail("number", "resident.lookup.number.required")
	} else if secret == "" && code == "" {
		f.Fail("code", "resident.lookup.code.required")
	}
	if f.Err() != nil {
		return s.showLookup(w, r, http.StatusUnprocessableEntity, f, "")
	}
	from := s.Proxies.From(r)
	if wait := s.codes.Take(from); wait > 0 {
		f.Slow(w, wait, "resident.slow")
		return s.showLookup(w, r, http.StatusTooManyRequests, f, "")
	}
	var n seal.Number
	var made int
	if secret != "" {
		n, made, err = s.openSecret(r.Context(), secret)
	} else {
		n, made, err = s.openNumber(r.Context(), typed, code)
	}
	switch {
	case errs.Is(err, errs.NotFound):
		f.Fail("", "case.no_such_receipt")
		return s.showLookup(w, r, http.StatusUnprocessableEntity, f, "")
	case errs.Is(err, errs.Conflict): // wait
		for _, e := range errs.All(err) {
			f.Fail("", e.Key, e.Args...)
			if len(e.Args) > 0 {
				if seconds, ok := e.Args[0].(int); ok {
					w.Header().Set("Retry-After", strconv.Itoa(seconds))
				}
			}
		}
		return s.showLookup(w, r, http.StatusTooManyRequests, f, "")
	case err != nil:
		s.codes.Give(from)
		return err
	}
	s.codes.Give(from) // only wrong ones count
	s.open(w, n, made, "")
	s.Site.ClearCookie(w, secretCookie, ticketPath)
	return page.SeeOther(w, r, receiptPath(n))
}

// openNumber checks a code and returns which making of it opened the receipt.
func (s *Server) openNumber(ctx context.Context, typed, code string) (n seal.Number, made int, err error) {
	if n, err = seal.ParseNumber(typed); err != nil {
		return "", 0, errs.New(errs.NotFound, "case.no_such_receipt")
	}
	t, err := s.Orgs.NumberTown(ctx, n.Town())
	if err != nil {
		return "", 0, err
	}
	if err := s.Cases.Unlock(ctx, t.ID, n, code); err != nil {
		return "", 0, err
	}
	made, err = s.generation(ctx, t.ID, n)
	if err == nil && !s.Keys.CheckCode(t.ID, n, made, code) { // made anew between the two looks
		err = errs.New(errs.NotFound, "case.no_such_receipt")
	}
	return n, made, err
}

func (s *Server) openSecret(ctx context.Context, typed string) (n seal.Number, made int, err error) {
	secret, err := seal.ParseSecret(typed)
	if err != nil {
		return "", 0, errs.New(errs.NotFound, "case.no_such_receipt")
	}
	t, err := s.Orgs.NumberTown(ctx, secret.Town())
	if err != nil {
		return "", 0, err
	}
	if n, err = s.Cases.UnlockSecret(ctx, t.ID, secret); err != nil {
		return "", 0, err
	}
	made, err = s.generation(ctx, t.ID, n)
	return n, made, err
}

// askAfter asks for the code again after a ticket ended while its holder was writing, and shows what was written.
func (s *Server) askAfter(w http.ResponseWriter, r *http.Request, sent *page.Form) error {
	f := page.NewForm()
	if n, err := seal.ParseNumber(r.PathValue("number")); err == nil {
		f.Set("number", n.Grouped())
	}
	f.Fail("", "resident.lookup.ended")
	return s.showLookup(w, r, http.StatusUnprocessableEntity, f, strings.TrimSpace(sent.Value("text")+sent.Value("reason")))
}

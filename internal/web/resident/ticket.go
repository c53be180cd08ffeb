package resident

import (
	"context"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/org"
	"yanming/internal/seal"
	"yanming/internal/web/page"
)

// A receipt is opened for half an hour by a ticket in a cookie, which the browser sends to /r alone. The ticket holds
// the number, how often its code was made anew, and no code: once the counter makes a new code, for somebody who fears
// for the old one, tickets of before open nothing. The secret of a case in confidence cannot be made again; while its receipt is shown it
// travels in a second cookie, closed under the key of its record.
const (
	ticketCookie  = "receipt"
	secretCookie  = "shown"
	ticketPurpose = "receipt"
	ticketPath    = "/r"
	ticketAge     = 30 * time.Minute
	fresh         = "+new" // at the end: the receipt itself is shown, with its code
)

// A browser that sends back the cookie of the first pages will send a ticket back, too. Of one that did not, the last page
// says so, and its form is answered with the receipt itself.
const (
	proofCookie = "keeps"
	sayPath     = "/say"
	bareField   = "bare"
)

// remembers reports whether the browser keeps cookies, as far as it was given one.
func remembers(r *http.Request) bool {
	_, err := r.Cookie(proofCookie)
	return err == nil
}

// holder is whoever holds a ticket for a receipt.
type holder struct {
	town   org.Town
	number seal.Number
	fresh  bool
}

func (h holder) actor() actor.Actor { return actor.Actor{Town: h.town.ID, Resident: true} }

func receiptPath(n seal.Number) string { return "/r/" + string(n) }

// handOver gives the browser what opens a new receipt, whose code nobody has made anew.
func (s *Server) handOver(w http.ResponseWriter, r *http.Request, a actor.Actor, rc casework.Receipt) error {
	s.open(w, rc.Number, 1, fresh)
	s.Site.ClearCookie(w, secretCookie, ticketPath)
	if rc.Secret == "" {
		return nil
	}
	key, _, err := s.Cases.FileKey(r.Context(), a, rc.Number)
	if err != nil {
		return err
	}
	box := base64.RawURLEncoding.EncodeToString(key.Seal(secretCookie, []byte(rc.Secret)))
	s.Site.SetCookie(w, secretCookie, box, ticketPath, ticketAge)
	return nil
}

// open gives the browser a ticket.
func (s *Server) open(w http.ResponseWriter, n seal.Number, generation int, mark string) {
	s.Site.SetCookie(w, ticketCookie, s.Keys.Ticket(ticketPurpose, string(n)+"/"+strconv.Itoa(generation)+mark, s.Store.Now().Add(ticketAge)), ticketPath, ticketAge)
}

// generation is how often the code of a receipt was made, once at first. NotFound where there is no such receipt.
func (s *Server) generation(ctx context.Context, town string, n seal.Number) (generation int, err error) {
	err = s.Store.View(ctx, town, func(tx *db.Tx) error {
		_, c, err := s.Cases.Receipt(ctx, tx, n)
		generation = c.Generation
		return err
	})
	return generation, err
}

// holds returns whoever holds a ticket for the receipt of the request's path; ok is false for nobody, whatever the
// path holds: no such number, no ticket, one that has ended, one for another receipt, or one from before its code was made anew.
func (s *Server) holds(r *http.Request) (h holder, ok bool, err error) {
	n, err := seal.ParseNumber(r.PathValue("number"))
	if err != nil || string(n) != r.PathValue("number") {
		return h, false, nil
	}
	c, err := r.Cookie(ticketCookie)
	if err != nil {
		return h, false, nil
	}
	payload, ok := s.Keys.ReadTicket(ticketPurpose, c.Value, s.Store.Now())
	if !ok {
		return h, false, nil
	}
	receipt, mark, _ := strings.Cut(payload, "+")
	number, times, _ := strings.Cut(receipt, "/")
	if number != string(n) {
		return h, false, nil
	}
	t, err := s.Orgs.NumberTown(r.Context(), n.Town())
	if errs.Is(err, errs.NotFound) {
		return h, false, nil
	}
	if err != nil {
		return h, false, err
	}
	now, err := s.generation(r.Context(), t.ID, n)
	if errs.Is(err, errs.NotFound) || err == nil && times != strconv.Itoa(now) {
		return h, false, nil
	}
	return holder{t, n, "+"+mark == fresh}, err == nil, err
}

// shownSecret returns the secret of a receipt in confidence while it is shown, or "".
func (s *Server) shownSecret(ctx context.Context, r *http.Request, h holder) (seal.Secret, error) {
	c, err := r.Cookie(secretCookie)
	if err != nil || !h.fresh {
		return "", nil
	}
	box, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return "", nil
	}
	key, ok, err := s.Cases.FileKey(ctx, h.actor(), h.number)
	if err != nil || !ok {
		return "", err
	}
	plain, err := key.Open(secretCookie, box)
	if err != nil {
		return "", nil // of another receipt
	}
	return seal.Secret(plain), nil
}

// leaveReceipt handles POST /r/{number}/leave: the browser forgets the receipt at once. On a shared telephone that is
// how one ends.
func (s *Server) leaveReceipt(w http.ResponseWriter, r *http.Request) error {
	s.Site.ClearCookie(w, ticketCookie, ticketPath)
	s.Site.ClearCookie(w, secretCookie, ticketPath)
	page.Forget(w)
	return page.SeeOther(w, r, "/")
}

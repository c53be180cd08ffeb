package desk

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/web/page"
	"yanming/internal/web/town"
)

// Whoever took a word down may print its receipt for half an hour, though they may not see the case itself. The ticket
// in the cookie names who and which, and holds no code.
const (
	receiptCookie = "desk"
	slipCookie    = "desk_slips"
	ticketPath    = "/office"
	ticketAge     = 30 * time.Minute
)

// allow gives the browser a ticket for receipts just made, or for a run of slips.
func (s *Server) allow(w http.ResponseWriter, v *visit, cookie string, names ...string) {
	payload := v.Actor.Person + "|" + strings.Join(names, ",")
	s.Site.SetCookie(w, cookie, s.Keys.Ticket(cookie, payload, s.Store.Now().Add(ticketAge)), ticketPath, ticketAge)
}

// allowed reports whether the visitor holds a ticket for a receipt or a run.
func (s *Server) allowed(v *visit, cookie, name string) bool {
	c, err := v.R.Cookie(cookie)
	if err != nil {
		return false
	}
	payload, ok := s.Keys.ReadTicket(cookie, c.Value, s.Store.Now())
	person, list, _ := strings.Cut(payload, "|")
	return ok && person == v.Actor.Person && slices.Contains(strings.Split(list, ","), name)
}

// receiptPage is a receipt to be printed for the resident. The code stands behind a fold.
type receiptPage struct {
	page.Head
	Number  string // grouped
	Code    string // grouped; "" for who did not take the word down
	Link    string // of the QR code; it never holds the code
	Site    string // where to type number and code
	Office  string
	Phone   string
	Address string
	At      time.Time
	Notice  time.Time // zero where none runs
	Due     time.Time
	Soft    bool // the due day lies past the last known holidays
	Law     string
	Title   string
	Slip    bool // the resident holds a printed slip already
	Lost    bool // the files could not be added
	Case    string
}

// secretPage shows the one secret of a case in confidence.
type secretPage struct {
	page.Head
	Secret string // grouped
	Link   string
	Office string
	At     time.Time
	Lost   bool
}

// showReceipt handles GET /office/cases/{number}/receipt. It is there for whoever took the word down, and for those of
// the counter who may print it again; these without the code, with which they could speak for the resident and leave no
// trace. A lost code is issued anew, with a reason, and the resident is told.
func (s *Server) showReceipt(w http.ResponseWriter, v *visit) error {
	n, err := v.number()
	if err != nil {
		return err
	}
	var rc casework.Receipt
	var c casework.Case
	seen, own := false, s.allowed(v, receiptCookie, string(n))
	err = s.Store.View(v.R.Context(), v.Actor.Town, func(tx *db.Tx) error {
		ctx := v.R.Context()
		_, err := s.Cases.Get(ctx, tx, v.Actor, n)
		if seen = err == nil; err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
		if own {
			rc, c, err = s.Cases.Receipt(ctx, tx, n)
		} else {
			rc, c, err = s.Cases.ReceiptFor(ctx, tx, v.Actor, n)
		}
		return err
	})
	if errs.Is(err, errs.Denied) || err == nil && rc.Code == "" {
		err = errs.Missing()
	}
	if err != nil {
		return err
	}
	q := v.R.URL.Query()
	p := receiptPage{Head: s.head(v, "desk.receipt"), Number: rc.Number.Grouped(),
		Link: s.Site.Link("/r/" + string(rc.Number)), Site: s.Site.Link("/r"), Office: v.office(), Phone: v.Dir.Settings.OfficePhone,
		Address: v.Dir.Settings.OfficeAddress, At: c.Registered, Soft: c.Due.Provisional, Slip: q.Get("slip") != "", Lost: q.Get("lost") != ""}
	p.Head.Back = "/office/cases/new"
	if own {
		p.Code = rc.Code[:3] + " " + rc.Code[3:]
	}
	if c.State.Unanswered() && c.Outcome == "" {
		p.Due = c.Due.At
		if c.State == casework.Registered {
			p.Notice = c.Notice.At
		}
		if r, ok := v.Rule(c.Due); ok && r.Legal {
			p.Law = v.In(r.Law)
		}
	}
	if seen {
		p.Case = town.CaseURL(n)
		if !c.Visibility.UnderKey() {
			p.Title = c.Words.Title
		}
	}
	return s.pages.Show(w, v.R, http.StatusOK, "receipt", p)
}

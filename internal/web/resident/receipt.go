package resident

import (
	"log/slog"
	"net/http"
	"slices"
	"time"

	"yanming/internal/actor"
	"yanming/internal/calendar"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/web/page"
)

// receiptPage is what a resident goes home with. Code and Secret are there only while the receipt is shown for the
// first time.
type receiptPage struct {
	page.Head
	Key    string // token of the form that leaves
	At     time.Time
	Number string // "" in confidence: the secret stands for it
	Code   string
	Secret string
	Link   string    // what the QR code holds: never a code
	Here   string    // path of this receipt
	Next   []promise // only while nothing has happened yet
	State  i18n.Key
	Office string
	Phone  string // "" in confidence: whoever answers there cannot see the case
	Lost   bool   // the photos sent with the word were not kept
}

// Provisional reports whether one of the days may still move.
func (p receiptPage) Provisional() bool {
	return slices.ContainsFunc(p.Next, func(x promise) bool { return x.Provisional })
}

// promise is what happens next, and until when.
type promise struct {
	Text        i18n.Key
	Day         calendar.Day // "" for none
	Provisional bool
	Now         bool
}

// showReceipt handles GET /r/{number}: the receipt while it is new, later the way of the case.
func (s *Server) showReceipt(w http.ResponseWriter, r *http.Request) error {
	h, ok, err := s.holds(r)
	if err != nil {
		return err
	}
	if !ok {
		return s.askAgain(w, r)
	}
	if !h.fresh {
		return s.showTrackOf(w, r, h)
	}
	p, r, err := s.receiptPage(r, h, true)
	if err != nil {
		return err
	}
	return s.pages.Show(w, r, http.StatusOK, "receipt/receipt", p)
}

// showReceiptAtOnce shows the receipt of what was just registered as the answer to its form, where the browser could not be
// given what opens it. What cannot be read at that moment is left out; number, code and secret are at hand.
func (s *Server) showReceiptAtOnce(w http.ResponseWriter, r *http.Request, a actor.Actor, rc casework.Receipt, lost bool) error {
	p, in, err := s.receiptPage(r, holder{town: org.Town{ID: a.Town}, number: rc.Number}, false)
	if err != nil {
		slog.ErrorContext(r.Context(), "read a receipt that is shown at once", "error", err)
		p = receiptPage{Head: s.Site.Head(in, "resident.receipt"), Key: string(page.NewForm().Key), At: s.Store.Now(),
			Here: receiptPath(rc.Number), Link: s.Site.Link("/r")}
	}
	p.Lost, p.Code, p.Secret = lost, rc.Code, rc.Secret.Grouped()
	p.Path = "/r" // where it can be opened again: the answer to a form has no address
	if rc.Secret == "" {
		p.Number, p.Link = string(rc.Number), s.Site.Link(p.Here)
	}
	return s.pages.Show(w, in, http.StatusOK, "receipt/receipt", p)
}

// printReceipt handles GET /r/{number}/print: on paper without the code, unless the receipt was just handed over.
func (s *Server) printReceipt(w http.ResponseWriter, r *http.Request) error {
	h, ok, err := s.holds(r)
	if err != nil {
		return err
	}
	if !ok {
		return page.SeeOther(w, r, "/r")
	}
	p, r, err := s.receiptPage(r, h, h.fresh)
	if err != nil {
		return err
	}
	p.Back = p.Here
	return s.pages.Show(w, r, http.StatusOK, "receipt/paper", p)
}

func (s *Server) receiptPage(r *http.Request, h holder, code bool) (p receiptPage, _ *http.Request, err error) {
	r, dir, err := s.enter(r, h.town.ID)
	if err != nil {
		return p, r, err
	}
	var rc casework.Receipt
	var c casework.Case
	err = s.Store.View(r.Context(), h.town.ID, func(tx *db.Tx) error {
		rc, c, err = s.Cases.Receipt(r.Context(), tx, h.number)
		return err
	})
	if err != nil {
		return p, r, err
	}
	p = receiptPage{Head: s.Site.Head(r, "resident.receipt"), Key: string(page.NewForm().Key), At: c.Registered, Here: receiptPath(h.number),
		State: stateKey(c.State), Office: dir.Settings.OfficeName, Phone: dir.Settings.OfficePhone,
		Lost: r.URL.Query().Get("photos") == "lost"}
	if c.State == casework.Registered {
		p.Next = promises(c)
	}
	if p.Office == "" {
		p.Office = dir.Town.Name
	}
	if len(c.SecretTag) > 0 {
		p.Office, p.Phone = dir.Town.Name, ""
		p.Link = s.Site.Link("/r")
		if code {
			secret, err := s.shownSecret(r.Context(), r, h)
			if err != nil {
				return p, r, err
			}
			p.Secret = secret.Grouped()
		}
		return p, r, nil
	}
	p.Number, p.Link = string(h.number), s.Site.Link(p.Here)
	if code {
		p.Code = rc.Code
	}
	return p, r, nil
}

// promises are the days that the kind of the case sets: they are dates, and the last of each is the last on time. In
// confidence nobody tells or calls: everything is read with the secret, and each promise says so.
func promises(c casework.Case) []promise {
	way := "resident.next."
	if len(c.SecretTag) > 0 {
		way = "resident.next.secret."
	}
	ps := []promise{{Text: i18n.Key(way + "received"), Day: calendar.DayOf(c.Registered), Now: true}}
	if c.Notice.Set() {
		ps = append(ps, promise{Text: i18n.Key(way + "notice"), Day: calendar.DayOf(c.Notice.At), Provisional: c.Notice.Provisional})
	}
	if c.Due.Set() {
		ps = append(ps, promise{Text: i18n.Key(way + "due"), Day: calendar.DayOf(c.Due.At), Provisional: c.Due.Provisional})
	}
	return append(ps, promise{Text: i18n.Key(way + "after")})
}

package resident

import (
	"context"
	"log/slog"
	"net/http"

	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/seal"
	"yanming/internal/web/page"
)

// sendSay handles POST /say/send: the word is registered, and the browser led to its receipt. Sent twice, the same
// form gives one case and the same receipt.
func (s *Server) sendSay(w http.ResponseWriter, r *http.Request) error {
	from := s.Proxies.From(r)
	wait := s.says.Wait(from)
	f, photos, err := s.readPhotos(r, wait == 0)
	defer s.done(photos)
	if err != nil {
		return err
	}
	r, wd, err := s.take(r, f)
	if err != nil {
		return err
	}
	bad := f.Wrong(photoField) // noted while the form was read
	f.Errs = nil
	if last := len(steps) - 1; wd.lacks(last) < last {
		return s.showFirst(w, r, last, wd)
	}
	if bad != nil {
		f.Fail(photoField, bad.Key, bad.Args...)
		return s.showCheck(w, r, http.StatusUnprocessableEntity, wd)
	}
	if wait == 0 {
		wait = s.says.Take(from)
	}
	if wait > 0 {
		f.Slow(w, wait, "resident.slow")
		return s.showCheck(w, r, http.StatusTooManyRequests, wd)
	}
	a, cmd, err := s.command(r.Context(), wd)
	if err != nil {
		return err
	}
	rc, lost, err := s.registerWith(r.Context(), a, cmd, photos)
	if err != nil {
		return s.refuseSay(w, r, wd, err)
	}
	page.Forget(w) // on the way back from the receipt nobody reads the word again
	// The word is safe: from here on nothing may keep its receipt from the resident.
	if err := s.followAll(r.Context(), wd, rc.Number); err != nil {
		slog.ErrorContext(r.Context(), "follow along", "error", err)
	}
	if rc.Again { // the form of before: whoever has it still has no claim to a code that was made since
		made, err := s.generation(r.Context(), a.Town, rc.Number)
		if err != nil {
			return s.refuseSay(w, r, wd, err)
		}
		if made > 1 {
			return page.SeeOther(w, r, "/r")
		}
	}
	if f.Bool(bareField) {
		return s.showReceiptAtOnce(w, r, a, rc, lost)
	}
	if err := s.handOver(w, r, a, rc); err != nil {
		slog.ErrorContext(r.Context(), "hand a receipt over", "error", err)
		return s.showReceiptAtOnce(w, r, a, rc, lost)
	}
	to := receiptPath(rc.Number)
	if lost {
		to += "?photos=lost"
	}
	return page.SeeOther(w, r, to)
}

// refuseSay shows the last page again with what a service found wrong.
func (s *Server) refuseSay(w http.ResponseWriter, r *http.Request, wd word, err error) error {
	switch {
	case wd.Refused(err):
		return s.showCheck(w, r, http.StatusUnprocessableEntity, wd)
	case errs.Is(err, errs.Unavailable):
		s.trouble(w, r, wd.Form, wd.dir, err)
		return s.showCheck(w, r, http.StatusServiceUnavailable, wd)
	case wd.Clashes(err, "resident.sent_before"): // with a token of its own it becomes another case
		return s.showCheck(w, r, http.StatusConflict, wd)
	}
	return err
}

// command makes the registration out of the form, and says in whose town. What is about the town goes to the county
// alone, which has no villages of its own: the place goes along in words.
func (s *Server) command(ctx context.Context, wd word) (actor.Actor, casework.Register, error) {
	at := wd.place()
	cmd := casework.Register{Key: wd.Key, Kind: casework.Kind(wd.Value("kind")), Channel: casework.Web, Category: wd.Value("category"),
		Text: wd.Value("text"), Place: wd.Value("place"), Village: at.Village, Grid: at.Grid, Firm: at.Firm,
		Person:  casework.Person{Name: wd.Value("name"), Phone: wd.Value("phone"), Address: wd.Value("address")},
		ReplyBy: wd.Value("reply"), Confide: wd.quiet(), Consent: wd.Bool("consent")}
	if unit := wd.Value("about"); unit != "" && wd.Value("who") == whoConfide {
		cmd.Subjects = []string{unit}
	}
	a := actor.Actor{Town: wd.dir.Town.ID, Resident: true}
	if wd.Value("who") != whoCounty {
		return a, cmd, nil
	}
	a.Town = wd.doors.County
	above, err := s.directory(ctx, a.Town)
	if err != nil {
		return a, cmd, err
	}
	if above.Category(cmd.Category).Code == "" {
		cmd.Category = ""
	}
	cmd.Place, cmd.Village, cmd.Grid, cmd.Firm = placeWords(wd.dir, at, cmd.Place), "", "", ""
	return a, cmd, nil
}

// maxFollow is how many cases one word may follow: as many as are offered beside it.
const maxFollow = 3

// followAll lets the receipt follow the published cases that were ticked. One that is not offered any more is passed
// over: the word itself is safe.
func (s *Server) followAll(ctx context.Context, wd word, number seal.Number) error {
	ticked := wd.Values("follow")
	for _, v := range ticked[:min(len(ticked), maxFollow)] {
		n, err := seal.ParseNumber(v)
		if err != nil {
			continue
		}
		if err := s.Cases.FollowAlong(ctx, wd.dir.Town.ID, n, number); err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
	}
	return nil
}

// track reads what the resident who unlocked number sees.
func (s *Server) track(ctx context.Context, town string, number seal.Number) (t casework.Track, err error) {
	err = s.Store.View(ctx, town, func(tx *db.Tx) error { t, err = s.Cases.Follow(ctx, tx, number); return err })
	return t, err
}

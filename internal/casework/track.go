package casework

import (
	"context"
	"slices"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/journal"
	"yanming/internal/seal"
)

// Track is what a resident sees of their own case.
type Track struct {
	Town   string
	Case   Case
	Steps  []Step         // those that concern the resident, without the office's own words
	Files  []journal.File // their own, and the answer's
	Next   []Type         // what the resident may do now
	Into   *Track         // the case theirs was joined to: steps and answer only
	Secret bool           // found by its one secret: its number is never shown on paper
}

// told are the events a resident is shown.
var told = []Type{EvRegistered, EvAccepted, EvDeclined, EvObjected, EvForwarded, EvLinked, EvUnlinked, EvDispatched, EvSigned,
	EvExtensionGranted, EvInfoAsked, EvInfoReceived, EvUrged, EvSupervised, EvActionRecorded, EvAnsweredResolved, EvAnsweredOther,
	EvAnsweredScheduled, EvResumed, EvContactRecorded, EvRedone, EvClosed, EvReopened, EvWithdrawn, EvWithdrawalUndone, EvWordsAdded, EvReceiptReissued}

// inner are the events told without their words, which were written for colleagues.
var inner = []Type{EvDispatched, EvSupervised, EvActionRecorded, EvSigned}

// Unlock checks a receipt's number and code, and returns how the resident acts from then on. A wrong code slows that
// number down and never locks it. An unknown number, a wrong code and a case that only its secret opens are the same
// NotFound; Conflict "case.wait" asks to try again in a while.
func (s *Service) Unlock(ctx context.Context, town string, number seal.Number, code string) (err error) {
	var wait int
	var good bool
	err = s.store.Update(ctx, town, func(tx *db.Tx) error {
		left, err := seal.Wait(ctx, tx, number)
		if err != nil {
			return err
		}
		if wait = int(left.Seconds() + 0.999); wait > 0 {
			return nil
		}
		st, err := findNumber(ctx, tx, number)
		if err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
		// The code is always compared, so that an unknown number takes as long as a wrong code.
		good = s.keys.CheckCode(town, number, max(st.Generation, 1), code) && err == nil && len(st.SecretTag) == 0 && st.State != Void
		return seal.Tried(ctx, tx, number, good)
	})
	switch {
	case err != nil:
		return err
	case wait > 0:
		return errs.New(errs.Conflict, "case.wait", wait)
	case !good:
		return errs.New(errs.NotFound, "case.no_such_receipt")
	}
	return nil
}

// UnlockSecret finds a case in confidence by its one secret and returns its number, for the short-lived cookie.
func (s *Service) UnlockSecret(ctx context.Context, town string, secret seal.Secret) (number seal.Number, err error) {
	tag := s.keys.SecretTag(secret)
	err = s.store.View(ctx, town, func(tx *db.Tx) error {
		st, err := findSecret(ctx, tx, tag)
		if errs.Is(err, errs.NotFound) || err == nil && st.State == Void {
			return errs.New(errs.NotFound, "case.no_such_receipt")
		}
		number = st.Number
		return err
	})
	return number, err
}

// Receipt shows a case's receipt again, to whoever unlocked it. A secret cannot be shown again: only its tag is kept.
func (s *Service) Receipt(ctx context.Context, tx *db.Tx, number seal.Number) (Receipt, Case, error) {
	st, err := findNumber(ctx, tx, number)
	if err != nil {
		return Receipt{}, Case{}, err
	}
	return s.receipt(tx.Town, st.Case, "", false), st.Case, nil
}

// ReceiptFor shows a case's receipt to somebody of the counter who may register, so that it can be printed again for
// the resident who stands there. Whoever handles the case is kept from its code: with it they would answer as the resident
// how they did.
func (s *Service) ReceiptFor(ctx context.Context, tx *db.Tx, a actor.Actor, number seal.Number) (Receipt, Case, error) {
	st, err := findNumber(ctx, tx, number)
	if err != nil {
		return Receipt{}, Case{}, err
	}
	g, err := s.gate(ctx, tx, a, st)
	if err == nil && len(st.SecretTag) > 0 {
		err = errs.Missing()
	}
	if err == nil {
		err = may(a, g.c, EvReceiptReissued)
	}
	if err == nil && !(g.c.Immediate && g.c.Registrar == by(a)) { // who fixed it on the spot hands the receipt over
		err = g.c.guardOutside(Event{By: by(a), Units: a.Units()})
	}
	if err != nil {
		return Receipt{}, Case{}, err
	}
	return s.receipt(tx.Town, g.c, "", false), g.c, nil
}

// Follow returns what the resident who unlocked number sees.
func (s *Service) Follow(ctx context.Context, tx *db.Tx, number seal.Number) (Track, error) {
	st, err := findNumber(ctx, tx, number)
	if err != nil {
		return Track{}, err
	}
	t, err := s.track(ctx, tx, st)
	if err != nil {
		return t, err
	}
	if t.Case.LinkedTo != "" {
		other, err := getCase(ctx, tx, t.Case.LinkedTo)
		if err != nil {
			return t, err
		}
		into, err := s.track(ctx, tx, other)
		if err != nil {
			return t, err
		}
		into.joined()
		t.Into = &into
	}
	return t, nil
}

// joined keeps of a case what the resident of another one that was linked to it may know: its steps and answer. What
// its own resident said, or was asked, is between them and the office; so are its number and its title, which begins
// with their words, unless it was published.
func (t *Track) joined() {
	t.Case.Number, t.Case.Words, t.Files, t.Next = "", Words{Title: t.Case.PublicTitle}, nil, nil
	t.Steps = slices.DeleteFunc(t.Steps, func(x Step) bool {
		return x.Type == EvRegistered || x.Type == EvWordsAdded || x.Type == EvInfoReceived || x.Type == EvUrged || x.Type == EvContactRecorded
	})
	for i, x := range t.Steps {
		if x.By == journal.Resident || x.Type == EvInfoAsked || slices.Contains(resident, x.Type) {
			t.Steps[i].Words = Words{}
		}
	}
}

func (s *Service) track(ctx context.Context, tx *db.Tx, st stored) (Track, error) {
	resident := actor.Actor{Town: tx.Town, Resident: true}
	g, err := s.gate(ctx, tx, resident, st)
	if err != nil {
		return Track{}, err
	}
	t := Track{Town: tx.Town, Case: g.c, Next: Next(resident, g.c), Secret: len(st.SecretTag) > 0}
	all, err := s.steps(ctx, tx, g.c.ID)
	if err != nil {
		return t, err
	}
	for _, x := range all {
		if !slices.Contains(told, x.Type) {
			continue
		}
		if slices.Contains(inner, x.Type) {
			x.Words = Words{}
		}
		t.Steps = append(t.Steps, x)
	}
	files, err := journal.Files(ctx, tx, string(g.c.ID))
	for _, f := range files {
		if f.Role == "original" || f.Role == "answer" {
			t.Files = append(t.Files, f)
		}
	}
	return t, err
}

// Similar returns published cases of the same village and category that are still in hand, the newest first, at most
// three: a resident can follow one instead of saying it again. Only consented, public titles are among them.
func (s *Service) Similar(ctx context.Context, tx *db.Tx, village, category string) (cs []Case, err error) {
	if village == "" || category == "" {
		return nil, nil
	}
	ss, err := publishedCases(ctx, tx, village, category)
	return asPublished(ss), err
}

// Followed returns the published cases that the holder of a receipt follows along, as the public sees them.
func (s *Service) Followed(ctx context.Context, tx *db.Tx, follower seal.Number) ([]Case, error) {
	ss, err := followedCases(ctx, tx, follower)
	return asPublished(ss), err
}

// asPublished are cases with their public titles alone.
func asPublished(ss []stored) (cs []Case) {
	for _, st := range ss {
		st.Words = Words{Title: st.PublicTitle}
		cs = append(cs, st.Case)
	}
	return cs
}

// FollowAlong notes that the holder of one receipt follows another, published case.
func (s *Service) FollowAlong(ctx context.Context, town string, published, follower seal.Number) error {
	return s.store.Update(ctx, town, func(tx *db.Tx) error {
		st, err := findNumber(ctx, tx, published)
		if err == nil && (st.Visibility != Public || !st.Consent) {
			err = errs.Missing()
		}
		if err != nil {
			return err
		}
		return putFollower(ctx, tx, st.ID, follower)
	})
}

// Published returns a case whose title its resident agreed to publish, for somebody without a receipt: title, state
// and dates only.
func (s *Service) Published(ctx context.Context, tx *db.Tx, number seal.Number) (Case, error) {
	st, err := findNumber(ctx, tx, number)
	if err == nil && (st.Visibility != Public || !st.Consent || st.State == Void) {
		err = errs.Missing()
	}
	if err != nil {
		return Case{}, err
	}
	c := st.Case
	c.Words = Words{Title: c.PublicTitle}
	return c, nil
}

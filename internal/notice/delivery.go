package notice

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/db"
	"yanming/internal/errs"
)

// Channel is a way out of the program.
type Channel string

// The channels.
const (
	ByMail Channel = "mail"
	ByHook Channel = "hook" // a signed call of a unit's own system
)

// Kinds of mails beside the notices.
const (
	digestKind  = "digest"  // the daily mail
	confirmKind = "confirm" // the link that confirms an address
	lostKind    = "lost"    // the link that sets a lost password
)

// Delivery is one thing to be sent. It holds no text: that is put together when it is sent, out of what the receiver
// may know at that moment.
type Delivery struct {
	Town, ID string
	Channel  Channel
	Target   string // person, or unit
	Kind     string
	Record   string
	Mark     string
	Address  string // of a mail that does not go to the confirmed address
	At       time.Time
	Tries    int
	Failure  string // message key
	Ended    time.Time
	since    time.Time // when it was first tried, or tried anew
}

const (
	givesUp    = 24 * time.Hour // after so long a failure is the last
	firstPause = 30 * time.Second
	longPause  = 4 * time.Hour
	leased     = (mailsAtOnce + 1) * mailTimeout // longer than any one try takes: letters that go together wait for each other
)

// pause is how long a delivery waits after so many tries: half a minute, doubled each time up to four hours, give or
// take a fifth, so that what failed together does not come back together.
func pause(tries int) time.Duration {
	p := firstPause
	for range tries - 1 {
		if p *= 2; p >= longPause {
			p = longPause
			break
		}
	}
	return time.Duration(float64(p) * (0.8 + 0.4*rand.Float64()))
}

// failure is why a try failed: a message key, and whether trying again is of no use.
type failure struct {
	key   string
	final bool
	cause error
}

func (f *failure) Error() string { return f.key + ": " + fmt.Sprint(f.cause) }
func (f *failure) Unwrap() error { return f.cause }

// administer refuses everybody but administrators, as if there were nothing.
func administer(a actor.Actor) error {
	if !auth.Can(a, auth.RightAdmin) {
		return errs.Missing()
	}
	return nil
}

// Dead returns what could not be delivered, the newest first, behind an id. Administrators see that, to whom and why,
// and nothing of what it was about.
func (s *Service) Dead(ctx context.Context, tx *db.Tx, a actor.Actor, before string) (list []Delivery, next string, err error) {
	if err := administer(a); err != nil {
		return nil, "", err
	}
	list, err = dead(ctx, tx, before, perPage+1)
	if err != nil {
		return nil, "", fmt.Errorf("list dead letters: %w", err)
	}
	if len(list) > perPage {
		list = list[:perPage]
		next = list[perPage-1].ID
	}
	return list, next, nil
}

// Waiting returns how many deliveries of the town wait and how many are dead.
func (s *Service) Waiting(ctx context.Context, tx *db.Tx, a actor.Actor) (waiting, dead int64, err error) {
	if err := administer(a); err != nil {
		return 0, 0, err
	}
	return countDeliveries(ctx, tx)
}

// Retry tries a dead letter once more, for another day. NotFound when there is none of that id.
func (s *Service) Retry(ctx context.Context, a actor.Actor, delivery string) error {
	return s.settle(ctx, a, delivery, "delivery_retried", revive)
}

// Drop takes a dead letter from the list. NotFound when there is none of that id.
func (s *Service) Drop(ctx context.Context, a actor.Actor, delivery string) error {
	return s.settle(ctx, a, delivery, "delivery_dropped", bury)
}

func (s *Service) settle(ctx context.Context, a actor.Actor, delivery, typ string, change func(context.Context, *db.Tx, string) (bool, error)) error {
	if err := administer(a); err != nil {
		return err
	}
	err := s.Store.Update(ctx, a.Town, func(tx *db.Tx) error {
		found, err := change(ctx, tx, delivery)
		if err != nil {
			return err
		}
		if !found {
			return errs.Missing()
		}
		return note(ctx, tx, a, "deliveries/"+delivery, typ)
	})
	if err != nil {
		return fmt.Errorf("%s %s: %w", typ, delivery, err)
	}
	return nil
}

// Counts returns how many deliveries of the whole installation wait and how many are dead: for metrics and doctor.
func (s *Service) Counts(ctx context.Context) (waiting, dead int64, err error) {
	err = s.Store.Across(ctx, func(w *db.Wide) (err error) { waiting, dead, err = countAll(ctx, w); return err })
	if err != nil {
		return 0, 0, fmt.Errorf("count deliveries: %w", err)
	}
	return waiting, dead, nil
}

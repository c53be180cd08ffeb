package notice

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/id"
)

const (
	callsAtOnce  = 8  // units' systems called at the same time
	mailsAtOnce  = 10 // letters over one connection
	mailsAMinute = 60
)

// sender brings deliveries out of the program. Several copies of the program may send: each delivery is leased.
type sender struct {
	s      *Service
	lease  string
	client *http.Client
	log    *slog.Logger

	mu      sync.Mutex
	busy    map[string]bool // town and unit of a call that is under way
	mailing bool
	mailed  []time.Time // within the last minute
	wg      sync.WaitGroup
}

// Send sends what is due, and lets people set lost passwords, until ctx ends. Each receiver has its own turn: one that
// does not answer holds up nobody else.
func (s *Service) Send(ctx context.Context, log *slog.Logger) {
	x := s.sender(log)
	defer x.wg.Wait()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		if err := x.round(ctx); err != nil && ctx.Err() == nil && !errs.Is(err, errs.Unavailable) { // of that the database tells
			log.Error("send notices", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case login := <-s.lost:
			if err := s.findLost(ctx, login); err != nil && ctx.Err() == nil {
				log.Error("find lost login", "error", err)
			}
		case <-tick.C:
		}
	}
}

// Drain sends what is due now and waits for it, and answers what was asked about lost passwords: for tests and commands.
func (s *Service) Drain(ctx context.Context) error {
	for {
		select {
		case login := <-s.lost:
			if err := s.findLost(ctx, login); err != nil {
				return err
			}
			continue
		default:
		}
		x := s.sender(slog.New(slog.DiscardHandler))
		err := x.round(ctx)
		x.wg.Wait()
		return err
	}
}

func (s *Service) sender(log *slog.Logger) *sender {
	return &sender{s: s, lease: id.Token(), client: s.out.Allow.client(), log: log, busy: map[string]bool{}}
}

// round takes what is due and has room, town by town.
func (x *sender) round(ctx context.Context) error {
	var towns []string
	err := x.s.Store.Across(ctx, func(w *db.Wide) (err error) { towns, err = dueTowns(ctx, w); return err })
	if err != nil {
		return err
	}
	var bad []error
	for _, town := range towns {
		busy, calls, mails := x.room(town)
		if calls == 0 && mails == 0 {
			return errors.Join(bad...)
		}
		var list []Delivery
		err := x.s.Store.Update(ctx, town, func(tx *db.Tx) (err error) {
			list, err = claim(ctx, tx, x.lease, busy, calls, mails)
			return err
		})
		if err != nil {
			x.freeMail(mails)
			bad = append(bad, err)
			continue
		}
		x.begin(ctx, list, mails)
	}
	return errors.Join(bad...)
}

// room says which of a town's units are being called, and how many calls and mails may begin now. A turn for mails is
// taken by asking.
func (x *sender) room(town string) (busy []string, calls, mails int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for key := range x.busy {
		if len(key) > len(town) && key[:len(town)+1] == town+" " {
			busy = append(busy, key[len(town)+1:])
		}
	}
	if x.s.out.Calls {
		calls = max(0, callsAtOnce-len(x.busy))
	}
	if x.s.out.Mail != nil && !x.mailing {
		now := time.Now()
		x.mailed = slices.DeleteFunc(x.mailed, func(t time.Time) bool { return now.Sub(t) > time.Minute })
		mails = max(0, min(mailsAtOnce, mailsAMinute-len(x.mailed)))
		x.mailing = mails > 0
	}
	return busy, calls, mails
}

// freeMail gives a turn for so many mails back; none were no turn.
func (x *sender) freeMail(turn int) {
	if turn > 0 {
		x.mu.Lock()
		x.mailing = false
		x.mu.Unlock()
	}
}

// begin sends what was claimed, each call by itself and the mails together, in the turn that was taken for so many.
func (x *sender) begin(ctx context.Context, list []Delivery, turn int) {
	var mails []Delivery
	for _, d := range list {
		if d.Channel == ByMail {
			mails = append(mails, d)
			continue
		}
		key := d.Town + " " + d.Target
		x.mu.Lock()
		x.busy[key] = true
		x.mu.Unlock()
		x.wg.Go(func() {
			defer func() { x.mu.Lock(); delete(x.busy, key); x.mu.Unlock() }()
			x.call(ctx, d)
		})
	}
	if len(mails) == 0 {
		x.freeMail(turn)
		return
	}
	x.wg.Go(func() {
		defer x.freeMail(turn)
		x.mail(ctx, mails)
	})
}

func (x *sender) call(ctx context.Context, d Delivery) {
	var c *call
	err := x.s.Store.View(ctx, d.Town, func(tx *db.Tx) (err error) { c, err = x.s.prepare(ctx, tx, d); return err })
	if err == nil && c == nil {
		x.end(ctx, d, "dropped", nil)
		return
	}
	if err == nil {
		err = c.send(ctx, x.client, time.Now())
	}
	x.end(ctx, d, "sent", err)
}

func (x *sender) mail(ctx context.Context, list []Delivery) {
	var letters []Letter
	var sent []Delivery
	for _, d := range list {
		l, err := x.s.letter(ctx, d)
		switch {
		case err != nil:
			x.end(ctx, d, "", err)
		case l == nil:
			x.end(ctx, d, "dropped", nil)
		default:
			letters, sent = append(letters, *l), append(sent, d)
		}
	}
	if len(letters) == 0 {
		return
	}
	x.mu.Lock()
	for range letters {
		x.mailed = append(x.mailed, time.Now())
	}
	x.mu.Unlock()
	for i, err := range x.s.out.Mail.Send(ctx, letters) {
		x.end(ctx, sent[i], "sent", err)
	}
}

// end writes down what became of a delivery. The program's own end is no failure: the lease runs out and it is sent again.
func (x *sender) end(ctx context.Context, d Delivery, state string, err error) {
	if ctx.Err() != nil && err != nil {
		return
	}
	ctx = context.WithoutCancel(ctx)
	why := &failure{key: "notice.fail.program", cause: err}
	if err != nil && !errors.As(err, &why) {
		x.log.Error("put delivery together", "delivery", d.ID, "error", err)
	}
	werr := x.s.Store.Update(ctx, d.Town, func(tx *db.Tx) error {
		switch {
		case err == nil:
			return finish(ctx, tx, d, x.lease, state, "")
		case why.final || tx.Now.Sub(d.since) >= givesUp:
			return finish(ctx, tx, d, x.lease, "dead", why.key)
		}
		return putOff(ctx, tx, d, x.lease, why.key, tx.Now.Add(pause(d.Tries)))
	})
	if werr != nil {
		x.log.Error("write down a delivery", "delivery", d.ID, "error", werr)
	}
}

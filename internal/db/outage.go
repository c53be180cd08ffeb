package db

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"yanming/internal/errs"
)

// repeated is how often the log is told that trouble lasts.
const repeated = time.Minute

// outage tells the log when the database goes away and when it is back, and once a minute that it still is away. So whoever
// works in the background needs no line of their own for an error that is Unavailable.
type outage struct {
	lost, back string // what is said of its beginning and its end

	away  atomic.Bool
	mu    sync.Mutex
	since time.Time // of the present one
	said  time.Time
}

// met is told how it went. While all is well that costs next to nothing.
func (o *outage) met(err error) {
	if err == nil && !o.away.Load() {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	now := time.Now()
	switch away := o.away.Load(); {
	case err == nil && away:
		o.away.Store(false)
		slog.Info(o.back, "after", now.Sub(o.since).Round(time.Second).String())
	case err != nil && !away:
		o.away.Store(true)
		o.since, o.said = now, now
		slog.Error(o.lost, "error", err)
	case err != nil && now.Sub(o.said) >= repeated:
		o.said = now
		slog.Error(o.lost, "for", now.Sub(o.since).Round(time.Second).String(), "error", err)
	}
}

// answered is told how a transaction went, as far as it tells of the database: any answer says that the server is there, and
// only a commit that everything can be written again.
func (d *DB) answered(err error, committed bool) {
	switch key := unavailable(err); key {
	case storeAway:
		d.gone.met(err)
	case storeFull, storeClosed, storeDamaged, storeLog:
		d.gone.met(nil)
		d.barred.met(err)
	default:
		d.gone.met(nil)
		if committed && err == nil {
			d.barred.met(nil)
		}
	}
}

// unavailable is the key of an error that the installation is to blame for, "" for any other and for none.
func unavailable(err error) string {
	if errs.Is(err, errs.Unavailable) {
		return errs.All(err)[0].Key
	}
	return ""
}

package main

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/flood"
	"yanming/internal/i18n"
)

// The bounds of a server. A connection in the middle of a form holds some 200 KB; photos wait on disk.
const (
	connections = 1000
	softMemory  = 200 << 20 // bytes from which the collector works harder
	garbage     = 300       // percent of what is in use that may be garbage below that; the collector took a sixth of the time with 100
	firstLook   = 5 * time.Second
)

// pace is how slowly a form may arrive: 1 KB a second, which a telephone at the edge of its network still does.
func pace() flood.Pace {
	return flood.Pace{Window: 15 * time.Second, Bytes: 15 << 10, Whole: 5 * time.Minute}
}

// bounded makes the collector work harder before memory grows, unless GOMEMLIMIT says otherwise. A large photo is
// garbage as soon as it is small; without this, two more would be decoded before it is taken away. Below the bound it
// works less than is usual, unless GOGC says otherwise: a server at rest makes next to no garbage.
func bounded() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	if os.Getenv("GOMEMLIMIT") == "" && debug.SetMemoryLimit(-1) == math.MaxInt64 {
		debug.SetMemoryLimit(softMemory)
	}
}

// When a server gives memory back: once when it has started, and when it rests after work.
const (
	started = time.Second      // after which what only the start needed is garbage
	look    = 30 * time.Second // between two looks at whether it rests
	resting = 4 << 20          // bytes made between two looks up to which it rests
	worth   = 16 << 20         // bytes made since the last time, from which giving back is worth the while
)

// giveBack returns memory to the system until ctx ends: what ease lets go, and what the runtime holds. By itself each would
// keep what the busiest minute needed, because it expects another one.
func giveBack(ctx context.Context, ease func()) {
	var m runtime.MemStats
	var made, gave uint64
	for wait := started; ; wait = look {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		runtime.ReadMemStats(&m)
		rests := m.TotalAlloc-made <= resting && m.TotalAlloc-gave >= worth
		made = m.TotalAlloc
		if !rests && wait != started {
			continue
		}
		ease()
		debug.FreeOSMemory()
		gave = made
	}
}

// verify looks through a database that was not closed properly. What takes longer than some seconds goes on while pages
// are served; damage then stops every writing.
func (h *home) verify(ctx context.Context, log *slog.Logger) error {
	if !h.db.Unclean() {
		return nil
	}
	looked := make(chan error, 1)
	go func() {
		err := h.db.Verify(ctx)
		if err != nil && ctx.Err() == nil {
			log.Error("the database was not closed properly and is damaged", "error", err)
		}
		looked <- err
	}()
	select {
	case err := <-looked:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(firstLook):
		log.Info("the database was not closed properly; looking through it while pages are served")
		return nil
	}
}

// advice says of an Unavailable error what the operator has to do.
func (s shell) advice(err error) (lines []string) {
	for _, e := range errs.All(err) {
		if len(e.Args) > 0 { // how much is out of reach, or where
			lines = append(lines, s.cat.T(s.lang, e.Key, e.Args...))
		}
		do := e.Key + ".do"
		if _, away := db.Unreached(err); away && len(e.Args) == 0 { // a command does not go on by itself as the server does
			do = "cli.store_away"
		}
		lines = append(lines, s.cat.T(s.lang, do))
	}
	return lines
}

// storeAdvice returns what the operator has to do so that the database can be written again, "" when it can.
func (h *home) storeAdvice(cat *i18n.Catalogue, lang i18n.Lang) string {
	var e *errs.Error
	if !errors.As(h.db.Fault(), &e) {
		return ""
	}
	return cat.T(lang, e.Key+".do")
}

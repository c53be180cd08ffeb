package db

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"yanming/internal/errs"
)

func TestTroubleIsToldAtItsBeginningEachMinuteAndAtItsEnd(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	synctest.Test(t, func(t *testing.T) {
		d := &DB{gone: outage{lost: "gone", back: "there"}, barred: outage{lost: "barred", back: "free"}}
		for range 150 { // seconds
			d.answered(errs.New(errs.Unavailable, storeAway), false)
			time.Sleep(time.Second)
		}
		d.answered(nil, false)
		d.answered(nil, true)
		for range 10 { // a full disk answers questions
			d.answered(errs.New(errs.Unavailable, storeFull), true)
			d.answered(nil, false)
		}
		d.answered(nil, true)
	})
	for words, want := range map[string]int{"msg=gone": 3, "msg=there": 1, "msg=barred": 1, "msg=free": 1, "after=2m30s": 1} {
		if n := strings.Count(log.String(), words); n != want {
			t.Errorf("%s stands there %d times, not %d:\n%s", words, n, want, log.String())
		}
	}
}

package db

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"yanming/internal/errs"
)

func TestWhatWaitingMendsIsToldFromWhatItDoesNot(t *testing.T) {
	for code, want := range map[string]string{"28P01": "db.denied", "28000": "db.denied", "3D000": "db.unknown", "57P03": "db.unreached", "53300": "db.unreached"} {
		err := turnedAway("postgres://a:secret@h/x", fmt.Errorf("connect: %w", &pgconn.PgError{Code: code, Message: "so it is"}))
		if all := errs.All(err); len(all) != 1 || all[0].Key != want || strings.Contains(fmt.Sprint(all[0].Args), "secret") {
			t.Errorf("%s: %v", code, err)
		}
		if why, is := Unreached(err); is != (want == "db.unreached") || is && why != "so it is" {
			t.Errorf("%s: unreached %t, %q", code, is, why)
		}
	}
	if err := turnedAway("postgres://h/x", context.Canceled); err != context.Canceled {
		t.Errorf("who was asked to stop is told %v", err)
	}
}

func TestNoAddressIsShownWithItsPassword(t *testing.T) {
	for source, want := range map[string]string{
		"postgres://a:secret@h/x":                     "postgres://a:xxxxx@h/x",
		"postgres://a@h/x?password=secret&sslmode=no": "postgres://a@h/x?password=xxxxx&sslmode=no",
		"postgres://a:secret%zz@h/x":                  "postgres://…",
		"postgres://a:secret:5/x":                     "postgres://…",
		"postgres://a@[::1]:5/x":                      "postgres://a@[::1]:5/x",
		"postgres://a@h/x":                            "postgres://a@h/x",
		"/srv/a:b@c.db":                               "/srv/a:b@c.db",
	} {
		if got := SafeSource(source); got != want {
			t.Errorf("%s is shown as %s", source, got)
		}
	}
}

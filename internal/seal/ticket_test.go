package seal_test

import (
	"strings"
	"testing"
	"time"

	"yanming/internal/seal"
)

func TestATicketIsGoodForItsPurposeAndTimeOnly(t *testing.T) {
	k, err := seal.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	ticket := k.Ticket("receipt", "419900101 100123456789", now.Add(time.Hour))
	if got, ok := k.ReadTicket("receipt", ticket, now); !ok || got != "419900101 100123456789" {
		t.Errorf("got %q %v", got, ok)
	}
	for name, read := range map[string]func() bool{
		"other purpose": func() bool { _, ok := k.ReadTicket("setup", ticket, now); return ok },
		"too late":      func() bool { _, ok := k.ReadTicket("receipt", ticket, now.Add(time.Hour)); return ok },
		"longer end":    func() bool { _, ok := k.ReadTicket("receipt", "9"+ticket, now); return ok },
		"other payload": func() bool {
			other := k.Ticket("receipt", "x", now.Add(time.Hour))
			_, ok := k.ReadTicket("receipt", strings.Replace(ticket, strings.Split(ticket, ".")[1], strings.Split(other, ".")[1], 1), now)
			return ok
		},
		"nothing": func() bool { _, ok := k.ReadTicket("receipt", "", now); return ok },
	} {
		if read() {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestAMarkIsTheSameForTheSameOnly(t *testing.T) {
	k, err := seal.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	other, err := seal.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	mark := k.Mark("matter", "419900101", "x")
	if mark != k.Mark("matter", "419900101", "x") || len(mark) != 32 {
		t.Errorf("the mark %q is not found again", mark)
	}
	for _, m := range []string{k.Mark("matter", "419900102", "x"), k.Mark("person", "419900101", "x"), k.Mark("matter", "419900101", "y"), other.Mark("matter", "419900101", "x")} {
		if m == mark {
			t.Error("another thing, or another installation, has the same mark")
		}
	}
}

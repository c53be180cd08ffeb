package notice

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"testing"
	"time"
)

// CallFails calls an address as a unit's system and returns why it failed; trusted is who signs its certificate.
func CallFails(t *testing.T, a Allowlist, address string, trusted *http.Client) string {
	t.Helper()
	client := a.client()
	ours, theirs := client.Transport.(*http.Transport), trusted.Transport.(*http.Transport)
	ours.TLSClientConfig.RootCAs = theirs.TLSClientConfig.RootCAs
	ours.TLSClientConfig.ServerName = "example.com" // which the test's certificate names
	c := &call{id: "msg_x", url: address, secret: []byte("x"), body: []byte("{}")}
	err := c.send(t.Context(), client, time.Now())
	var why *failure
	if !errors.As(err, &why) {
		t.Fatalf("no failure: %v", err)
	}
	return why.key
}

// MailIsStillAway reports whether the turn for mails stays taken while a mailing runs and calls begin beside it.
func MailIsStillAway(s *Service) bool {
	x := s.sender(slog.New(slog.DiscardHandler))
	if _, _, mails := x.room("x"); mails == 0 {
		return false
	}
	if _, _, mails := x.room("x"); mails != 0 {
		return false
	}
	x.begin(context.Background(), nil, 0) // calls alone, none of them
	_, _, mails := x.room("x")
	return mails == 0
}

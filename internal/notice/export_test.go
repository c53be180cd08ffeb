package notice

import (
	"errors"
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

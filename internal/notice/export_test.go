package notice

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"yanming/internal/db"
	"yanming/internal/id"
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

// Urgent is the list of kinds in SQL that leave first, and which of all kinds they should be.
func Urgent() (text string, kinds []string) {
	kinds = []string{confirmKind, lostKind}
	for _, k := range Kinds() {
		if k.guards() {
			kinds = append(kinds, string(k))
		}
	}
	return urgent, kinds
}

// Post writes a mail of a kind to somebody, to be sent now.
func Post(ctx context.Context, tx *db.Tx, kind, person string) error {
	return addDelivery(ctx, tx, Delivery{Channel: ByMail, Target: person, Kind: kind, Record: "r", Mark: id.Token(), At: tx.Now})
}

// Claim takes the lease of so many mails of a town and returns their kinds.
func Claim(ctx context.Context, tx *db.Tx, mails int) (kinds []string, err error) {
	list, err := claim(ctx, tx, "lease", nil, 0, mails)
	for _, d := range list {
		kinds = append(kinds, d.Kind)
	}
	return kinds, err
}

// DueTowns returns the towns that have something to send, in their order.
func DueTowns(ctx context.Context, w *db.Wide) ([]string, error) { return dueTowns(ctx, w) }

// Compose writes the letter of a kind to somebody, about a record.
func (s *Service) Compose(ctx context.Context, town, person string, k Kind, record string) (*Letter, error) {
	return s.letter(ctx, Delivery{Town: town, ID: "d", Channel: ByMail, Target: person, Kind: string(k), Record: record, At: s.Store.Now()})
}

// Package auth knows who is signed in. It turns a session's cookie into an actor.Actor with the posts that person
// holds at this very moment, and says which right hangs on which role.
//
// It refuses to tell an unknown login from a wrong password or a disabled account, in words or in time; to keep a
// session over a change of password or roles; and to count: there is no record of how often or how long anybody
// worked, and what a session leaves behind when it ends is nothing.
package auth

import (
	"context"
	"crypto/rand"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/text/unicode/norm"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/journal"
	"yanming/internal/org"
)

// Service signs people in. It is safe for concurrent use.
type Service struct {
	db     *db.DB
	org    *org.Service
	derive func(password, salt []byte, c cost) []byte
	room   chan struct{} // one place for each Argon2id that may run at a time
	nobody string        // the hash that a login without an account is compared with
}

// New returns a service over d.
func New(d *db.DB, o *org.Service) *Service {
	s := &Service{db: d, org: o, derive: argon, room: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)))}
	unknown := make([]byte, saltBytes+hashBytes) // a hash of no password that anybody could find
	rand.Read(unknown)
	s.nobody = phc(today(), unknown[:saltBytes], unknown[saltBytes:])
	return s
}

// maxLogin is the longest login in characters; what is longer is nobody's.
const maxLogin = 40

// normal is the one form of a login: NFKC, lower case, without blanks around it.
func normal(login string) string {
	if len(login) > 4*maxLogin {
		login = ""
	}
	return strings.ToLower(strings.TrimSpace(norm.NFKC.String(login)))
}

// admit refuses actors of another town as if there were nothing, and those who may not as Denied.
func admit(tx *db.Tx, a actor.Actor) error {
	if a.Town != tx.Town {
		return errs.Missing()
	}
	if !a.System && !Can(a, RightAdmin) {
		return errs.New(errs.Denied, "error.denied")
	}
	return nil
}

// RecordKind is the journal's kind of everything that happens to an account: made, disabled, password changed. Signing
// in and out is no such thing.
const RecordKind = "account"

// note appends an event of an account.
func note(ctx context.Context, tx *db.Tx, by actor.Actor, acc Account, typ string) (journal.Entry, error) {
	who := by.Person
	if who == "" {
		who = journal.System
	}
	e, err := journal.Append(ctx, tx, journal.Event{Kind: RecordKind, Record: "accounts/" + acc.ID, N: acc.Rev, Type: typ, Actor: who,
		Payload: map[string]string{"login": acc.Login, "person": acc.Person}})
	if err != nil {
		return e, fmt.Errorf("note %s of account %s: %w", typ, acc.ID, err)
	}
	return e, nil
}

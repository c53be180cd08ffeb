// Package notice tells people what waits for them: on the page, by mail, and units' own systems by a signed call. It
// reads the journal behind its own mark, so that nothing that happens has to know of it, and everything it holds can be
// made again.
//
// It refuses to say more than a number, a kind of step and a day, and that only of what the person may open at that
// moment, asked again when it is shown or sent. What is in confidence tells its named readers on the page that a matter
// waits, and leaves the program on no way: no mail, no call, no count, no delay. It refuses to nag (one mail of due
// dates a day), to tell anybody who has read what, to keep what was read, and to follow a redirect or call an address
// of the inner network that nobody allowed.
package notice

import (
	"errors"
	"slices"
	"time"

	"yanming/internal/auth"
	"yanming/internal/casework"
	"yanming/internal/db"
	"yanming/internal/i18n"
	"yanming/internal/org"
	"yanming/internal/seal"
)

// Kind is what a notice says.
type Kind string

// The kinds.
const (
	Dispatched     Kind = "dispatched"      // a case came to your unit
	Leads          Kind = "leads"           // you answer for a case as its leader
	DueSoon        Kind = "due_soon"        // an answer is due within three days
	Overdue        Kind = "overdue"         // an answer is late
	AcceptLate     Kind = "accept_late"     // nobody has accepted a case in time
	ReturnWaits    Kind = "return_waits"    // a unit says that a case is not its own: you decide
	ExtensionWaits Kind = "extension_waits" // a unit asks for time: you decide
	Decided        Kind = "decided"         // what your unit asked for was decided
	InfoCame       Kind = "info_came"       // the resident gave what was missing
	SentBack       Kind = "sent_back"       // an answered case is to be handled again
	CallBack       Kind = "call_back"       // an answer waits for its call-back
	Unsolved       Kind = "unsolved"        // the resident says that it is not solved: send it back, or talk to them
	Urged          Kind = "urged"
	Supervised     Kind = "supervised"
	Confided       Kind = "confided"        // a matter in confidence waits for you: never more than that
	ReportSent     Kind = "report_sent"     // a report waits for review
	ReportReviewed Kind = "report_reviewed" // a report waits for its issue
	ReportReturned Kind = "report_returned" // your report was returned
	Imported       Kind = "imported"        // your import is finished
	BackupFailed   Kind = "backup_failed"   // for administrators
	KeysTaken      Kind = "keys_taken"      // for administrators: another one exported or printed the keys
	PasswordReset  Kind = "password_reset"  // an administrator set your password
	PasswordSet    Kind = "password_set"    // your password was set by a mailed link
	Vouch          Kind = "vouch"           // say whether an account is in its owner's hands
	Vouched        Kind = "vouched"         // somebody said that your account is in your hands
	AddressSet     Kind = "address_set"     // your address for mail was changed
)

// Kinds lists every kind.
func Kinds() []Kind {
	return append(Mutable(), Confided, KeysTaken, PasswordReset, PasswordSet, Vouch, Vouched, AddressSet)
}

// Mutable lists the kinds that a person may keep out of mails. What guards their account is always mailed, what is in
// confidence never.
func Mutable() []Kind {
	return []Kind{Dispatched, Leads, DueSoon, Overdue, AcceptLate, ReturnWaits, ExtensionWaits, Decided, InfoCame, SentBack, CallBack,
		Unsolved, Urged, Supervised, ReportSent, ReportReviewed, ReportReturned, Imported, BackupFailed}
}

// OfCase reports whether notices of the kind are about a case.
func (k Kind) OfCase() bool {
	return k == Confided || slices.Index(Mutable(), k) >= 0 && slices.Index(Mutable(), k) <= slices.Index(Mutable(), Supervised)
}

// guards reports whether the kind guards the account itself or the keys: mailed at once, whatever was wished.
func (k Kind) guards() bool {
	return k == KeysTaken || k == PasswordReset || k == PasswordSet || k == Vouched || k == AddressSet
}

// byClock reports whether the kind comes of time alone. It is mailed once a day at most.
func (k Kind) byClock() bool { return k == DueSoon || k == Overdue || k == AcceptLate }

// How long things are kept.
const (
	readFor   = 30 * 24 * time.Hour // after it was read, or its matter was settled
	unreadFor = 90 * 24 * time.Hour
	fresh     = 24 * time.Hour // an older event is shown, and not sent
)

// Notice is one thing that somebody is told.
type Notice struct {
	ID, Person string
	Kind       Kind
	Record     string // the case, the report's week, the batch, whose account, who vouched or took keys; of a failed backup its day
	Mark       string
	Confided   bool
	At         time.Time
	Read       time.Time // zero while it is unread
}

// Config is what the service is made of. Outside may be left out: then nothing leaves the program.
type Config struct {
	Store *db.DB
	Orgs  *org.Service
	Auth  *auth.Service
	Cases *casework.Service
	Keys  *seal.Keyring
	Words *i18n.Catalogue
}

// Outside says how the world outside is reached.
type Outside struct {
	Base  string    // address under which people reach the pages
	Mail  *Mailer   // nil: no mail
	Calls bool      // units' systems are called
	Allow Allowlist // inner addresses that units' systems may have
}

// Service keeps notices and what leaves the program. It is safe for concurrent use.
type Service struct {
	Config
	out   Outside
	lost  chan string // logins that somebody says to have lost the password of
	asked *asking
}

// New returns the service. It fails where something is not given.
func New(c Config) (*Service, error) {
	if c.Store == nil || c.Orgs == nil || c.Auth == nil || c.Cases == nil || c.Keys == nil || c.Words == nil {
		return nil, errors.New("build notices: something is not given")
	}
	return &Service{Config: c, lost: make(chan string, lostRoom), asked: &asking{}}, nil
}

// With returns the service with a way outside.
func (s *Service) With(o Outside) *Service {
	return &Service{Config: s.Config, out: o, lost: s.lost, asked: s.asked}
}

// Mails reports whether mail is set up.
func (s *Service) Mails() bool { return s.out.Mail != nil }

// Calls reports whether units' systems are called.
func (s *Service) Calls() bool { return s.out.Calls }

// Base is the address under which people reach the pages; "" while nothing leaves the program.
func (s *Service) Base() string { return s.out.Base }

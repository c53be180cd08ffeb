package notice

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	netmail "net/mail"
	"net/textproto"
	"time"

	"github.com/wneessen/go-mail"

	"yanming/internal/config"
	"yanming/internal/errs"
)

// MailOptions say which server sends mail.
type MailOptions struct {
	Host           string // "": no mail
	Port           int    // 0: 587 for starttls, 465 for tls, 25 for none
	User, Password string // "" for a server that asks for none
	From           string // address, or name and address
	TLS            string // starttls | tls | none; none on a loopback address only
	Roots          *x509.CertPool
}

// Mailer sends plain text. It is safe for concurrent use.
type Mailer struct {
	o    MailOptions
	from netmail.Address
}

// mailTimeout is how long a mail server may take for one step.
const mailTimeout = 20 * time.Second

// NewMailer checks the options; nil where no host is given. Errors: Invalid, naming the option.
func NewMailer(o MailOptions) (*Mailer, error) {
	if o.Host == "" {
		return nil, nil
	}
	ports := map[string]int{"starttls": 587, "tls": 465, "none": 25}
	if o.TLS == "" {
		o.TLS = "starttls"
	}
	if ports[o.TLS] == 0 {
		return nil, errs.Field("--smtp-tls", "notice.smtp.tls")
	}
	if o.TLS == "none" && !config.Loopback(o.Host) {
		return nil, errs.Field("--smtp-tls", "notice.smtp.none")
	}
	if o.Port == 0 {
		o.Port = ports[o.TLS]
	}
	if o.Port < 1 || o.Port > 65535 {
		return nil, errs.Field("--smtp-port", "error.number")
	}
	from, err := netmail.ParseAddress(o.From)
	if err != nil {
		return nil, errs.Field("--smtp-from", "notice.smtp.from")
	}
	return &Mailer{o, *from}, nil
}

// Letter is one mail.
type Letter struct {
	To, Subject, Text string
	ID                string // the receiver's mail program knows by it what it has already
}

func (m *Mailer) client() (*mail.Client, error) {
	opts := []mail.Option{mail.WithPort(m.o.Port), mail.WithTimeout(mailTimeout),
		mail.WithTLSConfig(&tls.Config{ServerName: m.o.Host, MinVersion: tls.VersionTLS12, RootCAs: m.o.Roots})}
	switch m.o.TLS {
	case "tls":
		opts = append(opts, mail.WithSSL())
	case "none":
		opts = append(opts, mail.WithTLSPolicy(mail.NoTLS))
	default:
		opts = append(opts, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if m.o.User != "" {
		auth := mail.SMTPAuthAutoDiscover
		if m.o.TLS == "none" { // to the machine itself
			auth = mail.SMTPAuthPlainNoEnc
		}
		opts = append(opts, mail.WithSMTPAuth(auth), mail.WithUsername(m.o.User), mail.WithPassword(m.o.Password))
	}
	return mail.NewClient(m.o.Host, opts...)
}

// Test connects, takes up TLS and signs in as it would for a mail, and sends none: for doctor.
func (m *Mailer) Test(ctx context.Context) error {
	c, err := m.client()
	if err != nil {
		return fmt.Errorf("try mail server: %w", err)
	}
	if err := c.DialWithContext(ctx); err != nil {
		return fmt.Errorf("try mail server: %w", said(err))
	}
	if err := c.Close(); err != nil {
		return fmt.Errorf("try mail server: %w", said(err))
	}
	return nil
}

// Send sends letters over one connection and returns what became of each: nil, or why not.
func (m *Mailer) Send(ctx context.Context, letters []Letter) []error {
	out := make([]error, len(letters))
	all := func(err error) []error {
		for i := range out {
			out[i] = said(err)
		}
		return out
	}
	c, err := m.client()
	if err != nil {
		return all(err)
	}
	if err := c.DialWithContext(ctx); err != nil {
		return all(err)
	}
	defer c.Close() // the letters were answered one by one
	for i, l := range letters {
		msg, err := m.message(l)
		if err == nil {
			err = c.Send(msg)
		}
		if err != nil {
			out[i] = said(err)
		}
	}
	return out
}

// message writes a letter. Every header is encoded by the library, and the address was read as one plain address, so
// that nothing typed can begin another header.
func (m *Mailer) message(l Letter) (*mail.Msg, error) {
	to, err := ParseAddress(l.To)
	if err != nil {
		return nil, err
	}
	msg := mail.NewMsg()
	msg.FromMailAddress(&m.from)
	msg.ToMailAddress(&netmail.Address{Address: to})
	msg.Subject(l.Subject)
	msg.SetMessageIDWithValue(l.ID + "@yanming")
	msg.SetDate()
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no answering machine answers
	msg.SetBodyString(mail.TypeTextPlain, l.Text)
	return msg, nil
}

// said sorts why a mail server did not take a letter.
func said(err error) error {
	if err == nil {
		return nil
	}
	var send *mail.SendError
	var wrong *tls.CertificateVerificationError
	var reply *textproto.Error
	switch {
	case errs.Is(err, errs.Invalid):
		return &failure{key: "notice.fail.address", final: true, cause: err}
	case errors.As(err, &wrong):
		return &failure{key: "notice.fail.tls", cause: err}
	case errors.As(err, &send) && send.ErrorCode() >= 500:
		return &failure{key: "notice.fail.refused", final: true, cause: err}
	case errors.As(err, &send):
		return &failure{key: "notice.fail.later", cause: err}
	case errors.As(err, &reply) && (reply.Code == 530 || reply.Code == 534 || reply.Code == 535):
		return &failure{key: "notice.fail.login", cause: err}
	}
	return &failure{key: "notice.fail.unreachable", cause: err}
}

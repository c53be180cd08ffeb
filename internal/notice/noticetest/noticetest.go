// Package noticetest is a mail server within a test: it takes letters, or refuses them, and keeps them.
package noticetest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"mime"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Login and Password are what the server asks for.
const (
	Login    = "yanming"
	Password = "geese"
)

// Server is a mail server on a port of its own.
type Server struct {
	Port  int
	Roots *x509.CertPool // that sign its certificate

	mu      sync.Mutex
	letters []Letter
	refuse  *smtp.SMTPError
}

// Letter is a mail as it came in.
type Letter struct {
	To, Subject, Text, ID string
	Raw                   string
}

// Start runs a server until the test ends. It offers STARTTLS, and with implicit set speaks TLS from the first byte.
func Start(t testing.TB, implicit bool) *Server {
	t.Helper()
	s := &Server{Roots: x509.NewCertPool()}
	cert := certificate(t, s.Roots)
	back := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{s: s}, nil }))
	back.Domain, back.AllowInsecureAuth = "localhost", true
	back.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}}
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Port = socket.Addr().(*net.TCPAddr).Port
	if implicit {
		socket = tls.NewListener(socket, back.TLSConfig)
	}
	done := make(chan struct{})
	go func() { defer close(done); back.Serve(socket) }()
	t.Cleanup(func() { back.Close(); <-done })
	return s
}

// Letters returns what came in, and forgets it.
func (s *Server) Letters() []Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.letters
	s.letters = nil
	return out
}

// Refuse makes the server answer every letter with a code; 0 for taking them again.
func (s *Server) Refuse(code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse = nil; code != 0 {
		s.refuse = &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 0, 0}, Message: "no"}
	}
}

type session struct {
	s  *Server
	to string
}

func (x *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (x *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != Login || password != Password {
			return errors.New("no such user")
		}
		return nil
	}), nil
}

func (x *session) Mail(string, *smtp.MailOptions) error { return nil }

func (x *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	if x.s.refuse != nil {
		return x.s.refuse
	}
	x.to = to
	return nil
}

func (x *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	l := Letter{To: x.to, Raw: string(raw)}
	msg, err := netmail.ReadMessage(strings.NewReader(l.Raw))
	if err != nil {
		return err
	}
	if l.Subject, err = new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject")); err != nil {
		return err
	}
	text, err := io.ReadAll(quotedprintable.NewReader(msg.Body))
	if err != nil {
		return err
	}
	l.Text, l.ID = string(text), msg.Header.Get("Message-ID")
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	x.s.letters = append(x.s.letters, l)
	return nil
}

func (x *session) Reset()        {}
func (x *session) Logout() error { return nil }

// certificate makes one for this machine and adds it to roots.
func certificate(t testing.TB, roots *x509.CertPool) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, NotBefore: now.Add(-time.Hour),
		NotAfter: now.Add(time.Hour), DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

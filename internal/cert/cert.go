// Package cert is where HTTPS has its certificate from: files that somebody else keeps, an authority that speaks ACME,
// or a certificate authority of the installation's own for offices that have neither.
//
// It refuses TLS before 1.2, a certificate and a key that do not belong together, a key of the own authority that
// other users may read, and names outside of those that this authority was made for. It logs no address of a visitor.
package cert

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"time"
)

// Source hands out certificates. It is safe for concurrent use.
type Source struct {
	config    *tls.Config
	http01    func(http.Handler) http.Handler // answers ACME's questions over plain http; nil without ACME
	authority *Authority
	leaf      func() (*x509.Certificate, error)
}

// TLS is the configuration of a server: TLS 1.2 or newer, HTTP/2.
func (s *Source) TLS() *tls.Config { return s.config.Clone() }

// HTTP puts what the source must answer over plain http before next.
func (s *Source) HTTP(next http.Handler) http.Handler {
	if s.http01 == nil {
		return next
	}
	return s.http01(next)
}

// Authority is the installation's own authority, or nil.
func (s *Source) Authority() *Authority { return s.authority }

// Ends is when the certificate that is served now runs out; the zero time while there is none.
func (s *Source) Ends() time.Time {
	c, err := s.leaf()
	if err != nil {
		return time.Time{}
	}
	return c.NotAfter
}

// Leaf is the certificate that is served now. It fails while there is none, which happens with ACME only.
func (s *Source) Leaf() (*x509.Certificate, error) { return s.leaf() }

// serving is the part of the configuration that every source shares.
func serving(get func(*tls.ClientHelloInfo) (*tls.Certificate, error)) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}, GetCertificate: get}
}

package cert

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/http"
	"os"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"yanming/internal/errs"
)

// ACME says which authority is asked for which names. Only Dir and Domains must be given.
type ACME struct {
	Dir       string   // folder for the account and the certificates, made 0700
	Domains   []string // host names; nothing else is ever asked for
	Email     string   // that the authority may write to
	Directory string   // address of the authority; Let's Encrypt when empty
	Root      string   // PEM file by which the authority's own server is known; the system's roots when empty
}

// Source gets certificates by RFC 8555 and renews them 30 days before they end. The authority asks back at port 443
// (tls-alpn-01), or at port 80 when HTTP is served there (http-01). Errors: Invalid for a root that cannot be read.
func (a ACME) Source() (*Source, error) {
	client := &acme.Client{DirectoryURL: a.Directory}
	if a.Root != "" {
		roots, err := readRoots(a.Root)
		if err != nil {
			return nil, errs.Field("--acme-root", "cert.root", a.Root)
		}
		client.HTTPClient = &http.Client{Timeout: time.Minute, Transport: &http.Transport{Proxy: http.ProxyFromEnvironment,
			TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}}
	}
	cache := autocert.DirCache(a.Dir)
	m := &autocert.Manager{Prompt: autocert.AcceptTOS, Cache: cache, HostPolicy: autocert.HostWhitelist(a.Domains...),
		Email: a.Email, Client: client}
	config := serving(m.GetCertificate)
	config.NextProtos = append(config.NextProtos, acme.ALPNProto)
	leaf := func() (*x509.Certificate, error) {
		b, err := cache.Get(context.Background(), a.Domains[0])
		if errors.Is(err, autocert.ErrCacheMiss) {
			return nil, errNone
		}
		if err != nil {
			return nil, err
		}
		return firstOf(b)
	}
	return &Source{config: config, http01: m.HTTPHandler, leaf: leaf}, nil
}

func readRoots(name string) (*x509.CertPool, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(b) {
		return nil, os.ErrInvalid
	}
	return roots, nil
}

// errNone says that the authority has given no certificate so far.
var errNone = errors.New("the ACME authority has given no certificate yet")

// firstOf is the first certificate of a PEM text.
func firstOf(text []byte) (*x509.Certificate, error) {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" {
			return x509.ParseCertificate(block.Bytes)
		}
	}
	return nil, errNone
}

package main

import (
	"context"
	"crypto/x509"
	stdlog "log"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"yanming/internal/cert"
	"yanming/internal/doctor"
	"yanming/internal/errs"
)

// encrypting says where HTTPS has its certificate from. Not more than one of the three ways may be given.
type encrypting struct {
	ListenHTTP    string   `option:"" name:"listen-http"`
	TLSCert       string   `option:"" name:"tls-cert" type:"path"`
	TLSKey        string   `option:"" name:"tls-key" type:"path"`
	TLSTownCA     bool     `option:"" name:"tls-town-ca"`
	TLSNames      []string `option:"" name:"tls-names"`
	ACMEDomain    []string `option:"" name:"acme-domain"`
	ACMEEmail     string   `option:"" name:"acme-email"`
	ACMEDirectory string   `option:"" name:"acme-directory"`
	ACMERoot      string   `option:"" name:"acme-root" type:"path"`
}

// source returns where certificates come from; nil for plain http. host is what people call the site.
func (e encrypting) source(dir, host string, log *slog.Logger) (*cert.Source, error) {
	files, acme := e.TLSCert != "" || e.TLSKey != "", len(e.ACMEDomain) > 0
	ways := 0
	for _, on := range []bool{files, acme, e.TLSTownCA} {
		if on {
			ways++
		}
	}
	switch {
	case ways > 1:
		return nil, errs.Field("--tls-cert, --acme-domain, --tls-town-ca", "cli.tls_one")
	case files && (e.TLSCert == "" || e.TLSKey == ""):
		return nil, errs.Field("--tls-cert, --tls-key", "cli.tls_both")
	case files:
		return cert.Files(e.TLSCert, e.TLSKey, log)
	case acme:
		return cert.ACME{Dir: filepath.Join(dir, "tls", "acme"), Domains: e.ACMEDomain, Email: e.ACMEEmail, Directory: e.ACMEDirectory, Root: e.ACMERoot}.Source()
	case e.TLSTownCA:
		return cert.Town(filepath.Join(dir, "tls", "ca"), append([]string{host}, e.TLSNames...), time.Now)
	case e.ListenHTTP != "":
		return nil, errs.Field("--listen-http", "cli.http_alone")
	}
	return nil, nil
}

// baseOf returns the address under which people reach the pages, for a server at addr.
func (l listening) baseOf(addr net.Addr) (string, error) {
	secure := l.TLSCert != "" || l.TLSKey != "" || l.TLSTownCA || len(l.ACMEDomain) > 0
	switch {
	case l.BaseURL != "" && secure && !strings.HasPrefix(l.BaseURL, "https://"):
		return "", errs.Field("--base-url", "cli.base_https", l.BaseURL)
	case l.BaseURL != "":
		return strings.TrimSuffix(l.BaseURL, "/"), nil
	case len(l.ACMEDomain) > 0:
		return "https://" + withPort(l.ACMEDomain[0], port(addr), "443"), nil
	}
	host, _, _ := net.SplitHostPort(addr.String()) // a listener's address has both
	ip := net.ParseIP(host)
	switch {
	case secure && ip.IsUnspecified(): // paper and certificates would name no place
		return "", errs.Field("--base-url", "cli.base_needed")
	case secure:
		return "https://" + addr.String(), nil
	}
	return "http://" + addr.String(), nil
}

// baseLater is baseOf for a server that is not there: where nothing is named, that of the machine itself.
func (l listening) baseLater() (string, error) {
	addr, err := net.ResolveTCPAddr("tcp", l.Listen)
	if err != nil {
		return "", errs.Field("--listen", "config.bad_address", l.Listen)
	}
	if addr.IP == nil {
		addr.IP = net.IPv6unspecified
	}
	return l.baseOf(addr)
}

// leaf returns what shows the certificate that a server with these options has; nil without TLS. It makes none: an own
// authority that is not there has shown nothing yet.
func (e encrypting) leaf(dir, host string) doctor.Leaf {
	return func(context.Context) (*x509.Certificate, error) {
		if e.TLSTownCA && !exists(filepath.Join(dir, "tls", "ca")) {
			return nil, nil
		}
		source, err := e.source(dir, host, slog.New(slog.DiscardHandler))
		if err != nil || source == nil {
			return nil, err
		}
		return source.Leaf()
	}
}

func port(addr net.Addr) string {
	_, p, _ := net.SplitHostPort(addr.String()) // a listener's address has both
	return p
}

// withPort is host:port, without the port where it goes without saying.
func withPort(host, port, usual string) string {
	if port == usual {
		if strings.Contains(host, ":") {
			return "[" + host + "]"
		}
		return host
	}
	return net.JoinHostPort(host, port)
}

// hostOf is the host of an address of the site, without its port.
func hostOf(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return "" // page.New says what is wrong with it
	}
	return u.Hostname()
}

// unencrypted answers at the second address: the page about trust, where there is one, and ACME's questions; everything
// else is sent to HTTPS. What was sent in a form is not repeated there: it has crossed the network in clear.
func unencrypted(base string, source *cert.Source, site http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Upgrade", "TLS/1.2, HTTP/1.1")
			w.Header().Set("Connection", "Upgrade")
			w.WriteHeader(http.StatusUpgradeRequired)
			return
		}
		http.Redirect(w, r, base+"/"+strings.TrimLeft(r.URL.RequestURI(), "/"), http.StatusTemporaryRedirect)
	})
	if source.Authority() != nil {
		for _, path := range []string{"GET /trust", "GET /trust/", "GET /static/"} {
			mux.Handle(path, site)
		}
	}
	return source.HTTP(mux)
}

// complaints is where net/http says what went wrong with a connection.
func complaints(log *slog.Logger) *stdlog.Logger {
	l := slog.NewLogLogger(log.Handler(), slog.LevelWarn)
	l.SetOutput(anonymous{l.Writer()})
	return l
}

// whose matches the address of a visitor in the messages of net/http, which our log does not keep.
var whose = regexp.MustCompile(`(\b(from|serving|to) |->)(\[[0-9A-Fa-f:.%]+\]|[0-9.]+):\d+`)

// anonymous passes messages on without the address.
type anonymous struct {
	next interface{ Write([]byte) (int, error) }
}

func (a anonymous) Write(b []byte) (int, error) {
	if _, err := a.next.Write(whose.ReplaceAll(b, []byte("${1}a visitor"))); err != nil {
		return 0, err
	}
	return len(b), nil
}
